"""Every code of sets, rounds and published tables stands in a test that plants its fault."""

from __future__ import annotations

from pathlib import Path

import pytest

from thangdo.evaluation.codes import CODES as ROUND_CODES
from thangdo.methodology.codes import CODES as SET_CODES
from thangdo.scoring.codes import CODES as SCORING_CODES

TESTS = Path(__file__).resolve().parent.parent
PLANTS = "".join(
    path.read_text(encoding="utf-8")
    for room in ("methodology", "scoring", "evaluation", "library", "golden", "cli")
    for path in sorted((TESTS / room).rglob("test_*.py"))
)


@pytest.mark.parametrize("code", sorted(row.code for table in (SET_CODES, ROUND_CODES, SCORING_CODES) for row in table))
def test_a_code_has_a_planted_fault(code: str) -> None:
    assert f'"{code}"' in PLANTS

"""Pages made from rows are as committed: `python -c "…write_pages(Path('docs/reference'))"` renews them."""

from __future__ import annotations

from pathlib import Path

import pytest

from thangdo.cli.finding_pages import finding_pages
from thangdo.cli.reference import PAGES

REFERENCE = Path(__file__).resolve().parent.parent / "docs" / "reference"


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_what_the_rows_say(name: str) -> None:
    assert (REFERENCE / name).read_text(encoding="utf-8") == PAGES[name]()


def test_every_finding_code_has_its_page_and_no_page_is_stale() -> None:
    committed = {path.name: path.read_text(encoding="utf-8") for path in (REFERENCE / "findings").glob("*.md")}
    assert committed == finding_pages()

"""The notebook guide runs as it stands and prints what it says."""

from __future__ import annotations

from tests.guide_blocks import run_guide


def test_the_guide_prints_what_it_says() -> None:
    assert run_guide("dossiers-notebook.md") >= 8

"""The gallery's code runs from the repository's root and prints what the page says it prints."""

from __future__ import annotations

from tests.guide_blocks import run_guide


def test_the_page_prints_what_it_says() -> None:
    assert run_guide("composite-gallery.md") >= 10

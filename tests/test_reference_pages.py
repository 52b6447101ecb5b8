"""Pages made from rows are as committed: `python -c "…write_pages(Path('docs/reference'))"` renews them."""

from __future__ import annotations

from pathlib import Path

import pytest

from thangdo.cli.reference import PAGES

REFERENCE = Path(__file__).resolve().parent.parent / "docs" / "reference"


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_what_the_rows_say(name: str) -> None:
    assert (REFERENCE / name).read_text(encoding="utf-8") == PAGES[name]()

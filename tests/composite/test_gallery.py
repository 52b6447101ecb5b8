"""The gallery's code runs from the repository's root and prints what the page says it prints."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = ROOT / "docs" / "guides" / "composite-gallery.md"
BLOCK = re.compile(r"```(python|text)\n(.*?)```", re.DOTALL)


def test_the_page_prints_what_it_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    blocks = BLOCK.findall(PAGE.read_text(encoding="utf-8"))
    names: dict[str, Any] = {}
    ran = 0
    for place, (kind, text) in enumerate(blocks):
        if kind == "text":
            continue
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            exec(compile(text, f"block {place}", "exec"), names)
        after = blocks[place + 1] if place + 1 < len(blocks) else ("", "")
        assert out.getvalue() == (after[1] if after[0] == "text" else ""), text
        ran += 1
    assert ran >= 10

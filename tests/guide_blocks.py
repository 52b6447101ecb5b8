"""A guide's Python blocks, run one after the other: each prints what the text block below it says."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
BLOCK = re.compile(r"```(python|text)\n(.*?)```", re.DOTALL)


def run_guide(name: str) -> int:
    """Run the guide from the repository's root; returns how many blocks ran."""
    blocks = BLOCK.findall((ROOT / "docs" / "guides" / name).read_text(encoding="utf-8"))
    names: dict[str, Any] = {}
    ran = 0
    for place, (kind, text) in enumerate(blocks):
        if kind == "text":
            continue
        out = io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.chdir(ROOT):
            exec(compile(text, f"block {place}", "exec"), names)
        after = blocks[place + 1] if place + 1 < len(blocks) else ("", "")
        assert out.getvalue() == (after[1] if after[0] == "text" else ""), text
        ran += 1
    return ran

"""A page for every finding code, made from the row that declares it."""

from __future__ import annotations

import importlib

from thangdo.cli.printing import CODE_TABLES
from thangdo.findings import Code

_KIND = {
    "error": ("lỗi: công việc dừng lại", "error: the work stops"),
    "warning": ("cảnh báo: kết quả vẫn được tính", "warning: results are still computed"),
    "note": ("ghi chú: đã hiểu như thế này", "note: this is how it was understood"),
}


def finding_pages() -> dict[str, str]:
    """File name below `docs/reference/findings/` → text."""
    pages = {}
    for module in CODE_TABLES.values():
        room = module.split(".")[1]
        for row in importlib.import_module(module).CODES:
            pages[f"{row.code}.md"] = _page(row, room)
    return pages


def _page(row: Code, room: str) -> str:
    vi, en = _KIND[row.severity]
    lines = [
        f"# {row.code}",
        "",
        f"**{row.title_vi}**",
        "",
        f"- Loại: {vi}.",
        f"- Cần làm: {row.remedy_vi.rstrip('.') or 'không cần làm gì'}.",
        "",
        f"**{row.title_en}**",
        "",
        f"- Kind: {en}.",
        f"- What to do: {row.remedy_en.rstrip('.') or 'nothing'}.",
        "",
        f"Declared in `src/thangdo/{room}/`; `{{found}}`, `{{expected}}` and other words in braces stand for what the",
        "finding names at its file, line or row, and column. [All codes](../findings.md)",
        "",
    ]
    return "\n".join(lines)

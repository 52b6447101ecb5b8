"""A sheet of paper from plain texts (typst): the page, its letters, and the one way texts are quoted."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from thangdo.reporting.language import Language

STROKE = '(x, y) => (bottom: 0.5pt + rgb(if y == 0 { "#1a2027" } else { "#dfe4e8" }))'
SOFT = 'rgb("#5a6672")'


def quoted(text: str) -> str:
    """A text as a typst string: nothing in it is markup."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ") + '"'


def opening(title: str, quiet: str, language: Language, *, is_landscape: bool = False, size: str = "10pt") -> list[str]:
    """The first lines of a document on A4: page, letters, the title and the quiet line under it."""
    return [
        f'#set page(paper: "a4", flipped: {str(is_landscape).lower()}, margin: (x: 22mm, y: 20mm), numbering: "1")',
        f'#set text(font: "Be Vietnam Pro", size: {size}, lang: "{language}", hyphenate: false)',
        "#set par(leading: 0.75em)",
        f"#set document(title: {quoted(title)})",
        "#show heading: set block(above: 1.6em, below: 0.8em)",
        f"= #text({quoted(title)})",
        f"#text(fill: {SOFT}, {quoted(quiet)})",
    ]


def table(columns: str, align: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table whose header stands on every page; `columns` and `align` as typst writes them."""
    head = ", ".join(f"text(size: 0.85em, fill: {SOFT}, {quoted(cell)})" for cell in header)
    body = ",\n".join(", ".join(quoted(cell) for cell in row) for row in rows)
    return (
        f"#table(columns: {columns}, align: {align}, stroke: {STROKE}, inset: (x: 4pt, y: 5pt),\n"
        f"table.header({head}),\n{body})"
    )


def compiled(lines: Sequence[str], pictures: Mapping[str, str] = {}) -> bytes:
    """The lines as a PDF; `pictures` are SVG texts by the file name the lines call them."""
    import fontpkg_be_vietnam_pro
    import typst

    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for name, picture in pictures.items():
            (root / name).write_text(picture, encoding="utf-8")
        (root / "sheet.typ").write_text("\n\n".join(lines), encoding="utf-8")
        fonts = [str(Path(fontpkg_be_vietnam_pro.__file__).parent / "files")]
        return bytes(typst.compile(str(root / "sheet.typ"), root=str(root), font_paths=fonts))

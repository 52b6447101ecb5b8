"""An official paper as DOCX in the form of Nghị định 30/2020/NĐ-CP, Appendix I: head, title, body, signatures.

Values in, bytes out. Capitals in the head and the title are the decree's, not this product's.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from thangdo.reporting.language import Language, translator

# Core properties carry a fixed moment: equal papers are equal files.
_MADE = datetime(2024, 1, 1)  # noqa: DTZ001  (the format knows no time zone)
_GRID = "Table Grid"


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading within the body."""

    words: str
    is_centred: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: its header (none for facts in two columns), rows, and the shares of the width."""

    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    shares: Sequence[float]
    numbers: frozenset[int] = frozenset()


Block = str | Heading | Grid


@dataclass(frozen=True, slots=True)
class Paper:
    """`above` and `issuer` are who issues it; blanks (`number`, `place_and_day`) are printed to be filled in.

    `is_draft` says so under the number. `signatures` stand side by side: the office, and a name where known.
    """

    above: str
    issuer: str
    number: str
    place_and_day: str
    title: str
    subject: str
    body: Sequence[Block]
    signatures: Sequence[tuple[str, str]]
    is_draft: bool = False


def paper_bytes(paper: Paper, language: Language) -> bytes:
    """The paper as the bytes of a DOCX."""
    import docx
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Mm, Pt

    _ = translator("reporting", language)
    made = docx.Document()
    made.core_properties.created = made.core_properties.modified = _MADE
    made.core_properties.author = made.core_properties.last_modified_by = "Thang Đo"
    made.core_properties.title = f"{paper.title} {paper.subject}"
    section = made.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin = section.bottom_margin = Mm(20)
    section.left_margin, section.right_margin = Mm(30), Mm(18)
    normal = made.styles["Normal"]
    normal.font.name, normal.font.size = "Times New Roman", Pt(13)
    normal.element.rPr.rFonts.set(
        "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}eastAsia", "Times New Roman"
    )
    normal.paragraph_format.space_after = Pt(6)

    head = made.add_table(rows=1, cols=2)
    _set_widths(head, (0.42, 0.58), section)
    left, right = head.rows[0].cells
    _line(left, paper.above.upper(), size=12, is_first=True)
    _line(left, paper.issuer.upper(), size=12, is_bold=True)
    _line(left, _("No.: %(number)s") % {"number": paper.number or "……/……"}, size=13)
    if paper.is_draft:
        _line(left, _("DRAFT"), size=12, is_bold=True)
    _line(right, _("SOCIALIST REPUBLIC OF VIET NAM"), size=12, is_bold=True, is_first=True)
    _line(right, _("Independence - Freedom - Happiness"), size=13, is_bold=True, is_underlined=True)
    _line(right, paper.place_and_day, size=13, is_italic=True)

    for words, size, before in ((paper.title.upper(), 14, 18), (paper.subject, 14, 0)):
        line = made.add_paragraph()
        line.alignment = WD_ALIGN_PARAGRAPH.CENTER
        line.paragraph_format.space_before, line.paragraph_format.space_after = Pt(before), Pt(2)
        run = line.add_run(words)
        run.bold, run.font.size = True, Pt(size)
    made.add_paragraph().paragraph_format.space_after = Pt(0)

    for block in paper.body:
        if isinstance(block, Heading):
            line = made.add_paragraph()
            line.paragraph_format.space_before, line.paragraph_format.keep_with_next = Pt(10), True
            line.add_run(block.words).bold = True
            if block.is_centred:
                line.alignment = WD_ALIGN_PARAGRAPH.CENTER
        elif isinstance(block, Grid):
            _grid(made, block, section)
            made.add_paragraph().paragraph_format.space_after = Pt(2)
        else:
            line = made.add_paragraph(block)
            line.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
            line.paragraph_format.first_line_indent = Mm(10)

    foot = made.add_table(rows=1, cols=max(1, len(paper.signatures)))
    for cell, (office, name) in zip(foot.rows[0].cells, paper.signatures, strict=False):
        _line(cell, office.upper(), size=13, is_bold=True, is_first=True)
        for blank in ("", "", ""):
            _line(cell, blank, size=13)
        _line(cell, name, size=13, is_bold=True)
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def _line(
    cell: Any,
    words: str,
    *,
    size: int,
    is_bold: bool = False,
    is_italic: bool = False,
    is_underlined: bool = False,
    is_first: bool = False,
) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    line = cell.paragraphs[0] if is_first else cell.add_paragraph()
    line.alignment = WD_ALIGN_PARAGRAPH.CENTER
    line.paragraph_format.space_after = Pt(0)
    run = line.add_run(words)
    run.bold, run.italic, run.underline, run.font.size = is_bold, is_italic, is_underlined, Pt(size)


def _grid(made: Any, grid: Grid, section: Any) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import OxmlElement
    from docx.shared import Pt

    rows = [grid.header, *grid.rows] if grid.header else list(grid.rows)
    table = made.add_table(rows=len(rows), cols=len(grid.shares))
    table.style = _GRID
    _set_widths(table, grid.shares, section)
    # Cells are read once: python-docx looks them up anew at every call.
    cells = iter(table._cells)
    for place, row in enumerate(rows):
        for column, words in enumerate(row):
            line = next(cells).paragraphs[0]
            line.paragraph_format.space_after = Pt(2)
            run = line.add_run(words)
            run.font.size = Pt(11.5)
            is_head = bool(grid.header) and place == 0
            run.bold = is_head or (not grid.header and column == 0)
            if column in grid.numbers:
                line.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    if grid.header:
        # The header is repeated on every page.
        table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def _set_widths(table: Any, shares: Sequence[float], section: Any) -> None:
    room = section.page_width - section.left_margin - section.right_margin
    table.autofit = False
    for column, share in zip(table.columns, shares, strict=True):
        width = int(room * share / sum(shares))
        column.width = width
        for cell in column.cells:
            cell.width = width

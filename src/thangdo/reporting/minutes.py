"""Minutes of a council: a heading, numbered items with their facts, places to sign; as Word and as PDF."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

from thangdo.reporting import typeset
from thangdo.reporting.language import Language


@dataclass(frozen=True, slots=True)
class MinutesItem:
    """One item: its heading, what it is about, and facts as pairs of words."""

    heading: str
    subject: str
    facts: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Minutes:
    """The whole: `signatures` are the offices that sign, `empty` is said where there is no item.

    `opening` stands above the title; in Vietnamese the state's name and motto (Nghị định 30/2020/NĐ-CP, phụ lục I).
    """

    title: str
    subtitle: str
    items: Sequence[MinutesItem]
    signatures: Sequence[str]
    empty: str = ""
    opening: Sequence[str] = ()


def minutes_docx(minutes: Minutes) -> bytes:
    """As a Word document that a secretary can go on writing in."""
    import docx
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Cm, Pt

    paper = docx.Document()
    # A4 with the margins, letters and size of an office's papers (Nghị định 30/2020/NĐ-CP, phụ lục I).
    page = paper.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.left_margin, page.right_margin, page.top_margin, page.bottom_margin = Cm(3), Cm(1.5), Cm(2), Cm(2)
    normal = paper.styles["Normal"].font
    normal.name, normal.size = "Times New Roman", Pt(13)
    for text, is_title in [(text, False) for text in minutes.opening] + [(minutes.title.upper(), True)]:
        words = paper.add_paragraph()
        words.alignment = WD_ALIGN_PARAGRAPH.CENTER
        run = words.add_run(text)
        run.bold = True
        run.font.size = Pt(14 if is_title else 13)
    below = paper.add_paragraph(minutes.subtitle)
    below.alignment = WD_ALIGN_PARAGRAPH.CENTER
    if not minutes.items:
        paper.add_paragraph(minutes.empty)
    for item in minutes.items:
        heading = paper.add_paragraph()
        heading.paragraph_format.keep_with_next = True
        heading.add_run(item.heading).bold = True
        if item.subject:
            paper.add_paragraph(item.subject)
        table = paper.add_table(rows=0, cols=2)
        table.style = "Table Grid"
        table.autofit = False
        table.columns[0].width, table.columns[1].width = Cm(5.5), Cm(11)
        for name, value in item.facts:
            left, right = table.add_row().cells
            left.width, left.text = Cm(5.5), name
            right.width, right.text = Cm(11), value
        paper.add_paragraph()
    signing = paper.add_table(rows=1, cols=len(minutes.signatures))
    for cell, office in zip(signing.rows[0].cells, minutes.signatures, strict=True):
        cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.CENTER
        cell.paragraphs[0].add_run(office).bold = True
    stream = io.BytesIO()
    paper.save(stream)
    return stream.getvalue()


def minutes_pdf(minutes: Minutes, language: Language) -> bytes:
    """As a sheet of paper to sign. An item stays on one page where it fits."""
    lines = typeset.opening(minutes.title, minutes.subtitle, language)
    if minutes.opening:
        head = ", ".join(f"strong({typeset.quoted(line)})" for line in minutes.opening)
        lines.insert(-2, f"#align(center, stack(spacing: 0.7em, {head}))\n#v(1em)")
    if not minutes.items:
        lines.append(f"#text({typeset.quoted(minutes.empty)})")
    for item in minutes.items:
        facts = ", ".join(
            f"text(fill: {typeset.SOFT}, {typeset.quoted(words)}), {typeset.quoted(value)}"
            for words, value in item.facts
        )
        lines.append(
            "#block(breakable: false)[\n"
            f"== #text({typeset.quoted(item.heading)})\n"
            f"#text({typeset.quoted(item.subject)})\n"
            f'#table(columns: (11em, 1fr), stroke: (x, y) => (bottom: 0.5pt + rgb("#dfe4e8")), inset: (x: 4pt, y: 5pt), {facts})\n]'
        )
    offices = ", ".join(f"align(center, strong({typeset.quoted(office)}))" for office in minutes.signatures)
    columns = ", ".join("1fr" for _ in minutes.signatures)
    lines.append(f"#v(2em)\n#block(breakable: false, height: 8em)[#grid(columns: ({columns},), {offices})]")
    return typeset.compiled(lines)

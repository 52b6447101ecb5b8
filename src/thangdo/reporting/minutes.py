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
    """The whole: `signatures` are the offices that sign, `empty` is said where there is no item."""

    title: str
    subtitle: str
    items: Sequence[MinutesItem]
    signatures: Sequence[str]
    empty: str = ""


def minutes_docx(minutes: Minutes) -> bytes:
    """As a Word document that a secretary can go on writing in."""
    import docx

    paper = docx.Document()
    paper.add_heading(minutes.title, 0)
    paper.add_paragraph(minutes.subtitle)
    if not minutes.items:
        paper.add_paragraph(minutes.empty)
    for item in minutes.items:
        paper.add_heading(item.heading, 2)
        if item.subject:
            paper.add_paragraph(item.subject)
        table = paper.add_table(rows=0, cols=2)
        table.style = "Light Grid Accent 1"
        for words, value in item.facts:
            cells = table.add_row().cells
            cells[0].text, cells[1].text = words, value
    paper.add_paragraph()
    signing = paper.add_table(rows=1, cols=len(minutes.signatures))
    for cell, office in zip(signing.rows[0].cells, minutes.signatures, strict=True):
        cell.text = office
    stream = io.BytesIO()
    paper.save(stream)
    return stream.getvalue()


def minutes_pdf(minutes: Minutes, language: Language) -> bytes:
    """As a sheet of paper to sign. An item stays on one page where it fits."""
    lines = typeset.opening(minutes.title, minutes.subtitle, language)
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

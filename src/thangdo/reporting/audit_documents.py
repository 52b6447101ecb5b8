"""An audit report as a page and a PDF."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from markupsafe import Markup

from thangdo.reporting import typeset
from thangdo.reporting.assets import ASSETS, asset
from thangdo.reporting.audit_pictures import before_after, correlation_heat, parallel, rank_ranges, sobol_bars
from thangdo.reporting.audit_report import AuditReport
from thangdo.reporting.audit_words import words
from thangdo.reporting.drawing import Drawing, figure
from thangdo.reporting.html_page import html_page
from thangdo.reporting.language import Language
from thangdo.reporting.markup import element, joined
from thangdo.reporting.numbers import number, percent, rank_range
from thangdo.reporting.standalone import standalone_svg

Table = tuple[tuple[str, ...], list[tuple[str, ...]]]
SECTIONS = ("answers", "ranks", "sets", "sobol", "groups", "heat", "influence", "lines", "treated")
# Rows of a picture that fit on a sheet of paper with its heading; codes named in a cell.
_ON_A_SHEET, _TREATED_ON_A_SHEET, _NAMED = 30, 14, 6


def headline(report: AuditReport, language: Language) -> str:
    """The finding in words."""
    sound = sum(answer.judgement == "sound" for answer in report.answers)
    return words("headline", language, sound=sound, of=len(report.answers))


def quiet_line(report: AuditReport, language: Language) -> str:
    """What was audited."""
    n = number(report.replications, language)
    return words("quiet", language, units=report.units, indicators=report.indicators, n=n)


def tables(report: AuditReport, language: Language) -> dict[str, Table]:
    """The tables by the key of their heading."""

    def said(value: float | None, digits: int = 2) -> str:
        return words("none", language) if value is None else number(value, language, digits)

    answers = [
        (
            words(each.question, language),
            words(each.judgement, language),
            f"{each.found}/{each.of}",
            ", ".join(each.named[:_NAMED]) + (" …" if len(each.named) > _NAMED else ""),
        )
        for each in report.answers
    ]
    groups = [
        (code, str(size), said(alpha), words("none", language) if share is None else percent(share * 100, language, 0))
        for code, size, alpha, share in report.coherence
    ]
    influence = [(code, percent(weight * 100, language, 1), said(value)) for code, weight, value in report.weights]
    heads: dict[str, tuple[str, ...]] = {
        "answers": ("question", "verdict", "outside", "named"),
        "groups": ("group", "members", "alpha", "component"),
        "influence": ("group", "weight", "correlation"),
    }
    sets = [
        (
            each.unit,
            str(each.rank),
            rank_range(each.low, each.high),
            rank_range(each.joint_low, each.joint_high),
            str(each.tier),
        )
        for each in report.sets
    ]
    if sets:
        heads["sets"] = ("unit", "set_rank", "own_set", "joint_set", "tier")
    rows: dict[str, list[tuple[str, ...]]] = {
        "answers": [*answers],
        "groups": [*groups],
        "influence": [*influence],
        "sets": [*sets],
    }
    return {key: (tuple(words(name, language) for name in heads[key]), rows[key]) for key in heads}


def drawings(report: AuditReport, language: Language, sheet: bool = False) -> dict[str, list[Drawing]]:
    """The pictures by the key of their heading, in parts that fit a sheet of paper where asked."""
    many = len(report.ranks) or 1
    size = _ON_A_SHEET if sheet else many
    treated = _TREATED_ON_A_SHEET if sheet else len(report.treated) or 1
    return {
        "ranks": [
            rank_ranges(report.ranks[start : start + size], report.units, report.varied, language)
            for start in range(0, len(report.ranks), size)
        ],
        "sobol": [sobol_bars(report.sobol, language)] if report.sobol else [],
        "heat": [correlation_heat(report, language)],
        "lines": [parallel(report, language)],
        "treated": [
            before_after(report.treated[start : start + treated], language)
            for start in range(0, len(report.treated), treated)
        ],
    }


def page(report: AuditReport, language: Language) -> str:
    """The report as one HTML page; styles and fonts lie beside it."""
    pictures, made = drawings(report, language), tables(report, language)
    sections = [
        element(
            "section",
            element("h2", words(key, language)),
            *(figure(drawing, language) for drawing in pictures.get(key, ())),
            _table(*made[key]) if key in made else None,
        )
        for key in SECTIONS
        if key in made or pictures.get(key)
    ]
    body = joined(
        element("h1", headline(report, language)), element("p", quiet_line(report, language), class_="quiet"), *sections
    )
    return html_page(headline(report, language), body, language)


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> Markup:
    body = [
        element("tr", element("th", row[0], scope="row"), *(element("td", cell) for cell in row[1:])) for row in rows
    ]
    head = element("thead", element("tr", *(element("th", cell, scope="col") for cell in header)))
    return element("div", element("table", head, element("tbody", *body)), class_="frame told", tabindex="0")


def pdf(report: AuditReport, language: Language) -> bytes:
    """The report as a PDF (typst)."""
    pictures, made = drawings(report, language, sheet=True), tables(report, language)
    lines = typeset.opening(headline(report, language), quiet_line(report, language), language)
    files = {}
    for key in SECTIONS:
        parts = pictures.get(key, [])
        if key not in made and not parts:
            continue
        opening = [f"== #text({typeset.quoted(words(key, language))})"]
        if parts:
            opening.append(f"#text({typeset.quoted(parts[0].caption)})")
        for place, drawing in enumerate(parts):
            files[f"{key}-{place}.svg"] = standalone_svg(drawing)
            image = f'#image("{key}-{place}.svg", width: 100%, alt: {typeset.quoted(drawing.description)})'
            # A heading stays with its picture.
            lines.append("#block(breakable: false)[\n" + "\n\n".join([*opening, image]) + "\n]")
            opening = []
        lines += opening
        if key in made:
            lines.append(_typst_table(*made[key]))
    return typeset.compiled(lines, files)


def _typst_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    # The last column of the verdicts names what is out of bounds and needs the room.
    longest = max((len(row[-1]) for row in rows), default=0)
    columns = "(2fr" + ", 1fr" * (len(header) - 2) + (", 2.5fr)" if longest > 20 else ", 1fr)")
    return typeset.table(columns, "left", header, rows)


def write_audit(report: AuditReport, folder: Path, language: Language) -> list[Path]:
    """`audit.html` with its styles and `audit.pdf` into `folder` (made if missing)."""
    contents = {"audit.html": page(report, language).encode("utf-8"), "audit.pdf": pdf(report, language)}
    contents |= {name: asset(name) for name in ASSETS}
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        part = folder / f"{name}.part"
        part.write_bytes(content)
        part.replace(folder / name)
    return [folder / "audit.html", folder / "audit.pdf"]

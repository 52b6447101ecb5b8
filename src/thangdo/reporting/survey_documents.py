"""A survey report as a page, a PDF and a workbook."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

from markupsafe import Markup

from thangdo.reporting import typeset
from thangdo.reporting.assets import ASSETS, asset
from thangdo.reporting.drawing import Drawing, figure
from thangdo.reporting.html_page import html_page
from thangdo.reporting.language import Language
from thangdo.reporting.markup import element, joined
from thangdo.reporting.standalone import standalone_svg
from thangdo.reporting.survey_pictures import answer_bars, interval_dots, tens_around
from thangdo.reporting.survey_report import (
    SurveyReport,
    change_sentences,
    headline,
    quiet_line,
    tables,
    units_sentence,
)
from thangdo.reporting.survey_words import sentence
from thangdo.reporting.workbook import Cell, Sheet, write_workbook

Row = TypeVar("Row")

# Rows of a picture that fit on a sheet of paper with its heading.
_ON_A_SHEET = 14


def drawings(report: SurveyReport, language: Language, most: int = 1000) -> dict[str, list[Drawing]]:
    """The pictures by the key of their heading, of `most` rows each; parts of one picture share its scale."""
    best = max(report.factors, key=lambda factor: factor.value)
    worst = min(report.factors, key=lambda factor: factor.value)
    see = sentence("factors_see", language, best=best.name, worst=worst.name)
    answers, how = sentence("items", language), sentence("items_see", language)
    found = {
        "factors": [interval_dots(report.factors, sentence("factors", language), see, language)],
        "items": [answer_bars(part, answers, how, language) for part in batched(report.items, most)],
    }
    printed = [unit.estimate for unit in report.units if unit.estimate is not None]
    if printed:
        title, caption, bounds = sentence("units", language), units_sentence(report, language), tens_around(printed)
        found["units"] = [interval_dots(part, title, caption, language, bounds) for part in batched(printed, most)]
    return found


def batched(rows: Sequence[Row], most: int) -> list[Sequence[Row]]:
    """Parts of about equal length with at most `most` rows."""
    parts = max(1, -(-len(rows) // most))
    size = -(-len(rows) // parts)
    return [rows[start : start + size] for start in range(0, len(rows), size)]


def page(report: SurveyReport, language: Language) -> str:
    """The report as one HTML page; styles and fonts lie beside it."""
    pictures, made = drawings(report, language), tables(report, language)
    change, meaning = change_sentences(report, language)
    body = joined(
        element("h1", headline(report, language)),
        element("p", quiet_line(report, language), class_="quiet"),
        _section("factors", language, figure(pictures["factors"][0], language)),
        _section("change", language, element("p", change), element("p", meaning)) if change else None,
        _section("items", language, figure(pictures["items"][0], language)),
        _section(
            "units",
            language,
            figure(pictures["units"][0], language) if "units" in pictures else None,
            _table(*made["units"], ends=_tier_ends(report)),
        ),
        _section("response", language, _table(*made["response"])) if report.responses else None,
        _section("weighting", language, _table(*made["weighting"])),
        _section("method", language, *(element("p", text) for text in report.method)),
    )
    return html_page(headline(report, language), body, language)


def _section(key: str, language: Language, *children: Markup | None) -> Markup:
    return element("section", element("h2", sentence(key, language)), *children)


def _table(header: Sequence[str], rows: Sequence[Sequence[str]], ends: frozenset[int] = frozenset()) -> Markup:
    body = [
        element(
            "tr",
            element("th", row[0], scope="row"),
            *(element("td", cell) for cell in row[1:]),
            class_="tier-end" if place in ends else None,
        )
        for place, row in enumerate(rows)
    ]
    head = element("thead", element("tr", *(element("th", cell, scope="col") for cell in header)))
    return element("div", element("table", head, element("tbody", *body)), class_="frame", tabindex="0")


def _tier_ends(report: SurveyReport) -> frozenset[int]:
    units = report.units
    return frozenset(place for place, unit in enumerate(units[:-1]) if unit.tier and units[place + 1].tier != unit.tier)


def pdf(report: SurveyReport, language: Language) -> bytes:
    """The report as a PDF (typst)."""
    pictures, made = drawings(report, language, _ON_A_SHEET), tables(report, language)
    change, meaning = change_sentences(report, language)
    lines = typeset.opening(headline(report, language), quiet_line(report, language), language)
    for key in ("factors", "change", "items", "units", "response", "weighting", "method"):
        if (key == "change" and not change) or (key == "response" and not report.responses):
            continue
        lines.append(f"== #text({typeset.quoted(sentence(key, language))})")
        if key == "change":
            lines.append(f"#text({typeset.quoted(change)})\n\n#text({typeset.quoted(meaning)})")
        if key in pictures:
            lines.append(f"#text({typeset.quoted(pictures[key][0].caption)})")
            for part, drawing in enumerate(pictures[key]):
                lines.append(f'#image("{key}-{part}.svg", width: 100%, alt: {typeset.quoted(drawing.description)})')
        if key in {"units", "response", "weighting"}:
            lines.append(_typst_table(*made[key]))
        if key == "method":
            lines += [f"#text({typeset.quoted(text)})\n" for text in report.method]
    return typeset.compiled(
        lines,
        {
            f"{key}-{part}.svg": standalone_svg(drawing)
            for key, parts in pictures.items()
            for part, drawing in enumerate(parts)
        },
    )


def _typst_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    columns = ", ".join(["1fr", *["auto"] * (len(header) - 1)])
    align = ", ".join(["left", *["right"] * (len(header) - 1)])
    return typeset.table(f"({columns})", f"({align})", header, rows)


def write_documents(report: SurveyReport, folder: Path, language: Language) -> list[Path]:
    """`report.html` with its styles, `report.pdf`, `report.xlsx` into `folder` (made if missing)."""
    folder.mkdir(parents=True, exist_ok=True)
    contents = {"report.html": page(report, language).encode("utf-8"), "report.pdf": pdf(report, language)}
    contents |= {name: asset(name) for name in ASSETS}
    for name, content in contents.items():
        part = folder / f"{name}.part"
        part.write_bytes(content)
        part.replace(folder / name)
    write_workbook(folder / "report.xlsx", _sheets(report, language))
    return [folder / name for name in ("report.html", "report.pdf", "report.xlsx")]


def _sheets(report: SurveyReport, language: Language) -> list[Sheet]:
    made, note = tables(report, language), quiet_line(report, language)
    units: list[list[Cell]] = [
        [unit.name, one.value * 100, one.low * 100, one.high * 100, unit.rank_low or None, unit.rank_high or None,
         unit.tier or None, one.n]
        if (one := unit.estimate) is not None
        else [unit.name, sentence("hidden", language)]
        for unit in report.units
    ]  # fmt: skip
    name, estimate, rank, tier, n = made["units"][0]
    header = [name, estimate, "min", "max", f"{rank} min", f"{rank} max", tier, n]
    factors: list[list[Cell]] = [[f.name, f.value * 100, f.low * 100, f.high * 100, f.n] for f in report.factors]
    items: list[list[Cell]] = [[i.name, *(part * 100 for part in i.shares), i.n] for i in report.items]
    answers = [str(place + 1) for place in range(len(report.items[0].shares))]
    sheets = [
        Sheet("1", sentence("units", language), note, header, units),
        Sheet("2", sentence("factors", language), note, [name, estimate, "min", "max", n], factors),
        Sheet("3", sentence("items", language), note, [name, *answers, n], items),
    ]
    for place, key in enumerate(("response", "weighting"), start=4):
        sheets.append(Sheet(str(place), sentence(key, language), note, *made[key]))
    method: list[list[Cell]] = [[text] for text in report.method]
    sheets.append(Sheet("6", sentence("method", language), note, [sentence("method", language)], method))
    return sheets

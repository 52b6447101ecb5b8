"""A survey report as a page, a PDF and a workbook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from markupsafe import Markup

from thangdo.reporting import typeset
from thangdo.reporting.assets import ASSETS, asset
from thangdo.reporting.drawing import Drawing, figure
from thangdo.reporting.html_page import html_page
from thangdo.reporting.language import Language
from thangdo.reporting.markup import element, joined
from thangdo.reporting.standalone import standalone_svg
from thangdo.reporting.survey_pictures import (
    PAPER,
    SCREEN,
    Bars,
    Dots,
    Layout,
    answer_bars,
    interval_dots,
    sheets,
    tidy_bounds,
)
from thangdo.reporting.survey_report import (
    Interval,
    SurveyReport,
    Table,
    change_sentences,
    headline,
    quiet_line,
    tables,
    units_sentence,
)
from thangdo.reporting.survey_words import sentence
from thangdo.reporting.workbook import Cell, Sheet, write_workbook

# Pixels of a picture on a sheet of paper: a quarter of a page, so that little of a sheet stays empty before it.
_PART_OF_A_SHEET = 240
_ON_A_SCREEN = 10**6
# Letters on a line of the sheet that explains the method.
_SENTENCES = 120
_TABLES = ("change", "units", "areas", "response", "weighting")
_ORDER = ("factors", "change", "items", "units", "areas", "response", "weighting", "method")


def drawings(
    report: SurveyReport, language: Language, height: int = _ON_A_SCREEN, layout: Layout = SCREEN
) -> dict[str, list[Drawing]]:
    """The pictures by the key of their heading, at most `height` high; parts of one picture share its scale."""
    found: dict[str, list[Drawing]] = {}
    if report.factors:
        best = max(report.factors, key=lambda factor: factor.value)
        worst = min(report.factors, key=lambda factor: factor.value)
        see = sentence("factors_see", language, best=best.name, worst=worst.name)
        found["factors"] = _dots([Dots("", report.factors)], "factors", see, language, height, layout)
    if report.items:
        title, how = sentence("items", language), sentence("items_see", language)
        bars = [
            Bars(factor, tuple(item for item in report.items if item.factor == factor))
            for factor in dict.fromkeys(item.factor for item in report.items)
        ]
        found["items"] = [answer_bars(part, title, how, language, layout) for part in sheets(bars, height, layout)]
    tiers = _tiers(report, language)
    if tiers:
        found["units"] = _dots(tiers, "units", units_sentence(report, language), language, height, layout)
    if report.areas:
        models = tuple(area.estimate for area in report.areas if area.kind != "direct")
        direct = tuple(area.estimate for area in report.areas if area.kind == "direct")
        groups = [
            Dots(sentence("areas_direct", language), direct),
            Dots(sentence("areas_models", language), models, is_open=True),
        ]
        see = sentence("areas_see", language, models=len(models), direct=len(direct))
        found["areas"] = _dots([group for group in groups if group.rows], "areas", see, language, height, layout)
    return found


def _dots(groups: Sequence[Dots], key: str, see: str, language: Language, height: int, layout: Layout) -> list[Drawing]:
    bounds = tidy_bounds([row for group in groups for row in group.rows])
    return [
        interval_dots(part, sentence(key, language), see, language, bounds, layout)
        for part in sheets(groups, height, layout)
    ]


def _tiers(report: SurveyReport, language: Language) -> list[Dots]:
    """Printed units tier by tier, then those with too few answers to be ranked."""
    found = []
    for tier in dict.fromkeys(unit.tier for unit in report.units):
        rows = tuple(unit.estimate for unit in report.units if unit.tier == tier and unit.estimate is not None)
        words = sentence("group", language, tier=tier)
        if not tier:
            words = sentence("group_unranked", language, rank_n=report.rank_minimum)
        if rows:
            found.append(Dots(words, rows, is_open=not tier))
    return found


def _paragraphs(report: SurveyReport, language: Language) -> dict[str, list[str]]:
    """The sentences under a heading, by its key."""
    found = {"change": change_sentences(report, language), "method": list(report.method)}
    if report.areas:
        found["areas"] = [sentence("areas_model", language)]
    if report.hidden:
        found["items"] = [sentence("hidden_items", language, names="; ".join(report.hidden))]
    return found


def _sections(
    pictures: Mapping[str, Sequence[Drawing]], made: Mapping[str, Table], said: Mapping[str, Sequence[str]]
) -> list[str]:
    """The headings that have something below them, in their order."""
    return [key for key in _ORDER if pictures.get(key) or said.get(key) or (key in _TABLES and made[key][1])]


def page(report: SurveyReport, language: Language, other: str = "") -> str:
    """The report as one HTML page; styles and fonts lie beside it, and `other`, the same in the other language."""
    pictures, made, said = drawings(report, language), tables(report, language), _paragraphs(report, language)
    ends = {"units": _tier_ends(report)}
    sections = [
        element(
            "section",
            element("h2", sentence(key, language)),
            *(figure(drawing, language) for drawing in pictures.get(key, ())),
            *(element("p", text) for text in said.get(key, ())),
            _table(*made[key], key, ends.get(key, frozenset())) if key in _TABLES and made[key][1] else None,
        )
        for key in _sections(pictures, made, said)
    ]
    body = joined(
        element("h1", headline(report, language)),
        element("p", quiet_line(report, language), class_="quiet"),
        *sections,
    )
    return html_page(headline(report, language), body, language, other)


def _table(header: Sequence[str], rows: Sequence[Sequence[str]], key: str, ends: frozenset[int]) -> Markup:
    """A table that on a narrow screen has each name on a line of its own; roles keep it one for who hears it."""
    body = [
        element(
            "tr",
            element("th", row[0], scope="row", role="rowheader"),
            *(element("td", cell, role="cell") for cell in row[1:]),
            role="row",
            class_="tier-end" if place in ends else None,
        )
        for place, row in enumerate(rows)
    ]
    names = [element("th", cell, scope="col", role="columnheader") for cell in header]
    head = element("thead", element("tr", *names, role="row"), role="rowgroup")
    table = element("table", head, element("tbody", *body, role="rowgroup"), role="table")
    return element("div", table, class_=f"frame of-{key}", tabindex="0")


def _tier_ends(report: SurveyReport) -> frozenset[int]:
    units = report.units
    return frozenset(place for place, unit in enumerate(units[:-1]) if unit.tier and units[place + 1].tier != unit.tier)


def pdf(report: SurveyReport, language: Language) -> bytes:
    """The report as a PDF (typst)."""
    pictures, made = drawings(report, language, _PART_OF_A_SHEET, PAPER), tables(report, language)
    said = _paragraphs(report, language)
    lines = typeset.opening(headline(report, language), quiet_line(report, language), language)
    for key in _sections(pictures, made, said):
        heading = f"== #text({typeset.quoted(sentence(key, language))})"
        images = [
            f'#image("{key}-{part}.svg", width: 100%, alt: {typeset.quoted(drawing.description)})'
            for part, drawing in enumerate(pictures.get(key, ()))
        ]
        if images:
            # A heading does not stand alone at the foot of a sheet.
            caption = f"#text({typeset.quoted(pictures[key][0].caption)})"
            heading = f"#block(breakable: false)[\n{heading}\n\n{caption}\n\n{images[0]}\n]"
        lines += [heading, *images[1:]]
        lines += [f"#text({typeset.quoted(text)})\n" for text in said.get(key, ())]
        if key in _TABLES and made[key][1]:
            lines.append(_typst_table(*made[key]))
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


def write_documents(
    report: SurveyReport, folder: Path, language: Language, translated: SurveyReport | None = None
) -> list[Path]:
    """`report.html` with its styles, `report.pdf`, `report.xlsx` into `folder` (made if missing).

    `translated` is the same report in the other language: its page goes beside, each leading to the other.
    """
    folder.mkdir(parents=True, exist_ok=True)
    code: Language = "vi" if language == "en" else "en"
    beside = f"report.{code}.html" if translated is not None else ""
    contents = {"report.html": page(report, language, beside).encode("utf-8"), "report.pdf": pdf(report, language)}
    if translated is not None:
        contents[beside] = page(translated, code, "report.html").encode("utf-8")
    contents |= {name: asset(name) for name in ASSETS}
    for name, content in contents.items():
        part = folder / f"{name}.part"
        part.write_bytes(content)
        part.replace(folder / name)
    write_workbook(folder / "report.xlsx", _workbook_sheets(report, language))
    return [folder / name for name in ("report.html", "report.pdf", "report.xlsx")]


def _workbook_sheets(report: SurveyReport, language: Language) -> list[Sheet]:
    made, note = tables(report, language), quiet_line(report, language)

    def column(key: str) -> str:
        return sentence(f"column_{key}", language)

    def numbers(one: Interval) -> list[Cell]:
        return [one.value * 100, one.low * 100, one.high * 100]

    units: list[list[Cell]] = [
        [unit.name, *numbers(one), unit.rank_low or None, unit.rank_high or None, unit.tier or None, one.n]
        if (one := unit.estimate) is not None
        else [unit.name, sentence("hidden", language)]
        for unit in report.units
    ]
    span = [column("estimate"), column("low"), column("high")]
    ranks = [f"{column('rank')} {column('low')}", f"{column('rank')} {column('high')}"]
    factors: list[list[Cell]] = [[f.name, *numbers(f), f.n] for f in report.factors]
    items: list[list[Cell]] = [
        [i.factor, i.name, *(part * 100 for part in i.shares), i.satisfied * 100, i.n] for i in report.items
    ]
    answers = [str(place + 1) for place in range(max((len(i.shares) for i in report.items), default=0))]
    areas: list[list[Cell]] = [
        [
            area.estimate.name, *numbers(area.estimate), area.error * 100, sentence(f"kind_{area.kind}", language),
            area.estimate.n or None,
        ]
        for area in report.areas
    ]  # fmt: skip
    changes: list[list[Cell]] = [
        [c.name, *(part * 100 for part in (c.before, c.now, c.value, c.low, c.high)), c.p] for c in report.changes
    ]
    change = [column("before"), column("now"), column("change"), column("low"), column("high"), "p"]
    responses: list[list[Cell]] = [
        [r.name, r.asked, r.answered, r.answered / max(r.asked, 1) * 100]
        if r.answered is not None
        else [r.name, r.asked, sentence("hidden", language)]
        for r in report.responses
    ]
    steps: list[list[Cell]] = [
        [
            sentence(f"step_{s.name}", language), s.n, round(s.total), s.smallest, s.median, s.largest, s.deff, s.misfit,
        ]
        for s in report.steps
    ]  # fmt: skip
    method: list[list[Cell]] = [[text] for texts in _paragraphs(report, language).values() for text in texts]
    every: list[tuple[str, list[str], Sequence[Sequence[Cell]]]] = [
        ("units", [column("name"), *span, *ranks, column("tier"), column("n")], units),
        ("factors", [column("name"), *span, column("n")], factors),
        ("change", [column("name"), *change], changes),
        ("items", [column("factor"), column("name"), *answers, column("satisfied"), column("n")], items),
        ("areas", [column("area"), *span, column("error"), column("kind"), column("n")], areas),
        ("response", [*made["response"][0][:3], f"{column('rate')}, %"], responses),
        ("weighting", list(made["weighting"][0]), steps),
        ("method", [sentence("method", language)], method),
    ]
    return [
        Sheet(
            sentence(f"sheet_{key}", language), sentence(key, language), note, header, rows,
            (_SENTENCES,) if key == "method" else (),
        )
        for key, header, rows in every
        if rows
    ]  # fmt: skip

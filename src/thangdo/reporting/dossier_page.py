"""A year of dossiers as one HTML page: the finding first, pictures with their numbers, the method last."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from markupsafe import Markup

from thangdo.reporting.dossier_pictures import funnel, funnel_table, monthly_flow
from thangdo.reporting.dossier_report import Count, DossierReport
from thangdo.reporting.dossier_words import FIGURES, sentence
from thangdo.reporting.drawing import figure
from thangdo.reporting.heat_map import HeatMap, HeatRow, heat_map
from thangdo.reporting.html_page import html_page
from thangdo.reporting.language import Language
from thangdo.reporting.markup import element, joined
from thangdo.reporting.numbers import Absent, number, share, signed


def page(report: DossierReport, language: Language, other: str = "") -> str:
    """The whole page; `assets.ASSETS` lie beside it, and `other`, the same in the other language."""
    title = headline(report, language)
    body = joined(
        element("h1", title),
        element("p", *_quiet(report, language), class_="quiet"),
        _section("figures", language, _figures(report, language)),
        _flow(report, language),
        _funnel(report, language),
        _months_map(report, language),
        _signals(report, language),
        _waiting(report, language),
        _classes(report, language),
        _section("method", language, *(element("p", sentence(key, language)) for key in ("method_1", "method_2"))),
    )
    return html_page(title, body, language, other)


def headline(report: DossierReport, language: Language) -> str:
    """The year in one sentence."""
    found = report.summary.get("on_time_share")
    if found is None:
        return sentence("headline_none", language, year=report.year)
    return sentence("headline", language, year=report.year, share=share(_exact(found), language, 2))


def _quiet(report: DossierReport, language: Language) -> list[str | Markup]:
    parts: list[str | Markup] = [sentence("quiet", language, day=report.day)]
    if report.filter:
        parts.append(" · " + sentence("filter", language, filter=report.filter))
    if report.is_illustrative:
        parts += [" · ", element("span", sentence("illustrative", language), class_="warning")]
    return parts


def _exact(value: int | float) -> Decimal:
    return Decimal(repr(value))


def _section(key: str, language: Language, *children: Markup | None) -> Markup:
    return element("section", element("h2", sentence(key, language)), *children)


def _table(
    label: str, header: Sequence[str], rows: Sequence[Sequence[str]], words: frozenset[int] = frozenset()
) -> Markup:
    """A table in a frame of its own; `words` are the columns that hold words, not numbers."""
    head = [
        element("th", cell, scope="col", class_="words" if place in words else None)
        for place, cell in enumerate(header)
    ]
    body = [
        element(
            "tr",
            element("th", row[0].strip(), scope="row", class_="part" if row[0].startswith(" ") else None),
            *(
                element("td", cell, class_="words" if place in words else None)
                for place, cell in enumerate(row[1:], start=1)
            ),
        )
        for row in rows
    ]
    table = element("table", element("thead", element("tr", *head)), element("tbody", *body))
    return element("div", table, class_="frame", tabindex="0", role="region", aria_label=label)


def _figures(report: DossierReport, language: Language) -> Markup:
    rows = []
    for key, name_vi, name_en in FIGURES:
        now, before = report.summary.get(key), report.summary.get(f"previous_{key}")
        if now is None:
            continue
        rows.append(
            (
                name_en if language == "en" else name_vi,
                _shown(key, now, language),
                "" if before is None else _shown(key, before, language),
                "" if before is None else _change(key, now, before, language),
            )
        )
    header = [sentence("figure", language)]
    header += [sentence("this_year", language, year=year) for year in (report.year, report.year - 1)]
    return _table(sentence("figures", language), [*header, sentence("change", language)], rows)


def _shown(key: str, value: int | float, language: Language) -> str:
    return share(_exact(value), language, 2) if key.endswith("_share") else number(int(value), language)


def _change(key: str, now: int | float, before: int | float, language: Language) -> str:
    if key.endswith("_share"):
        return signed((_exact(now) - _exact(before)) * 100, language, 2)
    return signed(int(now) - int(before), language)


def _flow(report: DossierReport, language: Language) -> Markup | None:
    if not report.months:
        return None
    return _section("flow", language, figure(monthly_flow(report.months, language), language))


def _funnel(report: DossierReport, language: Language) -> Markup | None:
    if not any(unit.resolved for unit in report.funnel):
        return None
    header, rows = funnel_table(report.funnel, language)
    return _section(
        "funnel",
        language,
        figure(funnel(report.funnel, language), language),
        element("p", sentence("funnel_note", language), class_="quiet"),
        _table(sentence("funnel", language), header, rows, frozenset({len(header) - 1})),
    )


def _months_map(report: DossierReport, language: Language) -> Markup | None:
    if not report.unit_months:
        return None
    known = [value for row in report.unit_months for value in row.shares if value is not None]
    if not known:
        return None
    # The scale begins at the lowest tenth of the cells, so that one empty-handed month does not wash out the rest.
    low = Decimal(repr(sorted(known)[len(known) // 10] * 100)).quantize(Decimal(1), "ROUND_FLOOR")
    rows = [
        HeatRow(row.name, [Absent.NOT_APPLICABLE if value is None else _exact(value * 100) for value in row.shares])
        for row in report.unit_months
    ]
    # The number of the month alone: twelve columns stand side by side on a page.
    columns = [month.number for month in report.months]
    note = sentence("months_note", language, shown=len(rows), units=report.units)
    title = sentence("months_map", language)
    table = heat_map(HeatMap(title, columns, rows, min(low, Decimal(99)), Decimal(100), 1), language)
    return _section("months_map", language, element("p", note, class_="quiet"), table)


def _signals(report: DossierReport, language: Language) -> Markup:
    if not report.signals:
        return _section("signals", language, element("p", sentence("signals_none", language)))
    units = len({signal.unit for signal in report.signals})
    rows = [
        (
            signal.unit,
            signal.detector,
            number(signal.dossiers, language),
            share(_exact(signal.share), language, 1),
            share(_exact(signal.city_share), language, 1),
        )
        for signal in report.signals
    ]
    header = [sentence(key, language) for key in ("unit", "detector", "dossiers", "share", "city_share")]
    note = sentence("signals_see", language, count=len(rows), units=units)
    table = _table(sentence("signals", language), header, rows, frozenset({1}))
    return _section("signals", language, element("p", note), table)


def _waiting(report: DossierReport, language: Language) -> Markup | None:
    if not report.waiting:
        return None
    rows = [
        (
            row.unit,
            number(row.late, language),
            number(row.open_late, language),
            _days(row.median_days, language),
            _part(row.after_10, language),
            _part(row.after_30, language),
        )
        for row in report.waiting
    ]
    header = [sentence(key, language) for key in ("unit", "late", "open_late", "median", "after_10", "after_30")]
    table = _table(sentence("waiting", language), header, rows)
    return _section("waiting", language, element("p", sentence("waiting_see", language), class_="quiet"), table)


def _days(value: Count, language: Language) -> str:
    return "–" if value is None else number(_exact(value), language, 0)


def _part(value: Count, language: Language) -> str:
    return "–" if value is None else share(_exact(value), language, 0)


def _classes(report: DossierReport, language: Language) -> Markup | None:
    if not report.classes:
        return None
    rows = [(name or sentence("no_class", language), number(count, language)) for name, count in report.classes]
    header = [sentence("class", language), sentence("agencies", language)]
    table = _table(sentence("classes", language), header, rows)
    return _section("classes", language, element("p", sentence("classes_note", language), class_="quiet"), table)

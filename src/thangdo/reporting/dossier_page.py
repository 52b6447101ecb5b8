"""A year of dossiers as one HTML page: the finding first, pictures with their numbers, the method last."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from markupsafe import Markup

from thangdo.reporting.dates import day
from thangdo.reporting.dossier_period import month_name
from thangdo.reporting.dossier_pictures import funnel, funnel_table, monthly_flow
from thangdo.reporting.dossier_report import Count, DossierReport
from thangdo.reporting.dossier_words import FIGURES, FILES, sentence
from thangdo.reporting.drawing import figure, source_line
from thangdo.reporting.heat_map import HeatMap, HeatRow, heat_map
from thangdo.reporting.html_page import html_page
from thangdo.reporting.language import Language
from thangdo.reporting.markup import element, joined
from thangdo.reporting.numbers import Absent, number, share, signed, telling_digits

# The longest filter that a heading still says, in letters.
_SHORT_FILTER = 60
# Points from which an agency is above the lowest class (Thông tư 01/2018/TT-VPCP); with fewer to be had all
# agencies would be in it, whatever they did.
LOWEST_CLASS_POINTS = 6
_AT_MOST = "≤\u00a0"


def page(report: DossierReport, language: Language, other: str = "") -> str:
    """The whole page; `assets.ASSETS` lie beside it, and `other`, the same in the other language."""
    title = headline(report, language)
    body = joined(
        element("h1", title),
        element("p", *_quiet(report, language), class_="quiet"),
        _lead(report, language),
        _unfinished(report, language),
        _section("figures", language, _figures(report, language)),
        _due_dates(report, language),
        _flow(report, language),
        _funnel(report, language),
        _months_map(report, language),
        _signals(report, language),
        _waiting(report, language),
        _classes(report, language),
        _section("method", language, *(element("p", sentence(key, language)) for key in ("method_1", "method_2"))),
        _files(report, language),
    )
    return html_page(title, body, language, other)


def headline(report: DossierReport, language: Language) -> str:
    """The period in one sentence; where a filter left dossiers out, it says so."""
    period, found = report.period.name(language), report.summary.get("on_time_share")
    if found is None:
        return sentence("headline_none", language, period=period) + _part_of_all(report, language)
    shown = share(_exact(found), language, 2)
    return sentence("headline", language, period=period, share=shown) + _part_of_all(report, language)


def _part_of_all(report: DossierReport, language: Language) -> str:
    """What the report is limited to, as a heading's end: the filter where it is short enough to be read there."""
    if not report.filter:
        return ""
    return f" ({report.filter})" if len(report.filter) <= _SHORT_FILTER else sentence("headline_part", language)


def _quiet(report: DossierReport, language: Language) -> list[str | Markup]:
    parts: list[str | Markup] = [sentence("quiet", language, day=report.day)]
    if report.filter:
        parts.append(" · " + sentence("filter", language, filter=report.filter))
    if report.is_illustrative:
        parts += [" · ", element("span", sentence("illustrative", language), class_="warning")]
    return parts


def _lead(report: DossierReport, language: Language) -> Markup | None:
    """How many, how many late and excused, how many online: counts behind the headline's share.

    What is open and overdue is in no share of what was resolved, so it is said beside it.
    """
    counts = report.counts
    said = {key: number(value, language) for key, value in counts.items()}
    waiting = sentence("lead_open", language, open=said["open_overdue"]) if counts.get("open_overdue") else ""
    if not counts.get("resolved"):
        return element("p", waiting) if waiting else None
    text = sentence("lead_resolved", language, resolved=said["resolved"], overdue=said["overdue"])
    if counts["overdue"] and counts["overdue"] == counts["overdue_with_apology"]:
        text += sentence("lead_apologies_all", language)
    elif counts["overdue"]:
        text += sentence("lead_apologies", language, apologies=said["overdue_with_apology"])
    text += waiting
    received, online = counts["received_in_period"], counts["online_dossiers"]
    if received:
        part = share(Decimal(online) / received, language, 2)
        facts = {"received": said["received_in_period"], "online": said["online_dossiers"], "share": part}
        text += sentence("lead_online", language, **facts)
        change = online - counts.get("previous_online_dossiers", online)
        if change:
            key = "lead_online_more" if change > 0 else "lead_online_fewer"
            text += sentence(
                key,
                language,
                change=number(abs(change), language),
                base=report.period.year_before.name_within(language),
            )
        text += "."
    return element("p", text)


def _unfinished(report: DossierReport, language: Language) -> Markup | None:
    if not report.ends_early:
        return None
    text = sentence("ends_early", language, day=report.day, end=day(report.period.last_day, language))
    return element("p", text, class_="warning")


def _source(report: DossierReport, language: Language) -> str:
    """Below every picture, which may be cut out of its page."""
    text = sentence("source", language, day=report.day)
    if report.filter:
        text += " · " + sentence("filter", language, filter=report.filter)
    return f"{text} · {sentence('illustrative', language)}" if report.is_illustrative else text


def _exact(value: int | float) -> Decimal:
    return Decimal(repr(value))


def _section(key: str, language: Language, *children: Markup | None) -> Markup:
    return element("section", element("h2", sentence(key, language)), *children)


def _table(
    key: str,
    language: Language,
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    words: frozenset[int] = frozenset(),
) -> Markup:
    """A section's table in a frame of its own; `words` are the columns that hold words, not numbers."""
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
    return element(
        "div", table, class_=f"frame of-{key}", tabindex="0", role="region", aria_label=sentence(key, language)
    )


def _figures(report: DossierReport, language: Language) -> Markup:
    rows = []
    missing = number(Absent.NOT_GIVEN, language)
    is_compared = any(name.startswith("previous_") and value is not None for name, value in report.summary.items())
    # A catalogue that says of no procedure whether it is online offers none, while dossiers come in online: not known.
    services = ("procedures_online", "procedures_full", "procedures_partial")
    is_unknown = bool(report.counts.get("online_dossiers")) and not any(map(report.counts.get, services))
    for key, name_vi, name_en in FIGURES:
        now, before = report.summary.get(key), report.summary.get(f"previous_{key}")
        if now is None:
            continue
        rows.append(
            (
                name_en if language == "en" else name_vi,
                sentence("not_listed", language) if is_unknown and key in services else _shown(key, now, language),
                missing if before is None else _shown(key, before, language),
                missing if before is None else _change(key, now, before, language),
            )
        )
    periods = [period.name(language) for period in (report.period, report.period.year_before)]
    change = sentence("change", language, base=report.period.year_before.name_within(language))
    header = [sentence("figure", language), *periods, change]
    # Without a year before there is nothing to say four columns about.
    shown = 4 if is_compared else 2
    return _table("figures", language, header[:shown], [row[:shown] for row in rows])


def _shown(key: str, value: int | float, language: Language) -> str:
    return share(_exact(value), language, 2) if key.endswith("_share") else number(int(value), language)


def _change(key: str, now: int | float, before: int | float, language: Language) -> str:
    if key.endswith("_share"):
        difference = (_exact(now) - _exact(before)) * 100
        return sentence("points", language, change=signed(difference, language, telling_digits(difference, 2)))
    return signed(int(now) - int(before), language)


def _due_dates(report: DossierReport, language: Language) -> Markup | None:
    """The same dossiers judged by the recorded, the new and the law's due date."""
    if not any(row.resolved for row in report.by_due_date):
        return None
    rows = [
        (
            sentence(row.basis, language),
            number(row.resolved, language),
            number(row.overdue, language),
            share(Decimal(row.resolved - row.overdue) / row.resolved, language, 2)
            if row.resolved
            else number(Absent.NOT_GIVEN, language),
        )
        for row in report.by_due_date
    ]
    header = [sentence(key, language) for key in ("due_date", "resolved", "form_overdue", "on_time_share")]
    note = element("p", sentence("due_dates_see", language), class_="quiet")
    return _section("due_dates", language, _table("due_dates", language, header, rows), note)


def _flow(report: DossierReport, language: Language) -> Markup | None:
    if not report.months:
        return None
    drawing = monthly_flow(report.months, language, _source(report, language))
    return _section("flow", language, figure(drawing, language))


def _funnel(report: DossierReport, language: Language) -> Markup | None:
    if not any(unit.resolved for unit in report.funnel):
        return None
    compared = sum(unit.standardised is not None for unit in report.funnel)
    if compared < 2:
        key = "funnel_alone" if compared else "funnel_nothing"
        return _section("funnel", language, element("p", sentence(key, language)))
    header, rows = funnel_table(report.funnel, language)
    outside = sum(bool(unit.signal) for unit in report.funnel)
    counts = {"shown": number(len(rows), language), "outside": number(outside, language)}
    note = sentence("funnel_note", language) + sentence(
        "funnel_outside" if outside else "funnel_most", language, **counts
    )
    return _section(
        "funnel",
        language,
        figure(funnel(report.funnel, report.limits, language, _source(report, language)), language),
        element("p", note, class_="quiet"),
        _table("funnel", language, header, rows, frozenset({len(header) - 1})),
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
        HeatRow(row.name, [Absent.NOT_APPLICABLE if value is None else _exact(value) * 100 for value in row.shares])
        for row in report.unit_months
    ]
    # Short names of months: twelve columns stand side by side on a page.
    columns = [month_name(month.number, language) for month in report.months]
    note = sentence("months_note", language, shown=len(rows), units=report.units)
    title = sentence("months_map", language)
    table = heat_map(HeatMap(title, columns, rows, min(low, Decimal(99)), Decimal(100), 2, tells_ends=True), language)
    source = source_line(_source(report, language), language)
    return _section("months_map", language, element("p", note, class_="quiet"), table, source)


def _signals(report: DossierReport, language: Language) -> Markup:
    if not report.signals:
        return _section("signals", language, element("p", sentence("signals_none", language)))
    units = len({signal.unit for signal in report.signals})
    rows = [
        (
            signal.unit,
            signal.detector,
            number(signal.dossiers, language),
            number(signal.base, language),
            share(_exact(signal.share), language, 1),
            share(_exact(signal.median), language, 1),
        )
        for signal in report.signals
    ]
    header = [
        sentence(key, language) for key in ("unit", "detector", "dossiers", "of_dossiers", "share", "median_share")
    ]
    note = sentence("signals_see", language, count=len(rows), units=units)
    table = _table("signals", language, header, rows, frozenset({1}))
    meanings = [
        child
        for detector in report.detectors
        if detector.name in {signal.detector for signal in report.signals}
        for child in (element("dt", f"{detector.name} ({detector.code})"), element("dd", detector.meaning))
    ]
    return _section("signals", language, element("p", note), table, element("dl", *meanings, class_="quiet"))


def _waiting(report: DossierReport, language: Language) -> Markup | None:
    if not report.waiting:
        return None
    rows = [
        (
            row.unit,
            number(row.late, language),
            number(row.open_late, language),
            _days(row.median_days, language),
            _part(row.after_10, row.longest < 10, language),
            _part(row.after_30, row.longest < 30, language),
        )
        for row in report.waiting
    ]
    header = [sentence(key, language) for key in ("unit", "late", "open_late", "median", "after_10", "after_30")]
    table = _table("waiting", language, header, rows)
    note = sentence("waiting_see", language) + " " + sentence("waiting_note", language, shown=len(rows))
    return _section("waiting", language, element("p", note, class_="quiet"), table)


def _days(value: Count, language: Language) -> str:
    return sentence("not_reached", language) if value is None else number(_exact(value), language, 0)


def _part(value: Count, is_bound: bool, language: Language) -> str:
    """A share still open; behind the longest wait seen only its upper bound, unless nothing was open any more."""
    if value is None:
        return number(Absent.NOT_GIVEN, language)
    return (_AT_MOST if is_bound and value else "") + share(_exact(value), language, 0)


def _classes(report: DossierReport, language: Language) -> Markup | None:
    if not report.classes:
        return None
    if report.class_maximum < LOWEST_CLASS_POINTS:
        none = sentence("classes_none", language, maximum=report.class_maximum)
        return _section("classes", language, element("p", none))
    rows = [(name or sentence("no_class", language), number(count, language)) for name, count in report.classes]
    header = [sentence("class", language), sentence("agencies", language)]
    table = _table("classes", language, header, rows)
    note = sentence("classes_note", language, maximum=report.class_maximum)
    return _section("classes", language, element("p", note, class_="quiet"), table)


def _files(report: DossierReport, language: Language) -> Markup | None:
    """What lies beside the page, to download; and by what the page's figures are known again."""
    items = [
        element("li", element("a", name, href=name), ": " + (name_en if language == "en" else name_vi))
        for name, name_vi, name_en in FILES
        if name in report.files
    ]
    if not items:
        return None
    digest = sentence("fingerprint", language, digest=report.fingerprint)
    return _section("files", language, element("ul", *items), element("p", digest, class_="quiet fingerprint"))

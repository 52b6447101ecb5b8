"""From the tables of a dossier report to what its page and its form show."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from thangdo.cli.dossiers_names import LEVELS, detector_names, value_name

if TYPE_CHECKING:
    import pandas as pd

    from thangdo.dossiers.report import Report
    from thangdo.reporting.dossier_period import Period
    from thangdo.reporting.dossier_report import ByDueDate, Detector, DossierReport, FormRow, FunnelLimit, FunnelUnit

Language = Literal["vi", "en"]

# Rows of the page; every unit is in the CSV beside it.
MAP_UNITS = 40
WAITING_UNITS = 15
_FORM_COLUMNS = (
    "received",
    "received_online",
    "received_direct",
    "carried_over",
    "resolved",
    "early",
    "on_time",
    "overdue",
    "in_process",
    "open_within",
    "open_overdue",
)
# The classes of Thông tư 01/2018 as an English page explains them.
_CLASSES_EN = {"Xuất sắc": "excellent", "Tốt": "good", "Khá": "fair", "Trung bình": "average", "Yếu": "weak"}


def write_faces(
    report: Report, folder: Path, language: Language, *, is_illustrative: bool, with_tables: bool = False
) -> tuple[str, ...]:
    """The page in both languages with its styles, and `form06.xlsx`, into `folder`; returns the names a reader opens.

    `with_tables` adds `tables.xlsx`, every table with names beside codes.

    `report.html` is in the reader's language, `report.en.html` (or `report.vi.html`) in the other.
    """
    from thangdo.cli.dossiers_workbook import WORKBOOK, write_tables_workbook
    from thangdo.reporting.assets import ASSETS, asset
    from thangdo.reporting.dossier_page import page
    from thangdo.reporting.dossier_workbook import write_form06

    other: Language = "vi" if language == "en" else "en"
    more = (WORKBOOK,) if with_tables else ()
    values, turned = (
        shown_report(report, shown, is_illustrative=is_illustrative, more_files=more) for shown in (language, other)
    )
    beside = f"report.{other}.html"
    pages = {"report.html": page(values, language, beside)}
    pages[beside] = page(turned, other, "report.html")
    for name, text in pages.items():
        (folder / name).write_text(text, encoding="utf-8")
    for name in ASSETS:
        (folder / name).write_bytes(asset(name))
    write_form06(folder / "form06.xlsx", values, language)
    if with_tables:
        write_tables_workbook(folder / WORKBOOK, report, values, language)
    return (*pages, "form06.xlsx", *more)


def shown_report(
    report: Report, language: Language, *, is_illustrative: bool, more_files: tuple[str, ...] = ()
) -> DossierReport:
    """The values of the page: names instead of codes, months as printed, the largest units of the map."""
    from thangdo.dossiers.report_files import summary_text
    from thangdo.reporting.dates import day
    from thangdo.reporting.dossier_report import DossierReport, FunnelUnit, Month

    names = dict(report.unit_names)
    months = [
        Month(int(str(row["month"])[-2:]), int(row["received"] - row["carried_over"]), int(row["resolved"]))
        for row in _months(report)
    ]
    funnel = [
        FunnelUnit(
            names.get(row["unit"], row["unit"]),
            int(row["resolved"]),
            int(row["late"]),
            float(row["expected_late"]),
            _count(row["standardised_share"]),
            float(row["shrunk_share"]),
            str(row["signal"]),
        )
        for row in _rows(report.tables["adjusted"])
    ]
    conditions = "; ".join(
        _condition(name, values, report, language) for name, values in report.where.items() if name != "month"
    )
    marked = any("(minh họa)" in name for name in names.values())
    return DossierReport(
        period=period_of(report.year, report.where),
        day=day(report.as_of, language) if isinstance(report.as_of, date) else "–",
        is_illustrative=is_illustrative or marked,
        filter=conditions,
        summary=_summary(report),
        fingerprint=hashlib.sha256(summary_text(report).encode("utf-8")).hexdigest(),
        files=("form06.xlsx", *more_files, *(f"{name}.csv" for name in report.tables), "summary.json"),
        by_due_date=_by_due_date(report),
        months=months,
        funnel=funnel,
        limits=_limits(funnel),
        unit_months=_unit_months(report, names),
        units=int(report.unit_months["unit"].nunique()) if len(report.unit_months) else 0,
        signals=_signals(report, names, language),
        detectors=_detectors(language),
        waiting=_waiting(report, names),
        classes=_classes(report, language),
        class_maximum=int(report.tables["tt01"]["agency_maximum"].max()) if len(report.tables["tt01"]) else 0,
        form=form_rows(report, language),
        form_head=_form_head(report, language),
        has_months_of_their_own="month" in report.by,
        data_end=report.as_of if isinstance(report.as_of, date) else None,
    )


def period_of(year: int, where: Mapping[str, Sequence[str]]) -> Period:
    """What a report is about: the year, or the months its filter names."""
    from thangdo.dossiers.indicators.span import span_of
    from thangdo.reporting.dossier_period import Period

    span = span_of(year, where.get("month", ()))
    return Period(span.year, span.first, span.last)


def _by_due_date(report: Report) -> list[ByDueDate]:
    """All rows of each due date together: what was resolved is in one row only, however the table is split."""
    from thangdo.reporting.dossier_report import ByDueDate

    frame = report.tables["on_time"]
    sums = frame.groupby("basis", sort=False)[["resolved", "overdue"]].sum() if len(frame) else frame
    return [ByDueDate(str(basis), int(row["resolved"]), int(row["overdue"])) for basis, row in sums.iterrows()]


def _summary(report: Report) -> dict[str, int | float | None]:
    """The figures of the page; without those of the year before where nothing was resolved in it.

    The first year's exports hold of the year before only what it carried over: no year to compare with.
    """
    figures = {name: _count(value) for name, value in report.summary.items()}
    if not figures.get("previous_resolved"):
        return {name: None if name.startswith("previous_") else value for name, value in figures.items()}
    return figures


def _limits(units: Sequence[FunnelUnit]) -> list[FunnelLimit]:
    """The curves around the funnel of these units; none where nothing is late or expected to be."""
    from thangdo.dossiers.adjusted import limit_curves
    from thangdo.reporting.dossier_report import FunnelLimit

    late, resolved = sum(unit.late for unit in units), sum(unit.resolved for unit in units)
    widest = max((unit.expected for unit in units), default=0.0)
    if not late or not widest:
        return []
    return [
        FunnelLimit(float(row["expected"]), float(row["low"]), float(row["high"]))
        for row in _rows(limit_curves(late / resolved, widest))
    ]


def _condition(dimension: str, values: Sequence[str], report: Report, language: Language) -> str:
    """A filter as people say it: "kênh tiếp nhận: trực tuyến"."""
    from thangdo.dossiers.indicators.dimensions import BY_CODE

    row = BY_CODE[dimension]
    said = ", ".join(value_name(dimension, value, report, language) for value in values)
    return f"{(row.name_en if language == 'en' else row.name_vi).lower()}: {said}"


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]


def _count(value: object) -> int | float | None:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    return value if isinstance(value, int | float) else float(str(value))


def _months(report: Report) -> list[dict[str, Any]]:
    """The period's months up to the one in which the data end: of later ones nothing is known, not even zeros."""
    rows = _rows(report.months)
    if not isinstance(report.as_of, date):
        return rows
    return [row for row in rows if str(row["month"])[:7] <= report.as_of.isoformat()[:7]] or rows


def _unit_months(report: Report, names: Mapping[str, str]) -> list[Any]:
    from thangdo.reporting.dossier_report import UnitMonths

    frame = report.unit_months
    if not len(frame):
        return []
    frame = frame.assign(good=frame["early"] + frame["on_time"])
    largest = frame.groupby("unit")["resolved"].sum().sort_values(ascending=False).index[:MAP_UNITS]
    months = [row["month"] for row in _months(report)]
    found = []
    for unit in largest:
        own = frame[frame["unit"] == unit].set_index("month")
        shares = [
            float(own.at[month, "good"] / own.at[month, "resolved"])
            if month in own.index and own.at[month, "resolved"]
            else None
            for month in months
        ]
        found.append(UnitMonths(names.get(unit, unit), shares))
    return found


def _signals(report: Report, names: Mapping[str, str], language: Language) -> list[Any]:
    from thangdo.reporting.dossier_report import Signal

    words = detector_names(language)
    frame = report.tables["gaming"]
    if not len(frame):
        return []
    outstanding = frame[frame["is_signal"].astype(bool)].sort_values("deviations", ascending=False)
    return [
        Signal(
            names.get(row["unit"], row["unit"]),
            words.get(row["detector"], row["detector"]),
            int(row["dossiers"]),
            int(row["base"]),
            float(row["share"]),
            float(row["city_share"]),
        )
        for row in _rows(outstanding)
    ]


def _waiting(report: Report, names: Mapping[str, str]) -> list[Any]:
    from thangdo.reporting.dossier_report import Waiting

    frame = report.tables["survival"]
    if not len(frame):
        return []
    longest = frame[frame["late"] > 0].sort_values(["late", "unit"], ascending=[False, True]).head(WAITING_UNITS)
    return [
        Waiting(
            names.get(row["unit"], row["unit"]),
            int(row["late"]),
            int(row["open_late"]),
            _count(row["median_days"]),
            _count(row["open_after_10_days"]),
            _count(row["open_after_30_days"]),
            int(row["longest_days"]),
        )
        for row in _rows(longest)
    ]


def _detectors(language: Language) -> list[Detector]:
    from thangdo.dossiers.gaming import DETECTORS
    from thangdo.reporting.dossier_report import Detector

    return [
        Detector(row.code, *((row.name_en, row.meaning_en) if language == "en" else (row.name_vi, row.meaning_vi)))
        for row in DETECTORS
    ]


def _classes(report: Report, language: Language) -> list[tuple[str, int]]:
    """Agencies by class, best first, those without any indicator last (named '')."""
    from thangdo.dossiers.indicators.tt01 import AGENCY_BANDS

    frame = report.tables["tt01"]
    if not len(frame):
        return []
    counts = frame["agency_class"].map(lambda value: value if isinstance(value, str) else "").value_counts()
    return [
        (f"{name} ({_CLASSES_EN[name]})" if language == "en" and name else name, int(counts.get(name, 0)))
        for name in (*(name for _, name in AGENCY_BANDS), "")
        if name or counts.get(name, 0)
    ]


def form_rows(report: Report, language: Language) -> list[FormRow]:
    """Rows of form 06: fields below their level with the level's sum, or one row a combination of other dimensions."""
    from thangdo.reporting.dossier_report import FormRow

    frame = report.tables["form06"]

    def named(dimension: str, value: object) -> str:
        return value_name(dimension, value, report, language) if isinstance(value, str) and value else "–"

    dimensions = [str(name) for name in frame.columns if name not in (*_FORM_COLUMNS, "violations")]
    found: list[FormRow] = []
    if dimensions != ["level", "field"]:
        for row in _rows(frame):
            name = " · ".join(named(dimension, row[dimension]) for dimension in dimensions) or "–"
            found.append(FormRow(name, 1, _columns(row), _text(row.get("violations"), "")))
        return found
    order = {level: place for place, level in enumerate(LEVELS)}
    groups = sorted(frame.groupby("level", dropna=False), key=lambda pair: (order.get(str(pair[0]), 99), str(pair[0])))
    for level, part in groups:
        found.append(FormRow(named("level", level), 0, [int(part[column].sum()) for column in _FORM_COLUMNS]))
        found += [
            FormRow(named("field", row["field"]), 1, _columns(row), _text(row.get("violations"), ""))
            for row in _rows(part)
        ]
    return found


def _form_head(report: Report, language: Language) -> str:
    """What a row of the form is, where `--by` has split it otherwise than the form does."""
    from thangdo.dossiers.indicators.dimensions import DIMENSIONS

    split = [row for row in DIMENSIONS if row.code in report.tables["form06"].columns]
    if {row.code for row in split} == {"level", "field"}:
        return ""
    return " · ".join(row.name_en if language == "en" else row.name_vi for row in split)


def _columns(row: Mapping[str, Any]) -> list[int]:
    return [int(row[column]) for column in _FORM_COLUMNS]


def _text(value: object, blank: str = "–") -> str:
    return value if isinstance(value, str) and value else blank

"""The tables of the report made from cells: form 06, on time, apologies, online services, the summary."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from thangdo.dossiers.indicators.catalogues import ONLINE_SERVICES, Catalogues
from thangdo.dossiers.indicators.flows import (
    APOLOGY_NAMES,
    FORM_NAMES,
    figures,
    identity_violations,
    judged_by,
    share,
    with_previous,
)
from thangdo.dossiers.indicators.judging import Basis
from thangdo.dossiers.indicators.span import Span

SUMMARY_COUNTS = (
    "received",
    "received_in_period",
    "carried_over",
    "resolved",
    "in_process",
    "early",
    "on_time",
    "overdue",
    "open_overdue",
)


def form06(cells: pd.DataFrame, by: Sequence[str], span: Span) -> pd.DataFrame:
    """Form 06: `by`, the eleven counts, and `violations` of its identities (flagged, never mended)."""
    return _checked(figures(cells, by, span, FORM_NAMES))


def form06_of_all_units(unit_months: pd.DataFrame) -> pd.DataFrame:
    """Form 06 by `month` from `form06` by `unit` and `month`."""
    return _checked(unit_months.groupby("month", sort=True)[list(FORM_NAMES)].sum().reset_index())


def _checked(table: pd.DataFrame) -> pd.DataFrame:
    return table.assign(violations=identity_violations(table))


def on_time(
    cells: pd.DataFrame, bases: Sequence[Basis], by: Sequence[str], span: Span, *, holds_year_before: bool
) -> pd.DataFrame:
    """Early, on time, overdue, open within, open overdue by each due date, with the year before and the change."""
    parts = []
    for basis in bases:
        judged = judged_by(cells, basis)
        now = _on_time(judged, by, span, of_year_before=False)
        before = _on_time(judged, by, span, of_year_before=True) if holds_year_before else None
        table = with_previous(now, before, by, ("resolved", "overdue", "on_time_share"))
        table.insert(len(by), "basis", basis)
        parts.append(table)
    return pd.concat(parts, ignore_index=True)


def _on_time(cells: pd.DataFrame, by: Sequence[str], span: Span, *, of_year_before: bool) -> pd.DataFrame:
    names = ("resolved", "early", "on_time", "overdue", "open_within", "open_overdue")
    table = figures(cells, by, span, names, of_year_before=of_year_before)
    # What is open and overdue counts too in the second share: leaving late dossiers open does not pay.
    return table.assign(
        on_time_share=share(table["early"] + table["on_time"], table["resolved"]),
        on_time_share_with_open=share(table["early"] + table["on_time"], table["resolved"] + table["open_overdue"]),
    )


def apologies(cells: pd.DataFrame, by: Sequence[str], span: Span, *, holds_year_before: bool) -> pd.DataFrame:
    """Apologies to the applicants of overdue dossiers (Nghị định 61/2018/NĐ-CP art. 19.9), before and after."""

    def part(of_year_before: bool) -> pd.DataFrame:
        names = ("overdue", "open_overdue", *APOLOGY_NAMES)
        table = figures(cells, by, span, names, of_year_before=of_year_before)
        return table.assign(
            apology_late=table["overdue_with_apology"] - table["apology_in_time"],
            apology_share=share(table["overdue_with_apology"], table["overdue"]),
        )

    before = part(True) if holds_year_before else None
    return with_previous(part(False), before, by, ("overdue", "overdue_with_apology", "apology_share"))


def online_dossiers(cells: pd.DataFrame, by: Sequence[str], span: Span, *, holds_year_before: bool) -> pd.DataFrame:
    """Online services counted in dossiers: received online (column 4) of all received in the period (4 + 5)."""

    def part(of_year_before: bool) -> pd.DataFrame:
        table = figures(cells, by, span, ("received_online", "received_direct"), of_year_before=of_year_before)
        total = table["received_online"] + table["received_direct"]
        small = table[list(by)].assign(base="dossiers", total=total, online=table["received_online"])
        return small.assign(online_share=share(small["online"], small["total"]))

    now = part(False)
    before = part(True) if holds_year_before else None
    return with_previous(now[now["total"] > 0].reset_index(drop=True), before, by, ("total", "online", "online_share"))


def online_procedures(catalogues: Catalogues, by: Sequence[str] = ("level", "field")) -> pd.DataFrame:
    """Online services counted in procedures: offered online (in full or in part) of all in the catalogue."""
    frame = catalogues.procedures.rename(columns={"field_code": "field"})
    keyed = frame.assign(
        **{code: frame[code].fillna("") for code in by},
        total=1,
        online=frame["service"].isin(ONLINE_SERVICES).astype(int),
        full=(frame["service"] == "full").astype(int),
        partial=(frame["service"] == "partial").astype(int),
    )
    names = ["total", "online", "full", "partial"]
    if by:
        table = keyed.groupby(list(by), sort=True)[names].sum().reset_index()
    else:
        table = pd.DataFrame([keyed[names].sum()])
    table.insert(len(by), "base", "procedures")
    return table.assign(online_share=share(table["online"], table["total"]))


def summary(
    cells: pd.DataFrame, offered: Catalogues | None, span: Span, *, holds_year_before: bool
) -> dict[str, object]:
    """The figures of `summary.json`, with `previous_…` (None where the store does not hold them).

    `offered` are the catalogues with the procedures that the filters leave (0 are 0), None where none is loaded.
    The catalogue of procedures is the present one, so the year before has none of its figures.
    """
    procedures: dict[str, int | None] = dict.fromkeys(
        ("procedures_total", "procedures_online", "procedures_full", "procedures_partial")
    )
    if offered is not None:
        row = online_procedures(offered, ()).iloc[0]
        procedures = {f"procedures_{name}": int(row[name]) for name in ("total", "online", "full", "partial")}
    now: dict[str, object] = {**_counts(cells, span, of_year_before=False), **procedures}
    before: dict[str, object] = dict.fromkeys(now)
    if holds_year_before:
        before.update(_counts(cells, span, of_year_before=True))
    return {**now, **{f"previous_{name}": value for name, value in before.items()}}


def _counts(cells: pd.DataFrame, span: Span, *, of_year_before: bool) -> dict[str, int | float | None]:
    names = (*FORM_NAMES, "overdue_with_apology")
    row = figures(cells, (), span, names, of_year_before=of_year_before).iloc[0]
    counts = {name: int(row[name]) for name in FORM_NAMES}
    counts["received_in_period"] = counts["received_online"] + counts["received_direct"]
    resolved = counts["resolved"]
    in_time = counts["early"] + counts["on_time"]
    return {
        **{name: counts[name] for name in SUMMARY_COUNTS},
        "on_time_share": in_time / resolved if resolved else None,
        "overdue_with_apology": int(row["overdue_with_apology"]),
        "online_dossiers": counts["received_online"],
    }


def holds_year_before(cells: pd.DataFrame, year: int) -> bool:
    """Whether the store holds dossiers received or resolved in the year before."""
    row = figures(cells, (), Span(year), ("received",), of_year_before=True).iloc[0]
    return bool(row["received"] > 0)

"""Figures of a period from cells: form 06/VPCP/KSTT and what hangs on it. Plain additions, no engine.

Form 06 of a period (TT 01/2020/TT-VPCP): received = in the period (online, counter or post) + carried over from
before; resolved = early + on time + overdue; in process at the end = within the due date + overdue; received =
resolved + in process.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from thangdo.dossiers.derived import EARLY, ON_TIME, OVERDUE
from thangdo.dossiers.indicators.cells import QUALITY_SUMS, SUMS
from thangdo.dossiers.indicators.judging import Basis
from thangdo.dossiers.indicators.legal_terms import NONE
from thangdo.dossiers.indicators.span import Span

# Counts of form 06, with the number of their column in the form.
FORM_COLUMNS: tuple[tuple[str, int], ...] = (
    ("received", 3),
    ("received_online", 4),
    ("received_direct", 5),
    ("carried_over", 6),
    ("resolved", 7),
    ("early", 8),
    ("on_time", 9),
    ("overdue", 10),
    ("in_process", 11),
    ("open_within", 12),
    ("open_overdue", 13),
)
FORM_NAMES = tuple(name for name, _ in FORM_COLUMNS)
# Sums over the overdue dossiers of column 10 and the open overdue ones of column 13.
APOLOGY_NAMES = (
    "overdue_with_apology",
    "apology_in_time",
    "with_new_date",
    "new_date_late",
    "open_overdue_with_apology",
)
# Sums over the resolved dossiers.
QUALITY_NAMES = QUALITY_SUMS
ALL_NAMES = (*FORM_NAMES, "online_late", *APOLOGY_NAMES, *QUALITY_NAMES)


def judged_by(cells: pd.DataFrame, basis: Basis) -> pd.DataFrame:
    """The cells with `standing` and `overdue_month` by another due date; only those that have a recomputed one."""
    if basis == "recorded":
        return cells
    if basis == "re_promised":
        return cells.assign(standing=cells["again_standing"], overdue_month=cells["again_overdue_month"])
    known = cells[cells["legal_standing"] != NONE]
    return known.assign(standing=known["legal_standing"], overdue_month=known["legal_overdue_month"])


def periods_figures(
    cells: pd.DataFrame, by: Sequence[str], periods: Sequence[tuple[int, int]], names: Sequence[str]
) -> list[pd.DataFrame]:
    """The figures `names` of each period of months, one row per value of `by`; without `by` one row.

    Rows without any dossier in the period are left out.
    """
    keys, order, starts = _rows_of(cells, by)
    columns = {name: cells[name].to_numpy()[order] for name in _COUNTED if name in cells}
    is_online = (cells["channel"] == "online").to_numpy()[order]
    found = []
    for period in periods:
        counted = _counted(columns, is_online, period, {"received", *names})
        summed = {
            name: np.add.reduceat(values, starts) if len(starts) else np.zeros(0 if by else 1, dtype=np.int64)
            for name, values in counted.items()
        }
        is_held = summed.pop("received") > 0 if "received" not in names else summed["received"] > 0
        table = (keys.assign(**summed) if by else pd.DataFrame(summed))[[*by, *names]]
        found.append(table[is_held].reset_index(drop=True) if by else table)
    return found


_COUNTED = ("received_month", "finished_month", "overdue_month", "standing", "n", *SUMS)


def _rows_of(cells: pd.DataFrame, by: Sequence[str]) -> tuple[pd.DataFrame, NDArray[np.intp], NDArray[np.intp]]:
    """The values of `by` in order, the cells in that order, and where each value's cells start."""
    if not len(cells):
        return pd.DataFrame({code: cells[code] for code in by}), np.zeros(0, np.intp), np.zeros(0, np.intp)
    if not by:
        return pd.DataFrame(), np.arange(len(cells)), np.zeros(1, np.intp)
    groups = cells.groupby(list(by), sort=True, dropna=False)
    numbers = groups.ngroup().to_numpy()
    order = np.argsort(numbers, kind="stable")
    starts = np.flatnonzero(np.diff(numbers[order], prepend=-1))
    return cells[list(by)].iloc[order[starts]].reset_index(drop=True), order, starts


def _counted(
    cells: Mapping[str, NDArray[np.int64]], is_online: NDArray[np.bool_], period: tuple[int, int], names: set[str]
) -> dict[str, NDArray[np.int64]]:
    """Each figure's share of each cell: its count or sum where it counts, 0 where not."""
    first, last = period
    received, finished, standing = cells["received_month"], cells["finished_month"], cells["standing"]
    in_period = (received >= first) & (received <= last)
    carried_over = (received < first) & (finished >= first)
    resolved = (finished >= first) & (finished <= last)
    waiting = (received <= last) & (finished > last)
    overdue = resolved & (standing == OVERDUE)
    open_overdue = waiting & (cells["overdue_month"] <= last)
    late = overdue | open_overdue
    # What a figure adds up, and of which cells.
    counts: dict[str, tuple[str, Callable[[], NDArray[np.bool_]]]] = {
        "received": ("n", lambda: in_period | carried_over),
        "received_online": ("n", lambda: in_period & is_online),
        "received_direct": ("n", lambda: in_period & ~is_online),
        "carried_over": ("n", lambda: carried_over),
        "resolved": ("n", lambda: resolved),
        "early": ("n", lambda: resolved & (standing == EARLY)),
        "on_time": ("n", lambda: resolved & (standing == ON_TIME)),
        "overdue": ("n", lambda: overdue),
        "in_process": ("n", lambda: waiting),
        "open_within": ("n", lambda: waiting & ~open_overdue),
        "open_overdue": ("n", lambda: open_overdue),
        "online_late": ("n", lambda: late & is_online),
        "overdue_with_apology": ("with_apology", lambda: overdue),
        "apology_in_time": ("apology_in_time", lambda: overdue),
        "with_new_date": ("with_new_date", lambda: late),
        "new_date_late": ("new_date_late", lambda: late),
        "open_overdue_with_apology": ("with_apology", lambda: open_overdue),
        **{name: (name, lambda: resolved) for name in QUALITY_NAMES},
    }
    return {name: cells[column] * mask() for name, (column, mask) in counts.items() if name in names}


def figures(
    cells: pd.DataFrame,
    by: Sequence[str],
    span: Span,
    names: Sequence[str] = ALL_NAMES,
    *,
    of_year_before: bool = False,
) -> pd.DataFrame:
    """Figures of the span, or of each of its months where `by` names `month` (written YYYY-MM; a month is a period).

    A month's row counts what is carried into that month; months therefore add up in what is received in the
    period and resolved, not in what is carried over or in process.
    """
    first, last = span.months(of_year_before=of_year_before)
    plain = [code for code in by if code != "month"]
    if "month" not in by:
        return periods_figures(cells, plain, [(first, last)], names)[0]
    months = range(first, last + 1)
    parts = periods_figures(cells, plain, [(month, month) for month in months], names)
    for month, part in zip(months, parts):
        # The month is named as of the year asked about, so that the year before can stand beside it.
        part.insert(len(plain), "month", f"{span.year}-{month % 12 + 1:02d}")
    return pd.concat(parts, ignore_index=True)[[*by, *names]]


def identity_violations(table: pd.DataFrame) -> pd.Series:
    """Which identities of form 06 a row breaks, as text ("" = none): 3=4+5+6, 7=8+9+10, 11=12+13, 3=7+11."""
    checks = {
        "3=4+5+6": table["received"] == table["received_online"] + table["received_direct"] + table["carried_over"],
        "7=8+9+10": table["resolved"] == table["early"] + table["on_time"] + table["overdue"],
        "11=12+13": table["in_process"] == table["open_within"] + table["open_overdue"],
        "3=7+11": table["received"] == table["resolved"] + table["in_process"],
    }
    broken = pd.Series("", index=table.index, dtype=object)
    for name, holds in checks.items():
        broken = broken.where(holds, broken + name + " ")
    return broken.str.strip()


def share(numerator: pd.Series, denominator: pd.Series) -> pd.Series:
    """Numerator over denominator, unrounded; blank where the denominator is 0."""
    return numerator / denominator.where(denominator != 0)


def with_previous(
    now: pd.DataFrame, before: pd.DataFrame | None, by: Sequence[str], names: Sequence[str]
) -> pd.DataFrame:
    """The rows of `now` with `previous_…` of the named columns and `…_change`; blank where nothing is held.

    Where the year before is held but has no dossier like these, its counts are 0 and its shares blank.
    """
    if before is None:
        blank = {f"previous_{name}": float("nan") for name in names} | {
            f"{name}_change": float("nan") for name in names
        }
        return now.assign(**blank)
    earlier = before[[*by, *names]].rename(columns={name: f"previous_{name}" for name in names})
    if by:
        joined = now.merge(earlier, on=list(by), how="left")
    else:
        joined = pd.concat([now.reset_index(drop=True), earlier.reset_index(drop=True)], axis=1)
    for name in names:
        if not name.endswith("_share"):
            joined[f"previous_{name}"] = joined[f"previous_{name}"].fillna(0).astype("int64")
        joined[f"{name}_change"] = joined[name] - joined[f"previous_{name}"]
    return joined

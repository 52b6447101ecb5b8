"""The tables of a report from its counts, in the order in which the engine answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd

from thangdo.dossiers.adjusted import adjusted_table
from thangdo.dossiers.gaming import gaming_table
from thangdo.dossiers.indicators import signals, tables
from thangdo.dossiers.indicators.catalogues import Catalogues
from thangdo.dossiers.indicators.cells import by_level_and_field, unit_procedures
from thangdo.dossiers.indicators.judging import Basis
from thangdo.dossiers.indicators.percentiles import processing_times
from thangdo.dossiers.indicators.qd766 import GROUPS, group_share
from thangdo.dossiers.indicators.tt01 import tt01_row
from thangdo.dossiers.indicators.unit_sums import of_each_unit, unit_sums, with_procedures
from thangdo.dossiers.report_counts import Counts, Subject
from thangdo.dossiers.survival import survival_table

FORM_ROWS = ("level", "field")
DEFAULT_BY = ("unit",)
Progress = Callable[[str], None]


# Every table by file name, in the order in which they are shown.
TABLES = (
    *("form06", "on_time", "apologies", "online_services", "tt01", "qd766", "gaming", "adjusted"),
    *("survival", "processing_time"),
)


def tables_of_span(subject: Subject, counts: Counts) -> dict[str, pd.DataFrame]:
    """The tables of what the engine counts first; form 06 by level and field where nobody asked for another split."""
    of_span = counts.of_span.result()
    found = {"adjusted": adjusted_table(unit_procedures(of_span))}
    if not subject.is_split:
        found["form06"] = tables.form06(by_level_and_field(of_span, subject.catalogues), FORM_ROWS, subject.span)
    found["survival"] = survival_table(counts.lateness.result())
    return found


def tables_of_flow(
    subject: Subject, counts: Counts, offered: Catalogues, *, holds_year_before: bool, progress: Progress
) -> dict[str, pd.DataFrame]:
    """The other tables. `offered` is the catalogue of procedures within the filter."""
    by, span, catalogues = subject.by, subject.span, subject.catalogues
    by_cells, unit_cells = counts.by_cells.result(), counts.unit_cells.result()
    online = [tables.online_dossiers(by_cells, by, span, holds_year_before=holds_year_before)]
    if catalogues.has_procedures:
        online.append(tables.online_procedures(offered))
    bases: list[Basis] = ["recorded", "re_promised"]
    if catalogues.has_procedures:
        bases.append("recomputed")
    codes = signals.code_cells(unit_cells, span)
    found = {"form06": tables.form06(by_cells, by, span)} if subject.is_split else {}
    found |= {
        "apologies": tables.apologies(by_cells, by, span, holds_year_before=holds_year_before),
        "online_services": _stacked(online, ("base", *by, *FORM_ROWS)),
        "on_time": tables.on_time(by_cells, bases, by, span, holds_year_before=holds_year_before),
    }
    requests = counts.requests.result() if counts.requests is not None else None
    sums = unit_sums(unit_cells, span, catalogues, requests)
    found |= {"tt01": tt01_table(sums, catalogues), "qd766": qd766_table(sums)}

    progress("signals")
    # The engine answers these last.
    found["processing_time"] = processing_times(counts.durations.result())
    closes = signals.closing_minute(catalogues, span.year)
    found["gaming"] = gaming_table(counts.finishes.result(), codes, closes)
    return found


def _stacked(parts: list[pd.DataFrame], first: Sequence[str]) -> pd.DataFrame:
    """Tables of two bases below each other; a column one of them lacks is blank there."""
    stacked = pd.concat([part.astype(object) for part in parts], ignore_index=True)
    names = [name for name in dict.fromkeys(first) if name in stacked]
    return stacked[[*names, *[name for name in stacked if name not in names]]]


def tt01_table(sums: pd.DataFrame, catalogues: Catalogues) -> pd.DataFrame:
    """Thông tư 01/2018 per unit: nine points, both totals, what could be reached, both bands."""
    levels = catalogues.levels
    rows: list[dict[str, Any]] = []
    for unit, alone in of_each_unit(sums):
        level = levels.get(unit, "")
        own = with_procedures(alone, catalogues, level)
        rows.append({"unit": unit, "resolved": int(own["resolved"]), **tt01_row(own, level)})
    return pd.DataFrame(rows)


def qd766_table(sums: pd.DataFrame) -> pd.DataFrame:
    """Quyết định 766 per unit and group: share, points, maximum, and how many parts the data hold."""
    rows: list[dict[str, Any]] = []
    for unit, own in of_each_unit(sums):
        for group in GROUPS:
            share = group_share(group, own)
            points = None if share is None else share * group.maximum
            parts = len(group.parts(own))
            rows.append(
                {
                    "unit": unit,
                    "group": group.code,
                    "share": share,
                    "points": points,
                    "maximum": group.maximum,
                    "parts": parts,
                    "formula": "reconstructed",
                }
            )
    return pd.DataFrame(rows)

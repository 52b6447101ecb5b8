"""A chunk of a generated year as Arrow tables: dossiers with codes and remaining columns, and their events."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from thangdo.dossiers.generate_blocks import Blocks, block_sizes
from thangdo.dossiers.generate_draws import Draw, Draws, draws_of_blocks
from thangdo.dossiers.generate_order import Part, number_keys, parts_of
from thangdo.dossiers.generate_year import COLUMN_DRAWS, DAY, EARLY, OPEN_OVERDUE, OVERDUE, YearPlan, lay_out

Columns = dict[str, Any]


# What `part_tables` draws for every row, in its order.
PART_DRAWS: tuple[Draw, ...] = (
    ("random",),
    ("random",),
    ("random",),
    ("integers", 1, 3),
    ("integers", 0, 25_000),
    ("random",),
    ("integers", 2, 16),
    ("random",),
    ("random",),
    ("integers", 1, 8),
    ("random",),
    ("random",),
    ("random",),
    ("normal", 0, 0.6),
    ("random",),
    ("random",),
    ("random",),
)

# A table of events for each kind.
Events = list[pa.Table]


def chunk_parts(
    plan: YearPlan, chunk: int, apologies_share: float, folder: Path
) -> list[Callable[[], tuple[pa.Table, Events]]]:
    """One chunk (0 carried over, 1–12 months, 13 after the year) in parts, in order of receipt.

    Each gives its dossiers, and its events for `joined_events`. What is large lies in `folder` until then.
    `apologies_share` is the share of overdue dossiers whose applicant got an apology; 1 makes it exact.
    """
    blocks = Blocks(block_sizes(int(plan.standings[chunk].sum())), folder)
    rng = np.random.default_rng([plan.seed, plan.year, chunk])
    lay_out(plan, chunk, blocks, rng)
    draws = draws_of_blocks(rng, COLUMN_DRAWS, blocks.sizes)
    rng = np.random.default_rng([plan.seed, plan.year, chunk, 61])
    parts = parts_of(plan, chunk, blocks, draws, rng)
    draws = draws_of_blocks(rng, PART_DRAWS, [part.rows for part in parts])
    made = [partial(part_tables, plan, chunk, apologies_share, part, drawn) for part, drawn in zip(parts, draws)]
    if len(made) > 1:
        return list(made)
    # A chunk in one piece is made in the same go.
    tables = made[0]()
    return [lambda: tables]


def part_tables(plan: YearPlan, chunk: int, apologies_share: float, part: Part, rng: Draws) -> tuple[pa.Table, Events]:
    columns = part.columns()
    codes = _dossier_codes(plan, chunk, columns, part)
    _promises_and_apologies(columns, apologies_share, rng)
    return _dossiers(plan, columns, codes, rng), _events(plan, columns, codes, rng)


def joined_events(parts: list[Events]) -> pa.Table:
    """The events of all parts of a chunk, in order of time."""
    together = pa.concat_tables([events for of_one_kind in zip(*parts) for events in of_one_kind])
    return together.sort_by([("at", "ascending"), ("dossier_code", "ascending")])


def _dossier_codes(plan: YearPlan, chunk: int, columns: Columns, part: Part) -> pa.Array:
    """Agency code, day of reception and number within the day (Thông tư 01/2018/TT-VPCP art. 19)."""
    day, unit, rows = columns["code_day"], columns["unit"], columns["rows"]
    redated = day != columns["received"] // DAY
    # Numbers of re-dated and carried-over dossiers start higher, so that no chunk repeats another's code.
    base = np.where(redated, 5_000 + 2_500 * (chunk % 2), 3_000 if chunk == 0 else 0)
    key = number_keys(plan, columns)
    order = np.argsort(key, kind="stable")
    ordered = key[order]
    starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]])) if rows else np.zeros(0, np.int64)
    rank = np.arange(rows) - np.repeat(starts, np.diff(np.append(starts, rows)))
    number = np.empty(rows, dtype=np.int64)
    number[order] = rank + 1
    number += base
    keys, counts = part.numbered
    if len(keys):
        number += counts[np.searchsorted(keys, key)]
    first = int(day.min()) if rows else 0
    span = np.arange(first, int(day.max()) + 1 if rows else 1).astype("datetime64[D]")
    days = pa.array([str(value)[2:].replace("-", "") for value in span])
    numbers = pa.array([f"{value:04d}" for value in range(int(number.max()) + 1 if rows else 1)])
    units = pa.array([row.code for row in plan.units])
    return pc.binary_join_element_wise(
        units.take(pa.array(unit)), days.take(pa.array(day - first)), numbers.take(pa.array(number)), "-"
    )


def _promises_and_apologies(columns: Columns, apologies_share: float, rng: Draws) -> None:
    """A new date at most once, promised before or after the due date; apologies (Nghị định 61/2018 art. 19.9)."""
    rows = columns["rows"]
    due_day = columns["due"] // DAY
    late = np.isin(columns["standing"], (OVERDUE, OPEN_OVERDUE))
    sorry = late & ((rng.random(rows) < apologies_share) | (apologies_share == 1.0))
    sorry &= (columns["standing"] == OVERDUE) | (rng.random(rows) < 0.7)
    in_time = rng.random(rows) < 0.45
    day = np.where(in_time, due_day - 1, due_day + rng.integers(1, 3, rows))
    moment = np.maximum(day * DAY + 32_400 + rng.integers(0, 25_000, rows), columns["received"] + 600)
    columns["apology"] = np.where(sorry, moment, -1)
    again = sorry & (rng.random(rows) < 0.8)
    columns["re_due"] = np.where(again, (due_day + rng.integers(2, 16, rows)) * DAY, -1)


def _dossiers(plan: YearPlan, columns: Columns, codes: pa.Array, rng: Draws) -> pa.Table:
    rows, online = columns["rows"], columns["online"]
    done = columns["finished"] >= 0
    share = rng.random(rows)
    outcome = np.where(share < 0.962, 0, np.where(share < 0.976, 1, np.where(share < 0.990, 2, 3)))
    outcome = np.where(columns["returned"], 2, outcome)
    outcome = np.where(done, outcome, 4).astype(np.int8)
    del share
    channel = np.where(online, 0, np.where(rng.random(rows) < 0.93, 1, 2)).astype(np.int8)
    components = rng.integers(1, 8, rows).astype(np.int32)
    digital = np.where(online, components, (components * rng.random(rows) ** 1.5).astype(np.int32)).astype(np.int32)
    reused = (digital * rng.random(rows) ** 4).astype(np.int32)
    rated = (rng.random(rows) < 0.12) & done
    late = columns["standing"] != EARLY
    stars = np.clip(np.round((4.7 - 0.5 * late + rng.normal(0, 0.6, rows)) * 2) / 2, 1, 5)
    return pa.table(
        {
            "dossier_code": codes,
            "unit_code": pa.array([row.code for row in plan.units]).take(pa.array(columns["unit"])),
            "procedure_code": pa.array([row.code for row in plan.procedures]).take(pa.array(columns["procedure"])),
            "channel": pa.array(["online", "counter", "postal"]).take(pa.array(channel)),
            "received_at": _moments(columns["received"]),
            "due_at": _moments(columns.pop("due")),
            "re_due_at": _moments(columns.pop("re_due")),
            "finished_at": _moments(columns.pop("finished")),
            "outcome": pa.array(["granted", "refused", "returned", "withdrawn", "open"]).take(pa.array(outcome)),
            "apology_at": _moments(columns["apology"]),
            "fee_paid_online": pa.array(online & (rng.random(rows) < 0.46)),
            "result_digital": pa.array(rng.random(rows) < 0.58, mask=~done),
            "components": pa.array(components),
            "components_digital": pa.array(digital),
            "components_reused": pa.array(reused),
            "satisfaction": pa.array(stars, mask=~rated),
        }
    )


def _events(plan: YearPlan, columns: Columns, codes: pa.Array, rng: Draws) -> Events:
    """Requests for supplement and their answers, apologies, and transfers of some longer dossiers, each a table."""
    transferred = np.where(
        (columns["legal_days"] > 0) & (rng.random(columns["rows"]) < 0.03), columns["received"] + 5_400, -1
    )
    units = pa.array([row.code for row in plan.units])
    parts = []
    for kind, moments in (
        ("supplement_requested", columns["requested"]),
        ("supplement_received", columns["supplemented"]),
        ("apology_sent", columns["apology"]),
        ("transferred", transferred),
    ):
        rows = np.flatnonzero(moments >= 0)
        picked = pa.array(rows)
        parts.append(
            pa.table(
                {
                    "dossier_code": codes.take(picked),
                    "at": _moments(moments[rows]),
                    "kind": pa.array([kind] * len(rows), pa.string()),
                    "unit_code": units.take(pa.array(columns["unit"][rows])),
                }
            )
        )
    return parts


def _moments(seconds: NDArray[np.int64]) -> pa.Array:
    """Seconds since 1970 as a stamp without an offset; negative is blank."""
    return pa.array(seconds, mask=seconds < 0).cast(pa.timestamp("s"))

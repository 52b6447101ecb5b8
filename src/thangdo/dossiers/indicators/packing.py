"""Keys of cells as one integer: engines group by a text and one number much faster than by eight columns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ibis
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from thangdo.dossiers.indicators.judging import EARLIER, LATER, first_month
from thangdo.dossiers.schema import CHANNELS

# How many values a part of a key may have. Months of receipt and finish are packed as they are (year × 12 + month, 0 for
# a blank) and brought to the months of a report afterwards: clamping them row by row costs as much as reading the column.
SIZES = {
    "channel_code": 4,
    "received_month": 32_768,
    "finished_month": 131_072,
    "overdue_month": 32,
    "standing": 8,
    "legal_standing": 8,
    "legal_overdue_month": 32,
    "moved_standing": 8,
    "moved_overdue_month": 32,
    "again_standing": 8,
    "again_overdue_month": 32,
    "apology": 4,
}
_ABSOLUTE = ("received_month", "finished_month")


def packed(parts: Mapping[str, Any]) -> Any:
    """One integer for all parts of a key, each named in SIZES; the parts of any cell need at most 56 bits."""
    key: Any = None
    for name, part in parts.items():
        shifted = part.cast("int64")
        # Engines add 0 and multiply by 1 as asked, row by row.
        shifted = shifted + _offset(name) if _offset(name) else shifted
        key = shifted if key is None else key * SIZES[name] + shifted
    return key


def unpacked(frame: pd.DataFrame, column: str, names: tuple[str, ...], year: int) -> pd.DataFrame:
    """The frame with the parts of one of its columns (in the order they were packed) instead of it."""
    rest = frame[column].to_numpy(dtype=np.int64)
    parts: dict[str, Any] = {}
    for name in reversed(names):
        part = rest % SIZES[name] - _offset(name)
        rest = rest // SIZES[name]
        parts[name] = _months_of(part, year) if name in _ABSOLUTE else part
    if "channel_code" in parts:
        parts["channel"] = np.array(CHANNELS, dtype=object)[parts.pop("channel_code")]
    kept = frame.drop(columns=column)
    return kept.assign(**dict(reversed(parts.items())))


def channel_number(channel: Any) -> Any:
    """The position of a channel in CHANNELS."""
    return ibis.cases(*((channel == name, position) for position, name in enumerate(CHANNELS[:-1])), else_=2)


def _offset(name: str) -> int:
    return 1 if name.endswith("month") and name not in _ABSOLUTE else 0


def _months_of(absolute: NDArray[np.int64], year: int) -> NDArray[np.int64]:
    months: NDArray[np.int64] = np.where(absolute == 0, LATER, np.clip(absolute - first_month(year), EARLIER, LATER))
    return months

"""The parts of packed derived columns (`derived.PARTS`) in counted cells, with months as a report numbers them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from thangdo.dossiers.derived import APOLOGY_IN_TIME, NO_APOLOGY, NO_NEW_DATE, PART, part
from thangdo.dossiers.indicators.judging import EARLIER, LATER, first_month
from thangdo.dossiers.schema import CHANNELS

Integers = NDArray[np.int64]
# Month finished and channel stand left of everything else of `flow`.
FINISHED_FROM = PART["channel_code"].shift


def with_flow(cells: pd.DataFrame, year: int) -> pd.DataFrame:
    """The cells with channel, months and standing instead of `flow`."""
    flow = cells["flow"].to_numpy(dtype=np.int64)
    return cells.drop(columns="flow").assign(
        channel=_channels(part(flow, "channel_code")),
        received_month=_months_of(part(flow, "received_month"), year),
        finished_month=_months_of(part(flow, "finished_month"), year),
        overdue_month=_months_of(part(flow, "over_month"), year),
        day_in_code=part(flow, "day_in_code"),
        standing=part(flow, "standing"),
    )


def with_finished_month(cells: pd.DataFrame, year: int) -> pd.DataFrame:
    """The cells with channel and month finished instead of `finished_flow`, the bits of `flow` from FINISHED_FROM."""
    flow = cells["finished_flow"].to_numpy(dtype=np.int64) << FINISHED_FROM
    return cells.drop(columns="finished_flow").assign(
        channel=_channels(part(flow, "channel_code")),
        finished_month=_months_of(part(flow, "finished_month"), year),
    )


def with_amendment(cells: pd.DataFrame, year: int) -> pd.DataFrame:
    """The cells with what a new date and an apology say instead of `amendment`; `n` counts each cell's dossiers.

    Dossiers without a new date share the standing of the due date.
    """
    is_plain = cells["amendment"].isna().to_numpy()
    amendment = cells["amendment"].fillna(0).to_numpy(dtype=np.int64)
    again, apology = part(amendment, "again_standing"), part(amendment, "apology")
    is_same = is_plain | (again == NO_NEW_DATE)
    again_month = _months_of(part(amendment, "again_over_month"), year)
    n = cells["n"].to_numpy()
    return cells.drop(columns="amendment").assign(
        again_standing=np.where(is_same, cells["standing"], again),
        again_overdue_month=np.where(is_same, cells["overdue_month"], again_month),
        with_apology=np.where(apology != NO_APOLOGY, n, 0),
        apology_in_time=np.where(apology == APOLOGY_IN_TIME, n, 0),
        with_new_date=np.where(is_same, 0, n),
        new_date_late=np.where(~is_same & (apology != APOLOGY_IN_TIME), n, 0),
    )


def _channels(code: Integers) -> NDArray[Any]:
    return np.array(CHANNELS, dtype=object)[code]


def _months_of(absolute: Integers, year: int) -> Integers:
    """Months as cells number them; a blank one (0) is never."""
    months: Integers = np.where(absolute == 0, LATER, np.clip(absolute - first_month(year), EARLIER, LATER))
    return months

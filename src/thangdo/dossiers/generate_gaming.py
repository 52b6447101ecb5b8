"""Ways of making figures look better, planted in a few units of a generated year.

None of them changes a dossier's standing: the figures stay exact, and only the stamps give the unit away. Each
detector of the room is measured against the truth file that names these units.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thangdo.dossiers.generate_year import CLOSE, DAY, EARLY, ON_TIME, YearPlan

Columns = dict[str, Any]
Rows = NDArray[np.int64]


def plant_gaming(plan: YearPlan, columns: Columns, rng: np.random.Generator) -> None:
    """Change the stamps of the planted units in place."""
    codes = {unit.code: position for position, unit in enumerate(plan.units)}
    for gaming in plan.gaming:
        members = np.flatnonzero(columns["unit"] == codes[gaming.unit])
        chosen = members[rng.random(len(members)) < gaming.share]
        PLANTS[gaming.kind](columns, chosen, rng)


def bunching(columns: Columns, rows: Rows, rng: np.random.Generator) -> None:
    """Closed in the last half hour before it is due: the day before for early ones, the due day otherwise."""
    due_day = columns["due"] // DAY
    early = rows[columns["standing"][rows] == EARLY]
    _move(columns, early, (due_day[early] - 1) * DAY + CLOSE - 1_800 + rng.integers(0, 1_740, len(early)))
    on_time = rows[columns["standing"][rows] == ON_TIME]
    _move(columns, on_time, due_day[on_time] * DAY + CLOSE - 1_800 + rng.integers(0, 1_740, len(on_time)))


def redated_receipts(columns: Columns, rows: Rows, rng: np.random.Generator) -> None:
    """The code keeps the day on which the dossier really came, two to six days before the recorded receipt."""
    columns["code_day"][rows] -= rng.integers(2, 7, len(rows))


def return_and_resubmit(columns: Columns, rows: Rows, rng: np.random.Generator) -> None:
    """Returned to the applicant on the eve of the due day; the clock starts anew with another dossier."""
    early = rows[columns["standing"][rows] == EARLY]
    eve = (columns["due"][early] // DAY - 1) * DAY + CLOSE - 3_600 + rng.integers(0, 3_500, len(early))
    _move(columns, early, eve)
    columns["returned"][early] = True


def closing_bursts(columns: Columns, rows: Rows, rng: np.random.Generator) -> None:
    """Everything of a day closed within two minutes before the counter shuts."""
    done = rows[(columns["finished"][rows] >= 0) & (columns["standing"][rows] <= ON_TIME)]
    day = columns["finished"][done] // DAY
    _move(columns, done, day * DAY + CLOSE - 180 + rng.integers(0, 120, len(done)))


def weekend_stamps(columns: Columns, rows: Rows, rng: np.random.Generator) -> None:
    """Closed at night on the last Saturday or Sunday before the due day, where one lies in between."""
    early = rows[columns["standing"][rows] == EARLY]
    last = columns["due"][early] // DAY - 1
    # 1970-01-01 was a Thursday: Saturday is 2, Sunday 3 days after.
    since_sunday = (last - 3) % 7
    weekend = np.where(since_sunday <= 0, last, last - since_sunday)
    _move(columns, early, weekend * DAY + 79_200 + rng.integers(0, 5_400, len(early)))


PLANTS: dict[str, Callable[[Columns, Rows, np.random.Generator], None]] = {
    "bunching": bunching,
    "redated_receipts": redated_receipts,
    "return_and_resubmit": return_and_resubmit,
    "closing_bursts": closing_bursts,
    "weekend_stamps": weekend_stamps,
}


def _move(columns: Columns, rows: Rows, moments: NDArray[np.int64]) -> None:
    """Set finishes, except those that would fall before the receipt or before the year began for the dossier."""
    later = (moments > columns["received"][rows]) & (moments >= columns["resolve_from"])
    later &= moments < columns["resolve_until"]
    columns["finished"][rows[later]] = moments[later]

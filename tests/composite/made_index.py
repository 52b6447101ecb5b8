"""A small made-up index in data frames, and ways to ask it, for tests of the pipeline."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from thangdo.composite import Index
from thangdo.findings import Refused

META = pd.DataFrame(
    {
        "iCode": ["a", "b", "c", "d", "p", "q", "top"],
        "Level": [1, 1, 1, 1, 2, 2, 3],
        "Parent": ["p", "p", "q", "q", "top", "top", None],
        "Direction": [1, -1, 1, 1, 1, 1, 1],
        "Weight": [1.0, 2.0, 1.0, 1.0, 1.0, 3.0, 1.0],
        "Type": ["Indicator"] * 4 + ["Aggregate"] * 3,
    }
)
MINMAX: dict[str, Any] = {"step": "normalise", "method": "minmax", "l_u": [1, 100]}
AMEAN: dict[str, Any] = {"step": "aggregate", "method": "amean"}


def data(units: int = 8, seed: int = 1) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({"uCode": [f"u{n}" for n in range(units)], "Group": ["x", "y"] * (units // 2)})
    for code in ("a", "b", "c", "d"):
        frame[code] = rng.lognormal(size=units)
    return frame


def index(*steps: dict[str, Any], frame: pd.DataFrame | None = None, meta: pd.DataFrame = META) -> Index:
    return Index.from_coin(data() if frame is None else frame, meta).pipeline(list(steps))


def faults(
    *steps: dict[str, Any], frame: pd.DataFrame | None = None, meta: pd.DataFrame = META
) -> list[tuple[str, str]]:
    """Code and place of everything that stops these steps."""
    with pytest.raises(Refused) as stop:
        _ = index(*steps, frame=frame, meta=meta).built
    return [(finding.code, str(finding.where)) for finding in stop.value.findings]

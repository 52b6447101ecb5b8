"""Checking a million answers with three in a hundred wrong, and drawing from a large frame."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.figure import Figure
from thangdo.survey.draw import draw
from thangdo.survey.draw_plan import plan_of
from thangdo.survey.frame import frame_of
from thangdo.survey.generate import Size, generate
from thangdo.survey.questionnaire_reading import read_questionnaire
from thangdo.survey.responses_report import check_responses

ROWS = 1_000_000


def check_a_million() -> dict[str, Any]:
    """Generate, plant a wrong answer in 3 % of the rows, check: every planted row is rejected and no other."""
    import pandas as pd

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        generate(Size(ROWS, units=50), 1, folder / "made")
        data = pd.read_csv(folder / "made" / "responses.csv", dtype=str, keep_default_na=False)
        rng = np.random.default_rng(1)
        bad = np.sort(rng.choice(ROWS, ROWS * 3 // 100, replace=False))
        data.loc[bad, "ket_qua_2"] = "7"
        data.to_csv(folder / "bad.csv", index=False, lineterminator="\n")
        del data
        start = time.perf_counter()
        checked = check_responses(folder / "bad.csv", read_questionnaire("sipas-2023"), folder / "out")
        seconds = time.perf_counter() - start
        listed = pd.read_csv(folder / "out" / "rejects.csv")["row"].to_numpy()
        return {
            "seconds": round(seconds, 1),
            "rejected": checked.rejected,
            "planted": len(bad),
            "every planted row listed and no other": bool(np.array_equal(listed, bad + 2)),
        }


def draw_15000_of_300000() -> dict[str, Any]:
    """A stratified draw by RFC 3797 of the size of the 2023 competitiveness survey."""
    frame = frame_of(("id", "block"), [(str(number), f"B{number % 47}") for number in range(300_000)])
    plan = plan_of({"id": "b", "strata": ["block"], "stages": [{}], "allocation": {"total": 15_000}})
    start = time.perf_counter()
    rows = len(draw(plan, frame, ("2 5 8 10 12",)).rows)
    return {"seconds": round(time.perf_counter() - start, 2), "rows": rows}


FIGURES = (
    Figure("survey check: 1,000,000 rows with 3 % bad", "minutes at most; every bad row listed", check_a_million),
    Figure("survey draw: 15,000 of 300,000 in 47 strata", "seconds", draw_15000_of_300000),
)

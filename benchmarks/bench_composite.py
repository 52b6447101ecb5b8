"""Speed of one build of an index: ASEM as COINr's vignette has it, and a large made-up one, with its linearity."""

from __future__ import annotations

import csv
import tempfile
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.figure import Figure, median_seconds
from benchmarks.made_tree import pillared_tree
from thangdo.composite.building import write_build
from thangdo.composite.coin_files import read_coin
from thangdo.composite.index_data import IndexData
from thangdo.composite.pipeline import run_pipeline
from thangdo.composite.steps import Step

# The published reference data stand beside the repository.
ASEM = Path(__file__).resolve().parent.parent.parent / "shared" / "reference" / "coinr_asem" / "data"
BASELINE: tuple[Step, ...] = (
    {"step": "denominate"},
    {"step": "impute", "method": "mean_grp", "use_group": "EurAsia_group"},
    {"step": "screen", "unit_screen": "byNA", "dat_thresh": 0.9},
    {"step": "treat", "method": "winsorise", "winmax": 5, "then": "log_CT"},
    {"step": "normalise", "method": "minmax", "l_u": [0, 100]},
    {"step": "aggregate", "method": "amean"},
)
MADE_UP: tuple[Step, ...] = ({"step": "impute", "method": "mean_grp", "use_group": "group"}, *BASELINE[2:])


@cache
def made_up(units: int, indicators: int) -> IndexData:
    """Indicators in pillars of ten, pillars in one index; a tenth of them skewed, a hundredth of the values missing."""
    rng = np.random.default_rng(1)
    values = rng.gamma(4.0, size=(units, indicators))
    values[:, ::10] **= 3
    values[rng.random(values.shape) < 0.01] = np.nan
    groups = {"group": tuple("abcd"[n % 4] for n in range(units))}
    names = tuple(f"U{n}" for n in range(units))
    return IndexData(
        names, pillared_tree(indicators), values, np.ones(indicators), np.ones((units, indicators)), groups
    )


def _asem() -> dict[str, Any]:
    index = read_coin(ASEM / "iData.csv", ASEM / "iMeta.csv")
    found: dict[str, Any] = {"the build": median_seconds(lambda: run_pipeline(index, BASELINE), runs=200, warm_up=20)}

    def all_of_it() -> None:
        with tempfile.TemporaryDirectory() as folder:
            built = run_pipeline(read_coin(ASEM / "iData.csv", ASEM / "iMeta.csv"), BASELINE)
            write_build(built, Path(folder) / "out")

    found["with reading and writing the files"] = median_seconds(all_of_it, runs=50, warm_up=5)
    return found


def _large() -> dict[str, Any]:
    index = made_up(10_000, 500)
    # The dearest case: every indicator is an outlier's, goes through all five rounds and needs the logarithm.
    skewed = replace(index, values=index.values**3)
    return {
        "a tenth of the indicators skewed": median_seconds(lambda: run_pipeline(index, MADE_UP), runs=3),
        "all of them": median_seconds(lambda: run_pipeline(skewed, MADE_UP), runs=3),
    }


def _linear() -> dict[str, Any]:
    """Microseconds for a value, as units and indicators grow fourfold each time: a constant is linear cost."""
    found: dict[str, Any] = {}
    for units, indicators in ((625, 500), (2_500, 500), (10_000, 500), (10_000, 30), (10_000, 120)):
        index = made_up(units, indicators)
        seconds = median_seconds(partial(run_pipeline, index, MADE_UP), runs=3)["median"]
        found[f"{units} x {indicators}"] = {
            "seconds": seconds,
            "us a value": round(1e6 * seconds / units / indicators, 4),
        }
    return found


def _pairwise() -> dict[str, Any]:
    """Copeland and Kemeny of 51 units: the methods whose cost grows with the square of the units."""
    index = read_coin(ASEM / "iData.csv", ASEM / "iMeta.csv")
    return {
        method: median_seconds(
            partial(run_pipeline, index, (*BASELINE[:-1], {"step": "aggregate", "method": method})), runs=5
        )
        for method in ("copeland", "kemeny")
    }


def _files() -> dict[str, Any]:
    """Reading and writing 2,000 units x 500 indicators as CSV with every digit."""
    index = made_up(2_000, 500)
    with tempfile.TemporaryDirectory() as text:
        folder = Path(text)
        codes = index.tree.codes[:500]
        with (folder / "iData.csv").open("w", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow(["uCode", "group", *codes])
            for unit, group, row in zip(index.units, index.columns["group"], index.values.tolist(), strict=True):
                writer.writerow([unit, group, *("" if cell != cell else repr(cell) for cell in row)])
        with (folder / "iMeta.csv").open("w", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow(["iCode", "Level", "Parent", "Direction", "Weight", "Type"])
            for code, level, parent in zip(index.tree.codes, index.tree.levels, index.tree.parents, strict=True):
                kind = "Indicator" if level == 1 else "Aggregate"
                writer.writerow([code, level, index.tree.codes[parent] if parent >= 0 else "", 1, 1, kind])
        files = folder / "iData.csv", folder / "iMeta.csv"
        built = run_pipeline(read_coin(*files), MADE_UP)
        return {
            "reading": median_seconds(lambda: read_coin(*files), runs=3),
            "writing": median_seconds(lambda: write_build(built, folder / "out"), runs=3),
        }


FIGURES = (
    Figure("composite ASEM build", "one deterministic build <= 0.005 s", _asem),
    Figure("composite 10,000 x 500", "<= 2 s", _large),
    Figure("composite cost per value", "linear in units and indicators up to 10,000 x 500", _linear),
    Figure("composite pairwise methods", "no target: cost grows with the square of the units", _pairwise),
    Figure("composite files 2,000 x 500", "no target: CSV with every digit", _files),
)

"""Speed and memory of uncertainty and Sobol analyses: ASEM as in COINr's vignette, and a large made-up index."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.figure import Figure, median_seconds
from benchmarks.made_tree import pillared_tree
from thangdo.composite.coin_files import read_index
from thangdo.composite.index_data import IndexData
from thangdo.composite.sensitivity import sobol_sensitivity
from thangdo.composite.uncertainty import analyse
from thangdo.composite.uncertainty_resolve import Resolved, resolve
from thangdo.composite.uncertainty_run import run_replications
from thangdo.composite.uncertainty_spec import SobolSettings, Step, declaration_from
from thangdo.composite.uncertainty_steps import PipelineModel

# The published reference data stand beside the repository.
ASEM = Path(__file__).resolve().parent.parent.parent / "shared" / "reference" / "coinr_asem" / "data"
STEPS: tuple[Step, ...] = (
    {"step": "denominate"},
    {"step": "impute", "method": "mean_grp", "use_group": "EurAsia_group"},
    {"step": "screen", "unit_screen": "byNA", "dat_thresh": 0.9},
    {"step": "treat", "method": "winsorise", "winmax": 5, "then": "log_CT"},
    {"step": "normalise", "method": "minmax", "l_u": [0, 100]},
    {"step": "aggregate", "method": "amean"},
)
SHORT = (STEPS[4], STEPS[5])
Item = dict[str, Any]
NORMALISATION: Item = {
    "item": "normalisation",
    "values": [{"method": "minmax", "l_u": [1, 100]}, {"method": "zscore", "m_sd": [10, 2]}],
}
AGGREGATION: Item = {"item": "aggregation", "values": [{"method": "amean"}, {"method": "gmean"}]}
WINMAX: Item = {"item": "treatment", "name": "Winmax", "key": "winmax", "values": [1, 2, 3, 4, 5]}
WEIGHT_SETS: Item = {"item": "weights", "levels": [2, 3], "noise": "uniform", "factor": 0.25, "sets": 100}
NOISY_WEIGHTS: Item = {"item": "weights", "noise": "normal", "factor": 0.2}
NOISY_DATA: Item = {"item": "data", "relative": 0.05}
VIGNETTE: list[Item] = [WINMAX, NORMALISATION, WEIGHT_SETS, AGGREGATION]


@cache
def _asem() -> IndexData:
    return read_index(ASEM / "iData.csv", ASEM / "iMeta.csv")


@cache
def _complete_asem() -> IndexData:
    """ASEM with its gaps filled by means: where neither imputation nor treatment is redone."""
    index = _asem()
    means = np.nanmean(index.values, axis=0)
    filled = np.where(np.isnan(index.values), means, index.values)
    return IndexData(index.units, index.tree, filled, index.directions, index.denominators, index.columns)


@cache
def _made_up(units: int, indicators: int) -> IndexData:
    """Indicators in pillars of ten, pillars in one index."""
    values = np.random.default_rng(1).gamma(4.0, size=(units, indicators))
    ones = np.ones((units, indicators))
    return IndexData(
        tuple(f"U{n}" for n in range(units)), pillared_tree(indicators), values, np.ones(indicators), ones, {}
    )


def _resolved(index: IndexData, steps: tuple[Step, ...], items: list[Item]) -> Resolved:
    return resolve(declaration_from({"uncertain": items}), PipelineModel.of(index, steps), steps, index.units, 1)


def _run(
    index: IndexData, steps: tuple[Step, ...], items: list[Item], replications: int, threads: int
) -> Callable[[], object]:
    return lambda: run_replications(_resolved(index, steps, items), replications, 1, threads=threads)


def _vignette() -> dict[str, Any]:
    index = _asem()
    declaration = declaration_from({"uncertain": VIGNETTE, "sobol": False})

    def run(replications: int) -> object:
        # A model of its own each time: it keeps treated data, which would not be there the first time.
        model = PipelineModel.of(index, STEPS)
        return analyse(model, STEPS, index.units, declaration, replications, 1)

    found: dict[str, Any] = {}
    for replications in (1_000, 100_000):
        found[f"N = {replications}, items checked too"] = median_seconds(partial(run, replications))
    fresh = [WINMAX, NORMALISATION, {**WEIGHT_SETS, "sets": None}, AGGREGATION]
    found["N = 100000, weights drawn anew each time"] = median_seconds(_run(index, STEPS, fresh, 100_000, 1))
    return found


def _sobol() -> dict[str, Any]:
    settings = SobolSettings(64, 16)
    runs = sobol_sensitivity(_resolved(_asem(), STEPS, VIGNETTE), settings, 1).indices.runs
    seconds = median_seconds(lambda: sobol_sensitivity(_resolved(_asem(), STEPS, VIGNETTE), settings, 1))
    return {"runs": runs, **seconds}


def _noisy() -> dict[str, Any]:
    run = _run(_complete_asem(), SHORT, [NOISY_WEIGHTS, NOISY_DATA], 100_000, 2)
    normals = np.random.Generator(np.random.SFC64(1))
    room = np.empty(2_499 * 100)
    start = time.perf_counter()
    for _ in range(1_000):
        normals.standard_normal(out=room)
    return {**median_seconds(run, runs=3), "the normal draws alone, one thread": round(time.perf_counter() - start, 3)}


def _redone() -> dict[str, Any]:
    count = 10_000
    found = {}
    for threads in (1, 2):
        seconds = median_seconds(_run(_asem(), STEPS, [NOISY_WEIGHTS, NOISY_DATA], count, threads), runs=3)["median"]
        found[f"replications per second, {threads} thread(s)"] = round(count / seconds)
    return found


def _large() -> dict[str, Any]:
    index = _made_up(200, 300)
    choices = [NORMALISATION, NOISY_WEIGHTS, AGGREGATION]
    return {
        "weights, normalisation, aggregation": median_seconds(_run(index, SHORT, choices, 10_000, 2), runs=3),
        "every value too": median_seconds(_run(index, SHORT, [*choices, NOISY_DATA], 10_000, 2), runs=3),
    }


MEMORY = """
import json, re
from pathlib import Path
from benchmarks.bench_uncertainty import *
from benchmarks.bench_uncertainty import _made_up, _run
def most(): return int(re.search("VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
index = _made_up({units}, {indicators})
before = most()
_run(index, SHORT, [NORMALISATION, NOISY_WEIGHTS, AGGREGATION{noise}], {replications}, 2)()
print(json.dumps((most() - before) / 1024))
"""


def _memory() -> dict[str, Any]:
    """Most memory above that of the input, MB, each in a fresh process."""
    found = {}
    for units, indicators, replications, noise in (
        (200, 300, 10_000, ", NOISY_DATA"),
        (51, 50, 100_000, ", NOISY_DATA"),
        (1_000, 500, 1_000, ", NOISY_DATA"),
        (10_000, 500, 64, ""),
    ):
        code = MEMORY.format(units=units, indicators=indicators, replications=replications, noise=noise)
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        name = f"{units} x {indicators} x {replications}{' every value noisy' if noise else ''}"
        found[name] = round(json.loads(done.stdout), 1)
    found["of which the table of rank counts at 10,000 units"] = round(10_000**2 * 4 / 2**20, 1)
    return found


FIGURES = (
    Figure("uncertainty ASEM vignette", "N = 1,000 <= 0.05 s, N = 100,000 <= 0.4 s, one thread", _vignette),
    Figure("uncertainty ASEM Sobol", "6,000 runs <= 0.2 s, one thread", _sobol),
    Figure("uncertainty every value and weight noisy", "100,000 replications <= 4 s on 2 threads", _noisy),
    Figure("uncertainty imputation and treatment redone", ">= 2,000 replications per second", _redone),
    Figure("uncertainty 200 x 300 x 10,000", "<= 1 s; every value too <= 8 s; 2 threads", _large),
    Figure("uncertainty memory", "<= 500 MB above the input, rank counts excepted", _memory),
)

"""Issue "From a criteria set to a published ranking": the engine, a what-if, the whole command, growth, start-up."""

from __future__ import annotations

import gc
import os
import resource
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.figure import Figure, median_seconds
from thangdo.evaluation import SPECS, IndexEntry, Round, Table, read_round, write_round
from thangdo.evaluation.marks import typed_marks
from thangdo.evaluation.membership import members
from thangdo.evaluation.points_index import unit_inputs
from thangdo.findings import Gathered
from thangdo.methodology import Band, Classes, CriteriaSet, Edition, Node, Rounding, Rule, Text
from thangdo.methodology.address import MethodAddress
from thangdo.methodology.change import set_property
from thangdo.methodology.rules import RULE_KINDS, read_input
from thangdo.scoring import FINAL, Scored, UnitInputs, compile_set, moves, results, score, score_unit, with_method

PILLARS, LEAVES = 20, 15
LAYERS = ("self", "appraisal_1", "appraisal_2", "appeal")
RULES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("yes_no", {}),
    ("proportional", {"when_zero": "zero"}),
    (
        "tiers",
        {"steps": ({"from": Decimal(50), "points": Decimal("0.5")}, {"from": Decimal(90), "points": Decimal(1)})},
    ),
    ("linear", {"zero_at": Decimal(0), "full_at": Decimal(100)}),
    ("deduction", {"per_fault": Decimal("0.25")}),
)


def criteria_set() -> CriteriaSet:
    """300 leaves of five rule kinds under 20 pillars."""
    pillars = []
    for pillar in range(PILLARS):
        leaves = []
        for leaf in range(LEAVES):
            kind, parameters = RULES[(pillar + leaf) % len(RULES)]
            leaves.append(
                Node(f"{pillar}.{leaf}", Text("tiêu chí", "criterion"), Decimal(1), rule=Rule(kind, parameters))
            )
        pillars.append(Node(str(pillar), Text("lĩnh vực", "area"), Decimal(LEAVES), children=tuple(leaves)))
    bands = (Band("a", Text("A", "A"), Decimal(60)), Band("b", Text("B", "B"), Decimal(0)))
    return CriteriaSet(
        "bench",
        "par",
        Text("đo", "bench"),
        Edition(2023),
        ("b",),
        tuple(pillars),
        criterion_rounding=Rounding(2),
        classes=Classes("percent", bands),
    )


def fields(kind: str, rng: Random) -> Iterator[tuple[str, str]]:
    match kind:
        case "yes_no":
            yield "answer", rng.choice(("yes", "no"))
        case "proportional":
            yield "numerator", str(rng.randint(0, 97))
            yield "denominator", "97"
        case "deduction":
            yield "faults", str(rng.randint(0, 4))
        case _:
            yield "value", f"{rng.randint(0, 1000) / 10}"


def bench_round(units: int) -> Round:
    """A final round: units × 300 criteria × 4 layers."""
    rng = Random(7)
    used = criteria_set()
    kinds = {node.code: node.rule.kind for node in used.leaves() if node.rule}
    marks = [
        ("par", f"u{unit}", code, layer, "x", name, value, "", "")
        for unit in range(units)
        for layer in LAYERS
        for code, kind in kinds.items()
        for name, value in fields(kind, rng)
    ]
    names = [(f"u{unit}", f"Đơn vị {unit}", *[""] * 10) for unit in range(units)]
    tables = {
        "units": Table(SPECS["units"].columns, tuple(names), "units.csv"),
        "membership": Table(
            SPECS["membership"].columns,
            tuple(("par", "b", f"u{unit}", "true") for unit in range(units)),
            "membership.csv",
        ),
        "marks": Table(SPECS["marks"].columns, tuple(marks), "marks.csv"),
    }
    return Round("bench", 2023, "final", "vi", (IndexEntry("par", "points", "bench", ("b",)),), {"bench": used}, tables)


def typed(round_: Round) -> list[UnitInputs]:
    quiet = Gathered()
    everyone = members(round_, quiet)
    marks = typed_marks(round_, everyone, quiet)
    return unit_inputs(round_.indices[0], round_.sets["bench"], everyone, marks["par"], {})


def engine() -> dict[str, Any]:
    inputs = typed(bench_round(200))
    used = criteria_set()
    # As the command runs it: nothing is collected while hundreds of thousands of inputs are alive.
    gc.disable()
    times = median_seconds(lambda: score(used, inputs).results(), runs=7)
    gc.enable()
    tracemalloc.start()
    kept = score(used, inputs).results()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return {"seconds": times, "peak_mb": round(peak / 1e6, 1), "rows": len(kept)}


def what_if() -> dict[str, Any]:
    scored: Scored = score(criteria_set(), typed(bench_round(200)))
    before = scored.results()

    def once() -> int:
        changed = set_property(MethodAddress("par", "3.4", ("maximum",)), "3")(scored.compiled.criteria_set)
        return len(moves(before, with_method(scored, changed, "3.4").results()))

    return {"seconds": median_seconds(once, runs=15), "moved_units": once()}


def command() -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        write_round(bench_round(200), Path(folder) / "round")
        line = [
            str(Path(sys.executable).parent / "thangdo"),
            "evaluate",
            f"{folder}/round",
            "--out",
            f"{folder}/out",
            "--no-site",
        ]
        times = median_seconds(lambda: subprocess.run(line, check=True, capture_output=True), runs=5)
        rows = sum(1 for _ in (Path(folder) / "round" / "marks.csv").open()) - 1
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return {"seconds": times, "mark_rows": rows, "peak_mb": round(peak)}


def streamed(units: int) -> Iterator[UnitInputs]:
    """Units one at a time, as a reader that does not hold the whole round would hand them over."""
    rng = Random(7)
    used = criteria_set()
    declared = {node.code: RULE_KINDS[node.rule.kind].inputs(node.rule) for node in used.leaves() if node.rule}
    kinds = {node.code: node.rule.kind for node in used.leaves() if node.rule}
    for unit in range(units):
        layers: dict[str, dict[str, dict[str, Any]]] = {}
        for layer in LAYERS:
            cells = layers[layer] = {}
            for code, kind in kinds.items():
                texts = dict(fields(kind, rng))
                cells[code] = {item.name: read_input(item, texts[item.name])[0] for item in declared[code]}
        yield UnitInputs(f"u{unit}", "b", layers)


def growth() -> dict[str, Any]:
    """Only scoring is timed; final points of every unit are kept, inputs are not."""
    found: dict[str, Any] = {}
    compiled = compile_set(criteria_set())
    for units in (500, 2500, 10_000):
        spent = 0.0
        kept = []
        for inputs in streamed(units):
            start = time.perf_counter()
            scores = score_unit(compiled, inputs)
            spent += time.perf_counter() - start
            kept.append(replace(scores, layers={FINAL: scores.final}))
        start = time.perf_counter()
        results(compiled, kept)
        found[f"{units}_units_s"] = round(spent + time.perf_counter() - start, 3)
    found["peak_mb"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    return found


def start_up() -> dict[str, Any]:
    line = [str(Path(sys.executable).parent / "thangdo"), "--help"]
    return {
        "seconds": median_seconds(
            lambda: subprocess.run(line, check=True, capture_output=True, env={**os.environ}), runs=9
        )
    }


def reading() -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        write_round(bench_round(200), Path(folder) / "round")
        return {"seconds": median_seconds(lambda: read_round(Path(folder) / "round"), runs=3)}


FIGURES = (
    Figure("scoring_engine_200x300x4", "≤ 0.3 s, ≤ 200 MB", engine),
    Figure("scoring_what_if", "≤ 10 ms with re-ranking", what_if),
    Figure("evaluate_command_200x300x4", "≤ 2 s with its tables, site apart", command),
    Figure("scoring_read_round", "part of the command", reading),
    Figure("scoring_growth_to_10000_units", "linear, ≤ 2 GB", growth),
    Figure("thangdo_help", "≤ 0.2 s", start_up),
)

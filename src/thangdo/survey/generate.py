"""`thangdo survey generate`: a seeded survey of any size whose population values are known exactly.

The folder holds `responses.csv` (one row a drawn person), `frame.csv` (every cluster of the population),
`truth.json`, and `design.yaml` with `analysis.yaml` as `thangdo survey estimate` takes them.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from thangdo.survey.failure import SurveyFailure
from thangdo.survey.generate_population import AGES, GENDERS, People, Population, build, people
from thangdo.survey.generate_sample import Sampled, SampleDesign, draw, spread
from thangdo.survey.generate_truth import Truth

LEADING = (
    "respondent", "stratum", "cluster", "unit", "gender", "age_group", "weight", "clusters_in_stratum",
    "persons_in_cluster", "responded", "duration_seconds",
)  # fmt: skip
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Size:
    """How large each part is; None = chosen from `rows`. Shares of non-response and missing answers are 0–1."""

    rows: int
    strata: int | None = None
    clusters: int | None = None
    units: int = 20
    items: int = 22
    population: int | None = None
    non_response: float = 0.2
    missing: float = 0.02


def generate(size: Size, seed: int, out: Path, *, progress: Progress | None = None) -> dict[str, Any]:
    """Make the survey in folder `out` and return what `truth.json` holds.

    The same size and seed give the same bytes. Files appear by renaming when all are complete.
    Raises SurveyFailure (SUR201) where the numbers cannot hold a two-stage sample.
    """
    population, design = _planned(size, seed)
    staging = out.with_name(f".{out.name}.partial")
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir(parents=True)
    try:
        document = _write(size, seed, population, design, staging, progress)
        out.mkdir(parents=True, exist_ok=True)
        for path in sorted(staging.iterdir()):
            path.replace(out / path.name)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return document


def _planned(size: Size, seed: int) -> tuple[Population, SampleDesign]:
    strata = size.strata or max(1, min(8, size.rows // 60))
    clusters = size.clusters or max(2 * strata, min(400, size.rows // 12))
    wanted = size.population or size.rows * (20 if size.rows <= 100_000 else 4)
    if strata < 1 or size.units < 1 or size.items < 1 or clusters < 2 * strata or size.rows < clusters:
        raise SurveyFailure("SUR201", rows=size.rows, strata=strata, clusters=clusters, units=size.units)
    per_stratum = clusters // strata
    least = -(-size.rows // (per_stratum * strata))
    existing = strata * max(per_stratum + 1, int(per_stratum * max(1.5, min(4.0, wanted / size.rows / 3))))
    population = build(seed, wanted, strata, existing, size.units, size.items, least)
    return population, spread(size.rows, population, clusters)


def _write(
    size: Size, seed: int, population: Population, design: SampleDesign, folder: Path, progress: Progress | None
) -> dict[str, Any]:
    names = _Names(population)
    truth = Truth(population)
    done = 0
    with (folder / "responses.csv").open("w", encoding="utf-8", newline="") as stream:
        stream.write(",".join((*LEADING, *population.items)) + "\n")
        for number, block in enumerate(people(population)):
            truth.add(block)
            sampled = draw(population, design, block, number, size.non_response, size.missing)
            _rows(population, design, block, sampled, names, done).to_csv(
                stream, header=False, index=False, lineterminator="\n"
            )
            done += len(sampled.place)
            if progress:
                progress(done, size.rows)
    _write_frame(population, design, names, folder / "frame.csv")
    document = {
        "format": "thangdo-survey-truth/1",
        "illustrative": True,
        "seed": seed,
        "rows": done,
        "strata": {
            name: {"clusters": int(design.existing[n]), "drawn": int(design.drawn[n])}
            for n, name in enumerate(names.strata)
        },
        **truth.as_document(names.units.tolist()),
    }
    (folder / "truth.json").write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", "utf-8")
    _write_documents(population, document, folder)
    return document


class _Names:
    """Codes of strata, clusters and units, as wide as their numbers need."""

    def __init__(self, population: Population) -> None:
        strata, clusters = int(population.cluster_stratum.max()) + 1, len(population.cluster_size)
        units = len(population.unit_shares)
        self.strata = np.array([f"T{n + 1:0{len(str(strata))}d}" for n in range(strata)])
        self.clusters = np.array([f"C{n + 1:0{len(str(clusters))}d}" for n in range(clusters)])
        self.units = np.array([f"U{n + 1:0{len(str(units))}d}" for n in range(units)])


def _rows(
    population: Population, design: SampleDesign, block: People, sampled: Sampled, names: _Names, before: int
) -> Any:
    import pandas as pd

    place = sampled.place
    cluster = block.cluster[place]
    stratum = population.cluster_stratum[cluster]
    columns: dict[str, Any] = {
        "respondent": np.arange(before + 1, before + 1 + len(place)),
        "stratum": names.strata[stratum],
        "cluster": names.clusters[cluster],
        "unit": names.units[block.unit[place]],
        "gender": np.array(GENDERS)[block.gender[place]],
        "age_group": np.array(AGES)[block.age[place]],
        "weight": sampled.weight,
        "clusters_in_stratum": design.existing[stratum],
        "persons_in_cluster": population.cluster_size[cluster],
        "responded": sampled.responded.astype(np.int8),
        "duration_seconds": _blank_at_zero(sampled.duration.astype(np.int64)),
    }
    for item, answers in zip(population.items, sampled.answers, strict=True):
        columns[item] = _blank_at_zero(answers.astype(np.int64))
    return pd.DataFrame(columns)


def _blank_at_zero(values: Any) -> Any:
    """Whole numbers in which 0 stands for nothing, as text: the CSV has a blank there."""
    words = np.array([""] + [str(n) for n in range(1, int(values.max(initial=0)) + 1)])
    return words[values]


def _write_frame(population: Population, design: SampleDesign, names: _Names, path: Path) -> None:
    lines = ["cluster,stratum,persons,drawn"]
    for number, (stratum, persons) in enumerate(zip(population.cluster_stratum, population.cluster_size, strict=True)):
        drawn = 1 if design.take[number] else 0
        lines.append(f"{names.clusters[number]},{names.strata[stratum]},{persons},{drawn}")
    path.write_text("\n".join(lines) + "\n", "utf-8")


def _write_documents(population: Population, document: dict[str, Any], folder: Path) -> None:
    import yaml

    design = {
        "weights": "weight",
        "strata": "stratum",
        "clusters": ["cluster", "respondent"],
        "fpc": ["clusters_in_stratum", "persons_in_cluster"],
        "nonresponse": {"responded": "responded", "classes": ["gender", "age_group"]},
        "rake": document["margins"],
    }
    first, last = population.items[0], population.items[-1]
    analysis: list[dict[str, Any]] = [{"statistic": "mean", "variable": item} for item in population.items]
    analysis += [{"statistic": "share", "variable": item} for item in population.items]
    analysis += [{"statistic": "mean", "variable": item, "by": ["unit"]} for item in population.items]
    analysis += [
        {"statistic": "total", "variable": first},
        {"statistic": "ratio", "variable": first, "denominator": last},
        {"statistic": "quantile", "variable": "duration_seconds", "q": [0.5]},
    ]
    for name, content in (("design.yaml", design), ("analysis.yaml", analysis)):
        (folder / name).write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), "utf-8")

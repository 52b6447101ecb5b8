"""A draw as a folder: `plan.yaml`, `selection.csv`, `draw.json`; written whole, and checked by drawing again."""

from __future__ import annotations

import csv
import io
import json
import math
import shutil
from pathlib import Path
from typing import Any

from thangdo.findings import Finding, Gathered, Refused, Where
from thangdo.proof import content_hash
from thangdo.survey.draw import Drawn, check_frame, draw
from thangdo.survey.draw_plan import DrawPlan, read_plan
from thangdo.survey.failure import SurveyFailure
from thangdo.survey.frame import Frame

COLUMNS = ("draw", "position", "stratum", "cluster", "probability", "weight")


def seed_findings(plan: DrawPlan, seeds: tuple[str, ...], needed: float) -> Gathered:
    """Seeds against the announced sources: another number of them (SUR012), too little chance in them (SUR013)."""
    gathered = Gathered()
    if plan.seed_sources and len(seeds) != len(plan.seed_sources):
        gathered.add(Finding("SUR012", Where(), str(len(seeds)), str(len(plan.seed_sources))))
    bits = [source.bits for source in plan.seed_sources]
    if bits and all(value is not None for value in bits):
        held = sum(value for value in bits if value is not None)
        if held < needed:
            gathered.add(Finding("SUR013", Where(), f"{held:g}", str(math.ceil(needed)), severity="warning"))
    return gathered


def selection_text(frame: Frame, drawn: Drawn) -> str:
    """`selection.csv`: when and where drawn, its chance and weight, then the frame's own columns."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow((*COLUMNS, *(f"frame.{name}" if name in COLUMNS else name for name in frame.columns)))
    for row in drawn.rows:
        cells = frame.rows[row.position - 1]
        chance, weight = repr(row.probability), repr(row.weight)
        writer.writerow((row.draw, row.position, row.stratum, row.cluster, chance, weight, *cells))
    return stream.getvalue()


def record(plan: DrawPlan, frame: Frame, seeds: tuple[str, ...], drawn: Drawn) -> dict[str, Any]:
    """`draw.json`: everything needed to repeat the draw, and the hash of the selection."""
    return {
        "format": "thangdo-draw/1",
        "plan": plan.id,
        "plan_sha256": plan.sha256,
        "announced": plan.announced,
        "frame_sha256": frame.sha256,
        "frame_rows": len(frame.rows),
        "seeds": list(seeds),
        "key": drawn.key,
        "entropy_needed_bits": round(drawn.entropy_needed, 1),
        "strata": [{"stratum": name, "candidates": have, "n": n} for name, have, n in drawn.counts],
        "rows": len(drawn.rows),
        "selection_sha256": content_hash(selection_text(frame, drawn)),
    }


def write_draw(folder: Path, plan: DrawPlan, frame: Frame, seeds: tuple[str, ...], drawn: Drawn) -> None:
    """The folder, built beside and renamed. An existing draw is never written over (SUR014)."""
    if folder.exists() and any(folder.iterdir()):
        raise SurveyFailure("SUR014", found=str(folder))
    staging = folder.with_name(f".{folder.name}.partial")
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir(parents=True)
    write_plan(staging / "plan.yaml", plan)
    (staging / "selection.csv").write_text(selection_text(frame, drawn), "utf-8", newline="\n")
    text = json.dumps(record(plan, frame, seeds, drawn), ensure_ascii=False, indent=1)
    (staging / "draw.json").write_text(text + "\n", "utf-8")
    if folder.exists():
        folder.rmdir()
    staging.rename(folder)


def write_plan(path: Path, plan: DrawPlan) -> None:
    """A plan as YAML, appearing at once."""
    import yaml

    partial = path.with_name(f".{path.name}.partial")
    partial.write_text(yaml.safe_dump(plan.as_document(), allow_unicode=True, sort_keys=False), "utf-8")
    partial.replace(path)


def check_draw(folder: Path, frame: Frame, plan: DrawPlan | None = None, seeds: tuple[str, ...] = ()) -> Gathered:
    """Draw again and compare with the published folder; every difference is a finding.

    `plan` and `seeds` are what the reader found published elsewhere; left out, those in the folder are used
    (then a plan exchanged together with its draw is not noticed). SUR010 frame, SUR016 plan, SUR021 seeds,
    SUR011 rows, SUR022 a cell of a drawn row or of the record.
    """
    kept = read_plan(folder / "plan.yaml")
    given = _read_record(folder / "draw.json")
    gathered = Gathered()
    if plan is not None and plan.sha256 != kept.sha256:
        gathered.add(Finding("SUR023", Where("plan.yaml"), kept.sha256, plan.sha256))
    used_plan = plan or kept
    used_seeds = seeds or tuple(str(seed) for seed in given.get("seeds", ()))
    if seeds and list(seeds) != given.get("seeds"):
        gathered.add(Finding("SUR021", Where("draw.json", 0, "seeds"), str(given.get("seeds")), str(list(seeds))))
    found = check_frame(used_plan, frame)
    gathered.extend(found)
    if found.has_errors:
        return gathered
    again = draw(used_plan, frame, used_seeds)
    gathered.extend(seed_findings(used_plan, used_seeds, again.entropy_needed))
    _compare_selection(folder / "selection.csv", frame, again, gathered)
    for key, value in record(used_plan, frame, used_seeds, again).items():
        if given.get(key) != value and key not in {"seeds", "announced"}:
            gathered.add(Finding("SUR022", Where("draw.json", 0, key), str(given.get(key)), str(value)))
    return gathered


def _read_record(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as failure:
        raise Refused([Finding("SUR001", Where(path.name), type(failure).__name__, "JSON")]) from failure
    return found if isinstance(found, dict) else {}


def _compare_selection(path: Path, frame: Frame, again: Drawn, gathered: Gathered) -> None:
    try:
        published = list(csv.reader(io.StringIO(path.read_text("utf-8-sig"))))
    except (OSError, UnicodeDecodeError) as failure:
        raise Refused([Finding("SUR001", Where(path.name), type(failure).__name__, "CSV")]) from failure
    recomputed = list(csv.reader(io.StringIO(selection_text(frame, again))))
    header = recomputed[0]
    if published[:1] != [header]:
        gathered.add(Finding("SUR022", Where(path.name, 1), ",".join(*published[:1] or [[]]), ",".join(header)))
        return
    for number in range(1, max(len(published), len(recomputed))):
        old = published[number] if number < len(published) else []
        new = recomputed[number] if number < len(recomputed) else []
        if old[:2] != new[:2]:
            gathered.add(Finding("SUR011", Where(path.name, number + 1), ",".join(old[:2]), ",".join(new[:2])))
            continue
        for column, was, now in zip(header, old, new, strict=False):
            if was != now:
                gathered.add(Finding("SUR022", Where(path.name, number + 1, column), was, now))

"""A draw plan: everything about a draw that is published before its seed can be known.

```yaml
format: thangdo-draw-plan/1
id: sipas-2023
frame: {sha256: 4be1…, rows: 25000, id: [ma_ho_so]}       # filled in by `thangdo survey draw --announce`
strata: [don_vi]                                            # optional
stages:                                                     # one or more; the last may draw the rows themselves
  - {method: pivotal, by: [phuong], size: dan_so, n: 10}    # n: a number, {stratum: number}, or all
  - {method: srs, n: 20}
allocation: {total: 4000, rule: proportional, minimum: 2}   # instead of n of the first stage
seed_sources: [{name: Vietlott Power 6/55, when: 2023-12-02T18:00:00+07:00, bits: 24}]
```
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from thangdo.findings import Finding, Gathered, Refused, Where
from thangdo.proof import content_hash
from thangdo.survey.allocation import ALLOCATIONS
from thangdo.survey.draw_methods import METHODS
from thangdo.survey.frame import Frame

FORMAT = "thangdo-draw-plan/1"
_KEYS = (
    "format",
    "id",
    "purpose",
    "frame",
    "strata",
    "stages",
    "method",
    "n",
    "size",
    "allocation",
    "seed_sources",
    "illustrative",
)
_STAGE_KEYS = ("method", "by", "size", "n")
_ALLOCATION_KEYS = ("total", "rule", "minimum", "power", "spread", "importance", "mean")


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage: the columns that name its units (none: the rows), how they are drawn, how many.

    `n` is a count, counts by stratum (first stage), or -1 for all; `size` is the column of a measure of size
    (its sum over the rows of a unit, or its one value where all rows of the unit agree).
    """

    method: str
    by: tuple[str, ...] = ()
    size: str = ""
    n: int | Mapping[str, int] = -1


@dataclass(frozen=True, slots=True)
class AllocationPlan:
    """How the first stage's total is shared among strata; the last three name columns of the frame."""

    total: int
    rule: str = "proportional"
    minimum: int = 2
    power: float = 0.5
    spread: str = ""
    importance: str = ""
    mean: str = ""


@dataclass(frozen=True, slots=True)
class SeedSource:
    """A public source of chance, named before it speaks; `bits` is how much chance it holds, where known."""

    name: str
    when: str = ""
    where: str = ""
    bits: float | None = None


@dataclass(frozen=True, slots=True)
class DrawPlan:
    """A plan as read. `sha256` hashes its canonical content: quote it when it is announced."""

    id: str
    stages: tuple[Stage, ...]
    strata: tuple[str, ...] = ()
    allocation: AllocationPlan | None = None
    frame_id: tuple[str, ...] = ()
    frame_sha256: str = ""
    frame_rows: int = 0
    seed_sources: tuple[SeedSource, ...] = ()
    purpose: str = ""
    illustrative: bool = False

    @property
    def sha256(self) -> str:
        return content_hash(self.as_document())

    @property
    def announced(self) -> bool:
        """Whether the plan names the frame by its hash and at least one source of chance."""
        return bool(self.frame_sha256 and self.seed_sources)

    def as_document(self) -> dict[str, Any]:
        """The plan as it is written: nothing that says nothing, and every number as given."""
        frame = {"sha256": self.frame_sha256, "rows": self.frame_rows, "id": list(self.frame_id)}
        document: dict[str, Any] = {
            "format": FORMAT,
            "id": self.id,
            "purpose": self.purpose,
            "illustrative": self.illustrative,
            "frame": {key: value for key, value in frame.items() if value},
            "strata": list(self.strata),
            "stages": [_stage_document(stage) for stage in self.stages],
            "allocation": _without_blanks(self.allocation, _ALLOCATION_KEYS),
            "seed_sources": [
                _without_blanks(source, ("name", "when", "where", "bits")) for source in self.seed_sources
            ],
        }
        return {key: value for key, value in document.items() if value not in ("", False, [], {}, None)}

    def announce(self, frame: Frame) -> DrawPlan:
        """The plan bound to this frame: its hash and number of rows."""
        return replace(self, frame_sha256=frame.sha256, frame_rows=len(frame.rows))


def _without_blanks(row: object, keys: tuple[str, ...]) -> dict[str, Any]:
    if row is None:
        return {}
    return {key: getattr(row, key) for key in keys if getattr(row, key) not in ("", None)}


def _stage_document(stage: Stage) -> dict[str, Any]:
    document: dict[str, Any] = {"method": stage.method}
    if stage.by:
        document["by"] = list(stage.by)
    if stage.size:
        document["size"] = stage.size
    if isinstance(stage.n, Mapping):
        document["n"] = dict(stage.n)
    elif stage.n >= 0:
        document["n"] = stage.n
    return document


def read_plan(path: Path) -> DrawPlan:
    """A plan from YAML or JSON (JSON is YAML). Raises Refused with everything that is not understood (SUR009)."""
    import yaml

    try:
        document = yaml.safe_load(path.read_text("utf-8-sig"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as failure:
        raise Refused([Finding("SUR009", Where(path.name), str(failure).replace("\n", " "), "YAML")]) from failure
    return plan_of(document, path.name)


def plan_of(document: object, file: str = "") -> DrawPlan:
    """A plan from its document. A plan with one stage may give `method, n, size` at the top."""
    gathered = Gathered()
    if not isinstance(document, Mapping):
        raise Refused([Finding("SUR009", Where(file), type(document).__name__, "format, id, stages")])
    _known(document, _KEYS, file, "", gathered)
    if document.get("format", FORMAT) != FORMAT:
        gathered.add(Finding("SUR009", Where(file, 0, "format"), str(document.get("format")), FORMAT))
    raw_stages = document.get("stages") or [{key: document[key] for key in ("method", "n", "size") if key in document}]
    stages = tuple(_stage(item, file, number, gathered) for number, item in enumerate(_list(raw_stages), start=1))
    frame = document.get("frame") or {}
    plan = DrawPlan(
        id=str(document.get("id", "")),
        purpose=str(document.get("purpose", "")),
        illustrative=bool(document.get("illustrative", False)),
        stages=stages,
        strata=_words(document.get("strata")),
        allocation=_allocation(document.get("allocation"), file, gathered),
        frame_id=_words(frame.get("id")),
        frame_sha256=str(frame.get("sha256", "")),
        frame_rows=int(frame.get("rows", 0)),
        seed_sources=tuple(_source(item, file, gathered) for item in _list(document.get("seed_sources"))),
    )
    if plan.allocation is None and stages and stages[0].n == -1 and len(stages) == 1:
        gathered.add(Finding("SUR009", Where(file, 0, "stages"), "n", "n / allocation.total"))
    for stage in stages[1:]:
        if isinstance(stage.n, Mapping):
            gathered.add(Finding("SUR009", Where(file, 0, "stages"), "n: {…}", "n: 20"))
    if any(not stage.by for stage in stages[:-1]):
        gathered.add(Finding("SUR009", Where(file, 0, "stages"), "", "by: [column]"))
    gathered.refuse_errors()
    return plan


def _stage(item: object, file: str, number: int, gathered: Gathered) -> Stage:
    where = Where(file, 0, f"stages[{number}]")
    if not isinstance(item, Mapping):
        gathered.add(Finding("SUR009", where, str(item), ", ".join(_STAGE_KEYS)))
        return Stage("srs")
    _known(item, _STAGE_KEYS, file, f"stages[{number}].", gathered)
    method = str(item.get("method", "srs"))
    if method not in METHODS:
        gathered.add(Finding("SUR009", where, f"method: {method}", ", ".join(METHODS)))
    elif METHODS[method].by_size and not item.get("size"):
        gathered.add(Finding("SUR009", where, f"method: {method}", "size: column"))
    given = item.get("n", "all")
    n: int | dict[str, int]
    if isinstance(given, Mapping):
        n = {str(label): _count(value, where, gathered) for label, value in given.items()}
    else:
        n = -1 if given == "all" else _count(given, where, gathered)
    return Stage(method, _words(item.get("by")), str(item.get("size", "")), n)


def _count(value: object, where: Where, gathered: Gathered) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        gathered.add(Finding("SUR009", where, f"n: {value}", "n: 20"))
        return 0
    return value


def _allocation(item: object, file: str, gathered: Gathered) -> AllocationPlan | None:
    if item is None:
        return None
    where = Where(file, 0, "allocation")
    if not isinstance(item, Mapping) or not isinstance(item.get("total"), int):
        gathered.add(Finding("SUR009", where, str(item), "total: 4000, rule: proportional"))
        return None
    _known(item, _ALLOCATION_KEYS, file, "allocation.", gathered)
    rule = str(item.get("rule", "proportional"))
    rules = [row.code for row in ALLOCATIONS]
    if rule not in rules:
        gathered.add(Finding("SUR009", where, f"rule: {rule}", ", ".join(rules)))
    return AllocationPlan(
        total=item["total"],
        rule=rule,
        minimum=int(item.get("minimum", 2)),
        power=float(item.get("power", 0.5)),
        spread=str(item.get("spread", "")),
        importance=str(item.get("importance", "")),
        mean=str(item.get("mean", "")),
    )


def _source(item: object, file: str, gathered: Gathered) -> SeedSource:
    if isinstance(item, str):
        return SeedSource(item)
    if not isinstance(item, Mapping) or not item.get("name"):
        gathered.add(Finding("SUR009", Where(file, 0, "seed_sources"), str(item), "name, when, where, bits"))
        return SeedSource("")
    _known(item, ("name", "when", "where", "bits"), file, "seed_sources.", gathered)
    when = item.get("when", "")
    written = when.isoformat() if hasattr(when, "isoformat") else str(when)
    bits = item.get("bits")
    return SeedSource(str(item["name"]), written, str(item.get("where", "")), None if bits is None else float(bits))


def _known(item: Mapping[Any, Any], keys: tuple[str, ...], file: str, before: str, gathered: Gathered) -> None:
    for key in item:
        if str(key) not in keys:
            gathered.add(Finding("SUR009", Where(file, 0, before + str(key)), str(key), ", ".join(keys)))


def _list(value: object) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]


def _words(value: object) -> tuple[str, ...]:
    return tuple(str(item) for item in _list(value))

"""A draw: plan × frame × seed → the rows drawn, with the chance each had. Pure: the same three, the same draw."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from thangdo.findings import Finding, Gathered, Where
from thangdo.survey.allocation import Strata, allocate
from thangdo.survey.draw_methods import METHODS
from thangdo.survey.draw_plan import DrawPlan, Stage
from thangdo.survey.failure import SurveyFailure
from thangdo.survey.frame import Frame
from thangdo.survey.rfc3797 import entropy_needed, labelled, seed_key

Label = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DrawnRow:
    """One row drawn: when (from 1), which row of the frame (from 1), its stratum, its clusters, its chance."""

    draw: int
    position: int
    stratum: str
    cluster: str
    probability: float

    @property
    def weight(self) -> float:
        return 1 / self.probability


@dataclass(frozen=True, slots=True)
class Drawn:
    """The whole draw. `counts` says per stratum: candidates at the first stage, and how many of them to draw."""

    key: str
    rows: tuple[DrawnRow, ...]
    counts: tuple[tuple[str, int, int], ...]
    entropy_needed: float


def draw(plan: DrawPlan, frame: Frame, seeds: Sequence[str]) -> Drawn:
    """Draw from `frame` as `plan` says with what the public sources showed (`seeds`, in announced order).

    Without strata and with one stage of method `srs` this is RFC 3797 to the letter. Otherwise every
    stratum, and every cluster within it, has the key with its label appended. Strata are drawn in the order
    in which they first stand in the frame; so are the units of a stage.
    Raises Refused or SurveyFailure for what check_frame, the methods and the allocation find.
    """
    check_frame(plan, frame).refuse_errors()
    key = seed_key(seeds)
    groups = _grouped(range(len(frame.rows)), frame.labels(plan.strata))
    counts = stratum_counts(plan, frame)
    rows: list[tuple[int, str, str, float]] = []
    needed = 0.0
    for label, members in groups.items():
        available = len(_units(plan.stages[0], frame, members))
        needed = max(needed, entropy_needed(available, counts[label]))
        name = "/".join(label)
        rows += [
            (position, name, cluster, chance)
            for position, cluster, chance in _stages(plan, 0, frame, members, key, label, counts[label], 1.0, ())
        ]
    drawn = tuple(
        DrawnRow(number, position + 1, stratum, cluster, chance)
        for number, (position, stratum, cluster, chance) in enumerate(rows, start=1)
    )
    listed = tuple(
        ("/".join(label), len(_units(plan.stages[0], frame, members)), counts[label])
        for label, members in groups.items()
    )
    return Drawn(key, drawn, listed, needed)


def check_frame(plan: DrawPlan, frame: Frame) -> Gathered:
    """What is wrong between plan and frame: another hash, keys blank or twice, a blank stratum."""
    gathered = Gathered()
    if plan.frame_sha256 and plan.frame_sha256 != frame.sha256:
        gathered.add(Finding("SUR010", Where(frame.file), frame.sha256, plan.frame_sha256))
    if plan.frame_id:
        seen: dict[Label, int] = {}
        for position, key in enumerate(frame.labels(plan.frame_id), start=1):
            where = Where(frame.file, position + 1, ", ".join(plan.frame_id))
            if not all(key):
                gathered.add(Finding("SUR006", where))
            elif key in seen:
                gathered.add(Finding("SUR008", where, "/".join(key), facts={"first": seen[key] + 1}))
            else:
                seen[key] = position
    for position, label in enumerate(frame.labels(plan.strata), start=1):
        if not all(label):
            gathered.add(Finding("SUR006", Where(frame.file, position + 1, ", ".join(plan.strata))))
    return gathered


def stratum_counts(plan: DrawPlan, frame: Frame) -> dict[Label, int]:
    """How many first-stage units each stratum gets: as listed in the plan, or by its allocation."""
    first = plan.stages[0]
    groups = _grouped(range(len(frame.rows)), frame.labels(plan.strata))
    candidates = {label: len(_units(first, frame, members)) for label, members in groups.items()}
    if plan.allocation is not None:
        wanted = plan.allocation
        strata = Strata(
            labels=tuple("/".join(label) for label in groups),
            population=tuple(candidates.values()),
            spread=_stratum_numbers(wanted.spread, frame, groups),
            importance=_stratum_numbers(wanted.importance, frame, groups),
            means=_stratum_numbers(wanted.mean, frame, groups),
        )
        counts = allocate(strata, wanted.total, wanted.rule, minimum=wanted.minimum, power=wanted.power)
        return dict(zip(groups, counts, strict=True))
    found: dict[Label, int] = {}
    for label, available in candidates.items():
        name = "/".join(label)
        if isinstance(first.n, Mapping):
            if name not in first.n:
                raise SurveyFailure("SUR019", stratum=name, expected=", ".join(first.n))
            count = first.n[name]
        else:
            count = available if first.n < 0 else first.n
        if count > available:
            raise SurveyFailure("SUR007", found=count, expected=available, stratum=name)
        found[label] = count
    return found


def _stratum_numbers(column: str, frame: Frame, groups: Mapping[Label, Sequence[int]]) -> tuple[float, ...]:
    """A column that belongs to the stratum: its value in the stratum's first row."""
    if not column:
        return ()
    values = frame.numbers(column)
    return tuple(values[members[0]] for members in groups.values())


def _grouped(members: Sequence[int], labels: Sequence[Label]) -> dict[Label, list[int]]:
    groups: dict[Label, list[int]] = {}
    for member in members:
        groups.setdefault(labels[member], []).append(member)
    return groups


def _units(stage: Stage, frame: Frame, members: Sequence[int]) -> list[list[int]]:
    """The units of a stage among `members`: rows, or groups of rows, in order of first appearance."""
    if not stage.by:
        return [[member] for member in members]
    return list(_grouped(members, frame.labels(stage.by)).values())


def _stages(
    plan: DrawPlan,
    number: int,
    frame: Frame,
    members: Sequence[int],
    key: str,
    path: Label,
    count: int,
    chance: float,
    clusters: Label,
) -> list[tuple[int, str, float]]:
    """The rows drawn at stage `number` and below it: position, cluster path, inclusion probability."""
    stage = plan.stages[number]
    units = _units(stage, frame, members)
    sizes = _sizes(stage, frame, units)
    chosen, probabilities = METHODS[stage.method].function(labelled(key, *path), sizes, min(count, len(units)))
    found: list[tuple[int, str, float]] = []
    for place in chosen:
        rows = units[place]
        reached = chance * probabilities[place]
        name = "/".join(frame.rows[rows[0]][frame.place(column)] for column in stage.by)
        inner = (*clusters, name) if stage.by else clusters
        if number + 1 == len(plan.stages):
            found += [(row, "/".join(inner), reached) for row in rows]
        else:
            below = plan.stages[number + 1].n
            take = len(rows) if not isinstance(below, int) or below < 0 else below
            found += _stages(plan, number + 1, frame, rows, key, (*path, name), take, reached, inner)
    return found


def _sizes(stage: Stage, frame: Frame, units: Sequence[Sequence[int]]) -> list[float]:
    if not stage.size:
        return [1.0] * len(units)
    values = frame.numbers(stage.size)
    sizes = []
    for rows in units:
        given = [values[row] for row in rows]
        # A cluster's own size is repeated in each of its rows; sizes of rows add up to that of the cluster.
        sizes.append(given[0] if len(set(given)) == 1 and stage.by else math.fsum(given))
    return sizes

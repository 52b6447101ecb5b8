"""The steps of a pipeline as rows: what each method is called, which keys it takes, what it does to an index."""

from __future__ import annotations

from thangdo.composite.step_kinds import (
    Problem,
    Step,
    StepKind,
    StepOutcome,
    StepProblem,
    method_name,
    take,
)
from thangdo.composite.step_normalising import NORMALISING
from thangdo.composite.step_preparing import PREPARING
from thangdo.composite.step_treating import TREATING

__all__ = [
    "BY_KEY",
    "STEP_KINDS",
    "Problem",
    "Step",
    "StepKind",
    "StepOutcome",
    "StepProblem",
    "step_kind",
    "take",
]

STEP_KINDS = (*PREPARING, *TREATING, *NORMALISING)
BY_KEY = {(kind.step, kind.method): kind for kind in STEP_KINDS}
UNNAMED = ("denominate", "screen")


def step_kind(step: Step) -> StepKind | None:
    """The row of a step, or None."""
    name = str(step.get("step", ""))
    if name in UNNAMED:
        return BY_KEY[(name, "")]
    return BY_KEY.get((name, method_name(step)))

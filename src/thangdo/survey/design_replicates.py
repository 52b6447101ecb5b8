"""Replicate weights as declared: made from the first stage's PSUs or given as columns, then through the steps."""

from __future__ import annotations

import fnmatch
import math
import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from thangdo.findings import Finding, Gathered, Where
from thangdo.survey.design import Replicates, Stage, weights_degrees
from thangdo.survey.design_values import DesignDocument, ReplicatesDocument
from thangdo.survey.estimation_columns import Columns
from thangdo.survey.replicates import full_weights, jackknife_one, jackknife_stratified, rao_wu_bootstrap
from thangdo.survey.weights_steps import Calibration, Step, Trim, apply_steps, numeric

Floats = npt.NDArray[np.float64]


def replicates_of(
    document: DesignDocument, columns: Columns, stages: Sequence[Stage], weights: Floats, steps: Sequence[Step],
    gathered: Gathered,
) -> Replicates | None:  # fmt: skip
    """The declared replicates after the steps of the weights; None where there are none, or after findings."""
    given = document.replicates
    if given is None:
        return None
    where = Where(columns.file)
    if given.type == "given":
        made = given_replicates(given, columns, weights, gathered)
    elif given.type == "JK1":
        if document.strata:
            gathered.add(Finding("SUR314", where, "JK1"))
            return None
        made = jackknife_one(stages[0])
    elif given.type == "JKn":
        if not document.strata:
            gathered.add(Finding("SUR314", where, "JKn"))
            return None
        made = jackknife_stratified(stages[0], document.lonely_psu)
    else:
        made = rao_wu_bootstrap(stages[0], given.count, given.seed)
    if made is None:
        return None
    if given.scale is not None:
        made = replace(made, scale=given.scale)
    if given.rscales:
        made = replace(made, rscales=np.broadcast_to(np.array(given.rscales), made.rscales.shape).copy())
    made = replace(made, mse=given.mse)
    return _recalibrated(made, weights, steps, columns.file, gathered) if steps else made


def given_replicates(
    given: ReplicatesDocument, columns: Columns, weights: Floats, gathered: Gathered
) -> Replicates | None:
    """Replicate weights from columns, on the scale that is declared or belongs to their kind."""
    names = list(given.columns)
    if given.pattern:
        names = _matching(given.pattern, columns)
        if not names:
            columns.get(given.pattern, gathered)
    made = [numeric(columns, name, gathered, filled=True) for name in names]
    known = [values for values in made if values is not None]
    if len(known) < len(made) or not known:
        return None
    if given.rscales and len(given.rscales) not in {1, len(known)}:
        gathered.add(Finding("SUR311", Where(), f"rscales: {len(given.rscales)}", f"{len(known)}"))
        return None
    if len(known) < 2:  # one replicate varies around itself: every error would be 0
        gathered.add(
            Finding("SUR311", Where(columns.file), f"replicates: {', '.join(names)}", "columns: [rw1, rw2, …]")
        )
        return None
    matrix = np.column_stack(known)
    if not given.combined:
        matrix = matrix * weights[:, None]
    # The scale that belongs to a named kind of replicates, where none is declared.
    count = len(known)
    usual = {
        "JK1": (count - 1) / count,
        "bootstrap": 1 / max(count - 1, 1),
        "BRR": 1 / count,
        "Fay": 1 / (count * (1 - given.rho) ** 2),
        "ACS": 4 / count,
        "successive-difference": 4 / count,
    }
    scale = usual.get(given.declared, 1.0) if given.scale is None else given.scale
    return Replicates(scale, np.ones(len(known)), weights_degrees(matrix), weights=matrix)


def _matching(pattern: str, columns: Columns) -> list[str]:
    """Columns by shell pattern (rw*), regular expression (rw[0-9]+) or beginning (rw), whichever fits first."""
    names = [name for name in columns.columns if fnmatch.fnmatchcase(name, pattern)]
    if not names:
        try:
            names = [name for name in columns.columns if re.fullmatch(pattern, name)]
        except re.error:
            names = []
    return names or [name for name in columns.columns if name.startswith(pattern)]


def _recalibrated(
    made: Replicates, weights: Floats, steps: Sequence[Step], file: str, gathered: Gathered
) -> Replicates:
    """Every replicate goes through the same steps as the weights.

    Their degrees of freedom are counted anew after post-stratification, raking and unbounded linear calibration;
    iterative calibration and trimming leave them as they were. That is what R `survey` 4.1 does
    (`calibrate.svyrep.design` does not touch `degf`), and on its own replicates it is the larger by at most the
    number of totals.
    """
    base = full_weights(made, weights)

    def through(chosen: Sequence[Step]) -> Floats:
        return np.column_stack([apply_steps(base[:, r], chosen, file, gathered).weights for r in range(made.count)])

    adjusted = through(steps)
    counted = max((place + 1 for place, step in enumerate(steps) if _recounts(step)), default=0)
    degrees = made.degrees
    if counted:
        degrees = weights_degrees(adjusted if counted == len(steps) else through(steps[:counted]))
    return replace(made, weights=adjusted, multipliers=None, psu=None, degrees=degrees)


def _recounts(step: Step) -> bool:
    if isinstance(step, Calibration):
        return step.method == "linear" and all(map(math.isinf, step.bounds))
    return not isinstance(step, Trim)

"""The chain of weights: each step made ready from the table, applied to any weights, and logged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np
import numpy.typing as npt

from thangdo.findings import Finding, Gathered, Where
from thangdo.survey.calibration import calibration
from thangdo.survey.design_values import CalibrationTotals, DesignDocument, Margin, Trimming
from thangdo.survey.estimation_columns import Categories, Columns
from thangdo.survey.raking import raking
from thangdo.survey.trimming import trim
from thangdo.survey.weights_residuals import Calibrated, PostStratified, Projection, Raked, orthonormal

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Applied:
    """Weights after a step, the projection it adds to variances, and how the search for them went."""

    weights: Floats
    projection: Projection | None = None
    iterations: int = 0
    misfit: float = 0.0
    converged: bool = True


class Step(Protocol):
    """A step of the chain."""

    @property
    def name(self) -> str: ...
    def apply(self, weights: Floats) -> Applied: ...


@dataclass(frozen=True)
class PostStratification:
    """Weights raised to the population count of each cell."""

    cells: Codes
    totals: Floats
    name: str = "poststrata"

    def apply(self, weights: Floats) -> Applied:
        sums = np.bincount(self.cells, weights, self.totals.size)
        factor = np.divide(self.totals, sums, out=np.zeros_like(sums), where=sums > 0)
        after = weights * factor[self.cells]
        return Applied(after, PostStratified(self.cells, weights, after), 1)


@dataclass(frozen=True)
class Raking:
    """Weights raked to margins."""

    margins: tuple[Codes, ...]
    totals: tuple[Floats, ...]
    name: str = "rake"

    def apply(self, weights: Floats) -> Applied:
        made = raking(weights, self.margins, self.totals)
        return Applied(made.weights, Raked(self.margins, made.weights), made.iterations, made.misfit, made.converged)


@dataclass(frozen=True)
class Calibration:
    """Weights calibrated to totals of auxiliary variables."""

    auxiliaries: Floats
    totals: Floats
    method: str
    bounds: tuple[float, float]
    name: str = "calibrate"

    def apply(self, weights: Floats) -> Applied:
        made = calibration(weights, self.auxiliaries, self.totals, self.method, self.bounds)
        root = np.sqrt(weights)
        projection = Calibrated(orthonormal(self.auxiliaries * root[:, None]), made.factors * root)
        return Applied(weights * made.factors, projection, made.iterations, made.misfit, made.converged)


@dataclass(frozen=True)
class Trim:
    """Weights cut at bounds."""

    rule: Trimming
    name: str = "trim"

    def apply(self, weights: Floats) -> Applied:
        upper = self.rule.upper
        if self.rule.upper_median is not None:
            upper = min(upper, self.rule.upper_median * float(np.median(weights[weights > 0])))
        trimmed, rounds = trim(weights, self.rule.lower, upper, strict=self.rule.strict)
        return Applied(trimmed, None, rounds)


@dataclass(frozen=True, slots=True)
class LoggedStep:
    """What the report says of a step: weights after it, Kish's design effect, the search, totals not hit."""

    name: str
    n: int
    total: float
    smallest: float
    median: float
    largest: float
    deff_weighting: float
    iterations: int
    misfit: float


@dataclass(frozen=True)
class Chain:
    """The result of the steps: weights, projections in their order, the log."""

    weights: Floats
    projections: tuple[Projection, ...] = ()
    log: tuple[LoggedStep, ...] = field(default=())


def logged(name: str, weights: Floats, iterations: int = 0, misfit: float = 0.0) -> LoggedStep:
    """The line of the log for these weights (zero weights left out); Kish 1992, J. Off. Stat. 8, 183–200."""
    active = weights[weights > 0]
    if not active.size:
        return LoggedStep(name, 0, 0.0, 0.0, 0.0, 0.0, 1.0, iterations, misfit)
    deff = active.size * float(active @ active) / float(active.sum()) ** 2
    return LoggedStep(
        name, int(active.size), float(active.sum()), float(active.min()), float(np.median(active)),
        float(active.max()), deff, iterations, misfit,
    )  # fmt: skip


def apply_steps(weights: Floats, steps: Sequence[Step], file: str, gathered: Gathered) -> Chain:
    """The steps one after the other; one that does not converge is a finding (SUR309)."""
    chain = Chain(weights, (), ())
    for step in steps:
        made = step.apply(chain.weights)
        if not made.converged:
            facts = {"step": step.name, "iterations": made.iterations}
            gathered.add(Finding("SUR309", Where(file), f"{made.misfit:.3g}", facts=facts))
        projections = chain.projections if made.projection is None else (*chain.projections, made.projection)
        line = logged(step.name, made.weights, made.iterations, made.misfit)
        chain = replace(chain, weights=made.weights, projections=projections, log=(*chain.log, line))
    return chain


def calibration_steps(document: DesignDocument, columns: Columns, weights: Floats, gathered: Gathered) -> list[Step]:
    """Post-stratification, raking, calibration, trimming, in this order, as far as they are declared."""
    steps: list[Step] = []
    if document.poststrata is not None:
        made = _margin(document.poststrata, "poststrata", columns, weights, gathered)
        if made is not None:
            steps.append(PostStratification(*made))
    if document.rake:
        margins = [_margin(margin, "rake", columns, weights, gathered) for margin in document.rake]
        kept = [margin for margin in margins if margin is not None]
        _same_population(document.rake, columns.file, gathered)
        if len(kept) == len(margins):
            steps.append(Raking(tuple(codes for codes, _ in kept), tuple(totals for _, totals in kept)))
    if document.calibrate is not None:
        calibrated = _calibration(document.calibrate, columns, weights, gathered)
        if calibrated is not None:
            steps.append(calibrated)
    if document.trim is not None:
        steps.append(Trim(document.trim))
    return steps


def _same_population(margins: Sequence[Margin], file: str, gathered: Gathered) -> None:
    sums = [sum(margin.totals.values()) for margin in margins]
    for margin, total in zip(margins[1:], sums[1:], strict=True):
        if abs(total - sums[0]) > 1e-6 * max(sums[0], 1.0):
            facts = {"column": margin.name, "other": margins[0].name}
            gathered.add(Finding("SUR310", Where(file, 0, margin.name), f"{total:g}", f"{sums[0]:g}", facts=facts))


def _margin(
    margin: Margin, step: str, columns: Columns, weights: Floats, gathered: Gathered
) -> tuple[Codes, Floats] | None:
    parts = [columns.filled(name, gathered) for name in margin.by]
    known = [part for part in parts if part is not None]
    if len(known) < len(parts) or not parts or any((part.codes < 0).any() for part in known):
        return None
    codes, labels = joined_categories(known)
    sums = np.bincount(codes, weights, len(labels))
    totals = np.zeros(len(labels))
    where = Where(columns.file, 0, margin.name)
    facts = {"column": margin.name, "step": step}
    for place, label in enumerate(labels):
        if label in margin.totals:
            totals[place] = margin.totals[label]
        if sums[place] > 0 and totals[place] == 0:
            gathered.add(Finding("SUR307", where, ".".join(label), facts=facts))
    present = {label for label, total in zip(labels, sums, strict=True) if total > 0}
    for label, total in margin.totals.items():
        if total > 0 and label not in present:
            gathered.add(Finding("SUR308", where, ".".join(label), f"{total:g}", facts=facts))
    return codes, totals


def joined_categories(parts: Sequence[Categories]) -> tuple[Codes, list[tuple[str, ...]]]:
    """Joint categories that occur among rows where no part is missing; −1 elsewhere.

    The first part varies fastest, as R's `interaction` orders its levels.
    """
    joint = np.zeros(parts[0].codes.size, dtype=np.int64)
    missing = np.zeros(joint.size, dtype=bool)
    for part in reversed(parts):
        joint = joint * len(part.labels) + np.maximum(part.codes, 0)
        missing |= part.codes < 0
    present, place = np.unique(joint[~missing], return_inverse=True)
    codes = np.full(joint.size, -1, dtype=np.int64)
    codes[~missing] = place
    labels = []
    for value in present:
        label, left = [], int(value)
        for part in parts:
            label.append(part.labels[left % len(part.labels)])
            left //= len(part.labels)
        labels.append(tuple(label))
    return codes, labels


def _calibration(given: CalibrationTotals, columns: Columns, weights: Floats, gathered: Gathered) -> Calibration | None:
    made = [_term(term, total, columns, weights, gathered) for term, total in given.totals.items()]
    known = [column for column in made if column is not None]
    if len(known) < len(made) or not known:
        return None
    _contradictions(given, columns, gathered)
    totals = np.array(list(given.totals.values()))
    return Calibration(np.column_stack(known), totals, given.method, (given.lower, given.upper))


def _contradictions(given: CalibrationTotals, columns: Columns, gathered: Gathered) -> None:
    """All categories of a column given, and yet another sum than the intercept's."""
    size = given.totals.get("(Intercept)")
    if size is None:
        return
    for name, column in columns.columns.items():
        if not any(term.startswith(name) for term in given.totals) or column.is_numeric:
            continue
        labels = column.categories.labels
        terms = [f"{name}{label}" for label in labels]
        if all(term in given.totals for term in terms):
            total = sum(given.totals[term] for term in terms)
            if abs(total - size) > 1e-6 * max(size, 1.0):
                facts = {"column": name, "other": "(Intercept)"}
                gathered.add(Finding("SUR310", Where(columns.file, 0, name), f"{total:g}", f"{size:g}", facts=facts))


def _term(term: str, total: float, columns: Columns, weights: Floats, gathered: Gathered) -> Floats | None:
    product = np.ones(columns.rows)
    if term == "(Intercept)":
        return product
    for part in term.split(":") if term not in columns.columns else [term]:
        values = _variable(part, columns, gathered)
        if values is None:
            return None
        product = product * values
    if not (product * weights).any() and total:
        gathered.add(Finding("SUR308", Where(columns.file, 0, term), term, f"{total:g}", facts={"column": term}))
        return None
    return product


def _variable(term: str, columns: Columns, gathered: Gathered) -> Floats | None:
    if term in columns.columns:
        return numeric(columns, term, gathered, filled=True)
    names = sorted((name for name in columns.columns if term.startswith(name)), key=len, reverse=True)
    for name in names:
        categories = columns.columns[name].categories
        label = term[len(name) :].lstrip("=")
        if label in categories.labels:
            filled = columns.filled(name, gathered)
            return None if filled is None else (filled.codes == filled.labels.index(label)).astype(np.float64)
    if names:
        facts = {"column": names[0]}
        gathered.add(Finding("SUR308", Where(columns.file, 0, names[0]), term[len(names[0]) :], "", facts=facts))
    else:
        columns.get(term, gathered)
    return None


def numeric(columns: Columns, name: str, gathered: Gathered, *, filled: bool = False) -> Floats | None:
    """The column as numbers; text that is none is a finding, and so is a gap where `filled` is asked."""
    column = columns.get(name, gathered)
    if column is None:
        return None
    codes, texts = column.factorised
    wrong = np.array([number is None for number in column.numbers_of_labels] + [False])
    bad = np.flatnonzero(wrong[codes])
    for row in bad:
        where = Where(columns.file, int(row) + columns.first_row, name)
        gathered.add(Finding("SUR312", where, texts[codes[row]][:60], facts={"column": name}))
    gaps = np.flatnonzero(codes < 0) if filled else bad[:0]
    for row in gaps:
        gathered.add(Finding("SUR313", Where(columns.file, int(row) + columns.first_row, name), facts={"column": name}))
    return None if bad.size or gaps.size else column.numbers

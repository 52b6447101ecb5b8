"""From the declared design and the table to a design in arrays; all that does not fit is gathered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from thangdo.findings import Finding, Gathered, Where
from thangdo.survey.design import Design, Stage, make_stage
from thangdo.survey.design_replicates import given_replicates, replicates_of
from thangdo.survey.design_values import DesignDocument, NonResponse
from thangdo.survey.estimation_columns import Categories, Columns
from thangdo.survey.linearisation import lonely_groups
from thangdo.survey.nonresponse import class_adjustment, propensity_classes, response_propensity
from thangdo.survey.weights_steps import (
    LoggedStep,
    apply_steps,
    calibration_steps,
    joined_categories,
    logged,
    numeric,
)

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
_ANSWERED = frozenset({"1", "yes", "true", "có", "co", "y"})


@dataclass(frozen=True)
class Weighted:
    """A design ready for estimates, with the log of its weights."""

    design: Design
    log: tuple[LoggedStep, ...]


def build_design(document: DesignDocument, columns: Columns, gathered: Gathered) -> Weighted:
    """The design of `columns` as declared.

    Raises `findings.Refused` with everything gathered when an estimate from it would be wrong.
    """
    given = _given_weights(document, columns, gathered)
    stages = _stages(document, columns, gathered)
    gathered.refuse_errors()
    weights = given if given is not None else _undeclared_weights(document, columns, stages, gathered)
    log = [logged("design", weights)]
    if document.nonresponse is not None:
        weights = _nonresponse(document.nonresponse, columns, weights, gathered)
        gathered.refuse_errors()
        log.append(logged("nonresponse", weights))
    steps = calibration_steps(document, columns, weights, gathered)
    gathered.refuse_errors()
    chain = apply_steps(weights, steps, columns.file, gathered)
    jackknife = document.replicates is not None and document.replicates.type == "JKn" and bool(document.strata)
    if jackknife and document.lonely_psu == "fail":
        _refuse_lonely(document, columns, stages[:1], gathered)
        gathered.refuse_errors()
    replicates = replicates_of(document, columns, stages, weights, steps, gathered)
    if replicates is None and document.lonely_psu == "fail":
        _refuse_lonely(document, columns, stages, gathered)
    gathered.refuse_errors()
    design = Design(chain.weights, stages, document.lonely_psu, chain.projections, replicates, document.level)
    return Weighted(design, (*log, *chain.log))


def _given_weights(document: DesignDocument, columns: Columns, gathered: Gathered) -> Floats | None:
    if document.weights is None:
        return None
    column = columns.get(document.weights, gathered)
    if column is None:
        return None
    weights = column.numbers
    for row in np.flatnonzero(~(weights > 0)):
        where = Where(columns.file, int(row) + columns.first_row, document.weights)
        gathered.add(Finding("SUR301", where, str(column.text[row])))
    return weights


def _undeclared_weights(
    document: DesignDocument, columns: Columns, stages: Sequence[Stage], gathered: Gathered
) -> Floats:
    """The mean of given replicate weights, else what the fractions say, else one each."""
    replicates = document.replicates
    if replicates is not None and replicates.type == "given" and replicates.combined:
        made = given_replicates(replicates, columns, np.ones(columns.rows), gathered)
        if made is not None and made.weights is not None:
            return np.asarray(made.weights.mean(axis=1), dtype=np.float64)
    return _weights_of_fractions(stages, columns.rows)


def _weights_of_fractions(stages: Sequence[Stage], rows: int) -> Floats:
    weights = np.ones(rows)
    for stage in stages:
        if np.isfinite(stage.population).all():
            weights = weights * (stage.population / stage.sampled)[stage.group]
    return weights


def _stages(document: DesignDocument, columns: Columns, gathered: Gathered) -> tuple[Stage, ...]:
    rows = columns.rows
    nothing = Categories(np.zeros(rows, dtype=np.int64), ("",))
    clusters = [columns.filled(name, gathered) for name in document.clusters]
    strata = [columns.filled(name, gathered) for name in document.strata]
    populations, fractions = _populations(document, columns, gathered)
    if any(part is None for part in (*clusters, *strata)) or gathered.has_errors:
        return ()
    each_row = Categories(np.arange(rows, dtype=np.int64), ())
    cluster_parts: list[Categories] = [part for part in clusters if part is not None] or [each_row]
    strata_parts: list[Categories] = [part for part in strata if part is not None]
    if document.clusters and strata_parts and not document.nest:
        _refuse_crossing(document, columns, cluster_parts[0], strata_parts[0], gathered)
    if len(document.clusters) < len(document.fpc):
        # One more population than clusters: the rows themselves are the last stage.
        cluster_parts += [each_row] * (len(document.fpc) - len(cluster_parts))
    made: list[Stage] = []
    for number, cluster in enumerate(cluster_parts):
        stratum = strata_parts[number] if number < len(strata_parts) else nothing
        population = populations[number] if number < len(populations) else None
        stage = make_stage(stratum.codes, cluster.codes, population, made[-1] if made else None, fractions=fractions)
        if population is not None:
            _check_population(stage, stratum, population, number + 1, columns, gathered, fractions=fractions)
        made.append(stage)
        if not np.isfinite(stage.population).all():
            break
    return tuple(made)


def _populations(document: DesignDocument, columns: Columns, gathered: Gathered) -> tuple[list[Floats], bool]:
    """Population per row and stage; counts all, or sampling fractions all (they are told apart by 1)."""
    found: list[Floats] = []
    for name in document.fpc:
        values = numeric(columns, name, gathered, filled=True)
        if values is not None:
            found.append(values)
    if not found:
        return [], False
    everything = np.concatenate(found)
    fractions = bool((everything <= 1).all() and (everything < 1).any())
    wrong = (everything <= 0) if fractions else (everything < 1)
    for place in np.flatnonzero(wrong):
        stage, row = divmod(int(place), columns.rows)
        where = Where(columns.file, row + columns.first_row, document.fpc[stage])
        gathered.add(Finding("SUR304", where, f"{everything[place]:g}"))
    return found, fractions


def _check_population(
    stage: Stage, stratum: Categories, population: Floats, number: int, columns: Columns, gathered: Gathered,
    *, fractions: bool,
) -> None:  # fmt: skip
    first = np.full(stage.sampled.size, -1, dtype=np.int64)
    first[stage.group[::-1]] = np.arange(stage.group.size - 1, -1, -1)
    for group in np.flatnonzero(stage.population < stage.sampled * (1 - 1e-9)):
        row = int(first[group])
        facts = {"stratum": _stratum_name(stratum, row), "stage": number}
        gathered.add(
            Finding(
                "SUR303", Where(columns.file, row + columns.first_row), f"{stage.population[group]:g}",
                f"{stage.sampled[group]:g}", facts=facts,
            )
        )  # fmt: skip
    used = population[first][stage.group]
    varying = np.unique(stage.group[np.abs(used - population) > 1e-9 * np.abs(used)])
    for group in varying[:20]:
        values = np.unique(population[stage.group == group])[:5]
        facts = {"stratum": _stratum_name(stratum, int(first[group])), "stage": number}
        where = Where(columns.file, int(first[group]) + columns.first_row)
        gathered.add(Finding("SUR305", where, ", ".join(f"{v:g}" for v in values), severity="warning", facts=facts))
    if not fractions:
        return


def _stratum_name(stratum: Categories, row: int) -> str:
    return (stratum.labels[stratum.codes[row]] if stratum.labels else "") or "1"


def _refuse_crossing(
    document: DesignDocument, columns: Columns, cluster: Categories, stratum: Categories, gathered: Gathered
) -> None:
    first = np.full(len(cluster.labels), -1, dtype=np.int64)
    first[cluster.codes] = stratum.codes
    crossing = np.flatnonzero(first[cluster.codes] != stratum.codes)
    for code in np.unique(cluster.codes[crossing])[:20]:
        row = int(crossing[cluster.codes[crossing] == code][0])
        where = Where(columns.file, row + columns.first_row, document.clusters[0])
        gathered.add(Finding("SUR306", where, cluster.labels[code]))


def _refuse_lonely(document: DesignDocument, columns: Columns, stages: Sequence[Stage], gathered: Gathered) -> None:
    for number, stage in enumerate(stages, start=1):
        for group in lonely_groups(stage):
            row = int(np.flatnonzero(stage.group == group)[0])
            name = document.strata[number - 1] if number <= len(document.strata) else ""
            label = str(columns.columns[name].text[row]) if name else "1"
            where = Where(columns.file, row + columns.first_row, name)
            gathered.add(Finding("SUR302", where, label, facts={"stratum": label, "stage": number}))


def _nonresponse(given: NonResponse, columns: Columns, weights: Floats, gathered: Gathered) -> Floats:
    answers = columns.filled(given.responded, gathered)
    if answers is None:
        return weights
    responded = np.array([label.lower() in _ANSWERED for label in answers.labels] + [False])[answers.codes]
    labels: list[str]
    if given.classes:
        parts = [columns.filled(name, gathered) for name in given.classes]
        known = [part for part in parts if part is not None]
        if len(known) < len(parts) or gathered.has_errors:
            return weights
        classes, joint = joined_categories(known)
        labels = [".".join(label) for label in joint]
    else:
        covariates = _covariates(given.propensity, columns, gathered)
        if gathered.has_errors:
            return weights
        classes = propensity_classes(response_propensity(weights, responded, covariates), given.groups)
        labels = [str(number + 1) for number in range(int(classes.max()) + 1)]
    adjusted, empty = class_adjustment(weights, responded, classes)
    for code in empty:
        gathered.add(Finding("SUR320", Where(columns.file, 0, ", ".join(given.classes)), labels[code]))
    return adjusted


def _covariates(names: Sequence[str], columns: Columns, gathered: Gathered) -> Floats:
    made: list[Floats] = []
    for name in names:
        column = columns.get(name, gathered)
        if column is None:
            continue
        if column.is_numeric:
            values = numeric(columns, name, gathered, filled=True)
            if values is not None:
                made.append(values)
        else:
            categories = columns.filled(name, gathered)
            if categories is not None:
                made += [(categories.codes == code).astype(float) for code in range(1, len(categories.labels))]
    return np.column_stack(made) if made else np.zeros((columns.rows, 0))

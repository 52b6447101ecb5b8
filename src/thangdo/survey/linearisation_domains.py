"""Means of many items in many domains at once, with linearised errors and design effects.

One pass adds rows up to the cells (cluster, domain) that occur; everything after works on cells. The result
is the same as `estimation.means` domain by domain (a test holds them together); this way costs rows × items
once, not rows × items × domains.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from thangdo.survey.design import Design, Stage
from thangdo.survey.linearisation import group_scale

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]

# Rows squared at a time: enough to be quick, few enough to stay small beside the input.
_BLOCK = 65_536


@dataclass(frozen=True)
class DomainMeans:
    """Domains by items: estimates, standard errors, design effects (without replacement), answers."""

    estimates: Floats
    errors: Floats
    deff: Floats
    n: Floats


@dataclass(frozen=True)
class _Cells:
    """Pairs of a cluster and a domain that occur; `of_row` is −1 outside every domain."""

    of_row: Codes
    cluster: Codes
    domain: Codes


def goes_in_one_pass(design: Design) -> bool:
    """Uncalibrated, no replicates, and any stage below the first draws the rows themselves."""
    if design.projections or design.replicates is not None or len(design.stages) > 2:
        return False
    return len(design.stages) == 1 or design.stages[1].group_of_cluster.size == design.rows


def domain_means(design: Design, values: Floats, domains: Codes, count: int) -> DomainMeans:
    """Means of the columns of `values` (NaN: no answer) in domains 0…`count` − 1 (−1: in none).

    Only for designs for which `goes_in_one_pass` holds; a `ValueError` otherwise.
    """
    if not goes_in_one_pass(design):
        raise ValueError("calibrated, replicated and three-stage designs go domain by domain")
    weights = np.where(domains >= 0, design.weights, 0.0)
    first = design.stages[0]
    cells = _cells(first, domains, count)
    gaps = bool(np.isnan(values.sum()))
    known = ~np.isnan(values) if gaps else None
    filled = np.where(known, values, 0.0) if known is not None else np.ascontiguousarray(values, dtype=np.float64)
    centre = filled.mean(axis=0) if known is None else filled.sum(axis=0) / np.maximum(known.sum(axis=0), 1)

    sums = _sums(cells.of_row, weights, filled, cells.cluster.size)
    sizes = _sizes(cells.of_row, weights, known, cells.cluster.size)
    domain_sums, domain_sizes = _by(cells.domain, sums, count), _by(cells.domain, sizes, count)
    answers = _sizes(np.where(domains >= 0, domains, 0), (weights > 0).astype(float), known, count)
    with np.errstate(invalid="ignore", divide="ignore"):
        means = domain_sums / domain_sizes
        scores = (sums - means[cells.domain] * sizes) / domain_sizes[cells.domain]
        variances = _first_stage(design, first, cells, np.nan_to_num(scores), count)
        if len(design.stages) == 2:
            variances += _second_stage(
                design, cells, np.nan_to_num(scores), means, domain_sizes, weights, filled, known, centre, count
            )
        squares = _squares(np.where(domains >= 0, domains, 0), weights, filled, known, centre, count)
        spread = squares / domain_sizes - (means - centre) ** 2
        simple = spread * answers / (answers - 1) * (domain_sizes - answers) / (domain_sizes * answers)
        deff = np.where((simple > 0) & (spread > 1e-14 * means**2), variances / simple, math.nan)
    shape = means.shape
    return DomainMeans(
        means, np.sqrt(np.maximum(variances, 0)), deff, np.broadcast_to(answers, shape).astype(np.float64)
    )


def _cells(stage: Stage, domains: Codes, count: int) -> _Cells:
    joint = np.where(domains >= 0, stage.cluster * count + domains, -1)
    limit = stage.group_of_cluster.size * count
    if limit <= max(4 * joint.size, 4_000_000):
        seen = np.zeros(limit + 1, dtype=bool)
        seen[joint] = True
        present = np.flatnonzero(seen[:limit])
        place = np.full(limit + 1, -1, dtype=np.int64)
        place[present] = np.arange(present.size)
        of_row = place[joint]
    else:
        kept = np.flatnonzero(joint >= 0)
        present, inverse = np.unique(joint[kept], return_inverse=True)
        of_row = np.full(joint.size, -1, dtype=np.int64)
        of_row[kept] = inverse
    cluster, domain = np.divmod(present, count)
    return _Cells(np.maximum(of_row, 0), cluster, domain)


def _sums(cells: Codes, weights: Floats, values: Floats, count: int) -> Floats:
    """Σ weight · value by cell. A sparse matrix with one entry a row adds whole rows of items at a time."""
    adder = sparse.csc_matrix((weights, cells, np.arange(cells.size + 1)), shape=(count, cells.size), copy=False)
    return np.asarray(adder @ values)


def _sizes(cells: Codes, weights: Floats, known: npt.NDArray[np.bool_] | None, count: int) -> Floats:
    """Σ weight by cell of those who answered; one column for all items where everybody did."""
    if known is None:
        return np.asarray(np.bincount(cells, weights, count)[:, None], dtype=np.float64)
    columns = [np.bincount(cells, weights * known[:, k], count) for k in range(known.shape[1])]
    return np.asarray(np.column_stack(columns), dtype=np.float64)


def _squares(
    cells: Codes, weights: Floats, values: Floats, known: npt.NDArray[np.bool_] | None, centre: Floats, count: int
) -> Floats:
    found = np.zeros((count, values.shape[1]))
    for start in range(0, values.shape[0], _BLOCK):
        block = slice(start, start + _BLOCK)
        shifted = values[block] - centre
        if known is not None:
            shifted *= known[block]
        np.square(shifted, out=shifted)
        found += _sums(cells[block], weights[block], shifted, count)
    return found


def _by(codes: Codes, values: Floats, count: int) -> Floats:
    return _sums(codes, np.ones(codes.size), values, count)


def _first_stage(design: Design, stage: Stage, cells: _Cells, scores: Floats, count: int) -> Floats:
    """Σ over strata of scale · Σ (total − mean)²; clusters without a row of the domain are zeros."""
    group = stage.group_of_cluster[cells.cluster]
    present, place = np.unique(group * count + cells.domain, return_inverse=True)
    groups, domain = np.divmod(present, count)
    sampled = stage.sampled[groups]
    seen = np.bincount(place, minlength=present.size).astype(np.float64)
    means = _by(place, scores, present.size) / sampled[:, None]
    if design.lonely_psu == "adjust":
        means[sampled == 1] = 0.0
    deviations = scores - means[place]
    np.square(deviations, out=deviations)
    within = _by(place, deviations, present.size) + (sampled - seen)[:, None] * means**2
    return _sums(domain, _scale(design, stage, groups, domain, count), within, count)


def _scale(design: Design, stage: Stage, groups: Codes, domain: Codes, count: int) -> Floats:
    if design.lonely_psu != "average":
        return group_scale(design, stage, np.arange(stage.sampled.size))[groups]
    scale = np.zeros(groups.size)
    for code in range(count):
        inside = domain == code
        scale[inside] = group_scale(design, stage, groups[inside])
    return scale


def _second_stage(
    design: Design, cells: _Cells, scores: Floats, means: Floats, domain_sizes: Floats, weights: Floats,
    values: Floats, known: npt.NDArray[np.bool_] | None, centre: Floats, count: int,
) -> Floats:  # fmt: skip
    """Rows drawn within clusters: Σ scale · (Σ score² − (Σ score)²/n), from sums of w²x² and w²x by cell."""
    stage = design.stages[1]
    if stage.sampled.size != design.stages[0].group_of_cluster.size or design.lonely_psu == "average":
        raise ValueError("strata at the second stage and lonely_psu: average go domain by domain")
    of_cluster = np.zeros(design.stages[0].group_of_cluster.size, dtype=np.int64)
    of_cluster[stage.parent] = np.arange(stage.sampled.size)
    group = of_cluster[cells.cluster]
    squared = weights**2
    square = np.zeros((cells.cluster.size, values.shape[1]))
    linear = np.zeros_like(square)
    # Blocks as large as a few cells' matrices: each block pays for one pass over the cells.
    step = max(_BLOCK, 4 * cells.cluster.size)
    for start in range(0, values.shape[0], step):
        block = slice(start, start + step)
        shifted = values[block] - centre
        if known is not None:
            shifted *= known[block]
        linear += _sums(cells.of_row[block], squared[block], shifted, cells.cluster.size)
        np.square(shifted, out=shifted)
        square += _sums(cells.of_row[block], squared[block], shifted, cells.cluster.size)
    size = _sizes(cells.of_row, squared, known, cells.cluster.size)
    off = (means - centre)[cells.domain]
    inner = np.nan_to_num((square - 2 * off * linear + off**2 * size) / domain_sizes[cells.domain] ** 2)
    sampled = stage.sampled[group][:, None]
    scale = group_scale(design, stage, np.arange(stage.sampled.size))[group]
    if design.lonely_psu == "adjust":
        within = inner - np.where(sampled > 1, scores**2 / sampled, 0.0)
    else:
        within = inner - scores**2 / sampled
    return _sums(cells.domain, scale, np.maximum(within, 0.0), count)

"""Means of many items in many domains at once, with linearised errors and design effects.

One pass adds rows up to the cells (cluster, domain) that occur; everything after works on cells. The result
is the same as `estimation.means` domain by domain (a test holds them together); this way costs rows × items
once, not rows × items × domains.
"""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

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
    sums = np.ones(values.shape[0]) @ values
    known = ~np.isnan(values) if bool(np.isnan(sums).any()) else None
    filled = np.ascontiguousarray(values, dtype=np.float64) if known is None else np.where(known, values, 0.0)
    # A point near every mean: squares around it lose no digits.
    centre = sums / values.shape[0] if known is None else filled.sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    cells = _cells(design.stages[0], domains, count)
    added = _added(cells, np.where(domains >= 0, domains, 0), count, weights, filled, known, centre, len(design.stages))
    answers = _sizes(np.where(domains >= 0, domains, 0), (weights > 0).astype(float), known, count)
    sizes = _by(cells.domain, added.size, count)
    with np.errstate(invalid="ignore", divide="ignore"):
        means = _by(cells.domain, added.linear, count) / sizes
        scores = means[cells.domain]
        scores *= -added.size
        scores += added.linear
        scores /= sizes[cells.domain]
        _zero_where_nobody_answered(scores)
        variances = _first_stage(design, design.stages[0], cells, scores, count)
        if len(design.stages) == 2:
            variances += _second_stage(design, cells, scores, means - centre, sizes, added, count)
        spread = added.domain_squares / sizes - (means - centre) ** 2
        simple = spread * answers / (answers - 1) * (sizes - answers) / (sizes * answers)
        deff = np.where((simple > 0) & (spread > 1e-14 * means**2), variances / simple, math.nan)
    shape = means.shape
    return DomainMeans(
        means, np.sqrt(np.maximum(variances, 0)), deff, np.broadcast_to(answers, shape).astype(np.float64)
    )


@dataclass(frozen=True)
class _Added:
    """Rows added up. By cell: Σ w, Σ w x, and where rows are a stage of their own Σ w², Σ w² (x − c), Σ w² (x − c)²
    around the centre c. By domain: Σ w (x − c)²."""

    size: Floats
    linear: Floats
    domain_squares: Floats
    square_of_squares: Floats
    size_of_squares: Floats = field(default_factory=lambda: np.zeros((0, 0)))
    linear_of_squares: Floats = field(default_factory=lambda: np.zeros((0, 0)))


def _added(
    cells: _Cells, domains: Codes, count: int, weights: Floats, values: Floats, known: npt.NDArray[np.bool_] | None,
    centre: Floats, stages: int,
) -> _Added:  # fmt: skip
    limit, squared = cells.cluster.size, weights**2
    size = _sizes(cells.of_row, weights, known, limit)
    # The three passes over the rows have nothing in common; each lets go of the interpreter while it adds.
    with ThreadPoolExecutor(3) as pool:
        linear = pool.submit(_sums, cells.of_row, weights, values, limit)
        squares = pool.submit(_squares, cells, domains, count, weights, squared, values, known, centre, stages)
        if stages == 1:
            return _Added(size, linear.result(), *squares.result())
        of_size = _sizes(cells.of_row, squared, known, limit)
        of_linear = pool.submit(_sums, cells.of_row, squared, values, limit).result() - centre * of_size
        by_domain, of_square = squares.result()
        return _Added(size, linear.result(), by_domain, of_square, of_size, of_linear)


def _squares(
    cells: _Cells, domains: Codes, count: int, weights: Floats, squared: Floats, values: Floats,
    known: npt.NDArray[np.bool_] | None, centre: Floats, stages: int,
) -> tuple[Floats, Floats]:  # fmt: skip
    """Squared distances from the centre: by domain with the weights, by cell with their squares."""
    limit = cells.cluster.size if stages == 2 else 0
    by_domain, by_cell = np.zeros((count, values.shape[1])), np.zeros((limit, values.shape[1]))
    # Blocks as large as a few cells' matrices: each block pays for one pass over the cells.
    step = max(_BLOCK, 3 * limit)
    buffer = np.empty((min(step, values.shape[0]), values.shape[1]))
    for start in range(0, values.shape[0], step):
        block = slice(start, min(start + step, values.shape[0]))
        distances = np.subtract(values[block], centre, out=buffer[: block.stop - start])
        if known is not None:
            distances *= known[block]
        np.square(distances, out=distances)
        by_domain += _sums(domains[block], weights[block], distances, count)
        if stages == 2:
            by_cell += _sums(cells.of_row[block], squared[block], distances, limit)
    return by_domain, by_cell


def _zero_where_nobody_answered(scores: Floats) -> None:
    scores[~np.isfinite(scores)] = 0.0


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
    design: Design, cells: _Cells, scores: Floats, off_centre: Floats, sizes: Floats, added: _Added, count: int
) -> Floats:
    """Rows drawn within clusters: Σ scale · (Σ score² − (Σ score)²/n), from sums of w² and w² times distances."""
    stage = design.stages[1]
    if stage.sampled.size != design.stages[0].group_of_cluster.size or design.lonely_psu == "average":
        raise ValueError("strata at the second stage and lonely_psu: average go domain by domain")
    of_cluster = np.zeros(design.stages[0].group_of_cluster.size, dtype=np.int64)
    of_cluster[stage.parent] = np.arange(stage.sampled.size)
    group = of_cluster[cells.cluster]
    off = off_centre[cells.domain]
    inner = off * added.size_of_squares
    inner -= added.linear_of_squares
    inner -= added.linear_of_squares
    inner *= off
    inner += added.square_of_squares
    inner /= (sizes**2)[cells.domain]
    _zero_where_nobody_answered(inner)
    sampled = stage.sampled[group][:, None]
    between = np.square(scores, out=off)
    between /= sampled
    if design.lonely_psu == "adjust":
        between[sampled[:, 0] == 1] = 0.0
    inner -= between
    scale = group_scale(design, stage, np.arange(stage.sampled.size))[group]
    return _sums(cells.domain, scale, np.maximum(inner, 0.0, out=inner), count)

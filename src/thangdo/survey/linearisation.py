"""The variance of a total of linearised variables under a multi-stage design.

Taylor linearisation (Binder 1983, Int. Stat. Review 51, 279–292); the stages add up as in Särndal, Swensson
and Wretman (1992), section 4.3, each stage's part scaled by the sampling fractions above it. Without a
finite population correction the first stage alone carries the variance ("ultimate cluster").
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import sparse

from thangdo.survey.design import Design, Stage

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]

# A stratum taken whole has no sampling error; below this fraction left out it counts as taken whole.
TAKEN_WHOLE = 1e-7


def covariance(design: Design, scores: Floats, rows: Codes | None = None) -> Floats:
    """Covariance matrix of the column sums of `scores` (rows by estimates, weights included).

    `rows` says which rows of the design the scores belong to (a domain); strata and clusters without such
    a row count as zeros. The projections of calibrated weights need scores of all rows.
    """
    left = scores
    for projection in design.projections:
        left = projection.residual(left)
    found = np.zeros((scores.shape[1], scores.shape[1]))
    for stage in design.stages:
        spread = stage_deviations(design, stage, left, rows)
        found += spread.T @ spread
    return found


def stage_deviations(design: Design, stage: Stage, scores: Floats, rows: Codes | None = None) -> Floats:
    """Scaled deviations of cluster totals from their stratum's mean: their cross-product is the stage's part."""
    clusters = stage.cluster if rows is None else stage.cluster[rows]
    present, place = _present(clusters, stage.group_of_cluster.size)
    adder = sparse.csc_matrix(
        (np.ones(place.size), place, np.arange(place.size + 1)), shape=(present.size, place.size), copy=False
    )
    totals = np.asarray(adder @ scores)
    group_codes = stage.group_of_cluster[present]
    groups, group = _present(group_codes, stage.sampled.size)
    sampled = stage.sampled[groups]
    counted = np.bincount(group, minlength=groups.size).astype(np.float64)
    grouper = sparse.csc_matrix(
        (np.ones(group.size), group, np.arange(group.size + 1)), shape=(groups.size, group.size), copy=False
    )
    means = np.asarray(grouper @ totals) / sampled[:, None]
    alone = sampled == 1
    if design.lonely_psu == "adjust":
        means[alone] = 0.0
    scale = group_scale(design, stage, groups)
    root = np.sqrt(scale)
    # Clusters of the stratum without a row here are zeros; each deviates by the mean.
    unseen = np.sqrt(scale * (sampled - counted))[:, None] * means
    return np.vstack([(totals - means[group]) * root[group][:, None], unseen[(sampled > counted)]])


def group_scale(design: Design, stage: Stage, groups: Codes) -> Floats:
    """(1 − n/N) · n/(n − 1) · reach per group, after the rule for lonely PSUs."""
    sampled = stage.sampled[groups]
    left_out = stage.correction[groups]
    scale = np.where(sampled > 1, left_out * sampled / np.maximum(sampled - 1, 1), left_out)
    scale = np.where(left_out < TAKEN_WHOLE, 0.0, scale)
    lonely = (sampled == 1) & (left_out >= TAKEN_WHOLE)
    if design.lonely_psu == "average" and lonely.any():
        parents = stage.parent[groups]
        everyone = np.bincount(parents)
        counted = np.bincount(parents, ~lonely, everyone.size)
        # Where every stratum is lonely there is nothing to take the average of.
        raised = np.divide(everyone, counted, out=np.full(everyone.size, np.nan), where=counted > 0)
        scale = np.where(lonely & (counted[parents] > 0), 0.0, scale * raised[parents])
    elif design.lonely_psu != "adjust":
        scale = np.where(lonely, 0.0, scale)
    return np.asarray(scale * stage.reach[groups], dtype=np.float64)


def lonely_groups(stage: Stage) -> Codes:
    """Groups with one sampled unit that were not taken whole and that carry variance."""
    lonely = (stage.sampled == 1) & (stage.correction >= TAKEN_WHOLE) & (stage.reach > 0)
    return np.flatnonzero(lonely)


def _present(codes: Codes, count: int) -> tuple[Codes, Codes]:
    seen = np.zeros(count, dtype=bool)
    seen[codes] = True
    present = np.flatnonzero(seen)
    place = np.cumsum(seen) - 1
    return present, place[codes]

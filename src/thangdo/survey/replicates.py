"""Replicate weights: jackknife and Rao–Wu bootstrap from PSUs, and the variance they give."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import sparse

from thangdo.survey.design import Replicates, Stage, replicate_degrees
from thangdo.survey.linearisation import TAKEN_WHOLE

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]


def jackknife_one(stage: Stage) -> Replicates:
    """JK1: each PSU left out once, the others raised by n/(n − 1); the scale carries 1 − n/N."""
    count = stage.group_of_cluster.size
    multipliers = np.full((count, count), count / (count - 1))
    np.fill_diagonal(multipliers, 0.0)
    scale = (count - 1) / count * float(stage.correction[0])
    return Replicates(scale, np.ones(count), replicate_degrees(multipliers), multipliers, stage.cluster, name="JK1")


def jackknife_stratified(stage: Stage, lonely_psu: str = "fail") -> Replicates:
    """JKn: each PSU left out once, the others of its stratum raised by n_h/(n_h − 1).

    A stratum with one PSU makes no replicate, except under `adjust`, where it is left out as a whole.
    """
    count, strata = stage.group_of_cluster.size, stage.sampled.size
    columns: list[Floats] = []
    scales: list[float] = []
    for stratum in range(strata):
        members = np.flatnonzero(stage.group_of_cluster == stratum)
        left_out = float(stage.correction[stratum])
        if members.size == 1:
            if lonely_psu == "adjust" and left_out >= TAKEN_WHOLE and strata > 1:
                columns.append(np.where(stage.group_of_cluster == stratum, 0.0, strata / (strata - 1)))
                scales.append((strata - 1) / strata)
            continue
        for member in members:
            column = np.ones(count)
            column[members] = members.size / (members.size - 1)
            column[member] = 0.0
            columns.append(column)
            scales.append(left_out * (members.size - 1) / members.size)
    multipliers = np.column_stack(columns) if columns else np.zeros((count, 0))
    scale = count / len(columns) if lonely_psu == "average" and columns else 1.0
    degrees = replicate_degrees(multipliers)
    return Replicates(scale, np.array(scales), degrees, multipliers, stage.cluster, name="JKn")


def rao_wu_bootstrap(stage: Stage, count: int, seed: int) -> Replicates:
    """Rao–Wu bootstrap: n_h − 1 PSUs drawn with replacement in each stratum, rescaled by n_h/(n_h − 1).

    Rao and Wu (1988), JASA 83, 231–241. No finite population correction; the variance divides by count − 1.
    """
    stream = np.random.default_rng(seed)
    multipliers = np.ones((stage.group_of_cluster.size, count))
    order = np.argsort(stage.group_of_cluster, kind="stable")
    ends = np.cumsum(stage.sampled.astype(np.int64))
    for start, end in zip(np.r_[0, ends[:-1]], ends, strict=True):
        size = int(end - start)
        if size < 2:
            continue
        drawn = stream.multinomial(size - 1, np.full(size, 1 / size), size=count)
        multipliers[order[start:end]] = drawn.T * (size / (size - 1))
    degrees = min(int(stage.group_of_cluster.size - stage.sampled.size), count - 1)
    return Replicates(1 / (count - 1), np.ones(count), degrees, multipliers, stage.cluster, name="bootstrap")


def replicate_totals(replicates: Replicates, weights: Floats, values: Floats, rows: Codes | None = None) -> Floats:
    """Weighted totals of the columns of `values` under every replicate: replicates by columns.

    With PSU multipliers the rows are first added up to PSUs, so a replicate costs PSUs, not rows.
    """
    if replicates.weights is not None:
        chosen = replicates.weights if rows is None else replicates.weights[rows]
        return np.asarray(chosen.T @ values)
    if replicates.multipliers is None or replicates.psu is None:
        raise ValueError("replicates hold neither weights nor multipliers")
    psu = replicates.psu if rows is None else replicates.psu[rows]
    base = weights if rows is None else weights[rows]
    adder = sparse.csc_matrix(
        (base, psu, np.arange(psu.size + 1)), shape=(replicates.multipliers.shape[0], psu.size), copy=False
    )
    return np.asarray(replicates.multipliers.T @ np.asarray(adder @ values))


def full_weights(replicates: Replicates, weights: Floats) -> Floats:
    """Replicate weights as rows by replicates."""
    if replicates.weights is not None:
        return replicates.weights
    if replicates.multipliers is None or replicates.psu is None:
        raise ValueError("replicates hold neither weights nor multipliers")
    return np.asarray(replicates.multipliers[replicates.psu] * weights[:, None])


def replicate_ratios(totals: Floats) -> Floats:
    """All columns but the last over the last; NaN in a replicate without weight there."""
    below = totals[:, -1:]
    return np.divide(
        totals[:, :-1], below, out=np.full((totals.shape[0], totals.shape[1] - 1), np.nan), where=below != 0
    )


def replicate_covariance(replicates: Replicates, thetas: Floats, estimates: Floats) -> Floats:
    """Covariance of estimates from their replicates (`thetas`, replicates by estimates).

    Deviations are from the replicates' mean, or with `mse` from the estimates. A replicate that leaves out
    everybody who answered has no estimate (NaN) and is left out of that estimate's sum, as R leaves it out.
    """
    rscales, there = replicates.rscales, np.isfinite(thetas)
    counted = there & (rscales > 0)[:, None]
    sums = np.where(counted, thetas, 0.0).sum(axis=0)
    means = np.divide(sums, counted.sum(axis=0), out=np.full(sums.size, np.nan), where=counted.any(axis=0))
    centre = estimates if replicates.mse else means
    spread = np.where(there, thetas - centre, 0.0) * np.sqrt(rscales)[:, None]
    spread[:, ~there.any(axis=0)] = np.nan
    return np.asarray(spread.T @ spread * replicates.scale)

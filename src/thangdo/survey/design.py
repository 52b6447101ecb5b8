"""A survey design in arrays: stages of clusters within strata, populations, weights, replicates."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from thangdo.survey.weights_residuals import Projection

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Stage:
    """One stage of selection.

    A `group` is a stratum within its parent cluster. `group` and `cluster` hold codes per row;
    `group_of_cluster` the group of each cluster; `sampled` and `population` counts per group (population
    infinite without a correction); `reach` per group the product of n/N over the stages above; `parent` per
    group the parent cluster (0 at the first stage).
    """

    group: Codes
    cluster: Codes
    group_of_cluster: Codes
    sampled: Floats
    population: Floats
    reach: Floats
    parent: Codes

    @property
    def correction(self) -> Floats:
        """1 − n/N per group."""
        return np.asarray(1 - self.sampled / self.population, dtype=np.float64)


@dataclass(frozen=True)
class Replicates:
    """Replicate weights: `multipliers` (PSU by replicate) on the weights, or `weights` (row by replicate)."""

    scale: float
    rscales: Floats
    degrees: int
    multipliers: Floats | None = None
    psu: Codes | None = None
    weights: Floats | None = None
    mse: bool = False
    name: str = "given"

    @property
    def count(self) -> int:
        return int(self.rscales.size)


@dataclass(frozen=True)
class Design:
    """What an estimate needs to know of how the data came about. Rows are those of the table."""

    weights: Floats
    stages: tuple[Stage, ...]
    lonely_psu: str = "fail"
    projections: tuple[Projection, ...] = field(default=())
    replicates: Replicates | None = None
    level: float = 0.95

    @property
    def rows(self) -> int:
        return int(self.weights.size)

    def degrees(self, rows: Codes | None = None) -> int:
        """Degrees of freedom: PSUs minus strata (of `rows`), or the rank of the replicates minus one."""
        if self.replicates is not None:
            return self.replicates.degrees if rows is None else self._replicate_degrees(rows)
        first = self.stages[0]
        active = self.weights > 0
        chosen = np.flatnonzero(active) if rows is None else rows[active[rows]]
        psus = np.zeros(first.group_of_cluster.size, dtype=bool)
        psus[first.cluster[chosen]] = True
        strata = np.zeros(first.sampled.size, dtype=bool)
        strata[first.group[chosen]] = True
        return int(psus.sum() - strata.sum())

    def _replicate_degrees(self, rows: Codes) -> int:
        made = self.replicates
        if made is None or rows.size == self.rows:
            return 0 if made is None else made.degrees
        if made.multipliers is not None and made.psu is not None:
            return replicate_degrees(made.multipliers[np.unique(made.psu[rows])])
        return 0 if made.weights is None else weights_degrees(made.weights[rows])


def replicate_degrees(matrix: Floats) -> int:
    """Rank of the replicate weights minus one (Rust and Rao 1996, Stat. Methods Med. Res. 5, 283–310)."""
    if not matrix.size:
        return 0
    gram = matrix @ matrix.T if matrix.shape[0] < matrix.shape[1] else matrix.T @ matrix
    singular = np.sqrt(np.clip(np.linalg.eigvalsh(gram), 0, None))
    return int((singular > 1e-5 * singular[-1]).sum()) - 1


def weights_degrees(weights: Floats, tolerance: float = 1e-5) -> int:
    """The same from replicate weights by row, with the rank R's `qr(…, tol = 1e-5)` finds.

    Column by column: one whose part outside those before it is below `tolerance` of its length adds nothing.
    """
    triangle = np.asarray(np.linalg.qr(weights, mode="r"), dtype=np.float64)
    basis, rank = np.zeros(triangle.shape), 0
    lengths = np.linalg.norm(triangle, axis=0)
    for column, length in zip(triangle.T, lengths, strict=True):
        left = column
        for _ in range(2):  # once more for what rounding left in
            left = left - basis[:, :rank] @ (basis[:, :rank].T @ left)
        remaining = float(np.linalg.norm(left))
        if remaining > tolerance * length and rank < triangle.shape[0]:
            basis[:, rank] = left / remaining
            rank += 1
    return rank - 1


def make_stage(
    strata: Codes, clusters: Codes, population: Floats | None, parent: Stage | None, *, fractions: bool = False
) -> Stage:
    """A stage from codes per row (clusters unique within their parent), and populations per row.

    `fractions`: the populations are sampling fractions. The first row of a group gives its population.
    """
    rows = strata.size
    above = parent.cluster if parent is not None else np.zeros(rows, dtype=np.int64)
    group, first_of_group = _compact(above, strata)
    cluster, first_of_cluster = _compact(group, clusters)
    group_of_cluster = group[first_of_cluster]
    sampled = np.bincount(group_of_cluster, minlength=first_of_group.size).astype(np.float64)
    counts = np.full(first_of_group.size, np.inf)
    if population is not None:
        counts = population[first_of_group].astype(np.float64)
        if fractions:
            counts = sampled / counts
    reach = np.ones(first_of_group.size)
    parents = above[first_of_group]
    if parent is not None:
        owner = parent.group_of_cluster[parents]
        reach = (parent.reach * parent.sampled / parent.population)[owner]
    return Stage(group, cluster, group_of_cluster, sampled, counts, reach, parents)


def _compact(outer: Codes, inner: Codes) -> tuple[Codes, Codes]:
    """Codes 0… of the pairs that occur, and the first row of each."""
    joint = outer * (int(inner.max(initial=0)) + 1) + inner
    limit = int(joint.max(initial=0)) + 1
    if limit <= max(4 * joint.size, 1_000_000):
        first = np.full(limit, -1, dtype=np.int64)
        first[joint[::-1]] = np.arange(joint.size - 1, -1, -1)
        present = np.flatnonzero(first >= 0)
        place = np.empty(limit, dtype=np.int64)
        place[present] = np.arange(present.size)
        return place[joint], first[present]
    _, first, codes = np.unique(joint, return_index=True, return_inverse=True)
    return codes.astype(np.int64), first.astype(np.int64)

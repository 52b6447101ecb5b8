"""Index rules: from answers on a scale to the number an index prints. Every rule is named and cited."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class IndexRule:
    """A rule turns answers (a Likert code per row and item, NaN where none) into scores; means of scores are
    the index. `top` is the highest score; `shares` says the index is a share 0–1."""

    code: str
    name_vi: str
    name_en: str
    function: Callable[[Floats, int], Floats]
    top: float
    shares: bool
    source_vi: str
    source_en: str


def satisfied_share(answers: Floats, points: int) -> Floats:
    """1 for the two highest answers (4 and 5 of 5; 3 and 4 of 4), 0 for the others."""
    return np.where(np.isnan(answers), np.nan, (answers >= points - 1).astype(np.float64))


def mean_rescaled(answers: Floats, points: int) -> Floats:
    """Answer over the highest answer."""
    return np.asarray(answers / points, dtype=np.float64)


def hundred_seventy_five(answers: Floats, points: int) -> Floats:
    """Equal steps from 100 down to 0: on five points 100/75/50/25/0."""
    return np.asarray(100 * (answers - 1) / (points - 1), dtype=np.float64)


def hundred_sixty_twenty(answers: Floats, points: int) -> Floats:
    """Letters A to D, coded 4 down to 1, at 100/60/20/0."""
    if points != 4:
        raise ValueError("the scale 100/60/20/0 has four answers")
    steps = np.array([0.0, 20.0, 60.0, 100.0, np.nan])
    codes = np.where(np.isnan(answers), 5, answers).astype(np.int64) - 1
    return np.asarray(steps[codes])


RULES = {
    rule.code: rule
    for rule in (
        IndexRule(
            "satisfied_share", "Tỷ lệ hài lòng (mức 4–5)", "Share of satisfied answers (4–5)", satisfied_share, 1.0,
            True, "Bộ Y tế, công thức tỷ lệ hài lòng (mức 4–5); cách công bố SIPAS theo Quyết định 2640/QĐ-BNV",
            "Ministry of Health, share of satisfied answers (4–5); SIPAS as published under Decision 2640/QĐ-BNV",
        ),
        IndexRule(
            "mean_rescaled", "Điểm trung bình / mức cao nhất", "Mean over the highest answer", mean_rescaled, 1.0,
            False, "Quyết định 2640/QĐ-BNV (2017), cách tính thay thế; công thức gốc chưa công bố",
            "Decision 2640/QĐ-BNV (2017), an alternative reading; the original formula is not public",
        ),
        IndexRule(
            "scale_100_75_50_25_0", "Thang 100/75/50/25/0", "Scale 100/75/50/25/0", hundred_seventy_five, 100.0,
            False, "Phiếu khảo sát cấp xã, chương trình khảo sát Hàm Thuận (mã nguồn mở)",
            "Commune questionnaire, the survey program of Hàm Thuận (open source)",
        ),
        IndexRule(
            "scale_100_60_20_0", "Thang 100/60/20/0", "Scale 100/60/20/0", hundred_sixty_twenty, 100.0,
            False, "Khảo sát CCHC tỉnh Yên Bái: A 100 %, B 60 %, C 20 %, D 0",
            "Reform survey of Yên Bái province: A 100%, B 60%, C 20%, D 0",
        ),
    )
}  # fmt: skip


def items_pooled(scores: Floats) -> tuple[Floats, Floats]:
    """Every answer counts alike: numerator and denominator per person of a ratio over all items."""
    known = ~np.isnan(scores)
    return np.where(known, scores, 0.0).sum(axis=1), known.sum(axis=1).astype(np.float64)


def factors_averaged(scores: Floats, factor_of_item: npt.NDArray[np.int64]) -> Floats:
    """Every factor counts alike: a person's mean of the means of the factors they answered (NaN if none)."""
    means = factor_scores(scores, factor_of_item)
    known = ~np.isnan(means)
    total = np.where(known, means, 0.0).sum(axis=1)
    means = np.divide(total, known.sum(axis=1), out=np.full(total.size, np.nan), where=known.any(axis=1))
    return np.asarray(means, dtype=np.float64)


def factor_scores(scores: Floats, factor_of_item: npt.NDArray[np.int64]) -> Floats:
    """Persons by factors: the mean of a factor's answered items."""
    columns = []
    for factor in range(int(factor_of_item.max()) + 1):
        total, count = items_pooled(scores[:, factor_of_item == factor])
        columns.append(np.divide(total, count, out=np.full(total.size, np.nan), where=count > 0))
    return np.column_stack(columns)


def cronbach_alpha(scores: Floats, weights: Floats) -> float:
    """Cronbach's α of items over complete rows, weighted (Cronbach 1951, Psychometrika 16, 297–334).

    NaN with fewer than two items or no spread.
    """
    complete = ~np.isnan(scores).any(axis=1)
    items = scores.shape[1]
    if items < 2 or complete.sum() < 2:
        return float("nan")
    matrix = np.cov(scores[complete].T, aweights=weights[complete])
    total = float(matrix.sum())
    return items / (items - 1) * (1 - float(np.trace(matrix)) / total) if total > 0 else float("nan")


def one_factor_loadings(scores: Floats, weights: Floats, iterations: int = 500) -> Floats:
    """Loadings of one common factor by iterated principal axes on the weighted correlations.

    Harman (1976), Modern Factor Analysis, chapter 9. The first loading's sum is made positive.
    """
    complete = ~np.isnan(scores).any(axis=1)
    matrix = np.cov(scores[complete].T, aweights=weights[complete])
    spread = np.sqrt(np.diag(matrix))
    correlations = matrix / np.outer(spread, spread)
    shared = 1 - 1 / np.diag(np.linalg.pinv(correlations))
    loadings = np.zeros(shared.size)
    for _ in range(iterations):
        reduced = correlations.copy()
        np.fill_diagonal(reduced, shared)
        values, vectors = np.linalg.eigh(reduced)
        loadings = vectors[:, -1] * np.sqrt(max(float(values[-1]), 0.0))
        updated = loadings**2
        if np.abs(updated - shared).max() < 1e-9:
            break
        shared = updated
    return np.asarray(loadings if loadings.sum() >= 0 else -loadings)

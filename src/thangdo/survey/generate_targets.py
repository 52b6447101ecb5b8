"""Illustrative answers of named units whose shares of satisfied people are given: the demo city's surveys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

# Of the satisfied, how many say 5; of the others, how many say 3 and 2 (the rest say 1).
_VERY, _NEITHER, _NOT = 0.38, 0.62, 0.27


@dataclass(frozen=True, slots=True)
class Answered:
    """One respondent of a unit: the cluster (ward, firm list …) and the answer 1–5 to each item."""

    unit: str
    cluster: str
    answers: Mapping[str, int]


def answers_for(
    targets: Mapping[str, Mapping[str, float]], interviews: int, seed: int, *, clusters: int = 10
) -> Iterator[Answered]:
    """`interviews` respondents a unit whose share of answers 4–5 to an item is its target (0–1), rounded to whole people.

    `targets` maps unit → item → share. Answers of one person, and of one cluster, resemble each other
    (cluster effects of 0.25 and person effects of 0.6 standard deviations), so that errors, design effects
    and reliability are those of a real survey. Equal sizes give equal weights. A unit's answers depend on
    the seed, its code and its own targets only.
    """
    for unit, shares in targets.items():
        rng = np.random.default_rng(np.random.SeedSequence([seed, *unit.encode()]))
        cluster = np.arange(interviews) * clusters // interviews
        person = 0.25 * rng.standard_normal(clusters)[cluster] + 0.6 * rng.standard_normal(interviews)
        columns = {
            item: _levels(share, person + 0.75 * rng.standard_normal(interviews)) for item, share in shares.items()
        }
        for place in range(interviews):
            answers = {item: int(levels[place]) for item, levels in columns.items()}
            yield Answered(unit, f"{unit}/{cluster[place] + 1:02d}", answers)


def _levels(
    share: float, latent: np.ndarray[tuple[int], np.dtype[np.float64]]
) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Answers 1–5 in the order of `latent`, exactly round(share · n) of them 4 or 5."""
    if not 0 <= share <= 1:
        raise ValueError(f"a share lies between 0 and 1, not {share}")
    count = len(latent)
    satisfied = round(share * count)
    others = count - satisfied
    five, three, two = round(_VERY * satisfied), round(_NEITHER * others), round(_NOT * others)
    levels = np.repeat(
        [5, 4, 3, 2, 1], [five, satisfied - five, three, min(two, others - three), max(0, others - three - two)]
    )
    answers = np.empty(count, np.int64)
    answers[np.argsort(-latent, kind="stable")] = levels
    return answers

"""The true values of a generated population, added up block by block."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from thangdo.survey.generate_population import AGES, FACTORS, GENDERS, People, Population


class Truth:
    """Counts of every answer by unit, and of people by gender and age; exact, whatever the blocks."""

    def __init__(self, population: Population) -> None:
        self._population = population
        units = len(population.unit_shares)
        self._units = units
        self.counts = np.zeros((len(population.items), units, 5), np.int64)
        self.people = np.zeros((units,), np.int64)
        self.gender = np.zeros(len(GENDERS), np.int64)
        self.age = np.zeros(len(AGES), np.int64)

    def add(self, block: People) -> None:
        for place, answers in enumerate(block.answers):
            cell = block.unit * 5 + (answers - 1)
            self.counts[place] += np.bincount(cell, minlength=self._units * 5).reshape(self._units, 5)
        self.people += np.bincount(block.unit, minlength=self._units)
        self.gender += np.bincount(block.gender, minlength=len(GENDERS))
        self.age += np.bincount(block.age, minlength=len(AGES))

    def as_document(self, unit_codes: Sequence[str]) -> dict[str, Any]:
        """What `truth.json` says of answers: per item, per factor and per unit, with the share of answers 4–5."""
        items = self._population.items
        return {
            "persons": int(self.people.sum()),
            "margins": {
                "gender": dict(zip(GENDERS, self.gender.tolist(), strict=True)),
                "age_group": dict(zip(AGES, self.age.tolist(), strict=True)),
            },
            "items": {name: _values(self.counts[place].sum(axis=0)) for place, name in enumerate(items)},
            "factors": {factor: self._factor(factor, slice(None)) for factor, _ in FACTORS if self._of(factor)},
            "units": {
                code: {
                    "persons": int(self.people[unit]),
                    "items": {name: _values(self.counts[place, unit]) for place, name in enumerate(items)},
                    "factors": {
                        factor: self._factor(factor, slice(unit, unit + 1)) for factor, _ in FACTORS if self._of(factor)
                    },
                }
                for unit, code in enumerate(unit_codes)
            },
        }

    def _of(self, factor: str) -> list[int]:
        return [place for place, name in enumerate(self._population.items) if name.rpartition("_")[0] == factor]

    def _factor(self, factor: str, units: slice) -> dict[str, float]:
        """Items pooled: the share of answers 4–5 among all answers of the factor, and the mean answer."""
        counts = self.counts[self._of(factor)][:, units].sum(axis=(0, 1))
        values = _values(counts)
        return {"mean": values["mean"], "satisfied": values["satisfied"]}


def _values(counts: np.ndarray[Any, np.dtype[np.int64]]) -> dict[str, Any]:
    total = int(counts.sum())
    if not total:
        return {"mean": None, "satisfied": None, "shares": {}}
    return {
        "mean": float(counts @ np.arange(1, 6) / total),
        "satisfied": float(counts[3:].sum() / total),
        "shares": {str(answer): float(counts[answer - 1] / total) for answer in range(1, 6)},
    }

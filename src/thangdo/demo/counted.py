"""Counted values of the demo: shares with their counts, survey estimates with their standard errors."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from math import sqrt
from random import Random

FACTORS = ("tiep_can", "thu_tuc", "cong_chuc", "ket_qua", "gop_y")
_SIX = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class Counted:
    """A row of values.csv: the value, and what it is a share of or how sure it is."""

    value: Decimal
    numerator: int | None = None
    denominator: int | None = None
    se: float | None = None
    n: int | None = None


def share_of(loss: float, scale: int, rng: Random) -> Counted:
    """A share near 1 − loss of about `scale` cases."""
    total = max(50, int(scale * rng.uniform(0.6, 1.6)))
    hits = min(total, max(0, round(total * (1.0 - loss))))
    return Counted((Decimal(hits) / Decimal(total)).quantize(Decimal("1E-12")), hits, total)


def estimate_of(share: float, rng: Random, deff: float = 1.4) -> Counted:
    """A survey share with the standard error of a sample of a few hundred and its design effect."""
    n = rng.randint(320, 620)
    bounded = min(max(share, 0.02), 0.985)
    se = sqrt(bounded * (1 - bounded) / n * deff)
    return Counted(Decimal(str(round(bounded, 6))).quantize(_SIX), None, None, round(se, 6), n)


def factors_for(satisfied: float, rng: Random) -> dict[str, Counted]:
    """Five factor shares whose mean is near `satisfied`."""
    shifts = [rng.uniform(-0.05, 0.04) for _ in FACTORS]
    mean = sum(shifts) / len(shifts)
    return {code: estimate_of(satisfied + shift - mean, rng) for code, shift in zip(FACTORS, shifts, strict=True)}


def mean_of(factors: dict[str, Counted]) -> Counted:
    """The index over factors: their mean, with the standard error of independent factors."""
    value = sum((item.value for item in factors.values()), Decimal(0)) / len(factors)
    se = sqrt(sum((item.se or 0.0) ** 2 for item in factors.values())) / len(factors)
    n = min(item.n or 0 for item in factors.values())
    return Counted(value.quantize(Decimal("1E-12")), None, None, round(se, 6), n)

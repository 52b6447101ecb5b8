"""Counted values of the demo: shares with their counts, survey estimates with their standard errors."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from math import sqrt
from random import Random

from thangdo.survey.generate_population import FACTORS

_SIX = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class Counted:
    """A row of values.csv: the value, and what it is a share of or how sure it is."""

    value: Decimal
    numerator: int | None = None
    denominator: int | None = None
    se: float | None = None
    n: int | None = None
    df: int | None = None


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


def factors_for(satisfied: float, rng: Random) -> dict[str, float]:
    """Factor shares (0–1) whose mean is near `satisfied`."""
    codes = [code for code, _ in FACTORS]
    shifts = [rng.uniform(-0.05, 0.04) for _ in codes]
    mean = sum(shifts) / len(shifts)
    shares = (satisfied + shift - mean for shift in shifts)
    return {code: min(max(share, 0.02), 0.985) for code, share in zip(codes, shares, strict=True)}

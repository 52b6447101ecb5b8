"""Counted values of the demo: shares with their counts, and what surveys of it aim at."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from random import Random

from thangdo.survey.generate_population import FACTORS


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


def factors_for(satisfied: float, rng: Random) -> dict[str, float]:
    """Factor shares (0–1) whose mean is near `satisfied`."""
    codes = [code for code, _ in FACTORS]
    shifts = [rng.uniform(-0.05, 0.04) for _ in codes]
    mean = sum(shifts) / len(shifts)
    shares = (satisfied + shift - mean for shift in shifts)
    return {code: min(max(share, 0.02), 0.985) for code, share in zip(codes, shares, strict=True)}

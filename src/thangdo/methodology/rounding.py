"""Rounding as part of the method: digits and mode."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal, localcontext
from typing import Literal

RoundingMode = Literal["half_up", "half_even", "cut"]

_MODES = {"half_up": ROUND_HALF_UP, "half_even": ROUND_HALF_EVEN, "cut": ROUND_DOWN}

# Points are held with this many decimals before a method rounds them: a quotient such as 1/3 has no
# exact decimal, and 1/3 + 1/3 + 1/3 must still tie with 1.
_HELD = Decimal("1E-15")


@dataclass(frozen=True, slots=True)
class Rounding:
    """Round to `digits` decimals: half away from zero, half to even, or cut towards zero."""

    digits: int
    mode: RoundingMode = "half_up"

    def __call__(self, value: Decimal) -> Decimal:
        with localcontext() as context:
            context.prec = 60
            return held(value).quantize(Decimal(1).scaleb(-self.digits), rounding=_MODES[self.mode])


def held(value: Decimal) -> Decimal:
    """`value` to 15 decimals (half to even): the precision in which values are compared."""
    return value.quantize(_HELD, rounding=ROUND_HALF_EVEN)


def rounder(rounding: Rounding) -> tuple[Decimal, str]:
    """Quantum and mode of `decimal` for loops that cannot afford a call."""
    return Decimal(1).scaleb(-rounding.digits), _MODES[rounding.mode]

"""The one formatter of numbers: pages, charts, PDF and DOCX all print what this module prints.

Vietnamese writes 96,95 · 22.600.000 · 99,84 %; English 96.95 · 22,600,000 · 99.84%. Files for machines keep
the plain decimal point and never pass through here.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import Enum

from thangdo.reporting.language import Language, translator

Value = Decimal | int | float

MINUS = "\u2212"
RANGE = "\u2013"
# A percentage this near to 0 or 100 is 0 or 100: sums of floats miss them by less, and no city has 10^12 dossiers.
_NOISE = Decimal("1e-10")
_HARD_SPACE = "\u00a0"


class Absent(Enum):
    """Why there is no number. Neither of them is zero, and they are not each other."""

    NOT_APPLICABLE = "not applicable"
    NOT_GIVEN = "not given"


@dataclass(frozen=True, slots=True)
class _Signs:
    decimal: str
    thousands: str
    percent: str


_SIGNS: dict[Language, _Signs] = {
    "vi": _Signs(",", ".", f"{_HARD_SPACE}%"),
    "en": _Signs(".", ",", "%"),
}


def number(value: Value | Absent, language: Language, digits: int | None = None) -> str:
    """A number with its thousands grouped; `digits` decimals, or exactly those it has.

    Results arrive rounded by their method; where a page shows fewer digits, halves go away from zero.
    """
    if isinstance(value, Absent):
        return absent(value, language)
    exact = _exact(value, digits)
    signs = _SIGNS[language]
    whole, _, part = f"{abs(exact):f}".partition(".")
    grouped = f"{int(whole):,}".replace(",", signs.thousands)
    sign = MINUS if exact < 0 else ""
    return sign + grouped + (signs.decimal + part if part else "")


def percent(value: Value | Absent, language: Language, digits: int | None = None) -> str:
    """A percentage given from 0 to 100."""
    if isinstance(value, Absent):
        return absent(value, language)
    return number(value, language, digits) + _SIGNS[language].percent


def share(value: Value | Absent, language: Language, digits: int | None = None) -> str:
    """A share given from 0 to 1, printed as a percentage: nothing below 1 as 100, nothing above 0 as 0.

    Where `digits` decimals would print it so, there are as many more as tell it apart: `99,998 %`.
    """
    if isinstance(value, Absent):
        return absent(value, language)
    exact = _exact(value, None) * 100
    return percent(exact, language, None if digits is None else telling_digits(exact, digits))


def telling_digits(value: Value, digits: int) -> int:
    """With how many decimals, `digits` or more, a percentage that is not 0 or 100 is not printed as one of them."""
    exact = _exact(value, None)
    for end in (0, 100):
        while abs(exact - end) > _NOISE and _exact(exact, digits) == end:
            digits += 1
    return digits


def share_of(numerator: int, denominator: int, language: Language, digits: int = 2) -> str:
    """A share with its numerator and denominator within reach: `40,28 % (740/1.837)`."""
    counts = f"{number(numerator, language)}/{number(denominator, language)}"
    if denominator == 0:
        return f"{absent(Absent.NOT_APPLICABLE, language)} ({counts})"
    return f"{share(Decimal(numerator) / Decimal(denominator), language, digits)} ({counts})"


def signed(value: Value | Absent, language: Language, digits: int | None = None) -> str:
    """A change: always with its sign, except that no change has none."""
    if isinstance(value, Absent):
        return absent(value, language)
    printed = number(value, language, digits)
    return f"+{printed}" if _exact(value, digits) > 0 else printed


def change(value: Value, language: Language, base: str, digits: int | None = None) -> str:
    """A change in points with its unit and what it is compared with: `+1,25 điểm so với 2022`."""
    _ = translator("reporting", language)
    return _("%(change)s points against %(base)s") % {"change": signed(value, language, digits), "base": base}


def interval(low: Value, high: Value, language: Language, digits: int | None = None) -> str:
    """`84,9–87,8`."""
    return f"{number(low, language, digits)}{RANGE}{number(high, language, digits)}"


def estimate(value: Value, low: Value, high: Value, language: Language, digits: int | None = None) -> str:
    """An estimate is never printed without its interval: `86,4 (84,9–87,8)`."""
    return f"{number(value, language, digits)} ({interval(low, high, language, digits)})"


def rank_range(low: int, high: int) -> str:
    """`2–6`, or `3` where only one rank is possible."""
    return str(low) if low == high else f"{low}{RANGE}{high}"


def absent(reason: Absent, language: Language) -> str:
    """The word for a missing number; zero is a number and is printed as `0`."""
    _ = translator("reporting", language)
    return _("not applicable") if reason is Absent.NOT_APPLICABLE else _("not given yet")


def _exact(value: Value, digits: int | None) -> Decimal:
    """The number as printed; a float is the shortest decimal that is that float."""
    exact = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if not exact.is_finite():
        raise ValueError(f"{value!r} is no number to print")
    if digits is not None:
        exact = exact.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    return abs(exact) if exact == 0 else exact

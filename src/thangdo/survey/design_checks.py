"""Single values of a declared design, each checked as it is read: what does not fit is gathered (SUR311)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from thangdo.findings import Finding, Gathered, Where

NO_BOUNDS = (float("-inf"), float("inf"))


@dataclass(frozen=True, slots=True)
class Checks:
    """Reads values of one file. A value that does not fit is refused and replaced, so that reading goes on."""

    file: str
    gathered: Gathered

    def refuse(self, found: str, expected: str, code: str = "SUR311") -> None:
        self.gathered.add(Finding(code, Where(self.file), found, expected))

    def number(self, value: object, key: str) -> float:
        """Any number; NaN where it is none."""
        try:
            return float(str(value))
        except ValueError:
            self.refuse(f"{key}: {value}", "a number")
            return float("nan")

    def whole(self, value: object, least: int, key: str) -> int:
        """A whole number of at least `least`."""
        number = self.number(value, key)
        if not least <= number < 1e9 or number != int(number):
            self.refuse(f"{key}: {value}", f"{key} >= {least}")
            return least
        return int(number)

    def level(self, value: object) -> float:
        """A level of confidence, between 0 and 1."""
        level = self.number(value, "level")
        if not 0 < level < 1:
            self.refuse(f"level: {level}", "0 < level < 1")
            return 0.95
        return level

    def rho(self, value: object) -> float:
        """How much of a weight Fay's method keeps: from 0 to below 1."""
        rho = self.number(value, "replicates.rho")
        if not 0 <= rho < 1:
            self.refuse(f"replicates.rho: {rho}", "0 <= rho < 1")
            return 0.0
        return rho

    def one_of(self, value: str, allowed: Sequence[str], key: str) -> str:
        """One of the words; another is refused and kept as it is."""
        if value not in allowed:
            self.refuse(f"{key}: {value}", ", ".join(allowed))
        return value

    def mapping(self, value: object, key: str, allowed: Sequence[str]) -> Mapping[str, Any]:
        """A mapping with none but these keys."""
        if not isinstance(value, Mapping):
            self.refuse(f"{key}: {value}", ", ".join(allowed))
            return {}
        for name in value:
            if str(name) not in allowed:
                self.refuse(f"{key}.{name}", ", ".join(allowed))
        return {str(name): item for name, item in value.items()}

    def bounds(self, value: object) -> tuple[float, float]:
        """A lower and an upper bound, none where nothing is given."""
        if value is None:
            return NO_BOUNDS
        if isinstance(value, Mapping):
            value = [value.get("lower", NO_BOUNDS[0]), value.get("upper", NO_BOUNDS[1])]
        if isinstance(value, Sequence) and len(value) == 2:
            return self.number(value[0], "bounds"), self.number(value[1], "bounds")
        self.refuse(f"bounds: {value}", "[lower, upper]")
        return NO_BOUNDS

    def cells(self, found: Mapping[tuple[str, ...], float], names: Sequence[str], key: str) -> None:
        """The cells of a margin: as many labels as it has columns, and counts."""
        for cell, total in found.items():
            if len(cell) != len(names) or not total >= 0 or total == float("inf"):
                self.refuse(f"{key}: {'.'.join(cell)} = {total}", f"{' x '.join(names)}: count >= 0")


def label_of(value: object) -> str:
    """A category as the data spell it, whatever YAML made of it: 1 is a number there, TRUE a truth."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def truth(value: object) -> bool:
    return str(value).strip().lower() in {"true", "yes", "1", "on", "có"}


def names_of(value: object) -> tuple[str, ...]:
    """Names of columns: a list, or one text that joins them with +."""
    if value is None:
        return ()
    if isinstance(value, Sequence) and not isinstance(value, str):
        return tuple(str(item) for item in value)
    return tuple(part.strip() for part in str(value).split("+") if part.strip()) if value else ()

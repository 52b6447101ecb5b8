"""The numbers of the legal clock, read from `library/legal_clock`, each with its article."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from importlib import resources
from typing import Any

import yaml


@dataclass(frozen=True, slots=True)
class LegalNumber:
    """A number of the law: its value, unit, first day and source."""

    name: str
    value: object
    unit: str
    valid_from: date
    source: str


@dataclass(frozen=True, slots=True)
class UnsettledPoint:
    """What no text settles: the readings one may choose, and the one in use (`off` unless turned on)."""

    name: str
    choices: tuple[str, ...]
    value: str
    valid_from: date
    meaning_vi: str
    meaning_en: str
    source: str


@dataclass(frozen=True, slots=True)
class ClockRules:
    """The rules in force. `unsettled` points are all off unless `with_reading` turned one on."""

    id: str
    numbers: tuple[LegalNumber, ...]
    unsettled: tuple[UnsettledPoint, ...]

    def number(self, name: str) -> int:
        found = next(row for row in self.numbers if row.name == name)
        return int(str(found.value)) if not isinstance(found.value, bool) else int(found.value)

    def reading(self, name: str) -> str:
        return next(row.value for row in self.unsettled if row.name == name)

    @property
    def supplement_window(self) -> int:
        """Working days after reception within which a request for supplement restarts the clock (NĐ 61 art. 19.4)."""
        return self.number("supplement_window")

    def with_reading(self, **readings: str) -> ClockRules:
        """The same rules with some unsettled points decided, e.g. ``one_day_before="working"``. ValueError if unknown."""
        for name, value in readings.items():
            point = next((row for row in self.unsettled if row.name == name), None)
            if point is None or value not in point.choices:
                raise ValueError(f"{name}={value}: {point.choices if point else [row.name for row in self.unsettled]}")
        return replace(
            self, unsettled=tuple(replace(row, value=readings.get(row.name, row.value)) for row in self.unsettled)
        )


@cache
def clock_rules(name: str = "nd61-2018") -> ClockRules:
    """The shipped rules of Nghị định 61/2018/NĐ-CP and the Civil Code."""
    text = (resources.files("thangdo") / "library" / "legal_clock" / f"{name}.yaml").read_text(encoding="utf-8")
    return rules_from(yaml.safe_load(text))


def rules_from(content: Mapping[str, Any]) -> ClockRules:
    """Rules from the parsed file."""
    numbers = tuple(
        LegalNumber(row["name"], row["value"], row["unit"], date.fromisoformat(row["valid_from"]), row["source"])
        for row in content["rules"]
    )
    unsettled = tuple(
        UnsettledPoint(
            row["name"],
            tuple(row["choices"]),
            row["value"],
            date.fromisoformat(row["valid_from"]),
            row["meaning_vi"],
            row["meaning_en"],
            row["source"],
        )
        for row in content["unsettled"]
    )
    return ClockRules(content["id"], numbers, unsettled)

"""What a value of a declaration must look like before it is read: a list, lists by name, a whole number."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from thangdo.findings import Finding, Gathered, Where


@dataclass(frozen=True, slots=True)
class Shape:
    """How to tell a value of this shape, and an example of it for who wrote another."""

    fits: Callable[[Any], bool]
    example: str


def _is_list(value: Any) -> bool:
    return isinstance(value, list | tuple) and not any(isinstance(item, Mapping | list) for item in value)


LIST = Shape(_is_list, "[a, b]")
LISTS_BY_NAME = Shape(lambda value: isinstance(value, Mapping) and all(map(_is_list, value.values())), "{name: [a, b]}")
BY_NAME = Shape(lambda value: isinstance(value, Mapping), "{code: name}")
SCALE = Shape(lambda value: isinstance(value, int) and not isinstance(value, bool) and 2 <= value <= 100, "5")
YEAR = Shape(lambda value: isinstance(value, int) and not isinstance(value, bool), "2023")


def well_shaped(
    document: Mapping[Any, Any], shapes: Mapping[str, Shape], file: str, node: str, gathered: Gathered
) -> dict[Any, Any]:
    """The document without the values that have another shape, each of them a finding (SUR311); blank ones go."""
    kept = {}
    for key, value in document.items():
        shape = shapes.get(str(key))
        if value is None:
            continue
        if shape is not None and not shape.fits(value):
            gathered.add(Finding("SUR311", Where(file, 0, str(key), node), f"{key}: {value}"[:80], shape.example))
            continue
        kept[key] = value
    return kept

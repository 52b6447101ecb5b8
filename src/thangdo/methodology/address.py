"""Addresses of what can be changed, parsed once into a typed path; an unknown one names the nearest."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

from thangdo.findings import Finding, Refused, Where
from thangdo.methodology.model import CriteriaSet


@dataclass(frozen=True, slots=True)
class MethodAddress:
    """A property of a node: `path` is ("weight",), ("maximum",) or ("rule", key, …)."""

    index: str
    code: str
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MarkAddress:
    """A field of a mark of one unit in one layer."""

    index: str
    unit: str
    code: str
    layer: str
    field: str


LAYERS = ("self", "appraisal_1", "appraisal_2", "appeal", "council")
CHANGEABLE = ("weight", "maximum", "cap", "floor", "aggregation", "rule")


def refuse(found: str, nearest: list[str]) -> Refused:
    """The refusal of an address that does not exist."""
    return Refused([Finding("MET080", Where(column=found), found, ", ".join(nearest) or "–")])


def longest_code(text: str, codes: set[str]) -> tuple[str, str] | None:
    """The longest known code `text` begins with, and the rest after the following dot (contracts.md)."""
    for end in sorted((position for position, letter in enumerate(text) if letter == "."), reverse=True):
        if text[:end] in codes:
            return text[:end], text[end + 1 :]
    return None


def parse_address(text: str, sets: dict[str, CriteriaSet], units: set[str]) -> MethodAddress | MarkAddress:
    """`INDEX/CODE.PROPERTY` or `INDEX/UNIT/CODE/LAYER.FIELD`. Raises Refused (MET080) with the nearest names."""
    index, slash, rest = text.partition("/")
    if not slash or index not in sets:
        raise refuse(text, difflib.get_close_matches(index, sorted(sets), 3, 0.0))
    codes = {node.code for node in sets[index].walk()}
    parts = rest.split("/")
    if len(parts) == 1:
        found = longest_code(rest, codes)
        if found is None:
            raise refuse(
                text,
                [
                    f"{index}/{code}"
                    for code in difflib.get_close_matches(rest.rsplit(".", 1)[0], sorted(codes), 3, 0.0)
                ],
            )
        code, path = found
        steps = tuple(path.split("."))
        if steps[0] not in CHANGEABLE or (steps[0] == "rule") != (len(steps) > 1):
            raise refuse(
                text, [f"{index}/{code}.{name}" for name in difflib.get_close_matches(steps[0], CHANGEABLE, 3, 0.0)]
            )
        return MethodAddress(index, code, steps)
    if len(parts) != 3:
        raise refuse(text, [f"{index}/CODE.weight", f"{index}/UNIT/CODE/LAYER.FIELD"])
    unit, code, place = parts
    layer, dot, field = place.partition(".")
    if unit not in units:
        raise refuse(text, difflib.get_close_matches(unit, sorted(units), 3, 0.0))
    if code not in codes:
        raise refuse(text, difflib.get_close_matches(code, sorted(codes), 3, 0.0))
    if layer not in LAYERS or not dot or not field:
        raise refuse(
            text, [f"{index}/{unit}/{code}/{name}" for name in difflib.get_close_matches(layer, LAYERS, 3, 0.0)]
        )
    return MarkAddress(index, unit, code, layer, field)

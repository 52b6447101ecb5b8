"""Who takes part: which unit stands in which block of which index, and whether it is ranked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from thangdo.evaluation.round import IndexEntry, Round
from thangdo.findings import Finding, Gathered, Where
from thangdo.methodology.rules.kind import NO, YES


@dataclass(frozen=True, slots=True)
class Member:
    """A unit of a block of an index."""

    index: str
    block: str
    unit: str
    is_ranked: bool


@dataclass(frozen=True, slots=True)
class UnitName:
    """What a unit is called (a row of `units.csv`)."""

    unit: str
    name_vi: str
    name_en: str
    short_vi: str
    short_en: str
    parent: str
    level: str
    code_source: str

    def full(self, language: str) -> str:
        return (self.name_en or self.name_vi) if language == "en" else self.name_vi

    def short(self, language: str) -> str:
        short = self.short_en if language == "en" else self.short_vi
        return short or self.full(language)


def unit_names(round_: Round) -> dict[str, UnitName]:
    """The round's units by code."""
    return {
        row["unit"]: UnitName(
            row["unit"],
            row["name_vi"] or row["unit"],
            row["name_en"],
            row["short_vi"],
            row["short_en"],
            row["parent"],
            row["level"],
            row["code_source"],
        )
        for row in round_.table("units").as_mappings()
        if row["unit"]
    }


def members(round_: Round, gathered: Gathered) -> dict[tuple[str, str], Member]:
    """Members by (index, unit). Unknown units, indices and blocks and repeated rows are gathered."""
    _check_parents(round_, gathered)
    table = round_.table("membership")
    known = {row["unit"] for row in round_.table("units").as_mappings()}
    blocks: dict[str, set[str]] = {}
    for entry in round_.indices:
        blocks.setdefault(entry.id, set()).update(entry.blocks)
    found: dict[tuple[str, str], Member] = {}
    for number, row in enumerate(table.as_mappings(), start=table.first_row):
        index, block, unit, ranked = (row[name].strip() for name in ("index", "block", "unit", "ranked"))
        if not any((index, block, unit)):
            continue
        where = Where(table.file, number)
        if index not in blocks:
            gathered.add(Finding("EVA020", Where(table.file, number, "index"), index, ", ".join(sorted(blocks))))
            continue
        if unit not in known:
            gathered.add(Finding("EVA021", Where(table.file, number, "unit"), unit))
            continue
        if block not in blocks[index]:
            gathered.add(Finding("EVA022", Where(table.file, number, "block"), block, ", ".join(sorted(blocks[index]))))
            continue
        if (index, unit) in found:
            gathered.add(Finding("EVA023", where, f"{index}, {unit}"))
            continue
        if ranked.casefold() not in YES | NO | {""}:
            gathered.add(Finding("EVA024", Where(table.file, number, "ranked"), ranked, "true / false"))
        found[index, unit] = Member(index, block, unit, ranked.casefold() not in NO)
    return found


def _check_parents(round_: Round, gathered: Gathered) -> None:
    """No unit may stand below itself: a value is added up over all units below."""
    table = round_.table("units")
    parents = {row["unit"]: row["parent"] for row in table.as_mappings() if row["unit"]}
    told: set[str] = set()
    for number, row in enumerate(table.as_mappings(), start=table.first_row):
        path = [row["unit"]]
        while (parent := parents.get(path[-1], "")) and parent not in path:
            path.append(parent)
        if parent and parent == path[0] and not told.intersection(path):
            told.update(path)
            circle = " → ".join([*path, parent])
            gathered.add(Finding("EVA025", Where(table.file, number, "parent"), path[0], circle))


def members_of(entry: IndexEntry, everyone: Mapping[tuple[str, str], Member]) -> list[Member]:
    """The members an index entry computes, in the order of the membership table."""
    return [member for member in everyone.values() if member.index == entry.id and member.block in entry.blocks]

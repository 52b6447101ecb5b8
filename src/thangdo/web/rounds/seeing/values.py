"""What the ledger of a round says in words: places and units by name, phases, steps, outcomes, votes, points, answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from thangdo.evaluation.blocks import block_name, index_name
from thangdo.methodology import Node
from thangdo.reporting.language import Language
from thangdo.web.changes import plain_value
from thangdo.web.formatting import language_now, number
from thangdo.web.ledger.models import Entry
from thangdo.web.rounds.models import Part, Round, RoundUnit
from thangdo.web.rounds.phases import BY_CODE as PHASES
from thangdo.web.rounds.points import inputs_of
from thangdo.web.rounds.sets import issued_set
from thangdo.web.rounds.words import (
    choice_word,
    kind_name,
    layer_name,
    outcome_name,
    part_title,
    reason_of_inputs,
    shortly,
    state_name,
    value_word,
)


@dataclass(frozen=True, slots=True)
class RoundNames:
    """The names of a round that its ledger has keys of: units by code, parts by slug."""

    units: Mapping[str, str]
    parts: Mapping[str, Part]
    language: Language

    def place(self, place: str) -> str:
        """`dti-dia_phuong/Z29.Q6/1.2` as the part's title, the unit's name and the criterion's words."""
        slug, _, rest = place.partition("/")
        unit, _, criterion = rest.partition("/")
        part = self.parts.get(slug)
        if part is None:
            return place
        node = self._node(part, criterion)
        named = (
            part_title(part, self.language),
            self.units.get(unit, unit),
            f"{criterion} {node.text[self.language]}" if node else criterion,
        )
        return " · ".join(piece for piece in named if piece)

    def said(self, column: str, value: Any, entry: Entry) -> str:
        """A stored value of a round in words."""
        if value is None or value in ("", [], {}):
            return plain_value(column, value)
        if column == "unit":
            return self.units.get(str(value), str(value))
        if column == "index" and value in self.parts:
            # A role of one part names it by its slug.
            return part_title(self.parts[value], self.language)
        if column == "index":
            return index_name(str(value), self.language)
        if column == "block":
            return block_name(str(value), self.language)
        if column == "blocks":
            return ", ".join(block_name(code, self.language) for code in value)
        if column == "criterion":
            return self._criterion(str(value), entry)
        if column == "inputs" and isinstance(value, dict):
            slug, _, rest = entry.place.partition("/")
            return self._inputs(self.parts.get(slug), rest.partition("/")[2], value)
        return coded_value(column, value, self.language)

    def _criterion(self, code: str, entry: Entry) -> str:
        """`1.2 Công khai thủ tục`; the code alone where it is in none of the sets meant."""
        slug = entry.place.partition("/")[0] or str((entry.after or entry.before or {}).get("index", ""))
        meant = [part for part in self.parts.values() if slug in ("", part.slug, part.index)]
        nodes = [node for part in meant if (node := self._node(part, code)) is not None]
        return f"{code} {nodes[0].text[self.language]}" if nodes else code

    def _inputs(self, part: Part | None, criterion: str, value: dict[str, Any]) -> str:
        """`Đã xử lý đúng hạn: 48; Tổng số: 50`; as stored where the criterion is no longer in the set."""
        node = self._node(part, criterion) if part is not None else None
        if node is None or node.rule is None:
            return shortly(value)
        named = {row.name: row.name_en if self.language == "en" else row.name_vi for row in inputs_of(node)}
        given = [
            f"{named[field]}: {value_word(node, str(entry.get('value', '')), self.language)}"
            if field in named
            else value_word(node, str(entry.get("value", "")), self.language)
            for field, entry in value.items()
            if entry.get("value", "") != ""
        ]
        reason = reason_of_inputs(value)
        return "; ".join([*given, *([f"“{reason}”"] if reason else [])])[:240] or "–"

    @staticmethod
    def _node(part: Part, criterion: str) -> Node | None:
        return issued_set(part).nodes.get(criterion) if criterion and part.set_text else None


def names_of(stored: Round) -> RoundNames:
    """The names of a round as the reader reads them: two queries."""
    language = language_now()
    units = {unit.code: unit.short(language) for unit in RoundUnit.objects.filter(round=stored)}
    return RoundNames(units, {part.slug: part for part in stored.parts.all()}, language)


def coded_value(column: str, value: Any, language: Language) -> str:
    """A value that is one of the product's own codes, or a number, in words."""
    if column == "phase" and value in PHASES:
        return PHASES[value].name(language)
    if column == "layer":
        return layer_name(value, language)
    if column == "outcome":
        return outcome_name(value)
    if column == "choice":
        return choice_word(value)
    if column == "state":
        return state_name(value)
    if column == "kind":
        return kind_name(value)
    if column in {"points", "maximum", "proposal"}:
        return number(value)
    return shortly(value) if isinstance(value, dict) else plain_value(column, value)

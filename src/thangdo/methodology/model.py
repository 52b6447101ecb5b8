"""What a criteria set is: a frozen tree of criteria with their rules, classes and rounding."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Literal

from thangdo.methodology.rounding import Rounding

Role = Literal["normal", "bonus", "penalty"]
Aggregation = Literal["sum", "weighted_mean", "geometric_mean", "minimum"]
Source = Literal["official", "reconstructed", "illustrative"]
NotApplicable = Literal["leave_denominator", "rescale_parent"]
Missing = Literal["error", "left_out"]
Ties = Literal["competition", "dense"]

TWO_DIGITS = Rounding(2, "half_up")
EMPTY: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Text:
    """One text in both languages; English may be missing in a draft, never in a shipped set."""

    vi: str = ""
    en: str = ""

    def __getitem__(self, language: str) -> str:
        return (self.en or self.vi) if language == "en" else (self.vi or self.en)


@dataclass(frozen=True, slots=True)
class Rule:
    """How a leaf's inputs become points: a kind (see `thangdo.methodology.rules`) and its parameters."""

    kind: str
    parameters: Mapping[str, Any] = field(default_factory=lambda: EMPTY)


@dataclass(frozen=True, slots=True)
class Applicability:
    """Which blocks and units a node applies to. Empty `blocks` and `units` mean all; `except_units` never."""

    blocks: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    except_units: tuple[str, ...] = ()

    def covers(self, block: str, unit: str) -> bool:
        if unit in self.except_units or (self.blocks and block not in self.blocks):
            return False
        return not self.units or unit in self.units


@dataclass(frozen=True, slots=True)
class Node:
    """A pillar, criterion or sub-criterion. A node without children is a leaf and has a rule.

    `maximum` of an inner node that sums may be left out (it is the sum of its children's). `weight` is
    used by the two weighted means of the parent. `cap` and `floor` bound the node's points after
    aggregation; for bonus and penalty `cap` bounds what they add or take away.
    """

    code: str
    text: Text
    maximum: Decimal | None = None
    weight: Decimal | None = None
    role: Role = "normal"
    aggregation: Aggregation = "sum"
    rule: Rule | None = None
    cap: Decimal | None = None
    floor: Decimal | None = None
    evidence: Text = Text()
    guidance: Text = Text()
    appraiser: str = ""
    applies: Applicability = Applicability()
    source: Source | None = None
    source_note: str = ""
    children: tuple[Node, ...] = ()

    @property
    def is_leaf(self) -> bool:
        return not self.children

    def walk(self) -> Iterator[Node]:
        """This node and all below it, parents before children, in the order of the set."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True, slots=True)
class Condition:
    """An extra condition of a class or of a ceiling; kinds are the rows of `thangdo.methodology.conditions`."""

    kind: str
    parameters: Mapping[str, Any] = field(default_factory=lambda: EMPTY)


@dataclass(frozen=True, slots=True)
class Band:
    """A class: from this lower bound (inclusive) up to the next; all conditions must hold as well."""

    code: str
    name: Text
    lower: Decimal
    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Ceiling:
    """While `when` holds, a unit gets at most the class `at_most`, whatever its score."""

    when: Condition
    at_most: str
    text: Text = Text()


@dataclass(frozen=True, slots=True)
class Classes:
    """The classes of a set, best first, on percent or on points."""

    on: Literal["percent", "points"]
    bands: tuple[Band, ...]
    ceilings: tuple[Ceiling, ...] = ()
    source: Source | None = None
    source_note: str = ""

    def name(self, code: str, language: str) -> str | None:
        """What people call the class; None for a code no band has."""
        return next((band.name[language] for band in self.bands if band.code == code), None)


@dataclass(frozen=True, slots=True)
class TieBreaker:
    """Among equal percents, the higher percent of this node comes first; the name is shown with the rank."""

    node: str
    name: Text = Text()


@dataclass(frozen=True, slots=True)
class Ranking:
    """How units of a block are put in order."""

    ties: Ties = "competition"
    tie_breakers: tuple[TieBreaker, ...] = ()
    on: Literal["unrounded", "rounded"] = "unrounded"


@dataclass(frozen=True, slots=True)
class Edition:
    """Which year and act a set belongs to."""

    year: int
    number: str = ""
    issued_on: str = ""
    legal_basis: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True, weakref_slot=True)
class CriteriaSet:
    """One edition of a criteria set: everything that decides points, ranks and classes.

    `children` is the top level of the tree. `kind` is ``points`` (scoring) or ``composite`` (an index of
    indicators; `pipeline` then names the composite steps and `scale` the ends of the printed scale).
    """

    id: str
    index: str
    title: Text
    edition: Edition
    blocks: tuple[str, ...]
    children: tuple[Node, ...]
    kind: Literal["points", "composite"] = "points"
    maximum: Decimal | None = None
    aggregation: Aggregation = "sum"
    cap: Decimal | None = None
    floor: Decimal | None = None
    criterion_rounding: Rounding | None = None
    result_rounding: Rounding = TWO_DIGITS
    ranking: Ranking = Ranking()
    classes: Classes | None = None
    not_applicable: NotApplicable = "leave_denominator"
    missing: Missing = "error"
    pipeline: tuple[Mapping[str, Any], ...] = ()
    scale: tuple[Decimal, Decimal] | None = None
    uncertainty: Mapping[str, Any] = field(default_factory=lambda: EMPTY)
    declared: Mapping[str, Decimal] = field(default_factory=lambda: EMPTY)
    source: Source = "illustrative"
    source_note: str = ""
    notes: Text = Text()

    def walk(self) -> Iterator[Node]:
        """Every node, parents before children."""
        for child in self.children:
            yield from child.walk()

    def leaves(self) -> Iterator[Node]:
        return (node for node in self.walk() if node.is_leaf)

    def node(self, code: str) -> Node | None:
        return next((node for node in self.walk() if node.code == code), None)

    def parents(self) -> dict[str, str]:
        """Code of the parent of every node; the top level's parent is ''."""
        found: dict[str, str] = {node.code: "" for node in self.children}
        for node in self.walk():
            for child in node.children:
                found[child.code] = node.code
        return found

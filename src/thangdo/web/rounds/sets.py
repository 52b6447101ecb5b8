"""The criteria set of a part as the core's type, read once a process for each content."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from thangdo.methodology import CriteriaSet, Node, parse
from thangdo.web.rounds.models import Part


@dataclass(frozen=True, slots=True)
class IssuedSet:
    """A criteria set with what pages ask of it again and again.

    A composite's leaves are indicators without a maximum, scored by its method: nobody marks them.
    """

    criteria: CriteriaSet
    leaves: tuple[Node, ...]
    nodes: dict[str, Node]
    parents: dict[str, str]
    is_composite: bool

    def nodes_above(self, code: str) -> tuple[str, ...]:
        """The parents of a node, nearest first."""
        found = []
        current = self.parents.get(code, "")
        while current:
            found.append(current)
            current = self.parents.get(current, "")
        return tuple(found)

    def leaves_below(self) -> dict[str, tuple[str, ...]]:
        """Each node's leaves (a leaf's own code for itself)."""
        return {code: tuple(leaf.code for leaf in node.walk() if leaf.is_leaf) for code, node in self.nodes.items()}


@lru_cache(maxsize=64)
def issued_set_of_text(text: str) -> IssuedSet:
    criteria = parse(text)
    return IssuedSet(
        criteria,
        tuple(criteria.leaves()),
        {node.code: node for node in criteria.walk()},
        criteria.parents(),
        criteria.kind == "composite",
    )


def issued_set(part: Part) -> IssuedSet:
    """The set of a part. Raises `thangdo.findings.Refused` where the text is not a valid set."""
    return issued_set_of_text(part.set_text)

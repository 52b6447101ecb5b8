"""Which criteria of two editions of a set compare, and a unit's points in both years over those alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from thangdo.methodology import CriteriaSet, Node
from thangdo.methodology.writing import rule_data

_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class YearlyChange:
    """Points of a unit over the criteria both years share; `share` of the later year's whole maximum they make up.

    `before` and `after` are percent of the maximum of those criteria, so that a changed maximum does not count
    as a change of the unit.
    """

    before: Decimal
    after: Decimal
    compared: int
    criteria: int

    @property
    def change(self) -> Decimal:
        """Percentage points."""
        return self.after - self.before


def comparable_criteria(earlier: CriteriaSet, later: CriteriaSet) -> tuple[str, ...]:
    """Codes of the leaves that ask the same in both editions: same code, same words, same rule.

    The maximum may differ: percents compare all the same. Points of bonus and penalty never do.
    """
    known = {leaf.code: leaf for leaf in earlier.leaves()}
    return tuple(
        leaf.code
        for leaf in later.leaves()
        if leaf.role == "normal" and (old := known.get(leaf.code)) is not None and _asks_the_same(old, leaf)
    )


def _asks_the_same(old: Node, new: Node) -> bool:
    if old.text.vi.casefold() != new.text.vi.casefold() or old.rule is None or new.rule is None:
        return False
    if old.rule.kind != new.rule.kind:
        return False
    # With the same maximum the rule must be the same to the letter; else its points moved with the maximum.
    return old.maximum != new.maximum or rule_data(old.rule) == rule_data(new.rule)


def yearly_change(
    criteria: tuple[str, ...],
    before: Mapping[str, tuple[Decimal | None, Decimal | None]],
    after: Mapping[str, tuple[Decimal | None, Decimal | None]],
    asked: int,
) -> YearlyChange | None:
    """A unit's two years over `criteria`; `before` and `after` hold points and maximum by criterion.

    A criterion that one of the years did not score, or that did not apply, is left out of both. None where
    nothing is left. `asked` is how many criteria the later year has.
    """
    shared = [code for code in criteria if _is_scored(before.get(code)) and _is_scored(after.get(code))]
    if not shared:
        return None
    return YearlyChange(_percent(shared, before), _percent(shared, after), len(shared), asked)


def _is_scored(cell: tuple[Decimal | None, Decimal | None] | None) -> bool:
    return cell is not None and cell[0] is not None and bool(cell[1])


def _percent(codes: list[str], cells: Mapping[str, tuple[Decimal | None, Decimal | None]]) -> Decimal:
    points = sum((cells[code][0] or _ZERO for code in codes), _ZERO)
    return points * 100 / sum((cells[code][1] or _ZERO for code in codes), _ZERO)

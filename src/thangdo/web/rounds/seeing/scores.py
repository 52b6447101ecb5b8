"""Points of a part by unit and criterion, as the core scored them: what stands, and what the unit gave itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from thangdo.evaluation import IndexResults
from thangdo.methodology.rules.kind import Inputs
from thangdo.scoring import FINAL
from thangdo.web.rounds.models import Part
from thangdo.web.rounds.results import PartResults, part_results

Cells = Mapping[str, tuple[Decimal | None, Decimal | None]]
_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class UnitCells:
    """One unit: points and maximum by node code (the root is ''), as they stand and as it scored itself.

    `typed` is what the unit itself gave, by criterion and field.
    """

    unit: str
    block: str
    final: Cells
    own: Cells
    decided: frozenset[str]
    typed: Mapping[str, Inputs]

    def lost(self, node: str) -> Decimal | None:
        """Points lost at a node; None where it does not apply or is not scored yet."""
        points, maximum = self.final.get(node, (None, None))
        return None if points is None or maximum is None else maximum - points

    def share_lost(self, node: str) -> Decimal | None:
        """Percent of the node's maximum lost."""
        lost, maximum = self.lost(node), self.final.get(node, (None, None))[1]
        return None if lost is None or not maximum else lost * 100 / maximum


def current_results(part: Part) -> PartResults:
    """The part as it stands, without ranges of ranks: what progress and points lost are read from."""
    return part_results(part, state="final" if part.phase == "closed" else "draft", with_intervals=False)


def unit_cells(entry: IndexResults | None) -> dict[str, UnitCells]:
    """Every unit's cells, by unit; nothing for an index that is not made of points."""
    if entry is None or entry.scored is None:
        return {}
    codes = entry.scored.compiled.codes
    found = {}
    given = {inputs.unit: inputs for inputs in entry.scored.inputs}
    for scores in entry.scored.scores:
        final = scores.layers[FINAL]
        own = scores.layers.get("self")
        missing = {codes[position] for position in final.missing}
        decided = frozenset(
            code for layer, cells in given[scores.unit].layers.items() if layer != "self" for code in cells
        )
        found[scores.unit] = UnitCells(
            scores.unit,
            scores.block,
            {
                code: (None if code in missing else points, maximum)
                for code, points, maximum in zip(codes, final.points, final.maxima, strict=True)
            },
            dict(zip(codes, zip(own.points, own.maxima, strict=True), strict=True)) if own is not None else {},
            decided,
            given[scores.unit].layers.get("self", {}),
        )
    return found


@dataclass(frozen=True, slots=True)
class Cut:
    """A unit's own points and those that stand, over the criteria it scored itself and somebody decided."""

    unit: str
    own: Decimal
    stands: Decimal
    criteria: int
    changed: int

    @property
    def change(self) -> Decimal:
        """Points the appraisal added (or, negative, took)."""
        return self.stands - self.own


def cut_of(cells: UnitCells, leaves: tuple[str, ...]) -> Cut | None:
    """Self-scored against decided; None where nobody has decided anything yet."""
    pairs = [
        (own, final)
        for code in leaves
        if code in cells.decided
        and (own := cells.own.get(code, (None, None))[0]) is not None
        and (final := cells.final[code][0]) is not None
    ]
    if not pairs:
        return None
    return Cut(
        cells.unit,
        sum((own for own, _ in pairs), _ZERO),
        sum((final for _, final in pairs), _ZERO),
        len(pairs),
        sum(own != final for own, final in pairs),
    )

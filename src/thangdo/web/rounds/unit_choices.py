"""Which units a part may take, block by block, and which are proposed: those of the year before, or all."""

from __future__ import annotations

from dataclasses import dataclass

from thangdo.web.registry.models import Succession, Unit
from thangdo.web.rounds.acts.choose_units import units_of_year
from thangdo.web.rounds.models import Member, Part


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit to choose: whether it is ticked now, and whether it is ranked."""

    unit: Unit
    is_chosen: bool
    is_ranked: bool


@dataclass(frozen=True, slots=True)
class BlockChoice:
    """A block with the units to choose from."""

    block: str
    rows: tuple[UnitRow, ...]


@dataclass(frozen=True, slots=True)
class Choices:
    """All blocks. `basis` is where the ticks come from: `chosen`, `year_before` (then `year`), or `register`."""

    blocks: tuple[BlockChoice, ...]
    basis: str
    year: int = 0


def unit_choices(part: Part) -> Choices:
    """Four queries at most, whatever the number of units."""
    units = units_of_year(part.round.year)
    own = list(Member.objects.filter(part=part))
    if own:
        proposed = {member.unit: (member.block, member.ranked != "false") for member in own}
        basis, year = "chosen", 0
    else:
        proposed, year = _as_before(part, units)
        basis = "year_before" if proposed else "register"
    blocks = []
    for block in part.blocks:
        rows = [
            UnitRow(
                unit,
                proposed[code][0] == block if code in proposed else basis == "register" and unit.level == block,
                proposed[code][1] if code in proposed else True,
            )
            for code, unit in units.items()
            if unit.level == block or proposed.get(code, ("", True))[0] == block
        ]
        blocks.append(BlockChoice(block, tuple(rows)))
    return Choices(tuple(blocks), basis, year)


def _as_before(part: Part, units: dict[str, Unit]) -> tuple[dict[str, tuple[str, bool]], int]:
    """Members of the same index in the latest earlier year; a unit that is gone gives its place to its successors."""
    earlier = Member.objects.filter(
        part__index=part.index, part__round__year__lt=part.round.year, block__in=part.blocks
    ).select_related("part__round")
    found = list(earlier.order_by("-part__round__year", "position"))
    if not found:
        return {}, 0
    year = found[0].part.round.year
    heirs: dict[str, list[str]] = {}
    for before, after in Succession.objects.filter(predecessor__isnull=False, successor__isnull=False).values_list(
        "predecessor__code", "successor__code"
    ):
        heirs.setdefault(str(before), []).append(str(after))
    proposed: dict[str, tuple[str, bool]] = {}
    for member in found:
        if member.part.round.year != year:
            break
        codes = [member.unit] if member.unit in units else heirs.get(member.unit, [])
        for code in codes:
            # A successor of another level (wards after districts) belongs to another block.
            if code in units and (code == member.unit or units[code].level == units_level(member, units)):
                proposed[code] = (member.block, member.ranked != "false")
    return proposed, year


def units_level(member: Member, units: dict[str, Unit]) -> str:
    """The level a member's successors must have to take its place: that of its block."""
    return units[member.unit].level if member.unit in units else member.block

"""The year before: the same index's part, and what of it compares with this year's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from thangdo.evaluation.year_on_year import YearlyChange, comparable_criteria, yearly_change
from thangdo.web.registry.links import succession_links
from thangdo.web.registry.succession import Link, comparable_series
from thangdo.web.rounds.models import Part
from thangdo.web.rounds.seeing.scores import UnitCells, current_results, unit_cells
from thangdo.web.rounds.sets import issued_set


@dataclass(frozen=True)
class LastYear:
    """A part of an earlier year with its cells by unit, and the criteria that ask the same in both."""

    part: Part
    cells: Mapping[str, UnitCells]
    criteria: tuple[str, ...]
    links: tuple[Link, ...]

    @property
    def year(self) -> int:
        return self.part.round.year

    @cached_property
    def compared(self) -> frozenset[str]:
        return frozenset(self.criteria)

    def changes(self, cells: Iterable[UnitCells]) -> dict[str, YearlyChange]:
        """The change of every unit that has one."""
        return {own.unit: change for own in cells if (change := self.change_of(own)) is not None}

    def change_of(self, now: UnitCells) -> YearlyChange | None:
        """A unit's change; one born since has the past of its predecessors by their declared rule."""
        asked = sum(1 for code in self.criteria if code in now.final) or len(self.criteria)
        before = self.cells.get(now.unit)
        if before is not None:
            return yearly_change(self.criteria, before.final, now.final, asked)
        pasts = {
            link.predecessor: change
            for link in self.links
            if (old := self.cells.get(link.predecessor)) is not None
            and (change := yearly_change(self.criteria, old.final, now.final, asked)) is not None
        }
        own: dict[str, dict[int, Decimal]] = {unit: {self.year: change.before} for unit, change in pasts.items()}
        past = next((value for value in comparable_series(now.unit, self.links, own) if value.year == self.year), None)
        if past is None:
            return None
        first = next(iter(pasts.values()))
        return YearlyChange(past.value, first.after, first.compared, first.criteria)

    def share(self, unit: str, criterion: str) -> Decimal | None:
        """Last year's percent of the maximum, where the criterion asked the same."""
        cells = self.cells.get(unit)
        if cells is None or criterion not in self.compared:
            return None
        points, maximum = cells.final.get(criterion, (None, None))
        return None if points is None or not maximum else points * 100 / maximum


def last_year_of(part: Part, units: Iterable[str]) -> LastYear | None:
    """The newest earlier part of the same index and blocks; None where there is none or nothing compares.

    The register of successions is read only where one of `units` was not there then.
    """
    earlier = (
        Part.objects.filter(index=part.index, kind="points", round__year__lt=part.round.year)
        .exclude(set_text="")
        .select_related("round")
        .order_by("-round__year")
    )
    found = next((other for other in earlier if set(other.blocks) & set(part.blocks)), None)
    if found is None or not part.set_text:
        return None
    criteria = comparable_criteria(issued_set(found).criteria, issued_set(part).criteria)
    if not criteria:
        return None
    cells = unit_cells(current_results(found).entry)
    is_all_there = all(unit in cells for unit in units)
    return LastYear(found, cells, criteria, () if is_all_there else succession_links())

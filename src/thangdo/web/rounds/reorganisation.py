"""What a change of units touches beyond the register: rounds under way, closed years, people, the comparable past."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Q

from thangdo.web.accounts.models import Grant, Person
from thangdo.web.formatting import language_now
from thangdo.web.registry.links import succession_links
from thangdo.web.registry.models import BlockMember
from thangdo.web.registry.reorganisation import Judged
from thangdo.web.registry.reorganisation_faults import Fault
from thangdo.web.registry.succession import Link, comparable_series
from thangdo.web.rounds.models import Member, Part, Round
from thangdo.web.rounds.unit_series import family_of


@dataclass(frozen=True, slots=True)
class Seat:
    """A unit's place in a part of a round."""

    unit: str
    index: str
    phase: str
    round: Round


@dataclass(frozen=True, slots=True)
class Carried:
    """The past a successor takes over in one index: the years that compare, and those that some of the units lack."""

    successor: str
    index: str
    years: tuple[int, ...]
    lacking: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Effects:
    """What would stand beside the change: nothing of it is written, each is for somebody to see to."""

    seats: tuple[Seat, ...]
    blocks: tuple[BlockMember, ...]
    people: tuple[Person, ...]
    grants: tuple[Grant, ...]
    carried: tuple[Carried, ...]


def faults_in_rounds(judged: Judged) -> list[Fault]:
    """Units that would end inside a year under evaluation or closed, and a year whose rounds are all over."""
    on = judged.asked.on
    if on is None:
        return []
    language = language_now()
    names = {unit.code: unit.name(language) for unit in judged.ending}
    seats = [seat for seat in _seats(names) if seat.round.year >= on.year]
    faults: dict[tuple[object, ...], Fault] = {}
    for seat in seats:
        year, unit = seat.round.year, names[seat.unit]
        if seat.phase == "closed":
            faults.setdefault((seat.unit, year), Fault("closed_year", unit=unit, year=year))
        else:
            fault = Fault("under_evaluation", unit=unit, year=year, round=seat.round.name(language))
            faults.setdefault((seat.unit, seat.round.pk), fault)
    if not faults and _is_over(on.year):
        return [Fault("year_is_over", year=on.year)]
    return list(faults.values())


def _is_over(year: int) -> bool:
    phases = set(Part.objects.filter(round__year=year).values_list("phase", flat=True))
    return phases == {"closed"}


def _seats(units: Iterable[str]) -> list[Seat]:
    rows = Member.objects.filter(unit__in=list(units)).select_related("part__round").defer("part__set_text")
    return [
        Seat(row.unit, row.part.index, row.part.phase, row.part.round)
        for row in rows.order_by("part__round__year", "part__position", "unit")
    ]


def effects_of(judged: Judged, today: date) -> Effects:
    """What the preview shows beside the register's own rows: five queries."""
    codes = [unit.code for unit in judged.ending]
    asked, links = judged.asked, [*succession_links()]
    if asked.on is not None:
        born = asked.on.year
        links += [Link(old, new, asked.kind, born, asked.rule) for old in codes for new in judged.codes]
    # The past of a unit that ends counts those it came from as well.
    seats = _seats({code for unit in codes for code in family_of(unit, links)})
    roles = Grant.objects.filter(Q(valid_to=None) | Q(valid_to__gte=today), unit__code__in=codes)
    return Effects(
        tuple(seat for seat in seats if seat.unit in codes and seat.phase != "closed"),
        tuple(BlockMember.objects.filter(unit__code__in=codes).select_related("unit").order_by("-year", "index")),
        tuple(Person.objects.filter(unit__code__in=codes, is_active=True).select_related("unit").order_by("login")),
        tuple(roles.select_related("person", "unit").order_by("unit__sort_key", "role", "person__login")),
        tuple(_carried(judged, links, seats)),
    )


def _carried(judged: Judged, links: list[Link], seats: list[Seat]) -> Iterable[Carried]:
    """The years each successor would have before its birth, by the rule that results over the years follow."""
    own: dict[str, dict[str, dict[int, Decimal]]] = {}
    for seat in seats:
        if seat.phase == "closed":
            own.setdefault(seat.index, {}).setdefault(seat.unit, {})[seat.round.year] = Decimal(0)
    for index, units in sorted(own.items()):
        told = {year for years in units.values() for year in years}
        for code in judged.codes:
            years = {past.year for past in comparable_series(code, links, units)}
            yield Carried(code, index, tuple(sorted(years)), tuple(sorted(told - years)))

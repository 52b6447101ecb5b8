"""The lists of a change of units before it is recorded: the register's rows, and what stands beside them."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from thangdo.evaluation.blocks import index_short
from thangdo.reporting.language import Language
from thangdo.reporting.listing import Column, Linked, Listing
from thangdo.web.accounts.roles import role_name
from thangdo.web.registry.lists import blocks_list_of, unit_changes_list
from thangdo.web.registry.reorganisation import Judged
from thangdo.web.rounds.phases import BY_CODE
from thangdo.web.rounds.reorganisation import Effects


def preview_lists(judged: Judged, effects: Effects, language: Language) -> list[Listing]:
    """All of them, the register's own first; an empty one says what its being empty means."""
    names = {unit.code: unit.name(language) for unit in judged.ending}
    names |= {
        new.code: (new.name_en if language == "en" else "") or new.name_vi or new.code
        for new in judged.asked.successors
    }
    return [
        unit_changes_list(judged.changes, judged.parents, _("Register of units")),
        _seats(effects, names, language),
        _people(effects, language),
        blocks_list_of(effects.blocks, language),
        _past(effects, names, language),
    ]


def _seats(effects: Effects, names: dict[str, str], language: Language) -> Listing:
    rows = [
        (names[seat.unit], Linked(seat.round.name(language), reverse("rounds:round", args=[seat.round.code])),
         index_short(seat.index, language), BY_CODE[seat.phase].name(language))
        for seat in effects.seats
    ]  # fmt: skip
    columns = [Column(_("Unit"), share=3), Column(_("Round"), share=3), Column(_("Index")), Column(_("Phase"), share=2)]
    return Listing(
        "dot-dang-mo",
        _("Earlier years still under evaluation"),
        columns,
        rows,
        empty=_("None: no open round counts these units."),
    )


def _people(effects: Effects, language: Language) -> Listing:
    roles: dict[tuple[int, int | None], list[str]] = {}
    for grant in effects.grants:
        roles.setdefault((grant.person_id, grant.unit_id), []).append(role_name(grant.role, language))
    seen = {(person.pk, person.unit_id): (person, person.unit) for person in effects.people}
    seen |= {(grant.person_id, grant.unit_id): (grant.person, grant.unit) for grant in effects.grants}
    rows = [
        (
            Linked(person.full_name, reverse("registry:person", args=[person.login])),
            person.login,
            unit.name(language) if unit else "",
            "; ".join(roles.get(key, [])) or "–",
        )
        for key, (person, unit) in seen.items()
    ]
    columns = [Column(_("Name"), share=3), Column(_("Login")), Column(_("Unit"), share=3), Column(_("Roles"), share=3)]
    return Listing("nguoi-cua-don-vi", _("People of the units that end"), columns, rows, empty=_("Nobody."))


def _past(effects: Effects, names: dict[str, str], language: Language) -> Listing:
    rows = [
        (
            names[row.successor],
            index_short(row.index, language),
            ", ".join(map(str, row.years)) or "–",
            ", ".join(map(str, row.lacking)) or "–",
        )
        for row in effects.carried
    ]
    columns = [
        Column(_("Unit"), share=3),
        Column(_("Index")),
        Column(_("Years taken over"), share=2),
        Column(_("Years that do not compare"), share=2),
    ]
    return Listing(
        "qua-khu-so-sanh",
        _("Comparable past of the new unit"),
        columns,
        rows,
        empty=_("None: there is no closed result to take over."),
    )

"""The lists of the register: units, and people with their roles."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.urls import reverse
from django.utils.translation import gettext as _

from thangdo.evaluation.blocks import block_name, index_short
from thangdo.reporting.language import Language
from thangdo.reporting.listing import Column, Linked, Listing
from thangdo.web.accounts.models import Grant, Person
from thangdo.web.accounts.roles import role_name
from thangdo.web.formatting import day, language_now
from thangdo.web.ledger.words import column_name
from thangdo.web.registry.loading import UnitChange, parents_named
from thangdo.web.registry.models import BlockMember, Unit
from thangdo.web.registry.people import PersonChange

# Rows of a preview that stand on the page, all of them in its files; and faults that are told at once.
SHOWN, MOST_FAULTS = 200, 50


def unit_changes_list(changes: Iterable[UnitChange], parents: Mapping[str, str], title: str = "") -> Listing:
    """What an imported list of units, or a change named by `title`, would change; `parents` are names by code."""
    listed = list(changes)
    named = {**parents} | {change.code: change.name for change in listed if change.is_new}
    rows = [
        (
            change.code,
            change.name,
            _("new")
            if change.is_new
            else "; ".join(
                f"{field_name(name)}: {_in_words(name, old, named)} → {_in_words(name, new, named)}"
                for name, old, new in change.fields
            ),
        )
        for change in listed
    ]
    columns = [Column(_("Code")), Column(_("Unit"), share=2), Column(_("Before → after"), share=4)]
    return Listing("don-vi-se-doi", title or _("What the import would change"), columns, rows, row_header=1)


def parent_names(changes: Iterable[UnitChange]) -> dict[str, str]:
    """The names of the units that changes name as a parent: one query."""
    language = language_now()
    return {unit.code: unit.name(language) for unit in Unit.objects.filter(code__in=parents_named(changes))}


def _in_words(name: str, value: str, named: Mapping[str, str]) -> str:
    """A stored value of a unit as people write it: days, levels and parents by name."""
    if name in {"valid_from", "valid_to"}:
        value = day(value)
    elif name == "level":
        value = block_name(value, language_now())
    elif name == "parent":
        value = named.get(value, value)
    return value or "–"


def field_name(name: str) -> str:
    """A column of the register in words."""
    return column_name(name, language_now()) or (_("other names") if name == "aliases" else _("source of the code"))


def people_changes_list(changes: Iterable[PersonChange], language: Language) -> Listing:
    """What an imported list of people would change."""
    rows = [
        (
            change.login,
            change.full_name,
            change.unit,
            role_name(change.role, language) if change.role else "–",
            "; ".join(
                words
                for words, holds in ((_("new person"), change.is_new), (_("new role"), change.is_new_role))
                if holds
            ),
        )
        for change in changes
    ]
    columns = [
        Column(_("Login")),
        Column(_("Name"), share=2),
        Column(_("Unit")),
        Column(_("Role"), share=2),
        Column(_("What"), share=2),
    ]
    return Listing("nguoi-se-doi", _("What the import would change"), columns, rows)


def blocks_list_of(rows: Iterable[BlockMember], language: Language) -> Listing:
    """In which block each of some units stood, with the years."""
    years: dict[tuple[str, str, str], set[int]] = {}
    for row in rows:
        years.setdefault((row.unit.name(language), row.index, row.block), set()).add(row.year)
    found = [
        (unit, index_short(index, language), block_name(block, language), ", ".join(map(str, sorted(years[key]))))
        for key in sorted(years, key=lambda key: (key[1], key[0]))
        for unit, index, block in [key]
    ]
    columns = [Column(_("Unit"), share=3), Column(_("Index")), Column(_("Block"), share=3), Column(_("Years"), share=2)]
    return Listing("khoi-cua-don-vi", _("Blocks so far"), columns, found, empty=_("The units were in no block yet."))


def blocks_list(rows: Iterable[BlockMember], language: Language) -> Listing:
    """In which block a unit stood, by year and index."""
    found = [
        (
            str(row.year),
            index_short(row.index, language),
            block_name(row.block, language) + ("" if row.ranked else " · " + _("not ranked")),
        )
        for row in rows
    ]
    columns = [Column(_("Year")), Column(_("Index")), Column(_("Block"), share=3)]
    return Listing("khoi", _("Blocks"), columns, found, empty=_("The unit has been in no block yet."))


def grants_list(grants: Iterable[Grant], language: Language) -> Listing:
    """The roles of one person."""
    rows = [
        (
            role_name(grant.role, language),
            grant.unit.name(language) if grant.unit else _("everywhere"),
            day(grant.valid_from),
            day(grant.valid_to),
            grant.on_behalf_of.full_name if grant.on_behalf_of else "–",
        )
        for grant in grants
    ]
    columns = [
        Column(_("Role"), share=2),
        Column(_("Where"), share=3),
        Column(_("From day")),
        Column(_("To day")),
        Column(_("In place of"), share=2),
    ]
    return Listing("vai-tro", _("Roles"), columns, rows, empty=_("No role."))


def delegations_list(grants: Iterable[Grant], language: Language) -> Listing:
    """Who acts in whose place, until when and why."""
    rows = [
        (
            grant.person.full_name,
            grant.on_behalf_of.full_name if grant.on_behalf_of else "–",
            role_name(grant.role, language),
            grant.unit.name(language) if grant.unit else "",
            day(grant.valid_to),
            grant.reason,
        )
        for grant in grants
    ]
    columns = [
        Column(_("Who"), share=2),
        Column(_("In place of"), share=2),
        Column(_("Role"), share=2),
        Column(_("Unit"), share=2),
        Column(_("To day")),
        Column(_("Why"), share=3),
    ]
    return Listing("uy-quyen", _("Delegations"), columns, rows)


def units_list(units: Iterable[Unit], language: Language) -> Listing:
    """Units with their code, level and days of validity."""
    rows = [
        (
            Linked(unit.name(language), reverse("registry:unit", args=[unit.code])),
            unit.code,
            block_name(unit.level, language),
            day(unit.valid_from),
            day(unit.valid_to),
        )
        for unit in units
    ]
    columns = [
        Column(_("Unit"), share=4),
        Column(_("Code")),
        Column(_("Level"), share=2),
        Column(_("Valid from")),
        Column(_("Valid to")),
    ]
    return Listing("don-vi", _("Register of units"), columns, rows, empty=_("No unit matches these words."))


def people_list(people: Iterable[Person], language: Language) -> Listing:
    """People with unit and roles; no e-mail, no secret."""
    rows = [
        (
            Linked(person.full_name, reverse("registry:person", args=[person.login])),
            person.login,
            person.unit.short(language) if person.unit else "–",
            "; ".join(
                role_name(grant.role, language) + (f" · {grant.unit.short(language)}" if grant.unit else "")
                for grant in person.grants.all()
            ),
            _("in use") if person.is_active else _("switched off"),
        )
        for person in people
    ]
    columns = [
        Column(_("Name"), share=3),
        Column(_("Login"), share=2),
        Column(_("Unit"), share=3),
        Column(_("Roles"), share=4),
        Column(_("Account")),
    ]
    return Listing("nguoi", _("People and roles"), columns, rows, empty=_("Nobody matches these words."))

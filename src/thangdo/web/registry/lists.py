"""The lists of the register: units, and people with their roles."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _

from thangdo.reporting.language import Language
from thangdo.reporting.listing import Column, Linked, Listing
from thangdo.web.accounts.models import Person
from thangdo.web.accounts.roles import role_name
from thangdo.web.formatting import day
from thangdo.web.registry.blocks import block_name
from thangdo.web.registry.models import Unit


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
    return Listing("don-vi", _("Register of units"), columns, rows, empty=_("No unit has these words."))


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
    return Listing("nguoi", _("People and roles"), columns, rows, empty=_("Nobody has these words."))

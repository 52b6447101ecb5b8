"""A unit over the years, across mergers and splits."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _

from thangdo.reporting.listing import Column, Listing, Value
from thangdo.web.formatting import language_now
from thangdo.web.lists import page_or_file
from thangdo.web.registry.models import Unit
from thangdo.web.rounds.unit_series import series_of


def unit_series(request: Any, unit: str) -> HttpResponse:
    """Percent of the maximum by index and year; years before the unit existed by the declared rule, and said so."""
    found = Unit.objects.filter(code=unit).first()
    if found is None:
        raise Http404
    series = series_of(unit)
    carried = {code for row in series for value in row.values for code in value.carried_from}
    names = {row.code: row for row in Unit.objects.filter(code__in=carried)}
    language = language_now()
    rows: list[tuple[Value, ...]] = [
        (
            row.index.upper(),
            str(value.year),
            value.value,
            "; ".join(names[code].name(language) if code in names else code for code in value.carried_from)
            or _("the unit itself"),
        )
        for row in series
        for value in row.values
    ]
    listing = Listing(
        f"chuoi-{unit}",
        _("%(unit)s over the years") % {"unit": found.name(language)},
        (Column(_("Index")), Column(_("Year")), Column(_("Percent"), True, 2), Column(_("From"), share=3)),
        rows,
        note=_(
            "Percent of the maximum in closed rounds. Before the unit existed: the mean of the units it came from, only for years in which all of them have a result."
        ),
        empty=_("No closed round has a result of this unit or of those it came from."),
    )
    return page_or_file(request, "rounds/unit_series.html", {"unit": found, "listing": listing}, [listing])

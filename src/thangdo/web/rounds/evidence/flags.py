"""What an appraiser should look at twice: one small function a flag, over the documents of a part."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _

from thangdo.web.rounds.models import Attachment, Part


@dataclass(frozen=True, slots=True)
class Flag:
    """A flag on one document: its code, and the sentence."""

    code: str
    words: str


def is_outside_year(issued_on: str, year: int) -> bool:
    """A document counts for the year on its face; early January of the next is usual for yearly reports."""
    return (
        bool(issued_on) and issued_on[:4].isdigit() and issued_on[:4] != str(year) and issued_on[:7] != f"{year + 1}-01"
    )


def flags_of(part: Part, attachments: Iterable[Attachment], visible: Q) -> dict[int, list[Flag]]:
    """Flags by attachment: dated outside the year, claimed by several units, or used for an earlier round. One query.

    `visible` is what the reader may see of the part's claims: a unit is not told what another one claims.
    """
    shown = list(attachments)
    hashes = {row.document.sha256 for row in shown if row.document.sha256}
    claims: dict[str, set[tuple[int, str]]] = defaultdict(set)
    units = {row.unit for row in shown}
    rows = Attachment.objects.filter(Q(unit__in=units) | visible, document__sha256__in=hashes)
    for sha256, year, unit in rows.values_list("document__sha256", "part__round__year", "unit"):
        claims[sha256].add((year, unit))
    found: dict[int, list[Flag]] = {}
    for row in shown:
        document, flags = row.document, []
        if is_outside_year(document.issued_on, part.round.year):
            flags.append(Flag("outside_year", _("dated outside the evaluated year")))
        others = {unit for year, unit in claims[document.sha256] if year == part.round.year and unit != row.unit}
        if others:
            flags.append(
                Flag("several_units", _("also claimed by: %(units)s") % {"units": ", ".join(sorted(others)[:3])})
            )
        earlier = {year for year, unit in claims[document.sha256] if year < part.round.year}
        if earlier:
            years = ", ".join(map(str, sorted(earlier)))
            flags.append(Flag("used_before", _("the same file was used in %(years)s") % {"years": years}))
        if flags:
            found[row.pk] = flags
    return found

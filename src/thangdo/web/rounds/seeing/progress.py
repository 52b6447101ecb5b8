"""How far a part is: units that handed in, criteria answered and appraised, appeals, agenda; a few counts a query."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Concat
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from thangdo.web.formatting import number
from thangdo.web.rounds.models import AgendaItem, Appeal, Explanation, Mark, Member, Part, Submission
from thangdo.web.rounds.points import compiled_set, is_counted
from thangdo.web.rounds.sets import issued_set_of_text


@dataclass(frozen=True, slots=True)
class Progress:
    """Counts of one part. `asked` are the criteria the units answer themselves, `answered` those they did."""

    units: int = 0
    handed_in: int = 0
    with_leader: int = 0
    sent_back: int = 0
    asked: int = 0
    answered: int = 0
    appraised: int = 0
    appeals: int = 0
    appeals_open: int = 0
    questions_open: int = 0
    agenda: int = 0
    agenda_open: int = 0

    def sentence(self, phase: str) -> str:
        """What a reader with twenty seconds wants to know in this phase."""
        values = {name: number(getattr(self, name)) for name in self.__slots__}
        if phase == "prepare":
            return ngettext("%(num)s unit will take part", "%(num)s units will take part", self.units) % {
                "num": values["units"]
            }
        if phase == "self_score":
            return (
                _("%(handed_in)s of %(units)s units have handed in; %(answered)s of %(asked)s answers given") % values
            )
        if phase == "appraise":
            return _("%(appraised)s of %(answered)s answers appraised; %(questions_open)s questions open") % values
        if phase == "explain":
            return _("%(appeals_open)s of %(appeals)s appeals still to decide") % values
        return _("%(agenda_open)s of %(agenda)s council items still to decide") % values

    def done_of(self, phase: str) -> tuple[int, int]:
        """The bar of a phase: done and total."""
        return {
            "self_score": (self.answered, self.asked),
            "appraise": (self.appraised, self.answered),
            "explain": (self.appeals - self.appeals_open, self.appeals),
            "council": (self.agenda - self.agenda_open, self.agenda),
        }.get(phase, (0, 0))


@lru_cache(maxsize=4096)
def asked_codes(set_text: str, block: str, unit: str) -> frozenset[str]:
    """The criteria a unit answers itself; none of a composite."""
    if issued_set_of_text(set_text).is_composite:
        return frozenset()
    compiled = compiled_set(set_text)
    return frozenset(
        compiled.codes[position]
        for position, must in compiled.applicable(block, unit).items()
        if must and not is_counted(compiled.nodes[position])
    )


def progress_of(parts: Iterable[Part]) -> dict[int, Progress]:
    """The counts of several parts at once, by part: two queries, whatever their number."""
    rows = {part.pk: part for part in parts}
    asked = dict.fromkeys(rows, 0)
    units = dict.fromkeys(rows, 0)
    for owner, block, unit in Member.objects.filter(part__in=rows).values_list("part", "block", "unit"):
        units[owner] += 1
        if rows[owner].set_text:
            asked[owner] += len(asked_codes(rows[owner].set_text, block, unit))
    own = Mark.objects.filter(part=OuterRef("pk"))
    cell = Concat("unit", Value("/"), "criterion")
    submissions = Submission.objects.filter(part=OuterRef("pk"))
    appeals = Appeal.objects.filter(part=OuterRef("pk"))
    agenda = AgendaItem.objects.filter(part=OuterRef("pk"))
    counts = {
        "handed_in": _count(submissions.filter(state="approved")),
        "with_leader": _count(submissions.filter(state="with_leader")),
        "sent_back": _count(submissions.filter(state="sent_back")),
        "answered": _count(own.filter(layer="self").exclude(points="")),
        "appraised": _count(own.filter(layer="appraisal_1"), Count(cell, distinct=True)),
        "appeals": _count(appeals),
        "appeals_open": _count(appeals.filter(outcome="")),
        "questions_open": _count(Explanation.objects.filter(part=OuterRef("pk"), answered_at=None)),
        "agenda": _count(agenda),
        "agenda_open": _count(agenda.filter(state="open")),
    }
    found = Part.objects.filter(pk__in=rows).order_by().annotate(**{f"n_{name}": made for name, made in counts.items()})
    return {
        row["pk"]: Progress(
            units=units[row["pk"]], asked=asked[row["pk"]], **{name: row[f"n_{name}"] for name in counts}
        )
        for row in found.values("pk", *(f"n_{name}" for name in counts))
    }


def _count(rows: QuerySet[Any], counted: Count | None = None) -> Coalesce:
    """How many rows of a part, as a part of one query over parts."""
    grouped = rows.order_by().values("part").annotate(n=counted or Count("pk")).values("n")
    return Coalesce(Subquery(grouped, output_field=IntegerField()), 0)

"""What must hold before a transition: one function a guard, each returning what still stops it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from thangdo.web.accounts.holders import all_holders
from thangdo.web.accounts.permissions import BY_CODE, Place, who_may
from thangdo.web.registry.tree import unit_tree, units_above
from thangdo.web.rounds.asked import asked_criteria
from thangdo.web.rounds.deadlines import ends_by_unit, has_ended
from thangdo.web.rounds.models import (
    AgendaItem,
    Appeal,
    Mark,
    Part,
    SampleItem,
    Submission,
)
from thangdo.web.rounds.phases import PHASES, Transition
from thangdo.web.rounds.results import approval_state
from thangdo.web.rounds.sets import issued_set


@dataclass(frozen=True, slots=True)
class Guard:
    """A condition of a transition: its words, the function that lists what stops it, and where it is mended.

    `address` is an address of the part by name, '' where the work lies with many people.
    """

    code: str
    words: Any
    stopping: Callable[[Part, datetime], list[str]]
    address: str = ""


def _set_issued(part: Part, at: datetime) -> list[str]:
    return [] if part.set_hash else [_("the criteria set is not issued")]


def _units_assigned(part: Part, at: datetime) -> list[str]:
    members = {member.unit for member in part.members.all()}
    if not members:
        return [_("no unit takes part")]
    unknown = members - {unit.code for unit in part.round.units.all()}
    return [_("units without a row in the round: %(units)s") % {"units": ", ".join(sorted(unknown))}] if unknown else []


def _officers_present(part: Part, at: datetime) -> list[str]:
    holders, parents = all_holders(at.date()), unit_tree()
    without = [
        member.unit
        for member in part.members.all()
        if not who_may(
            holders,
            BY_CODE["save_mark"],
            Place(
                part.round.code,
                part.index,
                member.unit,
                units_above=units_above(member.unit, parents),
                part=part.slug,
            ),
        )
    ]
    return [_("units without an officer: %(units)s") % {"units": shortened(without)}] if without else []


def _appraisers_assigned(part: Part, at: datetime) -> list[str]:
    if not part.set_text:
        return []
    known, holders = issued_set(part), all_holders(at.date())
    without = [
        leaf.code
        for leaf in known.leaves
        if not who_may(
            holders,
            BY_CODE["appraise"],
            Place(
                part.round.code,
                part.index,
                criterion=leaf.code,
                nodes_above=known.nodes_above(leaf.code),
                part=part.slug,
            ),
        )
    ]
    return [_("criteria without an appraiser: %(criteria)s") % {"criteria": shortened(without)}] if without else []


def _dates_set(part: Part, at: datetime) -> list[str]:
    dated = {row.phase for row in part.dates.all() if row.closes_at is not None}
    missing = [phase.name(_language()) for phase in PHASES if phase.locks and phase.code not in dated]
    return [_("phases without an end date: %(phases)s") % {"phases": ", ".join(missing)}] if missing else []


def _submitted(part: Part, at: datetime) -> list[str]:
    end_of = ends_by_unit(part, "self_score")
    waiting = [
        submission.unit
        for submission in Submission.objects.filter(part=part).exclude(state="approved")
        # After its deadline a unit no longer holds the others up: what it saved is what it has.
        if not has_ended(end_of(submission.unit), at)
    ]
    return [_("units that have not handed in: %(units)s") % {"units": shortened(waiting)}] if waiting else []


def _appraised(part: Part, at: datetime) -> list[str]:
    decided = set(Mark.objects.filter(part=part, layer="appraisal_1").values_list("unit", "criterion"))
    left = sum(
        (member.unit, criterion) not in decided
        for member in part.members.all()
        for criterion in asked_criteria(part, member.unit, member.block)
    )
    return [_("cells not yet appraised: %(count)s") % {"count": left}] if left else []


def _adjudicated(part: Part, at: datetime) -> list[str]:
    rows = Mark.objects.filter(part=part, layer="appraisal_1").values_list("unit", "criterion", "appraiser")
    names: dict[tuple[str, str], set[str]] = {}
    for unit, criterion, appraiser in rows:
        names.setdefault((unit, criterion), set()).add(appraiser)
    open_cells = [cell for cell, who in names.items() if len(who) > 1 and "adjudicated" not in who]
    single = [
        cell
        for cell in SampleItem.objects.filter(part=part).values_list("unit", "criterion")
        if len(names.get(cell, set())) < 2
    ]
    found = []
    if open_cells:
        found.append(_("cells to adjudicate: %(count)s") % {"count": len(open_cells)})
    if single:
        found.append(_("drawn cells without a second appraiser: %(count)s") % {"count": len(single)})
    return found


def _appeals_decided(part: Part, at: datetime) -> list[str]:
    count = Appeal.objects.filter(part=part, outcome="").count()
    return [_("appeals not yet decided: %(count)s") % {"count": count}] if count else []


def _agenda_decided(part: Part, at: datetime) -> list[str]:
    count = AgendaItem.objects.filter(part=part, state="open").count()
    return [_("agenda items not yet decided: %(count)s") % {"count": count}] if count else []


def _approval_valid(part: Part, at: datetime) -> list[str]:
    state = approval_state(part)
    if state == "none":
        return [_("the results are not approved")]
    return [_("the results changed after their approval")] if state == "void" else []


def _nothing_saved(part: Part, at: datetime) -> list[str]:
    return [_("units have already saved marks")] if Mark.objects.filter(part=part, layer="self").exists() else []


GUARDS = (
    Guard("set_issued", gettext_lazy("the criteria set is issued"), _set_issued, "rounds:issue_set"),
    Guard("units_assigned", gettext_lazy("units are assigned to blocks"), _units_assigned, "rounds:choose_units"),
    Guard("officers_present", gettext_lazy("each unit has an officer"), _officers_present, "registry:people"),
    Guard(
        "appraisers_assigned", gettext_lazy("each criterion has an appraiser"), _appraisers_assigned, "rounds:assign"
    ),
    Guard("dates_set", gettext_lazy("each phase has its end date"), _dates_set, "rounds:deadlines"),
    Guard("submitted", gettext_lazy("all units handed in, or their deadline passed"), _submitted),
    Guard("appraised", gettext_lazy("every cell is appraised"), _appraised, "rounds:matrix"),
    Guard("adjudicated", gettext_lazy("differences of two appraisers are settled"), _adjudicated, "rounds:agreement"),
    Guard("appeals_decided", gettext_lazy("every appeal is decided"), _appeals_decided, "rounds:appeals"),
    Guard("agenda_decided", gettext_lazy("every agenda item is decided"), _agenda_decided, "rounds:council"),
    Guard(
        "approval_valid",
        gettext_lazy("the approval holds for the results as they are"),
        _approval_valid,
        "rounds:results",
    ),
    Guard("nothing_saved", gettext_lazy("no unit has saved anything"), _nothing_saved),
)
BY_NAME = {guard.code: guard for guard in GUARDS}


def unmet(part: Part, way: Transition, at: datetime) -> list[str]:
    """Everything that still stops a transition, in the reader's language."""
    return [text for code in way.guards for text in BY_NAME[code].stopping(part, at)]


@dataclass(frozen=True, slots=True)
class Checked:
    """One line of the checklist of a transition: the guard, and what of it still stops (nothing: it holds)."""

    guard: Guard
    stopping: tuple[str, ...]


def checked(part: Part, way: Transition, at: datetime) -> list[Checked]:
    """Every guard of a transition with what still stops it, in the reader's language."""
    return [Checked(BY_NAME[code], tuple(BY_NAME[code].stopping(part, at))) for code in way.guards]


def shortened(codes: list[str], most: int = 6) -> str:
    rest = len(codes) - most
    return ", ".join(codes[:most]) + (f" (+{rest})" if rest > 0 else "")


def _language() -> str:
    return get_language() or "vi"

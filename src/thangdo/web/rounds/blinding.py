"""What is not told yet: the other appraiser's points of a drawn cell, a unit's appraised points while they are made,
and criteria that an appraiser was not given."""

from __future__ import annotations

from dataclasses import replace

from django.db.models import Exists, OuterRef, Q

from thangdo.web.accounts.permissions import BY_CODE, Holder, Place
from thangdo.web.registry.tree import granting_with_tree
from thangdo.web.rounds.acts.appraise import ADJUDICATED
from thangdo.web.rounds.models import Mark, Part, SampleItem
from thangdo.web.rounds.sets import issued_set

LAYER = "appraisal_1"
# From the appeals on a unit knows what was appraised.
TOLD = {"explain", "council", "approve", "closed"}


def is_blind(part: Part, holder: Holder) -> bool:
    """Whether this reader appraises and nothing else while two appraise: others' decided points stay hidden."""
    roles = {grant.role for grant in holder.held if BY_CODE["see_matrix"].scope(grant.role)}
    return part.phase == "appraise" and roles == {"appraiser"}


def is_untold(part: Part, holder: Holder, unit: str) -> bool:
    """Whether this reader is of the unit only and the appraisal still goes on: it is told when appeals open."""
    if part.phase in TOLD:
        return False
    place = Place(part.round.code, part.index, unit, phase=part.phase, part=part.slug)
    return granting_with_tree(holder, BY_CODE["see_matrix"], place) is None


def readable_criteria(part: Part, holder: Holder, unit: str) -> frozenset[str] | None:
    """The leaves of a submission this reader may open: None for all, some for an appraiser of some criteria."""
    found: set[str] = set()
    act = BY_CODE["see_submission"]
    place = Place(part.round.code, part.index, unit, phase=part.phase, part=part.slug)
    for grant in holder.held:
        if act.scope(grant.role) is None or not granting_with_tree(replace(holder, held=(grant,)), act, place):
            continue
        if act.scope(grant.role) != "assigned" or not grant.criterion:
            return None
        found.update(issued_set(part).leaves_below().get(grant.criterion, ()))
    return frozenset(found)


def seen_by(part: Part, holder: Holder, unit: str = "") -> Q:
    """A condition on marks of `part`, or of one unit of it: all of them but what is not told yet.

    An appraiser does not see the other's points of cells still to score; whoever adjudicates sees both, and so
    does every reader who appraises nothing. People of the unit see its own answers until the appraisal is over.
    """
    if unit and is_untold(part, holder, unit):
        return Q(layer="self")
    if not is_blind(part, holder):
        return Q()
    own = f"tv{holder.person_id}"
    same_cell = {"part": part, "unit": OuterRef("unit"), "criterion": OuterRef("criterion")}
    is_drawn = Exists(SampleItem.objects.filter(**same_cell))
    is_mine_given = Exists(Mark.objects.filter(**same_cell, layer=LAYER, appraiser=own))
    others = Q(layer=LAYER) & ~Q(appraiser__in=(own, ADJUDICATED, ""))
    return ~(others & Q(is_drawn) & ~Q(is_mine_given))

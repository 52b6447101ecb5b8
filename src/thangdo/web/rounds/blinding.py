"""Two independent appraisers: neither sees the other's points of a drawn cell before giving their own."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q

from thangdo.web.accounts.permissions import BY_CODE, Holder
from thangdo.web.rounds.acts.appraise import ADJUDICATED
from thangdo.web.rounds.models import Mark, Part, SampleItem

LAYER = "appraisal_1"


def is_blind(part: Part, holder: Holder) -> bool:
    """Whether this reader appraises and nothing else while two appraise: others' decided points stay hidden."""
    roles = {grant.role for grant in holder.held if BY_CODE["see_matrix"].scope(grant.role)}
    return part.phase == "appraise" and roles == {"appraiser"}


def seen_by(part: Part, holder: Holder) -> Q:
    """A condition on marks of `part`: all of them, but for an appraiser the other's points of cells still to score.

    Whoever adjudicates sees both, and so does every reader who appraises nothing.
    """
    if not is_blind(part, holder):
        return Q()
    own = f"tv{holder.person_id}"
    same_cell = {"part": part, "unit": OuterRef("unit"), "criterion": OuterRef("criterion")}
    is_drawn = Exists(SampleItem.objects.filter(**same_cell))
    is_mine_given = Exists(Mark.objects.filter(**same_cell, layer=LAYER, appraiser=own))
    others = Q(layer=LAYER) & ~Q(appraiser__in=(own, ADJUDICATED, ""))
    return ~(others & Q(is_drawn) & ~Q(is_mine_given))

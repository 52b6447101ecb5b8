"""What a reader may know of a part's submissions at this moment: one value that pages, lists, files, search and ledger draw from.

Not told yet are the other appraiser's points of a drawn cell until it is settled, a unit's appraised points until
appeals open, the council's points until it has finished, its votes for good, and criteria an appraiser was not given.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

from django.db.models import Exists, OuterRef, Q

from thangdo.web.accounts.permissions import BY_CODE, Holder, Place, visible_rows
from thangdo.web.registry.tree import granting_with_tree, unit_tree, units_below
from thangdo.web.rounds.acts.appraise import ADJUDICATED
from thangdo.web.rounds.models import Mark, Part, SampleItem
from thangdo.web.rounds.sets import issued_set

DRAWN_LAYER = "appraisal_1"
LAYERS = frozenset({"self", "appraisal_1", "appraisal_2", "appeal", "council"})
# From the appeals on a unit knows what was appraised; what the council decided once it has finished.
TOLD = {"explain", "council", "approve", "closed"}
COUNCIL_TOLD = {"approve", "closed"}
APPRAISING = ("appraise", "adjudicate", "ask_explanation")


@dataclass(frozen=True)
class Known:
    """What one reader may know of one unit's submission, or (`unit` blank) of those a list shows them.

    `criteria` are the leaves they may open, None for all. `is_blind`: they appraise and nothing else while two
    appraise. `is_untold`: they are of the unit only and the appraisal goes on. `is_council_untold`: the council's
    work is not theirs to see and is not over.
    """

    part: Part
    unit: str
    holder: Holder
    criteria: frozenset[str] | None
    is_blind: bool
    is_untold: bool
    sees_council: bool

    @cached_property
    def below(self) -> dict[str, tuple[str, ...]]:
        """Each unit and those below it: read where a list over units asks."""
        return units_below(unit_tree())

    @property
    def is_council_untold(self) -> bool:
        return not self.sees_council and self.part.phase not in COUNCIL_TOLD

    def reads(self, criterion: str) -> bool:
        return self.criteria is None or criterion in self.criteria

    @property
    def layers(self) -> frozenset[str]:
        """The layers whose points may be added up for this reader."""
        if self.is_untold or self.is_blind:
            return frozenset({"self"})
        return LAYERS - {"council"} if self.is_council_untold else LAYERS

    @property
    def rows(self) -> Q:
        """On what names a criterion: attachments, appeals, marks."""
        return Q() if self.criteria is None else Q(criterion__in=self.criteria)

    @property
    def marks(self) -> Q:
        """On marks of the part (and unit): those told already."""
        told = self.rows
        if self.is_untold:
            return told & Q(layer="self")
        if self.is_council_untold:
            told &= ~Q(layer="council")
        if self.is_blind:
            others = Q(layer=DRAWN_LAYER) & ~Q(appraiser__in=(self._own, ADJUDICATED, ""))
            told &= ~(others & self._is_unsettled)
        return told

    @property
    def questions(self) -> Q:
        """On questions put to a unit: the other appraiser's of a drawn cell would tell what they think of it."""
        told = self.rows
        return told & ~(~Q(asked_by=self.holder.person_id) & self._is_unsettled) if self.is_blind else told

    @property
    def entries(self) -> Q:
        """On the ledger's entries of this unit."""
        told = Q()
        if self.criteria is not None:
            told &= Q(place__in=[f"{self.part.slug}/{self.unit}/{code}" for code in sorted(self.criteria)])
        if self.is_untold:
            told &= ~Q(act__in=("appraise", "adjudicate"))
        if self.is_blind:
            told &= ~Q(act__in=APPRAISING) | Q(actor_id=self.holder.person_id)
        if not self.sees_council:
            # What was decided is told with the points; who voted how, and for what reasons it came up, is not.
            decided = Q(table=Mark._meta.db_table) if not self.is_council_untold else Q(pk__in=[])
            told &= ~Q(act__in=("vote", "prepare_council")) | decided
        return told

    def across(self, act: str) -> Q:
        """The permission table's condition on the part's rows that name a unit and a criterion: what `act` lets be seen."""
        part = self.part
        return visible_rows(
            self.holder,
            BY_CODE[act],
            Place(part.round.code, part.index, phase=part.phase, part=part.slug),
            below=self.below,
            leaves=issued_set(part).leaves_below() if part.set_text else {},
            criterion_column="criterion",
        )

    @property
    def marks_across(self) -> Q:
        """On marks of any unit, for a list that shows a reader's own unit beside those they appraise."""
        if self.part.phase in TOLD:
            return self.marks
        return self.marks & (Q(layer="self") | self.across("see_matrix"))

    @property
    def _own(self) -> str:
        return f"tv{self.holder.person_id}"

    @property
    def _is_unsettled(self) -> Q:
        """Whether the row's cell was drawn for two appraisers and is not settled yet."""
        cell = {"part": self.part, "unit": OuterRef("unit"), "criterion": OuterRef("criterion")}
        is_drawn = Exists(SampleItem.objects.filter(**cell))
        is_settled = Exists(Mark.objects.filter(**cell, layer=DRAWN_LAYER, appraiser=ADJUDICATED))
        return Q(is_drawn) & ~Q(is_settled)


def known_of(part: Part, holder: Holder, unit: str = "") -> Known:
    """What `holder` may know of `unit`'s submission; without unit, of the rows a list over units shows them."""
    place = Place(part.round.code, part.index, unit, phase=part.phase, part=part.slug)
    roles = {grant.role for grant in holder.held if BY_CODE["see_matrix"].scope(grant.role)}
    is_of_unit = bool(unit) and part.phase not in TOLD
    return Known(
        part,
        unit,
        holder,
        _readable(part, holder, unit, place) if unit else None,
        is_blind=part.phase == "appraise" and roles == {"appraiser"},
        is_untold=is_of_unit and granting_with_tree(holder, BY_CODE["see_matrix"], place) is None,
        sees_council=granting_with_tree(holder, BY_CODE["see_council"], place) is not None,
    )


def _readable(part: Part, holder: Holder, unit: str, place: Place) -> frozenset[str] | None:
    """The leaves of a submission this reader may open: None for all, some for an appraiser of some criteria."""
    found: set[str] = set()
    act = BY_CODE["see_submission"]
    for grant in holder.held:
        if act.scope(grant.role) is None or not granting_with_tree(replace(holder, held=(grant,)), act, place):
            continue
        if act.scope(grant.role) != "assigned" or not grant.criterion:
            return None
        found.update(issued_set(part).leaves_below().get(grant.criterion, ()))
    return frozenset(found)

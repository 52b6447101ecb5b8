"""The frame of every act: who, when and where are required; permission and deadline are asked; one transaction.

The ledger entry is written by the database for every row the act changes, so no act can forget it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from thangdo.web.accounts.permissions import BY_CODE, Holder, Place
from thangdo.web.ledger.acting import ActInProgress, acting
from thangdo.web.registry.tree import granting_with_tree
from thangdo.web.rounds.models import Part
from thangdo.web.rounds.refusals import ActRefused
from thangdo.web.rounds.sets import issued_set

# Twenty pages: more than anybody reads in a reason, a question or an explanation.
TEXT_LIMIT = 20_000


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: their key, and what they hold."""

    person_id: int
    holder: Holder

    @property
    def code(self) -> str:
        """The name that leaves the database: people stay inside, so a number stands for them."""
        return f"tv{self.person_id}"


def permitted(
    act: str,
    actor: Actor,
    part: Part,
    at: datetime,
    *,
    unit: str = "",
    criterion: str = "",
    reason: str = "",
) -> ActInProgress:
    """Ask the permission table for `act` at this place and phase: the act as the ledger will have it.

    Raises ActRefused.
    """
    if len(reason) > TEXT_LIMIT:
        raise ActRefused("too_long", field=_("Reason"), limit=TEXT_LIMIT)
    known = BY_CODE[act]
    if known.phases and part.phase not in known.phases:
        raise ActRefused("wrong_phase")
    above = issued_set(part).nodes_above(criterion) if criterion and part.set_text else ()
    place = Place(part.round.code, part.index, unit, criterion, part.phase, (), above, part.slug)
    grant = granting_with_tree(actor.holder, known, place)
    if grant is None:
        raise ActRefused("not_allowed")
    where = "/".join(piece for piece in (part.slug, unit, criterion) if piece)
    return ActInProgress(act, actor.person_id, at, reason, part.round.code, where, grant.on_behalf_of_id)


def in_turn(part: Part) -> Part:
    """Hold the part until the transaction ends: of two acts at once the second sees what the first did.

    Saves go on meanwhile: they refer to the part and do not take its turn. Raises ActRefused where the phase moved.
    """
    held = Part.objects.select_for_update(no_key=True).get(pk=part.pk)
    if held.phase != part.phase:
        raise ActRefused("wrong_phase")
    return held


@contextmanager
def doing(act: str, actor: Actor, part: Part, at: datetime, **where: str) -> Iterator[None]:
    """Run the body as one recorded transaction where `permitted` lets it: `where` is its unit, criterion, reason.

    Raises ActRefused.
    """
    with acting(permitted(act, actor, part, at, **where)):
        yield

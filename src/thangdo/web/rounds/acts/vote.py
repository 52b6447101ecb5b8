"""A council member votes on an item of the agenda; a later vote of the same member replaces the earlier."""

from __future__ import annotations

from datetime import datetime

from thangdo.web.rounds.acts.act import Actor, doing
from thangdo.web.rounds.models import AgendaItem, Part, Vote
from thangdo.web.rounds.refusals import ActRefused, DoneAlready

CHOICES = ("for", "against", "abstain")


def vote(part: Part, item_id: int, choice: str, *, actor: Actor, at: datetime) -> Vote:
    """Vote while the item is open."""
    if choice not in CHOICES:
        raise ActRefused("bad_choice")
    item = AgendaItem.objects.filter(part=part, pk=item_id).first()
    if item is None:
        raise ActRefused("not_allowed")
    with doing("vote", actor, part, at, unit=item.unit, criterion=item.criterion):
        if AgendaItem.objects.select_for_update().get(pk=item.pk).state != "open":
            raise ActRefused("already_decided")
        if Vote.objects.filter(item=item, person_id=actor.person_id, choice=choice).exists():
            raise DoneAlready()
        given, _ = Vote.objects.update_or_create(
            item=item, person_id=actor.person_id, defaults={"choice": choice, "given_at": at}
        )
    return given

"""The secretary puts questions on the council's agenda and records what the votes decided."""

from __future__ import annotations

from datetime import datetime

from thangdo.web.rounds.acts.act import Actor, doing, in_turn
from thangdo.web.rounds.acts.appraise import block_of, decided, put_mark
from thangdo.web.rounds.models import AgendaItem, Part
from thangdo.web.rounds.quorum import quorum_of
from thangdo.web.rounds.refusals import ActRefused, DoneAlready
from thangdo.web.rounds.sets import issued_set

LAYER = "council"


def kind_of(part: Part, criterion: str) -> str:
    """A disputed score, or a bonus or penalty by the criterion's role in its set (its own or a parent's)."""
    known = issued_set(part)
    for code in (criterion, *known.nodes_above(criterion)):
        if known.nodes[code].role != "normal":
            return known.nodes[code].role
    return "dispute"


def add_item(
    part: Part, unit: str, criterion: str, proposal: str, reason: str, *, actor: Actor, at: datetime
) -> AgendaItem:
    """Put a cell before the council with the points proposed and why."""
    node = issued_set(part).nodes.get(criterion)
    if node is None or not node.is_leaf:
        raise ActRefused("no_such_criterion")
    if not reason.strip():
        raise ActRefused("needs_reason")
    with doing("prepare_council", actor, part, at, unit=unit, criterion=criterion, reason=reason.strip()):
        block = block_of(part, unit)
        # Refuses points outside the criterion's range before anyone votes on them.
        decided(part, unit, criterion, block, LAYER, {"points": proposal}, reason, at)
        in_turn(part)
        stands = AgendaItem.objects.filter(part=part, unit=unit, criterion=criterion, state="open").first()
        if stands is not None:
            is_same = (stands.proposal, stands.reason) == (proposal.strip().replace(",", "."), reason.strip())
            raise DoneAlready() if is_same else ActRefused("duplicate")
        position = AgendaItem.objects.filter(part=part).count() + 1
        return AgendaItem.objects.create(
            part=part,
            position=position,
            kind=kind_of(part, criterion),
            unit=unit,
            criterion=criterion,
            proposal=proposal.strip().replace(",", "."),
            reason=reason.strip(),
        )


def conclude_item(part: Part, item_id: int, *, actor: Actor, at: datetime) -> AgendaItem:
    """Count the votes: more for than against adopts the proposal as the council's points; a tie does not.

    An abstention counts as having voted. Refused while fewer have voted than the round's rules ask for.
    """
    item = AgendaItem.objects.filter(part=part, pk=item_id).first()
    if item is None:
        raise ActRefused("not_allowed")
    with doing("prepare_council", actor, part, at, unit=item.unit, criterion=item.criterion, reason=item.reason):
        item = AgendaItem.objects.select_for_update().get(pk=item.pk)
        if item.state != "open":
            raise DoneAlready()
        choices = list(item.votes.values_list("choice", flat=True))
        if not choices:
            raise ActRefused("no_votes")
        quorum = quorum_of(part, at)
        if quorum is not None and len(choices) < quorum.needed:
            raise ActRefused("no_quorum", given=len(choices), members=quorum.members, needed=quorum.needed)
        is_adopted = choices.count("for") > choices.count("against")
        item.state, item.decided_at = ("adopted" if is_adopted else "rejected"), at
        item.save()
        if is_adopted:
            inputs, points, maximum = decided(
                part,
                item.unit,
                item.criterion,
                block_of(part, item.unit),
                LAYER,
                {"points": item.proposal},
                item.reason,
                at,
            )
            put_mark(part, item.unit, item.criterion, LAYER, LAYER, inputs, points, maximum, actor, at)
    return item

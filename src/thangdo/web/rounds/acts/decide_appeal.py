"""The second appraisal decides an appeal, with reasons; new points stand in the layer `appeal`."""

from __future__ import annotations

from datetime import datetime

from thangdo.web.rounds.acts.act import Actor, doing
from thangdo.web.rounds.acts.appraise import block_of, decided, put_mark
from thangdo.web.rounds.models import Appeal, Mark, Part
from thangdo.web.rounds.refusals import ActRefused, DoneAlready

OUTCOMES = ("accepted", "partly", "rejected")
LAYER = "appeal"


def decide_appeal(
    part: Part,
    appeal_id: int,
    outcome: str,
    points: str,
    reason: str,
    *,
    unit: str,
    actor: Actor,
    at: datetime,
) -> Appeal:
    """Decide once. Accepting, wholly or partly, needs the new points; rejecting leaves them as they were."""
    if outcome not in OUTCOMES:
        raise ActRefused("bad_choice")
    if not reason.strip():
        raise ActRefused("needs_reason")
    found = Appeal.objects.filter(part=part, unit=unit, pk=appeal_id).first()
    if found is None:
        raise ActRefused("not_allowed")
    with doing("decide_appeal", actor, part, at, unit=unit, criterion=found.criterion, reason=reason.strip()):
        changed = Appeal.objects.filter(pk=found.pk, outcome="").update(
            outcome=outcome,
            reason=reason.strip(),
            decided_at=at.isoformat(timespec="seconds"),
            decided_by_id=actor.person_id,
        )
        if not changed:
            raise DoneAlready() if _decided_so(found, outcome, points, reason, actor) else ActRefused("already_decided")
        if outcome != "rejected":
            block = block_of(part, unit)
            inputs, given, maximum = decided(part, unit, found.criterion, block, LAYER, {"points": points}, reason, at)
            put_mark(part, unit, found.criterion, LAYER, actor.code, inputs, given, maximum, actor, at)
    found.refresh_from_db()
    return found


def _decided_so(found: Appeal, outcome: str, points: str, reason: str, actor: Actor) -> bool:
    """Whether this is the decision that stands: the same words and points of the same person."""
    found.refresh_from_db()
    if (found.outcome, found.reason, found.decided_by_id) != (outcome, reason.strip(), actor.person_id):
        return False
    mark = Mark.objects.filter(part=found.part, unit=found.unit, criterion=found.criterion, layer=LAYER).first()
    typed = points.strip().replace(",", ".")
    return outcome == "rejected" or (mark is not None and mark.inputs.get("points", {}).get("value") == typed)

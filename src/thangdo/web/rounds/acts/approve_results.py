"""Approve the results of a part: the decision names the hash of exactly what was computed."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.translation import gettext as _

from thangdo.web.rounds.acts.act import Actor, doing, in_turn
from thangdo.web.rounds.models import Decision, Part
from thangdo.web.rounds.refusals import ActRefused, DoneAlready
from thangdo.web.rounds.results import results_hash

KIND = "approval"


def approve_results(
    part: Part, number: str, signed_on: str, seen_hash: str, text: str, *, actor: Actor, at: datetime
) -> Decision:
    """Bind a decision to the results as they stand now. Refused if they differ from what the reader saw."""
    if not number.strip() or not signed_on.strip():
        raise ActRefused("number_needed")
    try:
        date.fromisoformat(signed_on.strip())
    except ValueError as failure:
        raise ActRefused("bad_value", value=signed_on[:40], field=_("Signed on")) from failure
    with doing("approve_results", actor, part, at, reason=number.strip()):
        in_turn(part)
        current = results_hash(part)
        if current != seen_hash:
            raise ActRefused("results_changed")
        given = {"number": number.strip(), "signed_on": signed_on.strip(), "results_hash": current}
        if Decision.objects.filter(part=part, kind=KIND, **given).exists():
            raise DoneAlready()
        return Decision.objects.create(
            part=part,
            kind=KIND,
            **given,
            text=text.strip(),
        )

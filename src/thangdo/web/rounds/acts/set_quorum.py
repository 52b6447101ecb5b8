"""The round manager writes down how many of the council must vote."""

from __future__ import annotations

from datetime import datetime

from thangdo.web.rounds.acts.act import Actor, doing
from thangdo.web.rounds.models import AgendaItem, Part, Round
from thangdo.web.rounds.quorum import KEY, RULE, is_rule
from thangdo.web.rounds.refusals import ActRefused


def set_quorum(part: Part, text: str, *, actor: Actor, at: datetime) -> None:
    """Set the rule for all parts of the round; blank takes it away. Not once a decision was recorded under it."""
    rule = text.replace(" ", "")
    if rule and not is_rule(rule):
        raise ActRefused("bad_quorum", value=text[:40])
    with doing("set_quorum", actor, part, at):
        if AgendaItem.objects.filter(part__round=part.round).exclude(state="open").exists():
            raise ActRefused("quorum_in_use")
        stored = Round.objects.select_for_update().get(pk=part.round_id)
        head = dict(stored.extra.get(KEY) or {})
        head.pop(RULE, None)
        if rule:
            head[RULE] = int(rule) if rule.isdigit() else rule
        extra = {name: value for name, value in stored.extra.items() if name != KEY}
        stored.extra = {**extra, KEY: head} if head else extra
        stored.save(update_fields=["extra"])

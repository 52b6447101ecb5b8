"""How many of the council must vote before a decision is recorded: a written rule of the round.

It stands in the head of the round's folder (`council: {quorum: 3}` or `{quorum: 2/3}`), so it travels with the round.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from thangdo.web.accounts.holders import all_holders
from thangdo.web.accounts.permissions import BY_CODE, Place, who_may
from thangdo.web.rounds.models import Part, Round

KEY, RULE = "council", "quorum"
_WRITTEN = re.compile(r"^(?:[1-9]\d{0,2}|[1-9]\d?/[1-9]\d?)$")


@dataclass(frozen=True, slots=True)
class Quorum:
    """The rule as written, how many votes it asks for, and how many members there are today."""

    written: str
    needed: int
    members: int


def is_rule(text: str) -> bool:
    """A number of members, or a share of them from above 0 to 1 (`2/3`)."""
    return bool(_WRITTEN.match(text)) and ("/" not in text or Fraction(text) <= 1)


def written_rule(part: Part) -> str:
    """The round's rule; blank where it has none, or none that can be read."""
    extra = Round.objects.values_list("extra", flat=True).get(pk=part.round_id)
    head = extra.get(KEY)
    text = str(head.get(RULE, "")).replace(" ", "") if isinstance(head, dict) else ""
    return text if is_rule(text) else ""


def quorum_of(part: Part, at: datetime) -> Quorum | None:
    """The quorum among those who may vote on that day; None where the round has no rule. Two queries.

    A share is rounded up: two thirds of four members are three.
    """
    text = written_rule(part)
    if not text:
        return None
    place = Place(part.round.code, part.index, phase=part.phase, part=part.slug)
    members = len(who_may(all_holders(at.date()), BY_CODE["vote"], place))
    share = Fraction(text)
    needed = -(-share.numerator * members // share.denominator) if "/" in text else int(text)
    return Quorum(text, max(1, needed), members)

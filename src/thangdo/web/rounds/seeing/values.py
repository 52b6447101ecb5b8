"""Values of a round's tables as people say them: phases, steps, outcomes, votes, points, answers."""

from __future__ import annotations

from typing import Any

from thangdo.web.changes import plain_value
from thangdo.web.formatting import language_now, number
from thangdo.web.rounds.phases import BY_CODE as PHASES
from thangdo.web.rounds.words import choice_word, layer_name, outcome_name, shortly, state_name


def round_value_said(column: str, value: Any) -> str:
    """A stored value of a round in words."""
    if value is None or value in ("", [], {}):
        return plain_value(column, value)
    language = language_now()
    if column == "phase" and value in PHASES:
        return PHASES[value].name(language)
    if column == "layer":
        return layer_name(value, language)
    if column == "outcome":
        return outcome_name(value)
    if column == "choice":
        return choice_word(value)
    if column == "state":
        return state_name(value)
    if column in {"points", "maximum", "proposal"}:
        return number(value)
    return shortly(value) if isinstance(value, dict) else plain_value(column, value)

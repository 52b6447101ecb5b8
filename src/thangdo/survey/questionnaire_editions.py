"""Two editions of a questionnaire side by side: which questions may be compared over time, by their mark.

The mark (`comparable`) is the author's word; what contradicts it in the questionnaires is a finding. A question
without a mark is the same only where words in the first language, answers and their direction are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from thangdo.findings import Finding, Gathered, Where
from thangdo.survey.questionnaire import Question, Questionnaire

Status = Literal["same", "changed", "new", "dropped"]


@dataclass(frozen=True, slots=True)
class Compared:
    """A question of either edition: whether its answers compare, whether the author said so, and why not."""

    question: str
    status: Status
    is_marked: bool
    note: str = ""


def compare_editions(now: Questionnaire, before: Questionnaire, gathered: Gathered) -> tuple[Compared, ...]:
    """Every question of `now` in its order, then those of `before` that are gone.

    SUR112 where a mark contradicts the editions: marked `same` or `changed` but not asked before, `same` with
    another answer scale, `new` though asked before.
    """
    found = [_compared(question, now, before, gathered) for question in now.answered()]
    names = {question.name for question in now.answered()}
    found += [Compared(gone.name, "dropped", False) for gone in before.answered() if gone.name not in names]
    return tuple(found)


def _compared(question: Question, now: Questionnaire, before: Questionnaire, gathered: Gathered) -> Compared:
    earlier = before.question(question.name)
    mark = question.comparable
    seen: Status = "new"
    if earlier is not None:
        alike = _answers(question, now) == _answers(earlier, before) and question.label.get("vi") == earlier.label.get(
            "vi"
        )
        seen = "same" if alike else "changed"
    if not mark:
        return Compared(question.name, seen, False, question.comparable_note)
    other_scale = earlier is not None and _answers(question, now) != _answers(earlier, before)
    if (mark == "new") != (earlier is None) or (mark == "same" and other_scale):
        gathered.add(Finding("SUR112", Where(now.id, 0, question.name), mark, seen, facts={"before": before.id}))
        return Compared(question.name, seen, False, question.comparable_note)
    return Compared(question.name, mark, True, question.comparable_note)


def _answers(question: Question, questionnaire: Questionnaire) -> tuple[object, ...]:
    """What an answer can be: the kind, the codes in their order, their direction, and whether agreeing is bad."""
    choices = questionnaire.lists.get(question.list)
    if choices is None:
        return question.type, (), "", question.reversed
    return question.type, choices.names, choices.direction, question.reversed

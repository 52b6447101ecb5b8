"""A questionnaire as a value: questions in order, lists of answers with their scale, batteries, editions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

FORMAT = "thangdo-questionnaire/1"
Text = Mapping[str, str]  # language code → words; "vi" first
Direction = Literal["ascending", "descending", ""]
Comparability = Literal["same", "changed", "new", ""]


@dataclass(frozen=True, slots=True)
class QuestionType:
    """A kind of question: its XLSForm word, and whether its answers come from a list or are numbers."""

    code: str
    name_vi: str
    name_en: str
    listed: bool = False
    numeric: bool = False
    answered: bool = True


TYPES = (
    QuestionType("select_one", "chọn một", "choose one", listed=True),
    QuestionType("select_multiple", "chọn nhiều", "choose several", listed=True),
    QuestionType("integer", "số nguyên", "whole number", numeric=True),
    QuestionType("decimal", "số thập phân", "decimal number", numeric=True),
    QuestionType("text", "chữ", "text"),
    QuestionType("date", "ngày", "date"),
    QuestionType("note", "lời dẫn", "note", answered=False),
)
TYPE_BY_CODE = {row.code: row for row in TYPES}


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer of a list. `filters` are the columns a cascading question filters by (district = Q1)."""

    name: str
    label: Text
    filters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ChoiceList:
    """A list of answers. A Likert scale says whether the last answer is the best (`ascending`) or the first."""

    name: str
    choices: tuple[Choice, ...]
    direction: Direction = ""

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(choice.name for choice in self.choices)


@dataclass(frozen=True, slots=True)
class Question:
    """One question. Expressions are XLSForm's: `relevant` (when it is asked), `constraint`, `choice_filter`.

    `battery` names the battery (factor) it belongs to; `reversed` says that agreeing is bad there.
    `comparable` marks it against the edition named in `Questionnaire.compares_with`.
    """

    name: str
    type: str
    label: Text
    list: str = ""
    hint: Text = field(default_factory=dict)
    group: str = ""
    required: bool = False
    relevant: str = ""
    constraint: str = ""
    constraint_message: Text = field(default_factory=dict)
    choice_filter: str = ""
    battery: str = ""
    reversed: bool = False
    comparable: Comparability = ""
    comparable_note: str = ""

    @property
    def kind(self) -> QuestionType:
        return TYPE_BY_CODE[self.type]


@dataclass(frozen=True, slots=True)
class Group:
    """A page or section of questions; batteries are shown as one table."""

    name: str
    label: Text
    relevant: str = ""
    table: bool = False


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """A whole edition. `columns` names columns of the answers that are no questions: respondent, duration."""

    id: str
    year: int
    title: Text
    questions: tuple[Question, ...]
    lists: Mapping[str, ChoiceList]
    groups: Mapping[str, Group] = field(default_factory=dict)
    languages: tuple[str, ...] = ("vi", "en")
    source: str = "illustrative"
    source_note: str = ""
    compares_with: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)

    @property
    def illustrative(self) -> bool:
        return self.source == "illustrative"

    def question(self, name: str) -> Question | None:
        return next((question for question in self.questions if question.name == name), None)

    def answered(self) -> Iterator[Question]:
        """The questions that have a column of answers."""
        return (question for question in self.questions if question.kind.answered)

    def batteries(self) -> dict[str, tuple[Question, ...]]:
        """Batteries in order, each with its questions."""
        found: dict[str, list[Question]] = {}
        for question in self.questions:
            if question.battery:
                found.setdefault(question.battery, []).append(question)
        return {name: tuple(questions) for name, questions in found.items()}

    def points(self, question: Question) -> dict[str, int]:
        """Answer → place on a scale that runs from 1 (worst) upwards, direction and reversal applied."""
        names = self.lists[question.list].names
        descending = self.lists[question.list].direction == "descending"
        if descending != question.reversed:
            names = names[::-1]
        return {name: place for place, name in enumerate(names, start=1)}

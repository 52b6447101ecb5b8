"""Answers against their questionnaire: which cells are wrong and why, column by column."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from thangdo.findings import Finding, Gathered, Where
from thangdo.survey.questionnaire import Question, Questionnaire
from thangdo.survey.questionnaire_expressions import Answers, Truth, as_number, evaluate, fields_of
from thangdo.survey.responses import Responses

_COMMA = re.compile(r"[+-]?\d+,\d+\Z")


@dataclass(frozen=True, eq=False)
class Faults:
    """One kind of fault in one column: where (row by row), and what was expected there."""

    column: str
    code: str
    where: Truth
    expected: str = ""
    expected_rows: np.ndarray[Any, Any] | None = None


def check_columns(questionnaire: Questionnaire, responses: Responses) -> Gathered:
    """Columns against questions: a question without a column is an error (SUR120), other columns a note."""
    gathered = Gathered()
    names = {question.name for question in questionnaire.answered()}
    for name in (question.name for question in questionnaire.answered()):
        if name not in responses.columns:
            gathered.add(Finding("SUR120", Where(responses.file, 1, name), name, ", ".join(responses.columns)))
    for name in responses.columns:
        if name not in names and name not in questionnaire.columns.values():
            gathered.add(Finding("SUR121", Where(responses.file, 1, name), name, severity="note"))
    return gathered


def faults(questionnaire: Questionnaire, responses: Responses) -> Iterator[Faults]:
    """Every fault, question by question. A person who did not respond (`responded` = 0) owes no answer."""
    columns = {name: _pointed(questionnaire.question(name), column) for name, column in responses.columns.items()}
    answering = _answering(questionnaire, responses)
    for question in questionnaire.answered():
        asked = np.ones(len(responses), dtype=bool)
        condition = question.relevant
        group = questionnaire.groups.get(question.group)
        for relevant in (condition, group.relevant if group else ""):
            if relevant and all(name in columns for name in fields_of(relevant)):
                asked &= evaluate(relevant, columns, columns[question.name])
        yield from _of_question(questionnaire, question, columns, asked, answering)
    yield from _of_respondents(questionnaire, responses)


def _answering(questionnaire: Questionnaire, responses: Responses) -> Truth:
    name = questionnaire.columns.get("responded", "responded")
    if name not in responses.columns or questionnaire.question(name):
        return np.ones(len(responses), dtype=bool)
    return ~responses.columns[name].where(lambda text: text.lower() in {"0", "no", "false", "khong", "không"})


def _pointed(question: Question | None, column: Answers) -> Answers:
    """Numbers with a decimal comma as numbers with a point, for checks only."""
    if question is None or not question.kind.numeric:
        return column
    words = [word.replace(",", ".") if _COMMA.match(word) else word for word in map(str, column.categories)]
    return Answers(np.array(words, dtype=object), column.codes)


def _of_question(
    questionnaire: Questionnaire, question: Question, columns: dict[str, Answers], asked: Truth, answering: Truth
) -> Iterator[Faults]:
    column = columns[question.name]
    name, given = question.name, ~column.blank
    if question.required:
        yield Faults(name, "SUR122", column.blank & asked & answering)
    yield Faults(name, "SUR128", given & ~asked, question.relevant)
    good = given & asked
    if question.kind.listed:
        allowed = set(questionnaire.lists[question.list].names)
        several = question.type == "select_multiple"
        known = column.where(lambda text: set(text.split()) <= allowed if several else text in allowed)
        yield Faults(name, "SUR123", good & ~known, ", ".join(questionnaire.lists[question.list].names))
        good &= known
        if question.choice_filter:
            yield _outside_cascade(questionnaire, question, columns, good)
    elif question.kind.numeric:
        number = column.where(lambda text: not np.isnan(as_number(text)))
        yield Faults(name, "SUR124", good & ~number)
        good &= number
        if question.type == "integer":
            whole = column.where(lambda text: float(text).is_integer() if not np.isnan(as_number(text)) else False)
            yield Faults(name, "SUR125", good & ~whole)
            good &= whole
    elif question.type == "date":
        right = column.where(_is_date)
        yield Faults(name, "SUR126", good & ~right)
        good &= right
    if question.constraint:
        holds = evaluate(question.constraint, columns, column)
        yield Faults(name, "SUR127", good & ~holds, question.constraint)


def _outside_cascade(
    questionnaire: Questionnaire, question: Question, columns: dict[str, Answers], good: Truth
) -> Faults:
    """Each choice of a cascading list is allowed where its own filter columns fit the row."""
    column = columns[question.name]
    fits = np.zeros(len(column.codes), dtype=bool)
    for choice in questionnaire.lists[question.list].choices:
        chosen = column.where(lambda text, name=choice.name: name in text.split())  # type: ignore[misc]
        if chosen.any():
            # A bare name in the filter is a column of the list; this choice has one value for it.
            filters = {key: Answers(np.array([value], dtype=object), np.zeros(len(fits), dtype=int))
                       for key, value in choice.filters.items()}  # fmt: skip
            expression = question.choice_filter
            for key in filters:
                expression = re.sub(rf"(?<![\w{{'\"]){re.escape(key)}(?![\w}}'\"])", "${" + key + "}", expression)
            fits |= chosen & evaluate(expression, {**columns, **filters}, column)
    return Faults(question.name, "SUR129", good & ~fits, question.choice_filter)


def _is_date(text: str) -> bool:
    words = re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})|(\d{1,2})[/-](\d{1,2})[/-](\d{4})", text)
    if words is None:
        return False
    parts = [int(part) for part in words.groups() if part]
    year, month, day = parts if words.group(1) else parts[::-1]
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _of_respondents(questionnaire: Questionnaire, responses: Responses) -> Iterator[Faults]:
    """A respondent's code: not blank, and once; of several rows the first is taken."""
    name = questionnaire.columns.get("respondent", "")
    if name not in responses.columns:
        return
    column = responses.columns[name]
    yield Faults(name, "SUR132", column.blank)
    first = np.full(len(column.categories) + 1, -1)
    places = np.arange(len(column.codes))
    first[column.codes[::-1]] = places[::-1]
    again = ~column.blank & (first[column.codes] != places)
    yield Faults(name, "SUR130", again, expected_rows=responses.rows[first[column.codes]])

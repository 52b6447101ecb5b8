"""Signals of poor interviews: columns that flag, and never take a row away."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from thangdo.survey.questionnaire import Questionnaire
from thangdo.survey.questionnaire_expressions import Answers, Truth
from thangdo.survey.responses import Responses

FAST_SHARE, FAST_SECONDS = 0.4, 5.0
STRAIGHT_LEAST, DUPLICATE_LEAST = 6, 10


@dataclass(frozen=True, slots=True)
class Flag:
    """A signal: its column, what it means, and where it holds."""

    column: str
    name_vi: str
    name_en: str
    function: Callable[[Questionnaire, Responses], Truth]


def _scales(questionnaire: Questionnaire, responses: Responses) -> list[Answers]:
    return [responses.columns[question.name] for question in questionnaire.answered() if question.battery]


def _fast(questionnaire: Questionnaire, responses: Responses) -> Truth:
    """Shorter than 40 % of the median of all interviews, or than five seconds; blank durations are not."""
    column = responses.columns.get(questionnaire.columns.get("duration", ""))
    if column is None:
        return np.zeros(len(responses), dtype=bool)
    seconds = column.numbers()
    known = seconds[~np.isnan(seconds)]
    if not len(known):
        return np.zeros(len(responses), dtype=bool)
    with np.errstate(invalid="ignore"):
        return np.asarray((seconds < FAST_SHARE * np.median(known)) | (seconds < FAST_SECONDS))


def _places(questionnaire: Questionnaire, responses: Responses) -> np.ndarray[tuple[int, int], np.dtype[np.int8]]:
    """Answers of the scales as places in their own list, from 1; 0 = none. Shape (questions, rows)."""
    rows = []
    for question in questionnaire.answered():
        if question.battery:
            column = responses.columns[question.name]
            place = {name: number for number, name in enumerate(questionnaire.lists[question.list].names, start=1)}
            table = np.array([place.get(str(value), 0) for value in column.categories] + [0], np.int8)
            rows.append(table[column.codes])
    return np.stack(rows) if rows else np.zeros((0, len(responses)), np.int8)


def _straight(questionnaire: Questionnaire, responses: Responses) -> Truth:
    """Six or more scale answers, all in the same place of their lists."""
    places = _places(questionnaire, responses)
    if not len(places):
        return np.zeros(len(responses), dtype=bool)
    answered = (places > 0).sum(axis=0)
    highest = places.max(axis=0)
    lowest = np.where(places > 0, places, np.int8(127)).min(axis=0)
    return np.asarray((answered >= STRAIGHT_LEAST) & (highest == lowest))


def _duplicate(questionnaire: Questionnaire, responses: Responses) -> Truth:
    """All scale answers (ten or more) as in an earlier row about the same unit, and not all the same answer."""
    places = _places(questionnaire, responses)
    same = np.zeros(len(responses), dtype=bool)
    candidates = np.flatnonzero(((places > 0).sum(axis=0) >= DUPLICATE_LEAST) & ~_straight(questionnaire, responses))
    if not len(candidates):
        return same
    unit = responses.columns.get(questionnaire.columns.get("unit", ""))
    keys = np.ascontiguousarray(places[:, candidates].T)
    if unit is not None:
        own = np.ascontiguousarray(unit.codes[candidates].astype(np.int32)).view(np.int8).reshape(-1, 4)
        keys = np.ascontiguousarray(np.hstack([keys, own]))
    # Whole rows of bytes compare as one value each: exact, no hash can collide.
    whole = keys.view(np.dtype((np.void, keys.shape[1]))).ravel()
    _, first, group = np.unique(whole, return_index=True, return_inverse=True)
    same[candidates] = first[group] != np.arange(len(candidates))
    return same


FLAGS = (
    Flag("flag_fast", "trả lời quá nhanh", "answered too fast", _fast),
    Flag("flag_straight", "mọi câu cùng một mức", "one answer to everything", _straight),
    Flag("flag_duplicate", "trùng câu trả lời với phiếu trước", "same answers as an earlier row", _duplicate),
)

"""Survey figures that rest on few answers: computed like all others, but not printed and not ranked in public.

Fewer than 10 answers are not printed, fewer than 30 are not ranked (the rule of the survey report, held to here for
the site and the workbook). The tables of the round's office (`results.csv`, `scores.csv`) stay whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from thangdo.evaluation.results import IndexResults, Results
from thangdo.evaluation.values import Value
from thangdo.methodology import CriteriaSet
from thangdo.scoring import ResultRow

TO_PRINT, TO_RANK = 10, 30
FewAnswers = Mapping[tuple[str, str], Mapping[str, int]]


def few_answers(values: Mapping[str, Mapping[tuple[str, str], Value]]) -> dict[tuple[str, str], dict[str, int]]:
    """(index, unit) → criterion → number of answers, for every survey value with fewer than `TO_RANK`."""
    found: dict[tuple[str, str], dict[str, int]] = {}
    for index, cells in values.items():
        for (unit, criterion), value in cells.items():
            if value.source == "survey" and value.n is not None and value.n < TO_RANK:
                found.setdefault((index, unit), {})[criterion] = value.n
    return found


def is_survey_index(criteria_set: CriteriaSet) -> bool:
    """Whether every criterion of the set is counted by a survey: its points are then the survey's own figures."""
    leaves = list(criteria_set.leaves())
    return bool(leaves) and all(
        leaf.rule is not None and leaf.rule.parameters.get("source") == "survey" for leaf in leaves
    )


def for_publication(results: Results) -> Results:
    """The results as they may be printed: figures below `TO_PRINT` answers blank, units below `TO_RANK` without rank.

    Only an index that is a survey is changed here; of any other, `hidden_criteria` says which criteria stay unnamed.
    """
    if not results.few_answers:
        return results
    unranked: set[tuple[str, str]] = set()
    blank: set[tuple[str, str]] = set()
    for index in results.indices:
        for row in index.rows if is_survey_index(index.criteria_set) else ():
            least = min(results.few_answers.get((index.id, row.unit), {}).values(), default=TO_RANK)
            if least < TO_RANK:
                unranked.add((index.id, row.unit))
            if least < TO_PRINT:
                blank.add((index.id, row.unit))
    indices = tuple(_printed(index, unranked, blank) for index in results.indices)
    return replace(
        results,
        indices=indices,
        intervals=tuple(item for item in results.intervals if (item.index, item.unit) not in unranked),
        score_intervals=tuple(item for item in results.score_intervals if (item.index, item.unit) not in blank),
    )


def _printed(index: IndexResults, unranked: set[tuple[str, str]], blank: set[tuple[str, str]]) -> IndexResults:
    def row_of(row: ResultRow) -> ResultRow:
        if (index.id, row.unit) not in unranked:
            return row
        row = replace(row, rank=None, class_code=None, is_ranked=False)
        if (index.id, row.unit) in blank:
            row = replace(row, points=None, percent=None, exact_points=None, exact_percent=None)
        return row

    kept = tuple(score for score in index.node_scores if (index.id, score.unit) not in blank)
    return replace(index, rows=tuple(row_of(row) for row in index.rows), node_scores=kept)


def hidden_criteria(results: Results, index: IndexResults, unit: str, lost: Iterable[str]) -> set[str]:
    """Criteria of a unit whose points stay unnamed in public: those of few answers and, where only one of a pillar
    would be missing (so that subtraction gives it back), the smallest other loss of that pillar as well.

    `lost` are the criteria with losses, the largest loss first. In an index that is a survey all are unnamed.
    """
    thin = {code for code, n in results.few_answers.get((index.id, unit), {}).items() if n < TO_PRINT}
    if not thin:
        return set()
    if is_survey_index(index.criteria_set):
        return {*thin, *lost}
    hidden = set(thin)
    for pillar in index.criteria_set.children:
        own = {node.code for node in pillar.walk()} | {pillar.code}
        if len(own & thin) == 1:
            hidden |= set([code for code in lost if code in own - thin][-1:])
    return hidden

"""What is worth a second look, and what compares from one year to the next."""

from __future__ import annotations

import string
from decimal import Decimal

import pytest

from thangdo.evaluation.quality import Answer, quality_flags
from thangdo.evaluation.quality_rules import IMPOSSIBLE_PAIRS, QUALITY_RULES
from thangdo.evaluation.year_on_year import comparable_criteria, yearly_change
from thangdo.methodology import parse

TEN = Decimal(10)


def answer(unit: str, points: str | None, criterion: str = "3.1", **more) -> Answer:
    return Answer(unit, "so_nganh", criterion, None if points is None else Decimal(points), TEN, **more)


def found(*answers: Answer, index: str = "par") -> list[tuple[str, str, str]]:
    return [(flag.rule.code, flag.unit, flag.criterion) for flag in quality_flags(index, answers)]


def test_a_part_greater_than_its_whole_cannot_be():
    wrong = answer("A", "10", inputs={"numerator": Decimal(12), "denominator": Decimal(10)})
    right = answer("B", "10", inputs={"numerator": Decimal(10), "denominator": Decimal(10)})
    assert found(wrong, right) == [("part_over_whole", "A", "3.1")]


def test_two_answers_contradict_each_other_only_in_the_index_they_are_written_for():
    pair = next(pair for pair in IMPOSSIBLE_PAIRS if pair.index == "par")
    none, some = answer("A", "0", pair.zero), answer("A", "6", pair.positive)
    assert found(none, some) == [("pair", "A", pair.positive)]
    assert found(none, some, index="sipas") == []
    assert found(none, answer("A", "0", pair.positive)) == []


@pytest.mark.parametrize(("last", "is_flagged"), [("50", True), ("50.1", False), (None, False)])
def test_a_jump_is_forty_percentage_points_either_way(last, is_flagged):
    given = answer("A", "9", last_share=None if last is None else Decimal(last), last_year=2023)
    assert found(given) == ([("jump", "A", "3.1")] if is_flagged else [])


def test_an_outlier_is_far_from_the_median_of_enough_peers():
    peers = [answer(f"P{place}", "9.8" if place % 2 else "9.6") for place in range(8)]
    assert found(*peers, answer("A", "4")) == [("outlier", "A", "3.1")]
    assert found(*peers[:6], answer("A", "4")) == [], "seven are too few to say what is usual"
    # All peers equal: the median deviation is nothing, the mean one still measures.
    assert found(*[answer(f"P{place}", "10") for place in range(12)], answer("A", "4")) == [("outlier", "A", "3.1")]


def test_an_outliers_score_is_that_of_the_handbook():
    """Iglewicz and Hoaglin (1993): M = 0.6745 (x - median) / MAD; here median 96, MAD 1, so x = 40 gives -37.77."""
    shares = ["9.4", "9.5", "9.6", "9.6", "9.6", "9.7", "9.7", "9.8", "4"]
    flag = quality_flags("par", [answer(f"P{place}", share) for place, share in enumerate(shares)])[0]
    assert flag.values["base"] == Decimal(96)
    assert flag.values["score"] == Decimal("-37.77")


def test_full_marks_want_evidence_where_evidence_is_asked_for():
    assert found(answer("A", "10", wants_evidence=True)) == [("full_without_evidence", "A", "3.1")]
    assert found(answer("A", "10", wants_evidence=True, has_evidence=True), answer("B", "10")) == []


def test_the_order_of_answers_does_not_matter():
    given = [answer(f"P{place}", "9.8" if place % 2 else "9.6") for place in range(8)] + [answer("A", "4")]
    assert found(*given) == found(*reversed(given))


def test_nothing_given_raises_no_flag():
    assert found(answer("A", None, wants_evidence=True, last_share=TEN, last_year=2023)) == []


@pytest.mark.parametrize("rule", QUALITY_RULES, ids=lambda rule: rule.code)
def test_both_sentences_of_a_rule_name_the_same_values(rule):
    vi, en = (
        {name for _, name, _, _ in string.Formatter().parse(text) if name} for text in (rule.says_vi, rule.says_en)
    )
    assert vi == en
    assert rule.name_vi != rule.name_en


SET = """
format: thangdo-criteria-set/1
id: thu-{year}
index: par
title: {{vi: Thử, en: Trial}}
edition: {{year: {year}}}
blocks: [so_nganh]
source: illustrative
maximum: {total}
rounding: {{result: {{digits: 2, mode: half_up}}}}
criteria:
  - {{code: "1", text: {{vi: Ban hành kế hoạch, en: Plan}}, maximum: {first}, rule: {{kind: yes_no}}}}
  - {{code: "2", text: {{vi: "{words}", en: Done}}, maximum: 4, rule: {{kind: proportional, when_zero: {zero}}}}}
"""


def edition(year: int, first: int = 2, words: str = "Hoàn thành", zero: str = "full"):
    return parse(SET.format(year=year, first=first, total=first + 4, words=words, zero=zero))


def test_years_compare_where_code_words_and_rule_are_the_same():
    assert comparable_criteria(edition(2022), edition(2023)) == ("1", "2")
    assert comparable_criteria(edition(2022), edition(2023, first=3)) == ("1", "2"), "percents bridge a new maximum"
    assert comparable_criteria(edition(2022), edition(2023, words="Hoàn thành đúng hạn")) == ("1",)
    assert comparable_criteria(edition(2022), edition(2023, zero="error")) == ("1",)


def test_a_change_is_over_the_criteria_both_years_scored():
    two, four = Decimal(2), Decimal(4)
    before = {"1": (Decimal(1), two), "2": (four, four)}
    after = {"1": (two, two), "2": (None, four)}
    change = yearly_change(("1", "2"), before, after, 2)
    assert change is not None
    assert (change.before, change.after, change.change, change.compared) == (50, 100, 50, 1)
    assert yearly_change(("2",), before, after, 1) is None

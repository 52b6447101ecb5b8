"""The laws of scoring, on random sets of every rule kind, depth, N/A and bonus."""

from __future__ import annotations

import importlib.util as _util
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from itertools import combinations
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thangdo.methodology import (
    Band,
    Classes,
    Condition,
    CriteriaSet,
    Edition,
    Node,
    Ranking,
    Rounding,
    Rule,
    Text,
    TieBreaker,
    held,
)
from thangdo.methodology.writing import to_data
from thangdo.scoring import (
    FINAL,
    UnitInputs,
    compile_set,
    explain_unit,
    gap_to_next_class,
    moves,
    rank_keys,
    results,
    score,
    score_unit,
    with_mark,
    with_method,
)


def _beside(name: str):  # type: ignore[no-untyped-def]
    spec = _util.spec_from_file_location(f"scoring_{name}", Path(__file__).parent / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = _util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


independent = _beside("independent_evaluator")
sets = _beside("random_sets")
seeds = st.integers(0, 10**9)


def case(seed: int) -> tuple[CriteriaSet, dict[str, dict[str, object]]]:
    rng = Random(seed)
    criteria_set = sets.random_set(rng)
    answers = {node.code: sets.random_answer(node, rng) for node in criteria_set.leaves() if rng.random() < 0.9}
    return criteria_set, answers


@settings(deadline=None, max_examples=300)
@given(seeds)
def test_equals_an_independent_evaluator_in_fractions(seed: int) -> None:
    criteria_set, answers = case(seed)
    scored = score_unit(compile_set(criteria_set), UnitInputs("u", "b", {"self": answers})).final
    expected = independent.evaluate(to_data(criteria_set), answers, criteria_set.not_applicable == "rescale_parent")
    if expected is None:
        assert scored.points[0] is None
        return
    points, maximum = expected
    assert scored.maxima[0] is not None
    assert abs(Fraction(scored.maxima[0]) - maximum) < Fraction(1, 10**15)
    assert scored.points[0] is not None
    assert abs(Fraction(scored.points[0]) - points) < Fraction(1, 10**15)


def plain(points: list[str]) -> CriteriaSet:
    """A set that only adds up criteria of 10 points given as points."""
    children = tuple(
        Node(str(n), Text(str(n), str(n)), Decimal(10), rule=Rule("yes_no", {})) for n in range(len(points))
    )
    bands = (
        Band("a", Text("a"), Decimal(80), (Condition("no_leaf_at_zero"),)),
        Band("b", Text("b"), Decimal(50)),
        Band("c", Text("c"), Decimal(0)),
    )
    return CriteriaSet("p", "par", Text("p"), Edition(2023), ("b",), children, classes=Classes("percent", bands))


def inputs(unit: str, points: list[str], **more: object) -> UnitInputs:
    cells = {str(n): {"points": Decimal(value)} for n, value in enumerate(points)}
    return UnitInputs(unit, "b", {"self": cells}, **more)  # type: ignore[arg-type]


amounts = st.lists(st.integers(0, 1000).map(lambda cents: str(Decimal(cents) / 100)), min_size=1, max_size=8)


@settings(deadline=None)
@given(amounts)
def test_the_whole_is_the_sum_of_its_parts(points: list[str]) -> None:
    scored = score_unit(compile_set(plain(points)), inputs("u", points)).final
    assert scored.points[0] == sum(map(Decimal, points))
    assert scored.maxima[0] == 10 * len(points)


@settings(deadline=None)
@given(amounts, st.integers(0, 7), st.integers(0, 1000))
def test_more_points_never_lower_the_percent(points: list[str], place: int, cents: int) -> None:
    place %= len(points)
    more = list(points)
    more[place] = str(max(Decimal(points[place]), Decimal(cents) / 100))
    rows = score(plain(points), [inputs("less", points), inputs("more", more)]).results()
    assert rows[1].exact_percent >= rows[0].exact_percent  # type: ignore[operator]
    assert rows[1].rank <= rows[0].rank  # type: ignore[operator]


@settings(deadline=None, max_examples=60)
@given(seeds)
def test_a_criterion_that_does_not_apply_might_as_well_not_exist(seed: int) -> None:
    rng = Random(seed)
    points = [str(rng.randint(0, 1000) / 100) for _ in range(5)]
    given_inputs = inputs("u", points)
    cells = {**given_inputs.layers["self"], "4": {"na": Decimal(1)}}
    without = score_unit(compile_set(plain(points)), replace(given_inputs, layers={"self": cells})).final
    shorter = score_unit(compile_set(plain(points[:4])), inputs("u", points[:4])).final
    assert (without.points[0], without.maxima[0]) == (shorter.points[0], shorter.maxima[0])


@settings(deadline=None, max_examples=60)
@given(st.lists(st.integers(0, 12), min_size=1, max_size=12), st.randoms(use_true_random=False))
def test_the_order_of_units_and_criteria_does_not_matter(values: list[int], rng: Random) -> None:
    units = [inputs(f"u{n}", [str(Decimal(value) / 2)]) for n, value in enumerate(values)]
    shuffled = list(units)
    rng.shuffle(shuffled)
    one = {row.unit: (row.rank, row.class_code) for row in score(plain(["0"]), units).results()}
    other = {row.unit: (row.rank, row.class_code) for row in score(plain(["0"]), shuffled).results()}
    assert one == other


@settings(deadline=None)
@given(st.lists(st.integers(0, 5), min_size=1, max_size=20))
def test_rank_and_tie_laws(values: list[int]) -> None:
    keys = {f"u{n}": (Decimal(value),) for n, value in enumerate(values)}
    competition, dense = rank_keys(keys, "competition"), rank_keys(keys, "dense")
    for (a, (x,)), (b, (y,)) in combinations(keys.items(), 2):
        assert (x > y) == (competition[a] < competition[b]) == (dense[a] < dense[b])
        assert (x == y) == (competition[a] == competition[b]) == (dense[a] == dense[b])
    for unit, (value,) in keys.items():
        assert competition[unit] == 1 + sum(other > value for (other,) in keys.values())
        assert dense[unit] == 1 + len({other for (other,) in keys.values() if other > value})


def test_three_thirds_tie_with_one() -> None:
    third = Rule("proportional", {"when_zero": "zero"})
    thirds = tuple(Node(str(n), Text(str(n)), Decimal(1), rule=third) for n in range(3))
    criteria_set = CriteriaSet("t", "par", Text("t"), Edition(2023), ("b",), thirds)
    one = UnitInputs("one", "b", {"self": {str(n): {"points": Decimal(value)} for n, value in enumerate((1, 0, 0))}})
    split = {str(n): {"numerator": Decimal(1), "denominator": Decimal(3)} for n in range(3)}
    rows = score(criteria_set, [one, UnitInputs("split", "b", {"self": split})]).results()
    assert [row.rank for row in rows] == [1, 1]


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("half_up", ["2.35", "-2.35", "2.36"]),
        ("half_even", ["2.34", "-2.34", "2.36"]),
        ("cut", ["2.34", "-2.34", "2.35"]),
    ],
)
def test_rounding_modes(mode: str, expected: list[str]) -> None:
    values = ["2.345", "-2.345", "2.355"]
    assert [str(Rounding(2, mode)(Decimal(value))) for value in values] == expected  # type: ignore[arg-type]


def test_ranks_may_use_the_rounded_percent() -> None:
    points = [["6.6664"], ["6.6661"]]
    for on, expected in (("unrounded", [1, 2]), ("rounded", [1, 1])):
        criteria_set = replace(plain(points[0]), ranking=Ranking(on=on))  # type: ignore[arg-type]
        rows = score(criteria_set, [inputs(f"u{n}", value) for n, value in enumerate(points)]).results()
        assert [row.rank for row in rows] == expected


def test_a_named_tie_breaker_decides_among_equals() -> None:
    criteria_set = replace(plain(["0", "0"]), ranking=Ranking(tie_breakers=(TieBreaker("1"),)))
    rows = score(criteria_set, [inputs("a", ["6", "4"]), inputs("b", ["4", "6"])]).results()
    assert [row.rank for row in rows] == [2, 1]


def test_layers_stand_side_by_side_and_the_last_present_counts() -> None:
    criteria_set = plain(["0", "0"])
    layers = {
        "self": {"0": {"points": Decimal(10)}, "1": {"points": Decimal(9)}},
        "appraisal_1": {"0": {"points": Decimal(6)}},
        "council": {"1": {"na": Decimal(1)}},
    }
    scored = score_unit(compile_set(criteria_set), UnitInputs("u", "b", layers))
    totals = {layer: (values.points[0], values.maxima[0]) for layer, values in scored.layers.items()}
    assert totals == {"self": (19, 20), "appraisal_1": (15, 20), "council": (6, 10), FINAL: (6, 10)}


def test_a_class_needs_its_conditions_and_bonus_is_not_in_the_maximum() -> None:
    rows = score(
        plain(["0"] * 5), [inputs("zero", ["10", "10", "10", "10", "0"]), inputs("fine", ["8", "8", "8", "8", "8"])]
    ).results()
    assert [row.class_code for row in rows] == ["b", "a"]


def test_not_ranked_units_have_neither_rank_nor_class() -> None:
    rows = score(plain(["0"]), [inputs("new", ["10"], is_ranked=False), inputs("old", ["5"])]).results()
    assert [(row.rank, row.class_code) for row in rows] == [(None, None), (1, "b")]


def test_a_draft_with_missing_marks_ranks_nobody_of_the_block() -> None:
    units = [inputs("whole", ["10", "10"]), inputs("part", ["10"])]
    rows = score(plain(["0", "0"]), units, is_draft=True).results()
    assert [(row.points, row.rank, row.class_code) for row in rows] == [(20, None, "a"), (10, None, None)]
    assert rows[1].missing == ("1",)


@settings(deadline=None, max_examples=60)
@given(seeds)
def test_what_if_equals_scoring_the_changed_set(seed: int) -> None:
    criteria_set, answers = case(seed)
    leaf = next(criteria_set.leaves())
    units = [UnitInputs(f"u{n}", "b", {"self": dict(list(answers.items())[n:])}) for n in range(2)]
    from thangdo.methodology.change import replace_node

    changed = replace_node(criteria_set, leaf.code, lambda node: replace(node, maximum=Decimal(4)))
    quick = with_method(score(criteria_set, units), changed, leaf.code).results()
    slow = score(changed, units).results()
    assert [(row.exact_percent, row.rank) for row in quick] == [(row.exact_percent, row.rank) for row in slow]


def test_what_if_of_a_mark_moves_ranks() -> None:
    before = score(plain(["0"]), [inputs("a", ["9"]), inputs("b", ["7"])])
    after = with_mark(before, "b", "0", "council", {"points": Decimal(10)})
    found = moves(before.results(), after.results())
    assert [(move.unit, move.rank_before, move.rank_after) for move in found] == [("b", 2, 1), ("a", 1, 2)]


@settings(deadline=None, max_examples=80)
@given(st.lists(st.integers(0, 10), min_size=1, max_size=6))
def test_the_cheapest_way_up_equals_brute_force(values: list[int]) -> None:
    criteria_set = plain([str(value) for value in values])
    compiled = compile_set(criteria_set)
    unit = score_unit(compiled, inputs("u", [str(value) for value in values]))
    current = results(compiled, [unit])[0].class_code
    assert current is not None
    gap = gap_to_next_class(compiled, unit, current)
    if current == "a":
        assert gap is None
        return
    assert gap is not None
    better = {"c": ("a", "b"), "b": ("a",)}[current]

    def reached(raised: tuple[int, ...]) -> bool:
        points = [str(10 if n in raised else value) for n, value in enumerate(values)]
        return results(compiled, [score_unit(compiled, inputs("u", points))])[0].class_code in better

    candidates = [n for n, value in enumerate(values) if value < 10]
    best = min(
        (
            (size, sum(10 - values[n] for n in raised))
            for size in range(len(candidates) + 1)
            for raised in combinations(candidates, size)
            if reached(raised)
        ),
        default=None,
    )
    assert best is not None
    assert gap.lifts is not None
    assert gap.is_least
    assert (len(gap.lifts), sum(lift.points for lift in gap.lifts)) == best


def test_every_number_answers_why() -> None:
    criteria_set = plain(["0", "0"])
    explained = explain_unit(compile_set(criteria_set), inputs("u", ["7", "8"]))
    assert explained.points == 15
    assert [(child.code, child.points, child.steps[0].layer) for child in explained.children] == [
        ("0", 7, "self"),
        ("1", 8, "self"),
    ]
    assert held(explained.percent or Decimal(0)) == 75

"""The rounds that come with the product: found by their id, what they are said, nothing wrong in them."""

from __future__ import annotations

from thangdo.evaluation import evaluate, read_round
from thangdo.evaluation.folder import find_round
from thangdo.evaluation.lint import lint_path


def test_the_round_of_2023_holds_what_was_published_and_no_mark() -> None:
    round_ = read_round("hcmc-2023")
    assert (round_.state, round_.illustrative) == ("draft", False)
    assert round_.table("marks").rows == () and round_.table("values").rows == ()
    assert not any("minh họa" in cell for row in round_.table("units").rows for cell in row)
    printed = {(r.unit, r.published_rank): r.published for r in evaluate(round_).residuals if r.index == "par"}
    # Article, paragraphs 3 to 6: the three scores it prints.
    assert {(key, str(value)) for key, value in printed.items() if value is not None} == {
        (("Z29.HEPZA", 1), "96.95"),
        (("Z29.BINHTAN", 1), "96.64"),
        (("Z29.THUDUC", 22), "83.71"),
    }


def test_without_marks_nothing_is_ranked_or_compared() -> None:
    results = evaluate(read_round("hcmc-2023"))
    assert {row.rank for index in results.indices for row in index.rows} == {None}
    assert {residual.recomputed for residual in results.residuals} == {None}


def test_the_example_round_is_illustrative_clean_and_final() -> None:
    assert list(lint_path(find_round("vi-du-2023"))) == []
    round_ = read_round("vi-du-2023")
    assert (round_.state, round_.illustrative) == ("final", True)
    results = evaluate(round_)
    assert [(row.unit, row.rank) for row in results.indices[0].rows][:2] == [("Z29.HEPZA", 1), ("Z29.ATTP", 2)]
    assert {item.kind for item in results.intervals} >= {"sampling", "sampling_simultaneous"}

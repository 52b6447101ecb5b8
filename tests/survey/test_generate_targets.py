"""Answers made to reach given shares: exactly that share, correlated within clusters, each unit on its own."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thangdo.survey.generate_targets import answers_for


@settings(deadline=None, max_examples=40)
@given(st.floats(0, 1), st.integers(10, 400))
def test_the_share_of_four_and_five_is_the_target_in_whole_people(share: float, interviews: int) -> None:
    made = list(answers_for({"U1": {"ket_qua_1": share}}, interviews, 3))
    answers = [row.answers["ket_qua_1"] for row in made]
    assert len(answers) == interviews
    assert sum(answer >= 4 for answer in answers) == round(share * interviews)
    assert set(answers) <= {1, 2, 3, 4, 5}


def test_a_unit_does_not_depend_on_the_others() -> None:
    targets = {"U1": {"a": 0.8, "b": 0.7}, "U2": {"a": 0.5, "b": 0.6}}
    together = [row for row in answers_for(targets, 50, 9) if row.unit == "U2"]
    assert together == list(answers_for({"U2": targets["U2"]}, 50, 9))
    assert together != list(answers_for({"U2": targets["U2"]}, 50, 10))


def test_answers_of_one_person_resemble_each_other() -> None:
    made = list(answers_for({"U1": {"a": 0.8, "b": 0.7}}, 2000, 1, clusters=50))
    pairs = np.array([[row.answers["a"], row.answers["b"]] for row in made])
    assert 0.25 < np.corrcoef(pairs.T)[0, 1] < 0.6
    assert len({row.cluster for row in made}) == 50


def test_a_share_above_one_is_refused() -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        list(answers_for({"U1": {"a": 1.2}}, 10, 1))

"""Input that no ranking can be made from is refused with the unit's name."""

import numpy as np
import pytest

from thangdo.findings import Refused, describe
from thangdo.inference import rank_confidence_sets, rank_distribution
from thangdo.inference.codes import CODES


def refused(estimates, covariance, **more):
    with pytest.raises(Refused) as caught:
        rank_confidence_sets(estimates, covariance, **more)
    return caught.value


def test_every_bad_estimate_and_error_is_named_at_once():
    found = refused([1.0, np.nan, np.inf], [0.1, -1.0, np.nan], units=["A", "B", "C"])
    assert [(f.code, f.where.node) for f in found.findings] == [
        ("INF001", "B"),
        ("INF001", "C"),
        ("INF002", "B"),
        ("INF002", "C"),
    ]


def test_shapes_must_fit():
    assert refused([1.0, 2.0], [0.1]).counts == {"INF003": 1}
    assert refused([1.0, 2.0], np.ones((2, 3))).counts == {"INF003": 1}
    assert refused([1.0], [0.1]).counts == {"INF006": 1}


def test_an_asymmetric_matrix_names_the_pair():
    found = refused([1.0, 2.0], [[1.0, 0.2], [0.3, 1.0]], units=["A", "B"])
    assert [(f.code, f.where.node) for f in found.findings] == [("INF004", "A, B")]


@pytest.mark.parametrize(
    "matrix",
    [
        [[1.0, 1.2], [1.2, 1.0]],
        [[0.0, 0.1], [0.1, 1.0]],
        [[1.0, 0.9, -0.9], [0.9, 1.0, 0.9], [-0.9, 0.9, 1.0]],
    ],
    ids=["correlation above one", "covariance with an exact value", "three pairs that cannot be together"],
)
def test_a_covariance_no_data_can_have_is_refused(matrix):
    assert refused(np.arange(float(len(matrix))), matrix).counts == {"INF005": 1}


def test_the_rank_distribution_has_the_same_door():
    with pytest.raises(Refused):
        rank_distribution([1.0, np.nan], [0.1, 0.1])


def test_every_code_says_what_to_do_in_both_languages():
    for finding in refused([1.0, np.nan], [0.1, -1.0]).findings:
        for language in ("vi", "en"):
            title, remedy = describe(finding, CODES[finding.code], language)
            assert "…" not in title and remedy

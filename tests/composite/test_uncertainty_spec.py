"""The declaration file: every key has a place, every mistake is named, nothing is guessed."""

from pathlib import Path

import pytest

from thangdo.composite.uncertainty_codes import UNCERTAINTY_CODES
from thangdo.composite.uncertainty_kinds import DECLARATION_KEYS, ITEM_KINDS
from thangdo.composite.uncertainty_spec import (
    DataItem,
    SobolSettings,
    StepItem,
    WeightItem,
    declaration_from,
    read_declaration,
)
from thangdo.findings import CodeTable, Refused, describe

FILE = """
pipeline:
- {step: normalise, method: minmax, l_u: [0, 100]}
- {step: aggregate, method: amean}
uncertain:
- {item: treatment, name: Winmax, key: winmax, values: [1, 2]}
- item: normalisation
  values: [{method: minmax, l_u: [1, 100]}, {method: zscore, m_sd: [10, 2]}]
- {item: weights, levels: [2, 3], noise: dirichlet, concentration: 30}
- {item: data, standard_errors: se.csv, covariance: cov.csv}
target: Index
top_k: [3, 10]
classes: [80, 65]
sobol: {points: 128, replicates: 20}
"""


def refused(content):
    with pytest.raises(Refused) as caught:
        declaration_from(content)
    return [(f.code, f.where.node, f.where.column) for f in caught.value.findings]


def test_a_file_is_read_into_items(tmp_path):
    path = tmp_path / "spec.yaml"
    path.write_text(FILE, encoding="utf-8")
    found = read_declaration(path)
    assert found.items == (
        StepItem("Winmax", "treat", ({"winmax": 1}, {"winmax": 2}), is_partial=True),
        StepItem(
            "normalisation",
            "normalise",
            ({"method": "minmax", "l_u": [1, 100]}, {"method": "zscore", "m_sd": [10, 2]}),
            is_partial=False,
        ),
        WeightItem("weights", levels=(2, 3), noise="dirichlet", concentration=30.0),
        DataItem("data", "se.csv", "cov.csv"),
    )
    assert (found.target, found.top_k, found.classes) == ("Index", (3, 10), (80.0, 65.0))
    assert found.sobol == SobolSettings(128, 20, "sobol")
    assert found.folder == tmp_path and found.file == "spec.yaml"


def test_a_partial_level_keeps_the_nominal_parameters_and_a_whole_one_replaces_them():
    partial, whole = declaration_from(
        {
            "uncertain": [
                {"item": "treatment", "key": "winmax", "values": [3]},
                {"item": "normalisation", "values": [{"method": "rank"}]},
            ]
        }
    ).items
    nominal = {"step": "treat", "method": "winsorise", "winmax": 5, "then": "log_CT"}
    assert partial.level(0, nominal) == {**nominal, "winmax": 3}
    assert whole.level(0, {"step": "normalise", "method": "minmax", "l_u": [0, 1]}) == {
        "step": "normalise",
        "method": "rank",
    }


@pytest.mark.parametrize("content", [None, [], {}, {"uncertain": []}, {"uncertain": {"item": "weights"}}])
def test_a_file_without_items_is_refused(content):
    assert [code for code, _, _ in refused(content)] == ["COM500"]


def test_every_mistake_is_reported_at_once():
    found = refused(
        {
            "uncertain": [
                {"item": "weight"},
                {"item": "weights", "name": "a", "facter": 0.2},
                {"item": "weights", "name": "b", "factor": -1},
                {"item": "weights", "name": "b", "noise": "cauchy"},
                {"item": "treatment", "name": "c"},
                {"item": "data", "name": "d"},
                {"item": "inclusion", "name": "e", "probability": 2},
            ],
            "classes": [50, 80],
            "sobol": {"points": 100, "replicates": 4},
            "targets": "Index",
        }
    )
    assert sorted(found) == sorted(
        [
            ("COM501", "declaration", "targets"),
            ("COM502", "1", "item"),
            ("COM501", "a", "facter"),
            ("COM502", "b", "factor"),
            ("COM502", "b", "noise"),
            ("COM502", "c", "values"),
            ("COM502", "d", "standard_errors"),
            ("COM502", "e", "probability"),
            ("COM502", "b", "name"),
            ("COM502", "sobol", "points"),
            ("COM502", "sobol", "replicates"),
            ("COM502", "declaration", "classes"),
        ]
    )


def test_a_file_that_is_not_yaml_says_where(tmp_path):
    path = tmp_path / "spec.yaml"
    path.write_text("uncertain: [", encoding="utf-8")
    with pytest.raises(Refused) as caught:
        read_declaration(path)
    assert "line 1" in caught.value.findings[0].found


def test_a_missing_file_is_a_finding(tmp_path):
    with pytest.raises(Refused):
        read_declaration(tmp_path / "none.yaml")


def test_codes_are_unique_and_speak_both_languages():
    table = CodeTable(UNCERTAINTY_CODES)
    with pytest.raises(Refused) as caught:
        declaration_from({"uncertain": [{"item": "weights", "facter": 1}]})
    for language in ("vi", "en"):
        title, remedy = describe(caught.value.findings[0], table["COM501"], language)
        assert "facter" in title and remedy


def test_every_key_is_documented():
    """The reference page names every key of every item kind."""
    page = (Path(__file__).parents[2] / "docs" / "reference" / "uncertainty.md").read_text(encoding="utf-8")
    for kind in ITEM_KINDS:
        assert f"`{kind.code}`" in page
        for key in kind.keys:
            assert f"`{key.name}`" in page, f"{kind.code}.{key.name}"
    for key in DECLARATION_KEYS:
        assert f"`{key.name}`" in page

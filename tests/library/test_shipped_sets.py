"""Every shipped criteria set: it reads without errors, says its totals, its sources, both languages."""

from __future__ import annotations

from decimal import Decimal

import pytest

from thangdo.evaluation.library import set_path, shipped_set, shipped_sets
from thangdo.methodology import lint_set, node_maximum, set_hash, to_yaml

# What the acts print: (top level, leaves or sub-criteria, points). Sources in each set's source_note.
PRINTED = {
    "hcm-dti-2023-so-nganh": (6, 32, 330),
    "hcm-dti-2023-dia-phuong": (9, 51, None),
    "hcm-dti-2025-so-nganh": (6, 32, 100),
    "hcm-dti-2025-phuong-xa": (8, 42, 100),
    "vn-dti-922-tinh": (9, 98, 1000),
    "vn-par-876-bo": (7, None, 100),
    "sipas-2023": (5, 5, 100),
    "ddci-2023-so-nganh": (9, None, None),
    "ddci-2023-dia-phuong": (10, None, None),
    "tt01-2018-agency": (9, 9, 18),
    "tt01-2018-official": (5, 5, 10),
    "qd766-2022": (6, 6, 100),
}


@pytest.mark.parametrize("name", shipped_sets())
def test_a_shipped_set_has_no_findings_and_names_its_source(name: str) -> None:
    criteria_set = shipped_set(name)
    assert criteria_set.id == name
    assert list(lint_set(criteria_set)) == []
    assert criteria_set.source_note
    assert criteria_set.title.vi
    assert criteria_set.title.en
    assert to_yaml(criteria_set) == set_path(name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", PRINTED)
def test_a_shipped_set_has_the_printed_totals(name: str) -> None:
    top, leaves, points = PRINTED[name]
    criteria_set = shipped_set(name)
    normal = [node for node in criteria_set.children if node.role == "normal"]
    assert len(normal) == top
    if leaves is not None:
        assert len(list(criteria_set.leaves())) == leaves
    if points is not None:
        assert sum((node_maximum(node) or Decimal(0) for node in normal), Decimal(0)) == points


def test_922_has_the_printed_counts_and_maxima() -> None:
    found = [(len(node.children), node_maximum(node)) for node in shipped_set("vn-dti-922-tinh").children]
    assert found == [(10, 100), (11, 100), (7, 100), (13, 100), (12, 100), (3, 0), (22, 200), (12, 150), (8, 150)]


def test_876_has_38_criteria_97_sub_criteria_and_31_and_a_half_survey_points() -> None:
    criteria_set = shipped_set("vn-par-876-bo")
    assert [len(node.children) for node in criteria_set.children] == [7, 9, 6, 4, 6, 3, 3]
    assert [sum(len(child.children) for child in node.children) for node in criteria_set.children] == [
        6,
        15,
        19,
        14,
        16,
        13,
        14,
    ]
    survey = [node.maximum for node in criteria_set.leaves() if node.rule is not None and node.rule.kind == "counted"]
    assert sum(survey, Decimal(0)) == Decimal("31.5")  # type: ignore[arg-type]


def test_766_groups_have_the_printed_points() -> None:
    found = {node.code: node.maximum for node in shipped_set("qd766-2022").children}
    assert found == {"CKMB": 18, "TDGQ": 20, "SHHS": 22, "DVCTT": 12, "TTTT": 10, "MDHL": 18}


@pytest.mark.parametrize("level", ["so-nganh", "dia-phuong", "nganh-doc"])
def test_the_par_index_has_eight_areas_and_the_three_public_finance_shares(level: str) -> None:
    criteria_set = shipped_set(f"hcm-par-2023-{level}")
    assert len([node for node in criteria_set.children if node.role == "normal"]) == 8
    assert [node.code for node in criteria_set.children[5].children[:3]] == ["6.1", "6.2", "6.3"]
    assert criteria_set.maximum == 100


@pytest.mark.parametrize("name", [name for name in shipped_sets() if shipped_set(name).source != "official"])
def test_what_is_not_official_never_looks_official(name: str) -> None:
    criteria_set = shipped_set(name)
    assert criteria_set.source in ("reconstructed", "illustrative")
    assert set_hash(criteria_set)

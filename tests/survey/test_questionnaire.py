"""Questionnaires as data: there and back through YAML and XLSForm, and every fault named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from thangdo.evaluation import library as sets_library
from thangdo.findings import Refused
from thangdo.survey.questionnaire import Questionnaire
from thangdo.survey.questionnaire_expressions import Answers, ExpressionError, evaluate
from thangdo.survey.questionnaire_lint import lint
from thangdo.survey.questionnaire_reading import (
    questionnaire_of,
    read_questionnaire,
    shipped,
    write_questionnaire,
)
from thangdo.survey.xlsform import read_xlsform, sheets


def small(**more: Any) -> dict[str, Any]:
    return {
        "format": "thangdo-questionnaire/1",
        "id": "small",
        "edition": {"year": 2024, "compares_with": "small-2023"},
        "title": {"vi": "Phiếu thử", "en": "Trial"},
        "lists": {
            "scale": {
                "direction": "descending",
                "choices": [
                    {"name": "a", "label": {"vi": "Tốt", "en": "Good"}},
                    {"name": "b", "label": {"vi": "Vừa", "en": "Fair"}},
                    {"name": "c", "label": {"vi": "Kém", "en": "Poor"}},
                ],
            }
        },
        "questions": [
            {"name": "age", "type": "integer", "label": {"vi": "Tuổi", "en": "Age"}, "constraint": ". >= 18"},
            {
                "name": "q1",
                "type": "select_one",
                "list": "scale",
                "label": {"vi": "Thái độ", "en": "Attitude"},
                "battery": "q",
                "comparable": "changed",
                "comparable_note": "thêm mức",
                "relevant": "${age} >= 20",
            },
        ],
        **more,
    }


@pytest.mark.parametrize("name", shipped())
def test_shipped_questionnaires_have_no_finding_and_say_that_they_are_illustrative(name: str) -> None:
    questionnaire = read_questionnaire(name)
    assert questionnaire.id == name
    assert list(lint(questionnaire)) == []
    assert questionnaire.illustrative
    assert questionnaire.source_note


@pytest.mark.parametrize("name", shipped())
@pytest.mark.parametrize("suffix", [".yaml", ".xlsx"])
def test_there_and_back(name: str, suffix: str, tmp_path: Path) -> None:
    questionnaire = read_questionnaire(name)
    write_questionnaire(tmp_path / f"out{suffix}", questionnaire)
    assert read_questionnaire(tmp_path / f"out{suffix}") == questionnaire
    assert [path.name for path in tmp_path.iterdir()] == [f"out{suffix}"]


def test_editions_marks_and_directions_go_through_xlsform(tmp_path: Path) -> None:
    questionnaire = questionnaire_of(small())
    write_questionnaire(tmp_path / "small.xlsx", questionnaire)
    back = read_xlsform(tmp_path / "small.xlsx")
    assert back == questionnaire
    question = back.question("q1")
    assert question is not None
    assert (question.comparable, back.compares_with) == ("changed", "small-2023")


@pytest.mark.parametrize(("block", "components"), [("so-nganh", 9), ("dia-phuong", 10)])
def test_ddci_questions_are_the_indicators_of_the_shipped_set(block: str, components: int) -> None:
    questionnaire = read_questionnaire(f"ddci-2023-{block}")
    folder = Path(sets_library.__file__).parent.parent / "library" / "sets"
    criteria = yaml.safe_load((folder / f"ddci-2023-{block}.yaml").read_text("utf-8"))["criteria"]
    leaves = {leaf["rule"]["indicator"]: leaf["rule"] for node in criteria for leaf in node["children"]}
    asked = {question.name: question for question in questionnaire.questions if question.battery}
    assert len(questionnaire.batteries()) == components
    assert set(asked) == set(leaves)
    assert {name for name, question in asked.items() if question.reversed} == {
        name for name, rule in leaves.items() if rule["direction"] == -1
    }


def test_points_follow_the_direction_of_the_scale_and_reversal() -> None:
    questionnaire = questionnaire_of(small())
    question = questionnaire.question("q1")
    assert question is not None
    assert questionnaire.points(question) == {"c": 1, "b": 2, "a": 3}
    reversed_one = read_questionnaire("ddci-2023-so-nganh").question("ddci_2_1")
    assert reversed_one is not None
    assert read_questionnaire("ddci-2023-so-nganh").points(reversed_one)["5"] == 1


def _faulty(path: str, value: object) -> dict[str, Any]:
    document = small()
    node: Any = document
    *parents, last = path.split("/")
    for part in parents:
        node = node[int(part)] if part.isdigit() else node[part]
    node[last] = value
    return document


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        ("questions/1/type", "hologram", "SUR102"),
        ("questions/1/colour", "red", "SUR102"),
        ("questions/1/name", "age", "SUR103"),
        ("questions/1/relevant", "${age} >", "SUR104"),
        ("questions/1/relevant", "frobnicate(${age})", "SUR104"),
        ("questions/1/list", "nothing", "SUR105"),
        ("lists/scale/direction", "", "SUR106"),
        ("questions/0/relevant", "${q1} = 'a'", "SUR109"),
    ],
)
def test_every_fault_is_named(path: str, value: object, code: str) -> None:
    with pytest.raises(Refused) as refused:
        questionnaire_of(_faulty(path, value))
    assert code in refused.value.counts


def test_a_missing_mark_or_translation_warns_but_does_not_refuse() -> None:
    document = _faulty("questions/1/comparable", "")
    document["questions"][0]["label"] = {"vi": "Tuổi"}
    counts = lint(questionnaire_of(document)).counts
    assert counts == {"SUR108": 1, "SUR110": 1}


def test_a_form_that_pyxform_refuses_is_not_written(tmp_path: Path) -> None:
    questionnaire = questionnaire_of(small(questions=[{"name": "q", "type": "text", "label": {"vi": "x", "en": "x"}}]))
    broken = Questionnaire(
        **{**_fields(questionnaire), "questions": (*questionnaire.questions, *questionnaire.questions)}
    )
    with pytest.raises(Refused) as refused:
        write_questionnaire(tmp_path / "q.xlsx", broken)
    assert set(refused.value.counts) == {"SUR111"}
    assert list(tmp_path.iterdir()) == []


def _fields(questionnaire: Questionnaire) -> dict[str, Any]:
    return {name: getattr(questionnaire, name) for name in Questionnaire.__dataclass_fields__}


def test_cascading_lists_keep_their_filter_columns() -> None:
    rows = sheets(read_questionnaire("ddci-2023-so-nganh"))["choices"]
    assert {row["linh_vuc"] for row in rows if row["list_name"] == "industry"} == {"san_xuat", "dich_vu", "nong_nghiep"}


def column(*values: str) -> Answers:
    categories = np.array(sorted(set(values) - {""}), dtype=object)
    return Answers(categories, np.array([list(categories).index(v) if v else -1 for v in values]))


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("${age} >= 18", [True, False, False]),
        ("${age} != ''", [True, True, False]),
        ("${age} = '30' or ${kind} = 'b'", [True, True, False]),
        ("not(${kind} = 'a') and ${age} < 18", [False, True, False]),
        ("selected(${many}, 'x')", [True, False, True]),
        ("count-selected(${many}) > 1", [True, False, False]),
        ("(${age} + 10) * 2 = 80", [True, False, False]),
        ("regex(${kind}, '^[ab]$')", [True, True, False]),
        ("if(${age} > 18, 1, 0) = 1", [True, False, False]),
        ("string-length(${many}) <= 1", [False, True, True]),
    ],
)
def test_expressions_over_columns(expression: str, expected: list[bool]) -> None:
    columns = {"age": column("30", "9", ""), "kind": column("a", "b", "c"), "many": column("x y", "", "x")}
    assert evaluate(expression, columns).tolist() == expected


def test_an_unknown_field_is_not_taken_as_blank() -> None:
    with pytest.raises(ExpressionError):
        evaluate("${nobody} = 1", {"age": column("1")})

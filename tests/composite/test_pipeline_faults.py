"""What a pipeline cannot mean or do: every key's bounds, every unknown code, every cell in the way, in one report."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.composite.made_index import AMEAN, META, MINMAX, data, faults, index
from thangdo.composite.aggregating import AGGREGATE_KEYS
from thangdo.composite.codes import CODES
from thangdo.composite.pipeline import read_pipeline
from thangdo.composite.steps import STEP_KINDS
from thangdo.composite.weight_methods import WEIGHT_KINDS
from thangdo.findings import Refused

# A value that no key takes.
NONSENSE = object()


@pytest.mark.parametrize("kind", STEP_KINDS, ids=lambda kind: f"{kind.step} {kind.method}".strip())
def test_every_key_of_every_step_has_bounds_and_meaning(kind: Any) -> None:
    for key in kind.keys:
        assert not key.values.accepts(NONSENSE), key.name
        assert key.values.bounds and key.meaning_vi and key.meaning_en
        found = faults(
            {"step": kind.step, "method": kind.method, key.name: "no such value"} | _required(kind, key.name)
        )
        text_is_fine = key.values.accepts("no such value")
        assert ("COM007", f"pipeline:1:{key.name} [{kind.step}]") in found or text_is_fine


def _required(kind: Any, but: str) -> dict[str, Any]:
    return {key.name: "Group" for key in kind.keys if key.is_required and key.name != but}


@pytest.mark.parametrize(
    ("step", "place"),
    [
        ({"step": "screen", "unit_screen": "byna"}, "unit_screen"),
        ({"step": "screen", "dat_thresh": 90}, "dat_thresh"),
        ({"step": "screen", "dat_thresh": True}, "dat_thresh"),
        ({"step": "screen", "nonzero_thresh": -0.1}, "nonzero_thresh"),
        ({"step": "screen", "Force": {"u1": "yes"}}, "Force"),
        ({"step": "treat", "winmax": -1}, "winmax"),
        ({"step": "treat", "winmax": 2.5}, "winmax"),
        ({"step": "treat", "winmax": "5"}, "winmax"),
        ({"step": "treat", "skew_thresh": 0}, "skew_thresh"),
        ({"step": "treat", "then": "logCT"}, "then"),
        ({"step": "normalise", "method": "minmax", "l_u": [100, 0]}, "l_u"),
        ({"step": "normalise", "method": "minmax", "l_u": [0]}, "l_u"),
        ({"step": "normalise", "method": "minmax", "l_u": ["0", "100"]}, "l_u"),
        ({"step": "normalise", "method": "minmax", "l_u": [0, float("inf")]}, "l_u"),
        ({"step": "normalise", "method": "zscore", "m_sd": [0, 0]}, "m_sd"),
        ({"step": "normalise", "method": "scaled", "npara": [5, 5]}, "npara"),
        ({"step": "normalise", "method": "dist2targ", "targ": {"a": "high"}}, "targ"),
        ({"step": "normalise", "method": "goalposts", "gposts": [3, 3, 1]}, "gposts"),
        ({"step": "impute", "method": "mean", "impute_by": "rows"}, "impute_by"),
        ({"step": "impute", "method": "mean", "impute_by": "row", "group_level": 1}, "group_level"),
        ({"step": "impute", "method": "impute_panel", "imp_type": "last"}, "imp_type"),
        ({"step": "impute", "method": "latest", "max_time": 0}, "max_time"),
        ({"step": "aggregate", "method": 3}, "method"),
        ({"step": "aggregate", "method": "genmean", "p": "two"}, "p"),
        ({"step": "aggregate", "dat_thresh": 1.5}, "dat_thresh"),
        ({"step": "aggregate", "weights": "equl"}, "weights"),
    ],
)
def test_a_value_out_of_bounds_is_named_with_its_step_and_key(step: dict[str, Any], place: str) -> None:
    assert ("COM007", f"pipeline:1:{place} [{step['step']}]") in faults(step)


def test_a_key_that_is_needed() -> None:
    assert faults({"step": "impute", "method": "mean_grp"}) == [("COM008", "pipeline:1:use_group [impute]")]
    assert faults({"step": "aggregate", "method": "genmean"}) == [("COM008", "pipeline:1:p [aggregate]")]


def test_all_of_it_in_one_report(tmp_path: Path) -> None:
    (tmp_path / "p.yaml").write_text(
        """
- {step: screen, unit_screen: byNAs, dat_thresh: 2}
- {step: treat, method: winsorize}
- {step: normalise, method: minmax, l_u: [0, 100], lu: 3}
- {step: aggregate, method: {2: amean, 3: gmeans}, weights: {method: pcs}}
- {step: screen}
"""
    )
    with pytest.raises(Refused) as stop:
        read_pipeline(tmp_path / "p.yaml")
    assert [(finding.code, str(finding.where)) for finding in stop.value.findings] == [
        ("COM007", "p.yaml:1:unit_screen [screen]"),
        ("COM007", "p.yaml:1:dat_thresh [screen]"),
        ("COM002", "p.yaml:2 [treat]"),
        ("COM003", "p.yaml:3:lu [normalise]"),
        ("COM002", "p.yaml:4:method [aggregate]"),
        ("COM002", "p.yaml:4:weights [aggregate]"),
        ("COM045", "p.yaml:4 [aggregate]"),
    ]
    assert all(finding.code in CODES for finding in stop.value.findings)


@pytest.mark.parametrize(
    ("step", "code", "column"),
    [
        ({"step": "normalise", "method": "minmax", "indicators": {"z": {"l_u": [0, 1]}}}, "COM017", "indicators"),
        ({"step": "normalise", "method": "dist2targ", "targ": {"z": 1}}, "COM017", "targ"),
        ({"step": "treat", "indicators": {"z": {"method": "none"}}}, "COM017", "indicators"),
        ({"step": "aggregate", "method": {"a": "gmean"}}, "COM017", "method"),
        ({"step": "aggregate", "method": {5: "gmean"}}, "COM017", "method"),
        ({"step": "aggregate", "method": ["amean", "amean", "gmean"]}, "COM007", "method"),
        ({"step": "aggregate", "weights": {"z": 1}}, "COM006", "weights"),
        ({"step": "aggregate", "weights": {"method": "pca", "nodes": ["a"]}}, "COM047", "weights"),
        ({"step": "aggregate", "weights": {"method": "pca", "levels": [3]}}, "COM047", "weights"),
        ({"step": "aggregate", "weights": {"method": "ahp", "judgements": {"z": [[1]]}}}, "COM006", "weights"),
    ],
)
def test_a_code_that_is_not_in_the_index(step: dict[str, Any], code: str, column: str) -> None:
    assert faults(step) == [(code, f"pipeline:1:{column} [{step['step']}]")]


def test_an_indicators_own_entry_is_checked_like_a_step() -> None:
    own = {"a": {"method": "zscre"}, "b": {"l_u": [3, 2]}, "c": {"m_sd": [0, 1]}}
    assert faults({"step": "normalise", "method": "minmax", "indicators": own}) == [
        ("COM002", "pipeline:1:indicators [a]"),
        ("COM007", "pipeline:1:l_u [b]"),
        ("COM003", "pipeline:1:m_sd [c]"),
    ]


def frame_with(**columns: list[float]) -> Any:
    frame = data()
    for code, values in columns.items():
        frame[code] = values
    return frame


EIGHT = [3.0, 1.0, 4.0, 1.0, 5.0, 9.0, 2.0, 6.0]


@pytest.mark.parametrize(
    ("steps", "columns", "expected"),
    [
        (
            [{"step": "normalise", "method": "fracmax"}],
            {"a": [-1.0, 0, -2, -3, -4, -5, -6, -7]},
            [("COM013", "iData:a")],
        ),
        (
            [{"step": "normalise", "method": "dist2targ", "targ": {"a": 1.0, "b": 0, "c": 9}}],
            {"a": EIGHT},
            [("COM014", "iData:d")],
        ),
        (
            [{"step": "normalise", "method": "dist2targ", "targ": 1.0}],
            {"a": EIGHT, "c": EIGHT},
            [("COM013", "iData:a"), ("COM013", "iData:c")],
        ),
        ([{"step": "normalise", "method": "goalposts"}], {}, [("COM014", f"iData:{code}") for code in "abcd"]),
        ([{"step": "normalise", "method": "dist2ref", "ref": "u9"}], {}, [("COM020", "pipeline:1:ref")]),
        (
            [{"step": "normalise", "method": "dist2ref", "ref": "u1"}],
            {"a": EIGHT},
            [("COM016", "iData:3:a [u1]")],
        ),
        (
            [{"step": "treat", "method": "winsorise", "winmax": 8}, MINMAX],
            {"a": [0.0] * 7 + [9.0]},
            [("COM011", "iData:a")],
        ),
        (
            [{"step": "treat", "method": "log"}],
            {"a": [-1.0, 0, 1, 1, 1, 1, 1, 500]},
            [("COM012", "iData:2:a [u0]"), ("COM012", "iData:3:a [u1]")],
        ),
        ([{"step": "impute", "method": "latest"}], {}, [("COM019", "pipeline:1")]),
        ([{"step": "impute", "method": "mean_grp", "use_group": "Region"}], {}, [("COM018", "pipeline:1:use_group")]),
        ([{"step": "screen", "Force": {"u77": True}}], {}, [("COM020", "pipeline:1:Force")]),
        ([{"step": "screen", "include_only": ["u1"], "Force": {"u1": False}}], {}, [("COM021", "pipeline:1")]),
        (
            [MINMAX, {"step": "aggregate", "method": {"p": "copeland"}}],
            {"b": [1.0, 2, 3, float("nan"), 5, 6, 7, 8]},
            [("COM029", "iData:5:b [u3]")],
        ),
        (
            [{"step": "normalise", "method": "minmax"}, {"step": "aggregate", "method": {2: "gmean"}}],
            {"a": EIGHT, "b": [3.0, 1, 4, 1, 5, 9, 2, 6]},
            [("COM005", "iData:3:a [u1]"), ("COM005", "iData:5:a [u3]"), ("COM005", "iData:7:b [u5]")],
        ),
        ([MINMAX, {"step": "aggregate", "method": "genmean", "p": 400}], {}, None),
    ],
)
def test_what_stands_in_the_way_is_named_cell_by_cell(
    steps: list[dict[str, Any]], columns: dict[str, list[float]], expected: list[tuple[str, str]] | None
) -> None:
    found = faults(*steps, frame=frame_with(**columns))
    if expected is None:
        assert {code for code, _ in found} == {"COM028"}
    else:
        assert [each for each in expected if each in found] == expected
        assert {code for code, _ in found} == {code for code, _ in expected}


def test_zero_weights_and_weights_that_do_not_add_up() -> None:
    assert faults(MINMAX, {**AMEAN, "weights": {"a": 0, "b": 0}}) == [("COM023", "pipeline:2")]
    said = index(MINMAX, {**AMEAN, "weights": {"a": 0.5, "b": 0.4}}).findings
    assert [(finding.code, finding.severity, finding.found) for finding in said] == [("COM038", "warning", "0.9")]


def test_a_direction_that_nothing_applies_is_remarked() -> None:
    said = index(AMEAN).findings
    assert [(finding.code, finding.found) for finding in said] == [("COM046", "b")]


def test_denominators_of_the_step_instead_of_imetas() -> None:
    meta = META.assign(Denominator=["Area", *[None] * 6])
    frame = data().assign(Pop=[1.0, 2, 4, 4, 5, 6, 7, 8], Area=2.0)
    steps = {"step": "denominate", "denomby": {"a": "Pop", "b": "Area"}, "scale_factor": {"a": 1000}}
    values = index(steps, MINMAX, frame=frame, meta=meta).built.stages["denominate"].values
    np.testing.assert_allclose(values[:, 0], frame["a"] / frame["Pop"] * 1000)
    np.testing.assert_allclose(values[:, 1], frame["b"] / 2)
    np.testing.assert_array_equal(values[:, 2], frame["c"])


def test_a_level_that_the_tree_has_not() -> None:
    row = {"step": "impute", "method": "mean", "impute_by": "row", "group_level": 7}
    assert faults(row) == [("COM007", "pipeline:1:group_level")]


def test_a_denominator_of_zero_names_its_cell() -> None:
    meta = META.assign(Denominator=[None, "Pop", *[None] * 5])
    frame = data().assign(Pop=[1.0, 2, 0, 4, 5, 6, 7, 8])
    assert faults({"step": "denominate"}, frame=frame, meta=meta) == [("COM009", "iData:4:b [u2]")]


def test_every_row_of_the_tables_has_both_languages() -> None:
    for row in (*STEP_KINDS, *WEIGHT_KINDS.values()):
        assert row.name_vi and row.name_en and row.source
    assert all(key.meaning_vi and key.meaning_en for key in AGGREGATE_KEYS)

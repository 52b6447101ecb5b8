"""A small composite index worked by hand, and what cannot be computed said by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from thangdo.evaluation import evaluate, read_round
from thangdo.findings import Refused

SET = """\
format: thangdo-criteria-set/1
id: ddci-thu
index: ddci
kind: composite
title: {vi: Thử, en: Test}
edition: {year: 2023}
blocks: [so_nganh]
aggregation: weighted_mean
pipeline:
  - {step: normalise, method: minmax, l_u: [1, 10]}
  - {step: aggregate, method: amean}
  - {step: rescale, factor: 10}
scale: {low: 10, high: 100}
uncertainty: {seed: 1, replications: 200}
criteria:
  - {code: "1", text: {vi: Một, en: One}, weight: 1, rule: {kind: counted, indicator: one, source: survey}}
  - {code: "2", text: {vi: Hai, en: Two}, weight: 3, rule: {kind: counted, indicator: two, source: survey, direction: -1}}
"""
VALUES = {"one": {"A": "1", "B": "3", "C": "5"}, "two": {"A": "0.2", "B": "0.4", "C": "0.6"}}


def make(folder: Path, values: dict[str, dict[str, str]], covariance: str = "") -> Path:
    (folder / "sets").mkdir(parents=True)
    (folder / "sets" / "ddci-thu.yaml").write_text(SET, encoding="utf-8")
    (folder / "round.yaml").write_text(
        "id: thu\nyear: 2023\nstate: final\nlanguage: vi\nindices:\n"
        "- {id: ddci, kind: composite, set: ddci-thu, blocks: [so_nganh]}\nillustrative: true\n"
    )
    (folder / "units.csv").write_text(
        "unit,name_vi,name_en,short_vi,short_en,aliases,level,parent,valid_from,valid_to,predecessors,code_source\n"
        + "".join(f"{unit},Sở {unit},,,,,,,,,,\n" for unit in "ABC")
    )
    (folder / "membership.csv").write_text(
        "index,block,unit,ranked\n" + "".join(f"ddci,so_nganh,{unit},true\n" for unit in "ABC")
    )
    (folder / "marks.csv").write_text("index,unit,criterion,layer,appraiser,field,value,reason,given_at\n")
    rows = [
        f"ddci,{unit},{place},{name},{value},,,0.1,,,survey,q,\n"
        for place, (name, column) in enumerate(values.items(), start=1)
        for unit, value in column.items()
    ]
    (folder / "values.csv").write_text(
        "index,unit,criterion,indicator,value,numerator,denominator,se,df,n,source,query,source_sha256\n"
        + "".join(rows)
    )
    if covariance:
        (folder / "covariance.csv").write_text(
            "index,unit_a,criterion_a,indicator_a,unit_b,criterion_b,indicator_b,cov\n" + covariance
        )
    return folder


def test_points_as_worked_by_hand(tmp_path: Path) -> None:
    # Min-max to 1..10: one 1, 5.5, 10; two (lower is better) 10, 5.5, 1; weights 1 and 3; times 10.
    (index,) = evaluate(read_round(make(tmp_path / "r", VALUES))).indices
    assert [(row.unit, str(row.points), row.rank) for row in index.rows] == [
        ("A", "77.50", 1),
        ("B", "55.00", 2),
        ("C", "32.50", 3),
    ]


def test_standard_errors_become_ranges_of_ranks(tmp_path: Path) -> None:
    results = evaluate(read_round(make(tmp_path / "r", VALUES)))
    assert {item.kind for item in results.intervals} >= {"sampling", "sampling_simultaneous"}
    for item in results.intervals:
        assert 1 <= item.rank_low <= item.rank_high <= 3


def test_an_indicator_without_range_is_named(tmp_path: Path) -> None:
    flat = {**VALUES, "one": dict.fromkeys("ABC", "2")}
    with pytest.raises(Refused) as refused:
        evaluate(read_round(make(tmp_path / "r", flat)))
    assert [(f.code, f.where.node) for f in refused.value.findings] == [("EVA056", "ddci/1")]


def test_covariances_that_no_data_can_have_are_named(tmp_path: Path) -> None:
    impossible = "ddci,A,1,one,B,1,one,0.5\n"
    with pytest.raises(Refused) as refused:
        evaluate(read_round(make(tmp_path / "r", VALUES, impossible)))
    assert [(f.code, f.where.file) for f in refused.value.findings] == [("EVA057", "covariance.csv")]


def with_steps(folder: Path, normalise: str, aggregate: str, rescale: str = "1") -> Path:
    made = make(folder, VALUES)
    path = made / "sets" / "ddci-thu.yaml"
    text = path.read_text(encoding="utf-8")
    text = text.replace("method: minmax, l_u: [1, 10]", f"method: {normalise}")
    text = text.replace("method: amean", f"method: {aggregate}").replace("factor: 10}", f"factor: {rescale}}}")
    path.write_text(text, encoding="utf-8")
    return made


@pytest.mark.parametrize(
    ("normalise", "aggregate", "expected"),
    [
        # one: 1, 10 × 1^… as min–max; two reversed. Weights 1 and 3.
        ("minmax, l_u: [1, 10]", "gmean", 1 ** (1 / 4) * 10 ** (3 / 4)),
        ("minmax, l_u: [1, 10]", "hmean", 4 / (1 / 1 + 3 / 10)),
        ("minmax, l_u: [1, 10]", "minimum", 1),
        ("minmax, l_u: [1, 10]", "{2: amean}", 7.75),
        ("minmax, l_u: [0, 1]", "sum", 3),
        ("borda", "amean", (0 * 1 + 2 * 3) / 4),
        ("prank", "amean", 3 / 4),
        ("zscore, m_sd: [10, 1]", "amean", 10 + (-1 * 1 + 1 * 3) / 4),
        ("dist2max", "median", 0.5),
    ],
)
def test_every_method_of_the_library_works_in_a_round(
    tmp_path: Path, normalise: str, aggregate: str, expected: float
) -> None:
    """Unit A: lowest on the first indicator (weight 1), best on the second (weight 3)."""
    (index,) = evaluate(read_round(with_steps(tmp_path / "r", normalise, aggregate))).indices
    (row,) = [row for row in index.rows if row.unit == "A"]
    assert float(row.exact_points) == pytest.approx(expected, rel=1e-11)  # type: ignore[arg-type]


@pytest.mark.parametrize(("normalise", "aggregate", "name"), [("vui", "amean", "vui"), ("minmax", "kemeny", "kemeny")])
def test_a_method_a_round_cannot_use_is_named(tmp_path: Path, normalise: str, aggregate: str, name: str) -> None:
    with pytest.raises(Refused) as refused:
        evaluate(read_round(with_steps(tmp_path / "r", normalise, aggregate)))
    assert [(f.code, f.found) for f in refused.value.findings] == [("EVA058", name)]


CHOICES = """uncertainty:
  seed: 1
  replications: 300
  choices:
    - {item: normalisation, values: [{method: minmax, l_u: [1, 10]}, {method: rank}]}
    - {item: weights, levels: [1], noise: uniform, factor: 0.9}
"""


def with_choices(folder: Path, choices: str = CHOICES) -> Path:
    # B is a little better than A on the whole and much worse on the second indicator: weights decide.
    close = {"one": {"A": "1", "B": "4", "C": "5"}, "two": {"A": "0.2", "B": "0.4", "C": "0.6"}}
    made = make(folder, close)
    path = made / "sets" / "ddci-thu.yaml"
    text = path.read_text(encoding="utf-8").replace("weight: 3", "weight: 1.2")
    path.write_text(text.replace("uncertainty: {seed: 1, replications: 200}\n", choices), encoding="utf-8")
    return made


def test_declared_choices_become_ranges_of_their_own_kind(tmp_path: Path) -> None:
    results = evaluate(read_round(with_choices(tmp_path / "r")))
    ranks = {row.unit: row.rank for row in results.indices[0].rows}
    method = {item.unit: item for item in results.intervals if item.kind == "method"}
    assert method.keys() == ranks.keys()
    for unit, item in method.items():
        assert item.rank_low <= ranks[unit] <= item.rank_high and item.tier is None  # type: ignore[operator]
    assert any(item.rank_low < item.rank_high for item in method.values())
    sampling = [item for item in results.intervals if item.kind == "sampling"]
    assert len(sampling) == len(ranks) and all(item.level == 0.95 for item in sampling)
    again = evaluate(read_round(tmp_path / "r"))
    assert again.intervals == results.intervals


def test_a_choice_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    wrong = CHOICES.replace("method: rank", "method: vui")
    with pytest.raises(Refused) as refused:
        evaluate(read_round(with_choices(tmp_path / "r", wrong)))
    assert {f.code for f in refused.value.findings} == {"EVA059"}

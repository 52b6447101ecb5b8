"""`thangdo composite uncertainty`: the files of the contract, the same bits again, and one clear report when it fails."""

import csv
import json

import numpy as np
import pytest

from thangdo.cli.entry import run
from thangdo.composite.replications import read_replications

META = """Level,iCode,Direction,Weight,Parent,Type,Denominator
1,a,1,1,P,Indicator,area
1,b,-1,1,P,Indicator,
1,c,1,2,Q,Indicator,
1,d,1,1,Q,Indicator,
2,P,1,1,Top,Aggregate,
2,Q,1,1,Top,Aggregate,
3,Top,1,1,,Aggregate,
,area,,,,Denominator,
"""
SPEC = """
pipeline:
- {step: denominate}
- {step: impute, method: mean}
- {step: normalise, method: minmax, l_u: [1, 100]}
- {step: aggregate, method: amean}
uncertain:
- {item: normalisation, values: [{method: minmax, l_u: [1, 100]}, {method: zscore, m_sd: [10, 2]}]}
- {item: weights, noise: uniform, factor: 0.4}
- {item: aggregation, values: [{method: amean}, {method: {2: hmean, 3: amean}}]}
- {item: data, standard_errors: se.csv}
top_k: [2]
remove: [1, 2]
"""
TABLES = {"rank_intervals.csv", "top_k.csv", "rank_sets.csv", "sobol.csv", "items.csv", "replications.parquet"}
TABLES |= {"one_at_a_time.csv", "remove_elements.csv"}


@pytest.fixture
def folder(tmp_path):
    random = np.random.default_rng(5)
    rows = [f"U{n},{2 + n % 3}," + ",".join(map(repr, random.gamma(5.0, size=4).tolist())) for n in range(9)]
    rows[3] = rows[3].rsplit(",", 1)[0] + ","
    (tmp_path / "iData.csv").write_text("uCode,area,a,b,c,d\n" + "\n".join(rows) + "\n", encoding="utf-8")
    (tmp_path / "iMeta.csv").write_text(META, encoding="utf-8")
    errors = "\n".join(f"U{n},0.3,,0.2,0.1" for n in range(9))
    (tmp_path / "se.csv").write_text(f"uCode,a,b,c,d\n{errors}\n", encoding="utf-8")
    (tmp_path / "spec.yaml").write_text(SPEC, encoding="utf-8")
    return tmp_path


def call(folder, *more, out="out", spec="spec.yaml"):
    files = [
        str(folder / "iData.csv"),
        str(folder / "iMeta.csv"),
        "--spec",
        str(folder / spec),
        "--out",
        str(folder / out),
    ]
    return run(["composite", "uncertainty", *files, "--replications", "300", "--seed", "7", *more])


def rows(path):
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_every_file_of_the_contract_is_written(folder, capsys):
    assert call(folder) == 0
    assert {path.name for path in (folder / "out").iterdir()} == TABLES
    intervals = rows(folder / "out" / "rank_intervals.csv")
    drawn = read_replications(folder / "out" / "replications.parquet")
    assert [row["uCode"] for row in intervals] == list(drawn.units)
    assert [float(row["q95"]) for row in intervals] == np.quantile(drawn.ranks, 0.95, axis=0).tolist()
    assert [float(row["mean"]) for row in intervals] == pytest.approx(drawn.ranks.mean(axis=0))
    shares = {row["uCode"]: float(row["p"]) for row in rows(folder / "out" / "top_k.csv")}
    assert list(shares.values()) == pytest.approx((drawn.ranks <= 2).mean(axis=0))
    assert set(drawn.levels) == {"normalisation", "aggregation"}
    for row in rows(folder / "out" / "rank_sets.csv"):
        assert int(row["simultaneous_low"]) <= int(row["marginal_low"]) <= int(row["marginal_high"])
    assert [row["code"] for row in rows(folder / "out" / "remove_elements.csv")] == ["a", "b", "c", "d", "P", "Q"]
    assert [row["item"] for row in rows(folder / "out" / "one_at_a_time.csv")] == [
        *["normalisation"] * 2,
        "weights",
        *["aggregation"] * 2,
        "data",
    ]
    assert "300" in capsys.readouterr().out


def test_the_same_seed_writes_the_same_bytes_on_other_threads(folder):
    assert call(folder, "--threads", "1") == 0
    assert call(folder, "--threads", "3", "--chunk", "64", out="again") == 0
    for name in TABLES:
        assert (folder / "out" / name).read_bytes() == (folder / "again" / name).read_bytes()


def test_bad_input_is_reported_in_one_go_and_nothing_is_written(folder, capsys):
    text = SPEC.replace("factor: 0.4", "factor: 0.4, levels: [7]").replace(
        "standard_errors: se.csv", "standard_errors: no.csv"
    )
    (folder / "bad.yaml").write_text(text, encoding="utf-8")
    assert call(folder, "--json", spec="bad.yaml") == 1
    codes = {finding["code"] for finding in json.loads(capsys.readouterr().out)["findings"]}
    assert codes >= {"COM502", "COM500"}
    assert not (folder / "out").exists()


def test_a_fault_in_the_data_names_file_row_and_column(folder, capsys):
    path = folder / "iData.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("U4,3,", "U4,3,x"), encoding="utf-8")
    assert call(folder) == 1
    assert "iData.csv:6:a" in capsys.readouterr().err


def test_the_answer_for_machines_lists_items_with_their_levels(folder, capsys):
    assert call(folder, "--json", "--lang", "en") == 0
    answer = json.loads(capsys.readouterr().out)
    assert [(item["item"], item["declared"]) for item in answer["items"]] == [
        ("normalisation", 2),
        ("weights", None),
        ("aggregation", 2),
        ("data", None),
    ]


def test_a_pipeline_may_stand_in_its_own_file(folder):
    head, _, tail = SPEC.partition("uncertain:")
    (folder / "pipeline.yaml").write_text(head, encoding="utf-8")
    (folder / "short.yaml").write_text("pipeline: pipeline.yaml\nuncertain:" + tail, encoding="utf-8")
    assert call(folder) == 0
    assert call(folder, spec="short.yaml", out="short") == 0
    assert (folder / "out" / "sobol.csv").read_bytes() == (folder / "short" / "sobol.csv").read_bytes()

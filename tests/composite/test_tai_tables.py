"""Golden: the OECD/JRC Handbook's Technology Achievement Index (2008), built by the command from COINr's two tables."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from thangdo.cli.entry import run
from thangdo.composite.outranking import condorcet, outranking

# Saisana, Saltelli, Tarantola (2005), JRSS-A 168(2), table 1.
GOALPOSTS = {
    "patents": (0.0, 994.0),
    "royalties": (0.0, 272.6),
    "internet": (0.0, 232.4),
    "exports": (0.0, 80.8),
    "telephones_log": (0.0, float(np.log10(901))),
    "electricity_log": (float(np.log10(22)), float(np.log10(6969))),
    "schooling": (0.8, 12.0),
    "university": (0.1, 27.4),
}
PIPELINES = {
    "LIN": "- {step: normalise, method: goalposts}\n- {step: aggregate, method: amean}\n",
    "GME": "- {step: normalise, method: none}\n- {step: aggregate, method: gmean}\n",
}


@pytest.fixture(scope="module")
def tai(shared: Path) -> Path:
    return shared / "reference" / "tai_oecd"


def records(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture
def tables(tai: Path, tmp_path: Path) -> list[str]:
    rows = records(tai / "tai23_raw.csv")
    with (tmp_path / "iData.csv").open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["uCode", *GOALPOSTS])
        writer.writerows([row["country"], *(row[code] for code in GOALPOSTS)] for row in rows)
    with (tmp_path / "iMeta.csv").open("w", newline="") as stream:
        writer = csv.writer(stream)
        header = ["iCode", "Level", "Parent", "Direction", "Weight", "Type", "goalpost_lower", "goalpost_upper"]
        writer.writerow(header)
        for code, (low, high) in GOALPOSTS.items():
            writer.writerow([code, 1, "TAI", 1, 1, "Indicator", repr(low), repr(high)])
        writer.writerow(["TAI", 2, "", 1, 1, "Aggregate", "", ""])
    return [str(tmp_path / "iData.csv"), str(tmp_path / "iMeta.csv")]


def build(tables: list[str], folder: Path, pipeline: str, table: str) -> dict[str, dict[str, str]]:
    (folder / "p.yaml").write_text(pipeline)
    arguments = ["composite", "build", *tables, "--pipeline", str(folder / "p.yaml"), "--out", str(folder / "out")]
    assert run(arguments) == 0
    return {row["uCode"]: row for row in records(folder / "out" / f"{table}.csv")}


@pytest.mark.shared
@pytest.mark.parametrize("name", PIPELINES)
def test_ranks_of_table_38(tai: Path, tables: list[str], tmp_path: Path, name: str) -> None:
    ranks = build(tables, tmp_path, PIPELINES[name], "ranks")
    expected = {row["country"]: row[name] for row in records(tai / "handbook_t38_ranks_by_aggregation.csv")}
    assert {unit: row["TAI"] for unit, row in ranks.items()} == expected


@pytest.mark.shared
def test_minmax_over_these_countries_alone_gives_another_order(tai: Path, tables: list[str], tmp_path: Path) -> None:
    ranks = build(tables, tmp_path, "- {step: normalise, method: minmax}\n- {step: aggregate}\n", "ranks")
    expected = {row["country"]: row["LIN"] for row in records(tai / "handbook_t38_ranks_by_aggregation.csv")}
    assert {unit: row["TAI"] for unit, row in ranks.items()} != expected


@pytest.mark.shared
def test_the_order_of_most_agreement_agrees_more_than_the_printed_one(tai: Path) -> None:
    """Table 38's NCMC comes from unrounded data and has ties; its order cannot agree more than ours on these."""
    rows = records(tai / "tai23_raw.csv")
    values = np.array([[float(row[code]) for code in GOALPOSTS] for row in rows])
    printed = {row["country"]: int(row["NCMC"]) for row in records(tai / "handbook_t38_ranks_by_aggregation.csv")}
    order = sorted(range(len(rows)), key=lambda row: printed[rows[row]["country"]])
    support = outranking(values, np.ones(8))
    agreement = float(np.triu(support[np.ix_(order, order)], 1).sum())
    found = condorcet(values, np.ones(8))
    assert found.agreement > agreement
    assert found.agreement + found.gap >= agreement


T15: list[tuple[str, dict[str, Any]]] = [
    ("rank_t15", {"step": "normalise", "method": "rank"}),
    ("z_t15", {"step": "normalise", "method": "zscore"}),
    ("minmax_t15", {"step": "normalise", "method": "minmax", "l_u": [0, 1]}),
    ("dist_best_t15", {"step": "normalise", "method": "fracmax"}),
]


@pytest.mark.shared
@pytest.mark.parametrize(("column", "step"), T15, ids=[column for column, _ in T15])
def test_schooling_normalised_as_in_table_15(
    tai: Path, tables: list[str], tmp_path: Path, column: str, step: dict[str, Any]
) -> None:
    text = (
        "- {" + ", ".join(f"{key}: {value}" for key, value in step.items()) + "}\n- {step: aggregate, method: amean}\n"
    )
    found = build(tables, tmp_path, text, "normalised")
    for row in records(tai / "handbook_t15_normalisations_schooling.csv"):
        # The table prints two decimals.
        assert abs(float(found[row["country"]]["schooling"]) - float(row[column])) <= 0.005 + 1e-9, row["country"]

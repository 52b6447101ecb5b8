"""Golden: correlations, principal components and Cronbach's alpha as COINr 1.1.14 and the OECD Handbook give them."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest

from thangdo.composite.coin_files import read_index
from thangdo.composite.correlation import correlations
from thangdo.composite.cronbach import cronbach_alpha, if_deleted, standardised
from thangdo.composite.principal_components import principal_components
from thangdo.composite.uncertainty_aggregation import Tree

pytestmark = pytest.mark.shared


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture(scope="module")
def asem(shared: Path) -> Path:
    return shared / "reference" / "coinr_asem"


@pytest.fixture(scope="module")
def tree(asem: Path) -> Tree:
    return read_index(asem / "data" / "iData.csv", asem / "data" / "iMeta.csv").tree


def table(asem: Path, name: str, codes: list[str]) -> np.ndarray:
    rows = rows_of(asem / "baseline" / f"{name}.csv")
    return np.array([[float(row[code]) if row[code] not in ("", "NA") else np.nan for code in codes] for row in rows])


def group(tree: Tree, name: str, level: int) -> list[str]:
    """Codes of a level under a node, or all of the level."""
    if name == "All":
        return [code for code, own in zip(tree.codes, tree.levels, strict=True) if own == level]
    found = []
    for node, code in enumerate(tree.codes):
        above = node
        while above >= 0 and tree.codes[above] != name:
            above = tree.parents[above]
        if above >= 0 and tree.levels[node] == level:
            found.append(code)
    return found


@pytest.mark.parametrize("levels", ["L1_L1", "L1_L2"])
def test_correlations_are_those_of_coinr(asem: Path, tree: Tree, levels: str) -> None:
    expected = rows_of(asem / "multivariate" / f"corr_pearson_{levels}.csv")
    codes = list(tree.codes)
    values = table(asem, "Aggregated", codes)
    found = correlations(values)
    for row in expected:
        here = found[codes.index(row["Var1"]), codes.index(row["Var2"])]
        assert here == pytest.approx(float(row["Correlation"]), rel=1e-9, abs=1e-12), row


def test_eigenvalues_are_those_of_prcomp(asem: Path, tree: Tree) -> None:
    groups = defaultdict(list)
    for row in rows_of(asem / "multivariate" / "pca_eigenvalues.csv"):
        groups[row["dset"], int(row["level"]), row["group"]].append(row)
    for (dset, level, name), rows in groups.items():
        found = principal_components(table(asem, dset, group(tree, name, level)))
        for key, ours in (("sdev", found.sdev), ("variance", found.variance), ("prop", found.share)):
            expected = [float(row[key]) for row in rows]
            np.testing.assert_allclose(ours[: len(rows)], expected, rtol=1e-9, err_msg=f"{dset} {name} {key}")


def test_alphas_are_those_of_coinr(asem: Path, tree: Tree) -> None:
    rows = rows_of(asem / "multivariate" / "cronbach.csv")
    assert len(rows) == 48
    for row in rows:
        found = cronbach_alpha(table(asem, row["dset"], group(tree, row["group"], int(row["level"]))))
        assert found == pytest.approx(float(row["alpha"]), rel=1e-9), row


def test_alpha_with_each_indicator_deleted_is_the_handbooks_table_11(shared: Path) -> None:
    folder = shared / "reference" / "tai_oecd"
    expected = rows_of(folder / "handbook_t11_cronbach.csv")
    rows = rows_of(folder / "tai23_raw.csv")
    codes = [row["deleted"] for row in expected[1:]]
    values = standardised(np.array([[float(row[code]) for code in codes] for row in rows]))
    assert cronbach_alpha(values) == pytest.approx(float(expected[0]["alpha"]), abs=0.006)
    for row, found in zip(expected[1:], if_deleted(values), strict=True):
        # The table was made from unrounded data and is printed with three digits.
        assert found.alpha == pytest.approx(float(row["alpha"]), abs=0.006), row
        assert found.rest_correlation == pytest.approx(float(row["item_total_corr"]), abs=0.012), row

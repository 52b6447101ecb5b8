"""What the gallery shows on the demo's data, asked of ASEM, TAI and PCI, read in place."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.composite.test_pci_provinces import pci
from thangdo.composite import Index

AMEAN = {"step": "aggregate", "method": "amean"}


def asem(shared: Path) -> Index:
    data = shared / "reference" / "coinr_asem" / "data"
    return Index.from_coin(data / "iData.csv", data / "iMeta.csv").pipeline(
        {"step": "denominate"},
        {"step": "impute", "method": "mean_grp", "use_group": "EurAsia_group"},
        {"step": "normalise", "method": "minmax", "l_u": [0, 100]},
        AMEAN,
    )


def tai(shared: Path) -> Index:
    rows = pd.read_csv(shared / "reference" / "tai_oecd" / "tai23_raw.csv")
    codes = [name for name in rows.columns if name not in ("country", "tai_rank")]
    idata = rows.rename(columns={"country": "uCode"}).drop(columns="tai_rank")
    meta = [(code, 1, "TAI", 1, 1.0, "Indicator") for code in codes] + [("TAI", 2, None, 1, 1.0, "Aggregate")]
    imeta = pd.DataFrame(meta, columns=["iCode", "Level", "Parent", "Direction", "Weight", "Type"])
    return Index.from_coin(idata, imeta).pipeline({"step": "normalise", "method": "minmax", "l_u": [0, 100]}, AMEAN)


def provinces(shared: Path) -> Index:
    idata, imeta, _ = pci(shared, 2012)
    return Index.from_coin(idata, imeta).pipeline({"step": "normalise", "method": "none"}, AMEAN)


@pytest.mark.shared
@pytest.mark.parametrize("read", [asem, tai, provinces])
def test_the_same_calls_work_on_every_index(shared: Path, read: Callable[[Path], Any]) -> None:
    index = read(shared)
    scores = index.scores.set_index("uCode")
    top = scores.columns[-1]
    ranks = index.ranks.set_index("uCode")[top]
    assert ranks.tolist() == scores[top].rank(ascending=False, method="min").tolist()
    # The contributions of the indicators to a unit's score add up to it.
    added = index.contributions().set_index("uCode").sum(axis=1)
    np.testing.assert_allclose(added.loc[scores.index], scores[top], rtol=1e-9)
    first = scores[top].idxmax()
    assert set(index.strengths(first)["kind"]) == {"strength", "weakness"}
    # Another mean moves somebody; the same edition on both sides moves nobody.
    assert (index.compare(index)["rank_change"] == 0).all()
    other = index.pipeline(*index.steps[:-1], {"step": "aggregate", "method": "median"})
    assert (other.compare(index)["rank_change"] != 0).any()
    spec = {"uncertain": [{"item": "weights", "levels": [1], "noise": "uniform", "factor": 0.25}], "sobol": False}
    found = index.uncertainty(spec, replications=200, seed=3)
    assert dict(zip(found.units, found.nominal_ranks.tolist(), strict=True)) == ranks.to_dict()
    assert all(math.isfinite(value) for value in found.distribution.mean)

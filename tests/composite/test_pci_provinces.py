"""`Index` on real data: the published PCI totals of every province follow from its ten sub-indices and their weights.

Data and weights: the folder beside the repository, read in place.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from thangdo.composite import Index

# Column of the data → name in the table of weights.
NAMES = {
    "entry_costs": "entry",
    "land_access": "land",
    "transparency": "transparency",
    "time_costs": "time",
    "informal_charges": "informal",
    "policy_bias": "bias",
    "proactivity": "proactivity",
    "business_support": "support",
    "labor_training": "labor",
    "legal_institutions": "legal",
}


def pci(shared: Path, year: int) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """iData, iMeta and the published rows of a year; provinces without every sub-index are left out."""
    folder = shared / "domain" / "data"
    rows = pd.read_csv(folder / "pci_subindices_2006_2012.csv")
    weights = pd.read_csv(folder / "pci_weights.csv").dropna(subset=["weight_percent"])
    inside = [int(low) <= year <= int(high) for low, high in weights["period"].str.split("-")]
    own = weights[inside].set_index("sub_index")["weight_percent"]
    # "Policy bias" was not a sub-index from 2009 to 2012.
    known = {column: name for column, name in NAMES.items() if name in own.index}
    rows = rows[rows["year"] == year].dropna(subset=list(known))
    idata = pd.DataFrame({"uCode": rows["province"], "uName": rows["province"], **{c: rows[c] for c in known}})
    meta = [(c, c, 1, "PCI", 1, float(own[name]), "Indicator") for c, name in known.items()]
    meta.append(("PCI", "PCI", 2, None, 1, 1.0, "Aggregate"))
    columns = ["iCode", "iName", "Level", "Parent", "Direction", "Weight", "Type"]
    return idata, pd.DataFrame(meta, columns=columns), rows


@pytest.mark.shared
@pytest.mark.parametrize("year", [2006, 2007, 2008, 2009, 2010, 2012])
def test_the_published_total_is_ten_times_the_weighted_mean(shared: Path, year: int) -> None:
    idata, imeta, rows = pci(shared, year)
    steps = [{"step": "normalise", "method": "none"}, {"step": "aggregate", "method": "amean"}]
    scores = Index.from_coin(idata, imeta).pipeline(steps).scores.set_index("uCode")["PCI"]
    published = rows.set_index("province")["pci_published"].reindex(scores.index)
    assert len(scores) >= 60
    # Printed inputs carry six digits.
    assert np.abs(scores * 10 - published).max() < 0.001


@pytest.mark.shared
def test_ranks_with_their_ranges_over_weights(shared: Path) -> None:
    idata, imeta, rows = pci(shared, 2012)
    index = Index.from_coin(idata, imeta).pipeline(
        [{"step": "normalise", "method": "none"}, {"step": "aggregate", "method": "amean"}]
    )
    found = index.uncertainty(
        {"uncertain": [{"item": "weights", "levels": [1], "noise": "uniform", "factor": 0.25}], "sobol": False},
        replications=500,
        seed=7,
    )
    published = rows.set_index("province")["pci_published"].rank(ascending=False, method="min")
    nominal = dict(zip(found.units, found.nominal_ranks.tolist(), strict=True))
    assert nominal == {unit: int(rank) for unit, rank in published.items()}
    inside = (found.distribution.q05 <= found.nominal_ranks) & (found.nominal_ranks <= found.distribution.q95)
    assert inside.mean() > 0.9

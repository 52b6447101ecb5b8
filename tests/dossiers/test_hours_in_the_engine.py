"""Opening hours that all days share and hours unpacked day by day judge terms of hours alike."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd

from tests.dossiers.random_city import YEAR, random_city, write_city
from thangdo.dossiers.engines import open_engine
from thangdo.dossiers.indicators.calendar_frames import calendar_frames
from thangdo.dossiers.indicators.catalogues import read_catalogues
from thangdo.dossiers.indicators.cells import flow_cells
from thangdo.dossiers.indicators.derivation import with_derived
from thangdo.dossiers.indicators.legal_terms import legal_clock
from thangdo.dossiers.ingest import ingest
from thangdo.dossiers.store import Store


def test_hours_of_each_day_judge_as_hours_that_all_days_share(tmp_path: Path) -> None:
    ingest(write_city(random_city(31, 500), tmp_path / "files"), tmp_path / "store", as_of=date(2024, 6, 30))
    store = Store.open(tmp_path / "store")
    catalogues = read_catalogues(store)
    shared = calendar_frames(catalogues, YEAR)
    assert shared.hours is not None
    found = []
    with open_engine("duckdb") as engine:
        opened = with_derived(engine.tables(store))
        for frames in (shared, replace(shared, hours=None)):
            clock = legal_clock(engine, opened, catalogues, frames)
            cells = flow_cells(engine, opened.dossiers, YEAR, ("unit", "procedure"), catalogues, clock)
            found.append(cells.sort_values(list(cells.columns), ignore_index=True))
    pd.testing.assert_frame_equal(*found)
    in_hours = found[0][found[0]["procedure"].isin(("1.000003", "1.000006"))]
    assert {0, 1, 2, 3} <= set(in_hours["legal_standing"])

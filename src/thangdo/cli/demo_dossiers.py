"""The demo city's dossiers of 2023: generated, ingested and reported, all of it illustrative."""

from __future__ import annotations

import shutil
from pathlib import Path

# The article's 22.6 million, and the hundredth of them that the demo carries unless everything is asked for.
EVERYTHING = 22_600_000
SAMPLE = EVERYTHING // 100


def build_dossiers(root: Path, seed: int, *, full: bool, year: int = 2023) -> Path:
    """Store and report of a year under `root/dossiers`; returns the report's folder. The raw files are not kept."""
    from thangdo.cli.dossiers_faces import write_faces
    from thangdo.dossiers.engines import open_engine
    from thangdo.dossiers.generate import generate
    from thangdo.dossiers.ingest import ingest
    from thangdo.dossiers.report import report
    from thangdo.dossiers.report_files import in_new_folder, write_tables
    from thangdo.dossiers.store import Store

    home = root / "dossiers"
    shutil.rmtree(home, ignore_errors=True)
    raw = home / "raw"
    generate(EVERYTHING if full else SAMPLE, seed, raw, year=year, form="parquet")
    files = sorted(path for path in raw.iterdir() if path.suffix in (".csv", ".parquet"))
    ingest(files, home / "store")
    shutil.rmtree(raw)
    with open_engine("duckdb") as engine:
        made = report(Store.open(home / "store"), year, engine)
    out = home / "report"
    with in_new_folder(out) as folder:
        write_tables(made, folder)
        write_faces(made, folder, "vi", is_illustrative=True, with_tables=True)
    return out

"""In which order a store names its files."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from thangdo.dossiers.ingest import ingest
from thangdo.dossiers.store import Store

HEADER = "dossier_code,unit_code,procedure_code,channel,received_at,due_at,finished_at,outcome"


def test_the_largest_file_comes_first(tmp_path: Path) -> None:
    """DuckDB guesses a table's rows from its first file, and by that guess which side of a join it holds in memory.

    Here the first month has one dossier, and each month a small file of rows that waited for others of their key.
    """
    months = {1: 1, 2: 5, 3: 40, 4: 20}
    rows = [
        f"D{month}-{number},U,P,online,2023-0{month}-05 08:00:00,2023-08-20,,open"
        for month, count in months.items()
        for number in range(count)
    ]
    repeated = [row for row in rows if "-0," in row]
    (tmp_path / "year.csv").write_text("\n".join((HEADER, *rows, *repeated)) + "\n", encoding="utf-8")
    ingest([tmp_path / "year.csv"], tmp_path / "store", as_of=date(2023, 5, 1))
    store = Store.open(tmp_path / "store")
    counts = {str((store.root / file.path).resolve()): file.rows for file in store.manifest.of("dossiers")}
    assert len(counts) > len(months) - 1
    assert [counts[path] for path in store.files("dossiers")] == sorted(counts.values(), reverse=True)
    assert counts[store.files("dossiers")[0]] == 39

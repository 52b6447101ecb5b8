"""Where a frame comes from on the command line: a CSV or Excel table, or the dossier store."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import click

from thangdo.cli.options import DAY, said
from thangdo.dossiers.store import Store
from thangdo.survey.frame import Frame, frame_of, read_frame

SOURCE = click.Path(exists=True, path_type=Path)
COLUMNS = ("dossier_code", "unit_code", "procedure_code", "channel", "finished_at")
FINISHED_FROM = click.option("--finished-from", type=DAY, help=said("Kho hồ sơ: xong từ ngày.", "Store: first day."))
FINISHED_TO = click.option("--finished-to", type=DAY, help=said("Kho hồ sơ: đến hết ngày.", "Store: last day."))


def frame_from(path: Path, sheet: str | None, first: datetime | None, last: datetime | None) -> Frame:
    """A frame from a file, or of the dossiers finished from `first` to `last` (both days whole) from a store."""
    if path.is_file():
        return read_frame(path, sheet)
    if first is None or last is None:
        raise click.UsageError("--finished-from, --finished-to")
    return finished_dossiers(path, first.date(), last.date())


def finished_dossiers(store: Path, first: date, last: date) -> Frame:
    """One row a finished dossier, in order of its code: code, unit, procedure, channel and time of finish."""
    import duckdb

    query = Store.open(store).relation("dossiers").sql(COLUMNS)
    with duckdb.connect() as connection:
        rows = connection.execute(
            f"SELECT * FROM ({query}) WHERE finished_at >= ? AND finished_at < ? + INTERVAL 1 DAY "  # noqa: S608
            "ORDER BY dossier_code",
            [first, last],
        ).fetchall()
    return frame_of(COLUMNS, rows, store.name)

"""The index as the uncertainty engine needs it: one time of COINr's `iData` and `iMeta`."""

from __future__ import annotations

from pathlib import Path

from thangdo.composite.coin_files import read_coin
from thangdo.composite.index_data import IndexData

__all__ = ["IndexData", "read_index"]


def read_index(idata: Path, imeta: Path) -> IndexData:
    """The index of one time in two CSV or Excel files; a panel is refused (`coin_files.read_coin` takes one).

    Raises `Refused` with every fault of both files, each with file, row and column.
    """
    return read_coin(idata, imeta, is_panel_allowed=False)

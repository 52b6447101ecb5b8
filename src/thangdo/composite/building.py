"""The files of `thangdo composite build`: full precision, put in place at once."""

from __future__ import annotations

import csv
import io
import json
import math
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from thangdo.composite.pipeline import Built

Array = NDArray[np.float64]


def write_build(built: Built, folder: Path) -> None:
    """`normalised.csv`, `scores.csv`, `ranks.csv`, `log.json` in `folder`, replaced whole."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        codes = built.tree.codes
        _write(part / "normalised.csv", built.units, codes[: built.normalised.shape[1]], built.normalised)
        _write(part / "scores.csv", built.units, codes, built.scores)
        _write(part / "ranks.csv", built.units, codes, built.ranks(), whole=True)
        log = {
            "format": "thangdo-composite-log/1",
            "units": list(built.units),
            "steps": [dict(entry) for entry in built.log],
        }
        (part / "log.json").write_text(
            json.dumps(log, ensure_ascii=False, indent=1, default=_json) + "\n", encoding="utf-8"
        )
        part.chmod(0o755)
        old = folder.with_name(f".{folder.name}.old")
        shutil.rmtree(old, ignore_errors=True)
        if folder.exists():
            folder.rename(old)
        part.rename(folder)
        shutil.rmtree(old, ignore_errors=True)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise


def _json(value: object) -> object:
    return value.item() if isinstance(value, np.generic) else str(value)


def _write(path: Path, units: Sequence[str], codes: Sequence[str], values: Array, *, whole: bool = False) -> None:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["uCode", *codes])
    for unit, row in zip(units, values.tolist(), strict=True):
        writer.writerow([unit, *("" if math.isnan(cell) else str(int(cell)) if whole else repr(cell) for cell in row)])
    path.write_text(out.getvalue(), encoding="utf-8", newline="")

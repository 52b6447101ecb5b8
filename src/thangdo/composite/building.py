"""The files of `thangdo composite build`: full precision, put in place at once."""

from __future__ import annotations

import csv
import io
import json
import math
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thangdo.composite.pipeline import Built

Array = NDArray[np.float64]


def write_build(built: Built, folder: Path) -> None:
    """`normalised.csv`, `scores.csv`, `ranks.csv`, `log.json` in `folder`: a new one appears whole; of one that is there
    these files alone are replaced, each at once, and nothing else in it is touched.

    Rows are `uCode` (of a panel `uCode,Time`), columns every code of every level, indicators first.
    """
    folder = folder.resolve()
    folder.parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        codes = built.tree.codes
        _write(part / "normalised.csv", built, codes[: built.normalised.shape[1]], built.normalised)
        _write(part / "scores.csv", built, codes, built.scores)
        _write(part / "ranks.csv", built, codes, built.ranks(), whole=True)
        (part / "log.json").write_text(log_text(built), encoding="utf-8")
        part.chmod(0o755)
        if folder.exists():
            for path in sorted(part.iterdir()):
                path.replace(folder / path.name)
        else:
            part.rename(folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def log_text(built: Built) -> str:
    """What every step did, as JSON: units, times of a panel, steps, remarks."""
    log: dict[str, Any] = {"format": "thangdo-composite-log/1", "units": list(dict.fromkeys(built.units))}
    if built.times:
        log["times"] = sorted(set(built.times))
    log["steps"] = [dict(entry) for entry in built.log]
    log["findings"] = [finding.as_json() for finding in built.findings]
    return json.dumps(_plain(log), ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def _plain(value: Any) -> Any:
    """JSON's own types; what is not finite is null."""
    if isinstance(value, np.ndarray | np.generic):
        value = value.tolist()
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple | set):
        return [_plain(each) for each in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value if isinstance(value, str | int | bool | None) else str(value)


def time_text(time: float) -> str:
    """2018, not 2018.0."""
    return str(int(time)) if time.is_integer() else repr(time)


def _write(path: Path, built: Built, codes: Sequence[str], values: Array, *, whole: bool = False) -> None:
    """Rows are joined by hand where nothing needs quotes: numbers never do, and there may be millions."""
    times = [f",{time_text(time)}" for time in built.times] or [""] * len(built.units)
    gaps = np.isnan(values.sum(axis=1)).tolist()
    lines = [_quoted(["uCode", *(["Time"] if built.times else []), *codes])]
    for unit, time, row, has_gap in zip(built.units, times, values.tolist(), gaps, strict=True):
        text = _whole if whole else repr
        cells = ("" if math.isnan(cell) else text(cell) for cell in row) if has_gap else map(text, row)
        lines.append(f"{_quoted([unit])}{time},{','.join(cells)}")
    path.write_text("\n".join([*lines, ""]), encoding="utf-8", newline="")


def _whole(cell: float) -> str:
    return str(int(cell))


def _quoted(cells: Sequence[str]) -> str:
    """A line of CSV without its end."""
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="").writerow(cells)
    return out.getvalue()

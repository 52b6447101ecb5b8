"""Everything of one evaluation in one folder: tables, workbook, site, data package."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from thangdo.evaluation import Results, write_data_package, write_tables
from thangdo.evaluation.folder import replace_folder
from thangdo.evaluation.workbook import results_sheets
from thangdo.reporting.workbook import write_workbook


def write_results(
    results: Results, out: Path, language: str, site: Callable[[Results, Path], None] | None = None
) -> None:
    """Tables, workbook, site (where `site` builds one) and data package of one evaluation, whole or not at all."""
    out.parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    try:
        write_tables(results, part)
        write_workbook(part / "results.xlsx", results_sheets(results, language))
        if site is not None:
            site(results, part / "site")
        write_data_package(results, part)
        part.chmod(0o755)
        replace_folder(part, out)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise

"""`dossiers report` on generated dossiers gives the counts they were made with."""

from __future__ import annotations

import json
from pathlib import Path

from thangdo.cli.entry import run


def test_the_summary_equals_the_generators_truth(tmp_path: Path) -> None:
    assert run(["dossiers", "generate", "--rows", "3000", "--seed", "5", "--out", str(tmp_path / "made")]) == 0
    files = [str(path) for path in sorted((tmp_path / "made").glob("*.csv"))]
    assert run(["dossiers", "ingest", *files, "--store", str(tmp_path / "store")]) == 0
    out = tmp_path / "report"
    assert run(["dossiers", "report", "--store", str(tmp_path / "store"), "--year", "2023", "--out", str(out)]) == 0
    truth = json.loads((tmp_path / "made" / "truth.json").read_text())
    summary = json.loads((out / "summary.json").read_text())
    assert {name: summary[name] for name in truth["counts"]} == truth["counts"]
    before = {f"previous_{name}": count for name, count in truth["previous_counts"].items()}
    assert {name: summary[name] for name in before} == before
    assert summary["received"] == summary["resolved"] + summary["in_process"]
    assert summary["overdue_with_apology"] == summary["overdue"]

"""The officer's guide to dossier reports: every command of it runs as it stands and prints what it says."""

from __future__ import annotations

import csv
import re
import shlex
from pathlib import Path

import pytest

from thangdo.cli.entry import run

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "guides" / "dossiers-report.md"
# Between what is printed a guide may leave lines out.
LEFT_OUT = "…"


def blocks() -> list[tuple[str, str]]:
    """What stands behind the opening of each block (nothing: commands; else a kind and a file's name), and the block."""
    return re.findall(r"^```(.*?)\n(.*?)^```$", GUIDE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)


def commands() -> list[tuple[str, list[str]]]:
    """Each command with the lines that stand below it."""
    found: list[tuple[str, list[str]]] = []
    for block in (text for head, text in blocks() if not head):
        for line in block.splitlines():
            if line.startswith("$ "):
                found.append((line[2:], []))
            else:
                found[-1][1].append(line)
    return found


def test_each_command_prints_what_the_guide_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for head, text in blocks():
        if head:
            (tmp_path / head.removeprefix("csv ")).write_text(text, encoding="utf-8")
    told = commands()
    assert len(told) == 9
    for command, lines in told:
        program, *words = shlex.split(command)
        assert program == "thangdo" and run(words) == 0, command
        printed = capsys.readouterr().out.splitlines()
        for line in lines:
            assert line == LEFT_OUT or line in printed, (command, printed)
        assert LEFT_OUT in lines or printed == lines, (command, printed)
    for name in ("report.html", "report.en.html", "form06.xlsx", "tables.xlsx", "summary.json"):
        assert (tmp_path / "bao-cao-2023" / name).is_file()
    with (tmp_path / "quan-tam" / "dossiers-overdue.csv").open(encoding="utf-8", newline="") as stream:
        assert len(list(csv.DictReader(stream))) == 6
    assert (tmp_path / "nay" / "differences.csv").is_file()

"""The command line: quick to start, help for everything, exit codes, both languages, output for machines."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from thangdo.cli.commands import COMMANDS
from thangdo.cli.entry import run
from thangdo.cli.groups import LazyGroup
from thangdo.demo import demo_year
from thangdo.evaluation import write_round
from thangdo.evaluation.library import shipped_set, shipped_sets
from thangdo.evaluation.published import read_published
from thangdo.evaluation.register import load_register

PUBLISHED = Path(__file__).resolve().parents[2] / "examples" / "hcmc-2023" / "published"
HEAVY = ("django", "duckdb", "numpy", "scipy", "pandas", "polars", "pyarrow", "ibis", "pyspark", "yaml", "jsonschema")
ROOMS = (
    "findings",
    "proof",
    "methodology",
    "scoring",
    "composite",
    "inference",
    "evaluation",
    "survey",
    "dossiers",
    "edition",
    "reporting",
    "demo",
)


@pytest.fixture(scope="module")
def round_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    register = load_register()
    published, _ = read_published(PUBLISHED, register)
    folder = tmp_path_factory.mktemp("rounds") / "hcmc-2023-demo"
    write_round(demo_year({name: shipped_set(name) for name in shipped_sets()}, register, published).round, folder)
    return folder


def in_fresh_process(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout


def test_help_loads_nothing_heavy() -> None:
    code = f"import sys\nfrom thangdo.cli.entry import run\nrun(['--help'])\nprint([m for m in {HEAVY!r} if m in sys.modules])"
    assert in_fresh_process(code).strip().splitlines()[-1] == "[]"


@pytest.mark.parametrize("room", ROOMS)
def test_a_core_room_loads_neither_django_nor_an_engine(room: str) -> None:
    code = f"import sys, thangdo.{room}\nprint([m for m in ('django', 'duckdb', 'ibis', 'pyspark', 'polars') if m in sys.modules])"
    assert in_fresh_process(code).strip() == "[]"


def commands() -> Iterator[tuple[str, click.Command]]:
    for row in COMMANDS:
        command = importlib.import_module(f"thangdo.cli.{row.module}").command
        yield row.name, command
        if isinstance(command, LazyGroup):
            for part in command.rows.values():
                yield f"{row.name} {part.name}", importlib.import_module(f"thangdo.cli.{part.module}").command


NAMED = list(commands())


@pytest.mark.parametrize(("name", "command"), NAMED, ids=[name for name, _ in NAMED])
def test_every_command_and_option_has_help(name: str, command: click.Command) -> None:
    assert command.help
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, (name, parameter.name)


def test_evaluate_writes_every_file_of_the_contract(round_folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert run(["evaluate", str(round_folder), "--out", str(out)]) == 0
    names = {path.name for path in out.iterdir()}
    assert names == {
        "results.csv",
        "scores.csv",
        "intervals.csv",
        "results.json",
        "results.xlsx",
        "datapackage.json",
        "site",
    }
    assert (out / "results.csv").read_text().splitlines()[0] == "index,block,unit,points,maximum,percent,rank,class"
    assert (out / "scores.csv").read_text().splitlines()[0] == "index,block,unit,node,layer,points,maximum,percent"
    assert (out / "intervals.csv").read_text().splitlines()[0] == "index,block,unit,rank_low,rank_high,kind,level,tier"
    front = (out / "site" / "index.html").read_text(encoding="utf-8")
    assert "20 trong 26 sở, ban, ngành đạt loại Xuất sắc" in front
    assert "<script" not in front


def test_evaluating_twice_gives_the_same_bytes(round_folder: Path, tmp_path: Path) -> None:
    for name in ("a", "b"):
        run(["evaluate", str(round_folder), "--out", str(tmp_path / name)])
    for file in ("results.csv", "scores.csv", "intervals.csv", "results.json", "site/par-so_nganh.html"):
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes(), file


def test_explain_goes_down_to_the_mark(round_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", str(round_folder), "HEPZA", "par/1.1.2"]) == 0
    out = capsys.readouterr().out
    assert "marks.csv:" in out
    assert "÷" in out
    assert run(["explain", str(round_folder), "HEPZA", "par/3.3.1"]) == 0
    assert "values.csv:" in capsys.readouterr().out


def test_explain_for_machines_adds_up(round_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["explain", str(round_folder), "HEPZA", "--json"])
    (par,) = [item for item in json.loads(capsys.readouterr().out) if item["index"] == "par"]
    assert par["points"] == "96.95"
    parts = sum(float(child["points"] or 0) for child in par["children"] if child["code"] not in ("T", "P"))
    assert parts == pytest.approx(96.95)


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["explain", "{round}", "HEPZZ"], 1, "EVA060"),
        (["explain", "{round}", "HEPZA", "9.9"], 1, "EVA030"),
        (["whatif", "{round}", "--set", "par/9.9.weight=1"], 1, "MET080"),
        (["whatif", "{round}", "--set", "par/1.2"], 1, "EVA061"),
        (["whatif", "{round}", "--set", "par/1.1.2.rule.when_zero=sometimes"], 1, "MET081"),
        (["evaluate", "no-such-round", "--out", "{tmp}/x"], 1, "EVA011"),
        (["diff", "no-such-set", "hcm-dti-2025-so-nganh"], 1, "MET070"),
        (["lint", "{tmp}"], 1, "EVA063"),
        (["no-such-command"], 2, "Không có lệnh"),
    ],
)
def test_a_wrong_call_says_what_and_where(
    round_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, words: str
) -> None:
    filled = [argument.format(round=round_folder, tmp=tmp_path) for argument in arguments]
    assert run(filled) == code
    assert words in capsys.readouterr().err


def test_what_if_lists_who_moves_and_writes_nothing(round_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = sorted((path.name, path.stat().st_mtime_ns) for path in round_folder.rglob("*"))
    assert run(["whatif", str(round_folder), "--set", "par/Z29.HEPZA/1.6/council.points=0", "--json"]) == 0
    (found,) = json.loads(capsys.readouterr().out)
    hepza = next(move for move in found["moves"] if move["unit"] == "Z29.HEPZA")
    assert hepza["rank_before"] == 1
    assert hepza["rank_after"] > 1
    assert sorted((path.name, path.stat().st_mtime_ns) for path in round_folder.rglob("*")) == before


def test_diff_speaks_both_languages(capsys: pytest.CaptureFixture[str]) -> None:
    for language, words in (("vi", "điểm khác nhau"), ("en", "differences")):
        assert run(["--lang", language, "diff", "hcm-dti-2023-so-nganh", "hcm-dti-2025-so-nganh"]) == 0
        assert words in capsys.readouterr().out


def test_back_test_reports_what_does_not_carry_over(round_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["backtest", "hcm-dti-2025-so-nganh", str(round_folder), "--json"]) == 0
    (report,) = json.loads(capsys.readouterr().out)
    assert report["carried"]
    assert run(["backtest", "hcm-par-2024-so-nganh", str(round_folder), "--json"]) == 0
    (same,) = json.loads(capsys.readouterr().out)
    assert same["not_carried"] == []
    assert same["moves"] == []


def test_lint_of_the_published_tables_finds_the_articles_contradictions(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["lint", str(PUBLISHED), "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert {"EVA520", "EVA532", "EVA540", "EVA551", "EVA552", "EVA560"} <= set(found["counts"])


def test_a_workbook_goes_out_and_comes_back(tmp_path: Path) -> None:
    assert run(["export-xlsx", "hcm-dti-2023-so-nganh", "--out", str(tmp_path / "bo.xlsx")]) == 0
    assert run(["import-xlsx", str(tmp_path / "bo.xlsx"), "--out", str(tmp_path / "bo.yaml")]) == 0
    assert (tmp_path / "bo.yaml").read_text(encoding="utf-8").startswith("format: thangdo-criteria-set/1")

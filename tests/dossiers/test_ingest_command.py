"""`thangdo dossiers ingest` and `generate`: what they print and how they end."""

from __future__ import annotations

import gzip
import hmac
import json
import os
import pty
import re
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import duckdb
import pytest

from thangdo.cli.entry import run
from thangdo.dossiers import Store

HEADER = "dossier_code,unit_code,procedure_code,channel,received_at,due_at,finished_at,outcome"
GOOD = "D000001,U1,P1,online,2023-05-10 08:00:00,2023-05-12,2023-05-11 09:30:00,granted"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "d.csv"
    rows = (HEADER, GOOD, GOOD.replace("2023-05-12", "2023-05-01").replace("D000001", "D000002"), GOOD)
    path.write_text("\n".join(rows), encoding="utf-8")
    return path


def test_the_account_is_printed_and_adds_up(file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["dossiers", "ingest", str(file), "--store", str(tmp_path / "s"), "--json"]) == 0
    done = json.loads(capsys.readouterr().out)
    assert (done["read"], done["accepted"], done["rejected"], done["duplicate"]) == (3, 1, 1, 1)
    assert done["as_of"] == "2023-05-11"
    assert done["rejected_by_code"] == {"DOS021": 1}
    assert Path(done["batches"][0]["rejects"]).is_file()


def test_the_account_in_both_languages(file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["dossiers", "ingest", str(file), "--store", str(tmp_path / "s")]) == 0
    assert "đọc 3 = nhận 1 + loại 1 + trùng 1" in capsys.readouterr().out
    assert (
        run(["--lang", "en", "dossiers", "ingest", str(file), "--store", str(tmp_path / "t"), "--table", "dossiers"])
        == 0
    )
    captured = capsys.readouterr()
    assert "read 3 = accepted 1 + rejected 1 + duplicate 1" in captured.out
    assert "Due before it was received" in captured.err


def test_a_file_that_is_no_table_ends_with_1_and_names_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "x.csv").write_text("a,b\n1,2\n")
    line = ["dossiers", "ingest", str(tmp_path / "x.csv"), "--store", str(tmp_path / "s")]
    assert run(line) == 1
    assert capsys.readouterr().err.startswith(f"DOS205 {tmp_path / 'x.csv'}: không thấy dòng tên cột nào")
    assert run(["--lang", "en", *line]) == 1
    assert capsys.readouterr().err.endswith("1 finding in all\n")
    assert run(["dossiers", "report", "--store", str(tmp_path), "--year", "2023", "--out", str(tmp_path / "r")]) == 3
    assert capsys.readouterr().err.startswith("DOS203: ")


def test_as_of_may_be_given(file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        run(["dossiers", "ingest", str(file), "--store", str(tmp_path / "s"), "--as-of", "2023-12-31", "--json"]) == 0
    )
    assert json.loads(capsys.readouterr().out)["as_of"] == "2023-12-31"


def test_what_is_generated_is_taken_in_whole(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["dossiers", "generate", "--rows", "3000", "--seed", "2", "--out", str(tmp_path / "g")]) == 0
    files = sorted(str(path) for path in (tmp_path / "g").glob("*.csv"))
    capsys.readouterr()
    assert run(["dossiers", "ingest", *files, "--store", str(tmp_path / "s"), "--json"]) == 0
    done = json.loads(capsys.readouterr().out)
    assert done["rejected"] == done["duplicate"] == 0
    assert {batch["table"] for batch in done["batches"]} == {
        "dossiers",
        "events",
        "procedures",
        "units",
        "agency_facts",
        "calendar",
    }


def test_the_front_door_loads_no_engine() -> None:
    code = "import sys, thangdo.dossiers; sys.exit(bool({'duckdb', 'pyarrow', 'pandas', 'django'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_person_at_a_terminal_sees_how_far_it_is(tmp_path: Path) -> None:
    assert run(["dossiers", "generate", "--rows", "20000", "--seed", "2", "--out", str(tmp_path / "g")]) == 0
    command = [sys.executable, "-c", "import sys; from thangdo.cli import main; sys.exit(main())"]
    command += ["dossiers", "ingest", str(tmp_path / "g" / "dossiers.csv"), "--store", str(tmp_path / "s")]
    ours, theirs = pty.openpty()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=theirs, env={**os.environ, "TERM": "xterm"})
    os.close(theirs)
    shown = b""
    # The terminal is closed when the process has ended: Linux tells it as an error.
    with suppress(OSError):
        while part := os.read(ours, 4096):
            shown += part
    assert process.stdout is not None
    said = process.stdout.read().decode()
    process.stdout.close()
    assert process.wait(timeout=60) == 0 and "đọc 20000 = nhận 20000" in said
    percents = [int(found) for found in re.findall(rb"(\d+)%", shown)]
    assert percents == sorted(percents) and percents[0] < 100 and percents[-1] == 100, shown[-300:]


def test_a_column_is_kept_and_codes_are_replaced_by_what_the_command_is_told(tmp_path: Path) -> None:
    (tmp_path / "key").write_bytes(bytes(range(32)))
    (tmp_path / "d.csv").write_text(f"{HEADER},quay,ho_ten\n{GOOD},Quầy 3,Nguyễn Văn A\n", encoding="utf-8")
    line = ["dossiers", "ingest", str(tmp_path / "d.csv"), "--store", str(tmp_path / "s")]
    assert run([*line, "--keep", "quay", "--pseudonymise", str(tmp_path / "key")]) == 0
    code = hmac.new(bytes(range(32)), b"D000001", "sha256").hexdigest()[:32]
    sql = Store.open(tmp_path / "s").relation("dossiers").sql(("dossier_code", "extra"))
    assert duckdb.connect().execute(sql).fetchall() == [(code, '{"quay":"Quầy 3"}')]
    # Neither the code nor the name of a person lies anywhere in the store, of rows that were rejected neither.
    torn = [f"{GOOD},Quầy 3,Nguyễn Văn A,", f'{GOOD},"Quầy 3,Nguyễn Văn A', "D000001", f"{GOOD},4,Nguyễn Văn A"]
    (tmp_path / "d.csv").write_text("\n".join([f"{HEADER},quay,ho_ten", *torn, ""]), encoding="utf-8")
    (tmp_path / "d.csv.gz").write_bytes(gzip.compress((tmp_path / "d.csv").read_bytes() * 2_000)[:-30])
    for file in ("d.csv", "d.csv.gz"):
        line[2] = str(tmp_path / file)
        run([*line, "--pseudonymise", str(tmp_path / "key"), "--as-of", "2024-01-31"])
    found = (tmp_path / "s" / "rejects" / "0002-dossiers.csv").read_text(encoding="utf-8")
    assert [row.split(",")[-3] for row in found.splitlines()[1:]] == ["11 ≠ 10", "", "1 ≠ 10"]
    held = b"".join(path.read_bytes() for path in (tmp_path / "s").rglob("*") if path.is_file())
    assert b"D000001" not in held and "Nguyễn Văn A".encode() not in held


def test_a_column_to_keep_that_no_file_has_is_told(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = ["dossiers", "ingest", str(file), "--store", str(tmp_path / "s"), "--keep", "outcome"]
    assert run([*line, "--keep", "Quay"]) == 0
    said = capsys.readouterr().err
    assert "DOS038" in said and "Quay" in said and "giữ lại: outcome" not in said


def test_a_stamp_of_the_future_that_makes_a_batch_the_newest_is_told(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_text(f"{HEADER}\n{GOOD.replace('2023-05-11', '2090-05-11')}\n", encoding="utf-8")
    assert run(["dossiers", "ingest", str(file), "--store", str(tmp_path / "s")]) == 0
    said = capsys.readouterr().err
    assert "DOS110 d.csv" in said
    assert "2090-05-11" in said
    assert run(["dossiers", "ingest", str(file), "--store", str(tmp_path / "t"), "--as-of", "2023-05-31"]) == 0
    assert "DOS110" not in capsys.readouterr().err


def test_what_the_system_says_of_a_folder_is_said_in_the_readers_language(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "units.csv").write_text("Mã đơn vị,Tên đơn vị\nU1,Sở A\n", encoding="utf-8")
    (tmp_path / "file").write_text("")
    line = ["dossiers", "ingest", str(tmp_path / "units.csv"), "--store", str(tmp_path / "file" / "store")]
    assert run(line) == 3
    assert "một phần của đường dẫn không phải thư mục" in capsys.readouterr().err
    assert run(["--lang", "en", *line]) == 3
    assert "Not a directory" in capsys.readouterr().err


def test_a_spreadsheet_knows_the_letters_of_the_reject_file(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["dossiers", "ingest", str(file), "--store", str(tmp_path / "s")]) == 0
    capsys.readouterr()
    (rejects,) = (tmp_path / "s" / "rejects").iterdir()
    assert rejects.read_bytes().startswith("\ufefffile,row,".encode())
    assert run(["dossiers", "ingest", str(rejects), "--store", str(tmp_path / "s")]) == 1
    assert "DOS216" in capsys.readouterr().err

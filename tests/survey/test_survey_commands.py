"""The design commands from outside: frames from the dossier store, sizes as tables, help that loads nothing heavy."""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path

import pytest
import xlsxwriter

from thangdo.cli.entry import run


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dossiers")
    lines = ["dossier_code,unit_code,procedure_code,channel,received_at,due_at,finished_at,outcome"]
    for number in range(1, 41):
        finished = f"2023-0{7 + number % 2}-{1 + number % 27:02d} 09:00" if number % 8 else ""
        unit = f"H29.1{number % 3}"
        code = f"{unit}-230601-{number:04d}"
        outcome = "granted" if finished else ""
        lines.append(f"{code},{unit},1.00{number % 2},counter,2023-06-01 08:00,2023-10-01,{finished},{outcome}")
    (folder / "dossiers.csv").write_text("\n".join(lines) + "\n")
    assert run(["dossiers", "ingest", str(folder / "dossiers.csv"), "--store", str(folder / "store")]) == 0
    return folder / "store"


def test_people_who_finished_a_procedure_are_drawn_by_unit_and_the_draw_is_repeated(
    store: Path, tmp_path: Path
) -> None:
    period = ["--finished-from", "2023-07-01", "--finished-to", "2023-08-31"]
    drawing = ["survey", "draw", str(store), *period, "--n", "9", "--strata", "unit_code", "--allocation", "equal"]
    out = tmp_path / "draw"
    assert run([*drawing, "--id", "dossier_code", "--seed", "1 2 3", "--out", str(out)]) == 0
    with (out / "selection.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["stratum"] for row in rows].count("H29.10") == 3
    assert all("2023-07-01" <= row["finished_at"][:10] <= "2023-08-31" for row in rows)
    assert run(["survey", "check-draw", str(out), str(store), *period]) == 0
    assert run(["survey", "check-draw", str(out), str(store), *period[:3], "2023-08-10"]) == 1


def test_sizes_are_written_with_full_precision(tmp_path: Path) -> None:
    out = tmp_path / "sizes.csv"
    assert run(["survey", "size", "--population", "10000", "--take", "11", "--icc", "0.05", "--out", str(out)]) == 0
    with out.open(encoding="utf-8") as stream:
        rows = {row["method"]: row for row in csv.DictReader(stream)}
    assert rows["yamane"]["n_simple"] == "385"
    assert rows["yamane"]["interviews"] == "578"  # 385 × (1 + 10 · 0.05)
    assert float(rows["cochran_fpc"]["margin"]) <= 0.05


def test_the_table_of_designs_counts_every_stratum(tmp_path: Path) -> None:
    frame = tmp_path / "frame.csv"
    frame.write_text("unit,people,sd\na,1000,0.5\nb,4000,0.4\nc,5000,0.1\n")
    out = tmp_path / "designs.csv"
    options = ["--strata", "unit", "--count", "people", "--spread", "sd", "--total", "300", "--out", str(out)]
    assert run(["survey", "size", str(frame), *options]) == 0
    with out.open(encoding="utf-8") as stream:
        rows = {(row["design"], row["stratum"]): row for row in csv.DictReader(stream)}
    assert {stratum for _, stratum in rows} == {"a", "b", "c", ""}
    assert int(rows["neyman", "c"]["n"]) < int(rows["proportional", "c"]["n"])
    assert all(int(rows[design, ""]["n"]) == 300 for design in ("equal", "proportional", "neyman", "power"))


def test_the_room_loads_no_engine_until_it_is_used() -> None:
    code = (
        "import sys, thangdo.survey, thangdo.cli.survey;"
        "print([name for name in ('pandas', 'duckdb', 'pyarrow', 'pyxform', 'django') if name in sys.modules])"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert shown.strip() == "[]"


def test_firms_are_drawn_from_a_business_register_by_size_and_the_draw_is_repeated(tmp_path: Path) -> None:
    """An Excel register: strata by district, power allocation, chances by employees; weights add up to the register."""
    register = tmp_path / "register.xlsx"
    with xlsxwriter.Workbook(str(register)) as book:
        sheet = book.add_worksheet("Doanh nghiệp")
        sheet.write_row(0, 0, ["tax_code", "district", "employees"])
        for number in range(300):
            district = "Q1" if number < 200 else "Q7" if number < 280 else "CG"
            sheet.write_row(number + 1, 0, [f"03{number:08d}", district, 1 + number % 40])
    drawing = ["survey", "draw", str(register), "--n", "45", "--strata", "district", "--allocation", "power"]
    drawing += ["--method", "sampford", "--size", "employees", "--id", "tax_code", "--seed", "2 5 12 8 10"]
    assert run([*drawing, "--out", str(tmp_path / "draw")]) == 0
    with (tmp_path / "draw" / "selection.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    drawn = {name: [row for row in rows if row["stratum"] == name] for name in ("Q1", "Q7", "CG")}
    # 45 by the roots of 200, 80 and 20: 23.1, 14.6, 7.3.
    assert [len(drawn[name]) for name in ("Q1", "Q7", "CG")] == [23, 15, 7]
    assert len({row["tax_code"] for row in rows}) == 45
    for name, total in (("Q1", 200), ("Q7", 80), ("CG", 20)):
        sizes = [1 + k % 40 for k in range(300) if ("Q1" if k < 200 else "Q7" if k < 280 else "CG") == name]
        for row in drawn[name]:
            chance = min(1.0, len(drawn[name]) * int(row["employees"]) / sum(sizes))
            assert float(row["probability"]) >= chance * (1 - 1e-9)
        assert len(sizes) == total
    assert run(["survey", "check-draw", str(tmp_path / "draw"), str(register)]) == 0

"""Terms of hours where units have hours of their own: worked by hand, four working hours from each receipt.

The city opens 07:30–11:30 and 13:00–17:00 (the shipped hours). From 1 June 2023 unit SHORT opens 09:00–11:00 and
14:00–15:00; before that day, and for every other unit, the city's hours hold.
"""

from __future__ import annotations

from pathlib import Path

from tests.dossiers.test_figures_against_plain_rows import read, report
from thangdo.cli.entry import run

# unit, received, the second in which the term ends
BY_HAND = (
    ("USUAL", "2023-06-05 16:00:00", "2023-06-06 10:30:00"),  # one hour on Monday, three on Tuesday
    ("USUAL", "2023-06-05 10:00:00", "2023-06-05 15:30:00"),  # an hour and a half, then two and a half
    ("USUAL", "2023-06-09 17:30:00", "2023-06-12 11:30:00"),  # after closing on a Friday
    ("SHORT", "2023-05-22 16:00:00", "2023-05-23 10:30:00"),  # before its own hours: as the city
    ("SHORT", "2023-06-05 10:00:00", "2023-06-06 11:00:00"),  # one hour, one hour, two hours on Tuesday
    ("SHORT", "2023-06-05 16:00:00", "2023-06-07 10:00:00"),  # after closing: three hours on Tuesday, one on Wednesday
)


def test_other_units_keep_the_hours_of_the_city_and_a_unit_until_its_own_begin(tmp_path: Path) -> None:
    rows = []
    for number, (unit, received, ends) in enumerate(BY_HAND):
        for name, finished in (("I", ends), ("L", ends[:-1] + "1")):
            code = f"{name}{number}"
            rows.append(f"{code},{unit},P1,counter,{received},2023-12-29,{finished},granted")
    files = {
        "dossiers": ("dossier_code,unit_code,procedure_code,channel,received_at,due_at,finished_at,outcome", *rows),
        "procedures": (
            "procedure_code,name,field_code,level,legal_days,legal_hours,service",
            "P1,P,L,so_nganh,,4,full",
        ),
        "calendar": (
            "day,kind,unit_code,opens,noon_closes,noon_opens,closes",
            "2023-06-01,hours,SHORT,09:00,11:00,14:00,15:00",
        ),
    }
    for name, lines in files.items():
        (tmp_path / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    paths = [str(tmp_path / f"{name}.csv") for name in files]
    assert run(["dossiers", "ingest", *paths, "--store", str(tmp_path / "store")]) == 0
    out = report(tmp_path / "store", tmp_path / "out", "--list", "recomputed.overdue")
    table = read(out / "on_time.csv", ("unit",), basis="recomputed")
    assert {unit: (row["resolved"], row["overdue"]) for (unit,), row in table.items()} == {
        "USUAL": (6, 3),
        "SHORT": (6, 3),
    }
    late = {code for (code,) in read(out / "dossiers-recomputed.overdue.csv", ("dossier_code",))}
    assert late == {f"L{number}" for number in range(len(BY_HAND))}

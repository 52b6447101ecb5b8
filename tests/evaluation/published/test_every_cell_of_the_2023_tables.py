"""With any single cell of the 2023 tables changed, exactly the expected findings appear."""

from __future__ import annotations

import csv
import shutil
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.evaluation.published.oracle import Tables, told
from thangdo.evaluation.published import lint_published

FOLDER = Path(__file__).resolve().parents[3] / "examples" / "hcmc-2023" / "published"
FILES = ("published", "counts", "bands", "figures", "sums", "shares")
BASE: Tables = {name: list(csv.DictReader((FOLDER / f"{name}.csv").open(encoding="utf-8"))) for name in FILES}
# Where a row was read and what it is called takes part in no check but that a paragraph is a number.
SAYS_NOTHING = {"source", "paragraph", "note", "name_vi", "name_en"}
COLUMNS = [(name, column) for name in FILES for column in BASE[name][0]]


def found(folder: Path) -> Counter[tuple[str, str, int, str]]:
    return Counter((f.code, f.where.file, f.where.row, f.where.column) for f in lint_published(folder))


def write(folder: Path, name: str, rows: list[dict[str, str]]) -> None:
    with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as target:
        writer = csv.DictWriter(target, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def other_values(rows: list[dict[str, str]], row: int, column: str) -> list[str]:
    """A blank, something unreadable, the neighbour's cell, and numbers a little and far beside."""
    cell = rows[row][column]
    values = ["", "xyz", rows[(row + 1) % len(rows)][column]]
    if cell.replace(".", "").isdigit():
        whole, _, part = cell.partition(".")
        values.append(str(int(whole) + 1) + (f".{part}" if part else ""))
        last_digit = f"{whole}.{part[:-1]}{(int(part[-1]) + 1) % 10}" if part else str(abs(int(whole) - 1))
        values += [last_digit, "198.5"]
        values += ["0", "7", "1000"] if len(rows) < 20 else []
    return [value for value in dict.fromkeys(values) if value != cell]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("published") / "copy"
    shutil.copytree(FOLDER, folder)
    return folder


def test_the_tables_as_they_stand_are_told_what_the_oracle_tells(copy: Path) -> None:
    assert found(copy) == told(BASE)


@pytest.mark.parametrize(("name", "column"), COLUMNS, ids=[f"{name}.{column}" for name, column in COLUMNS])
def test_any_one_cell_changed_is_told_exactly_what_follows(copy: Path, name: str, column: str) -> None:
    rows = BASE[name]
    for number, row in enumerate(rows):
        for value in other_values(rows, number, column):
            changed = [*rows[:number], {**row, column: value}, *rows[number + 1 :]]
            write(copy, name, changed)
            expected = told({**BASE, name: changed})
            assert found(copy) == expected, f"{name}.csv row {number + 2}, {column}: {row[column]!r} to {value!r}"
    write(copy, name, rows)


@given(data=st.data())
@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_several_cells_changed_at_once_are_told_exactly_what_follows(copy: Path, data: st.DataObject) -> None:
    tables = {name: [dict(row) for row in rows] for name, rows in BASE.items()}
    for _ in range(data.draw(st.integers(2, 5))):
        name, column = data.draw(st.sampled_from(COLUMNS))
        number = data.draw(st.integers(0, len(tables[name]) - 1))
        tables[name][number][column] = data.draw(st.sampled_from([*other_values(tables[name], number, column), ""]))
    for name in FILES:
        write(copy, name, tables[name])
    try:
        assert found(copy) == told(tables)
    finally:
        for name in FILES:
            write(copy, name, BASE[name])

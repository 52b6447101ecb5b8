"""An export as offices print it: who reports, a title, a period, then the header, and column numbers beneath it.

The officer saves what the one-stop system gives and ingests it as it is. The store holds what it would hold without
those rows, row numbers stay those of the file, and what was passed over is told.
"""

from __future__ import annotations

import gzip
import unicodedata
from pathlib import Path

import duckdb
import pytest
import xlsxwriter
import zstandard

from thangdo.dossiers import Store, ingest_csv_start
from thangdo.dossiers.ingest import Ingested, ingest
from thangdo.dossiers.ingest_compressed import ByteStream
from thangdo.dossiers.ingest_header import HEADER_WITHIN, find_header, only_numbers_columns
from thangdo.dossiers.ingest_lines import raw_blocks
from thangdo.dossiers.ingest_source import open_source
from thangdo.dossiers.rejects import read_rejects
from thangdo.dossiers.schema import DOSSIERS, PROCEDURES, UNITS
from thangdo.findings import Refused

NAMES = (
    ("STT", "Mã hồ sơ", "Mã đơn vị", "Mã thủ tục", "Kênh tiếp nhận", "Ngày tiếp nhận", "Hạn trả", "Ngày trả", "Kết quả")
)  # fmt: skip
ROWS = [
    (str(n + 1), f"H29-{n:04d}", "U1", "P1", "counter", f"{n + 2:02d}/05/2023 08:30", "20/05/2023", "", "open")
    for n in range(9)
]
TITLES = [
    ("ỦY BAN NHÂN DÂN THÀNH PHỐ",),
    ("DANH SÁCH HỒ SƠ TIẾP NHẬN, TRẢ KẾT QUẢ",),
    ("Từ 01/05/2023 đến 31/05/2023",),
    (),
]
NUMBERS = tuple(f"({place})" for place, _ in enumerate(NAMES, start=1))


def csv_text(rows: list[tuple[str, ...]], delimiter: str = ",", *, is_padded: bool = True) -> str:
    """As a spreadsheet saves it: cells with delimiter, quote or line end quoted, short rows filled up."""
    width = len(NAMES) if is_padded else 0

    def cell(text: str) -> str:
        return '"' + text.replace('"', '""') + '"' if any(sign in text for sign in (delimiter, '"', "\n")) else text

    lines = (delimiter.join(map(cell, (*row, *[""] * (width - len(row))))) for row in rows)
    return "".join(f"{line}\n" for line in lines)


TEXT = csv_text([*TITLES, NAMES, *ROWS])


def content(store: Path) -> list[tuple[object, ...]]:
    query = Store.open(store).relation("dossiers").sql((*DOSSIERS.names, "extra", "flags"))
    return duckdb.connect().execute(f"FROM ({query}) ORDER BY ALL").fetchall()


def told(done: Ingested) -> dict[str, str]:
    """What is said of the files themselves; flags of rows are others' matter."""
    return {finding.code: finding.found for finding in done.findings if finding.code < "DOS100"}


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[object, ...]]:
    folder = tmp_path_factory.mktemp("plain")
    (folder / "d.csv").write_text(csv_text([NAMES, *ROWS]), encoding="utf-8")
    done = ingest([folder / "d.csv"], folder / "store")
    assert (done.total("read"), done.total("accepted")) == (9, 9)
    assert set(told(done)) == {"DOS033"}
    return content(folder / "store")


def tones_apart(text: str) -> str:
    """As Windows-1258 has it: letters with their hats, each tone mark behind its letter."""
    tones = "\u0300\u0301\u0303\u0309\u0323"
    parts = (unicodedata.normalize("NFD", letter) for letter in text)
    return "".join(
        unicodedata.normalize("NFC", "".join(sign for sign in part if sign not in tones))
        + "".join(sign for sign in part if sign in tones)
        for part in parts
    )


def as_workbook(path: Path) -> None:
    """A cover sheet with a code on it, then the export with its titles, in columns that begin with the second."""
    book = xlsxwriter.Workbook(path)
    cover = book.add_worksheet("Bìa")
    cover.write_row(0, 0, ["Báo cáo tháng 5"])
    cover.write_row(1, 0, ["Mã đơn vị", "760"])
    sheet = book.add_worksheet("Hồ sơ")
    for place, row in enumerate([*TITLES, NAMES, *ROWS]):
        sheet.write_row(place, 1, row)
    book.close()


# Each with the row of its header.
FORMS = {
    "padded.csv": (5, lambda path: path.write_text(TEXT, encoding="utf-8")),
    "short.csv": (
        5,
        lambda path: path.write_text(csv_text([*TITLES, NAMES, *ROWS], is_padded=False), encoding="utf-8"),
    ),
    "bom-and-crlf.csv": (5, lambda path: path.write_bytes(("\ufeff" + TEXT.replace("\n", "\r\n")).encode())),
    "semicolons-below-commas.csv": (
        5,
        lambda path: path.write_text(csv_text([*TITLES, NAMES, *ROWS], ";"), encoding="utf-8"),
    ),
    "tabs.txt": (5, lambda path: path.write_text(csv_text([*TITLES, NAMES, *ROWS], "\t"), encoding="utf-16")),
    "unmarked-utf-16.txt": (5, lambda path: path.write_text(TEXT, encoding="utf-16-le")),
    "unmarked-utf-16-be.txt": (5, lambda path: path.write_text(TEXT, encoding="utf-16-be")),
    "d.csv.gz": (5, lambda path: path.write_bytes(gzip.compress(TEXT.encode()))),
    "utf-16.csv.gz": (5, lambda path: path.write_bytes(gzip.compress(TEXT.encode("utf-16")))),
    "d.csv.zst": (5, lambda path: path.write_bytes(zstandard.compress(TEXT.encode()))),
    "line-ends-in-a-title.csv": (
        3,
        lambda path: path.write_text(
            csv_text([('ỦY BAN NHÂN DÂN\nTHÀNH PHỐ, "một cửa"',), ("Kỳ\n\nbáo cáo",), NAMES, *ROWS]), encoding="utf-8"
        ),
    ),
    "line-ends-in-names.csv": (
        2,
        lambda path: path.write_text(
            csv_text([TITLES[0], tuple(name.replace(" ", " \n") for name in NAMES), *ROWS]), encoding="utf-8"
        ),
    ),
    "quote-never-closed.csv": (3, lambda path: path.write_text('"ỦY BAN\nKỳ 5\n' + csv_text([NAMES, *ROWS]))),
    "told-delimiter.csv": (2, lambda path: path.write_text("sep=;\n" + csv_text([NAMES, *ROWS], ";"))),
    "windows-1258.csv": (5, lambda path: path.write_bytes(tones_apart(TEXT).encode("cp1258"))),
    "blank-rows-first.csv": (4, lambda path: path.write_text("\n,,\n\n" + csv_text([NAMES, *ROWS]), encoding="utf-8")),
    "d.xlsx": (5, as_workbook),
}  # fmt: skip


@pytest.mark.parametrize("name", FORMS)
def test_the_store_is_the_same_as_without_the_rows_above(
    name: str, tmp_path: Path, expected: list[tuple[object, ...]]
) -> None:
    row, write = FORMS[name]
    write(tmp_path / name)
    done = ingest([tmp_path / name], tmp_path / "store")
    assert (done.total("read"), done.total("accepted"), done.total("rejected")) == (9, 9, 0)
    assert content(tmp_path / "store") == expected
    # The title is told by its row alone, and no sheet or encoding is warned of that was not read.
    assert {code: found for code, found in told(done).items() if code != "DOS033"} == {"DOS039": str(row)}


def test_the_same_export_without_its_titles_is_known_row_by_row(tmp_path: Path) -> None:
    (tmp_path / "plain.csv").write_text(csv_text([NAMES, *ROWS]), encoding="utf-8")
    (tmp_path / "titled.csv").write_text(TEXT, encoding="utf-8")
    ingest([tmp_path / "plain.csv"], tmp_path / "store")
    done = ingest([tmp_path / "titled.csv"], tmp_path / "store")
    assert (done.total("read"), done.total("accepted"), done.total("duplicate")) == (9, 0, 9)


FAULTY = [*ROWS[:3], (*ROWS[3][:6], "01/05/2022", *ROWS[3][7:]), (), *ROWS[4:], ("10", "H29-9999"), ROWS[0]]


def test_rejected_rows_have_the_numbers_of_the_file(tmp_path: Path) -> None:
    titles = [("ỦY BAN NHÂN DÂN\nTHÀNH PHỐ",), *TITLES[1:]]
    (tmp_path / "d.csv").write_text(csv_text([*titles, NAMES, NUMBERS, *FAULTY]), encoding="utf-8")
    book = xlsxwriter.Workbook(tmp_path / "d.xlsx")
    sheet = book.add_worksheet()
    for place, row in enumerate([*titles, NAMES, NUMBERS, *FAULTY]):
        sheet.write_row(place, 0, row)
    book.close()
    for name in ("d.csv", "d.xlsx"):
        done = ingest([tmp_path / name], tmp_path / name[2:])
        rejects = read_rejects(tmp_path / name[2:] / done.batches[0].rejects)
        # Titles 1-4, header 5, numbers 6, so the fourth row of data is row 10; a blank one follows it.
        assert [(row["row"], row["code"]) for row in rejects] == [("10", "DOS021"), ("17", "DOS011")]
        assert (done.total("accepted"), done.total("duplicate")) == (8, 1)
        query = Store.open(tmp_path / name[2:]).relation("dossiers").sql(("dossier_code", "source_row"))
        rows = dict(duckdb.connect().execute(query).fetchall())
        assert (rows["H29-0000"], rows["H29-0002"], rows["H29-0004"]) == (7, 9, 12)
        assert "ỦY BAN" not in (tmp_path / name[2:] / done.batches[0].rejects).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "numbers",
    [
        NUMBERS,
        tuple(str(place) for place in range(1, 10)),
        ("A", "B", "C", "1", "2", "3", "4", "5", "6"),
        ("(a)", "(b)", "(1)", "(2)", "(3)"),
        ("", "", "[1]", "[2]", "", "[3]"),
        ("", " (1) ", "(2)", "(3)"),
    ],
)
def test_a_row_that_only_numbers_the_columns_is_no_data_and_is_told(
    numbers: tuple[str, ...], tmp_path: Path, expected: list[tuple[object, ...]]
) -> None:
    (tmp_path / "d.csv").write_text(csv_text([*TITLES, NAMES, numbers, *ROWS]), encoding="utf-8")
    (tmp_path / "first.csv").write_text(csv_text([NAMES, numbers, *ROWS]), encoding="utf-8")
    done = ingest([tmp_path / "d.csv"], tmp_path / "store")
    assert (done.total("read"), told(done)["DOS039"], told(done)["DOS040"]) == (9, "5", "6")
    assert content(tmp_path / "store") == expected
    done = ingest([tmp_path / "first.csv"], tmp_path / "other")
    assert (done.total("read"), told(done).get("DOS039"), told(done)["DOS040"]) == (9, None, "2")
    assert content(tmp_path / "other") == expected


def test_numbers_of_a_workbook_are_numbers_of_columns(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(tmp_path / "d.xlsx")
    sheet = book.add_worksheet()
    for place, row in enumerate([*TITLES, NAMES, tuple(range(1, 10)), *ROWS]):
        sheet.write_row(place, 0, row)
    book.close()
    done = ingest([tmp_path / "d.xlsx"], tmp_path / "store")
    assert (done.total("read"), done.total("accepted"), told(done)["DOS040"]) == (9, 9, "6")


@pytest.mark.parametrize(
    "row",
    [
        ("(1)", "(2)"),  # two may be anything
        ("1", "2", "3", "4", "5", "6", "7", "8", "10"),
        ("(2)", "(3)", "(4)"),
        ("1", "H29-0001", "3"),
        ("B", "A", "1", "2"),
        (),
        ROWS[0],
    ],
)
def test_every_other_row_beneath_the_header_is_a_row(row: tuple[str, ...]) -> None:
    assert not only_numbers_columns(row, NAMES, DOSSIERS)


def test_codes_that_happen_to_run_are_no_numbers_of_columns(tmp_path: Path) -> None:
    header = ("Mã đơn vị", "Cấp", "Khối")
    assert not only_numbers_columns(("1", "2", "3"), header, UNITS)
    assert only_numbers_columns(("(1)", "(2)", "(3)"), header, UNITS)
    assert not only_numbers_columns(("1", "2", "3"), ("Mã thủ tục", "Cấp", "Thời hạn (ngày làm việc)"), PROCEDURES)
    assert only_numbers_columns(("1", "2", "3"), ("Mã thủ tục", "Tên thủ tục", "Cấp"), PROCEDURES)
    (tmp_path / "u.csv").write_text("Mã đơn vị,Cấp,Khối\n1,2,3\n2,2,3\n", encoding="utf-8")
    done = ingest([tmp_path / "u.csv"], tmp_path / "store")
    assert (done.total("read"), done.total("accepted"), told(done)) == (2, 2, {})


def test_names_of_columns_among_the_titles_are_not_the_header() -> None:
    titles = [("Mã đơn vị", "760"), ("Mã đơn vị", "760", "Cấp", "tỉnh"), ()]
    assert find_header([*titles, NAMES, *ROWS]).row == 4
    assert find_header([TITLES[0], *titles, NAMES, *ROWS]).row == 5
    # A list of units may have that one column; then it begins with it, or the table is named.
    assert find_header([("Mã đơn vị",), ("760",)]).table is UNITS
    assert find_header([("DANH SÁCH",), ("Mã đơn vị",), ("760",)]).table is None
    assert find_header([("DANH SÁCH",), ("Mã đơn vị",), ("760",)], UNITS).row == 2


def test_a_named_table_is_found_by_its_required_columns(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(tmp_path / "d.xlsx")
    book.add_worksheet("Đơn vị").write_row(0, 0, ["Mã đơn vị", "Tên đơn vị"])
    sheet = book.add_worksheet("Hồ sơ")
    for place, row in enumerate([("Mã hồ sơ", "Ngày tiếp nhận", "theo mẫu dưới đây"), NAMES, *ROWS]):
        sheet.write_row(place, 0, row)
    book.close()
    done = ingest([tmp_path / "d.xlsx"], tmp_path / "store", table="dossiers")
    assert (done.total("accepted"), told(done)["DOS039"], told(done)["DOS037"]) == (9, "2", "Đơn vị")
    with pytest.raises(Refused) as refused:
        ingest([tmp_path / "d.xlsx"], tmp_path / "other", table="events")
    assert [(finding.code, finding.found) for finding in refused.value.findings] == [
        ("DOS206", "at (Thời điểm), kind (Loại sự kiện)")
    ]


@pytest.mark.parametrize("above", [HEADER_WITHIN - 1, HEADER_WITHIN])
def test_the_header_stands_among_the_first_thirty_rows(above: int, tmp_path: Path) -> None:
    (tmp_path / "d.csv").write_text(csv_text([*[()] * (above - 1), TITLES[0], NAMES, NUMBERS, *ROWS]))
    if above < HEADER_WITHIN:
        done = ingest([tmp_path / "d.csv"], tmp_path / "store")
        assert (done.total("accepted"), told(done)["DOS039"], told(done)["DOS040"]) == (9, "30", "31")
        return
    with pytest.raises(Refused) as refused:
        ingest([tmp_path / "d.csv"], tmp_path / "store")
    assert [finding.code for finding in refused.value.findings] == ["DOS205"]


def test_a_file_without_a_header_is_refused_with_the_row_that_comes_nearest(tmp_path: Path) -> None:
    names = tuple(name.replace("Mã hồ sơ", "Số biên nhận") for name in NAMES)
    torn = tuple(name.replace("Số biên", "Số\nbiên") for name in names)
    (tmp_path / "d.csv").write_text(csv_text([*TITLES, torn, *ROWS], ";"), encoding="utf-8")
    (tmp_path / "rows.csv").write_text("a,b,c\n1,2,3\n", encoding="utf-8")
    book = xlsxwriter.Workbook(tmp_path / "d.xlsx")
    book.add_worksheet().write_row(0, 0, TITLES[0])
    sheet = book.add_worksheet()
    for place, row in enumerate([*TITLES, names, *ROWS]):
        sheet.write_row(place, 0, row)
    book.close()
    with pytest.raises(Refused) as refused:
        ingest([tmp_path / name for name in ("d.csv", "rows.csv", "d.xlsx")], tmp_path / "store")
    found = [(finding.code, finding.found) for finding in refused.value.findings]
    assert found == [("DOS205", ", ".join(names)), ("DOS205", "a, b, c"), ("DOS205", ", ".join(names))]
    assert not (tmp_path / "store").exists()


def test_titles_longer_than_a_block_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "d.csv").write_text(TEXT, encoding="utf-8")
    source = open_source(tmp_path / "d.csv")
    for size in (16, 64, 1 << 20):
        blocks = raw_blocks(source, ByteStream(source.path, ""), size)
        assert b"".join(block.data for block in blocks).decode() == csv_text(ROWS)


def test_a_file_that_is_longer_than_what_is_looked_at_first(
    tmp_path: Path, expected: list[tuple[object, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "d.csv").write_text(TEXT, encoding="utf-8")
    # The look ends within the last of the rows it needs, at every place of it: a torn header is no header.
    header_end = len(csv_text([*TITLES, NAMES]).encode())
    for size in (header_end, header_end + 1, header_end + 70):
        monkeypatch.setattr(ingest_csv_start, "LOOKED_AT", size)
        ingest([tmp_path / "d.csv"], tmp_path / f"store-{size}")
        assert content(tmp_path / f"store-{size}") == expected
    monkeypatch.setattr(ingest_csv_start, "LOOKED_AT", header_end - 1)
    with pytest.raises(Refused):
        ingest([tmp_path / "d.csv"], tmp_path / "torn")


def test_a_mark_of_the_encoding_alone_is_an_empty_file(tmp_path: Path) -> None:
    (tmp_path / "d.csv").write_bytes(b"\xff\xfe")
    with pytest.raises(Refused) as refused:
        ingest([tmp_path / "d.csv"], tmp_path / "store")
    assert [finding.code for finding in refused.value.findings] == ["DOS212"]


def test_totals_and_signatures_beneath_the_table_are_rejected_and_told_from_lost_dossiers(tmp_path: Path) -> None:
    footer = [
        (),
        ("Tổng cộng", "", "9 hồ sơ"),
        ("", "", "", "", "", "", "", "Quận 1, ngày 31 tháng 5 năm 2023"),
        ("", "NGƯỜI LẬP BIỂU", "", "", "", "", "", "THỦ TRƯỞNG ĐƠN VỊ"),
        ("", "Trần Thị Mận"),
        ("", "H29-0011"),
    ]
    lost = ("10", "H29-0010", "U1", "P1", "counter", "", "", "", "open")
    (tmp_path / "d.csv").write_text(csv_text([*TITLES, NAMES, NUMBERS, *ROWS, lost, *footer]), encoding="utf-8")
    done = ingest([tmp_path / "d.csv"], tmp_path / "store")
    assert (done.total("accepted"), done.total("rejected")) == (9, 6)
    (bare,) = [finding for finding in done.findings if finding.code == "DOS042"]
    assert (bare.found, bare.expected, bare.where.file) == ("18, 19, 20, 21, 22", "5", "d.csv")
    # Who signed is nobody's business; a code is one word.
    rejects = read_rejects(tmp_path / "store" / done.batches[0].rejects)
    assert [row["dossier_code"] for row in rejects] == ["H29-0010", "", "", "", "", "H29-0011"]

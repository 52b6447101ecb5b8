"""The same dossiers from every form of file give the same store; damaged files are told and counted."""

from __future__ import annotations

import gzip
import unicodedata
from datetime import date, datetime
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
import zstandard

from thangdo.dossiers import DossiersFailure, Store
from thangdo.dossiers.ingest import ingest
from thangdo.dossiers.rejects import read_rejects
from thangdo.dossiers.schema import TABLES
from thangdo.findings import Refused

HEADER = "dossier_code,unit_code,procedure_code,channel,received_at,due_at,fee_paid_online,components,satisfaction"
ROWS = [
    f"D{n},U1,P1,counter,2023-05-{1 + n:02d} 08:30:00,2023-06-01,{'true' if n % 2 else 'false'},{n},{n}.5"
    for n in range(9)
]
TEXT = "\n".join((HEADER, *ROWS)) + "\n"


def content(store: Path) -> list[tuple[object, ...]]:
    query = Store.open(store).relation("dossiers").sql(tuple(HEADER.split(",")))
    return duckdb.connect().execute(f"FROM ({query}) ORDER BY ALL").fetchall()


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[object, ...]]:
    folder = tmp_path_factory.mktemp("plain")
    (folder / "d.csv").write_text(TEXT, encoding="utf-8")
    assert ingest([folder / "d.csv"], folder / "store").total("accepted") == 9
    return content(folder / "store")


def as_workbook(path: Path) -> None:
    book = xlsxwriter.Workbook(path)
    book.add_worksheet("Ghi chú").write_row(0, 0, ["Báo cáo"])
    sheet = book.add_worksheet("Hồ sơ")
    stamp = book.add_format({"num_format": "dd/mm/yyyy hh:mm"})
    sheet.write_row(0, 0, HEADER.split(","))
    for position, row in enumerate(ROWS, start=1):
        cells = row.split(",")
        sheet.write_row(position, 0, cells[:4])
        sheet.write_datetime(position, 4, datetime.fromisoformat(cells[4]), stamp)
        sheet.write_number(position, 5, 45078)  # 2023-06-01 without a date format
        sheet.write_boolean(position, 6, cells[6] == "true")
        sheet.write_number(position, 7, int(cells[7]))
        sheet.write_number(position, 8, float(cells[8]))
    book.close()


def as_parquet(path: Path, zone: str | None = None) -> None:
    cells = [row.split(",") for row in ROWS]
    moments = [datetime.fromisoformat(row[4]) for row in cells]
    received = pa.array(moments, pa.timestamp("us"))
    if zone:
        received = pa.compute.assume_timezone(received, "Asia/Ho_Chi_Minh").cast(pa.timestamp("us", tz=zone))
    columns = [pa.array([row[place] for row in cells]).dictionary_encode() for place in range(4)]
    columns += [
        received,
        pa.array([datetime.fromisoformat(row[5]).date() for row in cells]),
        pa.array([row[6] == "true" for row in cells]),
        pa.array([int(row[7]) for row in cells]),
        pa.array([float(row[8]) for row in cells]),
    ]
    pq.write_table(pa.table(columns, names=HEADER.split(",")), path)


FORMS = {
    "bom.csv": lambda path: path.write_text(TEXT, encoding="utf-8-sig"),
    "crlf.csv": lambda path: path.write_bytes(TEXT.replace("\n", "\r\n").encode()),
    "no-final-line-end.csv": lambda path: path.write_text(TEXT.rstrip("\n"), encoding="utf-8"),
    "quoted.csv": lambda path: path.write_text(
        "\n".join('"' + line.replace(",", '","') + '"' for line in TEXT.splitlines())
    ),
    "tabs.txt": lambda path: path.write_text(TEXT.replace(",", "\t"), encoding="utf-8"),
    "unicode-text.txt": lambda path: path.write_text(TEXT.replace(",", "\t"), encoding="utf-16"),
    "unmarked.txt": lambda path: path.write_text(TEXT, encoding="utf-16-le"),
    "unmarked-be.txt": lambda path: path.write_text(TEXT, encoding="utf-16-be"),
    "unicode-text.txt.gz": lambda path: path.write_bytes(gzip.compress(TEXT.encode("utf-16"))),
    "d.csv.gz": lambda path: path.write_bytes(gzip.compress(TEXT.encode())),
    "two-streams.gz": lambda path: path.write_bytes(
        gzip.compress(TEXT[:300].encode()) + gzip.compress(TEXT[300:].encode())
    ),
    "d.csv.zst": lambda path: path.write_bytes(zstandard.compress(TEXT.encode())),
    "d.xlsx": as_workbook,
    "d.parquet": as_parquet,
    "utc.parquet": lambda path: as_parquet(path, "UTC"),
}


@pytest.mark.parametrize("name", FORMS)
def test_every_form_gives_the_same_store(name: str, tmp_path: Path, expected: list[tuple[object, ...]]) -> None:
    FORMS[name](tmp_path / name)
    done = ingest([tmp_path / name], tmp_path / "store")
    assert (done.total("read"), done.total("accepted")) == (9, 9)
    assert content(tmp_path / "store") == expected


def test_windows_1258_is_read_and_mixed_encodings_are_told(tmp_path: Path) -> None:
    lines = ["unit_code,name", "U1,Quận 1", "U2,Sở Nội vụ", "U3,Chợ Lớn"]
    old = "U3,Ch\u01a1\u0323 L\u01a1\u0301n".encode("cp1258")  # the older set writes tone marks apart
    (tmp_path / "u.csv").write_bytes("\n".join(lines[:3]).encode() + b"\n" + old + b"\n")
    done = ingest([tmp_path / "u.csv"], tmp_path / "store")
    assert [(finding.code, finding.found) for finding in done.findings] == [("DOS032", "1")]
    query = Store.open(tmp_path / "store").relation("units").sql(("name",))
    names = duckdb.connect().execute(f"FROM ({query}) ORDER BY ALL").fetchall()
    assert names == [("Chợ Lớn",), ("Quận 1",), ("Sở Nội vụ",)]


@pytest.mark.parametrize("suffix", ["gz", "zst"])
def test_a_compressed_file_that_breaks_off_is_told_and_its_whole_rows_count(tmp_path: Path, suffix: str) -> None:
    rows = [
        f"D{n},U1,P1,counter,2023-05-01 08:{n % 60:02d}:00,2023-06-01,true,{n % 7},{n * 7919 % 997}"
        for n in range(60_000)
    ]
    text = "\n".join((HEADER, *rows)).encode()
    whole = gzip.compress(text) if suffix == "gz" else zstandard.ZstdCompressor(level=1).compress(text)
    (tmp_path / f"d.csv.{suffix}").write_bytes(whole[: len(whole) * 2 // 3])
    done = ingest([tmp_path / f"d.csv.{suffix}"], tmp_path / "store")
    assert "DOS031" in {finding.code for finding in done.findings}
    read, accepted, rejected = (done.total(name) for name in ("read", "accepted", "rejected"))
    assert (accepted + 1, rejected) == (read, 1)
    (reject,) = read_rejects(tmp_path / "store" / done.batches[0].rejects)
    assert (reject["code"], int(reject["row"])) == ("DOS019", read + 1)
    # The whole file comes later with the same as-of: what was taken is not counted twice.
    (tmp_path / f"whole.csv.{suffix}").write_bytes(whole)
    again = ingest([tmp_path / f"whole.csv.{suffix}"], tmp_path / "store")
    assert (again.total("read"), again.total("accepted"), again.total("duplicate")) == (
        60_000,
        60_000 - accepted,
        accepted,
    )
    assert Store.open(tmp_path / "store").rows("dossiers") == 60_000


def test_a_plain_file_cut_in_a_row_loses_only_that_row(tmp_path: Path) -> None:
    (tmp_path / "d.csv").write_text(TEXT[: TEXT.rindex(",2023-06-01")], encoding="utf-8")
    done = ingest([tmp_path / "d.csv"], tmp_path / "store")
    assert (done.total("read"), done.total("accepted"), done.rejected_by_code) == (9, 8, {"DOS018": 1})


@pytest.mark.parametrize("second", [False, True])
def test_a_quote_that_never_closes_costs_only_its_own_row(tmp_path: Path, second: bool) -> None:
    lines = TEXT.splitlines()
    damaged = (3, 7) if second else (3,)
    for place in damaged:
        lines[place] = lines[place].replace(",U1", ',"U1')
    (tmp_path / "d.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    done = ingest([tmp_path / "d.csv"], tmp_path / "store")
    assert (done.total("read"), done.total("accepted")) == (9, 9 - len(damaged))
    rejects = read_rejects(tmp_path / "store" / done.batches[0].rejects)
    assert [(int(row["row"]), row["code"]) for row in rejects] == [(place + 1, "DOS018") for place in damaged]


def noted(notes: dict[int, str]) -> str:
    """The rows with a note behind them, which is not kept."""
    return "\n".join((f"{HEADER},note", *(f"{row},{notes.get(n, 'x')}" for n, row in enumerate(ROWS)))) + "\n"


@pytest.mark.parametrize(
    ("notes", "damaged"),
    [
        ({2: '"never closed'}, [4]),
        ({8: '"cut off behind all that is kept'}, []),
        ({2: '"closed by chance', 3: '6"'}, [4]),
        ({2: '"closed by chance', 6: '"so, it goes"'}, [4]),
        ({1: '"two\nlines"', 4: '"never closed', 7: '"two, too\nlines"'}, [6]),
        ({1: '"two\nlines"', 4: '"two\nlines",and more'}, [6]),
        ({3: '5" pipe', 4: '"two\n""lines"""'}, []),
    ],
)
def test_a_quote_in_a_column_that_is_not_kept_draws_no_rows_into_it(
    tmp_path: Path, notes: dict[int, str], damaged: list[int]
) -> None:
    (tmp_path / "d.csv").write_text(noted(notes), encoding="utf-8")
    done = ingest([tmp_path / "d.csv"], tmp_path / "store")
    assert (done.total("read"), done.total("accepted")) == (9, 9 - len(damaged))
    rejects = read_rejects(tmp_path / "store" / done.batches[0].rejects) if damaged else []
    assert [int(row["row"]) for row in rejects if row["code"] == "DOS018"] == damaged


def test_a_cell_of_a_million_letters_and_lines_is_a_cell(tmp_path: Path) -> None:
    notes = {1: "x" * 1_000_000, 3: '"' + "y\n" * 500_000 + '"', 5: '"never closed'}
    (tmp_path / "d.csv").write_text(noted(notes), encoding="utf-8")
    done = ingest([tmp_path / "d.csv"], tmp_path / "store")
    assert (done.total("read"), done.total("accepted"), done.rejected_by_code) == (9, 8, {"DOS018": 1})


def test_zeros_behind_an_archive_are_no_part_of_it(tmp_path: Path) -> None:
    (tmp_path / "d.csv.gz").write_bytes(gzip.compress(TEXT.encode()) + bytes(512))
    done = ingest([tmp_path / "d.csv.gz"], tmp_path / "store")
    assert done.total("accepted") == 9
    assert "DOS031" not in {finding.code for finding in done.findings}


def test_a_line_end_within_a_code_is_part_of_it(tmp_path: Path) -> None:
    (tmp_path / "d.csv").write_text(TEXT.replace("D3,", '"D3\n",').replace("D5,", '"D\n5",'), encoding="utf-8")
    done = ingest([tmp_path / "d.csv"], tmp_path / "store")
    assert (done.total("read"), done.total("accepted")) == (9, 9)
    assert "D\n5" in {row[0] for row in content(tmp_path / "store")}


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"a,b,c\n1,2,3\n", "DOS205"),
        (b"dossier_code,received_at\nD1,2023-05-01\n", "DOS206"),
        (b"PAR1 this is no parquet file", "DOS204"),
        (b"PK\x03\x04 this is no workbook", "DOS215"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + bytes(4000), "DOS215"),
        (b"%PDF-1.4\n%\xe2\xe3\n", "DOS215"),
        (b"<html><table><tr><td>M\xc3\xa3 h\xe1\xbb\x93 s\xc6\xa1</td></tr></table></html>", "DOS215"),
        (b"file,row,column,code,reason,found,dossier_code,also\nd.csv,3,due_at,DOS021,x,y,D1,\n", "DOS216"),
        (b"", "DOS212"),
        (b"\xef\xbb\xbf\r\n", "DOS212"),
        (b"\x1f\x8b this is no archive", "DOS213"),
        (gzip.compress(TEXT.encode())[:12], "DOS213"),
        (gzip.compress(b""), "DOS212"),
        (zstandard.compress(TEXT.encode())[:-5], "DOS213"),
        (b"dossier_code,unit_code\rA-1,U1\r", "DOS205"),
        (bytes(range(256)) * 8, "DOS205"),
    ],
)
def test_a_file_that_is_no_table_is_refused_and_nothing_changes(tmp_path: Path, content: bytes, code: str) -> None:
    (tmp_path / "bad").write_bytes(content)
    (tmp_path / "good.csv").write_text(TEXT, encoding="utf-8")
    with pytest.raises(Refused) as refused:
        ingest([tmp_path / "good.csv", tmp_path / "bad"], tmp_path / "store")
    assert [finding.code for finding in refused.value.findings] == [code]
    assert not (tmp_path / "store").exists()


def test_a_header_without_rows_is_told(tmp_path: Path) -> None:
    (tmp_path / "d.csv").write_text(HEADER, encoding="utf-8")
    done = ingest([tmp_path / "d.csv"], tmp_path / "store")
    assert [finding.code for finding in done.findings] == ["DOS035"]


def test_a_folder_that_is_no_store_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DossiersFailure, match="DOS203"):
        Store.open(tmp_path)


def parquet(path: Path, **columns: object) -> Path:
    usual = {"dossier_code": ["D1", "D2"], "unit_code": ["U1", "U1"], "procedure_code": ["P1", "P1"]}
    stamps = {name: pa.array([1_683_705_600_123_456_789] * 2, pa.timestamp("ns")) for name in ("received_at", "due_at")}
    pq.write_table(pa.table({**usual, "channel": ["online", "counter"], **stamps, **columns}), path)
    return path


def test_nanoseconds_of_a_parquet_file_are_cut_to_the_second(tmp_path: Path) -> None:
    done = ingest([parquet(tmp_path / "d.parquet")], tmp_path / "store")
    assert (done.total("accepted"), done.as_of) == (2, date(2023, 5, 10))
    query = Store.open(tmp_path / "store").relation("dossiers").sql(("received_at",))
    assert set(duckdb.connect().execute(query).fetchall()) == {(datetime(2023, 5, 10, 8, 0),)}


def test_a_parquet_file_with_lists_for_cells_or_damaged_pages_is_refused(tmp_path: Path) -> None:
    lists = parquet(tmp_path / "lists.parquet", unit_code=[["U1"], ["U2"]])
    damaged = tmp_path / "damaged.parquet"
    rows = pa.table({name: [f"{name}{n}" for n in range(20_000)] for name in ("unit_code", "name", "level")})
    pq.write_table(rows, damaged, compression="none", use_dictionary=False)
    content = bytearray(damaged.read_bytes())
    content[len(content) // 3 : len(content) // 3 + 2_000] = b"\xff" * 2_000
    damaged.write_bytes(content)
    for file in (lists, damaged):
        with pytest.raises(DossiersFailure, match="DOS204"):
            ingest([file], tmp_path / "store")
        assert not (tmp_path / "store" / "manifest.json").exists()


def test_a_file_of_quoted_cells_names_its_faulty_rows(tmp_path: Path) -> None:
    lines = TEXT.splitlines()
    quoted = [",".join(f'"{cell}"' for cell in line.split(",")) for line in lines]
    quoted[4] = quoted[4].replace("2023-06-01", "2022-06-01")
    (tmp_path / "d.csv").write_bytes(("\ufeff" + "\r\n".join(quoted) + "\r\n").encode())
    done = ingest([tmp_path / "d.csv"], tmp_path / "store")
    assert (done.total("read"), done.total("accepted")) == (9, 8)
    (reject,) = read_rejects(tmp_path / "store" / done.batches[0].rejects)
    assert (reject["row"], reject["code"], reject["found"][:10]) == ("5", "DOS021", "2022-06-01")


def test_a_batch_whose_second_file_is_broken_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "good.csv").write_text(TEXT, encoding="utf-8")
    bad = parquet(tmp_path / "bad.parquet", unit_code=[["U1"], ["U2"]])
    with pytest.raises(DossiersFailure, match="DOS204"):
        ingest([tmp_path / "good.csv", bad], tmp_path / "store")
    assert not (tmp_path / "store" / "manifest.json").exists()
    assert ingest([tmp_path / "good.csv"], tmp_path / "store").total("accepted") == 9


def test_blank_rows_of_a_workbook_are_no_rows_and_the_others_keep_their_numbers(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(tmp_path / "d.xlsx")
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, HEADER.split(","))
    sheet.write_row(1, 0, ROWS[0].split(","))
    sheet.write_row(3, 0, ROWS[1].split(","))
    sheet.write_row(5, 0, ["D9", "U1"])
    sheet.write_row(9, 0, [" "] * 4)
    more = book.add_worksheet("Tháng 2")
    more.write_row(0, 0, HEADER.split(","))
    more.write_row(1, 0, ROWS[2].split(","))
    book.close()
    done = ingest([tmp_path / "d.xlsx"], tmp_path / "store")
    assert (done.total("read"), done.total("accepted")) == (3, 2)
    (reject,) = read_rejects(tmp_path / "store" / done.batches[0].rejects)
    assert (reject["row"], reject["code"]) == ("6", "DOS011")
    assert [finding.found for finding in done.findings if finding.code == "DOS037"] == ["Tháng 2"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_rows_of_a_csv_that_hold_only_blank_cells_are_no_rows(tmp_path: Path, delimiter: str) -> None:
    blank = delimiter * HEADER.count(",")
    lines = [
        HEADER,
        ROWS[0],
        blank,
        ROWS[1],
        f" {blank} \r",
        "D9,U1" + blank[1:],
        *([blank] * 500),
        "",
        ROWS[2],
        blank,
    ]
    (tmp_path / "d.csv").write_text("\n".join(lines).replace(",", delimiter), encoding="utf-8")
    done = ingest([tmp_path / "d.csv"], tmp_path / "store")
    assert (done.total("read"), done.total("accepted")) == (4, 3)
    (reject,) = read_rejects(tmp_path / "store" / done.batches[0].rejects)
    assert (reject["row"], reject["code"]) == ("6", "DOS011")
    query = Store.open(tmp_path / "store").relation("dossiers").sql(("source_row",))
    assert sorted(duckdb.connect().execute(query).fetchall()) == [(2,), (4,), (508,)]


def test_a_number_that_is_none_is_a_blank_in_a_parquet_file(tmp_path: Path) -> None:
    file = parquet(tmp_path / "d.parquet", satisfaction=[float("nan"), 4.5], components=[float("nan"), 2.0])
    assert ingest([file], tmp_path / "store").total("accepted") == 2
    query = Store.open(tmp_path / "store").relation("dossiers").sql(("satisfaction", "components"))
    assert set(duckdb.connect().execute(query).fetchall()) == {(None, None), (4.5, 2)}


def test_words_and_names_of_columns_that_officials_write_are_taken(tmp_path: Path) -> None:
    path = tmp_path / "quan.csv"
    path.write_text(
        "Số hồ sơ,Mã đơn vị,Mã thủ tục hành chính,Hình thức tiếp nhận,Ngày nhận hồ sơ,Ngày hẹn trả kết quả,"
        "Ngày trả kết quả,Kết quả\n"
        "A,U1,P1,Trực tuyến,04/05/2023,11/05/2023,10/05/2023,Đã trả kết quả\n"
        f"B,U1,P1,{unicodedata.normalize('NFD', 'TRỰC  TIẾP')},04/05/2023,11/05/2023,,Đang giải quyết\n"
        "C,U1,P1,Bưu chính công ích,04/05/2023,11/05/2023,10/05/2023,Từ chối\n"
        "D,U1,P1,Bưu chính,04/05/2023,11/05/2023,10/05/2023,Chờ trả kết quả\n",
        encoding="utf-8-sig",
    )
    done = ingest([path], tmp_path / "store")
    assert done.total("accepted") == 3
    query = Store.open(tmp_path / "store").relation("dossiers").sql(("dossier_code", "channel", "outcome"))
    assert duckdb.connect().execute(f"FROM ({query}) ORDER BY ALL").fetchall() == [
        ("A", "online", "granted"),
        ("B", "counter", "open"),
        ("C", "postal", "refused"),
    ]
    (reject,) = read_rejects(tmp_path / "store" / str(done.batches[0].rejects))
    assert "granted = đã trả kết quả, refused = từ chối" in reject["reason"]


def test_what_officials_write_for_a_word_is_one_of_the_column_s_words() -> None:
    for table in TABLES:
        for column in table.columns:
            texts = [text for text, _ in column.said]
            assert {word for _, word in column.said} <= set(column.words)
            assert len(texts) == len(set(texts)) and [text for text in texts if text != text.casefold()] == []

"""What NumPy passes at once is what the query would pass: same rows, same values, same flags."""

from __future__ import annotations

import gzip
import hashlib
import random
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from thangdo.dossiers import Store, ingest_blocks
from thangdo.dossiers.dates import moment_sql
from thangdo.dossiers.ingest import ingest
from thangdo.dossiers.ingest_bytes import TextCells, follow_official_form, places_of, text_hashes
from thangdo.dossiers.ingest_checks import CODE_PATTERN
from thangdo.dossiers.ingest_compressed import ByteStream
from thangdo.dossiers.ingest_keys import first_cells
from thangdo.dossiers.ingest_repeated import places_among, without_unused
from thangdo.dossiers.ingest_rows import RowChecker
from thangdo.dossiers.ingest_stamps import read_stamps
from thangdo.dossiers.ingest_suspects import KeyHashes, Suspects

HEADER = (
    "dossier_code,unit_code,procedure_code,channel,received_at,due_at,re_due_at,finished_at,outcome,apology_at,"
    "fee_paid_online,result_digital,components,components_digital,components_reused,satisfaction"
)
ODD = ("", " ", "NULL", "x", "Đ", "0x1F", "+3", "3.0", "3,5", "-1", "1e3", ".5", "99999999999", "nan", "inf")
STAMPS = (
    "2023-05-{d:02d} {h:02d}:15:00",
    "2023-05-{d:02d}",
    "{d:02d}/05/2023",
    "{d:02d}-05-2023 {h:02d}:30",
    "{d:02d}.05.2023T{h:02d}:30:59",
    "2023-05-{d:02d}T{h:02d}",
    "{d}/5/2023 {h}:05",
    "2023-05-{d:02d}T{h:02d}:15:00+07:00",
    " 2023-05-{d:02d} ",
    "2023-02-30",
    "2023-05-{d:02d} 24:00:00",
    "1889-05-{d:02d}",
    "2023-05-{d:02d} {h:02d}:15:00.25",
)


def row(draw: random.Random, number: int, oddness: float) -> str:
    def cell(*usual: str) -> str:
        return draw.choice(ODD) if draw.random() < oddness else draw.choice(usual)

    def stamp(*days: int) -> str:
        form = draw.choice(STAMPS) if draw.random() < oddness else STAMPS[0]
        return form.format(d=draw.choice(days), h=draw.randint(0, 23))

    code = draw.choice(
        (f"H29.{draw.randint(1, 9)}-230510-{number:04d}", f"d{number}", f" D{number} ", f"D{number}\u00a0")
    )
    cells = (
        code,
        cell("U1", "U2", " U1"),
        cell("P1", "P9"),
        cell("online", "counter", "Online", "postal "),
        stamp(9, 10, 13, 14),
        stamp(10, 12, 20),
        draw.choice(("", stamp(11, 25))),
        draw.choice(("", stamp(9, 11, 20))),
        cell("granted", "open", ""),
        draw.choice(("", "", stamp(1, 28))),
        cell("1", "true", "Có", "không", "TRUE", ""),
        cell("0", "false", "x"),
        cell("3", "4", " 5"),
        cell("2", "4"),
        cell("0", "7", ""),
        cell("4.5", "5", "3"),
    )
    return ",".join(cells)


@pytest.mark.parametrize("oddness", [0.0, 0.003, 0.08])
def test_both_ways_give_the_same_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, oddness: float) -> None:
    draw = random.Random(20230531)
    rows = [row(draw, number, oddness) for number in range(1, 3_000)]
    file = tmp_path / "d.csv"
    file.write_text("\n".join((HEADER, *rows, rows[5], rows[7].replace("P1", "P9"))) + "\n", encoding="utf-8")
    units, procedures = tmp_path / "units.csv", tmp_path / "procedures.csv"
    units.write_text("unit_code,name\nU1,Một\nU2,Hai\n", encoding="utf-8")
    procedures.write_text("procedure_code,name\nP1,Một\nP9,Chín\n", encoding="utf-8")
    monkeypatch.setattr("thangdo.dossiers.ingest_lines.raw_blocks.__defaults__", (40_000,))

    def outcome(store: Path) -> tuple[list[tuple[object, ...]], str, list[tuple[str, str]]]:
        ingest([units, procedures], store)
        done = ingest([file], store)
        query = Store.open(store).relation("dossiers").sql()
        found = duckdb.connect().execute(f"FROM ({query}) ORDER BY ALL").fetchall()
        rejects = (store / done.batches[-1].rejects).read_text() if done.batches[-1].rejects else ""
        return found, rejects, [(finding.code, finding.found) for finding in done.findings]

    at_once = outcome(tmp_path / "at_once")
    with monkeypatch.context() as patch:
        patch.setattr(RowChecker, "_at_once", lambda _self, _item: None)
        one_by_one = outcome(tmp_path / "one_by_one")
    assert at_once == one_by_one
    assert len(at_once[0]) > 100


def test_rows_in_doubt_are_settled_in_the_order_of_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("thangdo.dossiers.ingest_lines.raw_blocks.__defaults__", (2_000,))
    monkeypatch.setattr("thangdo.dossiers.ingest_stage.MOST_WAITING", 7)
    rows = [f"D{number},U1,P1,online,2023-05-10 08:00:00,2023-05-12 08:00:00" for number in range(500)]
    for place in range(3, 500, 11):
        rows[place] = rows[place].replace("2023-05-12", "2023-05-09")
    for place in range(5, 500, 50):
        rows[place] += ",surplus"
    file = tmp_path / "d.csv"
    file.write_text("\n".join((HEADER[: HEADER.index(",re_due")], *rows)) + "\n", encoding="utf-8")
    done = ingest([file], tmp_path / "store")
    listed = (tmp_path / "store" / done.batches[0].rejects).read_text().splitlines()[1:]
    numbers = [int(line.split(",")[1]) for line in listed]
    assert numbers == sorted({*range(5, 502, 11), *range(7, 502, 50)})
    assert done.total("accepted") == 500 - len(numbers)


def test_stamps_read_at_once_are_those_the_query_reads() -> None:
    draw = random.Random(5)

    def written() -> str:
        year, month, day = (
            draw.choice((1989, 1990, 2000, 2023, 2024, 2099, 2100)),
            draw.randint(0, 13),
            draw.randint(0, 32),
        )
        mark = draw.choice("-/.")
        text = draw.choice((f"{year}-{month:02d}-{day:02d}", f"{day:02d}{mark}{month:02d}{mark}{year}"))
        if draw.random() < 0.7:
            text += f"{draw.choice(' T')}{draw.randint(0, 24):02d}:{draw.randint(0, 60):02d}"
            text += draw.choice(("", f":{draw.randint(0, 60):02d}"))
        place = draw.randrange(len(text))
        return text if draw.random() < 0.8 else text[:place] + draw.choice("0x :-/.+TZ") + text[place + 1 :]

    texts = [written() for _ in range(20_000)]
    moments, is_read = read_stamps(pa.array(texts))
    connection = duckdb.connect()
    relation = connection.from_arrow(pa.table({"text": pa.array(texts)}))
    relation.create_view("given")
    asked = connection.execute(f"SELECT epoch_us({moment_sql('text')}) FROM given").fetchall()
    assert is_read.sum() > 5_000
    for place in np.flatnonzero(is_read):
        assert asked[place][0] == moments[place], texts[place]


@pytest.mark.parametrize("time", ["10", "10:15", "10:15:30", "10:15:30.5"])
@pytest.mark.parametrize("mark", [" ", "T"])
def test_what_the_parser_takes_for_a_stamp_the_query_takes_too(mark: str, time: str) -> None:
    text = f"2023-05-10{mark}{time}"
    (asked,) = duckdb.connect().execute(f"SELECT {moment_sql('text')} FROM (SELECT ? AS text)", [text]).fetchone() or ()
    assert asked == pa.scalar(text).cast(pa.timestamp("us")).as_py()


def test_the_official_form_is_told_as_the_pattern_tells_it() -> None:
    draw = random.Random(7)
    agencies = ("H29", "H29.10.4", "ABCDEFGHIJKL", "A..B", "", "a", "Đ", "A.B.C.D.E.F.G", "A.B.C.D.E.F.G.H")
    codes = [f"{draw.choice(agencies)}-{draw.randint(0, 999999):06d}-{draw.randint(0, 9999):04d}" for _ in range(500)]
    codes += ["".join(draw.choice("AZ09.-:/") for _ in range(draw.randint(0, 26))) for _ in range(500)]
    codes += ["H29-23051a-0001", "H29-230510-000:", "H29:230510-0001", "H29-230510_0001", "H29-230510-0001\n"]
    asked = duckdb.connect().execute(
        "SELECT regexp_full_match(code, ?) FROM (SELECT unnest(?) AS code)", [CODE_PATTERN, codes]
    )
    assert follow_official_form(pa.array(codes)).tolist() == [answer for (answer,) in asked.fetchall()]


def test_equal_texts_have_equal_hashes_wherever_they_stand() -> None:
    texts = [f"{'H29.' * (number % 9)}{number}" for number in range(2_000)] + ["", None]
    there = text_hashes(TextCells.of(pa.array(["before", *texts]).slice(1)))
    back = text_hashes(TextCells.of(pa.array(texts[::-1])))[::-1]
    assert (there == back).all()
    assert len(set(there.tolist())) == len(texts) - 1


@pytest.mark.parametrize("most_held", [10_000, 5_001, 5_000, 700, 61])
def test_suspects_are_the_hashes_that_repeat(tmp_path: Path, most_held: int) -> None:
    one, other = (
        np.arange(1, 5_000, dtype=np.uint64) << np.uint64(51),
        np.array([7, 9], dtype=np.uint64) << np.uint64(51),
    )
    alone = KeyHashes(tmp_path, most_held)
    alone.add(one)
    assert not Suspects(alone.repeated()).among(one).any()
    both = KeyHashes(tmp_path, most_held)
    both.add(one)
    both.add(other)
    assert Suspects(both.repeated()).among(one).nonzero()[0].tolist() == [6, 8]
    assert not list(tmp_path.iterdir())


def test_hashes_of_a_known_file_are_forgotten(tmp_path: Path) -> None:
    hashes = KeyHashes(tmp_path)
    hashes.add(np.array([1, 2], dtype=np.uint64))
    place = hashes.place
    hashes.add(np.array([1, 2], dtype=np.uint64))
    hashes.forget(place)
    hashes.add(np.array([2], dtype=np.uint64))
    assert hashes.repeated().tolist() == [2]


@pytest.mark.parametrize("density", [0, 0.01, 0.5, 1])
def test_places_of_a_letter_are_all_of_them(density: float) -> None:
    draw = np.random.default_rng(5)
    for length in (0, 1, 7, 8, 9, 4_001, (1 << 18) + 5):
        letters = np.where(draw.random(length) < density, ord("\n"), ord("a")).astype(np.uint8)
        assert places_of(letters, "\n").tolist() == [place for place, letter in enumerate(letters) if letter == 10]


def plain_hash(cell: bytes) -> int:
    """`text_hashes` of one cell, a word after the other. Stores hold these hashes: they do not change."""
    found = len(cell) * 0x9E3779B97F4A7C15 % 2**64
    for place in range(0, len(cell), 8):
        start = max(0, min(place, len(cell) - 8))
        word = int.from_bytes(cell[start : start + 8].ljust(8, b"\0"), "little")
        found = (found ^ word) * 0xFF51AFD7ED558CCD % 2**64
        found ^= found >> 32
    return found


@pytest.mark.parametrize("longest", [3, 8, 9, 24, 25, 64, 65, 90])
def test_hashes_are_those_of_the_cells_one_by_one(longest: int) -> None:
    draw = random.Random(longest)
    for shortest in {0, 1, min(7, longest), min(8, longest), longest // 2, longest - 1, longest}:
        cells = [
            "".join(chr(draw.randint(1, 126)) for _ in range(draw.randint(shortest, longest)))
            for _ in range(draw.choice((1, 50)))
        ]
        assert text_hashes(TextCells.of(pa.array(cells))).tolist() == [plain_hash(cell.encode()) for cell in cells]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_first_cells_are_those_a_reader_of_lines_finds(delimiter: str) -> None:
    draw = random.Random(11)
    letters = "AZaz09-./:_" + delimiter
    for _ in range(200):
        lines = ["".join(draw.choice(letters) for _ in range(draw.randint(0, 70))) for _ in range(draw.randint(0, 30))]
        cells = first_cells("".join(f"{line}\n" for line in lines).encode(), delimiter)
        expected = [line.split(delimiter)[0] for line in lines if delimiter in line]
        if cells is not None:
            found = [bytes(cells.data[start : start + length]) for start, length in zip(cells.starts, cells.lengths)]
            assert found == [cell.encode() for cell in expected]
            assert text_hashes(cells).tolist() == [plain_hash(cell) for cell in found]
        else:
            assert max(len(line.split(delimiter)[0]) for line in lines) >= 64


@pytest.mark.parametrize("size", [4_096, 5_000, 20_000, 1 << 20])
def test_pieces_of_a_file_are_its_bytes_and_end_with_lines(tmp_path: Path, size: int) -> None:
    path = tmp_path / "file.csv"
    data = b"".join(b"%d,%s\n" % (number, b"x" * (number % 200)) for number in range(1_000)) + b"z" * 30_000 + b"\nlast"
    path.write_bytes(data)
    stream = ByteStream(path, "")
    pieces = list(stream.chunks(size))
    assert b"".join(pieces) == data and max(map(len, pieces)) <= size
    assert stream.sha256 == hashlib.sha256(data).hexdigest() and stream.bytes_read == len(data)
    if 4_096 < size < 30_000:
        assert all(piece.endswith(b"\n") for piece in pieces[:3])


@pytest.mark.parametrize("cut", [0.3, 0.9999])
def test_a_file_that_breaks_off_has_the_hash_of_all_its_bytes(tmp_path: Path, cut: float) -> None:
    whole = gzip.compress(bytes(random.Random(3).randbytes(9_000_000)))
    path = tmp_path / "file.gz"
    path.write_bytes(whole[: int(len(whole) * cut)] + b"\xff" * 5_000_000)
    stream = ByteStream(path, "gzip")
    for _ in stream.chunks(1 << 20):
        pass
    assert stream.truncated and stream.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("text", ["a b,c\n", "é,c\n", '"a",c\n', "a" * 80 + ",c\n", "no delimiter at the end"])
def test_first_cells_that_need_more_than_delimiters_are_left(text: str) -> None:
    assert first_cells(text.encode(), ",") is None


def test_first_cells_are_those_of_every_line_with_a_delimiter() -> None:
    cells = first_cells("a1,b é\n\nc\nlonger-than-one-word,d\n,e\nf,\n".encode(), ",")
    assert cells is not None
    found = [bytes(cells.data[start : start + length]) for start, length in zip(cells.starts, cells.lengths)]
    assert found == [b"a1", b"longer-than-one-word", b"", b"f"]


@pytest.mark.parametrize("around", [0, 30_000])
@pytest.mark.parametrize(
    ("text", "is_seen"),
    [("", False), ("x", False), ("x0", False), ("1,X0,2", False), ("0x1F", True), ("a,0X1F", True), ("1,0,x", False)],
)
def test_a_zero_with_an_x_behind_it_is_seen_among_few_and_among_many(text: str, is_seen: bool, around: int) -> None:
    for letter in "xX":
        data = letter * around + "," + text + "," + letter * around
        assert ingest_blocks._has_hexadecimal(data.encode()) is is_seen


def test_repeated_texts_and_their_places() -> None:
    one = pa.array(["b", None, "a", "b"]).dictionary_encode()
    other = pa.DictionaryArray.from_arrays(pa.array([2, None, 2], pa.int32()), pa.array(["x", "a", "c"]))
    cells = pa.chunked_array([one, other, pa.array([], pa.string()).dictionary_encode()])
    assert places_among(cells, ("a", "b")).tolist() == [1, -1, 0, 1, -1, -1, -1]
    kept = without_unused(cells)
    assert kept.to_pylist() == cells.to_pylist()
    assert [part.dictionary.to_pylist() for part in kept.chunks] == [["b", "a"], ["c"], []]

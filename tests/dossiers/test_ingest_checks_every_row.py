"""Every row is checked, every rejected one is listed with its row number, and the account always adds up."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from thangdo.cli.entry import run
from thangdo.dossiers import Store
from thangdo.dossiers.indicators.catalogues import read_catalogues
from thangdo.dossiers.ingest import Ingested, ingest
from thangdo.dossiers.rejects import read_rejects
from thangdo.findings import Refused

HEADER = "dossier_code,unit_code,procedure_code,channel,received_at,due_at,finished_at,outcome,apology_at,components,satisfaction"
GOOD = "D1,U1,P1,online,2023-05-10 08:00:00,2023-05-12 17:00:00,2023-05-11 09:30:00,granted,,3,4.5"


def write(path: Path, *rows: str, header: str = HEADER) -> Path:
    path.write_text("\n".join((header, *rows)) + "\n", encoding="utf-8")
    return path


def current(store: Path, columns: str, table: str = "dossiers") -> list[tuple[object, ...]]:
    query = Store.open(store).relation(table).sql()
    return duckdb.connect().execute(f"SELECT {columns} FROM ({query}) ORDER BY ALL").fetchall()


def adds_up(done: Ingested) -> bool:
    return done.total("read") == done.total("accepted") + done.total("rejected") + done.total("duplicate")


REJECTED = (
    (GOOD.replace("D1,", ",", 1), "dossier_code", "DOS011"),
    (GOOD.replace("2023-05-12 17:00:00", ""), "due_at", "DOS011"),
    (GOOD.replace("2023-05-12", "2023-02-30"), "due_at", "DOS012"),
    (GOOD.replace("2023-05-12", "2023-13-01"), "due_at", "DOS012"),
    (GOOD.replace("2023-05-10", "0203-05-10"), "received_at", "DOS016"),
    (GOOD.replace("2023-05-11", "yesterday"), "finished_at", "DOS012"),
    (GOOD.replace(",online,", ",telepathy,"), "channel", "DOS015"),
    (GOOD.replace("granted", "lost"), "outcome", "DOS015"),
    (GOOD.replace(",3,4.5", ",three,4.5"), "components", "DOS013"),
    (GOOD.replace(",3,4.5", ",3.5,4.5"), "components", "DOS013"),
    (GOOD.replace(",3,4.5", ",-3,4.5"), "components", "DOS017"),
    (GOOD.replace("2023-05-12", "2023-05-09"), "due_at", "DOS021"),
    (GOOD.replace("2023-05-11 09:30", "2023-05-10 07:59"), "finished_at", "DOS022"),
    (GOOD + ",surplus", "", "DOS018"),
)


@pytest.mark.parametrize("has_catalogue", [False, True])
@pytest.mark.parametrize("has_offset", [False, True])  # a stamp that sends the block to the query
def test_what_a_rejected_row_says_in_place_of_a_code_is_not_stored(
    tmp_path: Path, has_catalogue: bool, has_offset: bool
) -> None:
    shifted = "D2,Nguyễn Thị Ánh,0903 123 456,online,2023-05-10 08:00:00,2023-02-30,,granted,,3,"
    others = [
        GOOD.replace("D1", f"D{number}").replace(":30:00", ":30:00+07:00" if has_offset else ":31:00")
        for number in range(3, 10)
    ]
    file = write(tmp_path / "d.csv", GOOD, shifted, *others)
    store = tmp_path / "store"
    if has_catalogue:
        ingest([write(tmp_path / "u.csv", "U1,Một", header="unit_code,name")], store)
    done = ingest([file], store)
    assert (done.total("accepted"), done.total("rejected")) == (8, 1)
    (stored,) = (store / "dossiers").rglob("*.parquet")
    columns = ["unit_code", "procedure_code", "channel", "outcome"]
    rows = pq.ParquetFile(stored, read_dictionary=columns).read(columns)
    said = [rows.column(name).combine_chunks().dictionary.to_pylist() for name in columns]
    assert said == [["U1"], ["P1"], ["online"], ["granted"]]


@pytest.mark.parametrize(("row", "column", "code"), REJECTED)
def test_a_faulty_row_is_rejected_with_row_column_and_reason(tmp_path: Path, row: str, column: str, code: str) -> None:
    file = write(tmp_path / "d.csv", GOOD, row, GOOD.replace("D1", "D2"))
    done = ingest([file], tmp_path / "store")
    assert (done.total("read"), done.total("accepted"), done.total("rejected")) == (3, 2, 1)
    (reject,) = read_rejects(tmp_path / "store" / done.batches[0].rejects)
    assert (reject["row"], reject["column"], reject["code"]) == ("3", column, code)


@pytest.mark.parametrize("column", ["dossier_code", "unit_code", "procedure_code"])
def test_a_nul_within_a_code_is_rejected_without_any_catalogue(tmp_path: Path, column: str) -> None:
    cells = dict(zip(HEADER.split(","), GOOD.split(",")))
    bad = ",".join((cells | {column: f"X\0{cells[column]}"}).values())
    good = [GOOD.replace("D1", f"D{n}") for n in range(2, 7)]
    done = ingest([write(tmp_path / "d.csv", *good, bad)], tmp_path / "store")
    assert (done.total("read"), done.total("accepted"), done.total("rejected")) == (6, 5, 1)
    (reject,) = read_rejects(tmp_path / "store" / done.batches[0].rejects)
    assert (reject["row"], reject["column"], reject["code"], reject["found"]) == (
        "7",
        column,
        "DOS029",
        f"X␀{cells[column]}",
    )
    assert current(tmp_path / "store", "count(*)") == [(5,)]


def test_a_nul_within_the_code_of_an_event_or_a_unit_is_rejected(tmp_path: Path) -> None:
    events = write(
        tmp_path / "e.csv", "D1,2023-05-10,resumed", "D\0001,2023-05-10,resumed", header="dossier_code,at,kind"
    )
    units = write(tmp_path / "u.csv", "U1,A", "U\0002,B", header="unit_code,name")
    done = ingest([events, units], tmp_path / "store")
    assert (done.total("accepted"), done.rejected_by_code) == (2, {"DOS029": 2})


def test_all_reasons_of_a_row_are_listed(tmp_path: Path) -> None:
    row = GOOD.replace("2023-05-12", "2023-02-30").replace("granted", "lost")
    done = ingest([write(tmp_path / "d.csv", row)], tmp_path / "store")
    (reject,) = read_rejects(tmp_path / "store" / done.batches[0].rejects)
    assert (reject["column"], reject["also"]) == ("due_at", "DOS015 outcome")


STAMPS = (
    ("2023-05-10 08:05:09", datetime(2023, 5, 10, 8, 5, 9)),
    ("2023-05-10T08:05:09", datetime(2023, 5, 10, 8, 5, 9)),
    ("2023-05-10 08:05", datetime(2023, 5, 10, 8, 5)),
    ("2023-05-10", datetime(2023, 5, 10)),
    ("2023-05-10T01:05:09Z", datetime(2023, 5, 10, 8, 5, 9)),
    ("2023-05-10T08:05:09+07:00", datetime(2023, 5, 10, 8, 5, 9)),
    ("2023-05-10 08:05+07", datetime(2023, 5, 10, 8, 5)),
    ("10/05/2023 08:05:09", datetime(2023, 5, 10, 8, 5, 9)),
    ("10/05/2023 08:05", datetime(2023, 5, 10, 8, 5)),
    ("10/05/2023", datetime(2023, 5, 10)),
    ("10-05-2023 08:05:09", datetime(2023, 5, 10, 8, 5, 9)),
    ("10-05-2023", datetime(2023, 5, 10)),
    ("10.05.2023 08:05", datetime(2023, 5, 10, 8, 5)),
    ("1/5/2023 8:05", datetime(2023, 5, 1, 8, 5)),
    ("08:05 10/05/2023", datetime(2023, 5, 10, 8, 5)),
    (" 10/05/2023 ", datetime(2023, 5, 10)),
    ("10/05/2023 08:05 SA", datetime(2023, 5, 10, 8, 5)),
    ("10/05/2023 01:05 CH", datetime(2023, 5, 10, 13, 5)),
    ("10/05/2023 12:05 CH", datetime(2023, 5, 10, 12, 5)),
    ("1/5/2023 1:05:09 ch", datetime(2023, 5, 1, 13, 5, 9)),
    ("2023-05-10 01:05 PM", datetime(2023, 5, 10, 13, 5)),
    ("01:05:09 CH 10/05/2023", datetime(2023, 5, 10, 13, 5, 9)),
    ("2023-05-10 01:05-05", datetime(2023, 5, 10, 13, 5)),
)


@pytest.mark.parametrize(("text", "moment"), STAMPS)
def test_dates_are_read_in_every_style_seen(tmp_path: Path, text: str, moment: datetime) -> None:
    ingest([write(tmp_path / "d.csv", GOOD.replace("2023-05-10 08:00:00", text))], tmp_path / "store")
    assert current(tmp_path / "store", "received_at") == [(moment,)]


def test_one_odd_stamp_does_not_change_how_the_others_are_read(tmp_path: Path) -> None:
    rows = [GOOD.replace("D1", f"D{n}") for n in range(5)]
    rows[2] = rows[2].replace("2023-05-10 08:00:00", "10/05/2023 08:00")
    ingest([write(tmp_path / "d.csv", *rows)], tmp_path / "store")
    assert current(tmp_path / "store", "DISTINCT received_at") == [(datetime(2023, 5, 10, 8),)]


@pytest.mark.parametrize(
    "text", ["05/13/2023", "10/05/2023 08:00 XX", "10/05/2023 13:05 CH", "2023-05-10 24:00:00", "10/05/2023 24:00"]
)
def test_month_first_is_never_guessed_nor_what_else_may_mean_two_moments(tmp_path: Path, text: str) -> None:
    done = ingest([write(tmp_path / "d.csv", GOOD.replace("2023-05-10 08:00:00", text))], tmp_path / "store")
    assert done.rejected_by_code == {"DOS012": 1}


@pytest.mark.parametrize(
    ("text", "value"), [("4.5", 4.5), ('"4,5"', 4.5), ('"1.234,5"', 1234.5), ('"1,234.5"', 1234.5)]
)
def test_decimal_points_and_commas(tmp_path: Path, text: str, value: float) -> None:
    ingest([write(tmp_path / "d.csv", GOOD.removesuffix("4.5") + text)], tmp_path / "store")
    assert current(tmp_path / "store", "satisfaction") == [(value,)]


def test_semicolons_with_decimal_commas_and_any_order_of_columns(tmp_path: Path) -> None:
    header = "satisfaction;due_at;received_at;channel;unit_code;dossier_code;procedure_code"
    ingest([write(tmp_path / "d.csv", "4,5;12/05/2023;10/05/2023;ONLINE;U1;D1;P1", header=header)], tmp_path / "store")
    assert current(tmp_path / "store", "dossier_code, channel, satisfaction, components") == [
        ("D1", "online", 4.5, None)
    ]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", True),
        ("0", False),
        ("TRUE", True),
        ("false", False),
        ("Có", True),
        ("không", False),
        ("", None),
        (" ", None),
    ],
)
def test_yes_and_no(tmp_path: Path, text: str, value: bool | None) -> None:
    file = write(tmp_path / "d.csv", f"{GOOD},{text}", header=HEADER + ",fee_paid_online")
    ingest([file], tmp_path / "store")
    assert current(tmp_path / "store", "fee_paid_online") == [(value,)]


def test_a_stamp_without_time_stands_for_its_whole_day(tmp_path: Path) -> None:
    row = GOOD.replace("2023-05-12 17:00:00", "2023-05-10").replace("2023-05-11 09:30:00", "2023-05-10")
    done = ingest([write(tmp_path / "d.csv", row)], tmp_path / "store")
    assert done.total("accepted") == 1


def test_row_numbers_are_those_of_the_file_whatever_stands_between(tmp_path: Path) -> None:
    bad = GOOD.replace("granted", "lost")
    rows = [GOOD, "", bad.replace("D1", "D2"), "1,2", *(GOOD.replace("D1", f"E{n}") for n in range(5)), bad, ""]
    done = ingest([write(tmp_path / "d.csv", *rows)], tmp_path / "store")
    found = [
        (int(reject["row"]), reject["code"]) for reject in read_rejects(tmp_path / "store" / done.batches[0].rejects)
    ]
    assert found == [(4, "DOS015"), (5, "DOS018"), (11, "DOS015")]
    assert (done.total("read"), done.total("accepted")) == (9, 6)


def test_row_numbers_hold_across_blocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("thangdo.dossiers.ingest_lines.raw_blocks.__defaults__", (700,))
    rows = [GOOD.replace("D1", f"D{n}") if n % 37 else GOOD.replace("granted", "lost") for n in range(1, 500)]
    done = ingest([write(tmp_path / "d.csv", *rows)], tmp_path / "store")
    found = [int(reject["row"]) for reject in read_rejects(tmp_path / "store" / done.batches[0].rejects)]
    assert found == [n + 1 for n in range(1, 500) if n % 37 == 0]
    assert current(tmp_path / "store", "DISTINCT source_row - CAST(dossier_code[2:] AS INTEGER)") == [(1,)]


def test_cells_may_hold_delimiters_quotes_and_line_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("thangdo.dossiers.ingest_lines.raw_blocks.__defaults__", (200,))
    rows = [f'{GOOD.replace("D1", f"D{n}")},"a, ""b""\nc {n}"' for n in range(20)]
    done = ingest([write(tmp_path / "d.csv", *rows, header=HEADER + ",note")], tmp_path / "store", keep=["note"])
    assert done.total("accepted") == 20
    kept = current(tmp_path / "store", "dossier_code, extra->>'note'")
    assert sorted(kept) == sorted((f"D{n}", f'a, "b"\nc {n}') for n in range(20))


def test_units_and_procedures_are_checked_where_a_catalogue_was_ingested(tmp_path: Path) -> None:
    store = tmp_path / "store"
    dossiers = write(
        tmp_path / "d.csv",
        GOOD,
        GOOD.replace("D1", "D2").replace("U1", "U9"),
        GOOD.replace("D1", "D3").replace("P1", "P9"),
    )
    ingest([write(tmp_path / "u.csv", "U1,Unit", header="unit_code,name")], store)
    ingest(
        [
            write(
                tmp_path / "p.csv",
                "P1,Procedure,full,5,,L1",
                header="procedure_code,name,service,legal_days,legal_hours,field_code",
            )
        ],
        store,
    )
    done = ingest([dossiers], store)
    assert done.rejected_by_code == {"DOS023": 1, "DOS024": 1}
    # The catalogue is completed, and the very same file is ingested again: only what was missing comes in.
    ingest([write(tmp_path / "u2.csv", "U9,Other", header="unit_code,name")], store)
    again = ingest([dossiers], store)
    assert (again.total("accepted"), again.total("duplicate"), again.total("rejected")) == (1, 1, 1)


def test_odd_rows_are_flagged_and_accepted(tmp_path: Path) -> None:
    rows = (
        "H29.11-230510-0001,U1,P1,online,2023-05-10 08:00:00,2023-05-12,2023-05-11 09:30:00,granted,,3,4",
        "D000001,U1,P1,online,2023-05-13 23:00:00,2023-05-15,,open,,3,4",
    )
    done = ingest([write(tmp_path / "d.csv", *rows)], tmp_path / "store")
    assert done.total("accepted") == 2
    assert current(tmp_path / "store", "dossier_code, flags") == [("D000001", 1 | 2 | 4), ("H29.11-230510-0001", 0)]
    assert {finding.code: finding.found for finding in done.findings} == {"DOS101": "1", "DOS102": "1", "DOS103": "1"}


def test_other_columns_are_dropped_at_the_door(tmp_path: Path) -> None:
    file = write(tmp_path / "d.csv", f"{GOOD},Nguyễn Văn A,0912345678", header=HEADER + ",applicant,phone")
    done = ingest([file], tmp_path / "store")
    assert {finding.found for finding in done.findings if finding.code == "DOS033"} == {"applicant, phone"}
    stored = b"".join(path.read_bytes() for path in (tmp_path / "store").rglob("*.parquet"))
    assert "Nguyễn".encode() not in stored
    assert current(tmp_path / "store", "extra") == [(None,)]


def test_pseudonyms_replace_codes_and_still_meet(tmp_path: Path) -> None:
    store, key = tmp_path / "store", b"k" * 32
    later = GOOD.replace("granted", "refused").replace("2023-05-11", "2023-05-12")
    ingest([write(tmp_path / "1.csv", GOOD)], store, pseudonym_key=key)
    ingest([write(tmp_path / "2.csv", later)], store, pseudonym_key=key)
    ((code, outcome),) = current(store, "dossier_code, outcome")
    assert (len(str(code)), outcome) == (32, "refused")
    assert b"D1" not in b"".join(path.read_bytes() for path in store.rglob("*.parquet"))


@pytest.mark.parametrize(
    ("header", "row", "table"),
    [
        ("dossier_code,at,kind,unit_code", "D1,2023-05-10 09:00,Supplement_Requested,U1", "events"),
        (
            "procedure_code,name,field_code,level,legal_days,legal_hours,service",
            "P1,Name,F,commune,5,,full",
            "procedures",
        ),
        ("unit,name_vi,level,parent", "U1,Name,commune,U0", "units"),
        ("unit_code,period_from,period_to,fact,value", 'U1,01/01/2023,31/12/2023,complaints,"3,0"', "agency_facts"),
        ("day,kind,name", "2023-01-22,holiday,Tết", "calendar"),
        (
            "Mã hồ sơ,Mã đơn vị,Mã thủ tục,Kênh tiếp nhận,Ngày tiếp nhận,Ngày hẹn trả",
            "D1,U1,P1,counter,1/2/2023,3/2/2023",
            "dossiers",
        ),
    ],
)
def test_the_table_is_guessed_from_the_header(tmp_path: Path, header: str, row: str, table: str) -> None:
    done = ingest([write(tmp_path / "x.csv", row, header=header)], tmp_path / "store")
    assert ([batch.table for batch in done.batches], done.total("accepted")) == ([table], 1)
    assert Store.open(tmp_path / "store").rows(table) == 1


def test_a_fact_that_no_article_asks_for_is_rejected(tmp_path: Path) -> None:
    header = "unit_code,period_from,period_to,fact,value"
    facts = ("U1,2023-01-01,2023-12-31,complaints,3", "U1,2023-01-01,2023-12-31,complains,3")
    done = ingest([write(tmp_path / "f.csv", *facts, header=header)], tmp_path / "store")
    (reject,) = read_rejects(tmp_path / "store" / done.batches[0].rejects)
    assert (reject["row"], reject["column"], reject["code"]) == ("3", "fact", "DOS015")
    assert current(tmp_path / "store", "fact", "agency_facts") == [("complaints",)]


def test_a_fact_whose_period_ends_before_it_begins_is_rejected(tmp_path: Path) -> None:
    header = "unit_code,period_from,period_to,fact,value"
    facts = (
        "U1,2023-01-01,2023-12-31,complaints,3",
        "U1,2023-12-31,2023-01-01,complaints,4",
        "U1,2023-06-01,2023-06-01,complaints,5",
    )
    done = ingest([write(tmp_path / "f.csv", *facts, header=header)], tmp_path / "store")
    (reject,) = read_rejects(tmp_path / "store" / done.batches[0].rejects)
    assert (reject["row"], reject["column"], reject["code"], reject["found"]) == (
        "3",
        "period_to",
        "DOS026",
        "2023-01-01",
    )
    assert current(tmp_path / "store", "value", "agency_facts") == [(3.0,), (5.0,)]


def test_a_share_given_as_a_percentage_and_a_count_below_zero_are_rejected(tmp_path: Path) -> None:
    header = "unit_code,period_from,period_to,fact,value"
    facts = [
        f"U1,2023-0{month}-01,2023-0{month}-28,{fact}"
        for month, fact in enumerate(
            (
                "feedback_satisfied_share,85",
                "feedback_satisfied_share,0.85",
                "feedback_satisfied_share,1",
                "complaints,-1",
                "complaints,12",
            ),
            start=1,
        )
    ]
    done = ingest([write(tmp_path / "f.csv", *facts, header=header)], tmp_path / "store")
    rejects = read_rejects(tmp_path / "store" / done.batches[0].rejects)
    found = [(reject["row"], reject["column"], reject["code"], reject["found"]) for reject in rejects]
    assert found == [("2", "value", "DOS041", "85"), ("5", "value", "DOS041", "-1")]
    assert current(tmp_path / "store", "value", "agency_facts") == [(0.85,), (1.0,), (12.0,)]


CALENDAR = "day,kind,unit_code,opens,noon_closes,noon_opens,closes"


@pytest.mark.parametrize(
    ("times", "column", "code"),
    [
        ("abc,11:30,13:00,17:00", "opens", "DOS027"),
        ("07:30,11:30,13:00,25:00", "closes", "DOS027"),
        ("07:30,11:75,13:00,17:00", "noon_closes", "DOS027"),
        ("7h30,11:30,13:00,17:00", "opens", "DOS027"),
        ("07:30,11:30,,17:00", "noon_opens", "DOS011"),
        ("17:00,11:30,13:00,07:30", "noon_closes", "DOS028"),
        ("07:30,13:00,11:30,17:00", "noon_opens", "DOS028"),
        ("07:30,11:30,13:00,12:00", "closes", "DOS028"),
        ("07:30,07:30,07:30,07:30", "closes", "DOS028"),
    ],
)
def test_hours_that_are_no_hours_are_rejected(tmp_path: Path, times: str, column: str, code: str) -> None:
    rows = ("2023-01-01,hours,,7:30,11:30,13:00:00,17:00", f"2023-03-01,hours,U1,{times}")
    done = ingest([write(tmp_path / "c.csv", *rows, header=CALENDAR)], tmp_path / "store")
    (reject,) = read_rejects(tmp_path / "store" / done.batches[0].rejects)
    assert (reject["row"], reject["column"], reject["code"]) == ("3", column, code)
    assert done.total("accepted") == 1


def test_what_is_accepted_as_hours_is_what_the_clock_reads(tmp_path: Path) -> None:
    rows = (
        "2023-01-01,hours,,7:30,11:30,13:00:00,17:00",
        "2023-01-01,hours,U1,08:00,12:00,12:00,16:00",
        "2023-01-22,holiday,,,,,",
    )
    done = ingest([write(tmp_path / "c.csv", *rows, header=CALENDAR)], tmp_path / "store")
    assert (done.total("accepted"), done.total("rejected")) == (3, 0)
    catalogues = read_catalogues(Store.open(tmp_path / "store"))
    days = [catalogues.working_calendar(2023, 2023, unit).hours[:, 2] for unit in ("", "U1")]
    assert [(day / 3600).tolist() for day in days] == [[7.5, 11.5, 13.0, 17.0], [8.0, 12.0, 12.0, 16.0]]


@pytest.mark.parametrize(
    ("header", "row", "keep", "named"),
    [
        (HEADER + ",unit_code", GOOD + ",U2", (), "unit_code"),
        (HEADER + ", Unit_Code", GOOD + ",U2", (), "unit_code"),
        (HEADER + ",note,note", GOOD + ",a,b", ("note",), "note"),
    ],
)
def test_a_header_that_names_a_column_twice_is_refused_by_its_name(
    tmp_path: Path, header: str, row: str, keep: tuple[str, ...], named: str
) -> None:
    with pytest.raises(Refused) as refused:
        ingest([write(tmp_path / "d.csv", row, header=header)], tmp_path / "store", keep=keep)
    ((code, found),) = [(finding.code, finding.found) for finding in refused.value.findings]
    assert (code, found.split(", ")[0]) == ("DOS211", named)
    assert not (tmp_path / "store").exists()


def test_columns_that_are_dropped_may_have_one_name(tmp_path: Path) -> None:
    done = ingest([write(tmp_path / "d.csv", GOOD + ",a,b", header=HEADER + ",note,note")], tmp_path / "store")
    assert done.total("accepted") == 1


def test_a_unit_that_ends_before_it_begins_is_rejected(tmp_path: Path) -> None:
    header = "unit_code,name,valid_from,valid_to"
    file = write(
        tmp_path / "u.csv",
        "U1,A,2020-01-01,2019-12-31",
        "U2,B,2020-01-01,",
        "U3,C,2020-01-01,2020-01-01",
        header=header,
    )
    done = ingest([file], tmp_path / "store")
    (reject,) = read_rejects(tmp_path / "store" / done.batches[0].rejects)
    assert (reject["row"], reject["column"], reject["code"]) == ("2", "valid_to", "DOS026")
    assert current(tmp_path / "store", "unit_code", "units") == [("U2",), ("U3",)]


def test_a_second_column_for_the_same_thing_is_named_and_the_schema_s_own_name_wins(tmp_path: Path) -> None:
    header = HEADER.replace("due_at", "hạn trả,due_at")
    row = GOOD.replace("2023-05-12 17:00:00", "2023-05-13 17:00:00,2023-05-12 17:00:00")
    done = ingest([write(tmp_path / "d.csv", row, header=header)], tmp_path / "store")
    (finding,) = [finding for finding in done.findings if finding.code == "DOS036"]
    assert (finding.found, finding.severity) == ("hạn trả", "warning")
    assert not any(finding.code == "DOS033" for finding in done.findings)
    assert current(tmp_path / "store", "due_at") == [(datetime(2023, 5, 12, 17),)]


@pytest.mark.parametrize("hours", [("25:99", "11:30", "13:00", "17:00"), ("07:30", "11:30", "13:00", "07:00")])
def test_impossible_hours_of_an_older_store_are_a_finding_of_its_report(
    tmp_path: Path, hours: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    """Ingest turns such hours away now; a store made before may hold them."""
    store = tmp_path / "store"
    good = "2023-01-01,hours,,07:30,11:30,13:00,17:00"
    ingest([write(tmp_path / "d.csv", GOOD)], store)
    header = "day,kind,unit_code,opens,noon_closes,noon_opens,closes"
    ingest([write(tmp_path / "c.csv", good, header=header)], store, table="calendar")
    (file,) = Store.open(store).files("calendar")
    opens, noon_closes, noon_opens, closes = hours
    changed = f"'{opens}' AS opens, '{noon_closes}' AS noon_closes, '{noon_opens}' AS noon_opens, '{closes}' AS closes"
    rows = duckdb.sql(f"SELECT * REPLACE ({changed}) FROM read_parquet('{file}')").to_arrow_table()
    pq.write_table(rows, file)
    assert run(["dossiers", "report", "--store", str(store), "--year", "2023", "--out", str(tmp_path / "r")]) == 3
    assert "DOS310" in (said := capsys.readouterr().err)
    assert hours[0] in said
    assert not (tmp_path / "r").exists()

"""`dossiers report` on generated dossiers gives the counts they were made with, in every form of it."""

from __future__ import annotations

import csv
import errno
import html
import json
import re
import shutil
import zipfile
from pathlib import Path

import duckdb
import openpyxl
import pytest

from thangdo.cli.entry import run
from thangdo.dossiers import Store


@pytest.fixture(scope="module")
def out(store: Path) -> Path:
    folder = store.parent / "report"
    assert run(["dossiers", "report", "--store", str(store), "--year", "2023", "--out", str(folder)]) == 0
    return folder


def test_the_summary_equals_the_generators_truth(store: Path, out: Path) -> None:
    truth = json.loads((store.parent / "made" / "truth.json").read_text())
    summary = json.loads((out / "summary.json").read_text())
    assert {name: summary[name] for name in truth["counts"]} == truth["counts"]
    before = {f"previous_{name}": count for name, count in truth["previous_counts"].items()}
    assert {name: summary[name] for name in before} == before
    assert summary["received"] == summary["resolved"] + summary["in_process"]
    assert summary["overdue_with_apology"] == summary["overdue"]


def test_form_06_is_laid_out_as_the_form_and_adds_up(out: Path) -> None:
    """Form 06/VPCP/KSTT of Thông tư 01/2020/TT-VPCP: 13 columns, 3 = 4+5+6 = 7+11, 7 = 8+9+10, 11 = 12+13."""
    sheet = openpyxl.load_workbook(out / "form06.xlsx")["06"]
    assert sheet["A2"].value == "Biểu số 06/VPCP/KSTT"
    numbers = [str(cell.value).split("=")[0] for cell in sheet[9][:13]]
    assert numbers == [f"({place})" for place in range(1, 14)]
    summary = json.loads((out / "summary.json").read_text())
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=10, max_col=13)]
    for row in rows:
        c3, c4, c5, c6, c7, c8, c9, c10, c11, c12, c13 = row[2:13]
        assert c3 == c4 + c5 + c6 == c7 + c11 and c7 == c8 + c9 + c10 and c11 == c12 + c13, row
    total = rows[-1]
    assert total[1] == "Tổng cộng"
    assert (total[2], total[6], total[9], total[12]) == (
        summary["received"],
        summary["resolved"],
        summary["overdue"],
        summary["open_overdue"],
    )
    levels = [row for row in rows[:-1] if re.fullmatch("[IVX]+", str(row[0]))]
    assert [sum(row[place] for row in levels) for place in range(2, 13)] == total[2:]


def test_equal_reports_are_equal_files(store: Path, out: Path, tmp_path: Path) -> None:
    again = tmp_path / "again"
    assert run(["dossiers", "report", "--store", str(store), "--year", "2023", "--out", str(again)]) == 0
    with zipfile.ZipFile(out / "form06.xlsx") as one, zipfile.ZipFile(again / "form06.xlsx") as other:
        assert {name: one.read(name) for name in one.namelist()} == {
            name: other.read(name) for name in other.namelist()
        }
    assert (out / "report.html").read_bytes() == (again / "report.html").read_bytes()


def test_the_page_says_the_finding_marks_the_data_and_needs_no_script(out: Path) -> None:
    text = (out / "report.html").read_text(encoding="utf-8")
    summary = json.loads((out / "summary.json").read_text())
    share = f"{summary['on_time_share'] * 100:.2f}".replace(".", ",")
    assert f"<h1>Năm 2023: {share}\u00a0% hồ sơ được giải quyết trước và đúng hạn</h1>" in text
    assert (
        "số liệu minh họa" in text
        and "<script" not in text
        and "http://" not in text.replace("http://www.w3.org/2000/svg", "")
    )
    assert text.count("<figure") == 2 and 'class="heat"' in text
    for name in re.findall(r'href="([^"]+)"', text):
        assert (out / name).is_file()


def test_the_page_speaks_english_too(store: Path, tmp_path: Path) -> None:
    line = ["--lang", "en", "dossiers", "report", "--store", str(store), "--year", "2023", "--out", str(tmp_path / "r")]
    assert run(line) == 0
    text = (tmp_path / "r" / "report.html").read_text(encoding="utf-8")
    assert '<html lang="en">' in text and "illustrative data" in text and "early or on time" in text


def test_a_filter_is_said_on_the_page_and_a_year_without_dossiers_is_no_failure(store: Path, tmp_path: Path) -> None:
    base = ["dossiers", "report", "--store", str(store)]
    assert run([*base, "--year", "2023", "--where", "channel=online", "--out", str(tmp_path / "online")]) == 0
    assert "chỉ gồm: kênh tiếp nhận: trực tuyến" in (tmp_path / "online" / "report.html").read_text(encoding="utf-8")
    online = json.loads((tmp_path / "online" / "summary.json").read_text())
    assert online["online_dossiers"] == online["received_in_period"]
    assert run([*base, "--year", "2031", "--out", str(tmp_path / "empty")]) == 0
    assert "chưa có hồ sơ nào được giải quyết" in (tmp_path / "empty" / "report.html").read_text(encoding="utf-8")


def test_the_page_lies_in_both_languages_under_the_names_a_published_report_is_read_by(out: Path) -> None:
    pages = {name: (out / name).read_text(encoding="utf-8") for name in ("report.html", "report.en.html")}
    assert '<html lang="vi">' in pages["report.html"]
    assert '<html lang="en">' in pages["report.en.html"]
    assert "early or on time" in pages["report.en.html"]
    assert '<a href="report.en.html" lang="en" hreflang="en">English</a>' in pages["report.html"]
    assert '<a href="report.html" lang="vi" hreflang="vi">Tiếng Việt</a>' in pages["report.en.html"]


def test_values_of_a_filter_and_of_headings_are_said_by_name(store: Path, tmp_path: Path) -> None:
    opened = duckdb.connect().execute(
        f"SELECT procedure_code, name FROM ({Store.open(store).relation('procedures').sql()}) "
        "WHERE name IS NOT NULL ORDER BY procedure_code LIMIT 1"
    )
    code, name = opened.fetchone() or ("", "")
    line = ["dossiers", "report", "--store", str(store), "--year", "2023", "--by", "level,channel"]
    where = ["--where", f"procedure={code}", "--where", "level=so_nganh,dia_phuong"]
    assert run([*line, *where, "--out", str(tmp_path / "r")]) == 0
    text = (tmp_path / "r" / "report.html").read_text(encoding="utf-8")
    assert html.escape(name, quote=False) in text
    assert "Cấp sở, ngành, Cấp huyện" in text
    assert "so_nganh" not in text
    book = openpyxl.load_workbook(tmp_path / "r" / "form06.xlsx", read_only=True)
    cells = {str(cell) for row in book.worksheets[0].iter_rows(values_only=True) for cell in row}
    assert not any("so_nganh" in cell or "counter" in cell for cell in cells)


def test_a_slip_in_a_filter_is_said_with_what_there_is_instead(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    base = ["dossiers", "report", "--store", str(store), "--year", "2023", "--out", str(tmp_path / "r")]
    assert run([*base, "--where", "level=phuong_xa,phuongxa", "--where", "channel=onlin"]) == 0
    said = capsys.readouterr().err
    assert "“level=phuongxa”" in said and "“level=phuong_xa”" not in said
    assert run(["--lang", "en", *base, "--where", "unit=Z29.Q99"]) == 0
    said = capsys.readouterr().err
    assert "“unit=Z29.Q99”" in said and "Z29.Q1" in said.split("for instance:")[1]
    assert run([*base, "--where", "level=phuong_xa", "--where", "channel=online"]) == 0
    assert "DOS312" not in capsys.readouterr().err
    assert run([*base, "--where", "level"]) == 2
    assert "level: ghi CHIỀU=GIÁ TRỊ" in capsys.readouterr().err


def test_data_are_marked_illustrative_where_asked_for_and_only_there(store: Path, tmp_path: Path) -> None:
    """A store whose units do not call themselves illustrative."""
    header = "dossier_code,unit_code,procedure_code,channel,received_at,due_at,finished_at\n"
    row = "H29.1-230102-0001,H29.1,1.000001,counter,2023-01-02 09:00,2023-01-09,2023-01-05 10:00\n"
    (tmp_path / "one.csv").write_text(header + row, encoding="utf-8")
    assert run(["dossiers", "ingest", str(tmp_path / "one.csv"), "--store", str(tmp_path / "s")]) == 0
    base = ["dossiers", "report", "--store", str(tmp_path / "s"), "--year", "2023"]
    for flag, times in (((), 0), (("--illustrative",), 3)):
        out = tmp_path / f"r{times}"
        assert run([*base, *flag, "--out", str(out)]) == 0
        # The line below the title, and the source of each picture.
        assert (out / "report.html").read_text(encoding="utf-8").count("số liệu minh họa") >= times
        assert ("số liệu minh họa" in (out / "report.html").read_text(encoding="utf-8")) is bool(flag)
        cells = [str(cell.value) for row in openpyxl.load_workbook(out / "form06.xlsx")["06"]["A1:M9"] for cell in row]
        assert ("số liệu minh họa" in cells) is bool(flag)


def test_a_first_year_is_not_compared_with_what_was_carried_over_from_the_year_before(
    store: Path, out: Path, tmp_path: Path
) -> None:
    files = [str(store.parent / "made" / f"{name}.csv") for name in ("units", "procedures", "dossiers")]
    assert run(["dossiers", "ingest", *files, "--store", str(tmp_path / "s")]) == 0
    line = ["dossiers", "report", "--store", str(tmp_path / "s"), "--year", "2023", "--out", str(tmp_path / "r")]
    assert run(line) == 0
    summary = json.loads((tmp_path / "r" / "summary.json").read_text())
    assert summary["previous_resolved"] == 0 < summary["previous_in_process"] == summary["carried_over"]
    pages = [(folder / "report.html").read_text(encoding="utf-8") for folder in (tmp_path / "r", out)]
    assert ["so với năm 2022." in page for page in pages] == [False, True]
    rows = [re.search(r"Hồ sơ đã giải quyết</th>(.*?)</tr>", page) for page in pages]
    assert [row is not None and row[1].count("<td>") for row in rows] == [1, 3]
    assert ["2022" in page for page in pages] == [False, True]


def test_the_page_judges_by_three_due_dates_however_the_table_is_split(store: Path, out: Path, tmp_path: Path) -> None:
    line = ["dossiers", "report", "--store", str(store), "--year", "2023", "--by", "unit,month"]
    assert run([*line, "--out", str(tmp_path / "r")]) == 0
    summary = json.loads((out / "summary.json").read_text())
    with (out / "on_time.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    for folder in (out, tmp_path / "r"):
        text = (folder / "report.html").read_text(encoding="utf-8")
        for basis, name in (("recorded", "Hạn ghi trong hồ sơ"), ("recomputed", "Hạn theo luật")):
            found = re.search(f"{name}</th><td>([0-9.]+)</td><td>([0-9.]+)</td>", text)
            assert found is not None, basis
            own = [row for row in rows if row["basis"] == basis]
            sums = tuple(sum(int(row[column]) for row in own) for column in ("resolved", "overdue"))
            assert tuple(int(text.replace(".", "")) for text in found.groups()) == sums
            assert basis != "recorded" or sums == (summary["resolved"], summary["overdue"])


def test_the_head_of_the_forms_rows_says_what_they_are(store: Path, tmp_path: Path) -> None:
    for by, head in (("unit,month", "Đơn vị · Tháng"), ("field,level", "Lĩnh vực giải quyết")):
        line = ["dossiers", "report", "--store", str(store), "--year", "2023", "--by", by, "--out", str(tmp_path / by)]
        assert run(line) == 0
        assert openpyxl.load_workbook(tmp_path / by / "form06.xlsx")["06"]["B6"].value == head


def test_a_filter_that_leaves_no_procedures_leaves_none_of_them_not_an_unknown_number(
    store: Path, tmp_path: Path
) -> None:
    line = ["dossiers", "report", "--store", str(store), "--year", "2023", "--where", "field=nowhere"]
    assert run([*line, "--out", str(tmp_path / "r")]) == 0
    found = json.loads((tmp_path / "r" / "summary.json").read_text())
    names = ("procedures_total", "procedures_online", "procedures_full", "procedures_partial")
    assert [found[name] for name in names] == [0, 0, 0, 0]
    assert [found[f"previous_{name}"] for name in names] == [None] * 4


def test_figures_published_earlier_are_set_against_what_is_known_now(store: Path, out: Path, tmp_path: Path) -> None:
    """A press release of January, kept by hand: two figures differ, one agrees, the rest is no figure of ours."""
    now = json.loads((out / "summary.json").read_text())
    published = {
        "received": now["received"] - 12,
        "resolved": now["resolved"],
        "overdue": 3,
        "on_time_share": 0.75,
        "online_dossiers": None,
        "in_process": "1.234",
        "satisfied": 91,
    }
    file = tmp_path / "january.json"
    file.write_text(json.dumps(published), encoding="utf-8")
    line = ["dossiers", "report", "--store", str(store), "--year", "2023", "--published", str(file)]
    assert run([*line, "--out", str(tmp_path / "r")]) == 0
    with (tmp_path / "r" / "differences.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert list(rows[0]) == ["figure", "published", "now", "difference"]
    # Those that changed stand first, in the order of the summary; what only one side has is no difference.
    assert [row["figure"] for row in rows] == [
        *(name for name in now if name in ("received", "overdue", "on_time_share")),
        "resolved",
    ]
    found = {row["figure"]: tuple(float(row[name]) for name in ("published", "now", "difference")) for row in rows}
    assert found["received"] == (now["received"] - 12, now["received"], 12)
    assert found["overdue"] == (3, now["overdue"], now["overdue"] - 3)
    assert found["resolved"] == (now["resolved"], now["resolved"], 0)
    assert found["on_time_share"] == pytest.approx((0.75, now["on_time_share"], now["on_time_share"] - 0.75))
    assert json.loads((tmp_path / "r" / "summary.json").read_text()) == now


def test_a_published_file_that_holds_no_figures_is_refused_before_anything_is_written(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, text in (("cut.json", '{"received": 12'), ("list.json", "[1, 2]")):
        (tmp_path / name).write_text(text, encoding="utf-8")
        line = ["dossiers", "report", "--store", str(store), "--year", "2023", "--published", str(tmp_path / name)]
        assert run([*line, "--out", str(tmp_path / "r")]) == 3
        assert "DOS204" in capsys.readouterr().err
        assert not (tmp_path / "r").exists()


def test_the_total_of_form_06_by_month_is_the_years_not_the_sum_of_twelve_carried_over(
    store: Path, tmp_path: Path
) -> None:
    line = ["dossiers", "report", "--store", str(store), "--year", "2023", "--by", "unit,month"]
    assert run([*line, "--out", str(tmp_path / "r")]) == 0
    summary = json.loads((tmp_path / "r" / "summary.json").read_text())
    sheet = openpyxl.load_workbook(tmp_path / "r" / "form06.xlsx")["06"]
    total = next(row for row in sheet.iter_rows(values_only=True) if row[1] == "Tổng cộng")
    wanted = ("received", "carried_over", "resolved", "in_process", "open_overdue")
    assert [total[place] for place in (2, 5, 6, 10, 12)] == [summary[name] for name in wanted]
    rows = [row for row in sheet.iter_rows(min_row=10, values_only=True) if str(row[0] or "").isdigit()]
    # The very sums that were once printed as the total: every month carries over what the last left open.
    assert sum(row[5] for row in rows) > summary["carried_over"]


@pytest.mark.parametrize("fault", ["write_tables", "write_form06"])
def test_a_report_that_cannot_be_written_is_told_and_leaves_the_folder_as_it_was(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    room = {"write_tables": "thangdo.dossiers.report_files", "write_form06": "thangdo.reporting.dossier_workbook"}
    monkeypatch.setattr(f"{room[fault]}.{fault}", full)
    (tmp_path / "r").mkdir()
    (tmp_path / "r" / "summary.json").write_text("{}", encoding="utf-8")
    line = ["dossiers", "report", "--store", str(store), "--year", "2023", "--out", str(tmp_path / "r")]
    assert run(line) == 3
    said = capsys.readouterr().err
    assert "DOS311" in said and f"{tmp_path / 'r'}: đĩa đã đầy\n" in said
    assert [(path.name, path.read_text()) for path in (tmp_path / "r").iterdir()] == [("summary.json", "{}")]
    assert [path.name for path in tmp_path.iterdir()] == ["r"]


@pytest.mark.parametrize(("language", "said"), [("vi", "Không đọc hoặc ghi được"), ("en", "Cannot read or write")])
def test_a_folder_that_cannot_be_made_is_told_in_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], language: str, said: str
) -> None:
    (tmp_path / "file").write_text("")
    line = ["--lang", language, "dossiers", "generate", "--rows", "10", "--out", str(tmp_path / "file" / "below")]
    assert run(line) == 3
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("line", [("--where", "unit=Z29.NOBODY"), ("--as-of", "2001-01-01")])
def test_a_report_about_nothing_says_so(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], line: tuple[str, str]
) -> None:
    asked = ["dossiers", "report", "--store", str(store), "--year", "2023", "--out", str(tmp_path / "r"), "--json"]
    assert run([*asked, *line]) == 0
    said = capsys.readouterr()
    assert "DOS313" in said.err
    assert str(Store.open(store).as_of) in said.err
    assert json.loads(said.out)["received"] == 0
    assert run(asked) == 0
    assert "DOS313" not in capsys.readouterr().err


def test_the_processes_of_a_distributed_engine_are_named(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from thangdo.dossiers.engines.duckdb_engine import DuckdbEngine

    line = ["dossiers", "report", "--store", str(store), "--year", "2023", "--out", str(tmp_path / "r")]
    assert run(line) == 0
    assert "Tiến trình" not in capsys.readouterr().err
    monkeypatch.setattr(DuckdbEngine, "executors", (("11", "a/10.0.0.1"), ("12", "b/10.0.0.2")), raising=False)
    assert run(line) == 0
    assert "Tiến trình tính toán: 11 @ a/10.0.0.1, 12 @ b/10.0.0.2" in capsys.readouterr().err


@pytest.mark.parametrize("content", [None, b"", b"PAR1 cut off"])
def test_a_store_of_which_a_file_is_missing_or_cut_off_is_refused_by_name(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes | None
) -> None:
    damaged = tmp_path / "store"
    shutil.copytree(store, damaged)
    victim = sorted(damaged.glob("dossiers/*/*.parquet"))[2]
    victim.unlink()
    if content is not None:
        victim.write_bytes(content)
    line = ["dossiers", "report", "--store", str(damaged), "--year", "2023", "--out", str(tmp_path / "r")]
    assert run(line) == 3
    said = capsys.readouterr().err
    assert "DOS214" in said and victim.relative_to(damaged).as_posix() in said
    assert not (tmp_path / "r").exists()
    # Nor is anything taken into it: what is left must not be mistaken for the whole.
    before = {path: path.read_bytes() for path in damaged.rglob("*") if path.is_file()}
    assert run(["dossiers", "ingest", str(store.parent / "made" / "units.csv"), "--store", str(damaged)]) == 3
    assert "DOS214" in capsys.readouterr().err
    assert before == {path: path.read_bytes() for path in damaged.rglob("*") if path.is_file()}


def test_months_of_which_nothing_is_known_are_not_drawn_as_zeros(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    header = "Mã hồ sơ,Mã đơn vị,Mã thủ tục,Kênh tiếp nhận,Ngày tiếp nhận,Ngày hẹn trả,Ngày trả"
    rows = [f"{code},U1,P1,Trực tiếp,04/05/2023,11/05/2023,10/05/2023" for code in "AC"]
    rows += ["B,U1,P1,Trực tiếp,05/06/2023,12/07/2023,"]
    (tmp_path / "d.csv").write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    assert run(["dossiers", "ingest", str(tmp_path / "d.csv"), "--store", str(tmp_path / "s")]) == 0
    line = ["dossiers", "report", "--store", str(tmp_path / "s"), "--year", "2023", "--out", str(tmp_path / "r")]
    assert run(line) == 0
    said = capsys.readouterr().err
    assert "DOS315: Số liệu mới có đến 05/06/2023, kỳ báo cáo kết thúc 31/12/2023" in said
    shown = (tmp_path / "r" / "report.html").read_text(encoding="utf-8")
    assert "Tiếp nhận nhiều nhất trong tháng 5 (2 hồ sơ), ít nhất trong tháng 6 (1)" in shown
    assert ("T6" in shown, "T7" in shown) == (True, False)
    assert run([*line, "--where", "month=2023-05"]) == 0
    assert "DOS315" not in capsys.readouterr().err

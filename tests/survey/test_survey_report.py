"""The report: the same numbers on page, PDF and sheets; small units hidden; tied groups; change with its test."""

from __future__ import annotations

import csv
import re
import subprocess
from pathlib import Path

import numpy as np
import openpyxl
import pytest
import yaml

from thangdo.cli.entry import run
from thangdo.findings import Gathered
from thangdo.reporting.survey_pictures import PAPER, SCREEN, Dots, interval_dots, sheets, tidy_bounds
from thangdo.reporting.survey_report import Interval
from thangdo.survey.estimation_battery import battery_of
from thangdo.survey.estimation_changes import difference, holm
from thangdo.survey.estimation_columns import columns_of
from thangdo.survey.estimation_indicators import indicators

BATTERY = """\
title: SIPAS
year: 2023
illustrative: true
factors: {tiep_can: [q1, q2], ket_qua: [q3]}
names: {tiep_can: {vi: Tiếp cận dịch vụ, en: Access}, ket_qua: {vi: Kết quả, en: Results}, U1: "Sở <Một> #1"}
"""


def survey(path: Path, seed: int, lift: float) -> Path:
    stream = np.random.default_rng(seed)
    with path.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(["unit", "s", "psu", "w", "q1", "q2", "q3"])
        for row in range(900):
            unit = "U5" if row < 6 else "U4" if row < 26 else f"U{1 + row % 3}"
            centre = {"U1": 4.6, "U2": 4.0}.get(unit, 3.0) + lift
            marks = [int(np.clip(np.rint(stream.normal(centre, 1)), 1, 5)) for _ in range(3)]
            writer.writerow([unit, f"T{row % 2}", row % 60, 3 + row % 5, *marks])
    return path


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("reports")
    now, last = survey(folder / "now.csv", 1, 0.3), survey(folder / "last.csv", 2, 0.0)
    (folder / "design.yaml").write_text("weights: w\nstrata: s\nclusters: psu\nnest: true\n", encoding="utf-8")
    (folder / "battery.yaml").write_text(BATTERY, encoding="utf-8")
    for tongue in ("vi", "en"):
        arguments = [
            "survey", "report", str(now), "--design", str(folder / "design.yaml"), "--battery",
            str(folder / "battery.yaml"), "--last-data", str(last), "--out", str(folder / tongue), "--lang", tongue,
        ]  # fmt: skip
        assert run(arguments) == 0
    return {tongue: folder / tongue for tongue in ("vi", "en")}


@pytest.mark.parametrize(("tongue", "words"), [("vi", "người được hỏi hài lòng"), ("en", "of people are satisfied")])
def test_the_first_line_is_the_finding(reports: dict[str, Path], tongue: str, words: str) -> None:
    page = (reports[tongue] / "report.html").read_text(encoding="utf-8")
    assert words in page.partition("<h1>")[2].partition("</h1>")[0]
    assert "Sở &lt;Một&gt; #1" in page
    assert 'lang="' + tongue in page


def test_the_page_lies_in_both_languages_and_each_leads_to_the_other(reports: dict[str, Path]) -> None:
    for tongue, other, name in (("vi", "en", "English"), ("en", "vi", "Tiếng Việt")):
        own, beside = (reports[tongue] / file for file in ("report.html", f"report.{other}.html"))
        assert f'<html lang="{other}">' in beside.read_text(encoding="utf-8")
        # What is computed is the same, whichever language was asked for first.
        again = (reports[other] / "report.html").read_text(encoding="utf-8")
        assert beside.read_text(encoding="utf-8").replace("report.html", f"report.{tongue}.html") == again
        assert f'href="{beside.name}" lang="{other}" hreflang="{other}">{name}</a>' in own.read_text(encoding="utf-8")
        assert f'href="report.html" lang="{tongue}"' in beside.read_text(encoding="utf-8")


def test_small_units_are_hidden_and_not_ranked_ones_said(reports: dict[str, Path]) -> None:
    page = (reports["vi"] / "report.html").read_text(encoding="utf-8")
    section = page.partition("Đơn vị, khoảng tin cậy")[2].partition("</section>")[0]
    rows = section.rpartition('<tbody role="rowgroup">')[2].split("<tr")
    # U5 has 6 answers; hiding it alone would give it away, so the next smallest, U4 with 20, goes too.
    assert sum("dưới mức tối thiểu" in row for row in rows) == 2
    assert "U1" not in page


def test_pdf_and_sheets_print_the_numbers_of_the_page(reports: dict[str, Path]) -> None:
    page = (reports["vi"] / "report.html").read_text(encoding="utf-8")
    headline = page.partition("<h1>")[2].partition("</h1>")[0]
    text = subprocess.run(
        ["pdftotext", "-layout", str(reports["vi"] / "report.pdf"), "-"], capture_output=True, text=True, check=True
    ).stdout
    share = headline.split("\u00a0")[0].split(" ")[0]
    assert share in text
    assert "Sở <Một> #1" in text
    book = openpyxl.load_workbook(reports["vi"] / "report.xlsx", read_only=True)
    best = next(book.worksheets[0].iter_rows(min_row=5, max_row=5, values_only=True))
    assert best[0] == "Sở <Một> #1"
    assert f"{best[1]:.1f}".replace(".", ",") in page


def test_change_is_tested(reports: dict[str, Path]) -> None:
    page = (reports["en"] / "report.html").read_text(encoding="utf-8")
    assert "percentage points" in page
    assert "beyond sampling error" in page
    gap, low, high, p = difference(0.80, 0.010, 0.78, 0.010, 10_000, 0.95)
    assert gap == pytest.approx(0.02)
    assert low < 0 < high
    assert p == pytest.approx(0.1573, abs=2e-4)  # z = 1.414


def test_change_stands_factor_by_factor_with_holm_and_leaves_out_changed_questions(
    reports: dict[str, Path], tmp_path: Path
) -> None:
    assert holm([0.04, 0.01, 0.03]) == pytest.approx([0.06, 0.03, 0.06])
    section = (reports["vi"] / "report.html").read_text(encoding="utf-8").partition("Thay đổi so với lần trước")[2]
    rows = section.partition('<tbody role="rowgroup">')[2].partition("</tbody>")[0].split("<tr")[1:]
    assert [re.findall(r">([^<]+)</th>", row)[0] for row in rows] == ["Chỉ số chung", "Tiếp cận dịch vụ", "Kết quả"]
    page = report(reports, tmp_path, BATTERY + "changed: [q3]\n", "--last-data")
    section = page.partition("Change since the last survey")[2].partition("</section>")[0]
    assert "left out: q3" in section
    assert "Results" not in section


def test_areas_with_few_answers_have_a_model_estimate_marked_as_such(reports: dict[str, Path], tmp_path: Path) -> None:
    page = report(reports, tmp_path, BATTERY + "areas: {by: ward}\n")
    section = page.partition("<h2>Areas</h2>")[2].partition("</section>")[0]
    rows = [
        re.findall(r"<t[hd][^>]*>([^<]*)</t[hd]>", row)
        for row in section.rpartition('<tbody role="rowgroup">')[2].split("<tr")[1:]
    ]
    kinds = {row[0]: (row[3], row[4]) for row in rows}
    # Eight wards of more than 100 answers, four of 12, two of 6, whose number is not printed.
    assert [kinds[f"P{ward}"][0] for ward in (1, 8, 9, 12, 13, 14)] == ["direct"] * 2 + ["model"] * 4
    assert (kinds["P9"][1], kinds["P13"][1]) == ("12", "too few")
    assert "Fay–Herriot" in section
    assert 'class="plot-dot is-open"' in section
    book = openpyxl.load_workbook(tmp_path / "out" / "report.xlsx", read_only=True)
    sheet = {row[0]: row for row in book["Areas"].iter_rows(min_row=5, values_only=True)}
    assert sheet["P13"][5] == "model"
    assert sheet["P13"][6] is None


def test_too_few_answers_are_hidden_on_page_pdf_and_sheets(reports: dict[str, Path], tmp_path: Path) -> None:
    """Question q3 put to 5 people; stratum T9 with 4: neither number is anywhere, nor one that gives it away."""
    page = report(reports, tmp_path, BATTERY + "groups: room\n", keep_q3=5)
    assert "Not printed, too few answers: Results; q3." in page
    responses = page.partition("Answers received")[2].partition("</section>")[0]
    rows = [
        re.findall(r"<t[hd][^>]*>([^<]*)</t[hd]>", row)
        for row in responses.rpartition('<tbody role="rowgroup">')[2].split("<tr")[1:]
    ]
    assert [row[0] for row in rows if "below the minimum" in row[2]] == ["R2", "R3"]
    book = openpyxl.load_workbook(tmp_path / "out" / "report.xlsx", read_only=True)
    cells = [str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row]
    assert "q3" not in cells
    assert "Kết quả" not in cells


def test_a_survey_below_the_minimum_has_no_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "d.csv").write_text("w,q_1,q_2\n" + "1,4,5\n" * 9)
    (tmp_path / "d.yaml").write_text("weights: w\n")
    out = tmp_path / "out"
    assert (
        run(["survey", "report", str(tmp_path / "d.csv"), "--design", str(tmp_path / "d.yaml"), "--out", str(out)]) == 1
    )
    assert "SUR324" in capsys.readouterr().err
    assert not out.exists()


def test_pictures_on_paper_are_cut_between_rows_with_their_heading() -> None:
    group = Dots("Nhóm 1", tuple(Interval(f"Sở {k}", 0.8, 0.7, 0.9, 50) for k in range(12)))
    parts = sheets([group, Dots("Nhóm 2", group.rows[:2])], 300)
    assert sum(len(part.rows) for sheet in parts for part in sheet) == 14
    assert all(sheet[0].heading for sheet in parts)
    assert max(sum(34 + 46 * len(part.rows) for part in sheet) for sheet in parts) <= 300
    assert tidy_bounds([Interval("", 0.91, 0.905, 0.921, 9)]) == (90.0, 93.0, 1.0)


def test_words_stand_beside_their_row_on_paper_and_above_it_on_a_screen() -> None:
    rows = tuple(Interval(f"Sở {k}", 0.8, 0.7, 0.9, 50) for k in range(3))
    paper, screen = (interval_dots([Dots("", rows)], "t", "c", "vi", layout=layout).svg for layout in (PAPER, SCREEN))
    for picture, beside in ((paper, True), (screen, False)):
        words = [int(y) for y in re.findall(r'<text x="0%" y="(\d+)"', picture)]
        middles = [int(y) for y in re.findall(r'<circle [^>]*cy="(\d+)"', picture)]
        assert len(words) == len(middles) == 3
        assert all((abs(word - middle) <= 5) == beside for word, middle in zip(words, middles, strict=True))
    # On paper nothing is drawn over the words.
    assert min(float(x) for x in re.findall(r'<line x1="([\d.]+)%"', paper)) >= 42


@pytest.mark.parametrize(
    "line", ["factors: [q1]", "factors: {a: 5}", "points: x", "points: 0", "names: 5", "changed: 7", "year: soon"]
)
def test_a_battery_of_another_shape_is_told_with_its_key(line: str) -> None:
    gathered = Gathered()
    columns = columns_of({"q_1": [1, 5], "q_2": [2, 4]})
    key, _, value = line.partition(": ")
    battery_of({key: yaml.safe_load(value)}, columns, "battery.yaml", gathered, "vi")
    assert ("SUR311", key) in {(finding.code, finding.where.column) for finding in gathered}


@pytest.mark.parametrize(
    "rule", [{"items": "q1"}, {"items": 5}, {"points": "x"}, {"factors": ["q1"]}, {"factors": {"a": 7}}]
)
def test_rules_of_values_of_another_shape_are_told_with_their_key(rule: dict[str, object]) -> None:
    gathered = Gathered()
    indicators([{"indicator": "a", **rule}], "rules.yaml", gathered)
    assert [(finding.code, finding.where.column) for finding in gathered] == [("SUR311", next(iter(rule)))]


def report(reports: dict[str, Path], folder: Path, battery: str, *last: str, keep_q3: int | None = None) -> str:
    """The page of another battery over the same answers, with wards and rooms of uneven sizes."""
    source = reports["vi"].parent
    with (source / "now.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    for place, row in enumerate(rows):
        row["ward"] = f"P{13 + place % 2}" if place < 12 else f"P{9 + place % 4}" if place < 60 else f"P{1 + place % 8}"
        row["room"] = "R2" if place < 4 else "R3" if place < 24 else "R1"
        row["q3"] = row["q3"] if keep_q3 is None or place < keep_q3 else ""
    with (folder / "data.csv").open("w", newline="", encoding="utf-8") as out:
        writer = csv.DictWriter(out, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    (folder / "battery.yaml").write_text(battery, encoding="utf-8")
    arguments = ["survey", "report", str(folder / "data.csv"), "--design", str(source / "design.yaml")]
    arguments += ["--battery", str(folder / "battery.yaml"), "--out", str(folder / "out"), "--lang", "en"]
    assert run([*arguments, *(part for option in last for part in (option, str(source / "last.csv")))]) == 0
    return (folder / "out" / "report.html").read_text(encoding="utf-8")

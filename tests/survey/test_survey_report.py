"""The report: the same numbers on page, PDF and sheets; small units hidden; tied groups; change with its test."""

from __future__ import annotations

import csv
import subprocess
from pathlib import Path

import numpy as np
import openpyxl
import pytest

from thangdo.cli.entry import run
from thangdo.survey.estimation_battery import Figure, difference

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


def test_small_units_are_hidden_and_not_ranked_ones_said(reports: dict[str, Path]) -> None:
    page = (reports["vi"] / "report.html").read_text(encoding="utf-8")
    section = page.partition("Đơn vị, khoảng tin cậy")[2].partition("</section>")[0]
    rows = section.rpartition("<tbody>")[2].split("<tr")
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
    now = Figure(0.80, 0.010, 0.78, 0.82, 1.2, 900)
    gap, low, high, p = difference(now, 0.78, 0.010, 10_000, 0.95)
    assert gap == pytest.approx(0.02)
    assert low < 0 < high
    assert p == pytest.approx(0.1573, abs=2e-4)  # z = 1.414

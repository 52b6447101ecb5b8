"""The page and the form of a dossier report, from values made by hand: what it says, and how it stands on a screen."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from thangdo.reporting import assets
from thangdo.reporting.dates import day
from thangdo.reporting.dossier_page import headline, page
from thangdo.reporting.dossier_period import Period
from thangdo.reporting.dossier_pictures import funnel
from thangdo.reporting.dossier_report import (
    ByDueDate,
    Detector,
    DossierReport,
    FormRow,
    FunnelLimit,
    FunnelUnit,
    Month,
    Signal,
    UnitMonths,
    Waiting,
)
from thangdo.reporting.dossier_workbook import write_form06
from thangdo.reporting.language import LANGUAGES, Language

LONGEST = "Ban Quản lý dự án Đầu tư xây dựng các công trình dân dụng và công nghiệp Thành phố"
SUMMARY: dict[str, int | float | None] = {
    "received": 2_260_000,
    "received_in_period": 2_250_000,
    "carried_over": 10_000,
    "online_dossiers": 1_170_000,
    "previous_online_dossiers": 570_000,
    "resolved": 2_250_000,
    "early": 910_000,
    "on_time": 1_336_300,
    "overdue": 3_700,
    "overdue_with_apology": 3_690,
    "on_time_share": 0.99835,
    "previous_on_time_share": 0.9969,
    "in_process": 10_000,
    "open_overdue": 8,
    "procedures_total": 1_837,
}


def report_of(outside: int = 14) -> DossierReport:
    """A year of 2.26 million dossiers; `outside` units with the longest name, each far later than expected."""
    funnel = [
        FunnelUnit(f"{LONGEST} {n}", 2_000, 40 + n, 10.0 + 3 * n, 0.98 + n / 1000, 0.985, "worse")
        for n in range(outside)
    ]
    funnel += [FunnelUnit(f"Phường {n}", 500, 1, 1.0 + n / 10, 0.998, 0.998, "") for n in range(60)]
    return DossierReport(
        period=Period(2023),
        day="05/01/2024",
        is_illustrative=True,
        filter="",
        summary=SUMMARY,
        fingerprint="0123456789abcdef" * 4,
        files=("form06.xlsx", "on_time.csv"),
        by_due_date=[
            ByDueDate("recorded", 2_250_000, 3_700),
            ByDueDate("re_promised", 2_250_000, 900),
            ByDueDate("recomputed", 1_800_000, 45_000),
        ],
        months=[Month(n, 190_000 + 1_000 * n, 189_000) for n in range(1, 13)],
        funnel=funnel,
        limits=[FunnelLimit(x / 2, max(0.0, 1 - 0.02 / x), min(1.0, 0.995 + x / 1000)) for x in range(1, 100)],
        unit_months=[UnitMonths(LONGEST, [0.9987, None, *[1.0] * 10]), UnitMonths("Quận 1", [1.0] * 12)],
        units=74,
        signals=[Signal(LONGEST, "Lùi ngày tiếp nhận", 73, 337, 0.217, 0.0)],
        detectors=[Detector("redated_receipts", "Lùi ngày tiếp nhận", "Ngày trong mã hồ sơ sớm hơn ngày tiếp nhận")],
        waiting=[Waiting(LONGEST, 16, 9, None, 0.9, 0.6, 28)],
        classes=[("Xuất sắc", 2), ("Tốt", 72)],
        class_maximum=16,
        form=[FormRow("Cấp sở, ngành", 0, range(11)), FormRow(LONGEST, 1, range(11), "3=7+11")],
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("dossiers")
    for name in assets.ASSETS:
        (made / name).write_bytes(assets.asset(name))
    for language in LANGUAGES:
        (made / f"{language}.html").write_text(page(report_of(), language), encoding="utf-8")
    return made


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("mode", ["light", "dark"])
def test_the_page_fits_and_has_no_accessibility_fault(
    browser: Browser, folder: Path, width: int, mode: str, language: Language
) -> None:
    opened = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=mode)  # type: ignore[arg-type]
    opened.goto((folder / f"{language}.html").as_uri())
    assert opened.evaluate("document.documentElement.scrollWidth") == width
    # No table of numbers scrolls sideways on either screen; of the heat map its frame does, on the narrow one.
    assert opened.evaluate("[...document.querySelectorAll('.frame')].every(f => f.scrollWidth <= f.clientWidth + 1)")
    results = Axe().run(opened)
    assert results.violations_count == 0, results.generate_report()
    opened.close()


@pytest.mark.parametrize("width", [360, 1280])
def test_no_letters_of_a_picture_leave_it_or_lie_on_others(browser: Browser, folder: Path, width: int) -> None:
    opened = browser.new_page(viewport={"width": width, "height": 800})
    opened.goto((folder / "vi.html").as_uri())
    for picture in opened.locator("figure > svg").all():
        frame = picture.bounding_box()
        assert frame is not None
        texts = [text for text in picture.locator("text").all() if text.is_visible()]
        assert len(texts) > 10
        boxes = [(text.text_content() or "", text.bounding_box()) for text in texts]
        for words, box in boxes:
            assert box is not None
            assert frame["x"] - 16 <= box["x"] and box["x"] + box["width"] <= frame["x"] + frame["width"] + 16, words
        for place, (words, box) in enumerate(boxes):
            for others, other in boxes[place + 1 :]:
                assert box is not None and other is not None
                is_apart = (
                    box["x"] + box["width"] <= other["x"] + 1
                    or other["x"] + other["width"] <= box["x"] + 1
                    or box["y"] + 14 <= other["y"] + 1
                    or other["y"] + 14 <= box["y"] + 1
                )
                assert is_apart, (words, others)
    opened.close()


def test_many_units_outside_the_limits_are_counted_and_the_farthest_named() -> None:
    text = page(report_of(outside=45), "vi")
    assert "45 trong 105 đơn vị nằm ngoài khoảng 99,8\u00a0%" in text or "45 trong 105 đơn vị nằm ngoài" in text
    assert "Bảng gồm 30 trong 45 đơn vị nằm ngoài khoảng" in text
    # 40 late against 10 expected is farther from chance than 84 against 142.
    assert f"{LONGEST} 0</th>" in text and f"{LONGEST} 21</th>" not in text


@pytest.mark.parametrize(
    ("months", "vi", "en"),
    [
        ((1, 12), "Năm 2023", "2023"),
        ((1, 6), "6 tháng đầu năm 2023", "First half of 2023"),
        ((4, 6), "Quý II/2023", "Second quarter of 2023"),
        ((4, 4), "Tháng 4/2023", "April 2023"),
        ((4, 8), "Tháng 4–8/2023", "April to August 2023"),
    ],
)
def test_the_period_stands_in_the_heading_and_in_the_form(
    tmp_path: Path, months: tuple[int, int], vi: str, en: str
) -> None:
    report = replace(report_of(), period=Period(2023, *months))
    assert headline(report, "vi").startswith(f"{vi}: 99,84\u00a0%")
    assert headline(report, "en").startswith(f"{en}: 99.84%")
    write_form06(tmp_path / "form06.xlsx", report, "vi")
    sheet = openpyxl.load_workbook(tmp_path / "form06.xlsx")["06"]
    assert sheet["C2"].value == f"Kỳ báo cáo: {vi[0].lower()}{vi[1:]}"
    assert sheet["C3"].value.startswith(f"(Từ ngày 01/{months[0]:02d}/2023 đến ngày ")


def test_a_heading_says_what_a_filter_left_out() -> None:
    short, long = (replace(report_of(), filter=words) for words in ("kênh tiếp nhận: trực tuyến", "đơn vị: " + LONGEST))
    assert headline(short, "vi").endswith("(kênh tiếp nhận: trực tuyến)")
    assert headline(long, "vi").endswith("(một phần hồ sơ)") and LONGEST in page(long, "vi")


def test_an_apology_that_is_missing_is_counted_and_a_median_not_reached_is_said() -> None:
    text = page(report_of(), "vi")
    assert "Trong số quá hạn, 3.690 hồ sơ có văn bản xin lỗi." in text
    assert "tăng 600.000 so với năm 2022" in text
    assert "<td>chưa tới</td>" in text
    all_of_them = replace(report_of(), summary={**SUMMARY, "overdue_with_apology": 3_700})
    assert "Mọi hồ sơ quá hạn đều có văn bản xin lỗi." in page(all_of_them, "vi")


def test_an_identity_of_the_form_that_does_not_hold_is_named_in_its_row(tmp_path: Path) -> None:
    write_form06(tmp_path / "form06.xlsx", report_of(), "vi")
    sheet = openpyxl.load_workbook(tmp_path / "form06.xlsx")["06"]
    assert sheet["N6"].value == "Đẳng thức không khớp"
    assert [row[13] for row in sheet.iter_rows(min_row=10, values_only=True)] == [None, "3=7+11", None]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_share_beyond_the_longest_wait_seen_is_an_upper_bound(language: Language) -> None:
    """Seen up to day 28: the share after 10 days is estimated, after 30 days at most; where none is open it is 0."""
    gone = Waiting("Quận 1", 3, 0, 2.0, 0.0, 0.0, 4)
    text = page(replace(report_of(), waiting=[*report_of().waiting, gone]), language)
    sign = "%" if language == "en" else "\u00a0%"
    assert f"<td>90{sign}</td><td>≤\u00a060{sign}</td>" in text
    assert f"<td>0{sign}</td><td>0{sign}</td>" in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_funnel_has_no_dots_where_nothing_is_expected_and_no_picture_where_nothing_was_late(
    language: Language,
) -> None:
    nothing = FunnelUnit("Phường A", 40, 0, 0.0, None, 0.99, "")
    some = FunnelUnit("Phường B", 2_000, 1, 1.0, 0.9995, 0.9995, "")
    text = page(replace(report_of(), funnel=[nothing, some, replace(some, name="Phường C")], limits=[]), language)
    assert text.count("<circle") == 2
    # One share alone has an axis within 0 and 100 per cent.
    ticks = [float(tick.replace(",", ".")) for tick in re.findall(r">([\d.,]+)\u00a0?%</text>", text)]
    assert len(ticks) >= 3 and max(ticks) == 100
    missing = {"vi": "không áp dụng", "en": "not applicable"}[language]
    assert text.count(f"<td>{missing}</td>") == 1
    alone = page(replace(report_of(), funnel=[nothing, some], limits=[]), language)
    assert "<circle" not in alone
    assert {"vi": "không có đơn vị nào để so sánh", "en": "no other to compare it with"}[language] in alone
    none_late = page(replace(report_of(), funnel=[nothing], limits=[]), language)
    assert "<circle" not in none_late
    assert {"vi": "không có gì để so sánh", "en": "nothing to compare the units by"}[language] in none_late


@pytest.mark.parametrize("language", LANGUAGES)
def test_nowhere_on_the_page_do_four_overdue_of_200_000_leave_100_per_cent(language: Language) -> None:
    figures = {**SUMMARY, "resolved": 200_000, "early": 100_000, "on_time": 99_996, "overdue": 4}
    figures |= {"on_time_share": 0.99998, "previous_on_time_share": 1.0, "previous_resolved": 90_000}
    unit = FunnelUnit("Quận 1", 200_000, 4, 4.0, 0.99998, 0.99998, "")
    report = replace(
        report_of(),
        summary=figures,
        by_due_date=[ByDueDate("recorded", 200_000, 4)],
        funnel=[unit, replace(unit, name="Quận 2")],
        limits=[],
        unit_months=[UnitMonths("Quận 1", [0.99998] * 12)],
    )
    shown = page(report, language).replace(",", ".").replace("\u00a0", "")
    assert "99.998%" in headline(report, language).replace(",", ".").replace("\u00a0", "")
    # The year before alone was on time to the last dossier.
    assert shown.count("100.00%") == 1
    assert ">100.00<" not in shown and shown.count(">99.998<") == 12
    assert "\u22120.002" in shown


@pytest.mark.parametrize("language", LANGUAGES)
def test_open_overdue_dossiers_are_said_beside_the_share_they_are_not_in(language: Language) -> None:
    said = {"vi": "Đang mở và đã quá hạn khi hết kỳ: 8 hồ sơ", "en": "Open and overdue at the end of the period: 8."}
    assert said[language] in page(report_of(), language)
    nothing = dict.fromkeys(("resolved", "early", "on_time", "overdue", "received_in_period", "online_dossiers"), 0)
    unresolved = replace(report_of(), summary={**nothing, "received": 8, "open_overdue": 8, "on_time_share": None})
    assert said[language] in page(unresolved, language)
    none_open = replace(report_of(), summary={**SUMMARY, "open_overdue": 0})
    assert said[language][:20] not in page(none_open, language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_period_that_is_not_over_is_said_on_the_page_and_in_the_form(language: Language, tmp_path: Path) -> None:
    early = replace(report_of(), data_end=date(2023, 6, 28), day=day(date(2023, 6, 28), language))
    said = {
        "vi": "số liệu mới có đến 28/06/2023, kỳ kết thúc 31/12/2023",
        "en": "the data end on 28 June 2023, the period on 31 December 2023",
    }
    assert said[language] in page(early, language)
    write_form06(tmp_path / "f.xlsx", early, language)
    cells = [cell.value for row in openpyxl.load_workbook(tmp_path / "f.xlsx")["06"].iter_rows() for cell in row]
    assert {"vi": "Số liệu mới có đến 28/06/2023", "en": "Data to 28 June 2023 only"}[language] in cells
    # The year's last stamp may stand before its last days off.
    whole = replace(report_of(), data_end=date(2023, 12, 22))
    assert said[language][-12:] not in page(whole, language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_agency_is_called_weak_where_the_data_allow_nothing_else(language: Language) -> None:
    """Trung bình takes 6 points: with 4 to be had at most, every agency would be Yếu whatever it did."""
    shown = page(replace(report_of(), classes=[("Xuất sắc", 0), ("Yếu", 74)], class_maximum=4), language)
    assert "Yếu" not in shown
    assert {
        "vi": "Chưa xếp loại được: dữ liệu chỉ cho tính đến 4",
        "en": "No class can be told: the data allow at most 4",
    }[language] in shown
    assert "Yếu" in page(replace(report_of(), classes=[("Yếu", 74)], class_maximum=6), language)


def test_online_procedures_are_not_0_where_the_catalogue_does_not_say() -> None:
    counts = {**SUMMARY, "procedures_online": 0, "procedures_full": 0, "procedures_partial": 0}

    def offered(**more: int) -> str:
        shown = page(replace(report_of(), summary={**counts, **more}), "vi")
        return re.search(r"cung cấp trực tuyến</th><td[^>]*>([^<]*)<", shown)[1]  # type: ignore[index]

    assert (offered(), offered(online_dossiers=0), offered(procedures_full=3)) == ("danh mục không ghi", "0", "0")


def test_a_single_month_has_no_month_with_most_and_fewest() -> None:
    assert "Tháng 5 tiếp nhận 600 hồ sơ" in page(
        replace(report_of(), months=[Month(5, 600, 500)], unit_months=[]), "vi"
    )


def test_limits_beyond_all_units_are_drawn_where_they_are() -> None:
    """Four units between 85 and 90 per cent, limits that open to 80 and 94 at the widest: none lies on the plot's edge."""
    units = [FunnelUnit(f"Phòng {n}", 240, 29, 28.0 + n, 0.85 + n / 60, 0.88, "") for n in range(4)]
    limits = [FunnelLimit(float(x), 0.8 - 2 / x**2, 0.94 + 0.5 / x**2) for x in range(3, 32)]
    lines = re.findall(r'points="([^"]*)"', funnel(units, limits, "vi").svg)
    heights = [[float(point.split(",")[1]) for point in line.split()] for line in lines]
    top, bottom = min(map(min, heights)), max(map(max, heights))
    assert [len(line) > 3 and line.count(top) + line.count(bottom) <= 1 for line in heights] == [True, True]
    assert min(heights[0]) > max(heights[1])

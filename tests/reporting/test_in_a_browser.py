"""The drawings in Chromium: nothing wider than the screen at 360 pixels, no accessibility fault, also in dark."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from thangdo.reporting import assets
from thangdo.reporting.drawing import figure
from thangdo.reporting.heat_map import HeatMap, HeatRow, heat_map
from thangdo.reporting.numbers import Absent
from thangdo.reporting.points_lost import PointsLost, points_lost_table
from thangdo.reporting.ranking_table import RankingRow, RankingTable, ranking_table
from thangdo.reporting.slope import SlopeLine, slope
from thangdo.reporting.strip import StripDot, strip

LONGEST = "Ban Quản lý dự án Đầu tư xây dựng các công trình dân dụng và công nghiệp Thành phố"
PAGE = (
    "<!doctype html><html lang=vi><head><meta charset=utf-8><title>Bảng</title>"
    '<meta name=viewport content="width=device-width,initial-scale=1"><link rel=stylesheet href=tokens.css>'
    "<link rel=stylesheet href=drawings.css><style>body{{font-family:var(--font);background:var(--ground);"
    "color:var(--ink);margin:1rem}}</style></head><body><main><h1>Bảng</h1>{body}</main></body></html>"
)


def body() -> str:
    units = [LONGEST, "Sở Nội vụ", "Quận 1"]
    rows = [
        RankingRow(
            unit,
            Decimal(95 - 3 * n),
            n + 1,
            n + 1,
            n + 2,
            Decimal(94 - 3 * n),
            Decimal(96 - 3 * n),
            Decimal(n),
            word,
            n + 1,
            n,
            "#",
        )
        for n, (unit, word) in enumerate(zip(units, ("Xuất sắc", "Trung bình", "Khá")))
    ]
    drawings = [
        strip([StripDot(unit, Decimal(80 + n), n < 2) for n, unit in enumerate(units)], "Phân bố", "vi"),
        slope(
            [SlopeLine(unit, Decimal(80 + n), Decimal(90 - n), unit[:9]) for n, unit in enumerate(units)],
            "2022",
            "2023",
            "Hai năm",
            "vi",
        ),
    ]
    lost = [PointsLost(f"{n}.1", unit, Decimal(n), Decimal(3), "#") for n, unit in enumerate(units)]
    heat = [HeatRow(unit, [Decimal(12 * n) for n in range(8)] + [Absent.NOT_APPLICABLE], "#") for unit in units]
    parts = [
        ranking_table(RankingTable("Xếp hạng", [*rows, RankingRow("Sở X", Absent.NOT_GIVEN)], base="2022"), "vi"),
        *(figure(drawing, "vi") for drawing in drawings),
        points_lost_table(lost, "Điểm mất", "vi"),
        heat_map(HeatMap("Bản đồ nhiệt", [f"Lĩnh vực {n}" for n in range(9)], heat), "vi"),
    ]
    return "".join(map(str, parts))


@pytest.fixture(scope="module")
def page_address(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder: Path = tmp_path_factory.mktemp("page")
    for name in assets.ASSETS:
        (folder / name).write_bytes(assets.asset(name))
    (folder / "page.html").write_text(PAGE.format(body=body()), encoding="utf-8")
    return (folder / "page.html").as_uri()


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("mode", ["light", "dark"])
def test_pages_fit_and_have_no_accessibility_fault(browser: Browser, page_address: str, width: int, mode: str) -> None:
    page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=mode)  # type: ignore[arg-type]
    page.goto(page_address)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert page.evaluate("document.fonts.check('16px \"Be Vietnam Pro\"', 'ễ')")
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()
    page.close()


def test_every_dot_stands_inside_its_table_and_every_score_beside_its_name(browser: Browser, page_address: str) -> None:
    for width in (360, 1280):
        page = browser.new_page(viewport={"width": width, "height": 800})
        page.goto(page_address)
        table = page.locator("table.ranking").bounding_box()
        assert table is not None
        for dot in page.locator("table.ranking circle").all():
            box = dot.bounding_box()
            assert box is not None and table["x"] <= box["x"] <= table["x"] + table["width"] - box["width"]
        for row in page.locator("table.ranking tbody tr").all():
            name, score = row.locator("th").bounding_box(), row.locator("td.score").bounding_box()
            assert name is not None and score is not None
            assert name["x"] + name["width"] <= score["x"] + 1
            assert score["y"] < name["y"] + name["height"]
        page.close()

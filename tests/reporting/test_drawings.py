"""Strip, slope, bars of points lost and heat map: every drawing has its words and its numbers."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thangdo.reporting.drawing import figure, spread
from thangdo.reporting.heat_map import HeatMap, HeatRow, heat_map, shade
from thangdo.reporting.numbers import Absent
from thangdo.reporting.points_lost import PointsLost, points_lost_table
from thangdo.reporting.slope import SlopeLine, slope
from thangdo.reporting.strip import StripDot, strip

DOTS = [StripDot(f"Sở {n}", Decimal(80 + n)) for n in range(10)] + [StripDot("Sở Nội vụ", Decimal("88.5"), True)]
LINES = [
    SlopeLine("Quận 7", Decimal("78.82"), Decimal("95.9"), is_marked=True),
    SlopeLine("Thủ Đức", Decimal(85), Decimal("83.71")),
]


def texts(root: ET.Element, tag: str) -> list[str]:
    return ["".join(node.itertext()) for node in root.iter() if node.tag.endswith(tag)]


def test_a_strip_shows_every_unit_once_and_names_the_marked_one() -> None:
    drawing = strip(DOTS, "Sở Nội vụ ở giữa", "vi")
    root = ET.fromstring(str(drawing.svg))
    assert len([node for node in root.iter() if node.tag.endswith("circle")]) == len(DOTS)
    assert "Sở Nội vụ: 88,50" in texts(root, "text")
    assert drawing.description == "11 đơn vị, từ 80,00 đến 89,00. Sở Nội vụ: 88,50."
    assert [row[0] for row in drawing.table[1]] == [d.unit for d in sorted(DOTS, key=lambda d: -d.value)]


def test_a_short_name_stands_in_the_picture_and_the_full_one_in_the_table() -> None:
    drawing = strip([StripDot("Sở Kế hoạch và Đầu tư", Decimal(90), True, "Sở KH&ĐT")], "x", "vi")
    assert "Sở KH&ĐT: 90,00" in texts(ET.fromstring(str(drawing.svg)), "text")
    assert drawing.table[1] == [("Sở Kế hoạch và Đầu tư", "90,00")]


def test_a_slope_names_both_ends_and_counts_who_moved() -> None:
    drawing = slope(LINES, "2022", "2023", "Quận 7 tăng", "vi")
    root = ET.fromstring(str(drawing.svg))
    assert {"2022", "2023", "78,82", "95,90\u2002Quận 7"} <= set(texts(root, "text"))
    assert drawing.description == "Từ 2022 đến 2023: 1 đơn vị tăng, 1 giảm, 0 không đổi."
    assert drawing.table[1][0] == ("Quận 7", "78,82", "95,90", "+17,08")


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_figure_has_caption_title_description_table_and_source(language: str) -> None:
    drawing = strip(DOTS, "Caption", language, source="2023")  # type: ignore[arg-type]
    root = ET.fromstring(str(figure(drawing, language)))  # type: ignore[arg-type]
    picture = next(node for node in root if node.tag.endswith("svg"))
    assert picture.get("role") == "img" and picture.get("aria-label") == "Caption"
    assert texts(root, "figcaption") == ["Caption"]
    assert texts(root, "title") == ["Caption"] and texts(root, "desc") == [drawing.description]
    assert len(root.findall("./details/table/tbody/tr")) == len(DOTS)
    assert texts(root, "div") == ["Nguồn: 2023" if language == "vi" else "Source: 2023"]


def test_nothing_to_draw_is_refused_at_the_door() -> None:
    with pytest.raises(ValueError):
        strip([], "x", "vi")
    with pytest.raises(ValueError):
        slope([], "a", "b", "x", "vi")


def test_equal_values_still_draw() -> None:
    assert strip([StripDot("a", Decimal(5)), StripDot("b", Decimal(5))], "x", "vi").svg
    assert slope([SlopeLine("a", Decimal(5), Decimal(5))], "1", "2", "x", "vi").svg


def test_bars_start_at_zero_share_a_scale_and_stand_longest_first() -> None:
    rows = [
        PointsLost("1", "một", Decimal(2), Decimal(2)),
        PointsLost("2", "hai", Decimal("7.25"), Decimal(10)),
        PointsLost("3", "ba", Decimal(4), Decimal(5)),
    ]
    root = ET.fromstring(str(points_lost_table(rows, "Điểm mất", "vi")))
    body = root.findall("./tbody/tr")
    assert ["".join(row[2].itertext()) for row in body] == ["2,75 trên 10", "1,00 trên 5", "0,00 trên 2"]
    bars = [bar for row in body for bar in row.iter("rect") if bar.get("class") == "plot-bar"]
    assert [(bar.get("x"), bar.get("width")) for bar in bars] == [
        ("0.00%", "91.67%"),
        ("0.00%", "33.33%"),
        ("0.00%", "0.00%"),
    ]


def test_next_to_nothing_lost_is_not_drawn_as_much() -> None:
    rows = [PointsLost("1", "một", Decimal("99.9"), Decimal(100)), PointsLost("2", "hai", Decimal(100), Decimal(100))]
    root = ET.fromstring(str(points_lost_table(rows, "Điểm mất", "vi")))
    widths = [float(bar.get("width", "").rstrip("%")) for bar in root.iter("rect")]
    assert widths[0] <= 10 and widths[1] == 0


def test_a_heat_map_has_its_number_in_every_cell_and_a_word_where_there_is_none() -> None:
    rows = [
        HeatRow("Sở A", (Decimal(0), Decimal(100), Decimal("57.2"))),
        HeatRow("Sở B", (Decimal(50), Absent.NOT_APPLICABLE, Absent.NOT_GIVEN)),
    ]
    root = ET.fromstring(str(heat_map(HeatMap("Bản đồ nhiệt", ("a", "b", "c"), rows), "vi")))
    cells = [(cell.text, cell.get("class")) for cell in root.iter("td")]
    assert cells == [
        ("0,0", "h0"),
        ("100,0", "h6"),
        ("57,2", "h4"),
        ("50,0", "h3"),
        ("không áp dụng", "absent"),
        ("chưa có", "absent"),
    ]
    assert root.get("tabindex") == "0" and root.get("role") == "region"
    with pytest.raises(ValueError):
        heat_map(HeatMap("x", ("a",), rows), "vi")


@given(st.decimals(-200, 300, places=2), st.decimals(-200, 300, places=2))
@settings(deadline=None, max_examples=200)
def test_a_darker_shade_never_means_less(one: Decimal, other: Decimal) -> None:
    low, high = sorted((one, other))
    assert 0 <= shade(low, Decimal(0), Decimal(100)) <= shade(high, Decimal(0), Decimal(100)) <= 6


@given(st.lists(st.floats(0, 300), max_size=20))
@settings(deadline=None, max_examples=200)
def test_labels_keep_their_order_and_their_distance(wanted: list[float]) -> None:
    placed = spread(wanted, 19)
    order = sorted(range(len(wanted)), key=lambda place: wanted[place])
    heights = [placed[place] for place in order]
    assert all(later - earlier >= 19 - 1e-6 for earlier, later in pairwise(heights))


def test_labels_that_do_not_touch_stay_where_they_are() -> None:
    assert spread([0.0, 100.0, 50.0], 19) == [0.0, 100.0, 50.0]

"""The ranking table says in words what it draws, and draws nothing it was not given."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thangdo.reporting.markup import element
from thangdo.reporting.numbers import Absent
from thangdo.reporting.ranking_table import RankingRow, RankingTable, class_chip, how_to_read, ranking_table
from thangdo.reporting.scale import scale_of

FIRST = RankingRow(
    "Sở A", Decimal("96.95"), 1, 1, 2, Decimal("96.4"), Decimal("97.5"), Decimal("0.42"), "Xuất sắc", 1, 1
)
SECOND = RankingRow("Sở B", Decimal("95.80"), 2, 1, 3, Decimal("95.2"), Decimal("96.4"), "đơn vị mới", "Xuất sắc", 1, 1)
THIRD = RankingRow("Sở C", Decimal("86.75"), 3, 3, 3, Decimal("86.1"), Decimal("87.3"), Decimal("-1.3"), "Tốt", 2, 2)
LAST = RankingRow("Sở D", Absent.NOT_GIVEN)
TABLE = RankingTable("Xếp hạng", (FIRST, SECOND, THIRD, LAST), base="2022")


def drawn(table: RankingTable, language: str = "vi") -> ET.Element:
    return ET.fromstring(str(ranking_table(table, language)))  # type: ignore[arg-type]


def rows(root: ET.Element) -> list[ET.Element]:
    return root.findall("./tbody/tr")


def words(cell: ET.Element | None) -> str:
    assert cell is not None
    return " ".join("".join(cell.itertext()).split())


def test_every_cell_reads_as_a_person_would_say_it() -> None:
    said = [[words(cell) for cell in row] for row in rows(drawn(TABLE))]
    assert said == [
        ["1 (1–2)", "Sở A", "96,40–97,50", "96,95", "+0,42", "Xuất sắc"],
        ["2 (1–3)", "Sở B", "95,20–96,40", "95,80", "đơn vị mới", "Xuất sắc"],
        ["3", "Sở C", "86,10–87,30", "86,75", "−1,30", "Tốt"],
        ["không xếp hạng", "Sở D", "", "chưa có", "", ""],
    ]


def test_headers_carry_units_and_the_level_of_the_ranges() -> None:
    root = drawn(TABLE)
    assert [words(cell) for cell in root.findall("./thead/tr/th")][:2] == [
        "Hạng (khoảng 95\u00a0%)".replace("\u00a0", " "),
        "Đơn vị",
    ]
    assert [words(cell) for cell in root.findall("./thead/tr/th")][3:] == ["Điểm trên 100", "So với 2022, điểm", "Loại"]
    english = [words(cell) for cell in drawn(TABLE, "en").findall("./thead/tr/th")]
    assert english[3:] == ["Points out of 100", "Against 2022, points", "Class"]


def test_a_heavier_line_stands_where_a_tier_ends_and_nowhere_else() -> None:
    assert ["tier-end" in (row.get("class") or "") for row in rows(drawn(TABLE))] == [False, True, True, False]
    without = replace(TABLE, rows=[replace(row, tier=None) for row in TABLE.rows])
    assert not any(row.get("class") for row in rows(drawn(without)))


def test_columns_without_a_value_are_left_out() -> None:
    bare = RankingTable("x", [RankingRow("Sở A", Decimal(90), 1), RankingRow("Sở B", Decimal(80), 2)])
    root = drawn(bare)
    assert words(root.find("./thead/tr/th")) == "Hạng"
    assert all(len(row) == 4 for row in rows(root))
    assert root.findall(".//line[@class='plot-range']") == []


def test_all_rows_share_one_scale_and_the_dot_stands_inside_its_range() -> None:
    for row in rows(drawn(TABLE))[:3]:
        dot, bar = row.find(".//circle"), row.find(".//line[@class='plot-range']")
        assert dot is not None and bar is not None
        low, at, high = (float(text.rstrip("%")) for text in (bar.get("x1", ""), dot.get("cx", ""), bar.get("x2", "")))
        assert 0 <= low < at < high <= 100
    grids = {tuple(line.get("x1") for line in row.findall(".//line[@class='plot-grid']")) for row in rows(drawn(TABLE))}
    assert len(grids) == 1


def test_a_row_without_a_score_has_no_dot() -> None:
    assert rows(drawn(TABLE))[3].find(".//circle") is None


def test_roles_are_written_because_small_screens_lay_rows_out_as_grids() -> None:
    root = drawn(TABLE)
    assert root.get("role") == "table"
    assert {cell.get("role") for row in rows(root) for cell in row} == {"cell", "rowheader"}
    assert all(picture.get("aria-hidden") == "true" for picture in root.iter("svg"))


def test_names_and_links_are_escaped() -> None:
    hostile = replace(FIRST, unit='<script>alert("x")</script>', link='"><b>')
    text = str(ranking_table(replace(TABLE, rows=[hostile]), "vi"))
    assert "<script>" not in text and "<b>" not in text
    assert words(ET.fromstring(text).find("./tbody/tr/th")) == '<script>alert("x")</script>'


def test_no_script_and_no_inline_style_is_needed() -> None:
    text = str(ranking_table(TABLE, "vi"))
    assert not re.search(r"<script|\sstyle=|\son\w+=", text)


def test_the_reading_notes_explain_only_what_is_drawn() -> None:
    assert len(how_to_read(TABLE, "vi")) == 4
    bare = RankingTable("x", [RankingRow("Sở A", Decimal(90), 1)])
    assert how_to_read(bare, "vi") == ("Chấm tròn là điểm; mọi dòng dùng chung một thang.",)


def test_an_empty_ranking_is_an_empty_table() -> None:
    assert rows(drawn(RankingTable("x", ()))) == []


def test_a_class_is_always_a_word_and_at_most_the_fifth_shade() -> None:
    assert str(class_chip("Kém", 6)) == '<span class="class-chip level-5">Kém</span>'


@given(st.lists(st.decimals(-1000, 1000, places=3), min_size=1, max_size=8), st.integers(2, 8))
@settings(deadline=None, max_examples=200)
def test_a_scale_holds_every_value_with_round_ticks_and_not_too_many(values: list[Decimal], most: int) -> None:
    scale = scale_of(values, most)
    assert scale.low <= min(values) and max(values) <= scale.high
    assert 2 <= len(scale.ticks) <= max(most, 3)
    assert scale.ticks[0] == scale.low and scale.ticks[-1] == scale.high
    assert all(0 <= scale.at(value) <= 100 for value in values)
    assert sorted(values) == sorted(values, key=scale.at)


@given(st.text(), st.text())
@settings(deadline=None, max_examples=100)
def test_any_text_comes_back_out_of_an_element(text: str, value: str) -> None:
    clean = re.compile("[^\t\n -\ud7ff\ue000-\ufffd]")
    text, value = clean.sub("", text), re.sub(r"\s", " ", clean.sub("", value))
    parsed = ET.fromstring(str(element("p", text, title=value)))
    assert (parsed.text or "", parsed.get("title")) == (text, value)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_both_languages_have_every_word(language: str) -> None:
    said = words(drawn(TABLE, language).find("./thead"))
    assert ("Rank" in said) == (language == "en")

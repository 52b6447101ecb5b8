"""The shipped register finds every unit by the names people use, and keeps its history."""

from __future__ import annotations

import csv
import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thangdo.evaluation.register import (
    Register,
    Unit,
    UnknownUnit,
    load_register,
    parse_register,
    write_register,
)
from thangdo.evaluation.register_codes import REGISTER_CODES
from thangdo.evaluation.vietnamese import search_text, sort_key
from thangdo.findings import Refused

END_OF_2023 = date(2023, 12, 31)
REGISTER = load_register()


def codes_of(text: str) -> list[str]:
    with pytest.raises(Refused) as refused:
        parse_register(text, "units.csv")
    return [finding.code for finding in refused.value.findings]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("HEPZA", "Ban Quản lý các Khu chế xuất và Công nghiệp Thành phố"),
        ("ban quan ly cac khu che xuat va cong nghiep", "Ban Quản lý các Khu chế xuất và Công nghiệp Thành phố"),
        ("Sở KH&ĐT", "Sở Kế hoạch và Đầu tư"),
        ("so khdt", "Sở Kế hoạch và Đầu tư"),
        ("Thanh tra TP.HCM", "Thanh tra Thành phố"),
        ("UBND TP Thủ Đức", "Thành phố Thủ Đức"),
        ("Thủ Đức", "Thành phố Thủ Đức"),
        ("q. tan binh", "Quận Tân Bình"),
        ("Q1", "Quận 1"),
        ("TP HCM", "Thành phố Hồ Chí Minh"),
        ("BRVT", "Tỉnh Bà Rịa - Vũng Tàu"),
        ("Dak Lak", "Tỉnh Đắk Lắk"),
    ],
)
def test_a_unit_is_found_by_the_names_people_use(text: str, name: str) -> None:
    assert REGISTER.lookup(text).name_vi == name


def test_every_name_short_name_and_alias_leads_back_to_its_unit_or_to_the_one_that_grew_out_of_it() -> None:
    for unit in REGISTER:
        for name in (unit.unit, unit.name_vi, unit.name_en, unit.short_vi, unit.short_en, *unit.aliases):
            found = REGISTER.lookup(name)
            assert found == unit or unit.unit in found.predecessors, name


@given(st.sampled_from(list(REGISTER)), st.data())
@settings(deadline=None, max_examples=100)
def test_accents_and_case_never_decide(unit: Unit, data: st.DataObject) -> None:
    drawn = "".join(
        data.draw(st.sampled_from([letter, letter.upper(), search_text(letter) or letter])) for letter in unit.name_vi
    )
    assert REGISTER.find(drawn) == REGISTER.find(unit.name_vi)


def test_an_unknown_name_is_answered_with_the_nearest_ones() -> None:
    with pytest.raises(UnknownUnit) as unknown:
        REGISTER.lookup("Sở Nội vụs")
    assert any("Sở Nội vụ" in name for name in unknown.value.nearest)
    assert REGISTER.find("Sở Nội vụs") is None


@pytest.mark.shared
def test_every_unit_of_the_seed_and_every_province_of_the_pci_is_found(shared: Path) -> None:
    for file, column in (
        ("seed_rank_orders.csv", "unit_vn"),
        ("ddci_hcmc_2022.csv", "unit_vn"),
        ("pci_subindices_2006_2012.csv", "province"),
    ):
        with (shared / "domain" / "data" / file).open(encoding="utf-8") as source:
            for row in csv.DictReader(source):
                REGISTER.lookup(row[column])


def test_in_2023_the_city_had_22_localities_and_the_country_63_provinces() -> None:
    assert len(REGISTER.valid_on(END_OF_2023, "dia_phuong")) == 22
    assert len(REGISTER.valid_on(END_OF_2023, "tinh")) == 63
    assert len(REGISTER.valid_on(date(2020, 12, 31), "dia_phuong")) == 24  # Quyết định 790/QĐ-UBND of 2019 counts 24
    assert REGISTER.valid_on(date(2025, 7, 1), "dia_phuong") == ()
    assert len(REGISTER.valid_on(date(2025, 7, 1), "tinh")) == 34  # Nghị quyết 202/2025/QH15


def test_placeholders_say_so_and_fill_the_31_and_26_departments_the_article_counts() -> None:
    placeholders = [unit for unit in REGISTER if unit.is_placeholder]
    assert len(placeholders) == 6
    assert all("(minh họa)" in unit.name_vi and "(illustrative)" in unit.name_en for unit in placeholders)


def test_a_made_up_code_says_so_and_stays_outside_the_official_scheme() -> None:
    for unit in REGISTER:
        assert (unit.code_source == "illustrative") == unit.unit.startswith("Z")
        assert unit.code_source
        # Form of Quyết định 20/2020/QĐ-TTg: a letter and two digits, groups after full stops, at most 35 signs;
        # Z01-Z99 name other schemes, so a made-up code can never be taken for another agency's.
        assert re.fullmatch(r"[A-Z]\d\d(\.[A-Z0-9]+)*", unit.unit)
        assert len(unit.unit) <= 35


def test_thu_duc_grew_out_of_three_districts() -> None:
    city = REGISTER.lookup("TP Thủ Đức")
    assert {REGISTER[code].name_vi for code in city.predecessors} == {"Quận 2", "Quận 9", "Quận Thủ Đức"}
    assert REGISTER.successors(REGISTER.lookup("Quận 2").unit) == (city,)
    assert REGISTER.lookup("Thủ Đức", at=date(2019, 1, 1)).name_vi == "Quận Thủ Đức"


def test_a_unit_includes_those_below_it() -> None:
    below = REGISTER.with_those_below("H29")
    assert REGISTER.lookup("Quận 1").unit in below
    # Central agencies in the city are not below the city's own committee.
    assert REGISTER.lookup("Công an TP HCM").unit not in below


def test_names_stand_in_vietnamese_order() -> None:
    in_order = [
        "An Khánh",
        "Ảnh",
        "Ăn",
        "Ba",
        "Bà",
        "Bả",
        "Bã",
        "Bá",
        "Bạ",
        "Đà",
        "E",
        "Quận 3",
        "Quận 10",
        "Uông",
        "Ưng",
    ]
    shuffled = in_order[7:] + in_order[:7]
    assert sorted(shuffled, key=sort_key) == in_order


def test_search_takes_any_words_of_a_name() -> None:
    assert [unit.short_vi for unit in REGISTER.search("binh thanh")] == ["Bình Thạnh"]


def test_the_register_goes_there_and_back() -> None:
    text = write_register(REGISTER)
    again = parse_register(text, "again.csv")
    assert dict(again.units) == dict(REGISTER.units)
    assert write_register(again) == text


GOOD = write_register(
    [Unit("Z29.A", "Sở A", "A", "A", "A", level="so_nganh"), Unit("Z29.B", "Sở B", "B", "B", "B", level="so_nganh")]
)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        (GOOD.replace("code_source", "whence"), ["EVA501"]),
        (GOOD.replace("Z29.B,", "Z29.A,"), ["EVA502"]),
        (GOOD.replace("Z29.B,Sở B,B,B,B,,so_nganh,,", "Z29.B,Sở B,B,B,B,,so_nganh,,1/7/2025"), ["EVA503"]),
        (GOOD.replace("B,B,B,,so_nganh", "B,B,B,,huyen"), ["EVA504"]),
        (GOOD.replace("B,B,B,,so_nganh,", "B,B,B,,so_nganh,Z29.C"), ["EVA505"]),
        (GOOD.replace("Sở B", "SỞ A"), ["EVA506"]),
    ],
)
def test_each_fault_is_found(text: str, codes: list[str]) -> None:
    assert codes_of(text) == codes


def test_every_code_of_the_register_is_planted_above() -> None:
    assert [code.code for code in REGISTER_CODES] == [f"EVA50{number}" for number in range(1, 7)]


def test_an_empty_register_is_a_register() -> None:
    assert isinstance(parse_register(write_register([]), "empty.csv"), Register)

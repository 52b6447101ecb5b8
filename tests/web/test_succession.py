"""Comparable series across mergers: the 2025 city has 168 wards, each with the past of those it came from."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from tests.web.conftest import AT
from thangdo.evaluation.register import Unit as RegisterUnit
from thangdo.web.registry.loading import changes, load_units
from thangdo.web.registry.models import Succession, Unit
from thangdo.web.registry.succession import Link, comparable_series

WARDS = 168
FROM_2025 = date(2025, 7, 1)


def city_of_2025() -> list[RegisterUnit]:
    """168 wards made of two or three predecessors each; the names are made up."""
    units = []
    for ward in range(WARDS):
        before = [f"P{ward:03d}{letter}" for letter in ("A", "B", "C")[: 2 + ward % 2]]
        units += [
            RegisterUnit(code, f"Phường cũ {code}", "", "", "", level="phuong_xa", valid_to=date(2025, 6, 30))
            for code in before
        ]
        units.append(
            RegisterUnit(
                f"W{ward:03d}", f"Phường mới {ward}", "", "", "", level="phuong_xa",
                valid_from=FROM_2025, predecessors=tuple(before),
            )
        )  # fmt: skip
    return units


def test_168_wards_and_their_predecessors(db):
    units = city_of_2025()
    assert sum(change.is_new for change in changes(units)) == len(units)
    load_units(units, actor_id=None, at=AT)
    assert changes(units) == []
    assert Unit.objects.valid_on(date(2025, 8, 1)).filter(code__startswith="W").count() == WARDS
    assert Unit.objects.valid_on(date(2024, 8, 1)).filter(code__startswith="P").count() == len(units) - WARDS
    # Old years keep old units: nothing that ended before July 2025 is valid after it.
    assert not Unit.objects.valid_on(date(2025, 8, 1)).filter(code__startswith="P").exists()
    assert Succession.objects.count() == len(units) - WARDS
    assert set(Succession.objects.values_list("kind", flat=True)) == {"merged"}
    links = [
        Link(row.predecessor.code, row.successor.code, row.kind, row.on.year, row.rule)
        for row in Succession.objects.select_related("predecessor", "successor")
    ]
    own = {
        "P000A": {2023: Decimal(80), 2024: Decimal(82)},
        "P000B": {2023: Decimal(90)},
        "W000": {2025: Decimal(88)},
    }
    series = comparable_series("W000", links, own)
    assert [(past.year, past.value, past.carried_from) for past in series] == [
        (2023, Decimal(85), ("P000A", "P000B")),
        (2025, Decimal(88), ()),
    ]


def test_a_rename_carries_the_past_and_a_circle_is_refused():
    own = {"A": {2022: Decimal(70)}, "B": {2023: Decimal(75)}}
    series = comparable_series("B", [Link("A", "B", "renamed", 2023)], own)
    assert [(past.year, past.value) for past in series] == [(2022, Decimal(70)), (2023, Decimal(75))]
    assert [past.year for past in comparable_series("B", [Link("A", "B", "split", 2023, "none")], own)] == [2023]
    with pytest.raises(ValueError, match="circle"):
        comparable_series("A", [Link("A", "B", "renamed", 2023), Link("B", "A", "renamed", 2024)], own)


def test_the_page_of_a_ward_shows_the_mean_of_the_wards_it_came_from(db):
    """A closed round of 2024 scored two wards; the ward of 2025 shows their mean, and says from whom."""
    from dataclasses import replace

    from django.urls import reverse

    from tests.web.conftest import SET, make_people, make_round
    from thangdo.evaluation import SPECS, Table
    from thangdo.methodology import parse
    from thangdo.web.rounds.loading import store_round

    load_units(city_of_2025(), actor_id=None, at=AT)
    base = make_round()
    wards = ("P000A", "P000B")
    answers = {"P000A": "10", "P000B": "5"}
    rows = []
    for ward in wards:
        for criterion, field, value in (
            ("1.1", "answer", "yes"), ("1.2", "numerator", answers[ward]), ("1.2", "denominator", "10"),
            ("2.1", "numerator", answers[ward]), ("2.1", "denominator", "10"),
        ):  # fmt: skip
            rows.append(("par", ward, criterion, "self", "", field, value, "", ""))
    columns = base.tables["units"].columns
    value = replace(
        base,
        state="final",
        indices=tuple(replace(entry, blocks=("phuong_xa",)) for entry in base.indices),
        sets={"thu-2024": parse(SET.replace("[so_nganh]", "[phuong_xa]"))},
        tables={
            "units": Table(
                columns,
                tuple(
                    tuple({"unit": w, "name_vi": w, "level": "phuong_xa"}.get(c, "") for c in columns) for w in wards
                ),
                "units.csv",
            ),
            "membership": Table(
                SPECS["membership"].columns, tuple(("par", "phuong_xa", w, "true") for w in wards), "membership.csv"
            ),
            "marks": Table(SPECS["marks"].columns, tuple(rows), "marks.csv"),
        },
    )
    store_round(value, actor_id=None, at=AT)
    people = make_people()
    from django.test import Client

    client = Client()
    client.force_login(people["officer"], backend="thangdo.web.accounts.sign_in.PasswordBackend")
    page = client.get(reverse("rounds:unit_series", args=["W000"])).content.decode()
    # 100 % and 60 %: 2 + 1 + 3 of 10 points.
    assert "80,00" in page and "Phường cũ P000A; Phường cũ P000B" in page
    own = client.get(reverse("rounds:unit_series", args=["P000B"])).content.decode()
    assert "60,00" in own and "chính đơn vị" in own
    # The register tells blocks by index and year.
    assert "PAR" in client.get(reverse("registry:unit", args=["P000A"])).content.decode()


def test_units_come_from_excel_with_what_would_change_shown_first(db):
    import io

    from django.test import Client
    from django.urls import reverse

    from tests.web.conftest import make_people
    from thangdo.evaluation.register import COLUMNS
    from thangdo.web.workbooks import workbook_bytes

    people = make_people()
    client = Client()
    client.force_login(people["administrator"], backend="thangdo.web.accounts.sign_in.PasswordBackend")
    # Columns in another order and one more: what counts is the header.
    header = ("ghi chú", *reversed(COLUMNS))
    row = {"unit": "U1", "name_vi": "Sở Du lịch mới", "level": "so_nganh", "valid_from": "2025-03-01"}
    new = {
        "unit": "U9",
        "name_vi": "Sở thứ chín",
        "level": "so_nganh",
        "predecessors": "U2;U3",
        "valid_from": "2025-03-01",
    }
    sheet = io.BytesIO(workbook_bytes("don-vi", header, [[r.get(name, "") for name in header] for r in (row, new)]))
    sheet.name = "don-vi.xlsx"
    address = reverse("registry:unit_import")
    page = client.post(address, {"register": sheet}).content.decode()
    assert "Sở Du lịch → Sở Du lịch mới" in page and "Sở thứ chín" in page
    assert Unit.objects.get(code="U1").name_vi == "Sở Du lịch"
    import html
    import re

    text = html.unescape(re.search(r"<textarea name=.text.[^>]*>(.*?)</textarea>", page, re.S).group(1))
    client.post(address, {"text": text, "confirm": "1"})
    assert Unit.objects.get(code="U1").name_vi == "Sở Du lịch mới"
    assert set(Succession.objects.filter(successor__code="U9").values_list("kind", flat=True)) == {"merged"}
    wrong = io.BytesIO(b"khong phai excel")
    wrong.name = "don-vi.xlsx"
    assert client.post(address, {"register": wrong}).status_code == 422


def test_units_are_found_without_accents(db):
    load_units(city_of_2025()[:3], actor_id=None, at=AT)
    Unit.objects.create(code="X", name_vi="Sở Đô thị và Hoàn Kiếm")
    assert [unit.code for unit in Unit.objects.named_like("do thi hoan kiem")] == ["X"]

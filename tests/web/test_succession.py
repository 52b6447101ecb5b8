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


def test_units_are_found_without_accents(db):
    load_units(city_of_2025()[:3], actor_id=None, at=AT)
    Unit.objects.create(code="X", name_vi="Sở Đô thị và Hoàn Kiếm")
    assert [unit.code for unit in Unit.objects.named_like("do thi hoan kiem")] == ["X"]

"""One unit created, renamed, merged or split in the browser: the records of an import, judged, previewed, refused in words."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.web.conftest import AT
from thangdo.evaluation.register import Unit as RegisterUnit
from thangdo.web.ledger.models import Entry
from thangdo.web.registry.links import succession_links
from thangdo.web.registry.loading import load_units
from thangdo.web.registry.models import Succession, Unit
from thangdo.web.registry.reorganisation import NewUnit, Reorganisation, judge
from thangdo.web.registry.succession import comparable_series
from thangdo.web.rounds.acts.reorganise import NotReorganised, judged_with_rounds, reorganise
from thangdo.web.rounds.models import Part
from thangdo.web.rounds.refusals import ActRefused, DoneAlready

JULY = date(2025, 7, 1)
DOCUMENT = "1685/NQ-UBTVQH15"
THREE = ("P1", "P2", "P3")


def ward(code: str, name: str, **given: object) -> RegisterUnit:
    return RegisterUnit(code, name, "", "", "", level="phuong_xa", parent="Q1", **given)


@pytest.fixture
def wards(city):
    """A district with three wards, one of which has a unit below it; the round of 2024 knows none of them."""
    load_units(
        [
            RegisterUnit("Q1", "Quận 1", "District 1", "", "", level="dia_phuong"),
            ward("P1", "Phường Bến Nghé"),
            ward("P2", "Phường Đa Kao"),
            ward("P3", "Phường Nguyễn Thái Bình"),
            RegisterUnit("P1.TT", "Trung tâm hành chính công", "", "", "", level="phuong_xa", parent="P1"),
        ],
        actor_id=None,
        at=AT,
    )
    return city


def merger(**given: object) -> Reorganisation:
    asked = {
        "kind": "merged",
        "document": DOCUMENT,
        "on": JULY,
        "predecessors": THREE,
        "successors": (NewUnit("P9", "Phường Sài Gòn", "Sai Gon Ward"),),
    }
    return Reorganisation(**{**asked, **given})


def records() -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    """All the register says: units with their days and place, and who gave way to whom."""
    units = Unit.objects.order_by("code").values_list(
        "code", "name_vi", "name_en", "level", "parent", "valid_from", "valid_to"
    )
    links = Succession.objects.order_by("predecessor__code", "successor__code").values_list(
        "predecessor__code", "successor__code", "kind", "on", "rule"
    )
    return list(units), list(links)


def codes(asked: Reorganisation) -> set[str]:
    return {fault.code for fault in judged_with_rounds(asked).faults}


def test_three_wards_become_one_with_the_records_of_an_import_and_one_act(wards):
    reorganise(merger(), actor=wards.actor("administrator"), at=AT)
    recorded = records()
    assert Unit.objects.get(code="P9").valid_from == JULY
    assert set(Unit.objects.filter(code__in=THREE).values_list("valid_to", flat=True)) == {date(2025, 6, 30)}
    assert set(Succession.objects.values_list("legal_basis", "kind")) == {(DOCUMENT, "merged")}
    # What stood below a ward that ended stands below the new one.
    assert Unit.objects.get(code="P1.TT").parent == "P9" and Unit.objects.get(code="P9").parent == "Q1"
    entries = Entry.objects.filter(act="reorganise")
    assert entries.values("act_id").distinct().count() == 1
    assert set(entries.values_list("actor_id", "reason")) == {(wards.people["administrator"].pk, DOCUMENT)}
    assert entries.count() == 3 + 1 + 1 + 3  # wards that end, the new one, the unit below, successions
    # The same by importing a list, in a register that is as before.
    Succession.objects.all().delete()
    Unit.objects.filter(code="P9").delete()
    Unit.objects.filter(code__in=THREE).update(valid_to=None)
    Unit.objects.filter(code="P1.TT").update(parent="P1")
    before = [ward(code, Unit.objects.get(code=code).name_vi, valid_to=date(2025, 6, 30)) for code in THREE]
    new = RegisterUnit("P9", "Phường Sài Gòn", "Sai Gon Ward", "", "", level="phuong_xa", parent="Q1",
                       valid_from=JULY, predecessors=THREE)  # fmt: skip
    below = RegisterUnit("P1.TT", "Trung tâm hành chính công", "", "", "", level="phuong_xa", parent="P9")
    load_units([*before, new, below], actor_id=None, at=AT)
    assert records() == recorded


def test_the_new_ward_has_the_mean_of_the_three_where_the_rule_says_so(wards):
    reorganise(merger(), actor=wards.actor("administrator"), at=AT)
    own = {"P1": {2024: Decimal(80)}, "P2": {2024: Decimal(70)}, "P3": {2024: Decimal(90), 2023: Decimal(60)}}
    past = comparable_series("P9", succession_links(), own)
    assert [(row.year, row.value, row.carried_from) for row in past] == [(2024, Decimal(80), THREE)]


def test_one_ward_becomes_two_and_begins_anew_where_the_rule_says_so(wards):
    asked = Reorganisation(
        "split",
        DOCUMENT,
        JULY,
        ("Phường Bến Nghé",),
        (NewUnit("P7", "Phường Một"), NewUnit("P8", "Phường Hai")),
        "none",
    )
    reorganise(asked, actor=wards.actor("administrator"), at=AT)
    links = Succession.objects.values_list("predecessor__code", "successor__code", "kind", "rule")
    assert set(links) == {("P1", "P7", "split", "none"), ("P1", "P8", "split", "none")}
    assert comparable_series("P7", succession_links(), {"P1": {2024: Decimal(80)}}) == ()
    # Nobody knows below which of the two it stands now: it stays where it was.
    assert Unit.objects.get(code="P1.TT").parent == "P1"


def test_a_new_name_and_a_new_unit_are_recorded_with_their_document(wards):
    actor = wards.actor("administrator")
    reorganise(merger(kind="renamed", predecessors=("phuong da kao",)), actor=actor, at=AT)
    assert Succession.objects.get().kind == "renamed" and Unit.objects.get(code="P2").valid_to == date(2025, 6, 30)
    new = NewUnit("S9", "Sở An toàn thực phẩm", level="so_nganh")
    reorganise(merger(kind="created", predecessors=(), successors=(new,)), actor=actor, at=AT)
    row = Succession.objects.get(successor__code="S9")
    assert (row.kind, row.predecessor, row.legal_basis) == ("created", None, DOCUMENT)
    page = wards.client("officer").get(reverse("registry:unit", args=["S9"])).content.decode()
    assert DOCUMENT in page and "thành lập" in page


BAD = [
    ({"document": "", "on": None}, {"no_document", "no_day"}),
    ({"on": date(1990, 1, 1)}, {"no_day"}),
    ({"predecessors": ("P1",)}, {"predecessors_merged"}),
    ({"kind": "split"}, {"predecessors_split", "successors_split"}),
    ({"kind": "renamed"}, {"predecessors_renamed"}),
    ({"kind": "created"}, {"predecessors_created"}),
    ({"successors": ()}, {"successors_merged"}),
    ({"predecessors": ("P1", "P77")}, {"unknown_unit"}),
    ({"predecessors": ("P1", "Phường Đa Kaoo")}, {"which_unit"}),
    ({"predecessors": ("P1", "P2", "Phường Đa Kao")}, {"predecessor_twice"}),
    ({"successors": (NewUnit("P1", "Phường Bến Nghé"),)}, {"own_successor"}),
    ({"successors": (NewUnit("Q1", "Phường Sài Gòn"),)}, {"code_taken"}),
    ({"successors": (NewUnit("P 9/x", "Phường Sài Gòn"),)}, {"bad_code"}),
    ({"successors": (NewUnit("P9", ""),)}, {"no_name"}),
    ({"successors": (NewUnit("P9", "S" * 256),)}, {"too_long"}),
    ({"successors": (NewUnit("P9", "Phường Sài Gòn", parent="P1"),)}, {"parent_ends"}),
    ({"successors": (NewUnit("P9", "Phường Sài Gòn", parent="Q99"),)}, {"unknown_parent"}),
    ({"predecessors": ("P1", "U1"), "successors": (NewUnit("P9", "Phường"),)}, {"no_level"}),
    ({"rule": "median"}, {"bad_rule"}),
]


@pytest.mark.parametrize(("given", "expected"), BAD, ids=[" ".join(sorted(codes)) for _, codes in BAD])
def test_what_cannot_be_is_refused_with_every_reason_and_changes_nothing(wards, given, expected):
    before = records()
    found = judge(merger(**given)).faults
    assert {fault.code for fault in found} == expected
    assert all("%(" not in fault.sentence() for fault in found)
    with pytest.raises(NotReorganised):
        reorganise(merger(**given), actor=wards.actor("administrator"), at=AT)
    assert records() == before


def test_a_unit_ends_only_once_and_not_before_it_began(wards):
    actor = wards.actor("administrator")
    reorganise(merger(), actor=actor, at=AT)
    with pytest.raises(DoneAlready):
        reorganise(merger(), actor=actor, at=AT)
    again = merger(predecessors=("P1", "P2"), successors=(NewUnit("P10", "Phường Khác"),), on=date(2026, 1, 1))
    assert codes(again) == {"has_heir"}
    assert codes(merger(kind="renamed", predecessors=("P9",), successors=(NewUnit("P11", "Phường Mới"),))) == {
        "not_born"
    }
    Unit.objects.filter(code="Q1").update(valid_to=date(2024, 1, 1))
    gone = merger(kind="renamed", predecessors=("Q1",), successors=(NewUnit("Q2", "Quận Mới"),))
    assert codes(gone) == {"ended"}


def test_names_that_two_units_would_bear_at_once_are_refused_as_in_an_import(wards):
    judged = judge(merger(successors=(NewUnit("P9", "Quận 1"),)))
    assert [finding.code for finding in judged.findings] == ["EVA506"] and not judged.rows


def test_years_under_evaluation_and_closed_years_keep_their_units(wards):
    two = merger(predecessors=("U1", "U2"), successors=(NewUnit("U9", "Sở Văn hóa và Nội vụ"),))
    # The round under way counts 2024, when both were there: it goes on, and the preview says so.
    assert codes(two) == set()
    assert codes(merger(predecessors=("U1", "U2"), successors=two.successors, on=date(2024, 7, 1))) == {
        "under_evaluation"
    }
    Part.objects.update(phase="closed")
    assert codes(merger(predecessors=("U1", "U2"), successors=two.successors, on=date(2023, 7, 1))) == {"closed_year"}
    assert codes(merger(on=date(2024, 7, 1))) == {"year_is_over"}
    assert codes(two) == set()


def test_only_who_keeps_the_register_may(wards):
    with pytest.raises(ActRefused, match="not_allowed"):
        reorganise(merger(), actor=wards.actor("officer"), at=AT)
    assert not Unit.objects.filter(code="P9").exists()


FORM = {
    "kind": "merged",
    "document": DOCUMENT,
    "on": "2025-07-01",
    "predecessors": "U1\r\nSở Nội vụ\r\n\r\n",
    "rows": "1",
    "code-1": "U9",
    "name_vi-1": " Sở Văn hóa  và Nội vụ ",
    "level-1": "",
    "rule": "mean",
}


def test_the_page_shows_what_would_change_and_then_records_it_once(wards):
    client, address = wards.client("administrator"), reverse("rounds:reorganisation")
    before = records()
    page = client.post(address, {**FORM, "preview": "1"}).content.decode()
    for words in ("Sở Văn hóa và Nội vụ", "hiệu lực đến: – → 30/06/2025", "officer2", DOCUMENT):
        assert words in page, words
    assert "thu-2024" in page, "the open round of 2024 is named"
    assert client.post(address, {**FORM, "tai": "xlsx"})["Content-Type"].endswith("sheet")
    back = client.post(address, {**FORM, "back": "1"}).content.decode()
    assert "Sở Nội vụ</textarea>" in back.replace("\r", "").replace("\n", "") and DOCUMENT in back
    assert records() == before
    done = client.post(address, {**FORM, "confirm": "1"})
    assert done["Location"] == reverse("registry:unit", args=["U9"])
    assert "Đã ghi nhận" in client.get(done["Location"]).content.decode()
    recorded = records()
    again = client.post(address, {**FORM, "confirm": "1"})
    assert again.status_code == 302 and records() == recorded
    refused = client.post(address, {**FORM, "code-1": "U10", "name_vi-1": "Sở Khác", "confirm": "1"})
    assert refused.status_code == 422 and "Mỗi đơn vị chỉ kết thúc một lần" in refused.content.decode()


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_kind_has_its_form_in_both_languages_within_twelve_queries(wards, language):
    client, address = wards.client("administrator"), reverse("rounds:reorganisation")
    client.cookies["lang"] = language
    for kind in ("merged", "split", "renamed", "created", "none"):
        with CaptureQueriesContext(connection) as asked:
            page = client.get(address, {"loai": kind, "don-vi": "U1"})
        assert page.status_code == 200 and len(asked) <= 12
        assert f'<html lang="{language}">' in page.content.decode()
        assert "U1" in page.content.decode() or kind == "created"
    with CaptureQueriesContext(connection) as asked:
        assert client.post(address, {**FORM, "preview": "1"}).status_code == 200
    assert len(asked) <= 12
    refused = client.post(address, {**FORM, "on": "2024-07-01", "preview": "1"}).content.decode()
    name = "Department of Tourism" if language == "en" else "Sở Du lịch"
    assert name in refused.split('role="alert"')[1].split("</ul>")[0]
    more = client.post(address, {**FORM, "kind": "split", "predecessors": "U1", "more": "1"}).content.decode()
    assert 'name="code-2"' in more


def test_a_form_of_nonsense_is_answered_in_words(wards):
    client, address = wards.client("administrator"), reverse("rounds:reorganisation")
    for given in (
        {},
        {**FORM, "rows": "999999999"},
        {**FORM, "kind": "'; DROP TABLE"},
        {**FORM, "on": "31/12/2025"},
        {**FORM, "predecessors": "\n".join(f"X{n}" for n in range(10_000))},
        {**FORM, "code-1": "=1+1", "name_vi-1": "=HYPERLINK()"},
    ):
        answer = client.post(address, {**given, "preview": "1"})
        assert answer.status_code in (200, 422), given
    assert not Unit.objects.filter(code="U9").exists()

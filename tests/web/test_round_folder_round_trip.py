"""Folder → platform → folder: the same canonical hash, unknown columns and both appraisers included."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.web.conftest import AT, make_round
from thangdo.evaluation import SPECS, Table, evaluate, read_round, write_round
from thangdo.findings import Refused
from thangdo.web.rounds.conversion import round_value
from thangdo.web.rounds.loading import store_round
from thangdo.web.rounds.models import Mark
from thangdo.web.rounds.refusals import ActRefused


def full_round(state: str = "final"):
    """Every table filled: three layers, an adjudicated pair, an unknown column, evidence, appeals, decisions."""
    when = "2024-12-01T08:00:00+07:00"
    rows = []
    for unit in ("U1", "U2", "U3"):
        rows += [
            ("par", unit, "1.1", "self", "", "answer", "yes", "", when, "a"),
            ("par", unit, "1.2", "self", "", "numerator", "45", "đúng hạn", when, ""),
            ("par", unit, "1.2", "self", "", "denominator", "48", "", when, ""),
            ("par", unit, "2.1", "self", "", "numerator", "5", "", when, ""),
            ("par", unit, "2.1", "self", "", "denominator", "6", "", when, ""),
        ]
    rows += [
        ("par", "U1", "1.2", "appraisal_1", "tv1", "points", "1.5", "thiếu", when, ""),
        ("par", "U1", "1.2", "appraisal_1", "tv2", "points", "1.75", "đủ một phần", when, ""),
        ("par", "U1", "1.2", "appraisal_1", "adjudicated", "points", "1.75", "thống nhất", when, ""),
        ("par", "U2", "2.1", "council", "council", "na", "true", "không phát sinh", when, "x"),
    ]
    base = make_round()
    tables = dict(base.tables)
    tables["marks"] = Table((*SPECS["marks"].columns, "ghi_chu"), tuple(rows), "marks.csv")
    tables["evidence"] = Table(
        SPECS["evidence"].columns,
        (("par", "U1", "1.2", "ab" * 32, "Báo cáo; tổng kết", "Sở Du lịch", "312/BC-SDL", "2024-12-12"),),
        "evidence.csv",
    )
    tables["appeals"] = Table(
        SPECS["appeals"].columns,
        (("par", "U1", "1.2", when, 'xin "xem lại", ạ', when, "partly", "có lý"),),
        "appeals.csv",
    )
    tables["decisions"] = Table(
        SPECS["decisions"].columns,
        (("par", "approval", "12/QĐ", "2025-02-20", "cd" * 32, "Phê duyệt"),),
        "decisions.csv",
    )
    tables["published"] = Table(
        SPECS["published"].columns, (("par", "so_nganh", "U1", "88.2", "1", "", "báo"),), "published.csv"
    )
    return replace(base, state=state, tables=tables, provenance={"why": "kiểm thử"}, extra={"them": ["một", "hai"]})


def test_a_round_goes_around_unchanged(db, tmp_path):
    given = full_round()
    write_round(given, tmp_path / "in")
    stored = store_round(read_round(tmp_path / "in"), actor_id=None, at=AT)
    back = round_value(stored)
    assert back.hash() == given.hash()
    write_round(back, tmp_path / "out")
    assert read_round(tmp_path / "out").hash() == given.hash()
    assert [row.points for row in evaluate(back).indices[0].rows] == [
        row.points for row in evaluate(given).indices[0].rows
    ]


def test_points_kept_beside_marks_are_those_of_scoring(db):
    store_round(full_round(), actor_id=None, at=AT)
    known = {(m.unit, m.criterion, m.layer, m.appraiser): (m.points, m.maximum) for m in Mark.objects.all()}
    assert known["U1", "1.2", "self", ""] == ("1.875", "2")
    assert known["U1", "1.2", "appraisal_1", "tv1"] == ("1.5", "2")
    assert known["U1", "1.2", "appraisal_1", "adjudicated"] == ("1.75", "2")
    assert known["U2", "2.1", "council", "council"] == ("", "")


def test_a_round_is_not_loaded_twice_and_loose_rows_are_refused(db):
    store_round(full_round(), actor_id=None, at=AT)
    with pytest.raises(ActRefused, match="duplicate"):
        store_round(full_round(), actor_id=None, at=AT)
    bad = full_round()
    rows = (("par", "U9", "1.1", "self", "", "answer", "yes", "", "", ""),)
    bad = replace(bad, id="khac", tables={**bad.tables, "marks": replace(bad.tables["marks"], rows=rows)})
    with pytest.raises(Refused, match="EVA021"):
        store_round(bad, actor_id=None, at=AT)
    assert not Mark.objects.filter(part__round__code="khac").exists()

"""Minutes, decisions and notices as Word: what they say is what the platform holds."""

from __future__ import annotations

import io

import docx
import pytest
from django.urls import reverse

from thangdo.web.rounds.acts.appeal import appeal
from thangdo.web.rounds.acts.approve_results import approve_results
from thangdo.web.rounds.acts.decide_appeal import decide_appeal
from thangdo.web.rounds.acts.save_mark import save_mark
from thangdo.web.rounds.results import results_hash

PART = ["thu-2024", "par"]


def words_of(response) -> str:
    assert response.status_code == 200
    paper = docx.Document(io.BytesIO(response.content))
    cells = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(line.text for line in paper.paragraphs), *cells])


@pytest.fixture
def answered(city):
    for login, unit in (("officer", "U1"), ("officer2", "U2"), ("officer3", "U3")):
        for criterion, fields in (("1.1", {"answer": "yes"}), ("1.2", {"numerator": "6", "denominator": "8"}), ("2.1", {"numerator": "9", "denominator": "9"})):  # fmt: skip
            save_mark(city.part, unit, criterion, fields, "", 0, actor=city.actor(login), at=city.at)
    return city


def test_the_decision_is_a_draft_until_an_approval_holds_for_the_results(answered):
    answered.in_phase("approve")
    client = answered.client("manager")
    address = reverse("rounds:decision", args=PART)
    draft = words_of(client.get(address))
    assert (
        "DỰ THẢO" in draft
        and "Sở Du lịch" in draft
        and "9,50" in draft
        and "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in draft
    )
    now = results_hash(answered.part)
    approve_results(answered.part, "12/QĐ", "2025-03-01", now, "", actor=answered.actor("manager"), at=answered.at)
    signed = words_of(client.get(address))
    assert "DỰ THẢO" not in signed and "Số: 12/QĐ" in signed and now in signed
    assert "ngày 01 tháng 03 năm 2025" in signed


def test_a_unit_takes_the_notice_on_its_own_appeals_only(answered):
    answered.in_phase("explain")
    officer, lead = answered.actor("officer"), answered.actor("lead")
    filed = appeal(answered.part, "U1", "1.2", "Đề nghị xem lại <số liệu>", actor=officer, at=answered.at)
    decide_appeal(
        answered.part, filed.pk, "partly", "1.75", "Bổ sung đủ & đúng hạn", unit="U1", actor=lead, at=answered.at
    )
    address = reverse("rounds:appeal_notice", args=[*PART, "U1"])
    text = words_of(answered.client("officer").get(address))
    assert "Kính gửi: Sở Du lịch." in text and "Đề nghị xem lại <số liệu>" in text and "1,75" in text
    assert "1 được chấp nhận toàn bộ hoặc một phần, 0 chưa giải quyết" in text
    assert answered.client("officer2").get(address).status_code == 403

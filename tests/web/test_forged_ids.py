"""Keys of somebody else's rows in an address or form: refused, and nothing changes. One row per kind of key."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from tests.web.conftest import City
from tests.web.filled import filled_city
from thangdo.web.accounts.models import Grant
from thangdo.web.ledger.models import Entry
from thangdo.web.rounds.models import Attachment, PhaseDate
from thangdo.web.rounds.phases import PHASES

PART = ["thu-2024", "par"]
OTHERS = [*PART, "U1"]


@pytest.fixture
def filled(db) -> City:
    """U1 has one row of everything; the officer of U2 comes with its keys."""
    return filled_city()


# As the officer of U2: the other unit in the address, and the other unit's key under the own unit.
FORGED = [
    ("rounds:submission", OTHERS), ("rounds:submission_workbook", OTHERS), ("rounds:criterion", [*OTHERS, "1.2"]),
    ("rounds:save", [*OTHERS, "1.2"]), ("rounds:copy_last_year", [*OTHERS, "1.2"]), ("rounds:submit", OTHERS),
    ("rounds:recall", OTHERS), ("rounds:approve_submission", OTHERS), ("rounds:send_back", OTHERS),
    ("rounds:attach", [*OTHERS, "1.2"]), ("rounds:detach", [*OTHERS, "1.2", 1]), ("rounds:evidence", [*OTHERS, 1]),
    ("rounds:explain", [*OTHERS, 1]), ("rounds:appeal", [*OTHERS, "1.2"]), ("rounds:ledger_cell", [*OTHERS, "1.2"]),
    ("rounds:detach", [*PART, "U2", "1.2", 1]), ("rounds:evidence", [*PART, "U2", 1]),
    ("rounds:explain", [*PART, "U2", 1]),
]  # fmt: skip
FIELDS = {
    "version": "1", "field-numerator": "1", "field-denominator": "2", "reason": "x", "request": "x", "answer": "x",
    "document": "1", "criterion": "1.2",
}  # fmt: skip


@pytest.mark.parametrize("phase", [phase.code for phase in PHASES])
def test_keys_of_another_unit_open_and_change_nothing(filled, phase):
    filled.in_phase(phase)
    client = filled.client("officer2")
    wrong = []
    for name, args in FORGED:
        path = reverse(name, args=args)
        before = Entry.objects.count()
        shown, sent = client.get(path), client.post(path, FIELDS)
        # A page that only takes forms leads back to one that is refused.
        leads_back = shown.status_code == 302 and client.get(shown["Location"]).status_code in (200, 403)
        if shown.status_code not in (403, 404) and not (leads_back and args[2] == "U2"):
            wrong.append((name, args, "GET", shown.status_code))
        if sent.status_code not in (403, 404, 405, 409) or Entry.objects.count() != before:
            wrong.append((name, args, "POST", sent.status_code))
    assert wrong == []


def test_a_document_of_another_unit_cannot_be_claimed(filled):
    path = reverse("rounds:attach", args=[*PART, "U2", "1.2"])
    assert filled.client("officer2").post(path, {"document": "1", "pages": "1"}).status_code == 409


def test_a_key_of_another_round_is_not_found_under_this_one(filled):
    """The same keys under a part they do not belong to."""
    client = filled.client("secretary")
    filled.in_phase("council")
    assert client.post("/dot/thu-2024/dti/hoi-dong/1/").status_code == 404
    assert client.post("/dot/thu-2025/par/hoi-dong/1/").status_code == 404
    assert client.post(reverse("rounds:council_item", args=[*PART, 99])).status_code == 409


def test_an_appraiser_opens_the_evidence_of_the_assigned_criteria_only(city):
    """What a list would not show, its address does not give either."""
    city.in_phase("self_score")
    PhaseDate.objects.update(closes_at=timezone.now() + timedelta(days=1))
    path = reverse("rounds:attach", args=[*OTHERS, "1.2"])
    given = {"name": "Báo cáo", "file": SimpleUploadedFile("a.pdf", b"%PDF-1.4\n% minh hoa")}
    assert city.client("officer").post(path, given).status_code == 302
    city.in_phase("appraise")
    path = reverse("rounds:evidence", args=[*OTHERS, Attachment.objects.get().document_id])
    for criterion, status in (("2", 404), ("1", 200), ("", 200)):
        Grant.objects.filter(person__login="appraiser").update(criterion=criterion)
        assert city.client("appraiser").get(path).status_code == status, criterion

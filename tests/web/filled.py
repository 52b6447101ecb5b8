"""The small city with one row of everything, so that each page has something to show and each address something to name."""

from __future__ import annotations

from django.utils import timezone

from tests.web.conftest import City, make_city


def filled_city(text: str = "thường", phase: str = "self_score") -> City:
    """Rows with key 1 of every kind a page names; `text` stands wherever people write freely."""
    from thangdo.web.accounts.models import SignInAttempt
    from thangdo.web.registry.models import Succession, Unit
    from thangdo.web.rounds import models as rows

    at = timezone.localtime()
    city = make_city("self_score", at)
    city.in_phase(phase)
    part, officer = city.part, city.people["officer"]
    here = {"part": part, "unit": "U1", "criterion": "1.2"}
    entries = {
        "numerator": {"value": "45", "reason": text, "given_at": at.isoformat()},
        "denominator": {"value": "48", "reason": "", "given_at": at.isoformat()},
    }
    for layer, appraiser in (("self", ""), ("appraisal_1", "tv1")):
        rows.Mark.objects.create(
            **here, layer=layer, appraiser=appraiser, inputs=entries, points="1.875", maximum="2", changed_at=at
        )
    rows.Explanation.objects.create(pk=1, **here, question=text, asked_by=officer, asked_at=at)
    rows.Appeal.objects.create(pk=1, **here, filed_at=at.isoformat(), filed_by=officer, request=text)
    rows.AgendaItem.objects.create(pk=1, **here, position=1, proposal="1", reason=text)
    rows.Extension.objects.create(
        part=part, phase="self_score", unit="U1", closes_at=at, number=text[:60], reason=text, decided_at=at,
        decided_by=officer,
    )  # fmt: skip
    rows.Decision.objects.create(part=part, kind="approval", number=text[:80], signed_on="2025-02-20", text=text)
    file = rows.StoredFile.objects.create(
        sha256="ab" * 32, size=9, media_type="application/pdf", extension="pdf", stored_at=at
    )
    document = rows.Document.objects.create(
        pk=1, unit="U1", file=file, name=text[:255], issuer=text[:255], number=text[:80], issued_on="2024-12-12",
        added_by=officer, added_at=at, sha256=file.sha256,
    )  # fmt: skip
    rows.Attachment.objects.create(pk=1, **here, document=document, pages=text[:60], phase=phase)
    rows.SampleItem.objects.create(**here, seed=1)
    rows.Vote.objects.create(item_id=1, person=city.people["council"], choice="for", given_at=at)
    rows.RoundTable.objects.create(round=part.round, name="values", text="index\n")
    rows.Reminder.objects.create(pk=1, part=part, person=officer, due_at=at, kind="week", made_at=at)
    SignInAttempt.objects.create(login="officer", at=at, outcome="ok")
    one, two = Unit.objects.order_by("code")[:2]
    Succession.objects.create(predecessor=one, successor=two, kind="merged", on=at.date())
    return city

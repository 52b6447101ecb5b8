"""Reminders into the page, and by mail to whoever has an address."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime
from smtplib import SMTPException
from typing import Any

from django.core.mail import EmailMessage, get_connection
from django.utils import translation

from thangdo.web.background.kinds import Call
from thangdo.web.ledger.acting import ActInProgress, acting
from thangdo.web.rounds.models import Reminder
from thangdo.web.rounds.reminder_words import mail_of
from thangdo.web.rounds.reminding import make_reminders

LOG = logging.getLogger(__name__)


def remind(call: Call) -> Mapping[str, Any]:
    """Make the reminders due now, then send those not yet mailed."""
    made = make_reminders(call.at)
    return {"made": made, "mailed": mail_reminders(call.at)}


def mail_reminders(at: datetime) -> int:
    """One mail a person, in their language. What a mail server refuses now is tried again with the next run."""
    rows = Reminder.objects.filter(mailed_at=None, dismissed_at=None, person__is_active=True).exclude(person__email="")
    by_person: dict[int, list[Reminder]] = {}
    for row in rows.select_related("person", "part__round").order_by("person_id", "due_at"):
        by_person.setdefault(row.person_id, []).append(row)
    if not by_person:
        return 0
    sent = 0
    with get_connection() as connection:
        for reminders in by_person.values():
            person = reminders[0].person
            with translation.override(person.language):
                subject, text = mail_of(reminders)
            try:
                EmailMessage(subject, text, to=[person.email], connection=connection).send()
            except (SMTPException, OSError):
                LOG.exception("reminder to person %s", person.pk)
                continue
            with acting(ActInProgress("mail_reminder", None, at)):
                Reminder.objects.filter(pk__in=[row.pk for row in reminders]).update(mailed_at=at)
            sent += 1
    return sent

"""What a reminder says, in the page and in a mail, in the reader's language."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from thangdo.web.formatting import moment
from thangdo.web.rounds.models import Part, Reminder
from thangdo.web.rounds.phases import BY_CODE
from thangdo.web.rounds.sets import issued_set

WORDS: dict[str, Any] = {
    "self_score": gettext_lazy("Self-score the criteria and submit to the leader"),
    "approve_submission": gettext_lazy("Approve the submission"),
    "appraise": gettext_lazy("Appraise the criteria assigned to you"),
    "explain": gettext_lazy("Answer the appraisers' questions"),
    "appeal": gettext_lazy("Read the appraisal; appeal where needed"),
    "decide_appeal": gettext_lazy("Decide the appeals"),
    "phase_ended": gettext_lazy("The phase has ended and is locked: move the round on, or extend by a decision"),
}


def where_of(part: Part) -> str:
    """The part and its phase by name."""
    language = get_language() or "vi"
    title = issued_set(part).criteria.title[language] if part.set_text else part.slug
    return f"{title} · {BY_CODE[part.phase].name(language)}"


def sentence_of(reminder: Reminder) -> str:
    """What is to be done until when, or what has ended."""
    words = str(WORDS.get(reminder.what, WORDS["phase_ended"]))
    end = moment(reminder.due_at)
    if reminder.kind == "ended":
        return _("%(what)s. Ended %(end)s.") % {"what": words, "end": end}
    return _("%(what)s. Ends %(end)s.") % {"what": words, "end": end}


def mail_of(reminders: list[Reminder]) -> tuple[str, str]:
    """Subject and text of one mail for all reminders of a person."""
    lines = [_("Dear %(name)s,") % {"name": reminders[0].person.full_name}, ""]
    for row in reminders:
        lines += [f"- {where_of(row.part)}", f"  {sentence_of(row)}"]
    lines += ["", f"{settings.PUBLIC_ADDRESS}{reverse('rounds:work')}", "", "Thang Đo"]
    first = min(reminders, key=lambda row: row.due_at)
    subject = _("Reminder: %(what)s") % {"what": sentence_of(first)}
    return subject[:180], "\n".join(lines)

"""Who is reminded of what and when: before the end, at the end, once each, and no longer when it is done."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from thangdo.web.ledger.models import Entry
from thangdo.web.rounds.acts.save_mark import save_mark
from thangdo.web.rounds.acts.set_deadlines import extend
from thangdo.web.rounds.models import PhaseDate, Reminder, Submission
from thangdo.web.rounds.refusals import ActRefused
from thangdo.web.rounds.reminding import make_reminders, notice_at
from thangdo.web.rounds.work.remind import mail_reminders

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


@pytest.fixture
def scored(city):
    city.in_phase("self_score")
    return city


def standing() -> set[tuple[str, str]]:
    return set(Reminder.objects.filter(dismissed_at=None).values_list("person__login", "kind"))


def end(city):
    return PhaseDate.objects.get(part=city.part, phase="self_score").closes_at


def test_the_notice_follows_the_end_to_the_second(scored):
    due = end(scored)
    assert notice_at(due, due - 7 * DAY - SECOND) == ""
    assert notice_at(due, due - 7 * DAY) == "week"
    assert notice_at(due, due - DAY) == "last_day"
    assert notice_at(due, due) == "last_day"
    assert notice_at(due, due + timedelta(microseconds=1)) == "ended"


def test_officers_with_open_work_are_reminded_once_a_notice(scored):
    due = end(scored)
    assert make_reminders(due - 8 * DAY) == 0
    assert make_reminders(due - 6 * DAY) == 3
    assert make_reminders(due - 6 * DAY) == 0  # told already
    assert standing() == {("officer", "week"), ("officer2", "week"), ("officer3", "week")}
    # The scheduler was off for five days: only the notice that holds now comes, in place of the older one.
    assert make_reminders(due - DAY) == 3
    assert standing() == {("officer", "last_day"), ("officer2", "last_day"), ("officer3", "last_day")}


def test_who_has_handed_in_is_no_longer_reminded_and_the_leader_is(scored):
    due = end(scored)
    make_reminders(due - 6 * DAY)
    Submission.objects.filter(unit="U1").update(state="with_leader")
    make_reminders(due - 6 * DAY)
    assert standing() == {("leader", "week"), ("officer2", "week"), ("officer3", "week")}
    Submission.objects.filter(unit="U1").update(state="approved")
    make_reminders(due - 6 * DAY)
    assert standing() == {("officer2", "week"), ("officer3", "week")}


def test_an_extension_moves_the_reminders_of_its_unit_only(scored):
    due = end(scored)
    make_reminders(due - DAY)
    extend(scored.part, "U1", due + 10 * DAY, "1/QĐ", "bão", actor=scored.actor("manager"), at=due - DAY)
    make_reminders(due - DAY)
    assert standing() == {("officer2", "last_day"), ("officer3", "last_day")}
    make_reminders(due + 9 * DAY)
    assert ("officer", "last_day") in standing() and ("officer2", "last_day") not in standing()


def test_after_the_end_the_phase_is_locked_and_the_manager_is_told(scored):
    due = end(scored)
    make_reminders(due + SECOND)
    assert standing() == {("manager", "ended")}
    with pytest.raises(ActRefused, match="locked"):
        save_mark(
            scored.part, "U1", "1.1", {"answer": "yes"}, "", 0,
            actor=scored.actor("officer"), at=due + timedelta(microseconds=1),
        )  # fmt: skip
    # The last second still belongs to the unit; a clock set back an hour opens nothing that the end has not.
    save_mark(scored.part, "U1", "1.1", {"answer": "yes"}, "", 0, actor=scored.actor("officer"), at=due)


def test_appraisers_are_reminded_of_open_cells_only(scored):
    save_mark(scored.part, "U1", "1.1", {"answer": "yes"}, "", 0, actor=scored.actor("officer"), at=scored.at)
    scored.in_phase("appraise")
    make_reminders(end(scored) - DAY)
    assert {login for login, _ in standing()} == {"appraiser", "appraiser2", "lead"}


def test_a_phase_that_was_left_reminds_nobody(scored):
    make_reminders(end(scored) - DAY)
    scored.in_phase("council")
    make_reminders(end(scored) - DAY)
    assert standing() == set()


def test_one_mail_a_person_in_their_language_and_again_only_for_new_reminders(scored, mailoutbox):
    officer = scored.people["officer"]
    officer.email, officer.language = "canbo@example.gov.vn", "en"
    officer.save()
    due = end(scored)
    make_reminders(due - 6 * DAY)
    assert mail_reminders(due - 6 * DAY) == 1
    assert mail_reminders(due - 6 * DAY) == 0
    [mail] = mailoutbox
    assert mail.to == ["canbo@example.gov.vn"]
    assert "Reminder" in mail.subject and "Trial index" in mail.body and "/viec/" in mail.body
    assert Reminder.objects.get(person=officer).mailed_at is not None


def test_a_mail_server_that_is_away_leaves_the_reminder_for_the_next_run(scored, mailoutbox, monkeypatch):
    from django.core.mail import EmailMessage

    officer = scored.people["officer"]
    officer.email = "canbo@example.gov.vn"
    officer.save()
    make_reminders(end(scored) - DAY)
    with monkeypatch.context() as patched:
        patched.setattr(EmailMessage, "send", lambda self: (_ for _ in ()).throw(OSError("away")))
        assert mail_reminders(scored.at) == 0
    assert mail_reminders(scored.at) == 1


def test_a_reminder_stands_on_the_page_until_its_reader_puts_it_away(scored):
    make_reminders(end(scored) - DAY)
    mine = Reminder.objects.get(person__login="officer")
    page = scored.client("officer").get(reverse("rounds:work")).content.decode()
    assert "Chỉ số thử" in page and reverse("rounds:dismiss_reminder", args=[mine.pk]) in page
    # Another's reminder stays.
    scored.client("officer2").post(reverse("rounds:dismiss_reminder", args=[mine.pk]))
    assert ("officer", "last_day") in standing()
    scored.client("officer").post(reverse("rounds:dismiss_reminder", args=[mine.pk]))
    assert ("officer", "last_day") not in standing()
    assert Entry.objects.filter(table="rounds_reminder", act="dismiss_reminder").count() == 1
    # Put away, it does not come back with the next run.
    make_reminders(end(scored) - DAY)
    assert ("officer", "last_day") not in standing()

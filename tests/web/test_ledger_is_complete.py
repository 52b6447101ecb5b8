"""The database itself writes every change and refuses to change the record, on SQLite and (see faults) PostgreSQL."""

from __future__ import annotations

import sqlite3
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from thangdo.web.ledger.history import entries_at, rows_at, state_at
from thangdo.web.ledger.models import Entry
from thangdo.web.ledger.tracked import tracked_models
from thangdo.web.ledger.triggers import missing_tables
from thangdo.web.rounds.acts.save_mark import save_mark
from thangdo.web.rounds.models import Mark, Part


def raw(sql: str, *values) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def test_every_table_of_ours_is_watched(db):
    tables = {model._meta.db_table for model in tracked_models()}
    assert {"rounds_mark", "registry_unit", "accounts_person", "accounts_grant", "rounds_vote"} <= tables
    assert missing_tables(connection) == []


@pytest.mark.parametrize("kind", ["UPDATE ledger_entry SET reason = 'x'", "DELETE FROM ledger_entry"])
def test_the_record_refuses_change(city, kind):
    assert Entry.objects.exists()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        raw(kind)


def test_an_act_is_recorded_with_who_when_before_after_and_why(city):
    actor = city.actor("officer")
    save_mark(city.part, "U1", "1.2", {"numerator": "45", "denominator": "48"}, "đúng hạn", 0, actor=actor, at=city.at)
    save_mark(city.part, "U1", "1.2", {"numerator": "46", "denominator": "48"}, "sửa", 1, actor=actor, at=city.at)
    first, second = Entry.objects.filter(table="rounds_mark").order_by("id")
    assert (first.act, first.actor_id, first.reason, first.place) == (
        "save_mark", actor.person_id, "đúng hạn", "par/U1/1.2",
    )  # fmt: skip
    assert first.before is None
    assert first.after["points"] == "1.88" or first.after["points"].startswith("1.875")
    assert second.before["inputs"]["numerator"]["value"] == "45"
    assert second.after["inputs"]["numerator"]["value"] == "46"
    assert second.at == city.at.isoformat()


def test_raw_changes_are_recorded_as_outside_the_platform(city):
    """Every kind of change, on every watched table that has a row."""
    save_mark(city.part, "U1", "1.1", {"answer": "yes"}, "", 0, actor=city.actor("officer"), at=city.at)
    changed = 0
    for model in tracked_models():
        table, key = model._meta.db_table, model._meta.pk.column
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT "{key}" FROM "{table}" LIMIT 1')
            row = cursor.fetchone()
        if row is None:
            continue
        last = Entry.objects.order_by("-id").first().pk
        raw(f'UPDATE "{table}" SET "{key}" = "{key}" WHERE "{key}" = %s', row[0])
        entry = Entry.objects.filter(pk__gt=last).get()
        assert (entry.table, entry.operation, entry.act, entry.actor_id) == (table, "update", "", None)
        changed += 1
    assert changed >= 10
    raw("DELETE FROM rounds_mark")
    assert Entry.objects.filter(table="rounds_mark", operation="delete", act="").count() == 1


def test_passwords_never_enter_the_record(city):
    person = city.people["officer"]
    person.set_password("một câu thật dài 123")
    person.save()
    entry = Entry.objects.filter(table="accounts_person", object_id=str(person.pk)).order_by("-id").first()
    assert entry.after["password"] == "***"
    assert "argon" not in str(entry.after) and "md5" not in str(entry.after)


def test_a_connection_that_is_not_the_platforms_is_refused():
    """On SQLite the trigger asks the platform for the act: any other program's change fails."""
    source = sqlite3.connect(":memory:")
    source.execute("CREATE TABLE t (id INTEGER PRIMARY KEY)")
    source.execute("CREATE TABLE log (a TEXT)")
    source.execute("CREATE TRIGGER w AFTER INSERT ON t BEGIN INSERT INTO log SELECT ledger_act(); END")
    with pytest.raises(sqlite3.OperationalError, match="ledger_act"):
        source.execute("INSERT INTO t VALUES (1)")
    assert source.execute("SELECT count(*) FROM t").fetchone() == (0,)


def test_the_state_at_any_past_moment(city):
    actor = city.actor("officer")
    save_mark(city.part, "U1", "1.1", {"answer": "yes"}, "", 0, actor=actor, at=city.at)
    mark = Mark.objects.get()
    between = Entry.objects.get(table="rounds_mark").recorded_at
    save_mark(city.part, "U1", "1.1", {"answer": "no"}, "", 1, actor=actor, at=city.at)
    last = Entry.objects.filter(table="rounds_mark").order_by("-id").first()
    # Two entries within one tick of the clock cannot be told apart by time; the later one then stands.
    if last.recorded_at > between:
        assert state_at(Mark, mark.pk, between)["inputs"]["answer"]["value"] == "yes"
    assert state_at(Mark, mark.pk, timezone.now())["inputs"]["answer"]["value"] == "no"
    assert state_at(Mark, mark.pk, between - timedelta(days=1)) is None
    assert [row["criterion"] for row in rows_at(Mark, timezone.now())] == ["1.1"]
    assert entries_at("thu-2024", "par/U1").count() == 2
    assert Part.objects.count() == 1

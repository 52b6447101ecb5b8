"""The database itself writes every change and refuses to change the record, on SQLite and (see faults) PostgreSQL."""

from __future__ import annotations

import sqlite3
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from tests.web.filled import filled_city
from thangdo.web.ledger.history import entries_at, rows_at, state_at
from thangdo.web.ledger.models import Entry
from thangdo.web.ledger.tracked import LEFT_OUT, tracked_models
from thangdo.web.ledger.triggers import install, missing_tables
from thangdo.web.rounds.acts.save_mark import save_mark
from thangdo.web.rounds.models import Mark, Part


def raw(sql: str, *values) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def columns_of(table: str) -> list[str]:
    return [column.name for column in connection.introspection.get_table_description(connection.cursor(), table)]


def tables_of_ours() -> set[str]:
    """Every table of the database that belongs to the platform, as the database itself lists them."""
    foreign = ("django_", "auth_", "sqlite_", "django_tasks")
    return {name for name in connection.introspection.table_names() if not name.startswith(foreign)}


def test_every_table_of_the_database_is_watched_or_left_out_by_name(db):
    watched = {model._meta.db_table for model in tracked_models()}
    assert tables_of_ours() == watched | LEFT_OUT | {"ledger_entry"}


FORGERIES = {
    "insert": "INSERT INTO ledger_entry SELECT * FROM ledger_entry ORDER BY id LIMIT 1",
    "update": "UPDATE ledger_entry SET reason = 'x'",
    "delete": "DELETE FROM ledger_entry",
    "insert a new one": (
        "INSERT INTO ledger_entry (act, act_id, at, reason, round, place, table_name, object_id, operation, recorded_at)"
        " VALUES ('agree', '', '', '', '', '', 'rounds_mark', '1', 'update', '2024-01-01 00:00:00')"
    ),
}
ON_SQLITE = {
    "replace": "INSERT OR REPLACE INTO ledger_entry SELECT * FROM ledger_entry ORDER BY id LIMIT 1",
    "update or replace": "UPDATE OR REPLACE ledger_entry SET id = id + 1",
}
ON_POSTGRESQL = {"truncate": "TRUNCATE ledger_entry", "truncate a watched table": "TRUNCATE rounds_mark CASCADE"}


def test_the_record_refuses_every_kind_of_raw_change(city):
    before = list(Entry.objects.order_by("id").values_list())
    assert before
    kinds = FORGERIES | (ON_SQLITE if connection.vendor == "sqlite" else ON_POSTGRESQL)
    for kind, statement in kinds.items():
        with pytest.raises(DatabaseError, match=r"append-only|not authorized"), transaction.atomic():
            raw(statement)
        assert list(Entry.objects.order_by("id").values_list()) == before, kind


def test_every_kind_of_raw_change_on_every_watched_table_is_recorded(db):
    """Update, delete and insert past every act, for each table that the database lists; one without a row fails."""
    filled_city()
    unlike = []
    for model in tracked_models():
        table, key = model._meta.db_table, model._meta.pk.column
        names = ", ".join(f'"{name}"' for name in columns_of(table))
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT {names} FROM "{table}" ORDER BY "{key}" DESC LIMIT 1')
            row = cursor.fetchone()
        assert row is not None, f"fill {table} in filled_city: the test must see a change of it"
        place = dict(zip(columns_of(table), row, strict=True))[key]
        marks = ", ".join(["%s"] * len(row))
        with transaction.atomic(), connection.constraint_checks_disabled():
            last = Entry.objects.order_by("-id").first().pk
            raw(f'UPDATE "{table}" SET "{key}" = "{key}" WHERE "{key}" = %s', place)
            raw(f'DELETE FROM "{table}" WHERE "{key}" = %s', place)
            if connection.vendor == "sqlite":
                raw(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', *row)
                raw(f'INSERT OR REPLACE INTO "{table}" ({names}) VALUES ({marks})', *row)
            found = [
                (entry.operation, entry.act, entry.actor_id)
                for entry in Entry.objects.filter(pk__gt=last, table=table, object_id=str(place)).order_by("id")
            ]
            transaction.set_rollback(True)
        wanted = ["update", "delete"] + (["insert", "delete", "insert"] if connection.vendor == "sqlite" else [])
        if found != [(operation, "", None) for operation in wanted]:
            unlike.append((table, found))
    assert unlike == []


def test_triggers_taken_away_or_weakened_are_found(db):
    drop = "DROP TRIGGER ledger_rounds_mark" + ("_update" if connection.vendor == "sqlite" else " ON rounds_mark")
    raw(drop)
    assert missing_tables(connection) == ["rounds_mark"]
    install(connection)
    assert missing_tables(connection) == []
    if connection.vendor == "sqlite":
        raw("DROP TRIGGER ledger_rounds_vote_update")
        raw("CREATE TRIGGER ledger_rounds_vote_update AFTER UPDATE ON rounds_vote BEGIN SELECT 1; END")
        assert missing_tables(connection) == ["rounds_vote"]
    else:
        raw("ALTER TABLE rounds_vote DISABLE TRIGGER ledger_rounds_vote")
        assert missing_tables(connection) == ["rounds_vote"]
        raw("CREATE OR REPLACE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NULL; END$$")
        assert missing_tables(connection) == ["ledger_entry", "rounds_vote"]


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


def test_passwords_never_enter_the_record(city):
    person = city.people["officer"]
    person.set_password("một câu thật dài 123")
    person.save()
    entry = Entry.objects.filter(table="accounts_person", object_id=str(person.pk)).order_by("-id").first()
    # SQLite keeps the column with its value struck out, PostgreSQL leaves the column out.
    assert entry.after.get("password", "***") == "***"
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

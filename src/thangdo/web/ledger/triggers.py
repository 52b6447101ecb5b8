"""The triggers that make the ledger complete and append-only, for SQLite and PostgreSQL.

Each watched table writes its own entry on insert, update and delete, in the same transaction as the change;
the ledger's own table refuses update and delete. They are generated from the models and installed after every
migration, so a new column or table cannot be forgotten.
"""

# Names in these statements come from the models, never from a reader.
# ruff: noqa: S608

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from thangdo.web.ledger.acting import FUNCTION, SETTING
from thangdo.web.ledger.models import Entry
from thangdo.web.ledger.tracked import SECRET_COLUMNS, tracked_models

LEDGER = Entry._meta.db_table
FIELDS = ("act", "act_id", "actor_id", "acting_for_id", "at", "reason", "round", "place")
OPERATIONS = {"insert": (False, True), "update": (True, True), "delete": (True, False)}
REFUSAL = "the ledger is append-only"


def install(connection: BaseDatabaseWrapper) -> None:
    """Create or replace every trigger on `connection`'s database."""
    statements = _sqlite(connection) if connection.vendor == "sqlite" else _postgresql()
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def missing_tables(connection: BaseDatabaseWrapper) -> list[str]:
    """Watched tables (and the ledger itself) whose triggers are gone, switched off or not as installed.

    What `thangdo check` reports.
    """
    is_sqlite = connection.vendor == "sqlite"
    wanted = list(_sqlite(connection) if is_sqlite else _postgresql())
    present = _present(connection)
    found = set()
    for statement in wanted:
        made = _MADE.search(statement)
        if made is not None and present.get(made["name"]) not in ("", statement):
            found.add(made["table"])
    for function, source in _functions(wanted).items():
        # All triggers stand on the functions: one changed leaves nothing watched.
        if present.get(f"{function}()") != source:
            found.add(LEDGER)
    return sorted(found)


_MADE = re.compile(r'CREATE TRIGGER (?P<name>\w+) (?:BEFORE|AFTER) [A-Z ]+ ON "?(?P<table>\w+)')
_FUNCTION = re.compile(r"FUNCTION (\w+)\(\).*?\$\$(.*)\$\$", re.DOTALL)


def _functions(statements: list[str]) -> dict[str, str]:
    found = (_FUNCTION.search(statement) for statement in statements)
    return {made[1]: made[2] for made in found if made is not None}


def _present(connection: BaseDatabaseWrapper) -> dict[str, str]:
    """Triggers by name with their text ('' on PostgreSQL, whose functions stand beside as `name()`)."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            return dict(cursor.fetchall())
        cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled NOT IN ('D', 'R')")
        found = {name: "" for (name,) in cursor.fetchall()}
        cursor.execute("SELECT proname || '()', prosrc FROM pg_proc WHERE proname LIKE 'ledger\\_%%'", [])
        return {**found, **dict(cursor.fetchall())}


def _sqlite(connection: BaseDatabaseWrapper) -> Iterator[str]:
    for operation in ("update", "delete"):
        name = f"{LEDGER}_no_{operation}"
        yield f"DROP TRIGGER IF EXISTS {name}"
        yield (
            f"CREATE TRIGGER {name} BEFORE {operation.upper()} ON {LEDGER} BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
        )
    # A row that would replace one of the same key would take it away without an update or delete.
    yield f"DROP TRIGGER IF EXISTS {LEDGER}_no_replace"
    yield (
        f"CREATE TRIGGER {LEDGER}_no_replace BEFORE INSERT ON {LEDGER} "
        f"WHEN EXISTS (SELECT 1 FROM {LEDGER} WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    )
    for model in tracked_models():
        table, key = model._meta.db_table, _key(model)
        for operation, (has_before, has_after) in OPERATIONS.items():
            name = f"ledger_{table}_{operation}"
            row = "NEW" if has_after else "OLD"
            act = ", ".join(
                f"json_extract(a.t, '$.{field}')"
                if field.endswith("_id") and field != "act_id"
                else f"coalesce(json_extract(a.t, '$.{field}'), '')"
                for field in FIELDS
            )
            yield f"DROP TRIGGER IF EXISTS {name}"
            yield (
                f'CREATE TRIGGER {name} AFTER {operation.upper()} ON "{table}" BEGIN '
                f"INSERT INTO {LEDGER} ({', '.join(FIELDS)}, table_name, object_id, operation, before, after, recorded_at) "
                f"SELECT {act}, '{table}', CAST({row}.\"{key}\" AS TEXT), '{operation}', "
                f"{_sqlite_row(model, 'OLD') if has_before else 'NULL'}, "
                f"{_sqlite_row(model, 'NEW') if has_after else 'NULL'}, "
                "strftime('%Y-%m-%d %H:%M:%f', 'now') "
                # Outside an act the function gives '', and every field is blank.
                f"FROM (SELECT nullif({FUNCTION}(), '') AS t) AS a; END"
            )


def _sqlite_row(model: type[models.Model], row: str) -> str:
    """All columns as one JSON object; in pieces, because SQLite bounds the arguments of a function."""
    pairs = []
    for field in model._meta.concrete_fields:
        column = field.column
        if column in SECRET_COLUMNS:
            value = "'***'"
        elif isinstance(field, models.JSONField):
            value = f'json({row}."{column}")'
        elif isinstance(field, models.BooleanField):
            value = f"json(CASE WHEN {row}.\"{column}\" THEN 'true' WHEN {row}.\"{column}\" IS NULL THEN 'null' ELSE 'false' END)"
        else:
            value = f'{row}."{column}"'
        pairs.append(f"'{column}', {value}")
    pieces = [f"json_object({', '.join(pairs[start : start + 40])})" for start in range(0, len(pairs), 40)]
    text = pieces[0]
    for piece in pieces[1:]:
        text = f"json_patch({text}, {piece})"
    return text


def _postgresql() -> Iterator[str]:
    secret = "".join(f" - '{column}'" for column in sorted(SECRET_COLUMNS))
    yield f"""
    CREATE OR REPLACE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$"""
    # Entries come from triggers alone: a forged INSERT is refused as well.
    yield f"""
    CREATE OR REPLACE FUNCTION ledger_only_by_trigger() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN IF pg_trigger_depth() < 2 THEN RAISE EXCEPTION '{REFUSAL}: entries are written by triggers'; END IF;
    RETURN NEW; END $$"""
    for operation in ("update", "delete", "truncate"):
        name = f"{LEDGER}_no_{operation}"
        each = "STATEMENT" if operation == "truncate" else "ROW"
        yield f"DROP TRIGGER IF EXISTS {name} ON {LEDGER}"
        yield (
            f"CREATE TRIGGER {name} BEFORE {operation.upper()} ON {LEDGER} "
            f"FOR EACH {each} EXECUTE FUNCTION ledger_refuse()"
        )
    yield f"DROP TRIGGER IF EXISTS {LEDGER}_forged ON {LEDGER}"
    yield (
        f"CREATE TRIGGER {LEDGER}_forged BEFORE INSERT ON {LEDGER} "
        "FOR EACH ROW EXECUTE FUNCTION ledger_only_by_trigger()"
    )
    yield f"""
    CREATE OR REPLACE FUNCTION ledger_write() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
      doing jsonb := coalesce(nullif(current_setting('{SETTING}', true), ''), '{{}}')::jsonb;
      old_row jsonb; new_row jsonb;
    BEGIN
      IF TG_OP <> 'INSERT' THEN old_row := to_jsonb(OLD){secret}; END IF;
      IF TG_OP <> 'DELETE' THEN new_row := to_jsonb(NEW){secret}; END IF;
      INSERT INTO {LEDGER} (act, act_id, actor_id, acting_for_id, at, reason, round, place,
                            table_name, object_id, operation, before, after, recorded_at)
      VALUES (coalesce(doing->>'act', ''), coalesce(doing->>'act_id', ''), (doing->>'actor_id')::bigint,
              (doing->>'acting_for_id')::bigint, coalesce(doing->>'at', ''), coalesce(doing->>'reason', ''),
              coalesce(doing->>'round', ''), coalesce(doing->>'place', ''), TG_TABLE_NAME,
              coalesce(new_row, old_row)->>TG_ARGV[0], lower(TG_OP), old_row, new_row, clock_timestamp());
      RETURN NULL;
    END $$"""
    for model in tracked_models():
        table, key = model._meta.db_table, _key(model)
        yield f'DROP TRIGGER IF EXISTS ledger_{table} ON "{table}"'
        yield (
            f'CREATE TRIGGER ledger_{table} AFTER INSERT OR UPDATE OR DELETE ON "{table}" '
            f"FOR EACH ROW EXECUTE FUNCTION ledger_write('{key}')"
        )
        # A truncation would leave no row to record: it is refused.
        yield f'DROP TRIGGER IF EXISTS ledger_{table}_truncate ON "{table}"'
        yield (
            f'CREATE TRIGGER ledger_{table}_truncate BEFORE TRUNCATE ON "{table}" '
            "FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse()"
        )


def _key(model: type[models.Model]) -> str:
    key: Any = model._meta.pk
    return str(key.column)

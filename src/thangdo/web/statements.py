"""Statements of the busiest paths: prepared once a connection on PostgreSQL, plain on SQLite.

The ORM writes its SQL anew for each request and PostgreSQL plans it anew; at the deadline that is most of a save.
What is read here comes back as the ORM would give it.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, models
from django.db.models.expressions import Col

# PostgreSQL keeps the plan of a prepared statement until it next analyses a table of it, a minute or more later. A
# plan made while the marks of a new round fit one page reads the whole table, and would still do so of ten thousand.
USES_OF_A_PLAN = 300


def _run(sql: str, parameters: Sequence[Any]) -> AbstractContextManager[Any]:
    """The cursor that has executed `sql`, to be closed by its reader."""
    if connection.vendor != "postgresql":
        cursor = connection.cursor()
        cursor.execute(sql, parameters)
        return cursor
    from psycopg import Cursor

    connection.ensure_connection()
    connection.validate_no_broken_transaction()
    with connection.wrap_database_errors:
        # Django's own cursor writes the values into the text, so that no two statements are ever the same.
        prepared = Cursor(connection.connection)
        if _is_plan_old():
            prepared.execute(b"DISCARD PLANS")
        prepared.execute(sql.encode(), parameters, prepare=True)
    return prepared


def _is_plan_old() -> bool:
    """Counts the uses of this thread's connection; true once in USES_OF_A_PLAN."""
    uses = getattr(connection, "uses_of_plans", 0) + 1
    connection.uses_of_plans = uses % USES_OF_A_PLAN  # type: ignore[attr-defined]
    return uses == USES_OF_A_PLAN


def ask(sql: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    """All rows of a SELECT. Raises `django.db.DatabaseError`."""
    with _run(sql, parameters) as cursor:
        return list(cursor.fetchall())


def change(sql: str, parameters: Sequence[Any]) -> int:
    """How many rows an INSERT or UPDATE wrote. Raises `django.db.DatabaseError`."""
    with _run(sql, parameters) as cursor:
        return int(cursor.rowcount)


def given_moment(at: datetime) -> datetime | str:
    """A moment as a parameter: SQLite keeps moments as text, in UTC."""
    return at if connection.vendor == "postgresql" else at.astimezone(UTC).replace(tzinfo=None).isoformat(" ")


def found_moment(value: datetime | str | None) -> datetime | None:
    """A moment from a row: SQLite hands times over as text or without zone, in UTC."""
    found = datetime.fromisoformat(value) if isinstance(value, str) else value
    return found.replace(tzinfo=UTC) if found is not None and found.tzinfo is None else found


class Columns:
    """Some columns of a model in a statement of one's own, and the objects their values make.

    Columns that are not named are read when somebody asks for them.
    """

    def __init__(self, model: type[models.Model], *names: str) -> None:
        # In the order of the model's fields, as `from_db` wants them.
        fields = [field for field in model._meta.concrete_fields if field.attname in names]
        self.model = model
        self.names = [field.attname for field in fields]
        self._columns = [Col(model._meta.db_table, field) for field in fields]
        self._converters: dict[str, list[tuple[int, Any, Col]]] = {}

    def of(self, alias: str) -> str:
        """The list of columns for SELECT, of the table known there as `alias`."""
        return ", ".join(f'{alias}."{column.target.column}"' for column in self._columns)

    def object(self, values: Sequence[Any]) -> Any:
        """The object of these values; the first `len(names)` of a longer row are taken."""
        converters = self._converters.get(connection.vendor)
        if converters is None:
            converters = [
                (position, convert, column)
                for position, column in enumerate(self._columns)
                for convert in [
                    *connection.ops.get_db_converters(column),
                    *column.get_db_converters(connection),
                ]
            ]
            self._converters[connection.vendor] = converters
        row = list(values[: len(self.names)])
        for position, convert, column in converters:
            row[position] = convert(row[position], column, connection)
        return self.model.from_db(DEFAULT_DB_ALIAS, self.names, row)

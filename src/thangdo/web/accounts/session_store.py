"""Sessions in the database, read with the person behind them and what they hold: one statement a request."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.db import connection
from django.utils import timezone

from thangdo.web.accounts.models import Person, Session
from thangdo.web.accounts.permissions import Held, Holder
from thangdo.web.statements import Columns, ask, given_moment

PERSON = Columns(Person, "id", "password", "login", "full_name", "email", "unit_id", "language", "is_active")
ONE_LOOK = f"""
SELECT {PERSON.of("p")}, s.session_data, u.code,
       g.role, gu.code, g.round, g."index", g.criterion, g.phases, g.on_behalf_of_id
  FROM accounts_session s
  LEFT JOIN accounts_person p ON p.id = s.person_id AND p.is_active
  LEFT JOIN registry_unit u ON u.id = p.unit_id
  LEFT JOIN accounts_grant g ON g.person_id = p.id
        AND (g.valid_from IS NULL OR g.valid_from <= %s) AND (g.valid_to IS NULL OR g.valid_to >= %s)
  LEFT JOIN registry_unit gu ON gu.id = g.unit_id
 WHERE s.session_key = %s AND s.expire_date > %s"""  # noqa: S608  # names of columns, written above


class SessionStore(DatabaseStore):
    """Django's sessions in a table of ours that names the person; `found` is that person once it is loaded."""

    def __init__(self, session_key: str | None = None) -> None:
        super().__init__(session_key)
        self.found: tuple[date, Person, Holder] | None = None

    @classmethod
    def get_model_class(cls) -> Any:
        return Session

    def create_model_instance(self, data: Any) -> Any:
        row: Any = super().create_model_instance(data)
        row.person_id = data.get(SESSION_KEY)
        return row

    def load(self) -> dict[str, Any]:
        now = timezone.localtime()
        on = now.date()
        day = on.isoformat() if connection.vendor == "sqlite" else on
        rows = ask(ONE_LOOK, [day, day, self.session_key, given_moment(now)])
        if not rows:
            self._session_key = None
            return {}
        count = len(PERSON.names)
        if rows[0][0] is not None:
            person = PERSON.object(rows[0])
            held = tuple(
                Held(role, unit or "", round_, index, criterion, tuple(filter(None, phases.split(","))), behalf)
                for role, unit, round_, index, criterion, phases, behalf in (row[count + 2 :] for row in rows)
                if role is not None
            )
            self.found = on, person, Holder(person.pk, rows[0][count + 1] or "", held)
        return dict(self.decode(rows[0][count]))

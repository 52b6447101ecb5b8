"""Checking a password or code, with lock-out by login and by address."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.contrib.auth.hashers import make_password
from django.db.models import Q

from thangdo.web.accounts.models import Person, SignInAttempt
from thangdo.web.ledger.acting import ActInProgress, acting

Found = TypeVar("Found")
WINDOW = timedelta(minutes=15)
FAILURES_BY_LOGIN = 5
FAILURES_BY_ADDRESS = 50


class PasswordBackend:
    """Django's door to people: by key for sessions, by password through `check`."""

    def authenticate(self, request: Any, **credentials: Any) -> Person | None:
        return None

    def get_user(self, user_id: int) -> Person | None:
        return Person.objects.select_related("unit").filter(pk=user_id, is_active=True).first()


def is_locked_out(login: str, address: str, at: datetime) -> bool:
    """Whether too many attempts failed of late, for this login since its last success or from this address."""
    since = at - WINDOW
    attempts = SignInAttempt.objects.filter(Q(login=login) | Q(address=address), at__gt=since, at__lte=at)
    rows = list(attempts.order_by("at").values_list("login", "address", "outcome"))
    by_login = 0
    for attempted, _, outcome in rows:
        if attempted == login:
            by_login = 0 if outcome == "ok" else by_login + (outcome == "refused")
    by_address = sum(1 for _, origin, outcome in rows if origin == address and outcome == "refused")
    return by_login >= FAILURES_BY_LOGIN or (bool(address) and by_address >= FAILURES_BY_ADDRESS)


def record_attempt(login: str, address: str, outcome: str, at: datetime, person: Person | None = None) -> None:
    with acting(ActInProgress("sign_in", person.pk if person else None, at)):
        SignInAttempt.objects.create(login=login[:80], address=address[:64], at=at, outcome=outcome)


def check_password(login: str, password: str, address: str, at: datetime) -> tuple[Person | None, str]:
    """The person, or None and why not: `locked` or `refused`. The attempt is recorded.

    Takes as long for an unknown login as for a wrong password.
    """
    if is_locked_out(login, address, at):
        record_attempt(login, address, "locked", at)
        return None, "locked"
    person = Person.objects.filter(login=login, is_active=True).first()
    if person is None:
        make_password(password)
    elif person.check_password(password):
        return person, ""
    record_attempt(login, address, "refused", at, person)
    return None, "refused"


def guess(person: Person, look: Callable[[], Found | None], address: str, at: datetime) -> tuple[Found | None, str]:
    """What `look` finds for a password or code typed by somebody who is known already, or None and why not.

    Bounded as signing in is, and by the same count: a session left open is no place to guess in peace. Only
    signing in clears the count.
    """
    if is_locked_out(person.login, address, at):
        record_attempt(person.login, address, "locked", at, person)
        return None, "locked"
    found = look()
    if found is None:
        record_attempt(person.login, address, "refused", at, person)
        return None, "refused"
    return found, ""

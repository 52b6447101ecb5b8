"""A way in: the first account of an installation, and a new password for somebody who lost theirs."""

from __future__ import annotations

import base64
import secrets
from datetime import datetime

from thangdo.web.accounts.models import Grant, Person
from thangdo.web.ledger.acting import ActInProgress, acting

ROLE = "administrator"


def renew_access(person: Person, *, actor_id: int, at: datetime) -> str:
    """Give somebody a new password and switch their one-time codes off; every session of theirs ends.

    Returns the password: it is stored nowhere, and whoever asked hands it over.
    """
    with acting(ActInProgress("renew_access", actor_id, at)):
        return _let_in(person)


def appoint_administrator(login: str, full_name: str, at: datetime) -> str:
    """Make a system administrator, or let one in again; done by whoever runs the installation, who needs no account.

    Returns the password. Raises ValueError for a blank login, or a blank name of somebody new.
    """
    login, full_name = login.strip(), full_name.strip()
    with acting(ActInProgress("appoint_administrator", None, at)):
        person = Person.objects.filter(login=login).first()
        if not login or (person is None and not full_name):
            raise ValueError("login" if not login else "full_name")
        person = person or Person(login=login)
        person.full_name = full_name or person.full_name
        person.is_active = True
        password = _let_in(person)
        if not Grant.objects.valid_on(at.date()).filter(person=person, role=ROLE).exists():
            Grant.objects.create(person=person, role=ROLE)
    return password


def _let_in(person: Person) -> str:
    # 80 bits, as first passwords of imported people have.
    password = base64.b32encode(secrets.token_bytes(10)).decode("ascii").lower()
    person.totp_secret, person.totp_since = "", None
    person.set_password(password)
    person.save()
    return password

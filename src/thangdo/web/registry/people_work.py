"""Importing people in the background: hashing hundreds of first passwords takes a minute or more.

A first password is made from the installation's secret, the job and the login. It is stored nowhere; the page of
the job makes it again for whoever asked, as long as the person has not changed it.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from typing import Any

from django.contrib.auth.hashers import make_password
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from thangdo.web.accounts.models import Person
from thangdo.web.background.kinds import Call, CannotBeDone
from thangdo.web.registry.people import BadRow, changes, load_people
from thangdo.web.registry.people_faults import BadPeople

# Faults named where a job failed; the preview of the list names them all.
MOST_TOLD = 3


def load(call: Call) -> Mapping[str, Any]:
    """Hash the first password of each new person, then write everyone in one transaction."""
    rows = call.arguments["rows"]
    try:
        new = list(dict.fromkeys(change.login for change in changes(rows) if change.is_new))
        hashed: dict[str, str] = {}
        for number, login in enumerate(new):
            call.progress(number, len(new))
            hashed[login] = make_password(first_password(call.job_id, login))
        load_people(rows, hashed, actor_id=call.person_id, at=call.at)
    except BadRow as bad:
        raise CannotBeDone(
            _("“%(value)s” is not a valid value for “%(field)s”.") % {"value": bad.value, "field": bad.field}
        ) from bad
    except BadPeople as bad:
        # The register may have changed since the list was looked at.
        raise CannotBeDone(" ".join(fault.sentence() for fault in bad.faults[:MOST_TOLD])) from bad
    call.progress(len(new), len(new))
    words = ngettext("%(num)s new person", "%(num)s new people", len(new)) % {"num": len(new)}
    return {"words": words, "new": [[login, _mark(hashed[login])] for login in new]}


def first_password(job_id: int, login: str) -> str:
    """Sixteen letters and digits (80 bits) that only this installation can make."""
    digest = salted_hmac("thangdo.first-password", f"{job_id}:{login}", algorithm="sha256").digest()
    return base64.b32encode(digest)[:16].decode("ascii").lower()


def first_passwords(job_id: int, result: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Login and first password of those who have not changed it yet: one query, no hashing."""
    marks = {str(login): str(mark) for login, mark in result.get("new", ())}
    stored = dict(Person.objects.filter(login__in=marks, is_active=True).values_list("login", "password"))
    return [
        (login, first_password(job_id, login))
        for login, mark in marks.items()
        if login in stored and _mark(stored[login]) == mark
    ]


def _mark(stored_password: str) -> str:
    """Tells whether a stored hash is still the same, without being of use to anyone else."""
    return hashlib.sha256(stored_password.encode()).hexdigest()[:16]

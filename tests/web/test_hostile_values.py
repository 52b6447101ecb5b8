"""Every field of every form filled with what nobody types by accident: an answer in words, never a failure of ours."""

from __future__ import annotations

from urllib.parse import unquote

import pytest
from django.db import transaction
from django.test import Client
from django.urls import NoReverseMatch

from tests.web.addresses import arguments_of, named_addresses, path_of
from tests.web.conftest import LOGINS, City
from tests.web.filled import filled_city
from tests.web.forms import Form, forms_of
from tests.web.hostile import HOSTILE
from thangdo.web.accounts import rates
from thangdo.web.accounts.addresses import ADDRESSES
from thangdo.web.accounts.permissions import BY_CODE
from thangdo.web.rounds.phases import PHASES

# What a field holds while another one is under attack: enough for most acts to reach the database.
GOOD = {
    "points": "1", "reason": "vì vậy", "number": "1/QĐ", "signed_on": "2025-02-20", "until": "2030-01-01T00:00",
    "name": "Báo cáo", "request": "xin xem lại", "question": "vì sao?", "answer": "vì vậy", "size": "1", "seed": "1",
    "outcome": "partly", "field-numerator": "1", "field-denominator": "2", "login": "officer", "unit": "U1",
}  # fmt: skip
# Signing in and out would change who is asking.
# Tried in one field while the others hold something good; the rest is tried in all fields at once.
FIELD_BY_FIELD = {"a very long text", "a number beyond any column", "the last day", "a digit that is no number"}
LEFT_OUT = {"/dang-xuat/", "/ngon-ngu/", "/dang-nhap/"}


@pytest.fixture(autouse=True)
def without_bounds(monkeypatch):
    monkeypatch.setattr(rates.Rates, "allow", lambda *_: True)


def forms_met(city: City) -> list[tuple[str, str, Form]]:
    """Each different form of each page, with its phase and somebody who is offered it."""
    found: dict[tuple[object, ...], tuple[str, str, Form]] = {}
    clients = {role: city.client(login) for role, login in LOGINS.items()}
    for phase in PHASES:
        city.in_phase(phase.code)
        for name in sorted(named_addresses() - {"portal:published"}):
            code = ADDRESSES[name][0]
            act = BY_CODE[code] if code else None
            if act is None or (act.phases and phase.code not in act.phases):
                continue
            path = path_of(name) + ("?u=U1&t=1.2" if name == "rounds:matrix" else "")
            if phase is not PHASES[0] and "/par/" not in path:
                continue
            for role, client in clients.items():
                if act.scope(role) is None:
                    continue
                page = client.get(path)
                if page.status_code != 200 or not page["Content-Type"].startswith("text/html"):
                    continue
                for form in forms_of(page.content.decode(), path):
                    if form.action not in LEFT_OUT:
                        found.setdefault(form.key, (phase.code, LOGINS[role], form))
    return list(found.values())


def sent(client: Client, form: Form, data: dict[str, str]) -> int:
    """The status the platform answers with; nothing is kept afterwards."""
    with transaction.atomic():
        call = client.post if form.method == "post" else client.get
        answer = call(form.action, data)
        transaction.set_rollback(True)
    return answer.status_code


@pytest.mark.django_db
def test_every_field_of_every_form_takes_anything():
    city = filled_city()
    forms = forms_met(city)
    assert len(forms) > 25
    failures = []
    clients = {login: city.client(login) for _, login, _ in forms}
    for phase, login, form in forms:
        city.in_phase(phase)
        clients[login].raise_request_exception = False
        base = {name: GOOD.get(name, value) for name, value in form.values.items()}
        trials = [
            (what, {name: value}) for name in form.typed for what, value in HOSTILE.items() if what in FIELD_BY_FIELD
        ]
        trials += [(what, dict.fromkeys(form.typed, value)) for what, value in HOSTILE.items()]
        for name, value, _ in form.buttons[:1]:
            base |= {name: value} if name else {}
        for what, bad in trials:
            if sent(clients[login], form, {**base, **bad}) >= 500:
                failures.append((phase, form.action, tuple(bad), what))
    assert failures == []


@pytest.mark.django_db
def test_every_search_and_window_takes_anything():
    """What stands after the question mark of an address."""
    city = filled_city()
    city.in_phase("appraise")
    failures = []
    for login, path, names in (
        ("manager", "/dot/thu-2024/par/ma-tran/", "rcut"),
        ("manager", "/dot/thu-2024/nhat-ky/", ("noi", "trang")),
        ("officer", "/dot/thu-2024/par/don-vi/U1/tieu-chi/1.2/nhat-ky/", ("luc",)),
    ):
        client = city.client(login)
        client.raise_request_exception = False
        for name in names:
            for what, value in HOSTILE.items():
                if client.get(path, {name: value}).status_code >= 500:
                    failures.append((path, name, what))
    assert failures == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    "piece", ["a%00b", "%0d%0aSet-Cookie:%20a=b", "..%2f..%2fetc%2fpasswd", "9" * 30, "²", "a" * 3000]
)
def test_every_address_takes_any_piece(piece):
    city = filled_city()
    client = city.client("manager")
    client.raise_request_exception = False
    failures = []
    for name in sorted(named_addresses() - {"portal:published"}):
        for key, value in arguments_of(name).items():
            if isinstance(value, int) and not (piece.isascii() and piece.isdigit()):
                continue
            try:
                path = path_of(name, **{key: int(piece) if isinstance(value, int) else unquote(piece)})
            except NoReverseMatch:
                continue
            answer = client.get(path)
            if answer.status_code >= 500 or "a=b" in str(answer.headers.get("Location", "")):
                failures.append((path[:80], answer.status_code))
    assert failures == []

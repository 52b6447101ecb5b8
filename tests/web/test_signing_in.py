"""Signing in: RFC 6238's own codes, one use each; lock-out; sessions end with the password."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from thangdo.web.accounts.models import Person
from thangdo.web.accounts.sign_in import FAILURES_BY_LOGIN, check_password, record_attempt
from thangdo.web.accounts.totp import code_at, matching_step

# RFC 6238, appendix B: SHA-1, eight digits, secret "12345678901234567890".
SECRET = base64.b32encode(b"12345678901234567890").decode()
RFC_6238 = ((59, "94287082"), (1111111109, "07081804"), (1111111111, "14050471"), (1234567890, "89005924"), (2000000000, "69279037"), (20000000000, "65353130"))  # fmt: skip
PASSWORD = "một câu thật dài 123"


@pytest.mark.parametrize(("second", "code"), RFC_6238)
def test_rfc_6238_appendix_b(second, code):
    assert code_at(SECRET, second // 30, digits=8) == code


def test_a_code_works_once_and_a_step_of_drift_is_forgiven():
    at = datetime.fromtimestamp(1111111109, UTC)
    step = 1111111109 // 30
    assert matching_step(SECRET, code_at(SECRET, step), at, 0) == step
    assert matching_step(SECRET, code_at(SECRET, step), at, step) is None
    assert matching_step(SECRET, code_at(SECRET, step), at + timedelta(seconds=30), 0) == step
    assert matching_step(SECRET, code_at(SECRET, step), at + timedelta(seconds=90), 0) is None
    assert matching_step(SECRET, "abc", at, 0) is None


@pytest.fixture
def person(db) -> Person:
    return Person.objects.create_user("lan", PASSWORD, full_name="Lan")


def test_five_failures_lock_the_login_for_fifteen_minutes(person):
    at = timezone.now()
    for _ in range(FAILURES_BY_LOGIN):
        assert check_password("lan", "sai", "10.0.0.1", at) == (None, "refused")
    assert check_password("lan", PASSWORD, "10.0.0.2", at) == (None, "locked")
    assert check_password("lan", PASSWORD, "10.0.0.2", at + timedelta(minutes=16)) == (person, "")


def test_a_success_clears_the_count(person):
    at = timezone.now()
    for _ in range(FAILURES_BY_LOGIN - 1):
        check_password("lan", "sai", "10.0.0.1", at)
    record_attempt("lan", "10.0.0.1", "ok", at + timedelta(seconds=1), person)
    assert check_password("lan", "sai", "10.0.0.1", at + timedelta(seconds=2)) == (None, "refused")
    assert check_password("lan", PASSWORD, "10.0.0.1", at + timedelta(seconds=3)) == (person, "")


def test_the_second_step_asks_for_a_code(person):
    person.totp_secret, person.totp_since = SECRET, timezone.now()
    person.save()
    client = Client()
    answer = client.post("/dang-nhap/", {"login": "lan", "password": PASSWORD})
    assert answer["Location"].startswith("/dang-nhap/ma/")
    assert client.get("/viec/").status_code == 302
    assert client.post("/dang-nhap/ma/", {"code": "000000"}).status_code == 403
    step = int(timezone.now().timestamp()) // 30
    assert client.post("/dang-nhap/ma/", {"code": code_at(SECRET, step)}).status_code == 302
    assert client.get("/tai-khoan/").status_code == 403  # signed in, but without any role
    assert "_auth_user_id" in client.session


def test_a_new_password_and_a_closed_account_end_every_session(city):
    client = city.client("officer")
    assert client.get("/viec/").status_code == 200
    officer = Person.objects.get(login="officer")
    officer.set_password(PASSWORD)
    officer.save()
    assert client.get("/viec/").status_code == 302
    other = city.client("leader")
    Person.objects.filter(login="leader").update(is_active=False)
    assert other.get("/viec/").status_code == 302


def test_a_link_never_leads_away_after_signing_in(person):
    answer = Client().post("/dang-nhap/?next=https://xau.example/", {"login": "lan", "password": PASSWORD})
    assert answer["Location"] == "/"

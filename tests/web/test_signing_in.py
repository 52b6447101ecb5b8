"""Signing in: RFC 6238's own codes, one use each; lock-out; sessions end with the password."""

from __future__ import annotations

import base64
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tests.web.running import environment, in_platform, prepare
from thangdo.web.accounts import rates
from thangdo.web.accounts.models import Grant, Person, SignInAttempt
from thangdo.web.accounts.sign_in import FAILURES_BY_LOGIN, check_password, record_attempt
from thangdo.web.accounts.totp import code_at, matching_step
from thangdo.web.ledger.models import Entry

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


def signed_in(login: str = "lan") -> Client:
    client = Client()
    assert client.post("/dang-nhap/", {"login": login, "password": PASSWORD})["Location"] == "/"
    return client


@pytest.fixture
def officer(city) -> Person:
    """Somebody with a role, so that the pages of the own account are open."""
    person = Person.objects.get(login="officer")
    person.set_password(PASSWORD)
    person.save()
    return person


def test_the_session_key_changes_at_sign_in_and_the_old_one_is_dead(officer):
    """Whoever plants a session key in somebody's browser has nothing of it after they signed in."""
    officer.totp_secret, officer.totp_since = SECRET, timezone.now()
    officer.save()
    client = Client()
    client.post("/dang-nhap/", {"login": "officer", "password": PASSWORD})
    planted = client.cookies["thangdo"].value
    step = int(timezone.now().timestamp()) // 30
    client.post("/dang-nhap/ma/", {"code": code_at(SECRET, step)})
    assert client.cookies["thangdo"].value != planted
    assert client.get("/viec/").status_code == 200
    thief = Client()
    thief.cookies["thangdo"] = planted
    assert thief.get("/viec/").status_code == 302
    # A key that somebody made up is not taken on either.
    invented = Client()
    invented.cookies["thangdo"] = "a" * 32
    officer.totp_since = None
    officer.save()
    invented.post("/dang-nhap/", {"login": "officer", "password": PASSWORD})
    assert invented.cookies["thangdo"].value != "a" * 32


def test_a_changed_password_renews_this_session_and_ends_the_others(officer):
    here, there = signed_in("officer"), signed_in("officer")
    old_key = here.cookies["thangdo"].value
    given = {"old": PASSWORD, "new": "một câu khác hẳn 456"}
    assert here.post("/tai-khoan/mat-khau/", given).status_code == 302
    assert here.get("/viec/").status_code == 200 and here.cookies["thangdo"].value != old_key
    assert there.get("/viec/").status_code == 302
    stolen = Client()
    stolen.cookies["thangdo"] = old_key
    assert stolen.get("/viec/").status_code == 302


@pytest.fixture
def unhurried(monkeypatch):
    """Without the bound by address, the bound by account stands alone."""
    monkeypatch.setattr(rates.Rates, "allow", lambda *_: True)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_present_password_cannot_be_guessed_in_an_open_session(officer, unhurried, language):
    client = signed_in("officer")
    client.cookies["lang"] = language
    given = {"old": "đoán", "new": "một câu khác hẳn 456"}
    for _ in range(FAILURES_BY_LOGIN):
        page = client.post("/tai-khoan/mat-khau/", given).content.decode()
        assert {"vi": "Mật khẩu hiện tại không đúng", "en": "The present password is not right"}[language] in page
    answer = client.post("/tai-khoan/mat-khau/", {**given, "old": PASSWORD})
    assert answer.status_code == 422
    assert {"vi": "mở lại sau 15 phút", "en": "opens again in 15 minutes"}[language] in answer.content.decode()
    # The same count as signing in, and the password stands as it was.
    assert check_password("officer", PASSWORD, "10.9.9.9", timezone.now()) == (None, "locked")
    assert Person.objects.get(login="officer").check_password(PASSWORD)


@pytest.mark.parametrize("is_on", [True, False])
def test_codes_cannot_be_guessed_when_switching_them_on_or_off(officer, unhurried, is_on):
    client = signed_in("officer")
    if is_on:
        officer.totp_secret, officer.totp_since = SECRET, timezone.now()
        officer.save()
        secret = SECRET
    else:
        client.get("/tai-khoan/")
        secret = client.session["new_totp_secret"]
    for _ in range(FAILURES_BY_LOGIN):
        assert client.post("/tai-khoan/", {"code": "abcdef"}).status_code == 422
    right = code_at(secret, int(timezone.now().timestamp()) // 30)
    answer = client.post("/tai-khoan/", {"code": right})
    assert answer.status_code == 422 and "mở lại sau 15 phút" in answer.content.decode()
    assert Person.objects.get(login="officer").has_totp is is_on
    SignInAttempt.objects.all().delete()
    assert client.post("/tai-khoan/", {"code": right}).status_code == 302
    assert Person.objects.get(login="officer").has_totp is not is_on


def test_the_second_step_locks_as_the_first(officer, unhurried):
    officer.totp_secret, officer.totp_since = SECRET, timezone.now()
    officer.save()
    client = Client()
    client.post("/dang-nhap/", {"login": "officer", "password": PASSWORD})
    for _ in range(FAILURES_BY_LOGIN):
        assert client.post("/dang-nhap/ma/", {"code": "000000"}).status_code == 403
    right = code_at(SECRET, int(timezone.now().timestamp()) // 30)
    answer = client.post("/dang-nhap/ma/", {"code": right})
    assert answer.status_code == 403 and "mở lại sau 15 phút" in answer.content.decode()
    assert client.get("/viec/").status_code == 302
    # An account closed meanwhile starts from the beginning.
    Person.objects.filter(login="officer").update(is_active=False)
    assert client.post("/dang-nhap/ma/", {"code": right})["Location"] == "/dang-nhap/"


@pytest.mark.parametrize(("path", "field"), [("/tai-khoan/", "code"), ("/tai-khoan/mat-khau/", "old")])
def test_too_many_guesses_from_one_address_ask_for_patience(officer, monkeypatch, path, field):
    client = signed_in("officer")
    monkeypatch.setattr(rates.SIGN_INS, "allow", lambda _key, _at: False)
    answer = client.post(path, {field: "000000", "new": "x"})
    assert answer.status_code == 422 and "Chờ một phút" in answer.content.decode()
    assert not SignInAttempt.objects.exclude(outcome="ok").exists()


def test_guesses_are_counted_over_all_processes_together(tmp_path):
    """Two processes at one moment, each asking as often as one alone might: together they are let in that often."""
    prepare(tmp_path)
    code = """
from datetime import datetime, UTC
from thangdo.web.accounts.rates import SIGN_INS
at = datetime(2024, 11, 18, 9, 0, tzinfo=UTC)
print(sum(SIGN_INS.allow("10.0.0.1", at) for _ in range(int(SIGN_INS.burst))))
"""
    with ThreadPoolExecutor(2) as both:
        allowed = [int(said) for said in both.map(lambda _: in_platform(tmp_path, code), range(2))]
    assert sum(allowed) == rates.SIGN_INS.burst


def test_guesses_come_back_evenly_and_a_clock_that_goes_back_gives_none(db):
    at, bound = timezone.now(), rates.SharedRates("thu", per_second=0.5, burst=2)
    assert [bound.allow("a", at) for _ in range(3)] == [True, True, False]
    assert bound.allow("b", at)
    assert not bound.allow("a", at - timedelta(hours=1))
    assert not bound.allow("a", at + timedelta(seconds=1))
    assert bound.allow("a", at + timedelta(seconds=2)) and not bound.allow("a", at + timedelta(seconds=2))
    # A long pause fills the bucket and no further.
    assert [bound.allow("a", at + timedelta(days=1)) for _ in range(3)] == [True, True, False]


@pytest.mark.parametrize("processes", [1, 2, 5])
def test_changes_are_bounded_by_each_process_with_its_share(settings, processes):
    settings.CONFIGURATION = replace(settings.CONFIGURATION, workers=processes)
    shares = [rates.Rates(per_second=10, burst=100) for _ in range(processes)]
    assert sum(share.allow("person:1", 0.0) for share in shares for _ in range(100)) == 100
    assert sum(share.allow("person:1", 1.0) for share in shares for _ in range(100)) == 10


def test_who_lost_the_password_and_the_device_gets_in_again_and_every_open_session_ends(officer):
    """The administrator sees the new password once; the ledger has that it was given, not what it is."""
    before = signed_in("officer")
    Person.objects.filter(pk=officer.pk).update(totp_secret=SECRET, totp_since=timezone.now())
    administrator = Person.objects.create_user("quantri", PASSWORD, full_name="Quản")
    Grant.objects.create(person=administrator, role="administrator")
    page = signed_in("quantri").post("/nguoi/officer/", {"renew": "1"})
    password = re.search(r"<code>([a-z2-7]{16})</code>", page.content.decode())[1]
    assert page["Cache-Control"] == "no-store"
    assert before.get("/viec/").status_code == 302
    assert password not in signed_in("quantri").get("/nguoi/officer/").content.decode()
    answer = Client().post("/dang-nhap/", {"login": "officer", "password": password})
    assert answer.status_code == 302 and "/dang-nhap/" not in answer["Location"]
    entry = Entry.objects.filter(act="renew_access").get()
    assert entry.actor_id == administrator.pk and password not in str(entry.after)


def test_only_an_administrator_gives_new_passwords(officer):
    assert signed_in("officer").post("/nguoi/officer/", {"renew": "1"}).status_code == 403
    assert officer.check_password(PASSWORD)


def test_an_empty_installation_gets_its_first_administrator_by_a_command(tmp_path):
    """Whoever runs the installation makes the account; again it renews the password; nobody without a name."""
    given = environment(tmp_path)
    code = "import sys; from thangdo.cli import main; sys.exit(main())"

    def run(*words: str):
        return subprocess.run([sys.executable, "-c", code, *words], env=given, capture_output=True, text=True)

    assert run("administrator", "quantri").returncode == 2
    first, second = (run("--lang", "en", "administrator", "quantri", "--name", "Nguyễn Văn Quản") for _ in range(2))
    assert first.returncode == second.returncode == 0, first.stderr
    passwords = [done.stdout.strip().rpartition(" ")[2] for done in (first, second)]
    found = in_platform(
        tmp_path,
        f"""
from thangdo.web.accounts.models import Person
person = Person.objects.get()
print(person.full_name, [grant.role for grant in person.grants.all()])
print([person.check_password(word) for word in {passwords!r}])
from thangdo.web.ledger.models import Entry
print(set(Entry.objects.values_list("act", flat=True)))
""",
    )
    expected = ["Nguyễn Văn Quản ['administrator']", "[False, True]", "{'appoint_administrator'}"]
    assert found.splitlines() == expected

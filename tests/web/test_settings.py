"""A setting that cannot be read or is not safe: a finding with its name, never a traceback, and no start."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.web.running import environment
from thangdo.web.configuration import ConfigurationError, read
from thangdo.web.serving import configuration_findings

KEY = "khoa-du-dai-va-ngau-nhien-cho-kiem-thu-0123456789-ABCDEF"


def production(root: Path, **changed: str) -> dict[str, str]:
    """Settings as the operators' guide gives them, with some changed."""
    (root / "evidence").mkdir(parents=True, exist_ok=True)
    return {
        "THANGDO_MODE": "production",
        "THANGDO_ROOT": str(root),
        "THANGDO_EVIDENCE": str(root / "evidence"),
        "THANGDO_SECRET_KEY": KEY,
        "DATABASE_URL": "postgresql://thangdo:x@127.0.0.1:5432/thangdo",
        "THANGDO_HOSTS": "danhgia.example.gov.vn",
        "THANGDO_HTTPS": "yes",
        "THANGDO_PROXY": "yes",
        "THANGDO_MAIL_URL": "smtp://a:b@mail.example.gov.vn:587",
        **changed,
    }


def found(monkeypatch: pytest.MonkeyPatch, given: dict[str, str]) -> list[str]:
    for name in ("THANGDO_SETTINGS", "THANGDO_SECRET_KEY_FILE", "THANGDO_PUBLISHED", "THANGDO_WORKERS"):
        monkeypatch.delenv(name, raising=False)
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    return [finding.code for finding in configuration_findings()[1]]


def test_the_guides_settings_are_safe(tmp_path, monkeypatch):
    assert found(monkeypatch, production(tmp_path)) == []


UNSAFE = {
    "WEB001": {"THANGDO_SECRET_KEY": "ngan"},
    "WEB002": {"THANGDO_HOSTS": "*"},
    "WEB003": {"THANGDO_HTTPS": "no"},
    "WEB013": {"THANGDO_PROXY": ""},
    "WEB014": {"THANGDO_HOSTS": "https://danhgia.example.gov.vn"},
    "WEB015": {"THANGDO_PUBLISHED": "/khong/co"},
    "WEB004": {"THANGDO_EVIDENCE": "/khong/co"},
    "WEB009": {"THANGDO_MAIL_URL": ""},
    "WEB010": {"DATABASE_URL": "sqlite:////tmp/x.sqlite3", "THANGDO_WORKERS": "4"},
}


@pytest.mark.parametrize("host", ["a.gov.vn:443", "a.gov.vn/", "a.gov.vn b.gov.vn", "đánh-giá.vn"])
def test_what_is_no_host_name_is_named(host, tmp_path, monkeypatch):
    assert found(monkeypatch, production(tmp_path, THANGDO_HOSTS=f"b.vn, 10.0.0.1, [::1], {host}")) == ["WEB014"]


@pytest.mark.parametrize("mode", ["production", "development", "demo"])
def test_a_site_that_would_redirect_without_end_never_starts(mode, tmp_path):
    changed = production(tmp_path, THANGDO_MODE=mode, THANGDO_PROXY="", DATABASE_URL="sqlite:////khong/co.sqlite3")
    code = "import sys; from thangdo.cli import main; sys.exit(main())"
    given = {**environment(tmp_path), **changed}
    done = subprocess.run([sys.executable, "-c", code, "serve"], env=given, capture_output=True, text=True, timeout=120)
    assert done.returncode == 1
    assert "WEB013" in done.stderr + done.stdout and "X-Forwarded-Proto" in done.stderr + done.stdout


def test_behind_its_proxy_an_encrypted_request_is_answered_and_a_plain_one_sent_on(tmp_path):
    """The combination the guide gives: one redirect to https, then a page."""
    code = (
        "import django; django.setup()\n"
        "from django.test import Client\n"
        "for kind in ('http', 'https'):\n"
        "    headers = {'X-Forwarded-Proto': kind, 'Host': 'danhgia.example.gov.vn'}\n"
        "    answer = Client().get('/khong-co/', headers=headers)\n"
        "    print(answer.status_code, answer.get('Location', ''))"
    )
    root = str(tmp_path / "x.sqlite3")
    given = {**environment(tmp_path), **production(tmp_path, DATABASE_URL=f"sqlite:///{root}")}
    done = subprocess.run([sys.executable, "-c", code], env=given, capture_output=True, text=True, timeout=60)
    assert done.stdout.split("\n")[:2] == ["301 https://danhgia.example.gov.vn/khong-co/", "404 "], done.stderr


@pytest.mark.parametrize("code", UNSAFE)
def test_each_unsafe_setting_is_named(code, tmp_path, monkeypatch):
    assert found(monkeypatch, production(tmp_path, **UNSAFE[code])) == [code]


def test_evidence_inside_the_published_folder_is_named(tmp_path, monkeypatch):
    given = production(tmp_path / "a", THANGDO_PUBLISHED=str(tmp_path))
    assert found(monkeypatch, given) == ["WEB005"]


@pytest.mark.parametrize(
    "changed",
    [
        {"DATABASE_URL": "mysql://a:b@c/d"},
        {"DATABASE_URL": "postgresql://a:b@c:cong/d"},
        {"THANGDO_MODE": "thu"},
        {"THANGDO_WORKERS": "hai"},
        {"THANGDO_WORKERS": "0"},
        {"THANGDO_MAIL_URL": "smtp://a:b@c:cong"},
        {"THANGDO_MAIL_URL": "mail.example.gov.vn:587"},
        {"THANGDO_HTTPS": "có"},
        {"THANGDO_PROXY": "nginx"},
        {"THANGDO_SETTINGS": "/khong/co/settings.env"},
        {"THANGDO_SECRET_KEY": "", "THANGDO_SECRET_KEY_FILE": "/khong/co/secret.key"},
    ],
    ids=lambda changed: ",".join(changed.values()),
)
def test_a_setting_that_cannot_be_read_is_a_finding(changed, tmp_path, monkeypatch):
    assert found(monkeypatch, production(tmp_path, **changed)) == ["WEB012"]


def test_the_secret_comes_from_its_file_and_settings_from_theirs(tmp_path):
    (tmp_path / "secret.key").write_text(KEY + "\n")
    lines = production(tmp_path, THANGDO_SECRET_KEY="", THANGDO_SECRET_KEY_FILE=str(tmp_path / "secret.key"))
    (tmp_path / "settings.env").write_text(
        "# máy chủ\n" + "\n".join(f"{name}='{value}'" for name, value in lines.items())
    )
    read_back = read({"THANGDO_SETTINGS": str(tmp_path / "settings.env")})
    assert (read_back.secret_key, read_back.hosts, read_back.is_production) == (KEY, ("danhgia.example.gov.vn",), True)
    # The environment wins over the file.
    assert read({"THANGDO_SETTINGS": str(tmp_path / "settings.env"), "THANGDO_HOSTS": "b.vn"}).hosts == ("b.vn",)
    # A key that lies beside the data by chance never serves production.
    bare = production(tmp_path, THANGDO_SECRET_KEY="")
    assert read(bare).secret_key == ""
    (tmp_path / "secret.key").write_bytes("khóa".encode())
    with pytest.raises(ConfigurationError, match=r"secret\.key"):
        read({**bare, "THANGDO_SECRET_KEY_FILE": str(tmp_path / "secret.key")})


def test_a_database_that_does_not_answer_stops_the_start_before_migrating(tmp_path):
    given = {**environment(tmp_path), **production(tmp_path, DATABASE_URL="postgresql://a:b@127.0.0.1:1/khong")}
    code = "import sys; from thangdo.cli import main; sys.exit(main())"
    done = subprocess.run(
        [sys.executable, "-c", code, "serve", "--migrate"], env=given, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 1
    assert "WEB006" in done.stderr and "Traceback" not in done.stderr


def test_cookies_and_headers_of_production(tmp_path):
    """The settings Django gets when people come through HTTPS."""
    code = (
        "from thangdo.web import settings as s; print(s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SESSION_COOKIE_NAME,"
        " s.CSRF_COOKIE_NAME, s.SESSION_COOKIE_HTTPONLY, s.CSRF_COOKIE_HTTPONLY, s.SECURE_SSL_REDIRECT, s.DEBUG,"
        " s.SECURE_HSTS_SECONDS >= 31536000, s.PASSWORD_HASHERS[0].rsplit('.')[-1])"
    )
    given = {**environment(tmp_path), **production(tmp_path)}
    done = subprocess.run([sys.executable, "-c", code], env=given, capture_output=True, text=True, timeout=60)
    assert done.stdout.split() == [
        "True", "True", "__Host-thangdo", "__Host-csrf", "True", "True", "True", "False", "True", "Argon2PasswordHasher",
    ]  # fmt: skip

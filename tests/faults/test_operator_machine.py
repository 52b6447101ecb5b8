"""The operators' guide from the first command to a signed-in administrator, and the container file, on a machine that vanishes."""

from __future__ import annotations

import http.client
import json
import os
import re
import shlex
import subprocess
from pathlib import Path
from urllib.parse import urlencode

import psycopg
import pytest

from tests.web.postgresql import binaries, cluster, free_port
from tests.web.running import wait_until
from tests.web.stand_in_machine import HOME, ROOT, installed, repository, running

DEPLOY = ROOT / "deploy"
GUIDE = (ROOT / "docs" / "guides" / "operator.md").read_text(encoding="utf-8")
AS_ROOT = re.findall(r"`# ([^`]+)`", GUIDE)
SITE = "danhgia.example.gov.vn"
PASSWORD = "mat-khau-cua-co-so-du-lieu"
pytestmark = [
    pytest.mark.xdist_group("platform"),
    pytest.mark.skipif(os.geteuid() != 0, reason="a stand-in machine is made by root only: mounts, users, owners"),
]


def settings_of_the_guide(database_url: str) -> str:
    block = re.search(r"```\n(.*?)```", GUIDE, re.DOTALL)
    assert block is not None
    text = "\n".join(line.strip() for line in block[1].splitlines())
    return re.sub(r"(?m)^DATABASE_URL=.*$", f"DATABASE_URL={database_url}", text)


def asked(port: int, method: str, path: str, body: str = "", **headers: str) -> http.client.HTTPResponse:
    """What the platform answers its proxy, which has ended TLS."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    given = {"Host": SITE, "X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.7", **headers}
    connection.request(method, path, body or None, given)
    return connection.getresponse()


def serves(port: int, process: subprocess.Popen[bytes], told: Path) -> bool:
    assert process.poll() is None, told.read_text()[-3000:]
    try:
        return asked(port, "GET", "/song").read() == b"ok\n"
    except OSError:
        return False


def signs_in(port: int, login: str, password: str) -> str:
    """Where signing in leads."""
    page = asked(port, "GET", "/dang-nhap/")
    cookie = str(page.getheader("Set-Cookie")).partition(";")[0]
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.read().decode())
    assert token is not None and cookie.startswith("__Host-csrf=")
    form = urlencode({"login": login, "password": password, "csrfmiddlewaretoken": token[1]})
    headers = {
        "Cookie": cookie, "Referer": f"https://{SITE}/dang-nhap/", "Content-Type": "application/x-www-form-urlencoded",
    }  # fmt: skip
    answer = asked(port, "POST", "/dang-nhap/", form, **headers)
    return f"{answer.status} {answer.getheader('Location')}"


def test_the_guide_leads_from_an_empty_machine_to_a_signed_in_administrator(tmp_path: Path):
    """PostgreSQL, user, folders, settings, key, first account, check, service: each command as it stands in the guide."""
    of_postgresql = [command for command in AS_ROOT if command.startswith(("createuser", "createdb"))]
    of_machine = [command for command in AS_ROOT if command not in of_postgresql]
    assert len(of_postgresql) == 2 and len(of_machine) == 10
    port, layer, told = free_port(), tmp_path / "layer", tmp_path / "said"
    with cluster("postgres", by_network="scram-sha-256") as server:
        given = {**os.environ, "PGHOST": str(server.folder), "PGPORT": str(server.port), "PGUSER": "postgres"}
        given["PATH"] = f"{binaries()}:{os.environ['PATH']}"
        for command in of_postgresql:
            # Without a terminal the password is read from what is typed.
            done = subprocess.run(
                shlex.split(command), env=given, input=f"{PASSWORD}\n" * 2, text=True, capture_output=True,
                start_new_session=True,
            )  # fmt: skip
            assert done.returncode == 0, done.stderr
        url = f"postgresql://thangdo:{PASSWORD}@127.0.0.1:{server.port}/thangdo"
        with psycopg.connect(url) as connection:
            owner = connection.execute(
                "SELECT r.rolname, r.rolsuper FROM pg_database d JOIN pg_roles r ON r.oid = d.datdba "
                "WHERE d.datname = current_database()"
            ).fetchone()
        assert owner == ("thangdo", False)
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(url.replace(PASSWORD, "sai"))

        lines = [repository(), f"cd {HOME}", installed()]
        for command in of_machine:
            if command.startswith("python3 -c"):
                # Settings and key are there before their owner is set.
                lines.append(f"printf %s {shlex.quote(settings_of_the_guide(url))} > /etc/thangdo/settings.env")
            lines.append(command)
        # The service reads its environment as systemd does, as root, and starts as its user.
        unit = dict(re.findall(r"(?m)^(\w+)=(.+)$", (DEPLOY / "thangdo.service").read_text(encoding="utf-8")))
        start = unit["ExecStart"].replace("--port 8000", f"--port {port}")
        lines += [
            "stat -c 'owner %U:%G %a %n' /var/lib/thangdo /var/backups/thangdo /etc/thangdo/*",
            f"runuser -u thangdo -- env {re.search(r'`[$] (THANGDO_SETTINGS[^`]+)`', GUIDE)[1]}",
            "systemd-analyze verify /etc/systemd/system/thangdo.service /etc/systemd/system/thangdo-backup.*",
            f"cd {unit['WorkingDirectory']}",
            f"exec env $(cat {unit['EnvironmentFile']}) runuser -u {unit['User']} -- {start}",
        ]
        with running(layer, "\n".join(lines), told) as process:
            wait_until(lambda: serves(port, process, told), 240)
            said = told.read_text()
            password = re.search(r"Mật khẩu của quantri: (\w+)", said)
            assert password is not None, said
            assert signs_in(port, "quantri", password[1]) == "302 /"
            assert signs_in(port, "quantri", "sai-mat-khau").startswith("403")
    assert "Không có thiết lập nào không an toàn." in said
    owners = {name: (owner, mode) for owner, mode, name in re.findall(r"(?m)^owner (\S+) (\d+) (\S+)$", said)}
    assert owners == {
        "/var/lib/thangdo": ("thangdo:thangdo", "750"),
        "/var/backups/thangdo": ("thangdo:thangdo", "750"),
        "/etc/thangdo/secret.key": ("root:thangdo", "640"),
        "/etc/thangdo/settings.env": ("root:thangdo", "640"),
    }
    # Nothing of it is on this machine.
    assert not Path(HOME).exists() and not Path("/etc/thangdo").exists()


def steps_of_the_container() -> list[tuple[str, str]]:
    """The container file as instruction and words; a line may go on behind a backslash."""
    text = (DEPLOY / "Containerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [(word, rest.strip()) for word, _, rest in (line.partition(" ") for line in lines)]


def test_each_step_of_the_container_file_works_and_its_command_serves(tmp_path: Path):
    """Users, folders, copied files and the first start are real; the base image and its packages are this machine's."""
    steps, port = steps_of_the_container(), free_port()
    layer, told = tmp_path / "layer", tmp_path / "said"
    assert steps[0] == ("FROM", "docker.io/library/python:3.11-slim-bookworm")
    lines, user, environment, command = ["rm -rf /var/lib/thangdo"], "root", {}, ""
    for word, rest in steps[1:]:
        prefix = f"runuser -u {user} -- env {' '.join(environment)} " if user != "root" else ""
        if word == "RUN" and rest.startswith("apt-get"):
            # Nothing is fetched: what the packages bring has to be here, as in the image.
            assert "postgresql-client" in rest
            lines.append("command -v pg_dump pg_restore")
        elif word == "RUN":
            lines.append(prefix + f"/bin/sh -c {shlex.quote(rest)}")
        elif word == "WORKDIR":
            lines.append(f"mkdir -p {rest}; cd {rest}")
        elif word == "COPY":
            owner = re.fullmatch(r"--chown=(\w+) \. \.", rest)
            assert owner is not None
            lines += [repository(), f"chown -R {owner[1]} {HOME}", installed()]
        elif word == "USER":
            user = rest
        elif word == "ENV":
            environment = dict.fromkeys(rest.split(), "")
        elif word == "EXPOSE":
            assert rest == "8000"
        elif word == "CMD":
            command = prefix + shlex.join(json.loads(rest)).replace("--port 8000", f"--port {port}")
        else:
            raise AssertionError(f"{word} is not known to this test")
    # What `podman run --env-file` gives: the guide's settings, the key from its file.
    settings = settings_of_the_guide("sqlite:////var/lib/thangdo/thangdo.sqlite3")
    key = "x" * 30 + "".join(chr(97 + at) for at in range(26))
    settings = settings.replace("THANGDO_SECRET_KEY_FILE=/etc/thangdo/secret.key", f"THANGDO_SECRET_KEY={key}")
    lines.append(f"exec env {' '.join(shlex.quote(line) for line in settings.split())} {command}")
    assert user == "thangdo" and command
    with running(layer, "\n".join(lines), told) as process:
        wait_until(lambda: serves(port, process, told), 240)
        page = asked(port, "GET", "/")
        assert page.status == 200 and "Thang Đo" in page.read().decode()


def test_a_container_takes_neither_environment_nor_data_of_whoever_builds_it():
    """What git leaves out stays out of the image as well."""
    ignored = set((ROOT / ".dockerignore").read_text(encoding="utf-8").split("\n"))
    assert {".git", ".venv", "build", "*.sqlite3*", "**/__pycache__"} <= ignored

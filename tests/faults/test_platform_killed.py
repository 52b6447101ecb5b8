"""The power cord is pulled during saves and uploads: everything acknowledged is there, and nothing half."""

from __future__ import annotations

import http.client
import http.cookiejar
import json
import sqlite3
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import pytest

from tests.web.running import PASSWORD, prepare, serving
from thangdo.proof import file_hash

SAVES = 1000


class Officer:
    """A signed-in officer with the standard library's client."""

    def __init__(self, address: str, login: str) -> None:
        self.address = address
        self.cookies = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))
        self.token = self.form_token("/dang-nhap/")
        self.post("/dang-nhap/", {"login": login, "password": PASSWORD})
        # Signing in renews the token.
        self.token = self.form_token("/viec/")

    def get(self, path: str) -> str:
        with self.opener.open(self.address + path, timeout=20) as answer:
            return answer.read().decode()

    def form_token(self, path: str) -> str:
        page = self.get(path)
        return page.split('name="csrfmiddlewaretoken" value="', 1)[1].split('"', 1)[0]

    def post(self, path: str, fields: dict[str, str], *, script: bool = False) -> str:
        body = urllib.parse.urlencode({**fields, "csrfmiddlewaretoken": self.token}).encode()
        request = urllib.request.Request(self.address + path, body, {"Referer": self.address + path})
        if script:
            request.add_header("X-Requested-With", "fetch")
        with self.opener.open(request, timeout=20) as answer:
            return answer.read().decode()

    def upload(self, path: str, name: str, content: bytes) -> None:
        edge = "ranh-gioi-tep"
        fields = {"csrfmiddlewaretoken": self.token, "name": name}
        parts = [
            f'--{edge}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n'.encode() for k, v in fields.items()
        ]
        parts.append(
            f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
            "Content-Type: application/pdf\r\n\r\n".encode()
            + content
            + f"\r\n--{edge}--\r\n".encode()
        )
        request = urllib.request.Request(
            self.address + path, b"".join(parts), {"Content-Type": f"multipart/form-data; boundary={edge}"}
        )
        with self.opener.open(request, timeout=20) as answer:
            assert answer.status == 200


@pytest.mark.xdist_group("platform")
def test_every_acknowledged_save_and_upload_survives(tmp_path: Path):
    root = tmp_path / "platform"
    prepare(root)
    saved: dict[str, tuple[int, str]] = {}
    uploaded: list[str] = []
    stop = threading.Event()
    acknowledged = threading.Semaphore(0)
    work = [("officer", "U1", "1.2"), ("officer2", "U2", "1.2"), ("officer3", "U3", "1.2"), ("officer3", "U3", "2.1")]

    def keep_saving(officer: Officer, unit: str, criterion: str) -> None:
        version, number = 0, 0
        path = f"/dot/thu-2024/par/don-vi/{unit}/tieu-chi/{criterion}/luu/"
        while not stop.is_set():
            number += 1
            fields = {"field-numerator": str(number % 48), "field-denominator": "48", "version": str(version)}
            try:
                answer = json.loads(officer.post(path, fields, script=True))
            except urllib.error.HTTPError as refusal:
                # Faster than any person types: the bound on changes asks for patience.
                if refusal.code != 429:
                    raise
                time.sleep(0.05)
                number -= 1
                continue
            except (OSError, http.client.HTTPException):
                return
            version = answer["version"]
            saved[f"{unit}/{criterion}"] = (version, fields["field-numerator"])
            acknowledged.release()

    def keep_uploading(officer: Officer) -> None:
        number = 0
        while not stop.is_set():
            number += 1
            content = b"%PDF-1.4\n% " + str(number).encode() * 20_000
            try:
                officer.upload("/dot/thu-2024/par/don-vi/U1/tieu-chi/1.1/minh-chung/", f"tep-{number}.pdf", content)
            except (OSError, http.client.HTTPException):
                return
            uploaded.append(f"tep-{number}.pdf")

    with serving(root) as server:
        officers = [Officer(server.address, login) for login, _, _ in work]
        threads = [
            threading.Thread(target=keep_saving, args=(officer, unit, criterion))
            for officer, (_, unit, criterion) in zip(officers, work, strict=True)
        ]
        threads.append(threading.Thread(target=keep_uploading, args=(Officer(server.address, "officer"),)))
        for thread in threads:
            thread.start()
        for _ in range(SAVES):
            assert acknowledged.acquire(timeout=30)
        server.kill()
        stop.set()
        for thread in threads:
            thread.join(timeout=60)

    database = sqlite3.connect(root / "thangdo.sqlite3")
    assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    for place, (version, value) in saved.items():
        unit, criterion = place.split("/")
        stored_version, inputs = database.execute(
            "SELECT version, inputs FROM rounds_mark WHERE unit = ? AND criterion = ?", (unit, criterion)
        ).fetchone()
        # One more may have been written without its answer reaching the client.
        assert stored_version in (version, version + 1)
        if stored_version == version:
            assert json.loads(inputs)["numerator"]["value"] == value
        entries = database.execute(
            "SELECT count(*) FROM ledger_entry WHERE table_name = 'rounds_mark' AND place = ?", (f"par/{place}",)
        ).fetchone()[0]
        assert entries == stored_version
    names = {row[0] for row in database.execute("SELECT name FROM rounds_document")}
    assert set(uploaded) <= names
    for (sha256,) in database.execute("SELECT sha256 FROM rounds_storedfile"):
        path = root / "evidence" / sha256[:2] / sha256[2:4] / sha256
        assert file_hash(path) == sha256
    assert sum(version for version, _ in saved.values()) >= SAVES

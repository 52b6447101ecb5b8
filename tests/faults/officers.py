"""Officers at work over HTTP with the standard library's client: they save and upload until told to stop or cut off."""

from __future__ import annotations

import http.client
import http.cookiejar
import json
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from pathlib import Path

from tests.web.running import PASSWORD, in_platform

# Three take turns at each place: the platform bounds what one person may save in a while.
PLACES = {
    ("U1", "1.2"): ("officer", "U1-1", "U1-2"),
    ("U2", "1.2"): ("officer2", "U2-1", "U2-2"),
    ("U3", "1.2"): ("officer3", "U3-1", "U3-2"),
    ("U3", "2.1"): ("U3-3", "U3-4", "U3-5"),
}
UPLOADS = "U1-3"
HIRE = """
from thangdo.web.accounts.models import Grant, Person
from thangdo.web.registry.models import Unit
password = Person.objects.get(login="officer").password
for login in {logins}:
    unit = Unit.objects.get(code=login[:2])
    person = Person.objects.create(login=login, full_name=login, unit=unit, password=password)
    Grant.objects.create(person=person, role="officer", unit=unit)
"""


def hire(root: Path, url: str = "") -> None:
    """The officers of PLACES beyond the small city's own."""
    logins = [login for logins in PLACES.values() for login in logins if login.startswith("U")]
    in_platform(root, HIRE.format(logins=[*logins, UPLOADS]), url)


class Officer:
    """A signed-in officer."""

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


class Office:
    """Officers who save without pause at four places and one who uploads; what was acknowledged is kept.

    `saved` maps UNIT/CRITERION to the version and value of the last acknowledged save, `uploaded` lists file names.
    """

    def __init__(self, address: str) -> None:
        self.address = address
        self.saved: dict[str, tuple[int, str]] = {}
        self.uploaded: list[str] = []
        self.failures: list[str] = []
        self._stop = threading.Event()
        self._acknowledged = threading.Semaphore(0)
        self._threads = [
            *(
                self._thread(self._keep_saving, [Officer(address, login) for login in logins], *place)
                for place, logins in PLACES.items()
            ),
            self._thread(self._keep_uploading, Officer(address, UPLOADS)),
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def wait_for(self, saves: int) -> None:
        """Until so many more saves were acknowledged."""
        for _ in range(saves):
            assert self._acknowledged.acquire(timeout=30)

    def stop(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(timeout=60)
        assert self.failures == []

    def _thread(self, work: Callable[..., None], *arguments: object) -> threading.Thread:
        def guarded() -> None:
            try:
                work(*arguments)
            except Exception as failure:
                self.failures.append(repr(failure))

        return threading.Thread(target=guarded)

    def _keep_saving(self, officers: list[Officer], unit: str, criterion: str) -> None:
        version, number = 0, 0
        path = f"/dot/thu-2024/par/don-vi/{unit}/tieu-chi/{criterion}/luu/"
        while not self._stop.is_set():
            number += 1
            fields = {"field-numerator": str(number % 48), "field-denominator": "48", "version": str(version)}
            try:
                answer = json.loads(officers[number % 3].post(path, fields, script=True))
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
            self.saved[f"{unit}/{criterion}"] = (version, fields["field-numerator"])
            self._acknowledged.release()

    def _keep_uploading(self, officer: Officer) -> None:
        number = 0
        while not self._stop.is_set():
            number += 1
            content = b"%PDF-1.4\n% " + str(number).encode() * 20_000
            try:
                officer.upload("/dot/thu-2024/par/don-vi/U1/tieu-chi/1.1/minh-chung/", f"tep-{number}.pdf", content)
            except (OSError, http.client.HTTPException):
                return
            self.uploaded.append(f"tep-{number}.pdf")

"""What people type is shown as text wherever it comes back: pages, workbooks, documents, file names, headers."""

from __future__ import annotations

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.web.addresses import named_addresses, path_of
from tests.web.conftest import LOGINS
from tests.web.filled import filled_city
from thangdo.web.accounts.addresses import ADDRESSES
from thangdo.web.accounts.models import Person
from thangdo.web.accounts.permissions import BY_CODE
from thangdo.web.registry.models import Unit
from thangdo.web.rounds.models import Attachment, RoundUnit

SCRIPT = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{7*7}}"
FORMULA = "=cmd|' /C calc'!A0"


def everything_named(text: str):
    """The city with `text` wherever somebody writes: names of units and people, reasons, documents, questions."""
    city = filled_city(text)
    Unit.objects.update(name_vi=text, name_en=text, short_vi=text[:120])
    RoundUnit.objects.update(name_vi=text, name_en=text, short_vi=text[:120])
    Person.objects.update(full_name=text, title=text)
    return city


def answers(city, ending: str = ""):
    """What every address answers to one person of each role, as (address, content type, bytes)."""
    for role, login in LOGINS.items():
        client = city.client(login)
        for name in sorted(named_addresses() - {"portal:published", "rounds:evidence", "accounts:sign_in"}):
            code = ADDRESSES[name][0]
            if code and BY_CODE[code].scope(role) is not None:
                path = path_of(name) + ("?u=U1&t=1.2" if name == "rounds:matrix" else ending)
                answer = client.get(path)
                if answer.status_code == 200:
                    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
                    yield path, answer["Content-Type"], content


@pytest.mark.django_db
@pytest.mark.parametrize("phase", ["appraise", "council"])
def test_no_page_runs_what_was_typed(phase):
    city = everything_named(SCRIPT)
    city.in_phase(phase)
    shown, run = 0, []
    for path, kind, content in answers(city):
        if kind.startswith("text/html"):
            page = content.decode()
            shown += "&lt;script&gt;alert(1)" in page
            if "<script>alert" in page or "<img src=x" in page or "49" in page.split("onerror=alert(1)&gt;")[1:2]:
                run.append(path)
    assert run == []
    assert shown > 20


@pytest.mark.django_db
def test_no_formula_leaves_in_a_workbook_or_table():
    """Every list as Excel and every table: a cell that begins like a formula is text."""
    city = everything_named(FORMULA)
    city.in_phase("council")
    books = 0
    for ending in ("", "?tai=xlsx"):
        for path, kind, content in answers(city, ending):
            if "spreadsheetml" in kind:
                books += 1
                with zipfile.ZipFile(io.BytesIO(content)) as archive:
                    for name in archive.namelist():
                        if name.startswith("xl/worksheets/sheet"):
                            assert b"<f>" not in archive.read(name) and b"<f " not in archive.read(name), path
            elif kind.startswith("text/csv"):
                assert not any(line.startswith(("=", '"=')) for line in content.decode().splitlines()), path
    assert books > 3


NAMES = ("a.pdf\r\nSet-Cookie: x=1", 'a".pdf', "../../../etc/passwd.pdf", "báo cáo <script>.pdf", "a\x00b.pdf", "a" * 400 + ".pdf")  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_a_file_name_stays_a_name(name, evidence_folder):
    city = filled_city()
    client = city.client("officer")
    leaf = "/dot/thu-2024/par/don-vi/U1/tieu-chi/1.1/"
    file = SimpleUploadedFile("a.pdf", b"%PDF-1.4\n% minh hoa")
    file.name = file._name = name
    answer = client.post(leaf + "minh-chung/", {"name": name, "file": file})
    if answer.status_code != 302:
        assert answer.status_code == 409
        return
    document = Attachment.objects.get(criterion="1.1").document
    shown = client.get(f"/dot/thu-2024/par/don-vi/U1/tep/{document.pk}/?keep=1")
    assert "Set-Cookie" not in shown.headers
    assert "\n" not in shown["Content-Disposition"] and shown["Content-Disposition"].startswith("attachment")
    stored = [path.relative_to(evidence_folder) for path in evidence_folder.rglob("*") if path.is_file()]
    assert [len(path.name) for path in stored] == [64]

"""Every list on screen comes as Excel and PDF: pages are enumerated from the resolver, so a new one is in here by itself."""

from __future__ import annotations

import io
import re

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests.web.addresses import named_addresses, path_of
from tests.web.conftest import LOGINS
from tests.web.filled import filled_city
from thangdo.web.accounts.addresses import ADDRESSES
from thangdo.web.accounts.permissions import BY_CODE
from thangdo.web.workbooks import workbook_bytes

# Tables that are forms, or one answer seen from two sides: nothing of them is a list to take away.
NOT_LISTS = {
    "rounds:new_round": "sets to choose from",
    "rounds:add_part": "sets to choose from",
    "rounds:choose_units": "units to tick; the part's page has those that take part as a file",
    "portal:published": "sites, each with its own files",
}
QUERY = {"rounds:search": "?q=so", "rounds:evidence_search": "?q=ke"}
# A table, a list of rows with their states, or cards one below the other.
LIST = re.compile(r"<table|<ul class=\"list\">\s*<li><div>|<article")


def is_whole(kind: str, content: bytes) -> bool:
    if kind == "pdf":
        return content.startswith(b"%PDF-") and content.rstrip().endswith(b"%%EOF")
    return all(sheet.max_row >= 2 for sheet in openpyxl.load_workbook(io.BytesIO(content)))


@pytest.mark.django_db
def test_every_page_with_a_list_gives_it_as_excel_and_pdf():
    city = filled_city("Kế hoạch")
    city.in_phase("council")
    asked, without, broken = set(), [], []
    for role, login in LOGINS.items():
        client = city.client(login)
        for name in sorted(named_addresses() - set(NOT_LISTS) - asked - {"accounts:sign_in", "accounts:sign_out"}):
            code = ADDRESSES[name][0]
            if not code or (BY_CODE[code].scope(role) is None and BY_CODE[code].scope("public") is None):
                continue
            path = path_of(name) + QUERY.get(name, "")
            answer = client.get(path)
            if answer.status_code != 200 or not answer["Content-Type"].startswith("text/html"):
                continue
            text = answer.content.decode().replace("&amp;", "&")
            if not LIST.search(text):
                continue
            asked.add(name)
            for kind in ("xlsx", "pdf"):
                if f"tai={kind}" not in text:
                    without.append((role, name, kind))
                    continue
                file = client.get(path + ("&" if "?" in path else "?") + f"tai={kind}")
                if file.status_code != 200 or not is_whole(kind, file.content):
                    broken.append((role, name, kind))
    assert without == [] and broken == []
    assert (
        asked >= {"rounds:council", "rounds:criterion", "rounds:appeals", "registry:person", "portal:method"}
        and len(asked) >= 20
    )


UNITS = "unit,name_vi,level\nU1,Sở Du lịch và Thể thao,so_nganh\nU9,Sở Mới,so_nganh\n".encode()
PEOPLE = workbook_bytes(
    "x",
    ["login", "full_name", "unit", "role"],
    [("nguoimoi", "Người Mới", "U1", "officer"), ("officer", "Officer", "U1", "leader")],
)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "field", "file", "kept", "said"),
    [
        (
            "registry:unit_import",
            "register",
            SimpleUploadedFile("u.csv", UNITS),
            "text",
            ("U9", "Sở Du lịch và Thể thao"),
        ),
        ("registry:people_import", "people", SimpleUploadedFile("n.xlsx", PEOPLE), "rows", ("nguoimoi", "Người Mới")),
    ],
)
def test_what_an_import_would_change_can_be_taken_away_before_it_is_done(city, name, field, file, kept, said):
    client = city.client("administrator")
    file.seek(0)
    page = client.post(reverse(name), {field: file}).content.decode()
    rows = re.search(rf'<textarea name="{kept}"[^>]*>(.*?)</textarea>', page, re.DOTALL)
    assert rows and 'name="tai" value="pdf"' in page
    book = client.post(reverse(name), {kept: rows[1], "tai": "xlsx"})
    text = " ".join(str(cell.value) for row in openpyxl.load_workbook(io.BytesIO(book.content)).active for cell in row)
    assert all(word in text for word in said)
    assert client.post(reverse(name), {kept: rows[1], "tai": "pdf"}).content.startswith(b"%PDF-")
    from thangdo.web.accounts.models import Person
    from thangdo.web.registry.models import Unit

    assert not Unit.objects.filter(code="U9").exists() and not Person.objects.filter(login="nguoimoi").exists()


@pytest.mark.django_db
def test_what_a_returned_workbook_would_change_can_be_taken_away(city):
    client = city.client("officer")
    address = reverse("rounds:submission_workbook", args=["thu-2024", "par", "U1"])
    header = ["criterion", "input", "version", "value", "explanation", "place"]
    sheet = workbook_bytes("x", header, [("1.1", "answer", "0", "yes", "đủ", "")])
    page = client.post(address, {"workbook": SimpleUploadedFile("b.xlsx", sheet)}).content.decode()
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+\|[^"]+)" value="([^"]*)"', page))
    book = client.post(address, {**hidden, "tai": "xlsx"})
    text = " ".join(str(cell.value) for row in openpyxl.load_workbook(io.BytesIO(book.content)).active for cell in row)
    assert "1.1 Ban hành kế hoạch" in text and "yes" in text and "đủ" in text

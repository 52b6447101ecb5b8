"""Lists that are too long, torn or made to harm: refused in words with nothing kept, alike on every database."""

from __future__ import annotations

import csv
import html
import io
import re

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from thangdo.web.accounts.models import Person
from thangdo.web.background.models import Job
from thangdo.web.kept_list import packed
from thangdo.web.registry.models import Unit
from thangdo.web.rounds.models import Mark, Member, Part
from thangdo.web.workbooks import workbook_bytes

HEADER = "unit,name_vi,level\n"
LISTS = {
    "larger than is read": (HEADER + "U9,Sở Mới,so_nganh\n" * 300_000, "danh sách không quá 5 MB"),
    "a quotation mark left open": (HEADER + 'U9,"' + "x\n" * 100_000, "dấu ngoặc kép"),
    "a cell as long as a book": (HEADER + "U9," + "x" * 200_000 + ",so_nganh\n", "dấu ngoặc kép"),
    "a code no column holds": (HEADER + "U" * 41 + ",Sở Mới,so_nganh\n", "units.csv:2:unit: “UUU"),
    "a name no column holds": (HEADER + "U9," + "Sở" * 200 + ",so_nganh\n", "units.csv:2:name_vi: “SởSở"),
}


@pytest.fixture(params=(131_072, 10_000_000), ids=("limit of csv as it is", "limit moved by somebody else"))
def limit_of_csv(request):
    before = csv.field_size_limit(request.param)
    yield
    csv.field_size_limit(before)


@pytest.mark.parametrize("case", LISTS)
def test_a_list_of_units_that_cannot_be_kept_is_refused_before_it_is_shown(city, case, limit_of_csv):
    text, words = LISTS[case]
    client, address = city.client("administrator"), reverse("registry:unit_import")
    for given in ({"register": SimpleUploadedFile("u.csv", text.encode())}, {"text": packed(text), "confirm": "1"}):
        if "text" in given and len(text) > 1_000_000:
            continue  # no list that large was ever shown, so none was signed
        answer = client.post(address, given)
        assert answer.status_code in (409, 422) and words in answer.content.decode(), answer.content.decode()[-700:]
    assert Unit.objects.count() == 3


def test_every_text_of_a_list_of_units_that_is_too_long_is_named_by_row_and_column_among_other_faults(city):
    rows = (
        "U7," + "T" * 256 + "," + "E" * 256 + ",so_nganh\n"
        "U8,Sở Tám,Department Eight,so_nganh\n" + "U" * 41 + ",Sở Chín,Department Nine,so_nganh\n"
        "U9,Sở Mười,Department Ten,khong_co\n"
    )
    book = SimpleUploadedFile("u.csv", ("unit,name_vi,name_en,level\n" + rows).encode())
    client, address = city.client("administrator"), reverse("registry:unit_import")
    answer = client.post(address, {"register": book})
    page = html.unescape(answer.content.decode())
    assert answer.status_code == 422
    for place, quoted, length, limit in (
        ("2:name_vi", "T" * 60 + "…", 256, 255),
        ("2:name_en", "E" * 60 + "…", 256, 255),
        ("4:unit", "U" * 41, 41, 40),
    ):
        assert f"units.csv:{place}: “{quoted}” ({length} ký tự): chỉ giữ được {limit} ký tự" in page, place
    assert "units.csv:5:level" in page and "units.csv:3" not in page
    client.cookies["lang"] = "en"
    book.seek(0)
    english = html.unescape(client.post(address, {"register": book}).content.decode())
    assert "has 41 characters, 40 can be kept" in english
    assert Unit.objects.count() == 3


def people_book(*rows: tuple[str, ...]) -> SimpleUploadedFile:
    header = ["login", "full_name", "email", "unit", "role", "title"]
    return SimpleUploadedFile("n.xlsx", workbook_bytes("nguoi", header, rows))


def test_people_that_cannot_be_kept_are_refused_by_row_and_column_before_they_are_shown(city):
    client, address = city.client("administrator"), reverse("registry:people_import")
    book = people_book(
        ("moi1", "Người Một", "", "U1", "officer", ""),
        ("", "", "", "", "", ""),
        ("m" * 81, "N" * 161, "e" * 250 + "@a.vn", "U1", "officer", "c" * 161),
        ("moi2", "", "", "U77", "vua", ""),
        ("moi3", "Người Ba", "", "", "officer", ""),
    )
    for form in ({"people": book}, {"rows": packed("\n".join(["", "", "moi1\t" + "N" * 161])), "confirm": "1"}):
        answer = client.post(address, form)
        page = answer.content.decode()
        assert answer.status_code == 422 and 'name="confirm"' not in page
        assert "Dòng 4, cột “full_name”: dài quá 160 ký tự" in page
    page = client.post(address, {"people": people_book(*[("moi", "N" * 161, "", "", "", "")] * 60)}).content.decode()
    assert page.count("<li>Dòng") == 50 and "Còn 10 lỗi khác" in page
    book.seek(0)
    page = client.post(address, {"people": book}).content.decode()
    for words in (
        "Dòng 4, cột “login”: dài quá 80",
        "Dòng 4, cột “email”: dài quá 254",
        "Dòng 4, cột “title”: dài quá 160",
        "Dòng 5, cột “full_name”: chưa ghi gì",
        "Dòng 5, cột “role”: không có vai trò “vua”",
        "Dòng 5, cột “unit”: danh mục không có đơn vị “U77”",
        "Dòng 6, cột “unit”: vai trò “officer” phải gắn với một đơn vị",
    ):
        assert words in page, words
    assert "Dòng 2" not in page and "Dòng 3" not in page
    assert not Job.objects.exists() and not Person.objects.filter(login="moi1").exists()


MANY = 1000
MANY_UNITS = HEADER + "".join(f"X{n},Phường mới {n},phuong_xa\n" for n in range(MANY))
MANY_PEOPLE = [(f"moi{n}", f"Người {n}", "", "U1", "officer", "") for n in range(MANY)]


@pytest.mark.parametrize(
    ("name", "field", "file", "kept", "counts"),
    [
        ("unit_import", "register", SimpleUploadedFile("u.csv", MANY_UNITS.encode()), "text", "thêm mới: 1000, sửa: 0"),
        (
            "people_import",
            "people",
            people_book(*MANY_PEOPLE),
            "rows",
            "người mới: 1000, vai trò mới: 1000",
        ),
    ],
)
def test_a_long_preview_shows_its_counts_and_first_rows_and_gives_the_rest_as_a_file(
    city, name, field, file, kept, counts
):
    client, address = city.client("administrator"), reverse(f"registry:{name}")
    file.seek(0)
    page = client.post(address, {field: file}).content.decode()
    table, rows = (
        page.split("<tbody>")[1],
        re.search(rf'<textarea name="{kept}"[^>]*>(.*?)</textarea>', page, re.DOTALL),
    )
    assert rows is not None and page.count("<textarea") == 1, "the list travels with the page once"
    assert len(page) < 100_000
    for sent in ({"confirm": "1"}, {"tai": "xlsx"}):
        changed = client.post(address, {kept: rows[1][9:], **sent})
        assert changed.status_code == 422 and "hãy chọn lại tệp" in changed.content.decode()
    assert table.count("<tr>") == 200 and counts in page and "hiển thị 200 dòng đầu" in page
    book = openpyxl.load_workbook(
        io.BytesIO(client.post(address, {kept: html.unescape(rows[1]), "tai": "xlsx"}).content), read_only=True
    )
    assert sum(1 for row in book.active.iter_rows(values_only=True) if any(row)) >= MANY
    client.cookies["lang"] = "en"
    file.seek(0)
    english = client.post(address, {field: file}).content.decode()
    assert "The first 200 are shown. Download the whole list:" in english


def test_ends_of_lines_of_any_machine_are_read(city):
    page = city.client("administrator").post(
        reverse("registry:unit_import"),
        {"register": SimpleUploadedFile("u.csv", (HEADER + "U9,Sở Mới,so_nganh\n").replace("\n", "\r").encode())},
    )
    assert page.status_code == 200 and "Sở Mới" in page.content.decode()


def test_ten_thousand_pasted_codes_are_refused_with_the_first_few(city):
    Part.objects.update(phase="prepare")
    address = reverse("rounds:choose_units", args=["thu-2024", "par"])
    before = list(Member.objects.values_list("unit", flat=True))
    pasted = " ".join(f"X{n}" for n in range(10_000))
    page = city.client("manager").post(address, {"unit-so_nganh": ["U1"], "more-so_nganh": pasted}).content.decode()
    sentence = page.split("<textarea")[0]
    assert "X0, X1" in sentence and "X11" not in sentence.split("X1, X2")[0]
    assert list(Member.objects.values_list("unit", flat=True)) == before
    twice = city.client("manager").post(address, {"more-so_nganh": "U1 U1", "unit-so_nganh": ["U1"]})
    assert twice.status_code == 302, "a code given twice in one block is one unit"


def test_ten_thousand_names_of_a_merger_are_refused_by_their_number(city):
    form = {"kind": "merged", "document": "1/NQ", "on": "2025-07-01", "code-1": "U9", "name_vi-1": "Sở", "preview": "1"}
    names = "\n".join(f"Sở thứ {n}" for n in range(10_000))
    answer = city.client("administrator").post(reverse("rounds:reorganisation"), {**form, "predecessors": names})
    assert answer.status_code == 422
    faults = answer.content.decode().split('role="alert"')[1].split("</ul>")[0]
    assert "10000" in faults and faults.count("<li>") < 60


def test_a_returned_workbook_with_hidden_rows_and_columns_is_read_whole(city):
    header = ["criterion", "input", "version", "value", "explanation"]
    rows = [
        ["1.1", "answer", "0", "yes", ""],
        ["1.2", "numerator", "0", "45", ""],
        ["1.2", "denominator", "0", "48", ""],
    ]
    book = openpyxl.load_workbook(io.BytesIO(workbook_bytes("x", header, rows)))
    sheet = book.active
    for column in ("A", "C", "D"):
        sheet.column_dimensions[column].hidden = True
    sheet.row_dimensions[2].hidden = True
    kept = io.BytesIO()
    book.save(kept)
    address = reverse("rounds:submission_workbook", args=["thu-2024", "par", "U1"])
    file = SimpleUploadedFile("a.xlsx", kept.getvalue())
    page = city.client("officer").post(address, {"workbook": file}).content.decode()
    assert "2 tiêu chí sẽ thay đổi" in page and 'name="value|1.1|answer" value="yes"' in page
    assert not Mark.objects.exists()

"""Lists that are too long, torn or made to harm: refused in words with nothing kept, alike on every database."""

from __future__ import annotations

import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from thangdo.web.registry.models import Unit
from thangdo.web.rounds.models import Mark, Member, Part
from thangdo.web.workbooks import workbook_bytes

HEADER = "unit,name_vi,level\n"
LISTS = {
    "larger than is read": (HEADER + "U9,Sở Mới,so_nganh\n" * 300_000, "danh sách không quá 5 MB"),
    "a quotation mark left open": (HEADER + 'U9,"' + "x\n" * 100_000, "dấu ngoặc kép"),
    "a cell as long as a book": (HEADER + "U9," + "x" * 200_000 + ",so_nganh\n", "dấu ngoặc kép"),
    "a code no column holds": (HEADER + "U" * 41 + ",Sở Mới,so_nganh\n", "“mã” của UUU"),
    "a name no column holds": (HEADER + "U9," + "Sở" * 200 + ",so_nganh\n", "“tên” của U9 dài quá 255 ký tự"),
}


@pytest.mark.parametrize("case", LISTS)
def test_a_list_of_units_that_cannot_be_kept_is_refused_before_it_is_shown(city, case):
    text, words = LISTS[case]
    client, address = city.client("administrator"), reverse("registry:unit_import")
    for given in ({"register": SimpleUploadedFile("u.csv", text.encode())}, {"text": text, "confirm": "1"}):
        if "text" in given and len(text) > 1_000_000:
            continue  # a form that large is refused before any page
        answer = client.post(address, given)
        assert answer.status_code in (409, 422) and words in answer.content.decode(), answer.content.decode()[-700:]
    assert Unit.objects.count() == 3


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

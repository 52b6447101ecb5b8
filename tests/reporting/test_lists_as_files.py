"""A list is one value: what stands on the page stands in the workbook and on paper."""

from __future__ import annotations

import io
import subprocess
from decimal import Decimal
from pathlib import Path

import openpyxl

from thangdo.reporting.listing import Column, Linked, Listing, listing_table
from thangdo.reporting.listing_files import listing_pdf, listing_workbook
from thangdo.reporting.numbers import Absent

LONGEST = "Ban Quản lý dự án Đầu tư xây dựng các công trình dân dụng và công nghiệp Thành phố"
LIST = Listing(
    "thu",
    "Điểm của hai đơn vị",
    [Column("Đơn vị"), Column("Điểm", True, 2), Column("Thay đổi, điểm", True, 2, True), Column("Ghi chú")],
    [
        (Linked(LONGEST, "/don-vi/x/"), Decimal("96.955"), Decimal("1.25"), "=HYPERLINK(A1)"),
        ("Sở <Du lịch>", Absent.NOT_GIVEN, Decimal("-0.5"), '"nháy" & \\gạch'),
    ],
    note="Số liệu minh họa",
)


def test_the_page_escapes_links_and_prints_numbers_of_the_language():
    page = listing_table(LIST, "vi")
    assert f'<a href="/don-vi/x/">{LONGEST}</a>' in page
    assert "Sở &lt;Du lịch&gt;" in page
    assert "96,96" in page and "+1,25" in page and "−0,50" in page and "chưa có" in page
    assert "96.96" in listing_table(LIST, "en")


def test_the_workbook_has_the_same_rows_and_no_formula():
    book = openpyxl.load_workbook(io.BytesIO(listing_workbook([LIST, LIST], "vi")))
    assert len(book.sheetnames) == 2
    sheet = book.worksheets[0]
    assert [cell.value for cell in sheet[4]] == ["Đơn vị", "Điểm", "Thay đổi, điểm", "Ghi chú"]
    assert [cell.value for cell in sheet[5]] == [LONGEST, 96.955, 1.25, "=HYPERLINK(A1)"]
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    assert [cell.value for cell in sheet[6]] == ["Sở <Du lịch>", "chưa có", -0.5, '"nháy" & \\gạch']


def test_the_sheet_of_paper_has_the_same_rows(tmp_path: Path):
    empty = Listing("rong", "Danh sách rỗng", LIST.columns, [], empty="Chưa có gì.")
    file = tmp_path / "list.pdf"
    file.write_bytes(listing_pdf([LIST, empty], "vi", LIST.title, "Người tải, hôm nay"))
    text = " ".join(subprocess.run(["pdftotext", "-layout", file, "-"], capture_output=True, text=True).stdout.split())
    for words in ("Điểm của hai đơn vị", "96,96", "+1,25", "=HYPERLINK(A1)", '"nháy" & \\gạch', "Chưa có gì."):
        assert words in text

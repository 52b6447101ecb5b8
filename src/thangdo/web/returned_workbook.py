"""An Excel workbook that somebody sends: its first sheet as rows, once it is known to be one and of bearable size."""

from __future__ import annotations

import struct
import zipfile
import zlib
from typing import Any

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, iterparse
from django.utils.translation import gettext_lazy as _

SIZE_LIMIT = 5 << 20
UNPACKED_LIMIT = 60 << 20
ROW_LIMIT = 10_000
COLUMN_LIMIT = 200
# What reading a damaged or forged archive may raise besides BadZipFile.
DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    NotImplementedError,
    RuntimeError,
    OSError,
    EOFError,
    ValueError,
    KeyError,
)
_CELL = "}c"


WHY: dict[str, Any] = {
    "missing": _("no file was chosen"),
    "large": _("an Excel file of at most 5 MB"),
    "large_list": _("a list of at most 5 MB"),
    "kept": _("the list of the preview did not come back whole; choose the file again"),
    "no_table": _("a cell is not closed by a quotation mark, or is longer than any text of a list"),
    "unreadable": _("it is not an Excel workbook"),
    "bomb": _("it unpacks to far more than its size"),
    "rows": _("more than %(limit)s rows"),
    "columns": _("more than %(limit)s columns"),
}


class NotAWorkbook(Exception):
    """The file cannot be taken; `why` is a row of WHY with the facts of its sentence, said in the reader's language."""

    def __init__(self, why: str, **facts: object) -> None:
        super().__init__(why)
        self.why = why
        self.facts = facts

    def __str__(self) -> str:
        return str(WHY[self.why] % {"limit": ROW_LIMIT if self.why == "rows" else COLUMN_LIMIT, **self.facts})


def sheet_rows(file: Any) -> list[list[Any]]:
    """The cells of the first sheet, hidden rows and columns included.

    Raises NotAWorkbook. The reader allocates every cell up to the last one used, so a single cell far away would
    fill the memory: the extent is measured first.
    """
    from python_calamine import CalamineError, CalamineWorkbook

    if file is None:
        raise NotAWorkbook("missing")
    if file.size > SIZE_LIMIT:
        raise NotAWorkbook("large")
    _measure(file)
    file.seek(0)
    try:
        rows: list[list[Any]] = (
            CalamineWorkbook.from_filelike(file).get_sheet_by_index(0).to_python(skip_empty_area=False)
        )
    except (CalamineError, *DAMAGED) as failure:
        raise NotAWorkbook("unreadable") from failure
    return rows


def _measure(file: Any) -> None:
    """Refuse what is no workbook, unpacks to too much, or reaches beyond the limits of rows and columns."""
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            if "xl/workbook.xml" not in {entry.filename for entry in entries}:
                raise NotAWorkbook("unreadable")
            if sum(entry.file_size for entry in entries) > UNPACKED_LIMIT:
                raise NotAWorkbook("bomb")
            for entry in entries:
                if entry.filename.startswith("xl/worksheets/") and entry.filename.endswith(".xml"):
                    with archive.open(entry) as stream:
                        _measure_sheet(stream)
    except (ParseError, DefusedXmlException, *DAMAGED) as failure:
        raise NotAWorkbook("unreadable") from failure


def _measure_sheet(stream: Any) -> None:
    for _event, element in iterparse(stream):
        if element.tag.endswith(_CELL) and "r" in element.attrib and (len(element) or element.text):
            letters = element.attrib["r"].rstrip("0123456789")
            row = element.attrib["r"][len(letters) :]
            column = 0
            for letter in letters.upper():
                column = column * 26 + ord(letter) - 64
            # One row more than the limit: the header.
            if int(row or 0) > ROW_LIMIT + 1:
                raise NotAWorkbook("rows")
            if column > COLUMN_LIMIT:
                raise NotAWorkbook("columns")
        if element.tag.endswith("}row"):
            element.clear()

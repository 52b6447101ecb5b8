"""The running text of a PDF or DOCX, for search; bounded, and empty where a file has none."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path

import pypdfium2
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, iterparse

from thangdo.evaluation.vietnamese import search_text
from thangdo.web.returned_workbook import DAMAGED

PAGES_READ = 400
LETTERS_KEPT = 2_000_000
BODY = "word/document.xml"
BODY_LIMIT = 100 << 20
_TEXT = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}t"
_PARAGRAPH = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}p"


@dataclass(frozen=True, slots=True)
class FileWords:
    """Searchable text without accents, and the number of pages (0 where the kind has none)."""

    search: str
    pages: int = 0


def words_of(path: Path, extension: str) -> FileWords:
    """The words of a stored file. A file that cannot be read has none; it is still evidence."""
    if extension == "pdf":
        return _pdf(path)
    if extension == "docx":
        return _docx(path)
    return FileWords("")


def _pdf(path: Path) -> FileWords:
    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError:
        return FileWords("")
    try:
        pages = len(document)
        pieces: list[str] = []
        left = LETTERS_KEPT
        for number in range(min(pages, PAGES_READ)):
            try:
                page = document[number]
                text_page = page.get_textpage()
                text = text_page.get_text_bounded()[:left]
                text_page.close()
                page.close()
            except pypdfium2.PdfiumError:
                # One damaged page does not take the others' words away.
                continue
            pieces.append(text)
            left -= len(text)
            if left <= 0:
                break
    finally:
        document.close()
    return FileWords(search_text(*pieces), pages)


def _docx(path: Path) -> FileWords:
    pieces: list[str] = []
    letters = 0
    try:
        with zipfile.ZipFile(path) as archive:
            if archive.getinfo(BODY).file_size > BODY_LIMIT:
                return FileWords("")
            with archive.open(BODY) as stream:
                # Paragraph by paragraph: the whole tree would take many times the document's size.
                for _event, element in iterparse(stream):
                    if element.tag == _PARAGRAPH:
                        pieces.append("".join(piece.text or "" for piece in element.iter(_TEXT)))
                        letters += len(pieces[-1])
                        element.clear()
                        if letters > LETTERS_KEPT:
                            break
    except (ParseError, DefusedXmlException, *DAMAGED):
        # Damaged, or made to harm whoever reads it: what was read before is kept.
        pass
    return FileWords(search_text(" ".join(pieces)[:LETTERS_KEPT]))

"""The running text of a PDF or DOCX, for search; bounded, and empty where a file has none."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path

import defusedxml.ElementTree as ElementTree
import pypdfium2

from thangdo.evaluation.vietnamese import search_text

PAGES_READ = 400
LETTERS_KEPT = 2_000_000
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
            page = document[number]
            text_page = page.get_textpage()
            text = text_page.get_text_bounded()[:left]
            text_page.close()
            page.close()
            pieces.append(text)
            left -= len(text)
            if left <= 0:
                break
    finally:
        document.close()
    return FileWords(search_text(*pieces), pages)


def _docx(path: Path) -> FileWords:
    try:
        with zipfile.ZipFile(path) as archive, archive.open("word/document.xml") as stream:
            tree = ElementTree.parse(stream)
    except (zipfile.BadZipFile, KeyError, ElementTree.ParseError):
        return FileWords("")
    paragraphs = ["".join(piece.text or "" for piece in paragraph.iter(_TEXT)) for paragraph in tree.iter(_PARAGRAPH)]
    return FileWords(search_text(" ".join(paragraphs)[:LETTERS_KEPT]))

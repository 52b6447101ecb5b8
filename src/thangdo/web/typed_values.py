"""What people type into forms and addresses, read without surprises: whole numbers, moments, clean text."""

from __future__ import annotations

import re
from datetime import datetime

from django.http import QueryDict
from django.utils import timezone

from thangdo.evaluation.vietnamese import search_text

# Wide enough for every key and count of ours, narrow enough for every integer column.
DIGITS = 9
EARLIEST, LATEST = 2000, 2100
# Control characters no keyboard gives; Word's soft line break arrives as a vertical tab.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_LINE_BREAK = re.compile(r"[\x0b\x0c]")


def whole_number(text: str, otherwise: int = 0) -> int:
    """A whole number of at most nine ASCII digits; `otherwise` for any other text ('²' is a digit to Python)."""
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= DIGITS else otherwise


class KeyConverter:
    """A row's key in an address: what no key can be finds no page."""

    regex = f"[0-9]{{1,{DIGITS}}}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return str(value)


def search_words(text: str) -> list[str]:
    """The words to look for, without accents; the first dozen of a long text."""
    return search_text(text[:300]).split()[:12]


def read_moment(text: str) -> datetime:
    """A moment typed as `yyyy-mm-ddThh:mm`, in Vietnam's time unless it says another.

    Raises ValueError where it is none, or lies outside 2000 to 2100.
    """
    found = datetime.fromisoformat(text.strip())
    if not EARLIEST <= found.year <= LATEST:
        raise ValueError(text)
    return timezone.make_aware(found) if timezone.is_naive(found) else found


def has_control(text: str) -> bool:
    return _CONTROL.search(text) is not None


def without_control(given: QueryDict) -> QueryDict:
    """The same values without control characters: no database, Word document or workbook takes them."""
    pairs = [(name, value) for name, values in given.lists() for value in values]
    if not any(has_control(name) or has_control(value) for name, value in pairs):
        return given
    clean = QueryDict(mutable=True)
    for name, value in pairs:
        clean.appendlist(_CONTROL.sub("", name), _CONTROL.sub("", _LINE_BREAK.sub("\n", value)))
    return clean

"""Every sentence of the pages has its Vietnamese, with the same placeholders."""

from __future__ import annotations

import re
from pathlib import Path

from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po

import thangdo.web

WEB = Path(thangdo.web.__file__).parent
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "noop": None,
    "ngettext": (1, 2),
}
METHODS = {".py": "python", ".html": "jinja2.ext:babel_extract"}
PLACEHOLDER = re.compile(r"%\((\w+)\)s")


def sentences() -> set[tuple[str, ...]]:
    found = set()
    for path in WEB.rglob("*"):
        method = METHODS.get(path.suffix)
        if method:
            for _line, message, _comments, _context in extract_from_file(method, str(path), keywords=KEYWORDS):
                key = tuple(message) if isinstance(message, tuple | list) else (message,)
                if key[0]:
                    found.add(key)
    return found


def catalogue() -> dict[tuple[str, ...], str]:
    with (WEB / "locale/vi/LC_MESSAGES/django.po").open("rb") as source:
        return {
            (message.id,) if isinstance(message.id, str) else tuple(message.id): message.string
            if isinstance(message.string, str)
            else message.string[0]
            for message in read_po(source)
            if message.id
        }


def test_no_sentence_lacks_its_vietnamese():
    known = catalogue()
    assert sorted(key for key in sentences() if not known.get(key)) == []


def test_no_translation_is_left_over():
    assert sorted(set(catalogue()) - sentences()) == []


def test_placeholders_agree():
    differing = {
        key: text
        for key, text in catalogue().items()
        if set(PLACEHOLDER.findall(text)) != set(PLACEHOLDER.findall(key[-1]))
    }
    assert differing == {}

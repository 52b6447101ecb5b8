"""Every sentence that goes through gettext has its Vietnamese, room by room."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po

PACKAGE = Path(__file__).resolve().parent.parent / "src" / "thangdo"
# `cli` holds the words of a library: tests/cli/test_library_words.py
ROOMS = sorted(path.parent.name for path in PACKAGE.glob("*/locale"))
TEMPLATE = re.compile(r"""_\(\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')""")


def messages(room: str) -> set[str]:
    found: set[str] = set()
    for path in (PACKAGE / room).rglob("*.py"):
        for _, message, _, _ in extract_from_file(
            "python", path, keywords={"_": None, "gettext": None, "gettext_lazy": None}
        ):
            found.add(message if isinstance(message, str) else message[0])
    for path in (PACKAGE / room / "templates").rglob("*.html"):
        for double, single in TEMPLATE.findall(path.read_text(encoding="utf-8")):
            found.add((double or single).replace('\\"', '"'))
    return {message for message in found if message}


@pytest.mark.parametrize("room", [room for room in ROOMS if room not in ("web", "cli")])
def test_vietnamese_is_complete(room: str) -> None:
    with (PACKAGE / room / "locale" / "vi" / "LC_MESSAGES" / f"{room}.po").open("rb") as stream:
        catalogue = read_po(stream, locale="vi")
    translated = {str(entry.id) for entry in catalogue if entry.id and entry.string and not entry.fuzzy}
    assert messages(room) - translated == set()


@pytest.mark.parametrize("room", [room for room in ROOMS if room not in ("web", "cli")])
def test_placeholders_survive_translation(room: str) -> None:
    with (PACKAGE / room / "locale" / "vi" / "LC_MESSAGES" / f"{room}.po").open("rb") as stream:
        catalogue = read_po(stream, locale="vi")
    for entry in catalogue:
        if isinstance(entry.id, str) and entry.id:
            names = set(re.findall(r"%\((\w+)\)", entry.id))
            assert set(re.findall(r"%\((\w+)\)", str(entry.string))) == names, entry.id

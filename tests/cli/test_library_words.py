"""What the command-line library says by itself is said in the reader's language."""

from __future__ import annotations

import gettext
import os
import re
from pathlib import Path

import click
import pytest
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po

from thangdo.cli.entry import run
from thangdo.cli.library_words import LOCALE

# Said to whoever writes a program with the library, or by parts of it that are not used here.
NOT_SAID = re.compile(
    "^(Name '|Boolean option|Could not determine|No options defined|Arguments take exactly|Invalid start character|"
    "Value must be an iterable|Choice\\(|Unknown (standard stream|color)|Shell completion|Couldn't detect|Windows error|"
    "{editor}|Press any key|Confirm the action|Show the version|%\\(prog\\)s|{value!r} is not a valid UUID|d$)"
)

SAID = (
    (("dossiers", "ingest"), "Lỗi: Thiếu tham số 'FILES...'.", "Error: Missing argument 'FILES...'."),
    (("dossiers", "reprt"), "Không có lệnh 'reprt'. (Có phải là: 'report'?)", "Did you mean 'report'?"),
    (("dossiers", "report", "--yeer", "1"), "Không có tùy chọn '--yeer'.", "No such option '--yeer'."),
    (("dossiers", "report", "--year", "x"), "'x' không phải là số.", "'x' is not a valid integer range."),
    (("dossiers", "report", "--year", "1"), "nằm ngoài khoảng 1990<=x<=2099", "not in the range 1990<=x<=2099"),
    (("dossiers", "report"), "Thiếu tùy chọn '--store'", "Missing option '--store'"),
    (
        ("dossiers", "report", "--as-of", "31-5"),
        "'31-5' không phải là ngày; viết 2023-05-31 hoặc 31/05/2023.",
        "'31-5' is no day; write 2023-05-31 or 31/05/2023.",
    ),
)


@pytest.mark.parametrize(("arguments", "vi", "en"), SAID)
def test_a_wrong_call_is_told_in_the_readers_language(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], vi: str, en: str
) -> None:
    for language, words, usage in (("vi", vi, "Cách dùng: thangdo"), ("en", en, "Usage: thangdo")):
        assert run(("--lang", language, *arguments)) == 2
        said = capsys.readouterr().err
        assert words in said and said.startswith(usage)


def test_help_is_wholly_in_the_readers_language(capsys: pytest.CaptureFixture[str]) -> None:
    run(("--lang", "vi", "dossiers", "report", "--help"))
    said = capsys.readouterr().out
    assert "Tùy chọn:" in said and "[bắt buộc]" in said and "[mặc định: duckdb]" in said
    assert not re.search("Options:|required|default:|Show this|OPTIONS|TEXT|INTEGER|%Y", said)
    assert "[TÙY CHỌN]" in said and "--year SỐ" in said and "--as-of NGÀY" in said
    run(("--lang", "en", "dossiers", "report", "--help"))
    assert "[OPTIONS]" in (english := capsys.readouterr().out) and "--year INTEGER RANGE" in english
    run(("--lang", "vi", "dossiers"))
    assert "thangdo dossiers [TÙY CHỌN] LỆNH [THAM SỐ]..." in capsys.readouterr().err


def test_the_process_speaks_as_before_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE", "fr:en")
    before = gettext.textdomain()
    run(("--lang", "vi", "--help"))
    assert (gettext.textdomain(), os.environ["LANGUAGE"]) == (before, "fr:en")
    monkeypatch.delenv("LANGUAGE")
    run(("--lang", "vi", "--help"))
    assert "LANGUAGE" not in os.environ


def test_every_sentence_of_the_library_has_its_vietnamese() -> None:
    library = Path(click.__file__).parent
    sentences = {
        message if isinstance(message, str) else message[0]
        for path in library.glob("*.py")
        for _, message, _, _ in extract_from_file("python", path, keywords={"_": None, "ngettext": (1, 2)})
    }
    with (LOCALE / "vi" / "LC_MESSAGES" / "cli.po").open("rb") as stream:
        entries = [entry for entry in read_po(stream, locale="vi") if entry.id and entry.string]
    translated = {entry.id if isinstance(entry.id, str) else entry.id[0] for entry in entries}
    assert {sentence for sentence in sentences - translated if not NOT_SAID.match(sentence)} == set()
    assert translated <= sentences
    for entry in entries:
        ids, texts = ((each,) if isinstance(each, str) else each for each in (entry.id, entry.string))
        known = set(re.findall(r"{(\w+)", " ".join(ids)))
        assert set(re.findall(r"{(\w+)", " ".join(texts))) <= known

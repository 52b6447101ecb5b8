"""The reject file: one line for each row that was not taken, with every reason found."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from thangdo.dossiers.codes import CODES
from thangdo.dossiers.schema import Column, Table

HEADER = ("file", "row", "column", "code", "reason", "found", "dossier_code", "also")


@dataclass(frozen=True, slots=True)
class Reject:
    """A rejected row. `reasons` are pairs of finding code and column, the first of them the one shown.

    `found` is the cell that the first reason is about; `key` the dossier's code, as a pseudonym where the store
    keeps pseudonyms.
    """

    file: str
    row: int
    reasons: tuple[tuple[str, str], ...]
    found: str
    key: str


class RejectFile:
    """Writes rejects as they are found, and counts them by code. Made when the first reject comes."""

    # A table with fewer required columns leaves too little to tell a footer by.
    _LEAST_REQUIRED = 4
    _MOST_NAMED = 10

    def __init__(self, path: Path, table: Table, language: str = "vi") -> None:
        self.path = path
        self._words = {column.name: f" ({_choice(column, language)})" for column in table.columns if column.words}
        self.counts: dict[str, int] = {}
        self.rows = 0
        self._required = sum(column.required for column in table.columns)
        self._bare: dict[str, int] = {}
        self._bare_rows: dict[str, list[int]] = {}
        self._language = language
        self._stream: TextIO | None = None
        self._writer: Any = None

    def add(self, rejects: Iterable[Reject]) -> None:
        for reject in rejects:
            if self._stream is None:
                # With the mark by which spreadsheets know UTF-8: people open this file, and its reasons have accents.
                self._stream = self.path.open("w", encoding="utf-8-sig", newline="")
                self._writer = csv.writer(self._stream, lineterminator="\n")
                self._writer.writerow(HEADER)
            code, column = reject.reasons[0]
            also = "; ".join(f"{other} {where}".strip() for other, where in reject.reasons[1:])
            title = CODES[code].title("en" if self._language == "en" else "vi").format(found=reject.found)
            if code == "DOS015":
                title += self._words[column]
            key = reject.key
            if self._is_bare(reject):
                self._note_bare(reject)
                # A text of several words in a footer is no code: a heading, or the name of who signed.
                key = "" if len(key.split()) > 1 else key
            self._writer.writerow((reject.file, reject.row, column, code, title, reject.found, key, also))
            self.counts[code] = self.counts.get(code, 0) + 1
            self.rows += 1

    def _is_bare(self, reject: Reject) -> bool:
        missing = sum(code == "DOS011" for code, _ in reject.reasons)
        return self._required >= self._LEAST_REQUIRED and missing >= self._required - 1

    def _note_bare(self, reject: Reject) -> None:
        self._bare[reject.file] = self._bare.get(reject.file, 0) + 1
        named = self._bare_rows.setdefault(reject.file, [])
        if len(named) < self._MOST_NAMED:
            named.append(reject.row)

    def bare(self) -> list[tuple[str, int, str]]:
        """File, number and rows (the first ones) of rejects that lack all required cells but one: footers, mostly.

        They are still rejected and counted: that they are no dossiers is for a person to say.
        """
        return [
            (file, count, ", ".join(map(str, self._bare_rows[file])) + (", …" if count > self._MOST_NAMED else ""))
            for file, count in self._bare.items()
        ]

    def close(self) -> None:
        if self._stream is not None:
            self._stream.close()
            self._stream = None


def _choice(column: Column, language: str) -> str:
    """The words that the column may hold; in Vietnamese each with what officials call it: `online = trực tuyến`."""
    if language == "en":
        return ", ".join(column.words)
    first: dict[str, str] = {}
    for text, word in column.said:
        first.setdefault(word, text)
    return ", ".join(f"{word} = {first[word]}" if word in first else word for word in column.words)


def read_rejects(path: Path) -> list[dict[str, str]]:
    """The lines of a reject file, as dictionaries by HEADER."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))

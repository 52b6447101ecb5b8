"""Codes of findings: one frozen row a code, in both languages, never reused."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning", "note"]
Language = Literal["vi", "en"]


@dataclass(frozen=True, slots=True)
class Code:
    """A kind of finding.

    `code` is room and number (``SCO012``). The texts may name `{found}`, `{expected}` and any fact the
    finding carries. `remedy_*` says what the reader should do.
    """

    code: str
    severity: Severity
    title_vi: str
    title_en: str
    remedy_vi: str
    remedy_en: str

    def title(self, language: Language) -> str:
        return self.title_vi if language == "vi" else self.title_en

    def remedy(self, language: Language) -> str:
        return self.remedy_vi if language == "vi" else self.remedy_en


class CodeTable:
    """The rows of one room, looked up by code. Two rows of one code are refused."""

    def __init__(self, rows: Iterable[Code]) -> None:
        self._rows: dict[str, Code] = {}
        for row in rows:
            if row.code in self._rows:
                raise ValueError(f"finding code {row.code} is given twice")
            self._rows[row.code] = row

    def __getitem__(self, code: str) -> Code:
        return self._rows[code]

    def __contains__(self, code: object) -> bool:
        return code in self._rows

    def __iter__(self) -> Iterator[Code]:
        return iter(self._rows.values())

    def __len__(self) -> int:
        return len(self._rows)

"""A sentence of a report in both languages, under the key its page asks for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence under its key; `{…}` are filled when it is printed."""

    key: str
    vi: str
    en: str

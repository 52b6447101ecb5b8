"""Values that no person types by accident, and whoever means harm does: one name each."""

from __future__ import annotations

HOSTILE: dict[str, str] = {
    "a NUL": "a\x00b",
    "a soft line break of a word processor": "a\x0bb",
    "a number beyond any column": "9" * 30,
    "a number beyond what Python reads": "9" * 5000,
    "a digit that is no number": "²",
    "a very long text": "dài " * 5000,
    "not a number": "NaN",
    "an endless number": "1e999999",
    "the first day": "0001-01-01T00:00",
    "the last day": "9999-12-31T23:59",
    "a day that is none": "2024-02-30",
    "a header": "x\r\nSet-Cookie: a=b",
    "nothing": "",
}

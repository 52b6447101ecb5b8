"""JSON in canonical form (RFC 8785), and SHA-256 over it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import rfc8785


def _plain(value: Any) -> Any:
    """The JSON value that stands for `value`. Exact numbers become text so that no digit is lost."""
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, int):
        # RFC 8785 numbers are doubles; larger integers are written as text.
        return value if abs(value) < 2**53 else str(value)
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, float):
        return value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, set | frozenset):
        return sorted(_plain(item) for item in value)
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    raise TypeError(f"no canonical form for {type(value).__name__}")


def canonical_bytes(value: Any) -> bytes:
    """The one byte string that stands for `value` (RFC 8785 JSON Canonicalization Scheme).

    Takes mappings, sequences, text, numbers, dates, Decimals (as plain decimal text) and data classes.
    Raises TypeError for anything else.
    """
    return rfc8785.dumps(_plain(value))


def content_hash(value: Any) -> str:
    """SHA-256 of the canonical bytes, in hexadecimal."""
    return hashlib.sha256(canonical_bytes(value)).hexdigest()


def file_hash(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal, read in blocks."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()

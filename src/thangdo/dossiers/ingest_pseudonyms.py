"""Keyed hashes in place of dossier codes.

HMAC-SHA-256 (RFC 2104) of the code, cut to 128 bits: the same code always gives the same pseudonym, so versions
and events still meet, and without the key nobody can test a guess.
"""

from __future__ import annotations

import hashlib
import hmac
from pathlib import Path

from thangdo.dossiers.failure import DossiersFailure

LEAST_BYTES = 32


def read_key(path: Path) -> bytes:
    """The key: the file's bytes without surrounding white space. DossiersFailure DOS204 or DOS210."""
    try:
        key = path.read_bytes().strip()
    except OSError as error:
        raise DossiersFailure("DOS204", path=path, found=error.strerror) from error
    if len(key) < LEAST_BYTES:
        raise DossiersFailure("DOS210", path=path)
    return key


def key_id(key: bytes | None) -> str:
    """What the store remembers of the key, to refuse another one: a hash that does not tell the key."""
    return hmac.new(key, b"thangdo dossier store", hashlib.sha256).hexdigest()[:16] if key else ""


def pseudonym(key: bytes, code: str) -> str:
    """The code's pseudonym: 32 hexadecimal digits."""
    return hmac.new(key, code.encode(), hashlib.sha256).hexdigest()[:32]

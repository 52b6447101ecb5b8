"""One-time codes by time (RFC 6238 with SHA-1, six digits, thirty seconds), as every phone app makes them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import struct
from datetime import datetime
from urllib.parse import quote, urlencode

STEP_SECONDS = 30
DIGITS = 6
# A clock may be one step early or late (RFC 6238 section 5.2).
DRIFT_STEPS = 1


def new_secret() -> str:
    """160 random bits in base 32 (RFC 4226 section 4 recommends this length)."""
    return base64.b32encode(secrets.token_bytes(20)).decode("ascii")


def code_at(secret: str, step: int, digits: int = DIGITS) -> str:
    """The code of one time step (RFC 4226 section 5.3)."""
    digest = hmac.new(base64.b32decode(secret), struct.pack(">Q", step), hashlib.sha1).digest()
    offset = digest[-1] & 0x0F
    number = struct.unpack(">I", digest[offset : offset + 4])[0] & 0x7FFFFFFF
    return str(number % 10**digits).zfill(digits)


def matching_step(secret: str, code: str, at: datetime, last_step: int) -> int | None:
    """The time step whose code was typed, later than the last one used; None where none fits.

    A code works once: a step not later than `last_step` is refused (RFC 6238 section 5.2).
    """
    typed = code.replace(" ", "")
    now = int(at.timestamp()) // STEP_SECONDS
    for step in range(now - DRIFT_STEPS, now + DRIFT_STEPS + 1):
        if step > last_step and hmac.compare_digest(code_at(secret, step).encode(), typed.encode()):
            return step
    return None


def address(secret: str, login: str, issuer: str = "Thang Đo") -> str:
    """The `otpauth:` address an app reads from the picture."""
    return f"otpauth://totp/{quote(issuer)}:{quote(login)}?{urlencode({'secret': secret, 'issuer': issuer})}"

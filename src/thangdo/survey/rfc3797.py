"""Publicly verifiable random selection: RFC 3797 (Eastlake, June 2004), exactly, and two small extensions.

The seed is what public sources of chance will show (lottery numbers, an index value), named before the draw.
Selection number i (from 0) takes MD5(i ‖ key ‖ i), i as two bytes, most significant first, as a number of
128 bits; its remainder by the number of candidates left is the place in the list of those left (section 4).

Extensions, used only where a plan asks for more than one list drawn without replacement:

* a *label* (stratum, cluster) is appended to the key as `label/`: every list has digests of its own;
* a *uniform number* in [0, 1) is the first 53 bits of the digest divided by 2^53.

Beyond 65,535 digests i is written with as many bytes as it needs.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from thangdo.survey.failure import SurveyFailure

_INTEGERS = re.compile(r"[+-]?\d+(?:[\s,;]+[+-]?\d+)*\Z")
_REALS = re.compile(r"(?:float\s+)?\d+\.\d+(?:[\s;]+\d+\.\d+)*\Z")


def seed_key(sources: Sequence[str]) -> str:
    """The key string of what the sources showed, one text a source, in the announced order.

    Whole numbers are sorted, each followed by a point; reals keep their order, lose trailing zeros and
    stand without a separator; every source ends with a slash (section 4 and the reference code). Any other
    text is an extension: letters and digits only, upper case. Raises SurveyFailure (SUR020) for an empty one.
    """
    parts = []
    for number, source in enumerate(sources, start=1):
        text = source.strip()
        if _INTEGERS.match(text):
            values = sorted(int(word) for word in re.split(r"[\s,;]+", text))
            part = "".join(f"{value}." for value in values)
        elif _REALS.match(text):
            words = [word for word in re.split(r"[\s;]+", text) if word != "float"]
            part = "".join(f"{int(whole)}.{rest.rstrip('0')}" for whole, rest in (word.split(".") for word in words))
        else:
            part = "".join(letter for letter in text.upper() if letter.isalnum())
        if not part:
            raise SurveyFailure("SUR020", found=source, number=number)
        parts.append(part + "/")
    if not parts:
        raise SurveyFailure("SUR020", found="", number=1)
    return "".join(parts)


@dataclass(frozen=True, slots=True)
class Selection:
    """One step of the draw, as the RFC prints it: the digest, how many were left, the place selected (from 1)."""

    digest: str
    remaining: int
    selected: int


def digest(key: bytes, index: int) -> bytes:
    """MD5 of index ‖ key ‖ index: part of the published method, not a protection of anything."""
    ends = index.to_bytes(max(2, (index.bit_length() + 7) // 8), "big")
    return hashlib.md5(ends + key + ends, usedforsecurity=False).digest()


def select(key: str, pool: int, count: int) -> tuple[Selection, ...]:
    """`count` of `pool` places without replacement, equal chances, in the order of selection.

    Raises SurveyFailure (SUR007) where more are asked for than there are.
    """
    if count > pool or count < 0:
        raise SurveyFailure("SUR007", found=count, expected=pool, stratum="")
    raw = key.encode()
    left = list(range(1, pool + 1))
    chosen = []
    for index in range(count):
        bits = digest(raw, index)
        chosen.append(Selection(bits.hex().upper(), len(left), left.pop(int.from_bytes(bits, "big") % len(left))))
    return tuple(chosen)


class Uniforms:
    """The uniform numbers of a key, in order; the place in the sequence is the only state."""

    def __init__(self, key: str) -> None:
        self._key = key.encode()
        self._index = 0

    def next(self) -> float:
        """A number in [0, 1): the first 53 bits of the next digest."""
        bits = digest(self._key, self._index)
        self._index += 1
        return (int.from_bytes(bits[:8], "big") >> 11) / 2**53


def labelled(key: str, *labels: str) -> str:
    """The key of one stratum or cluster: the labels appended, each ended by a slash; no label, no change."""
    return key + "".join(f"{label}/" for label in labels)


def entropy_needed(pool: int, count: int) -> float:
    """Bits of chance needed to make every selection possible: log2 of the combinations (section 3.3)."""
    if not 0 < count < pool:
        return 0.0
    return (math.lgamma(pool + 1) - math.lgamma(count + 1) - math.lgamma(pool - count + 1)) / math.log(2)

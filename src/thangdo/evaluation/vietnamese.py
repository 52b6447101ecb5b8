"""Vietnamese names: how they are searched without accents and in which order they stand."""

from __future__ import annotations

import re
import unicodedata

# A mark on a letter makes another letter, a tone does not: order of the alphabet, then of the five tones.
_ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_POSITION = {letter: f"{place:02d}" for place, letter in enumerate(_ALPHABET, start=20)}
_TONES = {"\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}
_GAP = "00"
_NUMBER = re.compile(r"(\d+)")


def search_text(*texts: str) -> str:
    """Lower case, no accents, `đ` as `d`, `&` as `va`, everything else that is no letter or digit a space."""
    joined = unicodedata.normalize("NFD", " ".join(texts).lower().replace("đ", "d").replace("&", " va "))
    bare = "".join(letter for letter in joined if not unicodedata.combining(letter))
    return " ".join(re.findall(r"[^\W_]+", bare))


def sort_key(text: str) -> tuple[str, str]:
    """A key whose plain order is that of Vietnamese lists: letters of the whole text first, tones second.

    The order is ICU's for `vi`, except that runs of digits stand by their value: Quận 3 before Quận 10.
    """
    letters, tones = [], []
    for part in _NUMBER.split(unicodedata.normalize("NFC", text.lower())):
        if part.isdigit():
            letters.append(f"1{len(part.lstrip('0')):02d}{part.lstrip('0')}")
            continue
        for letter in part:
            bare, tone = _without_tone(letter)
            letters.append(_POSITION.get(bare, _GAP))
            tones.append(tone)
    return "".join(letters), "".join(tones)


def _without_tone(letter: str) -> tuple[str, str]:
    parts = unicodedata.normalize("NFD", letter)
    tone = next((_TONES[part] for part in parts if part in _TONES), "0")
    return unicodedata.normalize("NFC", "".join(part for part in parts if part not in _TONES)), tone

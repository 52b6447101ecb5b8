"""Whole numbers in words, as decisions and minutes write them beside the digits."""

from __future__ import annotations

from thangdo.reporting.language import Language

LARGEST = 10**15 - 1

_VI = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_VI_SCALES = ("", "nghìn", "triệu", "tỷ", "nghìn tỷ")
_EN = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_EN_TENS = ("zero", "ten", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_EN_SCALES = ("", "thousand", "million", "billion", "trillion")


def number_in_words(value: int, language: Language) -> str:
    """`hai mươi mốt`, `twenty-one`. Raises ValueError below zero and above 999 trillion."""
    if not 0 <= value <= LARGEST:
        raise ValueError(f"{value} is not between 0 and {LARGEST}")
    if value == 0:
        return _VI[0] if language == "vi" else _EN[0]
    groups = []
    while value:
        value, group = divmod(value, 1000)
        groups.append(group)
    words = []
    scales = _VI_SCALES if language == "vi" else _EN_SCALES
    for place in range(len(groups) - 1, -1, -1):
        group = groups[place]
        if not group:
            continue
        is_first = place == len(groups) - 1
        said = _vi_group(group, is_first) if language == "vi" else _en_group(group)
        words.append(f"{said} {_scale(groups, place, scales)}".strip())
    return " ".join(words)


def _scale(groups: list[int], place: int, scales: tuple[str, ...]) -> str:
    # "nghìn tỷ" keeps its "tỷ" only where no billions follow: 2.003 tỷ is hai nghìn không trăm linh ba tỷ.
    if scales is _VI_SCALES and place == 4 and groups[3]:
        return "nghìn"
    return scales[place]


def _vi_group(group: int, is_first: bool) -> str:
    hundreds, rest = divmod(group, 100)
    tens, ones = divmod(rest, 10)
    words = []
    if hundreds or not is_first:
        words.append(f"{_VI[hundreds]} trăm")
    if tens > 1:
        words.append(f"{_VI[tens]} mươi")
    elif tens == 1:
        words.append("mười")
    elif ones and words:
        words.append("linh")
    if ones == 1 and tens > 1:
        words.append("mốt")
    elif ones == 5 and tens:
        words.append("lăm")
    elif ones:
        words.append(_VI[ones])
    return " ".join(words)


def _en_group(group: int) -> str:
    hundreds, rest = divmod(group, 100)
    words = [f"{_EN[hundreds]} hundred"] if hundreds else []
    if rest:
        tens, ones = divmod(rest, 10)
        below = _EN[rest] if rest < 20 else _EN_TENS[tens] + (f"-{_EN[ones]}" if ones else "")
        words.append(f"and {below}" if hundreds else below)
    return " ".join(words)

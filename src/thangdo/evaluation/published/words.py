"""The source's words against the cells read from them: numbers, bounds, names, decimal signs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from thangdo.evaluation.published.codes import finding
from thangdo.evaluation.published.model import Published
from thangdo.evaluation.published.rankings import at
from thangdo.evaluation.register import Register, Unit
from thangdo.evaluation.vietnamese import search_text
from thangdo.findings import Finding, Where

_TOKEN = re.compile(
    r"(?:(?P<before>[^\W\d_]+(?: than)?)\s+)?(?P<digits>\d+(?:[.,]\d+)*)(?:(?=\s+(?P<scale>[^\W\d_]+)))?"
)
_THREES = re.compile(r"\d{1,3}([.,])\d{3}(?:\1\d{3})*")
_SCALES = {
    "nghìn": 3,
    "ngàn": 3,
    "triệu": 6,
    "tỷ": 9,
    "tỉ": 9,
    "thousand": 3,
    "million": 6,
    "billion": 9,
}
_BOUNDS = {
    "gần": "below",
    "dưới": "below",
    "nearly": "below",
    "under": "below",
    "hơn": "above",
    "trên": "above",
    "over": "above",
    "more than": "above",
    "khoảng": "about",
    "about": "about",
}
_DECIMAL_SIGN = {"vi": ",", "en": "."}
_LONGEST_QUOTE = 160


@dataclass(frozen=True, slots=True)
class Number:
    """A number in a text: as printed, its value, its decimal sign if it has one, and the bound before it."""

    printed: str
    value: Decimal
    sign: str
    bound: str
    bound_word: str


def numbers_in(text: str, language: str) -> tuple[Number, ...]:
    """Every number of a text. In Vietnamese 1.837 is a whole number and 99.84 one with a foreign sign."""
    own = _DECIMAL_SIGN.get(language, ".")
    found = []
    for match in _TOKEN.finditer(text):
        digits = match["digits"]
        sign = _decimal_sign(digits, own)
        if sign is None:
            continue
        whole, _, part = digits.rpartition(sign) if sign else (digits, "", "")
        plain = re.sub(r"[.,]", "", whole) + (f".{part}" if part else "")
        scale = _SCALES.get((match["scale"] or "").lower(), 0)
        word = (match["before"] or "").lower()
        found.append(Number(digits, Decimal(plain).scaleb(scale), sign, _BOUNDS.get(word, "exact"), word))
    return tuple(found)


def _decimal_sign(digits: str, own: str) -> str | None:
    """The sign before the decimals; "" for a whole number; None where the digits make no number."""
    foreign = "." if own == "," else ","
    if own in digits:
        if digits.count(own) == 1 and (foreign not in digits or _THREES.fullmatch(digits.partition(own)[0])):
            return own if digits.index(own) > digits.rfind(foreign) else None
        return "" if foreign not in digits and _THREES.fullmatch(digits) else None
    if foreign not in digits or _THREES.fullmatch(digits):
        return ""
    return foreign if digits.count(foreign) == 1 else None


def names_unit(words: str, unit: Unit) -> bool:
    """Whether a text names a unit by any of its names, accents and case apart."""
    text = f" {search_text(words)} "
    return any(f" {name} " in text for name in _searched_names(unit))


@cache
def _searched_names(unit: Unit) -> frozenset[str]:
    bare = re.sub(r"^(Quận|Huyện|Thành phố) (?=\D)", "", unit.name_vi)
    names = {search_text(name) for name in (unit.name_vi, unit.name_en, unit.short_vi, *unit.aliases, bare)}
    # "Thành phố" at the end says whose agency it is and is often left out.
    return frozenset((names | {name.removesuffix(" thanh pho") for name in names}) - {""})


@dataclass(frozen=True, slots=True)
class Quoted:
    """A row with the words it was read from, and the numbers and words its cells claim to come from there."""

    where: Where
    words: str
    numbers: tuple[tuple[str, Decimal | int | None], ...] = ()
    phrases: tuple[tuple[str, str], ...] = ()
    bound: str = ""


def quoted_rows(published: Published) -> Iterator[Quoted]:
    """Every row that carries words, in file order."""
    for standing in published.standings:
        phrases = (("published_class", standing.class_name),)
        yield Quoted(standing.where, standing.words, (("published", standing.published),), phrases)
    for count in published.counts:
        numbers = (("count", count.count), ("total", count.total))
        yield Quoted(count.where, count.words, numbers, (("class", count.class_name),))
    for band in published.bands:
        yield Quoted(band.where, band.words, (("lower", band.lower), ("upper", band.upper)))
    for figure in published.figures:
        yield Quoted(figure.where, figure.words, (("value", figure.value),), bound=figure.bound)
    for share in published.shares:
        yield Quoted(share.where, share.words, (("percent", share.percent),))


def cells_against_words(published: Published, register: Register) -> Iterator[Finding]:
    """EVA561, EVA562: a cell that its own quotation does not bear out."""
    for row in quoted_rows(published):
        if not row.words:
            continue
        quote = row.words if len(row.words) <= _LONGEST_QUOTE else row.words[:_LONGEST_QUOTE] + "…"
        numbers = {number.value: number for number in numbers_in(row.words, published.language)}
        for column, value in row.numbers:
            if value is not None and value not in numbers:
                yield finding("EVA561", at(row.where, column), value, quote)
            elif value is not None and row.bound and numbers[Decimal(value)].bound != row.bound:
                number = numbers[Decimal(value)]
                said = number.printed if number.bound == "exact" else f"{number.bound_word} {number.printed}"
                yield finding("EVA562", at(row.where, "bound"), row.bound, number.bound, words=said)
        for column, phrase in row.phrases:
            if phrase and f" {search_text(phrase)} " not in f" {search_text(row.words)} ":
                yield finding("EVA561", at(row.where, column), phrase, quote)
    for standing in published.standings:
        known = standing.unit in register
        if standing.words and known and not names_unit(standing.words, register[standing.unit]):
            yield finding("EVA561", at(standing.where, "unit"), standing.unit, standing.words[:_LONGEST_QUOTE])


def mixed_decimal_signs(published: Published) -> Iterator[Finding]:
    """EVA560: the source writes decimals with both signs; those foreign to its language are named."""
    own = _DECIMAL_SIGN.get(published.language, ".")
    signed = [
        (row.where, number)
        for row in quoted_rows(published)
        for number in numbers_in(row.words, published.language)
        if number.sign
    ]
    usual = next((number.printed for _, number in signed if number.sign == own), None)
    if usual is None:
        return
    for where, number in signed:
        if number.sign != own:
            yield finding("EVA560", at(where, "words"), number.printed, usual)

"""Numbers, days, moments and sizes in the reader's language; numbers through reporting's one formatter."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils import timezone, translation

from thangdo.reporting.language import Language
from thangdo.reporting.numbers import number as format_number
from thangdo.reporting.numbers import signed as format_signed


def language_now() -> Language:
    return "en" if translation.get_language() == "en" else "vi"


def number(value: Any, digits: int | None = None) -> str:
    """A number as the reader's language writes it; text that is no number stays."""
    if value is None or value == "":
        return ""
    try:
        exact = Decimal(str(value))
    except InvalidOperation:
        return str(value)
    return format_number(exact, language_now(), digits)


def signed(value: Any, digits: int | None = None) -> str:
    """A change, with its sign."""
    return format_signed(Decimal(str(value)), language_now(), digits)


def points(value: Any) -> str:
    """Points with two decimals, more where they have more."""
    if value is None or value == "":
        return ""
    exact = Decimal(str(value))
    exponent = exact.normalize().as_tuple().exponent
    digits = -exponent if isinstance(exponent, int) and exponent < 0 else 0
    return number(exact, max(2, min(digits, 4)))


def day(value: date | datetime | str | None) -> str:
    """`dd/MM/yyyy`; a text that is a date is read as one, any other stays."""
    if not value:
        return ""
    if isinstance(value, str):
        try:
            value = date.fromisoformat(value[:10])
        except ValueError:
            return str(value)
    if isinstance(value, datetime):
        value = timezone.localtime(value)
    return value.strftime("%d/%m/%Y")


def moment(value: datetime | str | None) -> str:
    """`dd/MM/yyyy HH:MM` in Vietnam."""
    if not value:
        return ""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return str(value)
    if timezone.is_naive(value):
        value = timezone.make_aware(value)
    return timezone.localtime(value).strftime("%d/%m/%Y %H:%M")


def typed_moment(value: datetime | None) -> str:
    """A moment as a form's field takes it."""
    return timezone.localtime(value).strftime("%Y-%m-%dT%H:%M") if value else ""


def size(value: int) -> str:
    """A file's size as people say it."""
    if value >= 1 << 20:
        return number(Decimal(value) / (1 << 20), 1) + " MB"
    return number(max(1, value // 1024)) + " kB"

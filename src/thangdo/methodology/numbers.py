"""Numbers as officials type them: a decimal point, or an unambiguous decimal comma."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

_PLAIN = re.compile(r"[+-]?\d+(\.\d+)?")
_COMMA = re.compile(r"[+-]?\d+,\d+")
_VIETNAMESE = re.compile(r"[+-]?\d{1,3}(\.\d{3})+,\d+")
_GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+")


class NotANumber(ValueError):
    """The text is no number, or can be read as two different ones (`is_ambiguous`)."""

    def __init__(self, text: str, *, is_ambiguous: bool = False) -> None:
        super().__init__(text[:40])
        self.is_ambiguous = is_ambiguous


def read_number(text: str, *, decimal_comma: bool = False) -> tuple[Decimal, bool]:
    """The exact number in `text`, and whether a decimal comma had to be assumed.

    "1.5" and "1,5" are both one and a half. "1,234" may be a thousand or one and a bit: refused unless
    the file as a whole is known to use decimal commas. Raises NotANumber.
    """
    stripped = text.strip().replace("\u00a0", "").replace(" ", "")
    if len(stripped) > 60:
        raise NotANumber(text)
    if _PLAIN.fullmatch(stripped):
        if decimal_comma and re.fullmatch(r"[+-]?[1-9]\d{0,2}(\.\d{3})+", stripped):
            # In a decimal-comma file a point groups thousands.
            raise NotANumber(text, is_ambiguous=True)
        return Decimal(stripped), False
    if _VIETNAMESE.fullmatch(stripped):
        return Decimal(stripped.replace(".", "").replace(",", ".")), True
    if _COMMA.fullmatch(stripped):
        if _GROUPED.fullmatch(stripped) and not decimal_comma:
            raise NotANumber(text, is_ambiguous=True)
        return Decimal(stripped.replace(",", ".")), True
    try:
        value = Decimal(stripped)
    except InvalidOperation as failure:
        raise NotANumber(text) from failure
    if not value.is_finite() or abs(value.adjusted()) > 30:
        raise NotANumber(text)
    return value, False

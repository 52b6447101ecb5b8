"""Words in the reader's language: gettext catalogues, one per room.

A room's catalogue is `<room>/locale/<language>/LC_MESSAGES/<room>.po`. Message ids are the English
sentences; English therefore needs no catalogue, and a test holds every Vietnamese one complete.
"""

from __future__ import annotations

import gettext
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Literal

Language = Literal["vi", "en"]
LANGUAGES: tuple[Language, ...] = ("vi", "en")

_PACKAGE = Path(__file__).resolve().parent.parent


@cache
def translator(room: str, language: Language) -> Callable[[str], str]:
    """The function that turns an English message id of `room` into `language`."""
    if language == "en":
        return str
    catalogue = gettext.translation(room, _PACKAGE / room / "locale", [language], fallback=True)
    return catalogue.gettext

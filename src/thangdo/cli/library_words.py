"""What the command-line library says by itself (usage, help, missing or wrong values) in the reader's language.

It looks its sentences up with gettext in the process's own domain, by the languages that the environment names.
"""

from __future__ import annotations

import gettext
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from thangdo.cli.environment import environment

DOMAIN = "cli"
LOCALE = Path(__file__).resolve().parent / "locale"


@contextmanager
def library_words(language: str) -> Iterator[None]:
    """Within it the library speaks `language` (vi, en)."""
    domain = gettext.textdomain()
    gettext.bindtextdomain(DOMAIN, str(LOCALE))
    gettext.textdomain(DOMAIN)
    try:
        with environment("LANGUAGE", language):
            yield
    finally:
        gettext.textdomain(domain)

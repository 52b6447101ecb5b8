"""Sentences an act leaves for the next page its person opens, said once."""

from __future__ import annotations

from typing import Any

KEY = "said"


def say(request: Any, text: str) -> None:
    """A sentence for the next page this person opens."""
    request.session[KEY] = [*request.session.get(KEY, []), text]


def said(request: Any) -> list[str]:
    """What was left for this page; a form that is sent leaves it for the page after."""
    session = getattr(request, "session", None)
    if session is None or request.method != "GET" or KEY not in session:
        return []
    return list(session.pop(KEY))

"""Addresses that long lists lead to, put together once a process: a list of signs has hundreds of them."""

from __future__ import annotations

from functools import lru_cache

from django.urls import reverse

from thangdo.web.rounds.models import Part

MOST_LINKS = 50_000


def unit_link(part: Part, unit: str) -> str:
    """Where a unit stands in a part."""
    return _reversed("rounds:standing", part.round.code, part.slug, unit)


def criterion_link(part: Part, unit: str, criterion: str) -> str:
    """A unit's page of one criterion."""
    return _reversed("rounds:criterion", part.round.code, part.slug, unit, criterion)


@lru_cache(maxsize=MOST_LINKS)
def _reversed(name: str, *codes: str) -> str:
    return reverse(name, args=codes)

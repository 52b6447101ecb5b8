"""The register's successions as the links a comparable series walks."""

from __future__ import annotations

from thangdo.web.registry.models import Succession
from thangdo.web.registry.succession import Link


def succession_links() -> tuple[Link, ...]:
    """Who gave way to whom, from the register."""
    rows = Succession.objects.filter(predecessor__isnull=False, successor__isnull=False)
    return tuple(
        Link(before, after, kind, on.year, rule)
        for before, after, kind, on, rule in rows.values_list(
            "predecessor__code", "successor__code", "kind", "on", "rule"
        )
    )

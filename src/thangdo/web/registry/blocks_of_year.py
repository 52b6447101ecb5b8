"""The register's own record of blocks: which units are ranked together for an index in a year."""

from __future__ import annotations

from collections.abc import Mapping

from thangdo.web.registry.models import BlockMember, Unit


def record_blocks(index: str, year: int, members: Mapping[str, tuple[str, bool]]) -> None:
    """Write the block of each unit (`members` maps a code to block and whether it is ranked); called inside an act.

    Units the register does not know are left out: their round still names them.
    """
    keys = dict(Unit.objects.filter(code__in=members).values_list("code", "pk"))
    BlockMember.objects.bulk_create(
        [
            BlockMember(index=index, year=year, unit_id=keys[code], block=block, ranked=ranked)
            for code, (block, ranked) in members.items()
            if code in keys
        ],
        batch_size=500,
        update_conflicts=True,
        unique_fields=["index", "year", "unit"],
        update_fields=["block", "ranked"],
    )


def forget_blocks(index: str, year: int, units: list[str]) -> None:
    """Units that no longer take part; called inside an act."""
    BlockMember.objects.filter(index=index, year=year, unit__code__in=units).delete()

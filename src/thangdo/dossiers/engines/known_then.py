"""A table as it was known at the end of an earlier day, from current and superseded rows. Engine-neutral.

The same rows as `store.Relation.sql` gives, written with Ibis, so that a cluster answers such questions as well.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ibis

from thangdo.dossiers.store import Relation


def known_then(relation: Relation, read: Callable[[tuple[str, ...], str], Any]) -> Any:
    """The relation's rows; `read(files, name)` gives Parquet files as a table of the engine called `name`.

    The relation has superseded files.
    """
    name = relation.table.name
    columns = [column.name for column in relation.table.stored_columns]
    newest = _newest(relation, read(relation.superseded, f"{name}_older"))
    if not relation.files:
        return newest.select(columns)
    current = read(relation.files, f"{name}_current")
    older = newest.anti_join(current, list(relation.table.key))
    return current.select(columns).union(older.select(columns))


def _newest(relation: Relation, versions: Any) -> Any:
    """The newest version of each key by the day asked about."""
    known = versions.filter(versions.as_of <= ibis.literal(relation.as_of))
    order = [ibis.desc(known.as_of), ibis.desc(known.version_rank)]
    place = ibis.row_number().over(ibis.window(group_by=list(relation.table.key), order_by=order))
    numbered = known.mutate(place_among_versions=place)
    return numbered.filter(numbered.place_among_versions == 0)

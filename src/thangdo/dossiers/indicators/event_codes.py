"""By which column events find their dossiers."""

from __future__ import annotations

from thangdo.dossiers.derived import CODE_HASH
from thangdo.dossiers.engines import Tables


def code_of(tables: Tables) -> str:
    """The hash of the code where both tables hold it, else the code itself. The store holds events."""
    assert tables.events is not None
    has_hash = all(CODE_HASH.name in table.columns for table in (tables.dossiers, tables.events))
    return CODE_HASH.name if has_hash else "dossier_code"

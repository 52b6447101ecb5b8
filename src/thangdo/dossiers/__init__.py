"""Dossiers of administrative procedures: what the city received, by when it was due, when it was done.

Heavy parts (engines, readers) are loaded when they are used, so that importing this room costs nothing.
"""

from __future__ import annotations

from thangdo.dossiers.failure import DossiersFailure
from thangdo.dossiers.store import Relation, Store

__all__ = ["DossiersFailure", "Relation", "Store"]

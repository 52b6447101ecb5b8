"""Canonical bytes and their hash: the only place where anything is hashed for comparison."""

from thangdo.proof.canonical import canonical_bytes, content_hash, file_hash
from thangdo.proof.tables import table_hash

__all__ = ["canonical_bytes", "content_hash", "file_hash", "table_hash"]

"""Percent of a node, for faces that show scores (they do not reach into scoring)."""

from thangdo.scoring import percent as score_percent

__all__ = ["score_percent"]

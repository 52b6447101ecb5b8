"""What is shipped: criteria sets by id."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path

from thangdo.methodology import CriteriaSet, load


def set_path(set_id: str) -> Path:
    """The file of a shipped criteria set (which may not exist)."""
    return Path(str(files("thangdo") / "library" / "sets" / f"{set_id}.yaml"))


def shipped_sets() -> tuple[str, ...]:
    """Ids of all shipped criteria sets."""
    return tuple(sorted(path.stem for path in set_path("x").parent.glob("*.yaml")))


@cache
def shipped_set(set_id: str) -> CriteriaSet:
    """A shipped criteria set. Raises Refused or FileNotFoundError."""
    path = set_path(set_id)
    return load(path, f"library/sets/{path.name}")

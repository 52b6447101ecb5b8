"""Published tables: what a source printed, read as it stands, and everything in it that cannot be true together."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from thangdo.evaluation.published.lint import lint_published
    from thangdo.evaluation.published.model import Published
    from thangdo.evaluation.published.reading import is_published_folder, read_published, write_published

_LAZY = {
    "Published": "model",
    "is_published_folder": "reading",
    "lint_published": "lint",
    "read_published": "reading",
    "write_published": "reading",
}

__all__ = ["Published", "is_published_folder", "lint_published", "read_published", "write_published"]


def __getattr__(name: str) -> object:
    # The codes are wanted without the reader; YAML is loaded only when a folder is read.
    if name in _LAZY:
        from importlib import import_module

        return getattr(import_module(f"thangdo.evaluation.published.{_LAZY[name]}"), name)
    raise AttributeError(name)

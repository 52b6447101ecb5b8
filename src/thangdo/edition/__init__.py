"""Publication: the static site of an evaluation (later: frozen, signed, verified editions)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from thangdo.edition.pages import ExtraPage, Page
    from thangdo.edition.results_folder import write_results
    from thangdo.edition.site import build_site

_LAZY = {"ExtraPage": "pages", "Page": "pages", "build_site": "site", "write_results": "results_folder"}

__all__ = ["ExtraPage", "Page", "build_site", "write_results"]


def __getattr__(name: str) -> object:
    if name in _LAZY:
        from importlib import import_module

        return getattr(import_module(f"thangdo.edition.{_LAZY[name]}"), name)
    raise AttributeError(name)

"""Composite indices from arrays: screen, impute, treat, normalise, weigh, aggregate; uncertainty and audit."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from thangdo.composite.aggregation import amean
    from thangdo.composite.building import write_build
    from thangdo.composite.coin_files import read_coin, read_index
    from thangdo.composite.index import Index
    from thangdo.composite.index_data import IndexData
    from thangdo.composite.normalise import NoRange, fixed_range, minmax
    from thangdo.composite.pipeline import Built, read_pipeline, run_pipeline

_LAZY = {
    "Built": "pipeline",
    "Index": "index",
    "IndexData": "index_data",
    "NoRange": "normalise",
    "amean": "aggregation",
    "fixed_range": "normalise",
    "minmax": "normalise",
    "read_coin": "coin_files",
    "read_index": "coin_files",
    "read_pipeline": "pipeline",
    "run_pipeline": "pipeline",
    "write_build": "building",
}

__all__ = [
    "Built",
    "Index",
    "IndexData",
    "NoRange",
    "amean",
    "fixed_range",
    "minmax",
    "read_coin",
    "read_index",
    "read_pipeline",
    "run_pipeline",
    "write_build",
]


def __getattr__(name: str) -> object:
    # NumPy is loaded when somebody computes, not when a command line asks for help.
    if name in _LAZY:
        return getattr(import_module(f"thangdo.composite.{_LAZY[name]}"), name)
    raise AttributeError(name)

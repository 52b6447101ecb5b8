"""Where figures are counted: DuckDB on one machine, Spark on many. The questions are the same expressions."""

from __future__ import annotations

from thangdo.dossiers.engines.engine import ENGINES, Engine, EngineRow, Tables, open_engine

__all__ = ["ENGINES", "Engine", "EngineRow", "Tables", "open_engine"]

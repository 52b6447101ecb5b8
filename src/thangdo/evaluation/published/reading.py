"""A folder of published tables: reader and writer. What cannot be read is a finding, never a guess."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from thangdo.evaluation.published import model
from thangdo.evaluation.published.codes import finding
from thangdo.evaluation.published.columns import MANIFEST, TABLES, Column, Table
from thangdo.evaluation.register import Register
from thangdo.evaluation.tables import csv_text, read_table
from thangdo.findings import Gathered, Refused, Where
from thangdo.methodology.document import read_document

_ROWS: Mapping[str, type[Any]] = {
    "standings": model.Standing,
    "counts": model.Count,
    "bands": model.Band,
    "figures": model.Figure,
    "parts": model.Part,
    "shares": model.Share,
}
_TEXTS = ("id", "language", "ties", "title_vi", "title_en")
_WORDS = {"language": ("vi", "en"), "ties": ("competition", "dense")}
_NUMBER = re.compile(r"\d{1,30}(?:[.,]\d{1,30})?", re.ASCII)
_WHOLE = re.compile(r"\d{1,30}", re.ASCII)


def is_published_folder(path: Path) -> bool:
    """Whether `path` is a folder of published tables: it holds `published.yaml`."""
    return (path / MANIFEST).is_file()


def read_published(folder: Path, register: Register) -> tuple[model.Published, Gathered]:
    """Read every table of `folder`. A cell that cannot be read is a finding and stands as blank."""
    gathered = Gathered()
    fields = _manifest(folder / MANIFEST, gathered)
    for table in TABLES:
        if (folder / table.file).is_file():
            fields[table.field] = _rows(table, folder, register, gathered)
    return model.Published(**fields), gathered


def write_published(published: model.Published) -> dict[str, str]:
    """The text of every file; reading them gives the same tables."""
    manifest: dict[str, object] = {"id": published.id, "year": published.year}
    manifest |= {name: getattr(published, name) for name in _TEXTS[1:]}
    manifest["classes"] = {index: list(names) for index, names in published.classes.items()}
    manifest["sources"] = dict(published.sources)
    texts = {MANIFEST: yaml.safe_dump(manifest, allow_unicode=True, sort_keys=False)}
    for table in TABLES:
        rows = getattr(published, table.field)
        texts[table.file] = csv_text(
            table.spec.columns, ([_written(getattr(row, column.field)) for column in table.columns] for row in rows)
        )
    return texts


def _written(value: object) -> str:
    if value is None:
        return ""
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _manifest(path: Path, gathered: Gathered) -> dict[str, Any]:
    try:
        document = read_document(path, MANIFEST)
    except OSError as failure:
        gathered.add(finding("EVA518", Where(MANIFEST), failure.strerror or "", MANIFEST))
        return {}
    except Refused as refused:
        gathered.extend(refused.findings)
        return {}
    data = document.data
    if not isinstance(data, dict):
        gathered.add(finding("EVA518", Where(MANIFEST, 1), type(data).__name__, ", ".join((*_TEXTS, "year"))))
        return {}

    def refuse(name: str, expected: str) -> None:
        gathered.add(finding("EVA518", document.where((name,)), str(data.get(name))[:200], expected))

    kept: dict[str, Any] = {}
    for name in _TEXTS:
        value = data.get(name, "")
        if not isinstance(value, str) or (name in _WORDS and value not in _WORDS[name]):
            refuse(name, " | ".join(_WORDS.get(name, ("text",))))
        else:
            kept[name] = value
    year = data.get("year")
    if isinstance(year, int | Decimal) and year == int(year):
        kept["year"] = int(year)
    else:
        refuse("year", "2023")
    classes, sources = data.get("classes") or {}, data.get("sources") or {}
    if isinstance(classes, dict) and all(isinstance(names, list) for names in classes.values()):
        kept["classes"] = {str(index): tuple(map(str, names)) for index, names in classes.items()}
    else:
        refuse("classes", "{par: [Xuất sắc, Tốt]}")
    if isinstance(sources, dict):
        kept["sources"] = {str(key): str(text) for key, text in sources.items()}
    else:
        refuse("sources", "{article: …}")
    return kept


def _rows(table: Table, folder: Path, register: Register, gathered: Gathered) -> tuple[Any, ...]:
    read = read_table(folder / table.file, table.spec, gathered)
    kind, rows, keys = _ROWS[table.field], [], set()
    for number, cells in enumerate(read.as_mappings(), start=read.first_row):
        if not any(cells.values()):
            continue
        where = Where(table.file, number)
        values = {
            column.field: _cell(column, cells[column.name].strip(), where, register, gathered)
            for column in table.columns
        }
        if table.key:
            key = values[table.key]
            if key and key in keys:
                gathered.add(finding("EVA515", Where(table.file, number, table.key), key))
            keys.add(key)
        rows.append(kind(where=where, **values))
    return tuple(rows)


def _cell(column: Column, text: str, row: Where, register: Register, gathered: Gathered) -> str | int | Decimal | None:
    where = Where(row.file, row.row, column.name)
    is_number = column.kind in ("number", "whole")
    if not text:
        if column.required:
            gathered.add(finding("EVA514", where))
        return None if is_number else ""
    if is_number:
        if (_NUMBER if column.kind == "number" else _WHOLE).fullmatch(text):
            return Decimal(text.replace(",", ".")) if column.kind == "number" else int(text)
        gathered.add(finding("EVA511", where, text))
        return None
    if column.choices and text not in column.choices:
        gathered.add(finding("EVA513", where, text, ", ".join(column.choices)))
    if column.kind == "unit" and text not in register:
        gathered.add(finding("EVA512", where, text))
    return text

"""The round folder: one reader, one writer (contracts.md, "A round")."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any

from thangdo.evaluation.round import SPECS, TABLES, IndexEntry, Round, Table
from thangdo.evaluation.tables import csv_text, read_table
from thangdo.findings import Finding, Gathered, Refused, Where
from thangdo.methodology import CriteriaSet, load, to_yaml
from thangdo.methodology.document import Document, read_document, write_document

KNOWN_FILES = frozenset({"round.yaml", "sets", "datapackage.json", *(spec.file for spec in TABLES)})
_HEADER = ("id", "year", "state", "language", "indices", "provenance", "illustrative")


def library_round(name: str) -> Path | None:
    """The folder of a shipped round, or None."""
    place = resources.files("thangdo") / "library" / "rounds" / name
    path = Path(str(place))
    return path if path.is_dir() and name and "/" not in name else None


def find_round(name: str | Path) -> Path:
    """A round folder, or the id of a shipped round. Raises Refused (EVA011)."""
    path = Path(name)
    if path.is_dir():
        return path
    shipped = library_round(str(name))
    if shipped is None:
        raise Refused([Finding("EVA011", Where(str(name)), str(name))])
    return shipped


def read_round(folder: str | Path) -> Round:
    """Read a round. Raises Refused with everything that keeps it from being read."""
    gathered = Gathered()
    found = gather_round(folder, gathered)
    gathered.refuse_errors()
    assert found is not None
    return found


def gather_round(folder: str | Path, gathered: Gathered) -> Round | None:
    """Read what can be read of a round, gathering every finding; None where nothing could be."""
    path = find_round(folder)
    header_path = path / "round.yaml"
    if not header_path.is_file():
        gathered.add(Finding("EVA012", Where("round.yaml"), str(path)))
        return None
    try:
        document = read_document(header_path, "round.yaml")
    except Refused as refused:
        gathered.extend(refused.findings)
        return None
    header = _header(document, gathered)
    tables = _tables(path, gathered)
    sets = _sets(path, header.get("indices", ()) if header else (), gathered)
    if header is None:
        return None
    _unknown_files(path, str(header["state"]), gathered)
    indices = tuple(
        IndexEntry(str(item["id"]), item.get("kind", "points"), str(item["set"]), tuple(map(str, item["blocks"])))
        for item in header["indices"]
    )
    return Round(
        id=str(header["id"]),
        year=int(header["year"]),
        state=header["state"],
        language=str(header.get("language", "vi")),
        indices=indices,
        sets=sets,
        tables=tables,
        illustrative=bool(header.get("illustrative", True)),
        provenance=header.get("provenance") or {},
        extra={name: value for name, value in header.items() if name not in _HEADER},
    )


def _header(document: Document, gathered: Gathered) -> Mapping[str, Any] | None:
    data = document.data
    if not isinstance(data, dict):
        gathered.add(Finding("EVA012", document.where(()), type(data).__name__))
        return None
    before = len(gathered)
    for name in ("id", "year", "state", "indices"):
        if name not in data:
            gathered.add(Finding("EVA013", document.where(()), "", name))
    if data.get("state") not in ("draft", "final"):
        gathered.add(Finding("EVA014", document.where(("state",)), str(data.get("state")), "draft / final"))
    try:
        int(data.get("year", ""))
    except (TypeError, ValueError):
        gathered.add(Finding("EVA014", document.where(("year",)), str(data.get("year")), "2023"))
    entries = data.get("indices")
    if not isinstance(entries, list):
        gathered.add(Finding("EVA013", document.where(()), "", "indices"))
        entries = []
    for position, entry in enumerate(entries):
        for name in ("id", "set", "blocks"):
            if not isinstance(entry, dict) or not entry.get(name):
                gathered.add(Finding("EVA013", document.where(("indices", position)), "", name))
    # Loosely typed years and ids become what they stand for; provenance stays as written.
    if len(gathered) > before and any(f.severity == "error" for f in list(gathered)[before:]):
        return None
    return {**data, "provenance": _texts(data.get("provenance") or {})}


def _texts(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _texts(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_texts(item) for item in value]
    return value if isinstance(value, bool | str) or value is None else str(value)


def _tables(path: Path, gathered: Gathered) -> dict[str, Table]:
    tables: dict[str, Table] = {}
    for spec in TABLES:
        file = path / spec.file
        if file.is_file():
            tables[spec.name] = read_table(file, spec, gathered)
        elif spec.is_required:
            gathered.add(Finding("EVA015", Where(spec.file), "", ", ".join(spec.columns)))
    return tables


def _sets(path: Path, entries: Any, gathered: Gathered) -> dict[str, CriteriaSet]:
    sets: dict[str, CriteriaSet] = {}
    for entry in entries:
        name = str(entry.get("set", "")) if isinstance(entry, dict) else ""
        if not name or name in sets:
            continue
        file = path / "sets" / f"{name}.yaml"
        if not file.is_file():
            gathered.add(Finding("EVA016", Where("round.yaml"), name))
            continue
        try:
            sets[name] = load(file, f"sets/{name}.yaml")
        except Refused as refused:
            gathered.extend(refused.findings)
    return sets


def _unknown_files(path: Path, state: str, gathered: Gathered) -> None:
    for file in sorted(path.iterdir()):
        if file.name not in KNOWN_FILES and not file.name.startswith("."):
            gathered.add(
                Finding("EVA017", Where(file.name), file.name, severity="error" if state == "final" else "warning")
            )


def write_round(round_: Round, folder: Path) -> None:
    """Write a round as a folder, built beside and renamed; an existing folder is replaced whole."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        (part / "sets").mkdir()
        (part / "round.yaml").write_text(write_document(round_.header()), encoding="utf-8")
        for name, criteria_set in round_.sets.items():
            (part / "sets" / f"{name}.yaml").write_text(to_yaml(criteria_set), encoding="utf-8")
        for spec in TABLES:
            table = round_.table(spec.name)
            if table.rows or spec.is_required:
                (part / spec.file).write_text(csv_text(table.columns, table.rows), encoding="utf-8", newline="")
        package = json.dumps(data_package(round_), ensure_ascii=False, indent=1)
        (part / "datapackage.json").write_text(package + "\n", encoding="utf-8")
        part.chmod(0o755)
        replace_folder(part, folder)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise


def replace_folder(part: Path, folder: Path) -> None:
    """Put a finished folder in place of an older one."""
    old = folder.with_name(f".{folder.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        folder.rename(old)
    part.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def data_package(round_: Round) -> dict[str, Any]:
    """The Data Package description of a round folder (Frictionless Data Package 1.0)."""
    return {
        "profile": "tabular-data-package",
        "name": round_.id.lower(),
        "title": f"Round {round_.id}",
        "created": "",
        "illustrative": round_.illustrative,
        "round_hash": round_.hash(),
        "resources": [
            _resource(spec.name, round_.table(spec.name))
            for spec in TABLES
            if round_.table(spec.name).rows or spec.is_required
        ],
    }


def _resource(name: str, table: Table) -> dict[str, Any]:
    fields = [{"name": column, "type": "string"} for column in table.columns]
    return {
        "profile": "tabular-data-resource",
        "name": name,
        "path": SPECS[name].file,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": {"fields": fields},
    }

"""Reading YAML as plain data with the line of every value, exact numbers, and no way to blow up.

Numbers stay exact: an unquoted 1.10 is the Decimal 1.10. Anchors and aliases are refused: a criteria set
has no use for them, and they are how a small file becomes a large one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from thangdo.findings import Finding, Refused, Where

LARGEST_FILE = 20_000_000
LONGEST_SCALAR = 100_000
DEEPEST = 60

_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
_LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Path_ = tuple[str | int, ...]


@dataclass(frozen=True)
class Document:
    """Plain data and where each value stands: `lines[path]` is the line, counted from 1."""

    data: Any
    lines: Mapping[Path_, int]
    file: str

    def line(self, path: Path_) -> int:
        """The line of `path`, or of the nearest value around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def where(self, path: Path_, node: str = "") -> Where:
        return Where(self.file, self.line(path), ".".join(str(step) for step in path), node)


def read_document(path: Path, name: str = "") -> Document:
    """Read a YAML file. Raises Refused with one finding when it is no YAML we accept (MET001–MET005)."""
    file = name or str(path)
    if path.stat().st_size > LARGEST_FILE:
        raise Refused([Finding("MET004", Where(file), str(path.stat().st_size), str(LARGEST_FILE))])
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as failure:
        line = raw[: failure.start].count(b"\n") + 1
        raise Refused([Finding("MET002", Where(file, line), failure.reason, "UTF-8")]) from failure
    return parse_document(text, file)


def parse_document(text: str, file: str) -> Document:
    """Parse YAML text; see `read_document`."""
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            anchor = getattr(event, "anchor", None)
            if anchor is not None or isinstance(event, yaml.AliasEvent):
                raise Refused([Finding("MET003", Where(file, _line(event.start_mark)), str(anchor or "*"))])
        root = yaml.compose(text, Loader=_LOADER)
    except yaml.YAMLError as failure:
        mark = getattr(failure, "problem_mark", None)
        line = mark.line + 1 if mark is not None else 1
        column = str(mark.column + 1) if mark is not None else ""
        problem = str(getattr(failure, "problem", "") or failure)
        raise Refused([Finding("MET001", Where(file, line, column), problem[:200])]) from failure
    except RecursionError as failure:
        raise Refused([Finding("MET005", Where(file, 1), "", str(DEEPEST))]) from failure
    lines: dict[Path_, int] = {}
    data = _plain(root, (), lines, file) if root is not None else None
    return Document(data, lines, file)


def _line(mark: Any) -> int:
    return int(mark.line) + 1 if mark is not None else 1


def _plain(node: yaml.Node, path: Path_, lines: dict[Path_, int], file: str) -> Any:
    line = _line(node.start_mark)
    lines[path] = line
    if len(path) > DEEPEST:
        raise Refused([Finding("MET005", Where(file, line), str(len(path)), str(DEEPEST))])
    if isinstance(node, yaml.ScalarNode):
        if len(node.value) > LONGEST_SCALAR:
            column = ".".join(map(str, path))
            raise Refused([Finding("MET004", Where(file, line, column), str(len(node.value)), str(LONGEST_SCALAR))])
        return _scalar(node)
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item, (*path, position), lines, file) for position, item in enumerate(node.value)]
    found: dict[str, Any] = {}
    for key, value in node.value:
        name = str(key.value)
        if name in found:
            raise Refused([Finding("MET006", Where(file, _line(key.start_mark), name), name)])
        found[name] = _plain(value, (*path, name), lines, file)
    return found


def _scalar(node: yaml.ScalarNode) -> Any:
    if node.style in ("'", '"', "|", ">"):
        return node.value
    if node.value in ("", "null", "~"):
        return None
    if node.value in ("true", "false"):
        return node.value == "true"
    return Decimal(node.value) if _NUMBER.fullmatch(node.value) else node.value


class _Dumper(yaml.SafeDumper):
    """Writes Decimals as plain numbers and keeps text that looks like a number quoted."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _decimal(dumper: yaml.SafeDumper, value: Decimal) -> yaml.Node:
    text = format(value, "f")
    return dumper.represent_scalar(f"tag:yaml.org,2002:{'float' if '.' in text else 'int'}", text)


def _string(dumper: yaml.SafeDumper, value: str) -> yaml.Node:
    # What `_scalar` would read as something else must be quoted.
    plain = value not in ("", "null", "~", "true", "false") and not _NUMBER.fullmatch(value)
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=None if plain else '"')


_Dumper.add_representer(Decimal, _decimal)
_Dumper.add_representer(str, _string)


def write_document(data: Any) -> str:
    """YAML text that `parse_document` reads back as the same data."""
    return yaml.dump(data, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=110)

"""Reading a criteria set from a workbook, also after other hands and programs have saved it.

Columns are found by their headers in any order; merged cells give their value to the first row only.
What cannot be read is a finding with sheet, row and column, never a guess.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import python_calamine

from thangdo.findings import Finding, Gathered, Refused, Where
from thangdo.methodology.document import Document, parse_document
from thangdo.methodology.model import CriteriaSet
from thangdo.methodology.numbers import NotANumber, read_number
from thangdo.methodology.reading import read_set
from thangdo.methodology.rules import KINDS
from thangdo.methodology.workbook_columns import COLUMNS, CRITERIA_SHEET, SETTINGS_SHEET, Column

HEADER_WITHIN = 15
_KIND_NAMES = {name.casefold(): kind.code for kind in KINDS for name in (kind.name_vi, kind.name_en, kind.code)}


def read_set_workbook(path: Path) -> CriteriaSet:
    """The set in a workbook. Raises Refused with everything that cannot be read or does not hold together."""
    gathered = Gathered()
    try:
        book = python_calamine.CalamineWorkbook.from_path(str(path))
    except (python_calamine.CalamineError, OSError) as failure:
        raise Refused([Finding("MET100", Where(path.name), str(failure)[:120])]) from failure
    sheets = {name.strip().casefold(): name for name in book.sheet_names}
    for needed in (CRITERIA_SHEET, SETTINGS_SHEET):
        if needed.casefold() not in sheets:
            gathered.add(Finding("MET101", Where(path.name), ", ".join(book.sheet_names), needed))
    gathered.refuse_errors()
    criteria_sheet = book.get_sheet_by_name(sheets[CRITERIA_SHEET.casefold()])
    rows = criteria_sheet.to_python(skip_empty_area=False)
    merged = _merged_rows(criteria_sheet)
    lines: dict[tuple[str | int, ...], int] = {}
    data = _settings(
        book.get_sheet_by_name(sheets[SETTINGS_SHEET.casefold()]).to_python(skip_empty_area=False), gathered
    )
    data["criteria"] = _criteria(rows, merged, lines, gathered)
    gathered.refuse_errors()
    return read_set(Document(data, lines, path.name))


def _merged_rows(sheet: Any) -> dict[tuple[int, int], tuple[int, int]]:
    """For every cell hidden by a merge, the cell that holds its value."""
    hidden: dict[tuple[int, int], tuple[int, int]] = {}
    for (top, left), (bottom, right) in getattr(sheet, "merged_cell_ranges", None) or ():
        for row in range(top, bottom + 1):
            for column in range(left, right + 1):
                if (row, column) != (top, left):
                    hidden[row, column] = (top, left)
    return hidden


def _text(value: Any) -> str:
    """A cell as text; a whole number without its '.0', as a person sees it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return str(value).strip()


def _columns(header: list[Any], row: int, gathered: Gathered) -> dict[int, Column]:
    known = {name.casefold(): column for column in COLUMNS for name in (column.header, *column.aliases)}
    found: dict[int, Column] = {}
    for place, cell in enumerate(header):
        text = " ".join(_text(cell).split())
        if not text:
            continue
        column = known.get(text.casefold())
        if column is None:
            gathered.add(Finding("MET103", Where(CRITERIA_SHEET, row, text), text, severity="warning"))
        elif column in found.values():
            gathered.add(Finding("MET104", Where(CRITERIA_SHEET, row, text), text))
        else:
            found[place] = column
    return found


def _criteria(
    rows: list[list[Any]],
    merged: dict[tuple[int, int], tuple[int, int]],
    lines: dict[tuple[str | int, ...], int],
    gathered: Gathered,
) -> list[dict[str, Any]]:
    required = {column.header for column in COLUMNS if column.is_required}
    start, columns = -1, {}
    for number, row in enumerate(rows[:HEADER_WITHIN]):
        quiet = Gathered()
        columns = _columns(row, number + 1, quiet)
        if len({column.header for column in columns.values()} & required) >= 2:
            start = number
            gathered.extend(quiet)
            break
    missing = required - {column.header for column in columns.values()}
    if start < 0 or missing:
        gathered.add(
            Finding("MET102", Where(CRITERIA_SHEET, max(start + 1, 1)), "", ", ".join(sorted(missing or required)))
        )
        return []
    top: list[dict[str, Any]] = []
    stack: list[tuple[dict[str, Any], tuple[str | int, ...]]] = []
    for number, row in enumerate(rows[start + 1 :], start=start + 1):
        if not any(_text(row[place]) for place in columns if place < len(row)):
            continue
        hidden = [place for place in columns if (number, place) in merged and columns[place].is_required]
        if hidden:
            gathered.add(
                Finding(
                    "MET105", Where(CRITERIA_SHEET, number + 1, columns[hidden[0]].header), columns[hidden[0]].header
                )
            )
            continue
        level, node = _node(row, columns, number + 1, gathered)
        if node is None:
            continue
        if level < 1 or level > len(stack) + 1:
            gathered.add(Finding("MET106", Where(CRITERIA_SHEET, number + 1, "Cấp"), str(level), f"1–{len(stack) + 1}"))
            continue
        del stack[level - 1 :]
        siblings = top if not stack else stack[-1][0].setdefault("children", [])
        path = ("criteria", len(top)) if not stack else (*stack[-1][1], "children", len(siblings))
        siblings.append(node)
        lines[path] = number + 1
        stack.append((node, path))
    return top


def _node(
    row: list[Any], columns: dict[int, Column], number: int, gathered: Gathered
) -> tuple[int, dict[str, Any] | None]:
    node: dict[str, Any] = {}
    level = 0
    parameters: dict[str, Any] = {}
    is_whole = True
    for place, column in columns.items():
        text = _text(row[place]) if place < len(row) else ""
        where = Where(CRITERIA_SHEET, number, column.header)
        if not column.path:
            continue
        if not text:
            if column.is_required:
                gathered.add(Finding("MET107", where, "", column.header))
                is_whole = False
            continue
        value = _value(column, text, where, gathered)
        if value is None:
            is_whole = False
        elif column.kind == "level":
            level = int(value)
        elif column.kind == "parameters":
            parameters = value
        else:
            _put(node, column.path, value)
    if parameters:
        if "rule" not in node:
            gathered.add(Finding("MET108", Where(CRITERIA_SHEET, number, "Cách tính điểm")))
            return level, None
        node["rule"].update(parameters)
    return level, node if is_whole else None


def _value(column: Column, text: str, where: Where, gathered: Gathered) -> Any:
    if column.kind in ("number", "level"):
        try:
            return read_number(text)[0]
        except NotANumber:
            gathered.add(Finding("MET109", where, text[:60], "2.5"))
            return None
    if column.kind == "rule":
        code = _KIND_NAMES.get(" ".join(text.split()).casefold())
        if code is None:
            gathered.add(Finding("MET110", where, text[:60], ", ".join(kind.name_vi for kind in KINDS)))
        return code
    if column.kind == "word":
        word = column.words.get(text.casefold(), text if text in column.words.values() else None)
        if word is None:
            gathered.add(Finding("MET110", where, text[:60], ", ".join(column.words)))
        return word
    if column.kind == "list":
        return [part.strip() for part in text.split(";") if part.strip()]
    if column.kind == "parameters":
        try:
            data = parse_document(text, CRITERIA_SHEET).data
        except Refused as refused:
            gathered.add(Finding("MET111", where, refused.findings[0].found))
            return None
        if not isinstance(data, dict) or "kind" in data:
            gathered.add(Finding("MET111", where, text[:60]))
            return None
        return data
    return text


def _put(node: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    for step in path[:-1]:
        node = node.setdefault(step, {})
    node[path[-1]] = value


def _settings(rows: list[list[Any]], gathered: Gathered) -> dict[str, Any]:
    """The flat settings back into nested data; numbers become exact, everything else stays text."""
    data: dict[str, Any] = {}
    for number, row in enumerate(rows[1:], start=2):
        path = _text(row[0]) if row else ""
        value = _text(row[1]) if len(row) > 1 else ""
        if not path:
            continue
        try:
            _put_path(data, path.split("."), _scalar(path, value))
        except (IndexError, ValueError, TypeError, AttributeError):
            gathered.add(Finding("MET112", Where(SETTINGS_SHEET, number, path), path))
    return data


# Settings whose text may look like a number and still is text.
_TEXTS = ("id", "index", "number", "issued_on", "vi", "en", "code", "node", "source_note", "at_most")


def _scalar(path: str, text: str) -> Any:
    if path.rsplit(".", 1)[-1] in _TEXTS or ".legal_basis." in path:
        return text
    if text in ("true", "false"):
        return text == "true"
    try:
        return read_number(text)[0]
    except NotANumber:
        return text


def _put_path(data: Any, steps: list[str], value: Any) -> None:
    for position, step in enumerate(steps[:-1]):
        child: Any = [] if steps[position + 1].isdigit() else {}
        if isinstance(data, list):
            place = int(step)
            if place == len(data):
                data.append(child)
            data = data[place]
        else:
            data = data.setdefault(step, child)
    if isinstance(data, list):
        if int(steps[-1]) != len(data):
            raise IndexError(steps[-1])
        data.append(value)
    else:
        data[steps[-1]] = value

"""Writing a criteria set as an Excel workbook that an official can read, change and send back."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter

from thangdo.methodology.document import write_document
from thangdo.methodology.model import CriteriaSet
from thangdo.methodology.rules import KINDS, RULE_KINDS
from thangdo.methodology.workbook_columns import (
    COLUMNS,
    CRITERIA_SHEET,
    GUIDE_SHEET,
    SETTINGS_HEADER,
    SETTINGS_SHEET,
    Column,
)
from thangdo.methodology.writing import to_data


def write_set_workbook(criteria_set: CriteriaSet, path: Path) -> None:
    """Write the set to `path`, built beside and renamed. Reading it gives an equal set."""
    data = to_data(criteria_set)
    part = path.with_name(path.name + ".part")
    # Text stays text: a cell that begins with "=" is no formula of ours.
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(str(part), options) as book:
        head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1, "bg_color": "#F5F7F8"})
        wrap = book.add_format({"text_wrap": True, "valign": "top"})
        strong = book.add_format({"text_wrap": True, "valign": "top", "bold": True})
        _criteria(book.add_worksheet(CRITERIA_SHEET), data["criteria"], head, wrap, strong)
        _settings(book.add_worksheet(SETTINGS_SHEET), data, head, wrap)
        _guide(book.add_worksheet(GUIDE_SHEET), head, wrap)
    part.replace(path)


def flattened(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Plain data as (dotted path, scalar) pairs; lists by position."""
    if isinstance(value, dict):
        for name, item in value.items():
            yield from flattened(item, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for position, item in enumerate(value):
            yield from flattened(item, f"{path}.{position}")
    else:
        yield path, value


def _criteria(sheet: Any, nodes: list[dict[str, Any]], head: Any, wrap: Any, strong: Any) -> None:
    for column, declared in enumerate(COLUMNS):
        sheet.write_string(0, column, declared.header, head)
        sheet.set_column(column, column, declared.width)
    sheet.freeze_panes(1, 4)
    row = 0

    def write(items: list[dict[str, Any]], level: int) -> None:
        nonlocal row
        for position, node in enumerate(items, start=1):
            row += 1
            style = strong if node.get("children") else wrap
            for column, declared in enumerate(COLUMNS):
                text = str(position) if not declared.path else _cell(declared, node, level)
                if isinstance(text, Decimal):
                    sheet.write_number(row, column, float(text), style)
                elif text:
                    sheet.write_string(row, column, text, style)
            write(node.get("children", []), level + 1)

    write(nodes, 1)


def _cell(column: Column, node: dict[str, Any], level: int) -> Decimal | str:
    if column.kind == "level":
        return Decimal(level)
    if column.kind == "parameters":
        return _parameters(node.get("rule"))
    value: Any = node
    for step in column.path:
        value = value.get(step) if isinstance(value, dict) else None
    if value is None:
        return ""
    if column.kind == "number":
        # A double holds 15 digits; a longer number stays text and is read back with all of them.
        number = Decimal(value)
        return number if Decimal(repr(float(number))) == number else format(number, "f")
    if column.kind == "rule":
        return RULE_KINDS[value].name_vi
    if column.kind == "word":
        return next((vi for vi, code in column.words.items() if code == value), str(value))
    if column.kind == "list":
        return "; ".join(value)
    return str(value)


def _parameters(rule: dict[str, Any] | None) -> str:
    """One parameter a line, as `name: value`; lists in YAML below their name."""
    if rule is None or len(rule) < 2:
        return ""
    return write_document({name: value for name, value in rule.items() if name != "kind"}).rstrip("\n")


def _settings(sheet: Any, data: dict[str, Any], head: Any, wrap: Any) -> None:
    for column, text in enumerate(SETTINGS_HEADER):
        sheet.write_string(0, column, text, head)
    sheet.set_column(0, 0, 32)
    sheet.set_column(1, 1, 80)
    sheet.set_column(2, 2, 40)
    pairs = list(flattened({name: value for name, value in data.items() if name != "criteria"}))
    for row, (path, value) in enumerate(pairs, start=1):
        sheet.write_string(row, 0, path, wrap)
        text = "true" if value is True else "false" if value is False else str(value)
        sheet.write_string(row, 1, format(value, "f") if isinstance(value, Decimal) else text, wrap)
        sheet.write_string(row, 2, _MEANINGS.get(path, ""), wrap)


_MEANINGS = {
    "format": "Quy cách, không sửa",
    "id": "Mã bộ tiêu chí",
    "index": "Mã chỉ số (par, dti, sipas, ddci)",
    "title.vi": "Tên bộ tiêu chí",
    "edition.year": "Năm áp dụng",
    "edition.number": "Số quyết định",
    "maximum": "Tổng điểm",
    "rounding.criterion.digits": "Số chữ số thập phân của điểm tiêu chí",
    "rounding.criterion.mode": "half_up: nửa lên; half_even: nửa chẵn; cut: cắt",
    "rounding.result.digits": "Số chữ số thập phân của kết quả",
    "ranking.ties": "competition: 1,1,3; dense: 1,1,2",
    "not_applicable": "leave_denominator: ra khỏi mẫu số; rescale_parent: dồn cho tiêu chí cùng nhóm",
}


def _guide(sheet: Any, head: Any, wrap: Any) -> None:
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 1, 90)
    for column, text in enumerate(("Cách tính điểm", "Tham số")):
        sheet.write_string(0, column, text, head)
    for row, kind in enumerate(KINDS, start=1):
        lines = [f"{item.name}: {item.name_vi}" + (" (bắt buộc)" if item.required else "") for item in kind.parameters]
        sheet.write_string(row, 0, kind.name_vi, wrap)
        sheet.write_string(row, 1, "\n".join(lines), wrap)

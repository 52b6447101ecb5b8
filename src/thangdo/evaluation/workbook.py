"""What results.xlsx holds: results, intervals and the method, as plain sheets."""

from __future__ import annotations

from decimal import Decimal

from thangdo.evaluation.few_answers import for_publication
from thangdo.evaluation.results import IndexResults, Results
from thangdo.methodology import node_maximum
from thangdo.methodology.rules import rule_sentence

Cell = str | int | float | Decimal | None
SheetValues = tuple[str, str, str, list[str], list[list[Cell]]]


def results_sheets(results: Results, language: str) -> list[SheetValues]:
    """Sheets as (name, title, quiet line, header, rows) in `language`; what rests on too few answers is blank."""
    results = for_publication(results)
    vi = language == "vi"
    note = ("Số liệu minh họa" if vi else "Illustrative data") if results.illustrative else ""
    sheets: list[SheetValues] = [
        (
            "Kết quả" if vi else "Results",
            f"{results.round_id} · {results.year}",
            note,
            (
                "Chỉ số|Khối|Mã đơn vị|Đơn vị|Điểm|Điểm tối đa|Phần trăm|Hạng|Loại"
                if vi
                else "Index|Block|Unit code|Unit|Points|Maximum|Percent|Rank|Class"
            ).split("|"),
            [row for index in results.indices for row in _rows(results, index, language)],
        ),
        (
            "Khoảng hạng" if vi else "Rank intervals",
            "Khoảng hạng" if vi else "Rank intervals",
            note,
            (
                "Chỉ số|Khối|Đơn vị|Từ hạng|Đến hạng|Loại khoảng|Mức tin cậy|Nhóm"
                if vi
                else "Index|Block|Unit|From rank|To rank|Kind|Level|Tier"
            ).split("|"),
            [
                [
                    i.index,
                    i.block,
                    results.units[i.unit].full(language),
                    i.rank_low,
                    i.rank_high,
                    i.kind,
                    i.level,
                    i.tier,
                ]
                for i in results.intervals
            ],
        ),
    ]
    for index in results.indices:
        sheets.append(_method(index, language))
    return sheets


def _rows(results: Results, index: IndexResults, language: str) -> list[list[Cell]]:
    classes = index.criteria_set.classes
    names = {band.code: band.name[language] for band in classes.bands} if classes else {}
    return [
        [
            index.id,
            block,
            row.unit,
            results.units[row.unit].full(language),
            row.points,
            row.maximum,
            row.percent,
            row.rank,
            names.get(row.class_code or "", ""),
        ]
        for block in index.entry.blocks
        for row in index.block_rows(block)
    ]


def _method(index: IndexResults, language: str) -> SheetValues:
    vi = language == "vi"
    method = index.criteria_set
    rows: list[list[Cell]] = []
    for node in method.walk():
        maximum = node_maximum(node)
        rule = rule_sentence(node.rule, node.maximum or Decimal(0), language) if node.rule else ""
        rows.append([node.code, node.text[language], maximum, node.weight, rule, node.source or ""])
    header = (
        "Mã|Tiêu chí|Điểm tối đa|Trọng số|Cách tính|Nguồn" if vi else "Code|Criterion|Maximum|Weight|Rule|Source"
    ).split("|")
    name = f"{index.id} {'-'.join(index.entry.blocks)}"
    return (name[:31], method.title[language], method.source_note, header, rows)

"""The files an evaluation writes (contracts.md, "What evaluate writes"), all tables of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from thangdo.evaluation.results import IndexResults, Interval, Residual, Results
from thangdo.evaluation.tables import csv_line, csv_text
from thangdo.methodology import held, set_hash
from thangdo.proof import file_hash
from thangdo.scoring import FINAL, LAYERS, percent

RESULT_COLUMNS = ("index", "block", "unit", "points", "maximum", "percent", "rank", "class")
SCORE_COLUMNS = ("index", "block", "unit", "node", "layer", "points", "maximum", "percent")
INTERVAL_COLUMNS = ("index", "block", "unit", "rank_low", "rank_high", "kind", "level", "tier")
RESIDUAL_COLUMNS = (
    "index",
    "year",
    "unit",
    "published",
    "recomputed",
    "difference",
    "published_rank",
    "recomputed_rank",
)


def plain(value: Decimal | None) -> str:
    """A number for machines: decimal point, at most 15 decimals, no exponent, no needless zeros; '' for None."""
    if value is None:
        return ""
    text = format(held(value), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def rounded(value: Decimal | None) -> str:
    """A number as the method rounds it, with its zeros."""
    return "" if value is None else format(value, "f")


def _blank(value: int | str | None) -> str:
    return "" if value is None else str(value)


def result_rows(results: Results) -> Iterator[tuple[str, ...]]:
    """Rows of results.csv: by index and block, best first."""
    for index in results.indices:
        for block in index.entry.blocks:
            for row in index.block_rows(block):
                yield (
                    index.id,
                    block,
                    row.unit,
                    rounded(row.points),
                    plain(row.maximum),
                    rounded(row.percent),
                    _blank(row.rank),
                    _blank(row.class_code),
                )


def score_lines(results: Results) -> Iterator[str]:
    """Lines of scores.csv without its header: every node of every unit in every layer, the whole as node ''."""
    for index in results.indices:
        yield from _scored_lines(index) if index.scored is not None else _composite_lines(index)


def _composite_lines(index: IndexResults) -> Iterator[str]:
    for score in index.node_scores:
        place = csv_line(index.id, score.block, score.unit, score.node, score.layer)
        yield f"{place},{plain(score.points)},{plain(score.maximum)},{plain(score.percent)}\n"


def _scored_lines(index: IndexResults) -> Iterator[str]:
    """Hundreds of thousands of lines: names are quoted once each, and equal numbers are written out once."""
    assert index.scored is not None
    codes = [csv_line(code) if code else "" for code in index.scored.compiled.codes]
    texts: dict[tuple[Decimal | None, Decimal | None], str] = {}
    for unit in index.scored.scores:
        head = csv_line(index.id, unit.block, unit.unit)
        for layer in (*LAYERS, FINAL):
            scores = unit.layers.get(layer)
            if scores is None:
                continue
            for code, points, maximum in zip(codes, scores.points, scores.maxima, strict=True):
                cell = texts.get((points, maximum))
                if cell is None:
                    cell = texts[points, maximum] = ",".join(
                        (plain(points), plain(maximum), plain(percent(points, maximum)))
                    )
                yield f"{head},{code},{layer},{cell}\n"


def interval_rows(intervals: Iterable[Interval]) -> Iterator[tuple[str, ...]]:
    """Rows of intervals.csv."""
    for item in intervals:
        yield (
            item.index,
            item.block,
            item.unit,
            str(item.rank_low),
            str(item.rank_high),
            item.kind,
            repr(item.level),
            _blank(item.tier),
        )


def residual_rows(residuals: Iterable[Residual]) -> Iterator[tuple[str, ...]]:
    """Rows of residuals.csv."""
    for item in residuals:
        yield (
            item.index,
            str(item.year),
            item.unit,
            plain(item.published),
            plain(item.recomputed),
            plain(item.difference),
            _blank(item.published_rank),
            _blank(item.recomputed_rank),
        )


def results_document(results: Results) -> dict[str, Any]:
    """results.json: the tables again, with the method they were made by."""
    return {
        "format": "thangdo-results/1",
        "round": {
            "id": results.round_id,
            "year": results.year,
            "state": results.state,
            "illustrative": results.illustrative,
            "provenance": dict(results.provenance),
            "hash": results.round_hash,
        },
        "units": {code: {"name_vi": name.name_vi, "name_en": name.name_en} for code, name in results.units.items()},
        "indices": [_index_document(index) for index in results.indices],
        "intervals": [dict(zip(INTERVAL_COLUMNS, row, strict=True)) for row in interval_rows(results.intervals)],
        "score_intervals": [
            {
                "index": item.index,
                "block": item.block,
                "unit": item.unit,
                "low": item.low,
                "high": item.high,
                "se": item.se,
            }
            for item in results.score_intervals
        ],
        "residuals": [dict(zip(RESIDUAL_COLUMNS, row, strict=True)) for row in residual_rows(results.residuals)],
        "findings": [finding.as_json() for finding in results.findings],
    }


def _index_document(index: IndexResults) -> dict[str, Any]:
    method = index.criteria_set
    rounding = method.criterion_rounding
    return {
        "index": index.id,
        "kind": index.entry.kind,
        "set": method.id,
        "set_hash": set_hash(method),
        "set_source": method.source,
        "title": {"vi": method.title.vi, "en": method.title.en},
        "method": {
            "criterion_rounding": None if rounding is None else {"digits": rounding.digits, "mode": rounding.mode},
            "result_rounding": {"digits": method.result_rounding.digits, "mode": method.result_rounding.mode},
            "ranks_on": method.ranking.on,
            "ties": method.ranking.ties,
            "tie_breakers": [breaker.node for breaker in method.ranking.tie_breakers],
            "not_applicable": method.not_applicable,
            "missing": method.missing,
        },
        "classes": []
        if method.classes is None
        else [
            {
                "code": band.code,
                "name": {"vi": band.name.vi, "en": band.name.en},
                "from": plain(band.lower),
                "on": method.classes.on,
            }
            for band in method.classes.bands
        ],
        "rows": [
            {
                "block": row.block,
                "unit": row.unit,
                "points": rounded(row.points),
                "maximum": plain(row.maximum),
                "percent": rounded(row.percent),
                "exact_percent": plain(row.exact_percent),
                "rank": row.rank,
                "class": row.class_code,
                "ranked": row.is_ranked,
                "missing": list(row.missing),
            }
            for block in index.entry.blocks
            for row in index.block_rows(block)
        ],
    }


def write_tables(results: Results, folder: Path) -> None:
    """Write every table and results.json into `folder` (which the caller builds beside and renames)."""
    tables: dict[str, tuple[tuple[str, ...], Iterable[tuple[str, ...]]]] = {
        "results.csv": (RESULT_COLUMNS, result_rows(results)),
        "intervals.csv": (INTERVAL_COLUMNS, interval_rows(results.intervals)),
    }
    if results.has_published:
        tables["residuals.csv"] = (RESIDUAL_COLUMNS, residual_rows(results.residuals))
    for name, (columns, rows) in tables.items():
        (folder / name).write_text(csv_text(columns, rows), encoding="utf-8", newline="")
    lines = "".join(score_lines(results))
    (folder / "scores.csv").write_text(f"{csv_line(*SCORE_COLUMNS)}\n{lines}", encoding="utf-8", newline="")
    document = json.dumps(results_document(results), ensure_ascii=False, indent=1)
    (folder / "results.json").write_text(document + "\n", encoding="utf-8")


def write_data_package(results: Results, folder: Path) -> None:
    """Describe every file of the folder with its hash; written last."""
    resources = [
        {
            "name": path.stem,
            "path": path.name,
            "format": path.suffix.lstrip("."),
            "encoding": "utf-8",
            "bytes": path.stat().st_size,
            "hash": f"sha256:{file_hash(path)}",
        }
        for path in sorted(folder.iterdir())
        if path.is_file() and path.name != "datapackage.json"
    ]
    package = {
        "profile": "data-package",
        "name": f"{results.round_id.lower()}-results",
        "title": f"Results of {results.round_id}",
        "illustrative": results.illustrative,
        "round_hash": results.round_hash,
        "resources": resources,
    }
    (folder / "datapackage.json").write_text(json.dumps(package, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")

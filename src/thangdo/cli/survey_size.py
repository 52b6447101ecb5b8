"""`thangdo survey size`: sample sizes for a precision, and the table of designs for a frame."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from thangdo.cli.options import language as language_now
from thangdo.cli.options import said
from thangdo.cli.survey_draw import FILE, show_failure
from thangdo.survey.failure import SurveyFailure

if TYPE_CHECKING:
    from thangdo.survey.sample_size_designs import DesignRow

_SHARE = click.FloatRange(0, 1, min_open=True, max_open=True)
_WORDS = {
    "yamane": ("Yamane, n = N/(1+Ne²)", "Yamane, n = N/(1+Ne²)"),
    "cochran": ("Cochran, tổng thể vô hạn", "Cochran, infinite population"),
    "cochran_fpc": ("Cochran, tổng thể hữu hạn", "Cochran, finite population"),
    "change": ("thay đổi so với năm trước (mỗi năm)", "change on last year (each year)"),
}


@click.command(
    "size",
    help=said(
        "Cỡ mẫu cho một độ chính xác; với FRAME và --strata: bảng so sánh cách phân bổ.",
        "Sample size for a precision; with FRAME and --strata: the table of allocations, margin by stratum.",
    ),
)
@click.argument("frame", type=FILE, required=False)
@click.option("--population", type=click.IntRange(min=1), help=said("Tổng thể N.", "Population."))
@click.option(
    "--margin", type=_SHARE, default=0.05, show_default=True, help=said("Sai số cho phép.", "Margin of error.")
)
@click.option("--share", type=_SHARE, default=0.5, show_default=True, help=said("Tỷ lệ dự kiến.", "Expected share."))
@click.option("--confidence", type=_SHARE, default=0.95, show_default=True, help=said("Độ tin cậy.", "Confidence."))
@click.option(
    "--deff",
    type=click.FloatRange(min=0, min_open=True),
    default=1.0,
    show_default=True,
    help=said("Hệ số thiết kế.", "Design effect."),
)
@click.option(
    "--take", type=click.FloatRange(min=1), help=said("Số phiếu mỗi cụm.", "Interviews a cluster (deff by --icc).")
)
@click.option(
    "--icc",
    type=click.FloatRange(0, 1),
    default=0.05,
    show_default=True,
    help=said("Tương quan trong cụm.", "Intraclass correlation."),
)
@click.option(
    "--response-rate",
    type=click.FloatRange(0, 1, min_open=True),
    default=1.0,
    show_default=True,
    help=said("Tỷ lệ trả lời.", "Response rate."),
)
@click.option("--change", type=float, help=said("Mức thay đổi cần thấy được.", "Change to be seen."))
@click.option("--power", type=_SHARE, default=0.8, show_default=True, help=said("Lực kiểm định.", "Power."))
@click.option("--strata", multiple=True, help=said("Cột tầng của FRAME.", "Stratum column."))
@click.option(
    "--count", "count_column", default="", help=said("Cột số người của mỗi dòng.", "Column with each row's count.")
)
@click.option("--spread", default="", help=said("Cột độ lệch chuẩn của tầng (Neyman).", "Standard deviation column."))
@click.option("--total", type=click.IntRange(min=1), help=said("Tổng cỡ mẫu cần phân bổ.", "Total to allocate."))
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help=said("Ghi CSV.", "Write CSV."))
@click.option("--json", "as_json", is_flag=True, help=said("In JSON.", "Print JSON."))
def command(
    frame: Path | None,
    population: int | None,
    margin: float,
    share: float,
    confidence: float,
    deff: float,
    take: float | None,
    icc: float,
    response_rate: float,
    change: float | None,
    power: float,
    strata: tuple[str, ...],
    count_column: str,
    spread: str,
    total: int | None,
    out: Path | None,
    as_json: bool,
) -> int:
    """Sample size for a precision, or the table of allocations of a frame."""
    from thangdo.survey.sample_size import deff_of_clusters

    language = language_now()
    effect = deff * (deff_of_clusters(take, icc) if take else 1.0)
    rate = response_rate
    try:
        if frame is not None:
            rows = _table(frame, strata, count_column, spread, total, margin, share, confidence, effect, rate)
            columns, records = _as_records(rows)
        else:
            columns, records = _sizes(population, margin, share, confidence, effect, rate, change, power)
    except SurveyFailure as failure:
        return show_failure(failure, language, as_json)
    if out is not None:
        partial = out.with_name(f".{out.name}.partial")
        with partial.open("w", encoding="utf-8", newline="") as stream:
            _write(stream, columns, records)
        partial.replace(out)
    if as_json:
        click.echo(json.dumps([dict(zip(columns, row, strict=True)) for row in records], ensure_ascii=False, indent=1))
    elif out is None:
        _print(columns, records, language)
    return 0


def _sizes(
    population: int | None,
    margin: float,
    share: float,
    confidence: float,
    deff: float,
    rate: float,
    change: float | None,
    power: float,
) -> tuple[list[str], list[list[Any]]]:
    from thangdo.survey.sample_size import cochran, for_change, with_design, yamane

    simple: dict[str, int] = {}
    if population:
        simple["yamane"] = yamane(population, margin)
    simple["cochran"] = cochran(margin, share=share, confidence=confidence)
    if population:
        simple["cochran_fpc"] = cochran(margin, share=share, confidence=confidence, population=population)
    if change is not None:
        simple["change"] = for_change(change, share=share, power=power, confidence=confidence)
    records: list[list[Any]] = []
    for method, n in simple.items():
        whole = None if method in {"cochran", "change"} else population
        size = with_design(n, deff=deff, response_rate=rate, population=whole, share=share, confidence=confidence)
        records.append([method, n, deff, size.answers, size.asked, size.margin])
    return ["method", "n_simple", "deff", "interviews", "asked", "margin"], records


def _table(
    path: Path,
    strata: tuple[str, ...],
    count_column: str,
    spread: str,
    total: int | None,
    margin: float,
    share: float,
    confidence: float,
    deff: float,
    rate: float,
) -> tuple[DesignRow, ...]:
    from thangdo.survey.allocation import Strata
    from thangdo.survey.frame import read_frame
    from thangdo.survey.sample_size import cochran, with_design
    from thangdo.survey.sample_size_designs import design_table

    frame = read_frame(path)
    labels = ["/".join(label) for label in frame.labels(strata)]
    counts: dict[str, float] = {}
    numbers = frame.numbers(count_column) if count_column else (1.0,) * len(labels)
    for label, number in zip(labels, numbers, strict=True):
        counts[label] = counts.get(label, 0) + number
    spreads = frame.numbers(spread) if spread else ()
    first = {label: row for row, label in reversed(list(enumerate(labels)))}
    table = Strata(
        tuple(counts),
        tuple(round(count) for count in counts.values()),
        tuple(spreads[first[label]] for label in counts) if spreads else (),
    )
    whole = sum(table.population)
    if total is None:
        needed = cochran(margin, share=share, confidence=confidence, population=whole)
        total = with_design(needed, deff=deff, response_rate=rate, population=whole).asked
        total = max(total, sum(min(2, count) for count in table.population))
    return design_table(table, total, share=share, confidence=confidence, deff=deff, response_rate=rate, margin=margin)


def _as_records(rows: tuple[DesignRow, ...]) -> tuple[list[str], list[list[Any]]]:
    columns = ["design", "stratum", "population", "n", "interviews", "margin", "deff"]
    return columns, [[getattr(row, column) for column in columns] for row in rows]


def _write(stream: Any, columns: list[str], records: list[list[Any]]) -> None:
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([[repr(cell) if isinstance(cell, float) else cell for cell in row] for row in records])


def _print(columns: list[str], records: list[list[Any]], language: str) -> None:
    """Aligned columns: words to the left, numbers to the right, four decimals for what is not a count."""
    place = 0 if language == "vi" else 1
    shown = [columns]
    for row in records:
        cells = [f"{cell:.4f}" if isinstance(cell, float) else str(cell) for cell in row]
        shown.append([_WORDS[cells[0]][place] if cells[0] in _WORDS else cells[0], *cells[1:]])
    widths = [max(len(row[column]) for row in shown) for column in range(len(columns))]
    for row in shown:
        line = [
            cell.ljust(width) if number == 0 else cell.rjust(width)
            for number, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        click.echo("  ".join(line).rstrip(), file=sys.stdout)

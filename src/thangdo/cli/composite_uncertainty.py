"""`thangdo composite uncertainty`: ranks with their uncertainty, and which choice moves them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from thangdo.cli.options import as_json, in_language, language, print_json, print_table, said
from thangdo.cli.printing import print_findings

if TYPE_CHECKING:
    from thangdo.composite.uncertainty import UncertaintyResult

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command(
    "uncertainty",
    help=said(
        "Thứ hạng kèm độ bất định, và lựa chọn nào làm thay đổi thứ hạng.\n\n"
        "Ghi rank_intervals.csv, top_k.csv, rank_sets.csv, sobol.csv, items.csv, replications.parquet vào thư mục OUT. "
        "Mã thoát 0: xong; 1: dữ liệu hoặc khai báo cần sửa.",
        "Ranks with their uncertainty, and which choice moves them.\n\n"
        "Writes rank_intervals.csv, top_k.csv, rank_sets.csv, sobol.csv, items.csv, replications.parquet into OUT. "
        "Exit code 0: done; 1: data or declaration must be mended first.",
    ),
)
@click.argument("idata", type=FILE)
@click.argument("imeta", type=FILE)
@click.option(
    "--spec", type=FILE, required=True, help=said("Tệp khai báo các mục bất định.", "What is uncertain (YAML).")
)
@click.option(
    "--replications", type=click.IntRange(1), default=10_000, show_default=True, help=said("Số lần lặp.", "N.")
)
@click.option(
    "--seed", type=click.IntRange(0), default=1, show_default=True, help=said("Hạt giống ngẫu nhiên.", "Seed.")
)
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), required=True, help=said("Thư mục.", "Folder.")
)
@click.option(
    "--threads",
    type=click.IntRange(1),
    default=min(2, os.cpu_count() or 1),
    show_default=True,
    help=said("Số luồng; kết quả không đổi.", "Threads; the result is the same."),
)
@click.option("--chunk", type=click.IntRange(0), default=0, help=said("Số lần lặp mỗi việc.", "Replications per task."))
@as_json
@in_language
def command(
    idata: Path,
    imeta: Path,
    spec: Path,
    replications: int,
    seed: int,
    out: Path,
    threads: int,
    chunk: int,
    json_: bool,
) -> int:
    """Ranks with their uncertainty."""
    from thangdo.composite.uncertainty_files import analyse_files

    result = analyse_files(idata, imeta, spec, replications, seed, out, threads=threads, chunk=chunk)
    if json_:
        print_json(_summary(result, out))
    else:
        _print(result, out)
    if result.findings:
        counts = {finding.code: 1 for finding in result.findings}
        print_findings(result.findings, counts, language(), as_json=False)
    return 0


def _summary(result: UncertaintyResult, out: Path) -> dict[str, Any]:
    return {
        "out": str(out),
        "units": len(result.units),
        "replications": result.replications,
        "seed": result.seed,
        "items": [
            {"item": item.name, "declared": item.declared, "used": item.used, "distinct": item.distinct}
            for item in result.items
        ],
        "near_ties": result.near_ties,
    }


def _print(result: UncertaintyResult, out: Path) -> None:
    spread = result.distribution
    header = [
        said("Đơn vị", "Unit"),
        said("Hạng gốc", "Nominal"),
        said("Trung vị", "Median"),
        "5 %",
        "95 %",
    ]
    order = result.nominal_ranks.argsort(kind="stable")
    print_table(
        header,
        [
            (
                result.units[place],
                str(result.nominal_ranks[place]),
                *(f"{column[place]:g}" for column in (spread.median, spread.q05, spread.q95)),
            )
            for place in order.tolist()
        ],
        right=(1, 2, 3, 4),
    )
    click.echo(
        said(
            "{n} lần lặp, {k} mục bất định; đã ghi vào {out}", "{n} replications, {k} uncertain items; written to {out}"
        ).format(n=result.replications, k=len(result.items), out=out)
    )

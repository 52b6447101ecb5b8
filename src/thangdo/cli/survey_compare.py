"""`thangdo survey compare DATA.csv --design DESIGN.yaml --analysis ANALYSIS.yaml [--last-data …] --out FILE.csv`."""

from __future__ import annotations

from pathlib import Path

import click

from thangdo.cli.options import as_json, in_language, language, print_json, said
from thangdo.cli.printing import print_findings

EXISTING = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command(
    "compare",
    help=said(
        "Kiểm định khác biệt giữa các miền của một cuộc khảo sát, và với cuộc khảo sát trước.",
        "Test differences between the domains of a survey, and with the survey before.",
    ),
)
@click.argument("data", type=EXISTING)
@click.option("--design", "design_path", type=EXISTING, required=True, help=said("Thiết kế (YAML).", "Design (YAML)."))
@click.option(
    "--analysis", "analysis_path", type=EXISTING, required=True, help=said("Phân tích (YAML).", "Analyses (YAML).")
)
@click.option("--last-data", type=EXISTING, help=said("Dữ liệu của cuộc trước.", "Data of the survey before."))
@click.option(
    "--last-design",
    type=EXISTING,
    help=said("Thiết kế của cuộc trước (mặc định: như cuộc này).", "Its design (default: the same)."),
)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help=said("Tệp ra.", "Output."))
@click.option(
    "--min-n",
    type=click.IntRange(1),
    default=None,
    help=said("Che miền có ít hơn số này câu trả lời.", "Suppress domains with fewer answers than this."),
)
@as_json
@in_language
def command(
    data: Path, design_path: Path, analysis_path: Path, last_data: Path | None, last_design: Path | None, out: Path,
    min_n: int | None, json_: bool,
) -> int:  # fmt: skip
    """Exit code 1 where something must be mended first; the output then is not touched."""
    from thangdo.survey.estimation_comparison_files import compare_files, write_comparisons

    if last_data is None and last_design is not None:
        raise click.UsageError(said("--last-design cần --last-data.", "--last-design needs --last-data."))
    last = None if last_data is None else (last_data, last_design or design_path)
    made = compare_files(data, design_path, analysis_path, last, min_n)
    write_comparisons(out, made.comparisons)
    if made.findings:
        print_findings(made.findings, made.counts, language(), as_json=False)
    count = len(made.comparisons)
    if json_:
        print_json({"out": str(out), "rows": count})
    else:
        click.echo(said(f"Đã ghi {count} phép so sánh: {out}", f"{count} comparisons: {out}"))
    return 0

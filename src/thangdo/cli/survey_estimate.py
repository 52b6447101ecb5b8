"""`thangdo survey estimate DATA.csv --design DESIGN.yaml --analysis ANALYSIS.yaml --out FILE.csv`."""

from __future__ import annotations

from pathlib import Path

import click

from thangdo.cli.options import as_json, in_language, language, print_json, said
from thangdo.cli.printing import print_findings

EXISTING = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command(
    "estimate",
    help=said(
        "Ước lượng trung bình, tổng, tỷ số, tỷ lệ, phân vị kèm sai số theo thiết kế mẫu.",
        "Estimate means, totals, ratios, shares and quantiles with the errors of the design.",
    ),
)
@click.argument("data", type=EXISTING)
@click.option("--design", "design_path", type=EXISTING, required=True, help=said("Thiết kế (YAML).", "Design (YAML)."))
@click.option(
    "--analysis", "analysis_path", type=EXISTING, required=True, help=said("Phân tích (YAML).", "Analyses (YAML).")
)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help=said("Tệp ra.", "Output."))
@click.option(
    "--min-n",
    type=click.IntRange(1),
    default=None,
    help=said("Che ô có ít hơn số này câu trả lời.", "Suppress cells with fewer answers than this."),
)
@as_json
@in_language
def command(data: Path, design_path: Path, analysis_path: Path, out: Path, min_n: int | None, json_: bool) -> int:
    """Exit code 1 where something must be mended first; the output then is not touched."""
    from thangdo.survey.estimation_files import estimate_files, write_estimates

    made = estimate_files(data, design_path, analysis_path, min_n=min_n)
    write_estimates(out, made.estimates)
    if made.findings:
        print_findings(made.findings, made.counts, language(), as_json=False)
    if json_:
        print_json({"out": str(out), "rows": len(made.estimates), "weights": [step.name for step in made.log]})
    else:
        click.echo(said(f"Đã ghi {len(made.estimates)} ước lượng: {out}", f"{len(made.estimates)} estimates: {out}"))
    return 0

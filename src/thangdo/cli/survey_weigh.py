"""`thangdo survey weigh DATA --design DESIGN.yaml --out FILE.csv`."""

from __future__ import annotations

from pathlib import Path

import click

from thangdo.cli.options import as_json, in_language, language, print_json, print_table, said
from thangdo.cli.printing import print_findings

EXISTING = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command(
    "weigh",
    help=said(
        "Tính quyền số theo thiết kế đã khai báo, ghi thêm cột weight_final và in nhật ký từng bước.",
        "Compute the weights of the declared design, write them as column weight_final and log each step.",
    ),
)
@click.argument("data", type=EXISTING)
@click.option("--design", "design_path", type=EXISTING, required=True, help=said("Thiết kế (YAML).", "Design (YAML)."))
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help=said("Tệp ra.", "Output."))
@as_json
@in_language
def command(data: Path, design_path: Path, out: Path, json_: bool) -> int:
    """Exit code 1 where something must be mended first; the output then is not touched."""
    from dataclasses import asdict

    from thangdo.findings import Gathered
    from thangdo.survey.design_building import build_design
    from thangdo.survey.estimation_columns import read_columns
    from thangdo.survey.estimation_files import read_design, write_weighted

    gathered = Gathered()
    columns = read_columns(data, gathered)
    weighted = build_design(read_design(design_path, gathered), columns, gathered)
    write_weighted(out, columns, weighted.design.weights)
    if len(gathered):
        print_findings(gathered, gathered.counts, language(), as_json=False)
    if json_:
        print_json({"out": str(out), "steps": [asdict(step) for step in weighted.log]})
        return 0
    header = said(
        "bước|số người|tổng|nhỏ nhất|trung vị|lớn nhất|deff do quyền số|số vòng|lệch",
        "step|people|sum|smallest|median|largest|deff of weighting|iterations|misfit",
    ).split("|")
    print_table(
        header,
        (
            [
                step.name, str(step.n), f"{step.total:.6g}", f"{step.smallest:.6g}", f"{step.median:.6g}",
                f"{step.largest:.6g}", f"{step.deff_weighting:.4f}", str(step.iterations), f"{step.misfit:.2g}",
            ]
            for step in weighted.log
        ),
        right=range(1, 9),
    )  # fmt: skip
    click.echo(said(f"Đã ghi {columns.rows} dòng: {out}", f"{columns.rows} rows written: {out}"))
    return 0

"""`thangdo composite build IDATA IMETA [--pipeline FILE] --out DIR`."""

from __future__ import annotations

from pathlib import Path

import click

from thangdo.cli.options import in_language, language, said

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command(
    "build",
    help=said(
        "Dựng chỉ số tổng hợp từ iData và iMeta theo quy trình.",
        "Build a composite index from iData and iMeta by a pipeline.",
    ),
)
@click.argument("idata", type=FILE)
@click.argument("imeta", type=FILE)
@click.option("--pipeline", "steps", type=FILE, help=said("Tệp quy trình (YAML).", "The pipeline (YAML)."))
@click.option(
    "--out",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help=said("Thư mục kết quả.", "Folder of results."),
)
@in_language
def command(idata: Path, imeta: Path, steps: Path | None, out: Path) -> int:
    """Writes normalised.csv, scores.csv, ranks.csv and log.json; what the build remarks goes to the error stream."""
    from thangdo.cli.printing import print_findings
    from thangdo.composite.building import write_build
    from thangdo.composite.coin_files import read_coin
    from thangdo.composite.pipeline import DEFAULT_STEPS, read_pipeline, run_pipeline

    chosen = read_pipeline(steps) if steps else DEFAULT_STEPS
    built = run_pipeline(read_coin(idata, imeta), chosen, steps.name if steps else "pipeline")
    write_build(built, out)
    if built.findings:
        print_findings(built.findings, None, language(), as_json=False)
    click.echo(said("Đã dựng {n} đơn vị; xem {out}", "{n} units built; see {out}").format(n=len(built.units), out=out))
    return 0

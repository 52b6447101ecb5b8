"""`thangdo evaluate ROUND --out DIR`."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import TYPE_CHECKING

import click

from thangdo.cli.options import as_json, in_language, language, print_json, said, steps
from thangdo.cli.printing import print_findings

if TYPE_CHECKING:
    from thangdo.evaluation import Results


@click.command(
    "evaluate",
    help=said(
        "Tính điểm, xếp hạng, xếp loại một đợt; ghi các bảng và trang công bố.",
        "Evaluate a round; write its tables and site.",
    ),
)
@click.argument("round_name", metavar="ROUND")
@click.option(
    "--out",
    "out",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help=said("Thư mục kết quả.", "Folder of results."),
)
@click.option("--site/--no-site", default=True, help=said("Dựng cả trang tĩnh.", "Build the static site as well."))
@as_json
@in_language
def command(round_name: str, out: Path, site: bool, json_: bool) -> int:
    """Evaluate and write everything beside, then put it in place."""
    # Hundreds of thousands of small tuples live until the end: collecting them in between only costs time.
    gc.disable()
    from thangdo.edition import write_results
    from thangdo.evaluation import evaluate, read_round

    with steps(said("Tính đợt đánh giá", "Evaluating"), 3) as bar:
        round_ = read_round(round_name)
        bar.update(1)
        results = evaluate(round_)
        bar.update(1)
        write_results(results, out, language(), _site if site else None)
        bar.update(1)
    if json_:
        from thangdo.evaluation.outputs import results_document

        print_json(results_document(results))
        return 0
    if results.findings:
        print_findings(results.findings, None, language(), as_json=False)
    ranked = sum(1 for index in results.indices for row in index.rows if row.rank is not None)
    click.echo(
        said("Đã tính {n} kết quả xếp hạng; xem {out}", "{n} ranked results; see {out}").format(n=ranked, out=out)
    )
    return 0


def _site(results: Results, folder: Path) -> None:
    from thangdo.edition import build_site

    build_site(results, folder)

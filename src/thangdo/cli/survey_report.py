"""`thangdo survey report DATA --design DESIGN.yaml --out DIR`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from thangdo.cli.options import as_json, in_language, language, print_json, said, speaking

if TYPE_CHECKING:
    from thangdo.survey.estimation_battery import Figure

EXISTING = click.Path(exists=True, dir_okay=False, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command(
    "report",
    help=said(
        "Lập báo cáo khảo sát: trang HTML, PDF, XLSX với chỉ số, yếu tố, câu hỏi, đơn vị, quyền số, cách tính.",
        "Write the survey report: HTML, PDF and XLSX with index, factors, items, units, weights, method.",
    ),
)
@click.argument("data", type=EXISTING)
@click.option("--design", "design_path", type=EXISTING, required=True, help=said("Thiết kế (YAML).", "Design (YAML)."))
@click.option(
    "--battery",
    "battery_path",
    type=EXISTING,
    help=said("Yếu tố, câu hỏi, tên (YAML).", "Factors, items, names (YAML)."),
)
@click.option("--last-data", type=EXISTING, help=said("Dữ liệu lần trước.", "Data of the last survey."))
@click.option("--last-design", type=EXISTING, help=said("Thiết kế lần trước.", "Design of the last survey."))
@click.option(
    "--min-n", type=click.IntRange(1), default=10, show_default=True, help=said("Tối thiểu để in.", "To print.")
)
@click.option("--rank-n", type=click.IntRange(1), default=30, show_default=True, help=said("Để xếp hạng.", "To rank."))
@click.option("--out", type=FOLDER, required=True, help=said("Thư mục báo cáo.", "Folder of the report."))
@as_json
@in_language
def command(
    data: Path, design_path: Path, battery_path: Path | None, last_data: Path | None, last_design: Path | None,
    min_n: int, rank_n: int, out: Path, json_: bool,
) -> int:  # fmt: skip
    """Exit code 1 where something must be mended first; nothing is written then."""
    last = None if last_data is None else (last_data, last_design or design_path)
    paths, index = write_report(data, design_path, battery_path, out, last, min_n, rank_n)
    if json_:
        print_json({"out": [str(path) for path in paths], "index": index.value, "se": index.se})
    else:
        click.echo(said(f"Đã ghi báo cáo: {paths[0]}", f"Report written: {paths[0]}"))
    return 0


def write_report(
    data: Path, design_path: Path, battery_path: Path | None, out: Path, last: tuple[Path, Path] | None = None,
    min_n: int = 10, rank_n: int = 30,
) -> tuple[list[Path], Figure]:  # fmt: skip
    """The documents of a survey in `out` (the page in both languages), and its index; `last` is data and design of the survey before.

    Raises `findings.Refused` with everything that must be mended; nothing is written then.
    """
    from thangdo.cli.survey_report_contents import Minimum, survey_report
    from thangdo.reporting.survey_documents import write_documents

    given = (data, design_path, battery_path, last, Minimum(min_n, rank_n))
    report, index = survey_report(*given)
    with speaking("vi" if language() == "en" else "en"):
        translated = survey_report(*given)[0]
    return write_documents(report, out, language(), translated), index

"""`thangdo survey check-draw`: repeat a published draw and name every difference."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from thangdo.cli.options import language as language_now
from thangdo.cli.options import said
from thangdo.cli.printing import print_findings
from thangdo.cli.survey_draw import FILE, show_failure
from thangdo.cli.survey_frame import FINISHED_FROM, FINISHED_TO, SOURCE, frame_from
from thangdo.survey.failure import SurveyFailure


@click.command(
    "check-draw",
    help=said(
        "Chọn lại từ danh sách FRAME và so sánh với thư mục FOLDER.\n\n"
        "Không nêu --plan và --seed thì dùng kế hoạch và giá trị ngẫu nhiên trong thư mục. "
        "Mã thoát 1: có chỗ khác.",
        "Draw again from FRAME and compare with FOLDER.\n\n"
        "Without --plan and --seed those in the folder are taken at their word. "
        "Exit code 1: something differs.",
    ),
)
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("frame", type=SOURCE)
@click.option("--plan", "plan_file", type=FILE, help=said("Kế hoạch như đã công bố.", "The plan as announced."))
@click.option(
    "--seed", "seeds", multiple=True, help=said("Giá trị đọc từ nguồn ngẫu nhiên.", "What the sources showed.")
)
@click.option("--sheet", help=said("Tên trang tính.", "Sheet."))
@FINISHED_FROM
@FINISHED_TO
@click.option("--json", "as_json", is_flag=True, help=said("In JSON.", "Print JSON."))
def command(
    folder: Path,
    frame: Path,
    plan_file: Path | None,
    seeds: tuple[str, ...],
    sheet: str | None,
    finished_from: datetime | None,
    finished_to: datetime | None,
    as_json: bool,
) -> int:
    """Draw again and tell every difference."""
    from thangdo.survey.draw_plan import read_plan
    from thangdo.survey.draw_record import check_draw

    language = language_now()
    plan = read_plan(plan_file) if plan_file else None
    try:
        found = check_draw(folder, frame_from(frame, sheet, finished_from, finished_to), plan, seeds)
    except SurveyFailure as failure:
        return show_failure(failure, language, as_json)
    if as_json or len(found):
        print_findings(found, found.counts, language, as_json=as_json)
    if not len(found) and not as_json:
        click.echo("Trùng khớp hoàn toàn." if language == "vi" else "The draw is exactly the published one.")
    return 1 if found.has_errors else 0

"""`thangdo survey check`: a questionnaire for itself, or answers against it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from thangdo.cli.options import language as language_now
from thangdo.cli.options import said
from thangdo.cli.printing import code_row
from thangdo.cli.survey_draw import FILE

if TYPE_CHECKING:
    from thangdo.survey.questionnaire import Questionnaire
    from thangdo.survey.responses_report import Checked


@click.command(
    "check",
    help=said(
        "Kiểm tra câu trả lời theo bảng hỏi.\n\n"
        "Ghi accepted.csv (kèm cột cảnh báo), rejects.csv, check.json. "
        "Không có RESPONSES: chỉ kiểm tra bảng hỏi. "
        "--compare nêu câu nào so sánh được với ấn bản trước. "
        "Mã thoát 1 khi có dòng bị loại.",
        "Check answers against their questionnaire.\n\n"
        "Writes accepted.csv with its flags, rejects.csv, check.json. "
        "Without RESPONSES only the questionnaire is checked. "
        "--compare says which questions compare with an earlier edition. "
        "Exit code 1 where rows were rejected.",
    ),
)
@click.argument("responses", type=FILE, required=False)
@click.option(
    "--questionnaire", "name", required=True, help=said("Mã có sẵn, tệp YAML hoặc XLSForm.", "Id, YAML or XLSForm.")
)
@click.option("--compare", "earlier", help=said("Ấn bản trước để so sánh.", "The earlier edition to compare with."))
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help=said("Thư mục kết quả.", "Folder."))
@click.option(
    "--export",
    type=click.Path(dir_okay=False, path_type=Path),
    help=said("Xuất bảng hỏi .xlsx/.yaml.", "Write the questionnaire as .xlsx or .yaml."),
)
@click.option("--sheet", help=said("Tên trang tính.", "Sheet."))
@click.option("--json", "as_json", is_flag=True, help=said("In JSON.", "Print JSON."))
def command(
    responses: Path | None,
    name: str,
    earlier: str | None,
    out: Path | None,
    export: Path | None,
    sheet: str | None,
    as_json: bool,
) -> int:
    """Check and write what was found."""
    from thangdo.survey.questionnaire_lint import lint
    from thangdo.survey.questionnaire_reading import read_questionnaire, write_questionnaire

    language = language_now()
    questionnaire = read_questionnaire(name)
    if export is not None:
        write_questionnaire(export, questionnaire)
    if earlier is not None:
        return _compare(questionnaire, read_questionnaire(earlier), language, as_json)
    if responses is None:
        warnings = lint(questionnaire)
        shown = {"id": questionnaire.id, "questions": len(questionnaire.questions), "findings": warnings.counts}
        click.echo(
            json.dumps(shown, ensure_ascii=False) if as_json else "  ".join(f"{k}: {v}" for k, v in shown.items())
        )
        return 0
    if out is None:
        raise click.UsageError("--out")
    from thangdo.survey.responses_report import check_responses

    checked = check_responses(responses, questionnaire, out, language="en" if language == "en" else "vi", sheet=sheet)
    if as_json:
        click.echo(json.dumps(checked.as_json(), ensure_ascii=False, indent=1))
    else:
        _print(checked, out, language)
    return 1 if checked.rejected else 0


def _compare(now: Questionnaire, before: Questionnaire, language: str, as_json: bool) -> int:
    """Prints question by question; exit code 1 where a mark contradicts the editions."""
    from thangdo.findings import Gathered
    from thangdo.survey.questionnaire_editions import compare_editions

    gathered = Gathered()
    compared = compare_editions(now, before, gathered)
    gathered.refuse_errors()
    if as_json:
        rows = [
            {"question": one.question, "status": one.status, "marked": one.is_marked, "note": one.note}
            for one in compared
        ]
        click.echo(json.dumps({"id": now.id, "before": before.id, "questions": rows}, ensure_ascii=False, indent=1))
        return 0
    words = {"same": "so sánh được", "changed": "đã đổi", "new": "mới", "dropped": "đã bỏ"}
    unmarked = "chưa đánh dấu" if language == "vi" else "not marked"
    for one in compared:
        status = words[one.status] if language == "vi" else one.status
        note = one.note or ("" if one.is_marked or one.status == "dropped" else unmarked)
        click.echo(f"{one.question:24} {status}" + (f" ({note})" if note else ""))
    return 0


def _print(checked: Checked, out: Path, language: str) -> None:
    line = (
        "Đọc {read} = nhận {accepted} + loại {rejected} → {out}"
        if language == "vi"
        else "Read {read} = accepted {accepted} + rejected {rejected} → {out}"
    )
    click.echo(line.format(read=checked.read, accepted=checked.accepted, rejected=checked.rejected, out=out))
    for code, count in sorted(checked.faults.items()):
        row = code_row(code)
        title = row.title("en" if language == "en" else "vi") if row else ""
        click.echo(f"  {code} × {count}: {title.format(found='…', expected='…')}")
    for name, count in checked.flags.items():
        click.echo(f"  {name}: {count}")

"""`thangdo survey draw`: announce a plan with the frame's hash, then draw with what the public sources showed."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from thangdo.cli.options import language as language_now
from thangdo.cli.options import said
from thangdo.cli.printing import print_findings
from thangdo.cli.survey_frame import FINISHED_FROM, FINISHED_TO, SOURCE, frame_from
from thangdo.findings import Finding
from thangdo.survey.failure import SurveyFailure

if TYPE_CHECKING:
    from thangdo.survey.draw_plan import DrawPlan
    from thangdo.survey.frame import Frame

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command(
    "draw",
    help=said(
        "Chọn mẫu mà ai cũng lặp lại được (RFC 3797).\n\n"
        "Bước 1: --announce KEHOACH.yaml ghi mã băm của danh sách; công bố tệp này.\n\n"
        'Bước 2, sau khi nguồn ngẫu nhiên có kết quả: --plan KEHOACH.yaml --seed "2 5 8 10 12" --out THUMUC.',
        "A draw that anyone can repeat (RFC 3797).\n\n"
        "Step 1: --announce PLAN.yaml writes the hash of the frame; publish it.\n\n"
        'Step 2, once the sources have spoken: --plan PLAN.yaml --seed "2 5 8 10 12" --out FOLDER.',
    ),
)
@click.argument("frame", type=SOURCE)
@click.option("--plan", "plan_file", type=FILE, help=said("Kế hoạch YAML/JSON.", "The plan, YAML or JSON."))
@click.option(
    "--announce",
    type=click.Path(dir_okay=False, path_type=Path),
    help=said("Ghi kế hoạch để công bố.", "Write the plan that is to be published."),
)
@click.option("--seed", "seeds", multiple=True, help=said("Giá trị mỗi nguồn ngẫu nhiên.", "One per source, in order."))
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help=said("Thư mục kết quả.", "Folder."))
@click.option(
    "--n", type=click.IntRange(min=1), help=said("Cỡ mẫu khi không có kế hoạch.", "Sample size without a plan.")
)
@click.option("--strata", multiple=True, help=said("Cột tầng khi không có kế hoạch.", "Stratum column without a plan."))
@click.option(
    "--method",
    default="srs",
    show_default=True,
    help=said("Cách chọn khi không có kế hoạch.", "How to draw, without a plan."),
)
@click.option(
    "--size", "size", default="", help=said("Cột quy mô khi không có kế hoạch.", "Column of sizes, without a plan.")
)
@click.option("--id", "keys", multiple=True, help=said("Cột mã khi không có kế hoạch.", "Key column, without a plan."))
@click.option("--allocation", default="proportional", show_default=True, help=said("Cách phân bổ.", "Allocation rule."))
@click.option("--sheet", help=said("Tên trang tính.", "Sheet."))
@FINISHED_FROM
@FINISHED_TO
@click.option("--json", "as_json", is_flag=True, help=said("In JSON.", "Print JSON."))
def command(
    frame: Path,
    plan_file: Path | None,
    announce: Path | None,
    seeds: tuple[str, ...],
    out: Path | None,
    n: int | None,
    strata: tuple[str, ...],
    method: str,
    size: str,
    keys: tuple[str, ...],
    allocation: str,
    sheet: str | None,
    finished_from: datetime | None,
    finished_to: datetime | None,
    as_json: bool,
) -> int:
    """Announce, or draw what was announced."""
    from thangdo.survey.draw_plan import plan_of, read_plan

    if plan_file is None and n is None:
        raise click.UsageError("--plan hoặc --n / --plan or --n")
    if announce is None and (not seeds or out is None):
        raise click.UsageError("--announce, hoặc --seed và --out / --announce, or --seed and --out")
    language = language_now()
    table = frame_from(frame, sheet, finished_from, finished_to)
    if plan_file is not None:
        plan = read_plan(plan_file)
    else:
        stage: dict[str, Any] = {"method": method, **({"size": size} if size else {})}
        document: dict[str, Any] = {"id": frame.stem, "strata": list(strata), "stages": [stage]}
        document["frame"] = {"id": list(keys)}
        if strata:
            document["allocation"] = {"total": n, "rule": allocation}
        else:
            stage["n"] = n
        plan = plan_of(document)
    try:
        if announce is not None:
            return _announce(announce, plan, table, language, as_json)
        assert out is not None
        return _draw(out, plan, table, seeds, language, as_json)
    except SurveyFailure as failure:
        return show_failure(failure, language, as_json)


def show_failure(failure: SurveyFailure, language: str, as_json: bool) -> int:
    """A failure printed as the finding it names; exit code 1."""
    facts = failure.facts
    finding = Finding(
        failure.code, found=str(facts.get("found", "")), expected=str(facts.get("expected", "")), facts=facts
    )
    print_findings([finding], {failure.code: 1}, language, as_json=as_json)
    return 1


def _announce(path: Path, plan: DrawPlan, table: Frame, language: str, as_json: bool) -> int:
    from thangdo.survey.draw import check_frame, stratum_counts
    from thangdo.survey.draw_record import write_plan

    check_frame(plan, table).refuse_errors()
    bound = plan.announce(table)
    counts = {"/".join(label): count for label, count in stratum_counts(bound, table).items()}
    write_plan(path, bound)
    if as_json:
        shown = {"plan_sha256": bound.sha256, "frame_sha256": bound.frame_sha256, "counts": counts}
        click.echo(json.dumps(shown, ensure_ascii=False, indent=1))
        return 0
    words = (
        ("Mã băm kế hoạch", "Mã băm danh sách", "dòng", "Chưa nêu nguồn ngẫu nhiên (seed_sources) trong kế hoạch.")
        if language == "vi"
        else ("Hash of the plan", "Hash of the frame", "rows", "The plan names no source of chance (seed_sources).")
    )
    click.echo(f"{words[0]}: {bound.sha256}\n{words[1]}: {bound.frame_sha256} ({bound.frame_rows} {words[2]})")
    for label, count in counts.items():
        click.echo(f"  {label or '–'}: {count}")
    if not bound.seed_sources:
        click.echo(words[3], err=True)
    return 0


def _draw(out: Path, plan: DrawPlan, table: Frame, seeds: tuple[str, ...], language: str, as_json: bool) -> int:
    from thangdo.survey.draw import draw
    from thangdo.survey.draw_record import record, seed_findings, write_draw

    drawn = draw(plan, table, seeds)
    found = seed_findings(plan, seeds, drawn.entropy_needed)
    found.refuse_errors()
    write_draw(out, plan, table, seeds, drawn)
    if as_json:
        click.echo(json.dumps(record(plan, table, seeds, drawn), ensure_ascii=False, indent=1))
        return 0
    if len(found):
        print_findings(found, found.counts, language, as_json=False)
    line = (
        "Đã chọn {n} dòng trong {rows}; khóa ngẫu nhiên {key} → {out}"
        if language == "vi"
        else "{n} rows drawn of {rows}; key {key} → {out}"
    )
    click.echo(line.format(n=len(drawn.rows), rows=len(table.rows), key=drawn.key, out=out))
    for name, have, count in drawn.counts if len(drawn.counts) > 1 else ():
        click.echo(f"  {name}: {count}/{have}")
    return 0

"""`thangdo survey draw`: announce a plan with the frame's hash, then draw with what the public sources showed."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from thangdo.cli.printing import print_findings
from thangdo.cli.survey import language_of
from thangdo.cli.survey_frame import FINISHED_FROM, FINISHED_TO, SOURCE, frame_from
from thangdo.findings import Finding
from thangdo.survey.failure import SurveyFailure

if TYPE_CHECKING:
    from thangdo.survey.draw_plan import DrawPlan
    from thangdo.survey.frame import Frame

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("draw")
@click.argument("frame", type=SOURCE)
@click.option("--plan", "plan_file", type=FILE, help="Kế hoạch YAML/JSON / plan.")
@click.option("--announce", type=click.Path(dir_okay=False, path_type=Path), help="Ghi kế hoạch để công bố / write it.")
@click.option("--seed", "seeds", multiple=True, help="Giá trị mỗi nguồn ngẫu nhiên / one per source, in order.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Thư mục kết quả / folder.")
@click.option("--n", type=click.IntRange(min=1), help="Cỡ mẫu khi không có kế hoạch / sample size without a plan.")
@click.option("--strata", multiple=True, help="Cột tầng khi không có kế hoạch / stratum column without a plan.")
@click.option("--method", default="srs", show_default=True, help="Cách chọn khi không có kế hoạch / method.")
@click.option("--size", "size", default="", help="Cột quy mô khi không có kế hoạch / size column.")
@click.option("--id", "keys", multiple=True, help="Cột mã khi không có kế hoạch / key column.")
@click.option("--allocation", default="proportional", show_default=True, help="Cách phân bổ / allocation rule.")
@click.option("--sheet", help="Tên trang tính / sheet.")
@FINISHED_FROM
@FINISHED_TO
@click.option("--json", "as_json", is_flag=True, help="In JSON / print JSON.")
@click.pass_context
def command(
    ctx: click.Context,
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
    """Chọn mẫu mà ai cũng lặp lại được (RFC 3797). / A draw that anyone can repeat (RFC 3797).

    Bước 1: --announce KEHOACH.yaml ghi mã băm của danh sách; công bố tệp này. Bước 2, sau khi nguồn ngẫu nhiên
    có kết quả: --plan KEHOACH.yaml --seed "2 5 8 10 12" --out THUMUC.
    Step 1: --announce PLAN.yaml writes the frame's hash; publish it. Step 2, once the sources have spoken:
    --plan PLAN.yaml --seed "2 5 8 10 12" --out FOLDER.
    """
    from thangdo.survey.draw_plan import plan_of, read_plan

    if plan_file is None and n is None:
        raise click.UsageError("--plan hoặc --n / --plan or --n")
    if announce is None and (not seeds or out is None):
        raise click.UsageError("--announce, hoặc --seed và --out / --announce, or --seed and --out")
    language = language_of(ctx)
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

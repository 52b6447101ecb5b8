"""`thangdo dossiers report`: every table of a year, form 06 as a workbook, and a page with charts."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from thangdo.cli.options import DAY, said
from thangdo.cli.options import language as language_now

if TYPE_CHECKING:
    from thangdo.dossiers.report import Report
    from thangdo.dossiers.store import Store


@click.command(
    "report",
    help=said(
        "Tính biểu 06, đúng hạn, xin lỗi, dịch vụ công trực tuyến, TT 01, QĐ 766 của một năm.",
        "Compute form 06, on time, apologies, online services, TT 01 and QĐ 766 of a year.",
    ),
)
@click.option(
    "--store", type=click.Path(file_okay=False, path_type=Path), required=True, help=said("Kho hồ sơ.", "Store.")
)
@click.option("--year", type=click.IntRange(1990, 2099), required=True, help=said("Năm báo cáo.", "Year."))
@click.option(
    "--by",
    default=None,
    metavar="DIM[,DIM]",
    help=said(
        "unit,block,field,procedure,channel,level,month; không nêu: biểu 06 theo cấp và lĩnh vực, bảng khác theo đơn vị.",
        "unit,block,field,procedure,channel,level,month; without it form 06 by level and field, other tables by unit.",
    ),
)
@click.option(
    "--where",
    "conditions",
    multiple=True,
    metavar="DIM=VALUE[,VALUE]",
    help=said(
        "Lọc, ví dụ level=phuong_xa hay month=2023-04,2023-05.", "Filter, e.g. level=phuong_xa or month=2023-04."
    ),
)
@click.option("--as-of", type=DAY, default=None, help=said("Số liệu tại ngày.", "As known on a day."))
@click.option("--engine", default="duckdb", show_default=True, help="duckdb | spark")
@click.option(
    "--published",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    default=None,
    help=said("summary.json đã công bố, để so sánh.", "Published summary to compare with."),
)
@click.option(
    "--list",
    "measures",
    multiple=True,
    help=said("Ghi danh sách hồ sơ của một số liệu, ví dụ overdue.", "List the dossiers behind a figure."),
)
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), required=True, help=said("Thư mục kết quả.", "Folder.")
)
@click.option(
    "--illustrative", is_flag=True, help=said("Ghi rõ là số liệu minh họa.", "Mark the pages as illustrative.")
)
@click.option(
    "--workbook",
    is_flag=True,
    help=said(
        "Kèm tables.xlsx: mọi bảng trong một sổ Excel, có tên đơn vị.",
        "Also write tables.xlsx: every table in one workbook, with the units' names.",
    ),
)
@click.option("--json", "as_json", is_flag=True, help=said("In JSON.", "Print the summary as JSON."))
def command(**options: Any) -> int:
    """Compute, write, and say the year in a line."""
    from thangdo.cli.dossiers_faces import period_of
    from thangdo.cli.printing import print_findings
    from thangdo.dossiers.failure import DossiersFailure
    from thangdo.dossiers.store import Store
    from thangdo.findings import Finding, Where
    from thangdo.reporting.numbers import number

    language = language_now()
    try:
        summary, written = _run(**options, language=language)
    except DossiersFailure as failure:
        found, expected = (str(failure.facts.get(name, "")) for name in ("found", "expected"))
        finding = Finding(failure.code, Where(), found, expected, facts=failure.facts)
        print_findings([finding], {failure.code: 1}, language, as_json=options["as_json"])
        return 3
    if not summary["received"]:
        newest = Store.open(options["store"]).as_of
        nothing = Finding("DOS313", Where(), str(options["year"]), newest.isoformat() if newest else "–", "warning")
        print_findings([nothing], {"DOS313": 1}, language, as_json=False)
    if options["as_json"]:
        click.echo(json.dumps(summary, ensure_ascii=False, indent=1))
        return 0
    line = (
        "{period}: tiếp nhận {received}, giải quyết {resolved}, quá hạn {overdue}, đang giải quyết {in_process} → {out}"
        if language == "vi"
        else "{period}: received {received}, resolved {resolved}, overdue {overdue}, in process {in_process} → {out}"
    )
    counts = {
        name: number(int(str(summary[name])), language) for name in ("received", "resolved", "overdue", "in_process")
    }
    period = period_of(options["year"], conditions_of(options["conditions"])).name("vi" if language == "vi" else "en")
    click.echo(line.format(period=period, out=options["out"], **counts))
    click.echo("  " + ", ".join(written))
    return 0


def _run(
    store: Path,
    year: int,
    by: str | None,
    conditions: tuple[str, ...],
    as_of: datetime | None,
    engine: str,
    published: Path | None,
    measures: tuple[str, ...],
    out: Path,
    illustrative: bool,
    workbook: bool,
    as_json: bool,
    language: str,
) -> tuple[dict[str, object], list[str]]:
    from thangdo.cli.dossiers_faces import write_faces
    from thangdo.cli.printing import print_findings
    from thangdo.dossiers.engines import open_engine
    from thangdo.dossiers.report import report
    from thangdo.dossiers.report_differences import difference_table
    from thangdo.dossiers.report_drill import LONGEST_LIST, dossiers_behind
    from thangdo.dossiers.report_files import in_new_folder, write_csv, write_tables
    from thangdo.dossiers.store import Store
    from thangdo.findings import Finding, Where
    from thangdo.reporting.numbers import number

    opened = Store.open(store)
    before = _published(published) if published else None
    where = conditions_of(conditions)
    day = as_of.date() if as_of else None
    _warn_of_unknown(opened, where, language)
    with open_engine(engine) as running:
        made = report(
            opened,
            year,
            running,
            by=None if by is None else tuple(code.strip() for code in by.split(",") if code.strip()),
            where=where,
            as_of=day,
            progress=lambda step: click.echo(f"… {step}", err=True) if sys.stderr.isatty() else None,
        )
        _say_processes(running)
        if made.summary["received"]:
            _warn_of_end(made, language)
        with in_new_folder(out) as folder:
            written = list(write_tables(made, folder))
            written += write_faces(
                made, folder, "en" if language == "en" else "vi", is_illustrative=illustrative, with_tables=workbook
            )
            if before is not None:
                write_csv(difference_table(before, made.summary), folder / "differences.csv")
                written.append("differences.csv")
            for measure in measures:
                behind = dossiers_behind(opened, year, measure, running, where=where, as_of=day, limit=LONGEST_LIST + 1)
                if len(behind) > LONGEST_LIST:
                    cut = Finding(
                        "DOS314", Where(), measure, number(LONGEST_LIST, "en" if language == "en" else "vi"), "warning"
                    )
                    print_findings([cut], {"DOS314": 1}, language, as_json=False)
                write_csv(behind.head(LONGEST_LIST), folder / f"dossiers-{measure}.csv")
                written.append(f"dossiers-{measure}.csv")
    return dict(made.summary), written


def _warn_of_end(made: Report, language: str) -> None:
    """A report of a year of which months are still to come counts dossiers as overdue whose due day is too."""
    from thangdo.cli.dossiers_faces import period_of
    from thangdo.cli.printing import print_findings
    from thangdo.findings import Finding, Where
    from thangdo.reporting.dates import day

    period = period_of(made.year, made.where)
    if made.as_of is not None and period.outlasts(made.as_of):
        known, end = (day(on, "en" if language == "en" else "vi") for on in (made.as_of, period.last_day))
        print_findings([Finding("DOS315", Where(), known, end, "warning")], {"DOS315": 1}, language, as_json=False)


def _say_processes(engine: object) -> None:
    """Which processes a distributed engine counted with; one that counts in this process has none to name."""
    processes = ", ".join(f"{process} @ {host}" for process, host in getattr(engine, "executors", ()))
    if processes:
        click.echo(said(f"Tiến trình tính toán: {processes}", f"Executor processes: {processes}"), err=True)


def _warn_of_unknown(store: Store, where: Mapping[str, tuple[str, ...]], language: str) -> None:
    """A filter with a slip in it would give a report of nothing, which looks like one of a unit without dossiers."""
    from thangdo.cli.printing import print_findings
    from thangdo.dossiers.indicators.catalogues import read_catalogues
    from thangdo.dossiers.indicators.dimensions import check_dimensions, unknown_values
    from thangdo.findings import Finding, Where

    check_dimensions(tuple(where))
    if set(where) - {"month"}:
        found = [
            Finding("DOS312", Where(column="--where"), f"{code}={value}", ", ".join(near) or "–", "warning")
            for code, value, near in unknown_values(where, read_catalogues(store))
        ]
        if found:
            print_findings(found, None, language, as_json=False)


def _published(path: Path) -> dict[str, object]:
    """The figures of a summary published earlier. Raises DossiersFailure DOS204 where the file holds none."""
    from thangdo.dossiers.failure import DossiersFailure

    try:
        figures = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DossiersFailure("DOS204", path=path, found=error) from error
    if not isinstance(figures, dict):
        raise DossiersFailure("DOS204", path=path, found="JSON { } ≠ " + type(figures).__name__)
    return figures


def conditions_of(texts: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """`DIM=VALUE,VALUE` as a filter; the same dimension twice adds values."""
    where: dict[str, tuple[str, ...]] = {}
    for text in texts:
        name, sign, values = text.partition("=")
        if not sign:
            wanted = said("ghi CHIỀU=GIÁ TRỊ, ví dụ level=phuong_xa", "write DIM=VALUE, such as level=phuong_xa")
            raise click.BadParameter(f"{text}: {wanted}", param_hint="--where")
        where[name.strip()] = (*where.get(name.strip(), ()), *(value for value in values.split(",") if value))
    return where

"""`thangdo dossiers ingest`: files into the store, with their account."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from thangdo.cli.options import DAY, said
from thangdo.cli.options import language as language_now
from thangdo.cli.printing import code_row, print_findings
from thangdo.dossiers.failure import DossiersFailure
from thangdo.dossiers.schema import TABLES
from thangdo.findings import Finding, Where

if TYPE_CHECKING:
    from thangdo.dossiers.ingest import Ingested

COUNTS = ("read", "accepted", "rejected", "duplicate")


@click.command(
    "ingest",
    help=said(
        "Nạp tệp CSV (gz, zst), Parquet, XLSX vào kho.\n\n"
        "Mã thoát 0: xong (kể cả khi có dòng bị loại); 1: tệp bị đứt hoặc không đọc được; 3: không ghi được kho.",
        "Take CSV (gz, zst), Parquet and XLSX files into a store.\n\n"
        "Exit code 0: done (rejected rows are listed); 1: a file breaks off or is no table; 3: the store cannot be written.",
    ),
)
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--store", type=click.Path(file_okay=False, path_type=Path), required=True, help=said("Kho.", "Store."))
@click.option(
    "--table", type=click.Choice([table.name for table in TABLES]), help=said("Bảng.", "Table (else by header).")
)
@click.option("--as-of", type=DAY, help=said("Ngày số liệu.", "As-of (else newest stamp)."))
@click.option(
    "--keep", multiple=True, metavar=said("CỘT", "COLUMN"), help=said("Giữ thêm cột.", "Keep a further column.")
)
@click.option(
    "--pseudonymise",
    "key_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=said("Tệp khóa: thay mã hồ sơ bằng bí danh.", "Key file: dossier codes become keyed hashes."),
)
@click.option("--json", "as_json", is_flag=True, help=said("In JSON.", "Print JSON."))
def command(
    files: tuple[Path, ...],
    store: Path,
    table: str | None,
    as_of: datetime | None,
    keep: tuple[str, ...],
    key_file: Path | None,
    as_json: bool,
) -> int:
    """Take the files in and say what became of their rows."""
    from thangdo.dossiers.ingest import ingest
    from thangdo.dossiers.ingest_pseudonyms import read_key

    language = language_now()
    try:
        with click.progressbar(length=100, file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:
            done = ingest(
                files,
                store,
                table=table,
                as_of=as_of.date() if as_of else None,
                keep=keep,
                pseudonym_key=read_key(key_file) if key_file else None,
                language=language,
                progress=_Shown(bar, sum(path.stat().st_size for path in files)).show,
            )
    except DossiersFailure as failure:
        finding = Finding(failure.code, Where(), str(failure.facts.get("found", "")), facts=failure.facts)
        print_findings([finding], {failure.code: 1}, language, as_json=as_json)
        return 3
    if as_of is None:
        done = replace(done, findings=(*done.findings, *_of_the_future(done, datetime.now().astimezone().date())))
    if as_json:
        click.echo(json.dumps(_as_json(done, store), ensure_ascii=False, indent=1))
    else:
        _print(done, store, language)
    return 1 if any(finding.severity == "error" for finding in done.findings) else 0


def _of_the_future(done: Ingested, today: date) -> list[Finding]:
    """One wrong stamp makes its batch the newest for years, which nobody sees in the figures."""
    return [
        Finding("DOS110", Where(source.name), batch.as_of.isoformat(), severity="warning")
        for batch in done.batches
        if batch.as_of > today
        for source in batch.sources
    ]


class _Shown:
    """The bar: bytes of all files, read twice where keys are compared first."""

    def __init__(self, bar: Any, size: int) -> None:
        self._bar = bar
        self._size = max(1, size)
        self._before = 0
        self._last: tuple[str, int] = ("", 0)
        self._percent = 0

    def show(self, stage: str, done: int, _total: int) -> None:
        if stage not in ("keys", "rows"):
            return
        if stage != self._last[0] or done < self._last[1]:
            self._before += self._last[1]
        self._last = stage, done
        percent = min(100, 50 * (self._before + done) // self._size)
        self._bar.update(percent - self._percent)
        self._percent = percent


def _as_json(done: Ingested, store: Path) -> dict[str, Any]:
    return {
        **{name: done.total(name) for name in COUNTS},
        "as_of": done.as_of.isoformat() if done.as_of else None,
        "rejected_by_code": done.rejected_by_code,
        "batches": [
            {
                "batch": batch.number,
                "table": batch.table,
                "as_of": None if batch.as_of == date.min else batch.as_of.isoformat(),
                "rejects": str(store / batch.rejects) if batch.rejects else None,
                "sources": [
                    {"name": source.name, "sha256": source.sha256, **{name: getattr(source, name) for name in COUNTS}}
                    for source in batch.sources
                ],
            }
            for batch in done.batches
        ],
        "findings": [finding.as_json() for finding in done.findings],
    }


def _print(done: Ingested, store: Path, language: str) -> None:
    words = (
        ("đọc", "nhận", "loại", "trùng", "ngày số liệu", "dòng bị loại")
        if language == "vi"
        else ("read", "accepted", "rejected", "duplicate", "as of", "rejected rows")
    )
    for batch in done.batches:
        for source in batch.sources:
            click.echo(f"{batch.table} · {source.name} · {words[4]} {_as_of(batch.as_of)}: {_account(source, words)}")
        if batch.rejects:
            click.echo(f"  {words[5]}: {store / batch.rejects}")
    if sum(len(batch.sources) for batch in done.batches) > 1:
        click.echo(
            f"{words[0]} {done.total('read')} = {words[1]} {done.total('accepted')} + {words[2]} "
            f"{done.total('rejected')} + {words[3]} {done.total('duplicate')}"
        )
    spoken: Literal["vi", "en"] = "en" if language == "en" else "vi"
    for code, count in sorted(done.rejected_by_code.items()):
        row = code_row(code)
        title = row.title(spoken).split(":")[0] if row else ""
        click.echo(f"  {code} × {count}: {title}", err=True)
        if row and row.remedy(spoken):
            click.echo(f"    → {row.remedy(spoken)}", err=True)
    if done.findings:
        print_findings(done.findings, None, language, as_json=False)


def _as_of(day: date) -> str:
    """Catalogues without stamps have no as-of of their own."""
    return "–" if day == date.min else day.isoformat()


def _account(source: Any, words: tuple[str, ...]) -> str:
    """read = accepted + rejected + duplicate, in the reader's words."""
    return f"{words[0]} {source.read} = {words[1]} {source.accepted} + {words[2]} {source.rejected} + {words[3]} {source.duplicate}"

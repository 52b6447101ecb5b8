"""`thangdo lint PATH…`."""

from __future__ import annotations

from pathlib import Path

import click

from thangdo.cli.options import as_json, in_language, language, said
from thangdo.cli.printing import print_findings


@click.command(
    "lint",
    help=said(
        "Nêu mọi lỗi của bộ tiêu chí, đợt đánh giá, thư mục bảng công bố.",
        "Find everything wrong in sets, rounds and published tables.",
    ),
)
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@as_json
@in_language
def command(paths: tuple[Path, ...], json_: bool) -> int:
    """Exit code 1 where anything but notes was found."""
    from thangdo.evaluation.lint import lint_path

    kept = []
    counts: dict[str, int] = {}
    for path in paths:
        found = lint_path(path)
        kept += list(found)
        for code, count in found.counts.items():
            counts[code] = counts.get(code, 0) + count
    print_findings(kept, counts, language(), as_json=json_)
    return 1 if any(finding.severity != "note" for finding in kept) else 0

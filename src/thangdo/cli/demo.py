"""`thangdo demo`: build the demo city's year and its publication, then serve it."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from thangdo.cli.options import in_language, said

if TYPE_CHECKING:
    from thangdo.evaluation import Results, Round
    from thangdo.evaluation.published import Published
    from thangdo.evaluation.register import Register
    from thangdo.findings import Finding

PACKAGE = Path(__file__).resolve().parent.parent
PUBLISHED = PACKAGE.parent.parent / "examples" / "hcmc-2023" / "published"


@click.command(
    "demo",
    help=said(
        "Dựng thành phố minh họa và trang công bố, rồi mở tại http://127.0.0.1:8000.",
        "Build the demo city and its publication, then serve it.",
    ),
)
@click.option(
    "--root",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("build/demo"),
    help=said("Thư mục dựng.", "Where to build."),
)
@click.option("--no-serve", is_flag=True, help=said("Chỉ dựng rồi thoát.", "Build and leave."))
@click.option("--port", default=8000, show_default=True)
@click.option("--seed", default=2023, show_default=True, help=said("Hạt giống ngẫu nhiên.", "Seed of every draw."))
@in_language
def command(root: Path, no_serve: bool, port: int, seed: int) -> int:
    """A second call finds everything built and starts at once."""
    stamp = root / "built.json"
    wanted = {"source": _source_hash(), "seed": seed}
    if not (stamp.is_file() and json.loads(stamp.read_text()) == wanted):
        build(root, seed)
        stamp.write_text(json.dumps(wanted))
    click.echo(said("Đã dựng: {root}", "Built: {root}").format(root=root))
    if no_serve:
        return 0
    return serve(root, port)


def _source_hash() -> str:
    """What decides whether a build is current: every file of the package and of the published tables."""
    digest = hashlib.sha256()
    for folder in (PACKAGE, PUBLISHED):
        for path in sorted(folder.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts and path.suffix not in (".pyc", ".mo"):
                digest.update(f"{path.relative_to(folder)} {path.stat().st_mtime_ns} {path.stat().st_size}\n".encode())
    return digest.hexdigest()


def build(root: Path, seed: int) -> None:
    """Rounds, results and site of the demo, each built beside and put in place."""
    from thangdo.demo import demo_year
    from thangdo.evaluation import evaluate, read_round, write_round
    from thangdo.evaluation.library import shipped_set, shipped_sets
    from thangdo.evaluation.published import lint_published, read_published
    from thangdo.evaluation.register import load_register

    register = load_register()
    published, unread = read_published(PUBLISHED, register)
    unread.refuse_errors()
    sets = {set_id: shipped_set(set_id) for set_id in shipped_sets()}
    with click.progressbar(length=4, label=said("Dựng thành phố minh họa", "Building the demo city")) as bar:
        year: Round = demo_year(sets, register, published, seed).round
        bar.update(1)
        folder = root / "rounds" / year.id
        write_round(year, folder)
        bar.update(1)
        results = evaluate(read_round(folder))
        bar.update(1)
        findings = [finding for finding in lint_published(PUBLISHED) if finding.severity != "note"]
        _write(results, root / "results" / year.id, published, findings, register)
        bar.update(1)
    (root / "index.html").write_text(_front_door(year.id), encoding="utf-8")


def _write(results: Results, out: Path, published: Published, findings: list[Finding], register: Register) -> None:
    from thangdo.edition import build_site
    from thangdo.edition.published_page import published_page
    from thangdo.evaluation import write_data_package, write_tables
    from thangdo.evaluation.folder import replace_folder
    from thangdo.evaluation.workbook import results_sheets
    from thangdo.reporting.workbook import write_workbook

    out.parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    try:
        write_tables(results, part)
        write_workbook(part / "results.xlsx", results_sheets(results, "vi"))
        extras = {
            "vi": (published_page(published, findings, register, "vi"),),
            "en": (published_page(published, findings, register, "en"),),
        }
        build_site(results, part / "site", extras)
        write_data_package(results, part)
        part.chmod(0o755)
        replace_folder(part, out)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise


def _front_door(round_id: str) -> str:
    """The address / leads to the site, with or without redirects."""
    link = f"results/{round_id}/site/index.html"
    return (
        '<!doctype html><html lang="vi"><head><meta charset="utf-8"><title>Thang Đo</title>'
        f'<meta http-equiv="refresh" content="0; url={link}"></head>'
        f'<body><p><a href="{link}">Thang Đo: thành phố minh họa năm 2023</a></p></body></html>\n'
    )


def serve(root: Path, port: int) -> int:
    """Serve the built folder on this machine only, until Ctrl-C."""
    from functools import partial
    from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

    handler = partial(SimpleHTTPRequestHandler, directory=str(root))
    with ThreadingHTTPServer(("127.0.0.1", port), handler) as server:
        click.echo(
            said("Mở http://127.0.0.1:{port} (Ctrl-C để dừng)", "Open http://127.0.0.1:{port} (Ctrl-C to stop)").format(
                port=port
            )
        )
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            return 0
    return 0

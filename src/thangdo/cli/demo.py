"""`thangdo demo`: build the demo city's year and its publication, then serve it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from thangdo.cli.options import in_language, language, print_table, said

if TYPE_CHECKING:
    from thangdo.demo.surveys import DemoSurvey
    from thangdo.evaluation import Results, Round
    from thangdo.evaluation.published import Published
    from thangdo.evaluation.register import Register
    from thangdo.findings import Finding

PACKAGE = Path(__file__).resolve().parent.parent
PUBLISHED = PACKAGE.parent.parent / "examples" / "hcmc-2023" / "published"
# Printed at every start; accounts with it are marked as demo and refused by production (`thangdo check`).
PASSWORD = "minh-hoa-2024"  # noqa: S105


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
@click.option("--port", default=8000, show_default=True, help=said("Cổng.", "Port."))
@click.option("--seed", default=2023, show_default=True, help=said("Hạt giống ngẫu nhiên.", "Seed of every draw."))
@click.option(
    "--full",
    is_flag=True,
    help=said("Đủ 22,6 triệu hồ sơ thay cho mẫu 1 : 100.", "All 22.6 million dossiers instead of the 1 : 100 sample."),
)
@in_language
def command(root: Path, no_serve: bool, port: int, seed: int, full: bool) -> int:
    """A second call finds everything built and starts at once."""
    stamp = root / "built.json"
    wanted = {"source": _source_hash(), "seed": seed, "full": full}
    if not (stamp.is_file() and json.loads(stamp.read_text()) == wanted):
        build(root, seed, full=full)
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


def build(root: Path, seed: int, *, full: bool = False) -> None:
    """Rounds, results, sites, dossiers and platform of the demo, each built beside and put in place."""
    from thangdo.cli.demo_dossiers import build_dossiers
    from thangdo.cli.demo_surveys import report_satisfaction, write_surveys
    from thangdo.demo import demo_year
    from thangdo.evaluation.library import shipped_set, shipped_sets

    printed = published_tables()
    sets = {set_id: shipped_set(set_id) for set_id in shipped_sets()}
    with click.progressbar(length=7, label=said("Dựng thành phố minh họa", "Building the demo city")) as bar:
        city = demo_year(sets, printed.register, printed.tables, seed)
        solved = city.round
        surveys = {survey.id: survey for survey in city.surveys}
        write_surveys(root, city.surveys)
        bar.update(1)
        years = import_module("thangdo.web.demo_years").demo_years(solved, sets)
        for year in years:
            told = printed if year.round.year == solved.year else None
            evaluate_year(root, year.round, city.surveys, told, year.is_published)
            bar.update(1)
        sipas = report_satisfaction(
            root, surveys[f"sipas-{solved.year}"], surveys[f"sipas-{solved.year - 1}"], printed.register
        )
        bar.update(1)
        dossiers = build_dossiers(root, seed, full=full, year=solved.year)
        bar.update(1)
        _build_platform(root, years, {f"ho-so-{solved.year}": dossiers, f"sipas-{solved.year}": sipas})
        bar.update(1)


@dataclass(frozen=True, slots=True)
class PublishedTables:
    """What the conference printed, with the findings on it; shown beside the illustrative year, never mixed with it."""

    tables: Published
    findings: list[Finding]
    register: Register


def published_tables() -> PublishedTables:
    """The transcribed tables of the 2023 conference. Raises Refused where they cannot be read."""
    from thangdo.evaluation.published import lint_published, read_published
    from thangdo.evaluation.register import load_register

    register = load_register()
    tables, unread = read_published(PUBLISHED, register)
    unread.refuse_errors()
    findings = [finding for finding in lint_published(PUBLISHED) if finding.severity != "note"]
    return PublishedTables(tables, findings, register)


def evaluate_year(
    root: Path, year: Round, surveys: Sequence[DemoSurvey], published: PublishedTables | None, with_site: bool
) -> None:
    """One round: its folder with what its surveys say, and its tables computed from that folder."""
    from thangdo.cli.demo_surveys import fill_from_surveys
    from thangdo.edition import write_results
    from thangdo.evaluation import evaluate, read_round, write_round

    folder = root / "rounds" / year.id
    write_round(year, folder)
    fill_from_surveys(root, surveys, year.year, folder)
    site = partial(_build_site, published=published) if with_site else None
    write_results(evaluate(read_round(folder)), root / "results" / year.id, "vi", site)


def _build_site(results: Results, out: Path, published: PublishedTables | None) -> None:
    from thangdo.edition import build_site
    from thangdo.edition.published_page import published_page

    if published is None:
        build_site(results, out)
        return
    given = (published.tables, published.findings, published.register)
    build_site(results, out, {"vi": (published_page(*given, "vi"),), "en": (published_page(*given, "en"),)})


def _build_platform(root: Path, years: Sequence[Any], reports: Mapping[str, Path]) -> None:
    """The database of the demo, loaded from the round folders; finished years' sites and reports under /cong-bo/."""
    platform = import_module("thangdo.web.demo_platform")
    home = root / "platform"
    for year in years:
        if year.is_published:
            platform.publish(home, str(year.round.year), root / "results" / year.round.id)
    for name, folder in reports.items():
        platform.publish(home, name, folder)
    rounds = [
        platform.DemoRound(root / "rounds" / year.round.id, year.phases, year.name_vi, year.name_en) for year in years
    ]
    accounts = [
        {"login": account.login, "full_name": account.full_name, "role": account.role, "unit": account.unit}
        for account in platform.prepare(home, rounds, password=PASSWORD)
    ]
    (home / "accounts.json").write_text(json.dumps(accounts, ensure_ascii=False, indent=1), encoding="utf-8")


def serve(root: Path, port: int) -> int:
    """Serve the platform and the published sites on this machine only, until Ctrl-C."""
    home = root / "platform"
    accounts = json.loads((home / "accounts.json").read_text(encoding="utf-8"))
    click.echo(
        said("Tài khoản minh họa, mật khẩu chung: {password}", "Demo accounts, one password: {password}").format(
            password=PASSWORD
        )
    )
    roles = import_module("thangdo.web.accounts.roles")
    print_table(
        (said("Tên đăng nhập", "Sign-in name"), said("Vai trò", "Role"), said("Đơn vị", "Unit")),
        [(row["login"], roles.role_name(row["role"], language()), row["unit"]) for row in accounts],
    )
    click.echo(
        said(
            "Mở http://127.0.0.1:{port} · trang công bố: http://127.0.0.1:{port}/cong-bo/2023/ (Ctrl-C để dừng)",
            "Open http://127.0.0.1:{port} · published site: http://127.0.0.1:{port}/cong-bo/2023/ (Ctrl-C to stop)",
        ).format(port=port)
    )
    import_module("thangdo.web.demo_platform").serve(home, port)
    return 0

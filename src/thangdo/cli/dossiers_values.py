"""`thangdo dossiers values --store DIR --year Y --round ROUND`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from thangdo.cli.options import DAY, as_json, print_json, said
from thangdo.cli.options import language as language_now

if TYPE_CHECKING:
    from thangdo.dossiers.indicators.unit_values import UnitValue
    from thangdo.evaluation import CountedLeaf


@click.command(
    "values",
    help=said(
        "Ghi số liệu hồ sơ của từng đơn vị, kèm tử số, mẫu số và câu hỏi, vào một đợt đánh giá. Chỉ tiêu lấy từ bộ "
        "tiêu chí của đợt; một đơn vị gồm cả các đơn vị trực thuộc, trừ khi tiêu chí quy định khác.",
        "Write each unit's dossier figures with numerator, denominator and query into a round. The round's criteria "
        "sets say which; a unit includes those below it unless the criterion says otherwise.",
    ),
)
@click.option(
    "--store", type=click.Path(file_okay=False, path_type=Path), required=True, help=said("Kho hồ sơ.", "Store.")
)
@click.option("--year", type=click.IntRange(1990, 2099), required=True, help=said("Năm.", "Year."))
@click.option(
    "--round",
    "round_path",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    required=True,
    help=said("Thư mục đợt đánh giá.", "The round's folder."),
)
@click.option(
    "--indicator",
    "only",
    multiple=True,
    help=said("Chỉ ghi chỉ tiêu này (lặp lại được).", "Write this indicator only (may be repeated)."),
)
@click.option("--as-of", type=DAY, default=None, help=said("Số liệu tại ngày.", "As known on a day."))
@click.option("--engine", default="duckdb", show_default=True, help="duckdb | spark")
@as_json
def command(
    store: Path,
    year: int,
    round_path: Path,
    only: tuple[str, ...],
    as_of: datetime | None,
    engine: str,
    json_: bool,
) -> int:
    """Exit code 1 where nothing can be written; the round then is not touched."""
    from thangdo.cli.printing import print_findings
    from thangdo.dossiers.engines import open_engine
    from thangdo.dossiers.failure import DossiersFailure
    from thangdo.dossiers.store import Store
    from thangdo.dossiers.store_manifest import NAME
    from thangdo.dossiers.unit_figures import Asked, unit_figures
    from thangdo.evaluation import counted_leaves, read_round, replace_values
    from thangdo.findings import Finding, Gathered, Where
    from thangdo.proof import file_hash

    language = language_now()
    round_ = read_round(round_path)
    leaves = counted_leaves(round_, "dossiers")
    wanted = sorted({leaf.indicator for leaf in leaves})
    unasked = sorted(set(only) - set(wanted))
    if unasked or not leaves:
        finding = Finding("DOS308", Where(str(round_path)), ", ".join(unasked), ", ".join(wanted))
        print_findings([finding], {"DOS308": 1}, language, as_json=json_)
        return 1
    chosen = [leaf for leaf in leaves if not only or leaf.indicator in only]
    asked = {Asked(leaf.indicator, unit, leaf.own_only) for leaf in chosen for unit in leaf.units}
    parents = {row["unit"]: row.get("parent", "") for row in round_.table("units").as_mappings()}
    day = as_of.date() if as_of else None
    try:
        opened = Store.open(store)
        with open_engine(engine) as running:
            found = unit_figures(opened, year, running, sorted(asked, key=repr), parents, day)
    except DossiersFailure as failure:
        code, facts = failure.code, failure.facts
        problem = Finding(
            code, Where(str(store)), str(facts.get("found", "")), str(facts.get("expected", "")), facts=facts
        )
        print_findings([problem], {code: 1}, language, as_json=json_)
        return 3
    gathered = Gathered()
    rows = []
    # The manifest names every file of the store by its hash, so its own hash stands for the whole store.
    sha256 = file_hash(store / NAME)
    for leaf in chosen:
        for unit in leaf.units:
            value = found[Asked(leaf.indicator, unit, leaf.own_only)]
            if value is None:
                where = Where("values.csv", node=f"{leaf.index}/{unit}/{leaf.criterion}")
                gathered.add(Finding("DOS307", where, unit, leaf.indicator, "warning"))
            else:
                rows.append(_record(leaf, unit, value, _query(leaf, unit, year, day), sha256))
    replace_values(round_path, rows, source="dossiers")
    if json_:
        print_json({"values": len(rows), "without_data": len(gathered)})
        return 0
    if len(gathered):
        print_findings(gathered, gathered.counts, language, as_json=False)
    click.echo(said(f"Đã ghi {len(rows)} giá trị vào {round_path}", f"{len(rows)} values written to {round_path}"))
    return 0


def _query(leaf: CountedLeaf, unit: str, year: int, as_of: object) -> str:
    """Enough to ask again: the indicator, the year, the unit and whether those below it are in."""
    text = f"dossiers {leaf.indicator} year={year} unit={unit}" + ("" if leaf.own_only else "+below")
    return text + (f" as-of={as_of}" if as_of else "")


def _record(leaf: CountedLeaf, unit: str, value: UnitValue, query: str, sha256: str) -> dict[str, str]:
    return {
        "index": leaf.index,
        "unit": unit,
        "criterion": leaf.criterion,
        "indicator": leaf.indicator,
        "value": repr(value.value),
        "numerator": _number(value.numerator),
        "denominator": _number(value.denominator),
        "se": "",
        "df": "",
        "n": "",
        "source": "dossiers",
        "query": query,
        "source_sha256": sha256,
    }


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return repr(int(value)) if value.is_integer() else repr(value)

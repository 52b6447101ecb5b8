"""`thangdo survey values DATA --design DESIGN.yaml --round ROUND`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from thangdo.cli.options import as_json, in_language, language, print_json, said
from thangdo.cli.printing import print_findings

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from thangdo.evaluation import CountedLeaf
    from thangdo.findings import Gathered
    from thangdo.survey.estimation_indicators import IndicatorEstimates

EXISTING = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command(
    "values",
    help=said(
        "Ghi số liệu khảo sát kèm sai số chuẩn và hiệp phương sai vào một đợt đánh giá. Chỉ tiêu không khai báo "
        "trong --indicators được lấy từ cột cùng tên.",
        "Write survey figures with standard errors and covariances into a round. An indicator that --indicators "
        "does not declare comes from the column of its name.",
    ),
)
@click.argument("data", type=EXISTING)
@click.option("--design", "design_path", type=EXISTING, required=True, help=said("Thiết kế (YAML).", "Design (YAML)."))
@click.option(
    "--round",
    "round_path",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    required=True,
    help=said("Thư mục đợt đánh giá.", "Folder of the round."),
)
@click.option(
    "--indicators", "indicators_path", type=EXISTING, help=said("Cách tính chỉ tiêu (YAML).", "Rules (YAML).")
)
@click.option("--unit", "unit_column", default="unit", help=said("Cột mã đơn vị.", "Column of the unit's code."))
@as_json
@in_language
def command(
    data: Path, design_path: Path, round_path: Path, indicators_path: Path | None, unit_column: str, json_: bool
) -> int:
    """Exit code 1 where something must be mended first; the round then is not touched."""
    filled = fill_round(data, design_path, round_path, indicators_path, unit_column)
    if len(filled.findings):
        print_findings(filled.findings, filled.findings.counts, language(), as_json=False)
    if json_:
        print_json({"values": filled.values, "covariances": filled.covariances, "left_out": list(filled.left_out)})
        return 0
    click.echo(
        said(
            f"Đã ghi {filled.values} giá trị, {filled.covariances} hiệp phương sai vào {round_path}",
            f"{filled.values} values and {filled.covariances} covariances written to {round_path}",
        )
    )
    if filled.left_out:
        names = ", ".join(filled.left_out)
        click.echo(said(f"Chưa có dữ liệu: {names}", f"Without data: {names}"))
    return 0


@dataclass(frozen=True)
class Filled:
    """How many values and covariances a round got, which indicators the data do not hold, what was found."""

    values: int
    covariances: int
    left_out: tuple[str, ...]
    findings: Gathered


def fill_round(
    data: Path, design_path: Path, round_path: Path, indicators_path: Path | None, unit_column: str = "unit"
) -> Filled:
    """Estimate from files what the round asks of surveys and write it there.

    Raises `findings.Refused` with everything that must be mended; the round then is not touched.
    """
    from thangdo.evaluation import counted_leaves, read_round, replace_values
    from thangdo.findings import Finding, Gathered, Where
    from thangdo.proof import file_hash
    from thangdo.survey.design_building import build_design
    from thangdo.survey.disclosure import PRINT_MINIMUM, RANK_MINIMUM
    from thangdo.survey.estimation_columns import read_columns
    from thangdo.survey.estimation_files import read_design, read_yaml
    from thangdo.survey.estimation_indicators import (
        Indicator,
        estimate_indicators,
        indicator_parts,
        indicators,
    )

    gathered = Gathered()
    round_ = read_round(round_path)
    leaves = counted_leaves(round_, "survey")
    columns = read_columns(data, gathered)
    given = () if indicators_path is None else indicators(
        read_yaml(indicators_path, gathered), indicators_path.name, gathered
    )  # fmt: skip
    declared = {one.indicator: one for one in given}
    wanted = list(dict.fromkeys(leaf.indicator for leaf in leaves))
    for name in declared:
        if name not in wanted:
            gathered.add(Finding("SUR322", Where(str(indicators_path)), name, ", ".join(wanted)))
    chosen = {
        name: declared.get(name) or Indicator(name, (name,))
        for name in wanted
        if name in declared or name in columns.columns
    }
    if not chosen:
        gathered.add(Finding("SUR322", Where(data.name), ", ".join(columns.columns)[:80], ", ".join(wanted)))
    weighted = build_design(read_design(design_path, gathered), columns, gathered)
    units = columns.filled(unit_column, gathered)
    parts = {name: indicator_parts(one, columns, gathered) for name, one in chosen.items()}
    gathered.refuse_errors()
    read = {name: part for name, part in parts.items() if part is not None}
    below = _below(round_.table("units").as_mappings())
    of_unit = {} if units is None else _rows_by_unit(units.codes, units.labels)

    written, pairs = [], []
    done = []
    for own_only in (False, True):
        group = [leaf for leaf in leaves if leaf.indicator in read and leaf.own_only == own_only]
        everyone = dict.fromkeys(unit for leaf in group for unit in leaf.units)
        rows = {unit: _rows_of(unit, of_unit, {} if own_only else below) for unit in everyone}
        # A survey of one block says nothing of the other: its leaves are left as they are.
        group = [leaf for leaf in group if any(rows[unit].size for unit in leaf.units)] or group
        rows = {unit: rows[unit] for leaf in group for unit in leaf.units}
        done += group
        for unit, inside in rows.items():
            if not inside.size:
                gathered.add(Finding("SUR323", Where(data.name, 0, unit_column), unit, severity="warning"))
        asked = {leaf.indicator for leaf in group}
        found = estimate_indicators(weighted.design, rows, {name: read[name] for name in read if name in asked})
        for unit, n in _fewest(found).items():
            if n < RANK_MINIMUM:
                needed = PRINT_MINIMUM if n < PRINT_MINIMUM else RANK_MINIMUM
                gathered.add(
                    Finding("SUR326", Where(data.name, 0, unit_column), str(n), str(needed), "warning", {"unit": unit})
                )
        queries = {name: one.query for name, one in chosen.items()}
        rows_, pairs_ = _records(found, group, queries, file_hash(data))
        written += rows_
        pairs += pairs_
    reached = {unit for leaf in done for unit in leaf.units}
    replace_values(round_path, written, source="survey", covariance=pairs, units=reached)
    left_out = tuple(name for name in wanted if name not in chosen)
    return Filled(len(written), len(pairs), left_out, gathered)


def _fewest(found: IndicatorEstimates) -> dict[str, int]:
    """The smallest number of answers behind any indicator of each unit."""
    fewest: dict[str, int] = {}
    for (unit, _), n in zip(found.pairs, found.n.tolist(), strict=True):
        fewest[unit] = min(n, fewest.get(unit, n))
    return fewest


def _below(units: Iterable[Mapping[str, str]]) -> dict[str, list[str]]:
    below: dict[str, list[str]] = {}
    for row in units:
        below.setdefault(row.get("parent", ""), []).append(row["unit"])
    return below


def _rows_by_unit(codes: npt.NDArray[np.int64], labels: tuple[str, ...]) -> dict[str, npt.NDArray[np.int64]]:
    import numpy as np

    order = np.argsort(codes, kind="stable")
    ends = np.searchsorted(codes[order], np.arange(len(labels) + 1))
    return {label: order[ends[place] : ends[place + 1]] for place, label in enumerate(labels)}


def _rows_of(
    unit: str, of_unit: Mapping[str, npt.NDArray[np.int64]], below: Mapping[str, list[str]]
) -> npt.NDArray[np.int64]:
    """Rows of the unit and of all units below it."""
    import numpy as np

    found, waiting, seen = [np.zeros(0, dtype=np.int64)], [unit], set()
    while waiting:
        here = waiting.pop()
        if here in seen:
            continue
        seen.add(here)
        if here in of_unit:
            found.append(of_unit[here])
        waiting += below.get(here, [])
    return np.sort(np.concatenate(found))


def _records(
    found: IndicatorEstimates, leaves: list[CountedLeaf], queries: Mapping[str, str], sha256: str
) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    from thangdo.survey.estimation_indicators import correlated_pairs

    by_indicator: dict[str, list[Any]] = {}
    for leaf in leaves:
        by_indicator.setdefault(leaf.indicator, []).append(leaf)
    errors = found.errors
    rows, addresses = [], []
    for place, (unit, indicator) in enumerate(found.pairs):
        here = [leaf for leaf in by_indicator[indicator] if unit in leaf.units]
        addresses.append([(leaf.index, unit, leaf.criterion, indicator) for leaf in here])
        for leaf in here:
            rows.append(
                {
                    "index": leaf.index, "unit": unit, "criterion": leaf.criterion, "indicator": indicator,
                    "value": repr(float(found.estimates[place])), "numerator": repr(float(found.numerators[place])),
                    "denominator": repr(float(found.denominators[place])), "se": repr(float(errors[place])),
                    "df": str(found.df[place]), "n": str(found.n[place]), "source": "survey",
                    "query": queries[indicator], "source_sha256": sha256,
                }
            )  # fmt: skip
    pairs = [
        {
            "index": a[0], "unit_a": a[1], "criterion_a": a[2], "indicator_a": a[3],
            "unit_b": b[1], "criterion_b": b[2], "indicator_b": b[3], "cov": repr(value),
        }
        for first, second, value in correlated_pairs(found)
        for a in addresses[first]
        for b in addresses[second]
        if a[0] == b[0]
    ]  # fmt: skip
    return rows, pairs

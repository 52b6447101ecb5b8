"""Counted values: from text to exact numbers once, and written back by those who count."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Context, Decimal
from pathlib import Path

from thangdo.evaluation.membership import Member
from thangdo.evaluation.round import SPECS, Round, Table
from thangdo.evaluation.tables import read_table, write_table
from thangdo.findings import Finding, Gathered, Where
from thangdo.methodology import CriteriaSet
from thangdo.methodology.numbers import NotANumber, read_number

# A share or estimate becomes a Decimal once, here (contracts.md).
_PORT = Context(prec=12)


@dataclass(frozen=True, slots=True)
class Value:
    """A counted value of one unit's leaf; `se` None means exact, `n` the answers it rests on where that is said."""

    value: Decimal
    se: float | None
    row: int
    indicator: str
    source: str
    n: int | None = None


@dataclass(frozen=True, slots=True)
class CountedLeaf:
    """What a counting room is asked for: an indicator for a leaf of an index, and for which units."""

    index: str
    criterion: str
    indicator: str
    source: str
    own_only: bool
    units: tuple[str, ...]


def typed_values(
    round_: Round, everyone: Mapping[tuple[str, str], Member], gathered: Gathered
) -> dict[str, dict[tuple[str, str], Value]]:
    """Values by index and (unit, criterion). Unknown units, criteria, indicators and bad numbers are gathered."""
    table = round_.table("values")
    leaves = {index: _counted(round_.sets_of(index)) for index in {entry.id for entry in round_.indices}}
    found: dict[str, dict[tuple[str, str], Value]] = {}
    for number, row in enumerate(table.as_mappings(), start=table.first_row):
        index, unit, criterion = row["index"], row["unit"], row["criterion"]
        if not any((index, unit, criterion)):
            continue
        if index not in leaves:
            gathered.add(Finding("EVA020", Where(table.file, number, "index"), index, ", ".join(sorted(leaves))))
            continue
        if criterion not in leaves[index]:
            gathered.add(
                Finding("EVA040", Where(table.file, number, "criterion"), criterion, ", ".join(leaves[index])[:200])
            )
            continue
        if (index, unit) not in everyone:
            gathered.add(Finding("EVA021", Where(table.file, number, "unit"), unit))
            continue
        indicator = leaves[index][criterion]
        if row["indicator"] and row["indicator"] != indicator:
            gathered.add(
                Finding("EVA041", Where(table.file, number, "indicator", criterion), row["indicator"], indicator)
            )
            continue
        value = _number(row["value"], table, number, "value", criterion, gathered)
        se = _number(row["se"], table, number, "se", criterion, gathered) if row["se"].strip() else None
        if se is not None and se < 0:
            gathered.add(Finding("EVA042", Where(table.file, number, "se", criterion), row["se"]))
        if value is None:
            continue
        if (unit, criterion) in found.setdefault(index, {}):
            first = found[index][unit, criterion].row
            gathered.add(
                Finding("EVA043", Where(table.file, number, "", criterion), f"{unit}, {criterion}", str(first))
            )
            continue
        exact = _PORT.create_decimal(value)
        found[index][unit, criterion] = Value(
            exact,
            None if se is None else float(se),
            number,
            indicator,
            row["source"],
            int(row["n"]) if row["n"].strip().isdecimal() else None,
        )
    return found


def _counted(sets: Iterable[CriteriaSet]) -> dict[str, str]:
    return {
        node.code: str(node.rule.parameters["indicator"])
        for criteria_set in sets
        for node in criteria_set.leaves()
        if node.rule is not None and node.rule.kind == "counted"
    }


def _number(text: str, table: Table, row: int, column: str, criterion: str, gathered: Gathered) -> Decimal | None:
    try:
        return read_number(text, decimal_comma=table.decimal_comma)[0]
    except NotANumber as failure:
        code = "EVA037" if failure.is_ambiguous else "EVA036"
        gathered.add(Finding(code, Where(table.file, row, column, criterion), text[:60], "0.9984"))
    return None


def counted_leaves(round_: Round, source: str) -> list[CountedLeaf]:
    """What a round asks of `source` ("dossiers", "survey", …): its leaves and the units they apply to."""
    from thangdo.evaluation.membership import members, members_of

    everyone = members(round_, Gathered())
    found = []
    for entry in round_.indices:
        criteria_set = round_.sets[entry.set]
        for node in criteria_set.leaves():
            rule = node.rule
            if rule is None or rule.kind != "counted" or rule.parameters["source"] != source:
                continue
            units = tuple(m.unit for m in members_of(entry, everyone) if node.applies.covers(m.block, m.unit))
            own = bool(rule.parameters.get("own_only", False))
            found.append(CountedLeaf(entry.id, node.code, str(rule.parameters["indicator"]), source, own, units))
    return found


def replace_values(
    folder: Path,
    rows: Iterable[Mapping[str, str]],
    source: str,
    covariance: Iterable[Mapping[str, str]] | None = None,
    units: Collection[str] | None = None,
) -> int:
    """Put `rows` of `source` into a round's values.csv; returns how many were written.

    Rows of the same index, criterion, indicator and source are replaced; all others stay. With
    `covariance`, the pairs of the same indices and indicators are replaced too. Where `units` are given, rows of
    other units stay: a survey of one block leaves the other block's. Files appear whole.
    """
    new = list(rows)
    _replace(folder, "values", new, ("index", "criterion", "indicator", "source"), {"source": source}, units)
    if covariance is not None:
        pairs = list(covariance)
        touched = {(row["index"], row["criterion"], row["indicator"]) for row in new}
        spec = SPECS["covariance"]
        old = _existing(folder, "covariance")
        kept = [
            row
            for row in old.as_mappings()
            if not any(
                (row["index"], row[f"criterion_{side}"], row[f"indicator_{side}"]) in touched
                and (units is None or row[f"unit_{side}"] in units)
                for side in "ab"
            )
        ]
        write_table(folder / spec.file, _as_table(old.columns, [*kept, *pairs], spec.file))
    return len(new)


def _replace(
    folder: Path, name: str, new: list[Mapping[str, str]], key: tuple[str, ...], fixed: Mapping[str, str],
    units: Collection[str] | None = None,
) -> None:  # fmt: skip
    old = _existing(folder, name)
    given = [{**row, **fixed} for row in new]
    replaced = {tuple(row.get(column, "") for column in key) for row in given}
    kept = [
        row
        for row in old.as_mappings()
        if tuple(row[column] for column in key) not in replaced or (units is not None and row["unit"] not in units)
    ]
    write_table(folder / SPECS[name].file, _as_table(old.columns, [*kept, *given], SPECS[name].file))


def _existing(folder: Path, name: str) -> Table:
    spec = SPECS[name]
    path = folder / spec.file
    if not path.is_file():
        return Table(spec.columns, (), spec.file)
    gathered = Gathered()
    table = read_table(path, spec, gathered)
    gathered.refuse_errors()
    return table


def _as_table(columns: tuple[str, ...], rows: Iterable[Mapping[str, str]], file: str) -> Table:
    return Table(columns, tuple(tuple(str(row.get(column, "")) for column in columns) for row in rows), file)

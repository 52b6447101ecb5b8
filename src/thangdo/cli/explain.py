"""`thangdo explain ROUND UNIT [CRITERION]`."""

from __future__ import annotations

import difflib
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import click

from thangdo.cli.options import as_json, in_language, language, print_json, said
from thangdo.cli.printing import class_name, sets_of

if TYPE_CHECKING:
    from thangdo.evaluation import Results, Round
    from thangdo.scoring import Explanation


@click.command(
    "explain",
    help=said(
        "Vì sao có một con số: số liệu, cách tính, làm tròn, đến từng điểm chấm.",
        "Why a number is what it is, down to the mark.",
    ),
)
@click.argument("round_name", metavar="ROUND")
@click.argument("unit")
@click.argument("criterion", required=False)
@as_json
@in_language
def command(round_name: str, unit: str, criterion: str | None, json_: bool) -> int:
    """Explain a unit's result, or one criterion of it (CODE or INDEX/CODE)."""
    from thangdo.evaluation import evaluate, read_round

    round_ = read_round(round_name)
    results = evaluate(round_)
    code = _unit(results, unit)
    explanations = _explanations(results, code, criterion)
    if json_:
        print_json([{"index": index, "unit": code, **_plain(item)} for index, item in explanations])
        return 0
    for index, item in explanations:
        row = results.row(index, code)
        head = f"{results.units[code].full(language())} · {index}"
        if row is not None and row.rank is not None:
            head += said(" · hạng {rank} · loại {c}", " · rank {rank} · class {c}").format(
                rank=row.rank, c=class_name(sets_of(results, index), row.class_code, language())
            )
        click.echo(head)
        _print(item, 0, round_, index, code)
        click.echo("")
    return 0


def _unit(results: Results, text: str) -> str:
    from thangdo.evaluation.register import load_register
    from thangdo.findings import Finding, Refused, Where

    if text in results.units:
        return text
    found = load_register().find(text)
    if found is not None and found.unit in results.units:
        return found.unit
    names = {name.name_vi: code for code, name in results.units.items()}
    near = difflib.get_close_matches(text, [*results.units, *names], 3, 0.3)
    raise Refused([Finding("EVA060", Where(column="UNIT"), text, ", ".join(names.get(name, name) for name in near))])


def _explanations(results: Results, unit: str, criterion: str | None) -> list[tuple[str, Explanation]]:
    from thangdo.findings import Finding, Refused, Where
    from thangdo.scoring import explain_unit

    wanted_index, _, code = (criterion or "").rpartition("/")
    found: list[tuple[str, Explanation]] = []
    codes: list[str] = []
    for entry in results.indices:
        if entry.scored is None or (wanted_index and entry.id != wanted_index):
            continue
        inputs = next((given for given in entry.scored.inputs if given.unit == unit), None)
        if inputs is None:
            continue
        codes += entry.scored.compiled.codes
        if code in entry.scored.compiled.positions:
            found.append((entry.id, explain_unit(entry.scored.compiled, inputs, code, language())))
    if not found:
        near = ", ".join(difflib.get_close_matches(code, codes, 3, 0.0))
        raise Refused([Finding("EVA030", Where(column="CRITERION"), criterion or "", near)])
    return found


def _number(value: Decimal | None) -> str:
    from thangdo.evaluation.outputs import plain

    text = plain(value) or said("không áp dụng", "not applicable")
    return text.replace(".", ",") if language() == "vi" else text


def _print(item: Explanation, depth: int, round_: Round, index: str, unit: str) -> None:
    indent = "  " * depth
    label = f"{item.code} {item.text}".strip()
    click.echo(f"{indent}{label}: {_number(item.points)} / {_number(item.maximum)}")
    if item.rule:
        click.echo(f"{indent}    {item.rule}")
    for step in item.steps:
        given = ", ".join(f"{name} = {_shown(value)}" for name, value in step.inputs.items())
        click.echo(f"{indent}    [{step.layer}] {given} → {_number(step.points)}")
        for note in _origin(round_, index, unit, item.code, step.layer):
            click.echo(f"{indent}        {note}")
    if item.arithmetic:
        click.echo(f"{indent}    {item.arithmetic}")
    for child in item.children:
        _print(child, depth + 1, round_, index, unit)


def _shown(value: object) -> str:
    return _number(value) if isinstance(value, Decimal) else str(value)


def _origin(round_: Round, index: str, unit: str, code: str, layer: str) -> list[str]:
    """Where an input comes from: the row of the mark, or the counted value with its query."""
    if layer == "values":
        table = round_.table("values")
        rows = [
            (number, row)
            for number, row in enumerate(table.as_mappings(), start=table.first_row)
            if (row["index"], row["unit"], row["criterion"]) == (index, unit, code)
        ]
        return [
            f"values.csv:{number} {row['indicator']} {row['numerator']}/{row['denominator']} se={row['se']} {row['source']} {row['query']}".strip()
            for number, row in rows
        ]
    table = round_.table("marks")
    return [
        f"marks.csv:{number} {row[5]}={row[6]} {row[4]} {row[7]} {row[8]}".strip()
        for number, row in enumerate(table.rows, start=table.first_row)
        if row[0] == index and row[1] == unit and row[2] == code and row[3] == layer
    ]


def _plain(item: Explanation) -> dict[str, Any]:
    from thangdo.evaluation.outputs import plain

    return {
        "code": item.code,
        "text": item.text,
        "points": plain(item.points),
        "maximum": plain(item.maximum),
        "percent": plain(item.percent),
        "aggregation": item.aggregation,
        "rule": item.rule,
        "arithmetic": item.arithmetic,
        "steps": [
            {
                "layer": step.layer,
                "inputs": {
                    name: plain(value) if isinstance(value, Decimal) else value for name, value in step.inputs.items()
                },
                "unrounded": plain(step.raw),
                "points": plain(step.points),
            }
            for step in item.steps
        ],
        "children": [_plain(child) for child in item.children],
    }

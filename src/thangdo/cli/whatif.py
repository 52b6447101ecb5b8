"""`thangdo whatif ROUND --set …`."""

from __future__ import annotations

from dataclasses import asdict
from decimal import Decimal

import click

from thangdo.cli.options import as_json, in_language, language, print_json, print_table, said
from thangdo.cli.printing import class_name, sets_of


@click.command(
    "whatif",
    help=said(
        "Thử thay đổi và xem ai đổi hạng; không ghi gì cả.", "Try changes and see who moves; nothing is written."
    ),
)
@click.argument("round_name", metavar="ROUND")
@click.option(
    "--set",
    "changes",
    multiple=True,
    metavar="ADDRESS=VALUE",
    help="par/1.2.weight=15 · par/1.2.rule.zero_below=0.8 · par/UNIT/1.2/council.points=3",
)
@click.option(
    "--gap",
    is_flag=True,
    help=said(
        "Khoảng cách tới loại trên và tiêu chí ít tốn nhất để đạt.", "Gap to the next class and the cheapest criteria."
    ),
)
@as_json
@in_language
def command(round_name: str, changes: tuple[str, ...], gap: bool, json_: bool) -> int:
    """Changes are applied in order; the table lists every unit that moves."""
    from thangdo.evaluation import evaluate, read_round
    from thangdo.evaluation.whatif import what_if

    round_ = read_round(round_name)
    results = evaluate(round_)
    if gap:
        return _gaps(results, json_)
    found = what_if(round_, results, changes)
    if json_:
        print_json(
            [
                {"index": item.index, "set": item.set_id, "moves": [asdict(move) for move in item.moves]}
                for item in found
            ]
        )
        return 0
    for item in found:
        click.echo(f"{item.index} · {item.set_id}")
        rows = [
            (
                results.units[move.unit].short(language()),
                _shown(move.percent_before),
                _shown(move.percent_after),
                str(move.rank_before or "–"),
                str(move.rank_after or "–"),
                " → ".join(
                    class_name(sets_of(results, item.index), code, language())
                    for code in (move.class_before, move.class_after)
                )
                if move.class_before != move.class_after
                else "",
            )
            for move in item.moves
        ]
        header = said(
            "Đơn vị|% trước|% sau|Hạng trước|Hạng sau|Loại", "Unit|% before|% after|Rank before|Rank after|Class"
        ).split("|")
        print_table(header, rows, (1, 2, 3, 4))
    if not any(item.moves for item in found):
        click.echo(said("Không đơn vị nào thay đổi.", "No unit moves."))
    return 0


def _shown(value: Decimal | None) -> str:
    text = "–" if value is None else format(value, "f")
    return text.replace(".", ",") if language() == "vi" else text


def _gaps(results: object, json_: bool) -> int:
    from thangdo.evaluation import Results
    from thangdo.scoring import gap_to_next_class

    assert isinstance(results, Results)
    gaps = []
    for entry in results.indices:
        if entry.scored is None:
            continue
        for unit, row in zip(entry.scored.scores, entry.rows, strict=True):
            if row.class_code is not None and (found := gap_to_next_class(entry.scored.compiled, unit, row.class_code)):
                gaps.append((entry.id, found))
    if json_:
        print_json([{"index": index, **asdict(found)} for index, found in gaps])
        return 0
    header = said("Chỉ số|Đơn vị|Loại trên|Còn thiếu|Tiêu chí", "Index|Unit|Next class|Short by|Criteria").split("|")
    rows = [
        (
            index,
            results.units[found.unit].short(language()),
            class_name(sets_of(results, index), found.next_class, language()),
            _shown(found.percent_short.quantize(Decimal("0.01"))),
            ", ".join(f"{lift.code} +{_shown(lift.points)}" for lift in found.lifts or ()) or "–",
        )
        for index, found in gaps
    ]
    print_table(header, rows, (3,))
    return 0

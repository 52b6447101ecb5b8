"""`thangdo backtest SET ROUND…`."""

from __future__ import annotations

from dataclasses import asdict

import click

from thangdo.cli.diff import read_named_set
from thangdo.cli.options import as_json, in_language, language, print_json, print_table, said, steps
from thangdo.cli.printing import class_name, print_findings, sets_of


@click.command(
    "backtest",
    help=said(
        "Chấm lại các đợt cũ theo bộ tiêu chí dự thảo; nêu những gì không mang sang được.",
        "Evaluate earlier rounds under a draft set, with what could not be carried over.",
    ),
)
@click.argument("set_name", metavar="SET")
@click.argument("rounds", nargs=-1, required=True, metavar="ROUND…")
@as_json
@in_language
def command(set_name: str, rounds: tuple[str, ...], json_: bool) -> int:
    """One table a round: who would have moved."""
    from thangdo.evaluation import evaluate, read_round
    from thangdo.evaluation.backtest import back_test

    draft = read_named_set(set_name)
    reports = []
    with steps(said("Tính lại", "Evaluating again"), len(rounds)) as bar:
        for name in rounds:
            round_ = read_round(name)
            results = evaluate(round_)
            reports.append((back_test(draft, round_, results), results))
            bar.update(1)
    if json_:
        print_json(
            [
                {
                    "round": test.round_id,
                    "carried": list(test.carried),
                    "not_carried": [finding.as_json() for finding in test.not_carried],
                    "moves": [asdict(move) for move in test.moves],
                }
                for test, _ in reports
            ]
        )
        return 0
    for test, results in reports:
        click.echo(f"{test.round_id} ({test.year})")
        counts = {"EVA062": len(test.not_carried)} if test.not_carried else {}
        print_findings(test.not_carried, counts, language(), as_json=False)
        header = said(
            "Đơn vị|Hạng trước|Hạng sau|Loại trước|Loại sau", "Unit|Rank before|Rank after|Class before|Class after"
        ).split("|")
        rows = [
            (
                results.units[move.unit].short(language()),
                str(move.rank_before or "–"),
                str(move.rank_after or "–"),
                class_name(sets_of(results, draft.index), move.class_before, language()),
                class_name([draft], move.class_after, language()),
            )
            for move in test.moves
        ]
        print_table(header, rows, (1, 2))
    return 0

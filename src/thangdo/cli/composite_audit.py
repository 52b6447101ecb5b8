"""`thangdo composite audit IDATA IMETA [--pipeline FILE] [--spec FILE] --out DIR`."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from thangdo.cli.options import in_language, language, said

if TYPE_CHECKING:
    from thangdo.composite.audit import Audit
    from thangdo.composite.index_data import IndexData
    from thangdo.composite.uncertainty import UncertaintyResult
    from thangdo.reporting.audit_report import AuditReport, RankSet

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command(
    "audit",
    help=said(
        "Kiểm toán thống kê một chỉ số: audit.html và audit.pdf. Không có --spec thì thay đổi mọi trọng số ±25 %.",
        "The statistical audit of an index: audit.html and audit.pdf. Without --spec every weight varies by ±25%.",
    ),
)
@click.argument("idata", type=FILE)
@click.argument("imeta", type=FILE)
@click.option("--pipeline", "steps_file", type=FILE, help=said("Tệp quy trình (YAML).", "The pipeline (YAML)."))
@click.option("--spec", type=FILE, help=said("Tệp khai báo các mục bất định.", "What is uncertain (YAML)."))
@click.option(
    "--replications", type=click.IntRange(1), default=2_000, show_default=True, help=said("Số lần lặp.", "N.")
)
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help=said("Hạt giống.", "Seed."))
@click.option(
    "--out", required=True, type=click.Path(file_okay=False, path_type=Path), help=said("Thư mục.", "Folder.")
)
@in_language
def command(
    idata: Path, imeta: Path, steps_file: Path | None, spec: Path | None, replications: int, seed: int, out: Path
) -> int:
    """Build, vary, look inside, judge, draw."""
    from thangdo.composite.audit import audit
    from thangdo.composite.coin_files import read_index
    from thangdo.composite.pipeline import DEFAULT_STEPS, read_pipeline
    from thangdo.composite.uncertainty import analyse
    from thangdo.composite.uncertainty_files import nominal_steps
    from thangdo.composite.uncertainty_spec import read_declaration
    from thangdo.composite.uncertainty_steps import PipelineModel
    from thangdo.reporting.audit_documents import write_audit

    index = read_index(idata, imeta)
    with tempfile.TemporaryDirectory() as folder:
        declaration = read_declaration(spec or _usual_declaration(index, Path(folder)))
    if steps_file is not None:
        declaration = replace(declaration, pipeline=read_pipeline(steps_file))
    elif declaration.pipeline is None:
        declaration = replace(declaration, pipeline=DEFAULT_STEPS)
    steps = nominal_steps(declaration, index)
    result = analyse(PipelineModel.of(index, steps), steps, index.units, declaration, replications, seed)
    for path in write_audit(_report(audit(index, steps, result)), out, language()):
        click.echo(path)
    return 0


def _usual_declaration(index: IndexData, folder: Path) -> Path:
    """The weights of every level by themselves; an only child's weight is never felt and cannot be varied."""
    tree = index.tree
    levels = sorted({tree.levels[child] for row in tree.children if len(row) > 1 for child in row})
    path = folder / "weights.yaml"
    lines = ["uncertain:"]
    for level in levels:
        name = said(f"trọng số cấp {level}, ±25 %", f"weights of level {level}, ±25%")
        lines.append(f"- {{item: weights, name: '{name}', levels: [{level}], noise: uniform, factor: 0.25}}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def _number(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def _report(found: Audit) -> AuditReport:
    """The audit as the plain values that are drawn."""
    from thangdo.composite.audit_verdicts import verdicts
    from thangdo.reporting.audit_report import Answer, AuditReport, BeforeAfter, RankRange, SobolBar

    result, built = found.uncertainty, found.built
    assert result is not None
    spread, order = result.distribution, result.nominal_ranks.argsort(kind="stable").tolist()
    ranks = tuple(
        RankRange(
            result.units[row], float(result.nominal_scores[row]), int(result.nominal_ranks[row]),
            float(spread.q05[row]), float(spread.q95[row]),
        )
        for row in order
    )  # fmt: skip
    columns = [built.tree.codes.index(code) for code in found.nodes]
    rows = [built.units.index(row.unit) for row in ranks]
    return AuditReport(
        units=len(built.units),
        indicators=built.normalised.shape[1],
        answers=tuple(Answer(v.question, v.judgement, v.found, v.of, v.named) for v in verdicts(found)),
        ranks=ranks,
        nodes=found.nodes,
        correlations=tuple(tuple(_number(cell) for cell in row) for row in found.table.tolist()),
        lines=tuple((built.units[row], tuple(_number(v) for v in built.scores[row, columns].tolist())) for row in rows),
        treated=tuple(
            BeforeAfter(each.code, _there(each.before), _there(each.after), each.skew_before, each.skew_after)
            for each in found.treated
        ),
        sobol=tuple(SobolBar(*bar) for bar in _bars(result.sensitivity)),
        coherence=tuple((c.code, c.children, _number(c.alpha), _number(c.first_share)) for c in found.coherence),
        weights=tuple((each.code, each.weight, each.correlation) for each in found.influence),
        varied=", ".join(item.name for item in result.items),
        replications=result.replications,
        sets=_rank_sets(result, order),
    )


def _rank_sets(result: UncertaintyResult, order: Sequence[int]) -> tuple[RankSet, ...]:
    """Confidence sets of ranks where the data carry errors: another question than the ranges over choices."""
    from thangdo.reporting.audit_report import RankSet

    found = result.rank_sets
    if found is None:
        return ()
    return tuple(
        RankSet(
            result.units[row], int(result.nominal_ranks[row]), int(found.marginal.low[row]),
            int(found.marginal.high[row]), int(found.simultaneous.low[row]), int(found.simultaneous.high[row]),
            int(found.tiers[row]),
        )
        for row in order
    )  # fmt: skip


def _there(values: Any) -> tuple[float, ...]:
    return tuple(value for value in values.tolist() if math.isfinite(value))


def _bars(sensitivity: Any) -> Sequence[tuple[Any, ...]]:
    """Indices for the mean rank shift, the largest first."""
    # The only choice there is explains everything; a bar would say nothing.
    if sensitivity is None or len(sensitivity.parameters) < 2:
        return ()
    at = sensitivity.indices
    bars = [
        (name, *(float(table[0, place]) for table in (at.first, at.total, at.total_low, at.total_high)))
        for place, name in enumerate(sensitivity.parameters)
    ]
    return sorted((bar for bar in bars if math.isfinite(bar[2])), key=lambda bar: -bar[2])

"""From solved inputs to marks in layers: what units claimed, what appraisers changed, what appeals restored."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from random import Random

from thangdo.demo.marks import Fields, Solved, fields_for
from thangdo.methodology import CriteriaSet, Node

REASONS = (
    "Tài liệu kiểm chứng chưa đủ (minh họa)",
    "Số liệu kê khai chưa khớp báo cáo (minh họa)",
    "Văn bản ban hành sau thời hạn (minh họa)",
)
RESTORED = "Đơn vị đã bổ sung tài liệu kiểm chứng (minh họa)"
Row = tuple[str, str, str, str, str, str, str, str, str]


def layered_marks(
    index: str, unit: str, criteria_set: CriteriaSet, solved: Solved, year: int, rng: Random
) -> list[Row]:
    """Rows of marks.csv. The last layer of every criterion holds the solved inputs."""
    nodes = {node.code: node for node in criteria_set.leaves()}
    rows: list[Row] = []
    stamp = f"{year + 1}-01-{{day:02d}}T{{hour:02d}}:{{minute:02d}}:00+07:00"

    def add(code: str, layer: str, who: str, fields: Fields, reason: str, days: tuple[int, int]) -> None:
        at = stamp.format(day=rng.randint(*days), hour=rng.randint(8, 16), minute=rng.randint(0, 59))
        rows.extend((index, unit, code, layer, who, name, value, reason, at) for name, value in fields.items())

    for code, fields in solved.fields.items():
        node = nodes[code]
        appraiser = node.appraiser or "hoi_dong"
        claimed = _claimed(node, fields, solved.lost, rng)
        add(code, "self", unit, claimed or fields, "", (5, 12))
        if claimed is None:
            continue
        if rng.random() < 0.12 and (lower := _lower(node, solved.lost.get(code, Decimal(0)), rng)) is not None:
            add(code, "appraisal_1", appraiser, lower, rng.choice(REASONS), (15, 20))
            add(code, "appeal", appraiser, fields, RESTORED, (24, 28))
        else:
            add(code, "appraisal_1", appraiser, fields, rng.choice(REASONS), (15, 20))
    return rows


def _claimed(node: Node, fields: Fields, lost: Mapping[str, Decimal], rng: Random) -> Fields | None:
    """A self-score above the final one for some criteria that lost points; None = the unit claimed no more."""
    loss = lost.get(node.code)
    if loss is None or rng.random() > 0.35:
        return None
    if node.rule is not None and node.rule.kind == "proportional":
        a, b = int(fields["numerator"]), int(fields["denominator"])
        return {"numerator": str(a + max(1, (b - a) // 2)), "denominator": str(b)} if a < b else None
    claimed = fields_for(node, node.maximum or Decimal(0), rng)
    return claimed if claimed != fields else None


def _lower(node: Node, loss: Decimal, rng: Random) -> Fields | None:
    """Inputs an appraiser gave at first, below the final ones."""
    maximum = node.maximum or Decimal(0)
    if node.rule is None or node.rule.kind != "proportional" or loss >= maximum / 2:
        return None
    return fields_for(node, (maximum - loss - maximum / 10).quantize(Decimal("0.01")), rng)

"""Rules of data quality as rows: what is worth a second look, its name, its sentence and its parameters.

A flag accuses nobody: it says where to look first. Sentences hold the flag's values by name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

QualityKind = Literal["jump", "outlier", "part_over_whole", "pair", "full_without_evidence"]


@dataclass(frozen=True, slots=True)
class QualityRule:
    """One rule: its kind (what is computed), its names, its sentence, and the parameters of the computation."""

    code: str
    kind: QualityKind
    name_vi: str
    name_en: str
    says_vi: str
    says_en: str
    parameters: Mapping[str, Decimal] = field(default_factory=dict)

    def name(self, language: str) -> str:
        return self.name_en if language == "en" else self.name_vi

    def says(self, language: str) -> str:
        return self.says_en if language == "en" else self.says_vi


@dataclass(frozen=True, slots=True)
class ImpossiblePair:
    """Two criteria of one index that contradict each other: nothing at `zero`, something at `positive`."""

    index: str
    zero: str
    positive: str


QUALITY_RULES = (
    QualityRule(
        "part_over_whole",
        "part_over_whole",
        "Số đạt được lớn hơn tổng số",
        "Achieved exceeds its total",
        "đạt {part} trên tổng số {whole}",
        "{part} achieved out of {whole}",
    ),
    QualityRule(
        "pair",
        "pair",
        "Hai câu trả lời trái nhau",
        "Two answers contradict each other",
        "0 điểm ở {other} nhưng được {share} % ở tiêu chí này",
        "0 points at {other}, yet {share}% at this criterion",
    ),
    QualityRule(
        "jump",
        "jump",
        "Thay đổi lớn so với năm trước",
        "Large change against last year",
        "{share} % điểm tối đa, năm {year} là {base} %: {change} điểm phần trăm",
        "{share}% of the maximum, {base}% in {year}: {change} percentage points",
        {"points": Decimal(40)},
    ),
    QualityRule(
        "outlier",
        "outlier",
        "Khác xa các đơn vị cùng khối",
        "Far from its peers",
        "{share} % điểm tối đa, trung vị của {peers} đơn vị cùng khối là {base} % (độ lệch chuẩn hóa {score})",
        "{share}% of the maximum, the median of {peers} peers is {base}% (modified z-score {score})",
        {"score": Decimal("3.5"), "points": Decimal(25), "peers": Decimal(8)},
    ),
    QualityRule(
        "full_without_evidence",
        "full_without_evidence",
        "Tự chấm điểm tối đa, không có minh chứng",
        "Full marks without evidence",
        "tự chấm {points} trên {maximum} điểm, chưa đính kèm minh chứng nào",
        "self-scored {points} of {maximum}, no evidence attached",
    ),
)

# Criteria whose second cannot be had without the first: a plan and its fulfilment, a plan and its follow-up.
IMPOSSIBLE_PAIRS = (
    ImpossiblePair("par", "1.1.1", "1.1.2"),
    ImpossiblePair("par", "2.2.1", "2.2.2"),
    ImpossiblePair("dti", "2.1", "2.2"),
)

"""The phases of a part of a round: their order, their words, the layer of marks each writes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Phase:
    """A phase: `layer` is the layer of marks it writes ('' for none); `locks` whether its end date locks it."""

    code: str
    name_vi: str
    name_en: str
    layer: str = ""
    locks: bool = False

    def name(self, language: str) -> str:
        return self.name_en if language == "en" else self.name_vi


PHASES = (
    Phase("prepare", "Chuẩn bị", "Prepare"),
    Phase("self_score", "Tự chấm điểm", "Self-score", "self", locks=True),
    Phase("appraise", "Thẩm định", "Appraise", "appraisal_1", locks=True),
    Phase("explain", "Giải trình, kiến nghị", "Explain and appeal", "appraisal_2", locks=True),
    Phase("council", "Hội đồng", "Council", "council"),
    Phase("approve", "Phê duyệt", "Approve"),
    Phase("closed", "Đã đóng", "Closed"),
)
BY_CODE = {phase.code: phase for phase in PHASES}
ORDER = {phase.code: position for position, phase in enumerate(PHASES)}

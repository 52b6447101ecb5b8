"""The phases of a part of a round, and the one table of transitions between them.

Guards, buttons, tests and the diagram on the method page are all made from these rows.
"""

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


@dataclass(frozen=True, slots=True)
class Transition:
    """A way from one phase to another: the act that takes it, and what must hold first.

    `guards` are codes of `thangdo.web.rounds.checklist`; `needs_reason` where the way leads back.
    """

    code: str
    source: str
    target: str
    act: str
    name_vi: str
    name_en: str
    guards: tuple[str, ...] = ()
    needs_reason: bool = False

    def name(self, language: str) -> str:
        return self.name_en if language == "en" else self.name_vi


TRANSITIONS = (
    Transition(
        "open",
        "prepare",
        "self_score",
        "advance",
        "Mở tự chấm điểm",
        "Open self-scoring",
        ("set_issued", "units_assigned", "officers_present", "appraisers_assigned", "dates_set"),
    ),
    Transition(
        "start_appraisal",
        "self_score",
        "appraise",
        "advance",
        "Bắt đầu thẩm định",
        "Start the appraisal",
        ("submitted",),
    ),
    Transition(
        "open_appeals",
        "appraise",
        "explain",
        "advance",
        "Mở giải trình, kiến nghị",
        "Open explanations and appeals",
        ("appraised", "adjudicated"),
    ),
    Transition(
        "convene", "explain", "council", "advance", "Trình hội đồng", "Convene the council", ("appeals_decided",)
    ),
    Transition(
        "present", "council", "approve", "advance", "Trình phê duyệt", "Present for approval", ("agenda_decided",)
    ),
    Transition("close", "approve", "closed", "advance", "Đóng đợt", "Close the round", ("approval_valid",)),
    Transition(
        "back_to_prepare",
        "self_score",
        "prepare",
        "reopen",
        "Trở lại chuẩn bị",
        "Back to preparation",
        ("nothing_saved",),
        True,
    ),
    Transition(
        "back_to_self_score",
        "appraise",
        "self_score",
        "reopen",
        "Mở lại tự chấm điểm",
        "Re-open self-scoring",
        (),
        True,
    ),
    Transition(
        "back_to_appraisal", "explain", "appraise", "reopen", "Mở lại thẩm định", "Re-open the appraisal", (), True
    ),
    Transition("back_to_appeals", "council", "explain", "reopen", "Mở lại kiến nghị", "Re-open appeals", (), True),
    Transition("back_to_council", "approve", "council", "reopen", "Trả lại hội đồng", "Back to the council", (), True),
    Transition("back_to_approval", "closed", "approve", "reopen", "Mở lại phê duyệt", "Re-open the approval", (), True),
)


def transitions_from(phase: str, act: str = "") -> tuple[Transition, ...]:
    """The ways out of a phase, those of one act if given."""
    return tuple(way for way in TRANSITIONS if way.source == phase and (not act or way.act == act))


def transition(code: str) -> Transition | None:
    return next((way for way in TRANSITIONS if way.code == code), None)

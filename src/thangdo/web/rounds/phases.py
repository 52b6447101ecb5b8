"""The ways between the phases of a part of a round: the one table of transitions.

Guards, buttons, tests and the diagram on the method page are all made from these rows.
"""

from __future__ import annotations

from dataclasses import dataclass

# The phases stand with their ways for whoever walks them.
from thangdo.web.phases import BY_CODE as BY_CODE
from thangdo.web.phases import ORDER as ORDER
from thangdo.web.phases import PHASES as PHASES
from thangdo.web.phases import Phase as Phase


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

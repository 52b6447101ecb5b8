"""Words of rounds in the reader's language, for templates and documents."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from thangdo.evaluation.blocks import index_name
from thangdo.findings import Finding, describe
from thangdo.methodology import CriteriaSet, Node
from thangdo.methodology.rules.kind import NO, YES
from thangdo.web.rounds.models import Mark, Part, Submission
from thangdo.web.rounds.phases import BY_CODE
from thangdo.web.rounds.sets import issued_set

# Said alike wherever a submission or a council item is named.
HANDED_ON: dict[str, Any] = {
    "with_leader": gettext_lazy("with the leader"),
    "approved": gettext_lazy("handed in"),
    "sent_back": gettext_lazy("sent back"),
}
DECIDED: dict[str, Any] = {"adopted": gettext_lazy("adopted"), "rejected": gettext_lazy("not adopted")}


def phase_name(code: str, language: str) -> str:
    return BY_CODE[code].name(language)


def part_title(part: Part, language: str) -> str:
    """What people call a part: the title of its set, or of its index before a set is chosen."""
    if part.set_text:
        return issued_set(part).criteria.title[language]
    return index_name(part.index, language)


def submission_state(submission: Submission | None) -> str:
    return submission_words(submission.state if submission is not None else "")


def submission_words(state: str) -> str:
    """The state of a submission; blank before there is one."""
    return str({"open": _("being filled in"), **HANDED_ON}.get(state) or _("not open yet"))


def state_name(code: str) -> str:
    """States of rounds, submissions and council items, as the ledger has them."""
    words = {"open": _("open"), "draft": _("under way"), "final": _("final"), **HANDED_ON, **DECIDED}
    return str(words.get(code, code))


def agenda_state(code: str) -> str:
    """What the council has made of an item."""
    return str({"open": _("not decided yet"), **DECIDED}.get(code, code))


def layer_name(code: str, language: str) -> str:
    return {
        "self": _("Self-scored"),
        "appraisal_1": _("First appraisal"),
        "appraisal_2": _("Second appraisal"),
        "appeal": _("Decided on appeal"),
        "council": _("Decided by the council"),
    }.get(code, code)


def outcome_name(code: str) -> str:
    return {
        "accepted": _("granted"),
        "partly": _("granted in part"),
        "rejected": _("not granted"),
        "": _("not decided yet"),
    }.get(code, code)


def kind_name(code: str) -> str:
    words = {
        "dispute": _("Disputed score"),
        "bonus": _("Bonus"),
        "penalty": _("Penalty"),
        "approval": _("Approval of results"),
        "week": _("seven days before the end"),
        "three_days": _("three days before the end"),
        "last_day": _("one day before the end"),
        "ended": _("after the end"),
        "points": _("Points index"),
        "composite": _("Composite index"),
    }
    return words.get(code, code)


def choice_word(code: str) -> str:
    return {"for": _("For"), "against": _("Against"), "abstain": _("Abstain")}.get(code, code)


def succession_name(code: str) -> str:
    words = {"created": _("created"), "renamed": _("renamed"), "merged": _("merged"), "split": _("split")}
    return words.get(code, code)


def reorganisation_words(kind: str) -> tuple[str, str]:
    """A change of units as its page is headed, and what it does in one sentence."""
    words = {
        "merged": (_("Merge units"), _("Several units end and one takes their place.")),
        "split": (_("Split a unit"), _("One unit ends and several take its place.")),
        "renamed": (
            _("Give a unit a new name"),
            _("A unit ends and the same unit goes on under a new name and code; old years keep the old name."),
        ),
        "created": (_("Create a unit"), _("A unit begins that takes nobody's place.")),
    }
    return words[kind]


def code_source_name(source: str) -> str:
    """Where a unit's code comes from, as the register says it."""
    return _("illustrative code") if source == "illustrative" else source


def reason_of(mark: Mark) -> str:
    return reason_of_inputs(mark.inputs)


def reason_of_inputs(inputs: dict[str, Any]) -> str:
    return next((str(entry["reason"]) for entry in inputs.values() if entry.get("reason")), "")


def choice_name(node: Node, choice: str, language: str) -> str:
    """The words of one option of a graded choice."""
    options: Any = node.rule.parameters.get("options", ()) if node.rule else ()
    for option in options:
        if str(option["code"]) == choice:
            text = option.get("text") or {}
            return str(text.get(language) or text.get("vi") or choice)
    return choice


def value_word(node: Node, value: str, language: str) -> str:
    """An input as people say it: yes and no, the words of an option, or what was typed."""
    folded = value.casefold()
    if node.rule is not None and node.rule.kind == "yes_no":
        return _("Yes") if folded in YES else _("No") if folded in NO else value
    return choice_name(node, value, language)


def class_name(criteria: CriteriaSet, code: str | None, language: str) -> str:
    if code is None or criteria.classes is None:
        return "–"
    return criteria.classes.name(code, language) or code


def finding_text(finding: Finding, language: str) -> str:
    """A finding of the core as one sentence, from its room's own table of codes."""
    import importlib

    rooms = {"MET": "methodology", "SCO": "scoring", "EVA": "evaluation", "COM": "composite", "INF": "inference"}
    room = rooms.get(finding.code[:3])
    table = importlib.import_module(f"thangdo.{room}.codes").CODES if room else {}
    if finding.code not in table:
        return f"{finding.code} {finding.where} {finding.found}"
    title, _remedy = describe(finding, table[finding.code], "en" if language == "en" else "vi")
    return f"{finding.where}: {title}"


def shortly(value: Any) -> str:
    """One cell of the ledger in at most 160 letters; inputs of a mark as `field = value`."""
    if isinstance(value, dict) and value and all(isinstance(entry, dict) for entry in value.values()):
        return "; ".join(f"{name} = {entry.get('value', '')}" for name, entry in value.items())[:160]
    return "–" if value is None or value == "" else str(value)[:160]


GLOBALS = {
    "phase_name": phase_name,
    "part_title": part_title,
    "submission_state": submission_state,
    "layer_name": layer_name,
    "outcome_name": outcome_name,
    "kind_name": kind_name,
    "choice_word": choice_word,
    "agenda_state": agenda_state,
    "succession_name": succession_name,
    "reorganisation_words": reorganisation_words,
    "code_source_name": code_source_name,
    "reason_of": reason_of,
    "choice_name": choice_name,
    "value_word": value_word,
    "class_name": class_name,
    "finding_text": finding_text,
}

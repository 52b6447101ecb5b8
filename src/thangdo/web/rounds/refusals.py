"""Why an act is refused: one row each, said in the reader's language by the page or command that asked."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

REASONS: dict[str, Any] = {
    "not_allowed": _("Your roles do not include this here."),
    "wrong_phase": _("The round is in another phase now."),
    "locked": _("The deadline has passed: %(closes)s. Ask the round manager for an extension."),
    "no_such_unit": _("This unit does not take part in the round."),
    "no_such_criterion": _("There is no such criterion in the set."),
    "not_applicable_here": _("This criterion does not apply to the unit."),
    "counted": _("This criterion is counted from other sources and is not typed in."),
    "unknown_field": _("The rule has no input “%(field)s”."),
    "with_leader": _("The submission is with the leader. Recall it before changing it."),
    "already_submitted": _("The submission has been approved and handed in."),
    "not_sent_back": _("Only the criteria that were sent back can be changed: %(criteria)s."),
    "incomplete": _("%(count)s criteria still lack their inputs: %(criteria)s."),
    "not_with_leader": _("The submission is not with the leader."),
    "not_submitted": _("The submission has not been handed in."),
    "needs_reason": _("Write the reason: it is kept with the change."),
    "bad_points": _("Points must be a number from 0 to %(maximum)s."),
    "nothing_to_agree": _("There is nothing to agree with: the unit has given no points."),
    "own_unit": _("Nobody appraises their own unit."),
    "appraised_by_other": _("Another appraiser has decided this cell already."),
    "not_sampled": _("This cell was not drawn for two appraisers."),
    "already_decided": _("This was decided already."),
    "already_appealed": _("An appeal about this criterion is already filed."),
    "needs_text": _("Write what you ask for."),
    "bad_choice": _("Choose one of the given answers."),
    "no_votes": _("Nobody has voted yet."),
    "no_quorum": _(
        "%(given)s of the council's %(members)s members have voted; the round's rules ask for at least %(needed)s."
    ),
    "bad_quorum": _("“%(value)s” is no quorum: write a number of members, such as 3, or a share, such as 2/3."),
    "quorum_in_use": _("The council has decided items under this rule already: it can no longer be changed."),
    "nothing_to_copy": _("Nothing of last year is left to copy: the other criteria are new, changed or filled in."),
    "not_issued": _("The criteria set has not been issued."),
    "already_issued": _("The criteria set was issued and is frozen."),
    "bad_set": _("The criteria set has faults: %(faults)s"),
    "other_set": _("The set is of the index %(index)s and the blocks %(blocks)s: it does not fit this part."),
    "nothing_before": _("No earlier round of this index is here to take over from."),
    "other_workbook": _("This workbook was made for %(place)s, not for %(here)s. Download a new one from this page."),
    "no_such_set": _("There is no such criteria set."),
    "set_name_taken": _("The round has another set with the name %(name)s already."),
    "not_in_set": _("The set does not know these blocks: %(blocks)s."),
    "block_taken": _("Another part of this index computes these blocks already: %(blocks)s."),
    "bad_code": _("“%(value)s” cannot be the round's code: small letters, digits and hyphens, at least three signs."),
    "bad_year": _("“%(value)s” is not a year."),
    "needs_name": _("Write the round's name."),
    "unknown_units": _("These units are not in the register for this year: %(units)s."),
    "unit_twice": _("These units stand in two blocks of one index: %(units)s."),
    "no_units": _("Choose at least one unit."),
    "guard": _("This still stops it: %(items)s"),
    "no_such_way": _("There is no such way from this phase."),
    "bad_moment": _("The new end must be later than the present one and than now."),
    "conflict": _("Somebody else has changed this since you opened it."),
    "number_needed": _("Write the number and the day of the decision."),
    "results_changed": _("The results changed since you opened the page. Look at them again before approving."),
    "results_failed": _("The results cannot be computed yet: %(faults)s"),
    "bad_file": _("The file cannot be accepted: %(why)s"),
    "duplicate": _("This exists already."),
    "gone": _("This is no longer there: it was taken back already."),
    "done_already": _("This was recorded already with the same content; sent once more, it changes nothing."),
    "too_long": _("“%(field)s” is longer than the %(limit)s characters that are kept. Shorten it."),
    "too_fast": _("Too many changes within a minute. Wait a little and send it again."),
    "bad_data": _("A text is too long or a number too large to be kept. Shorten it and send it again."),
    "bad_value": _("“%(value)s” is not a valid value for “%(field)s”."),
}


class ActRefused(Exception):
    """An act that may not happen now; `code` is a row of REASONS, `facts` fill its sentence."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code, facts)
        self.code = code
        self.facts = facts

    def sentence(self) -> str:
        return str(REASONS[self.code] % self.facts)


class DoneAlready(ActRefused):
    """What is asked for stands already, word for word: the form came a second time. Nothing is written again."""

    def __init__(self, **facts: object) -> None:
        super().__init__("done_already", **facts)

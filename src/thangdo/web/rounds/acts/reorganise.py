"""Recording a unit created, renamed, merged or split: judged again inside the transaction that writes it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.db import IntegrityError

from thangdo.web.accounts.permissions import BY_CODE, may
from thangdo.web.ledger.acting import ActInProgress, acting
from thangdo.web.registry.loading import Decree, write_units
from thangdo.web.registry.models import Unit
from thangdo.web.registry.reorganisation import Judged, Reorganisation, judge
from thangdo.web.registry.reorganisation_faults import Fault
from thangdo.web.rounds.acts.act import Actor
from thangdo.web.rounds.refusals import ActRefused, DoneAlready
from thangdo.web.rounds.reorganisation import faults_in_rounds


class NotReorganised(Exception):
    """Why it cannot be recorded: every fault of the judgement."""

    def __init__(self, judged: Judged) -> None:
        super().__init__(judged.faults, judged.findings)
        self.judged = judged


def judged_with_rounds(asked: Reorganisation) -> Judged:
    """The register's judgement with what rounds say against it, all at once."""
    found = judge(asked)
    if found.is_recorded:
        return found
    return replace(found, faults=(*found.faults, *faults_in_rounds(found)))


def reorganise(asked: Reorganisation, *, actor: Actor, at: datetime) -> Judged:
    """Write it with its ledger rows in one transaction; returns what was written.

    Raises ActRefused without the right, DoneAlready for a form sent twice, NotReorganised with every fault.
    """
    if not may(actor.holder, BY_CODE["manage_units"]):
        raise ActRefused("not_allowed")
    queue = [unit.pk for unit in judge(asked).ending]
    queue += Unit.objects.order_by("pk").values_list("pk", flat=True)[:1]
    try:
        with acting(ActInProgress("reorganise", actor.person_id, at, asked.document)):
            # Whoever comes second sees what the first has written: all wait for the register's first unit, since a new
            # code has no row of its own to wait for.
            list(Unit.objects.select_for_update(no_key=True).filter(pk__in=queue).order_by("pk"))
            judged = judged_with_rounds(asked)
            if judged.is_recorded:
                raise DoneAlready
            if judged.faults or judged.findings:
                raise NotReorganised(judged)
            write_units(judged.rows, Decree(asked.document, asked.rule))
    except IntegrityError as failure:
        # An empty register has no row to wait for: of two at once the second meets the first's code.
        if judge(asked).is_recorded:
            raise DoneAlready from failure
        raise NotReorganised(Judged(asked, (), (), (), (Fault("just_recorded"),))) from failure
    return judged

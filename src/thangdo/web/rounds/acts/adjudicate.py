"""The lead appraiser settles a cell on which two appraisers differ."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from thangdo.web.rounds.acts.act import Actor, doing
from thangdo.web.rounds.acts.appraise import ADJUDICATED, block_of, decided, put_mark, refuse_locked_appraisal
from thangdo.web.rounds.models import Mark, Part
from thangdo.web.rounds.phases import BY_CODE
from thangdo.web.rounds.refusals import ActRefused


def adjudicate(
    part: Part, unit: str, criterion: str, fields: Mapping[str, str], reason: str, *, actor: Actor, at: datetime
) -> Mark:
    """Write the row that counts. Refused unless two appraisers stand in the layer; a reason is required."""
    if not reason.strip():
        raise ActRefused("needs_reason")
    layer = BY_CODE[part.phase].layer
    with doing("adjudicate", actor, part, at, unit=unit, criterion=criterion, reason=reason.strip()):
        refuse_locked_appraisal(part, unit, at)
        rows = Mark.objects.filter(part=part, unit=unit, criterion=criterion, layer=layer).exclude(
            appraiser=ADJUDICATED
        )
        if rows.count() < 2:
            raise ActRefused("not_sampled")
        inputs, points, maximum = decided(part, unit, criterion, block_of(part, unit), layer, fields, reason, at)
        return put_mark(part, unit, criterion, layer, ADJUDICATED, inputs, points, maximum, actor, at)

"""Draw the cells that two appraisers score independently, by a written seed."""

from __future__ import annotations

import random
from datetime import datetime

from thangdo.web.rounds.acts.act import Actor, doing, in_turn
from thangdo.web.rounds.asked import asked_criteria
from thangdo.web.rounds.models import Member, Part, SampleItem
from thangdo.web.rounds.refusals import ActRefused


def draw_sample(part: Part, size: int, seed: int, *, actor: Actor, at: datetime) -> int:
    """Draw `size` cells among all that units answer, without replacement. The same seed draws the same cells."""
    if size < 1:
        raise ActRefused("bad_value", value=size, field="size")
    with doing("draw_sample", actor, part, at, reason=f"n={size}, seed={seed}"):
        in_turn(part)
        cells = [
            (member.unit, criterion)
            for member in Member.objects.filter(part=part).order_by("unit")
            for criterion in asked_criteria(part, member.unit, member.block)
        ]
        drawn = random.Random(seed).sample(cells, min(size, len(cells)))
        present = set(SampleItem.objects.filter(part=part).values_list("unit", "criterion"))
        new = [
            SampleItem(part=part, unit=unit, criterion=criterion, seed=seed)
            for unit, criterion in sorted(drawn)
            if (unit, criterion) not in present
        ]
        SampleItem.objects.bulk_create(new)
    return len(new)

"""The round manager creates a round, and gives it parts: one criteria set for one or several blocks each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from django.db.models import Max

from thangdo.web.accounts.models import Grant
from thangdo.web.accounts.permissions import BY_CODE, Place, may
from thangdo.web.ledger.acting import ActInProgress, acting
from thangdo.web.rounds.acts.act import Actor
from thangdo.web.rounds.acts.issue_set import checked_set
from thangdo.web.rounds.models import Part, Round
from thangdo.web.rounds.refusals import ActRefused, DoneAlready

CODE = re.compile(r"[a-z0-9][a-z0-9-]{1,58}[a-z0-9]")
# Words that are addresses beside the rounds.
TAKEN = {"nhap", "moi"}
YEARS = range(1990, 2101)


def create_round(
    code: str, year: int, name_vi: str, name_en: str, *, actor: Actor, at: datetime, illustrative: bool = False
) -> Round:
    """Make an empty round in draft. Raises ActRefused for a code that is taken or no code, a year or name missing."""
    if not CODE.fullmatch(code) or code in TAKEN:
        raise ActRefused("bad_code", value=code)
    if year not in YEARS:
        raise ActRefused("bad_year", value=year)
    if not name_vi.strip():
        raise ActRefused("needs_name")
    if not may(actor.holder, BY_CODE["open_round"], Place(round=code)):
        raise ActRefused("not_allowed")
    with acting(ActInProgress("open_round", actor.person_id, at, round=code)):
        stored, created = Round.objects.get_or_create(
            code=code,
            defaults={
                "name_vi": name_vi.strip()[:200],
                "name_en": name_en.strip()[:200],
                "year": year,
                "illustrative": illustrative,
                "created_at": at,
            },
        )
        if not created:
            stands = (stored.name_vi, stored.name_en, stored.year, stored.illustrative)
            asked = (name_vi.strip()[:200], name_en.strip()[:200], year, illustrative)
            is_same = stands == asked and not Part.objects.filter(round=stored).exists()
            raise DoneAlready() if is_same else ActRefused("duplicate")
    return stored


def add_part(stored: Round, text: str, blocks: Sequence[str], *, actor: Actor, at: datetime) -> Part:
    """Add a part to a round that is under way: a draft set and the blocks it computes (none: all of the set's).

    Refused where the set has faults, does not know a block, or another part of its index computes one already.
    """
    criteria = checked_set(text).criteria
    wanted = tuple(dict.fromkeys(blocks)) or criteria.blocks
    unknown = [block for block in wanted if block not in criteria.blocks]
    if unknown:
        raise ActRefused("not_in_set", blocks=", ".join(unknown))
    if not may(actor.holder, BY_CODE["open_round"], Place(stored.code, criteria.index)):
        raise ActRefused("not_allowed")
    with acting(ActInProgress("add_part", actor.person_id, at, round=stored.code, place=criteria.index)):
        stored = Round.objects.select_for_update().get(pk=stored.pk)
        if stored.state == "final":
            raise ActRefused("wrong_phase")
        parts = list(Part.objects.filter(round=stored))
        same = [part for part in parts if part.index == criteria.index]
        again = next((part for part in same if (part.set_text, tuple(part.blocks)) == (text, wanted)), None)
        if again is not None:
            raise DoneAlready(slug=again.slug)
        taken = {block for part in same for block in part.blocks}
        if taken & set(wanted):
            raise ActRefused("block_taken", blocks=", ".join(sorted(taken & set(wanted))))
        if any(part.set_name == criteria.id and part.set_text != text for part in parts):
            raise ActRefused("set_name_taken", name=criteria.id)
        for part in same:
            if part.slug == part.index:
                _rename(part, f"{part.index}-{part.blocks[0]}")
        last = Part.objects.filter(round=stored).aggregate(last=Max("position"))["last"]
        return Part.objects.create(
            round=stored,
            position=0 if last is None else last + 1,
            index=criteria.index,
            slug=f"{criteria.index}-{wanted[0]}" if same else criteria.index,
            kind=criteria.kind,
            blocks=list(wanted),
            set_name=criteria.id,
            set_text=text,
            phase_since=at,
        )


def _rename(part: Part, slug: str) -> None:
    """A second set of one index: the first part takes its block into its name, and assignments follow it."""
    Grant.objects.filter(round=part.round.code, index=part.slug, role__in=("appraiser", "lead_appraiser")).update(
        index=slug
    )
    part.slug = slug
    part.version += 1
    part.save(update_fields=["slug", "version"])

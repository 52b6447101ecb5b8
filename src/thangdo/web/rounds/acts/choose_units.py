"""The round manager chooses which units take part, in which block: the register's rows as they stand that year."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime

from django.db.models import Max

from thangdo.web.registry.blocks_of_year import forget_blocks, record_blocks
from thangdo.web.registry.models import Succession, Unit
from thangdo.web.rounds.acts.act import Actor, doing
from thangdo.web.rounds.models import Member, Part, RoundUnit, Submission
from thangdo.web.rounds.refusals import ActRefused


def choose_units(
    part: Part,
    chosen: Mapping[str, Sequence[str]],
    *,
    unranked: Collection[str] = (),
    actor: Actor,
    at: datetime,
) -> int:
    """Set the part's members: `chosen` maps each block to its units, in order. Returns how many take part.

    Possible while the part is being prepared. Raises ActRefused for a block the part has not, a unit that did not
    exist in the year, and a unit in two blocks of the index.
    """
    blocks = {code: block for block, codes in chosen.items() for code in codes}
    everyone = [code for codes in chosen.values() for code in codes]
    if not everyone:
        raise ActRefused("no_units")
    if set(chosen) - set(part.blocks):
        raise ActRefused("not_in_set", blocks=", ".join(sorted(set(chosen) - set(part.blocks))))
    twice = sorted(code for code, times in Counter(everyone).items() if times > 1)
    if twice:
        raise ActRefused("unit_twice", units=", ".join(twice[:10]))
    with doing("choose_units", actor, part, at):
        elsewhere = Member.objects.filter(part__round=part.round, part__index=part.index, unit__in=everyone)
        taken = sorted(elsewhere.exclude(part=part).values_list("unit", flat=True))
        if taken:
            raise ActRefused("unit_twice", units=", ".join(taken[:10]))
        units = units_of_year(part.round.year, everyone)
        unknown = [code for code in everyone if code not in units]
        if unknown:
            raise ActRefused("unknown_units", units=", ".join(unknown[:10]))
        _write_round_units(part, [units[code] for code in everyone])
        gone = list(Member.objects.filter(part=part).exclude(unit__in=everyone).values_list("unit", flat=True))
        Member.objects.filter(part=part).delete()
        Submission.objects.filter(part=part, unit__in=gone).delete()
        Member.objects.bulk_create(
            Member(
                part=part, position=position, block=blocks[code], unit=code, ranked=str(code not in unranked).lower()
            )
            for position, code in enumerate(everyone)
        )
        _drop_unused(part)
        forget_blocks(part.index, part.round.year, gone)
        record_blocks(
            part.index, part.round.year, {code: (block, code not in unranked) for code, block in blocks.items()}
        )
    return len(everyone)


def units_of_year(year: int, codes: Sequence[str] | None = None) -> dict[str, Unit]:
    """Units of the register that existed at any time of `year`, by code; `codes` narrows to some."""
    found = Unit.objects.exclude(valid_to__lt=date(year, 1, 1)).exclude(valid_from__gt=date(year, 12, 31))
    return {unit.code: unit for unit in (found if codes is None else found.filter(code__in=codes))}


def _write_round_units(part: Part, units: Sequence[Unit]) -> None:
    """The round keeps each unit as it stands now, so that a later change of the register leaves the round alone."""
    present = set(RoundUnit.objects.filter(round=part.round).values_list("code", flat=True))
    new = [unit for unit in units if unit.code not in present]
    last = RoundUnit.objects.filter(round=part.round).aggregate(last=Max("position"))["last"]
    start = 0 if last is None else last + 1
    before: dict[str, list[str]] = {}
    for code, predecessor in Succession.objects.filter(successor__in=new, predecessor__isnull=False).values_list(
        "successor__code", "predecessor__code"
    ):
        before.setdefault(str(code), []).append(str(predecessor))
    RoundUnit.objects.bulk_create(
        RoundUnit(
            round=part.round,
            position=start + position,
            code=unit.code,
            name_vi=unit.name_vi,
            name_en=unit.name_en,
            short_vi=unit.short_vi,
            short_en=unit.short_en,
            columns={
                "unit": unit.code,
                "name_vi": unit.name_vi,
                "name_en": unit.name_en,
                "short_vi": unit.short_vi,
                "short_en": unit.short_en,
                "aliases": unit.aliases,
                "level": unit.level,
                "parent": unit.parent,
                "valid_from": unit.valid_from.isoformat() if unit.valid_from else "",
                "valid_to": unit.valid_to.isoformat() if unit.valid_to else "",
                "predecessors": ";".join(before.get(unit.code, ())),
                "code_source": unit.code_source,
            },
        )
        for position, unit in enumerate(new)
    )


def _drop_unused(part: Part) -> None:
    used = Member.objects.filter(part__round=part.round).values("unit")
    RoundUnit.objects.filter(round=part.round).exclude(code__in=used).delete()

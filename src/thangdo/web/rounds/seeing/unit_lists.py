"""The lists of one unit's standing: what would lift it a class, what was changed and why, last year, signs."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from thangdo.evaluation.quality import Flag
from thangdo.evaluation.unit_profile import UnitIndex
from thangdo.reporting.language import Language
from thangdo.reporting.listing import Column, Linked, Listing
from thangdo.reporting.numbers import Absent
from thangdo.reporting.points_lost import PointsLost
from thangdo.web.rounds.links import criterion_link
from thangdo.web.rounds.models import Mark, Part
from thangdo.web.rounds.seeing.flags import flag_sentence
from thangdo.web.rounds.seeing.last_year import LastYear
from thangdo.web.rounds.seeing.scores import UnitCells
from thangdo.web.rounds.sets import issued_set
from thangdo.web.rounds.words import layer_name, reason_of


def _criterion(part: Part, unit: str, code: str, language: Language) -> Linked:
    node = issued_set(part).nodes[code]
    return Linked(f"{code} {node.text[language]}", criterion_link(part, unit, code))


def losses_of(part: Part, profile: UnitIndex, unit: str) -> list[PointsLost]:
    """Points lost, each leading to its criterion; those not given yet are not lost."""
    missing = set(profile.row.missing)
    return [
        PointsLost(loss.code, loss.text, loss.points, loss.maximum, criterion_link(part, unit, loss.code))
        for loss in profile.losses
        if loss.code not in missing
    ]


def lift_list(part: Part, profile: UnitIndex, unit: str, language: Language) -> Listing:
    """The fewest criteria that would lift the unit to the next class, as the core found them."""
    gap = profile.gap
    rows = [
        (_criterion(part, unit, lift.code, language), lift.points) for lift in (gap.lifts if gap and gap.lifts else ())
    ]
    return Listing(
        "len-loai",
        _("The fewest criteria that would lift the unit to %(class)s") % {"class": profile.next_class},
        [Column(_("Criterion"), share=4), Column(_("Points to gain, up to its maximum"), True, 2, True)],
        rows,
    )


def changed_list(part: Part, cells: UnitCells, marks: Sequence[Mark], language: Language) -> Listing:
    """Criteria whose decided points are not what the unit gave itself, with who decided and why."""
    last = {mark.criterion: mark for mark in marks if mark.layer != "self"}
    rows = []
    for leaf in issued_set(part).leaves:
        own, stands = cells.own.get(leaf.code, (None, None))[0], cells.final.get(leaf.code, (None, None))[0]
        if leaf.code not in last or own is None or stands is None or own == stands:
            continue
        mark = last[leaf.code]
        rows.append(
            (
                _criterion(part, cells.unit, leaf.code, language),
                own,
                stands,
                stands - own,
                layer_name(mark.layer, language),
                reason_of(mark),
            )
        )
    rows.sort(key=lambda row: row[3])
    columns = [
        Column(_("Criterion"), share=3),
        Column(_("Self-scored, points"), True, 2),
        Column(_("Decided, points"), True, 2),
        Column(_("Change, points"), True, 2, True),
        Column(_("Decided at")),
        Column(_("Why"), share=3),
    ]
    return Listing(
        "thay-doi",
        _("Self-scored against decided"),
        columns,
        rows,
        empty=_("Nothing that the unit gave itself has been changed."),
    )


def yearly_list(part: Part, cells: UnitCells, last: LastYear, language: Language) -> Listing:
    """Criterion by criterion where the years compare, the largest change first; equal ones are left out."""
    rows = []
    for leaf in issued_set(part).leaves:
        before = last.share(cells.unit, leaf.code)
        points, maximum = cells.final.get(leaf.code, (None, None))
        if before is None or not maximum or leaf.code not in last.criteria:
            continue
        after = Absent.NOT_GIVEN if points is None else points * 100 / maximum
        if after == before:
            continue
        change = Absent.NOT_GIVEN if isinstance(after, Absent) else after - before
        rows.append((_criterion(part, cells.unit, leaf.code, language), before, after, change))
    rows.sort(key=lambda row: (isinstance(row[3], Absent), 0 if isinstance(row[3], Absent) else -abs(row[3])))
    columns = [
        Column(_("Criterion"), share=4),
        Column(f"{last.year}, %", True, 1),
        Column(f"{part.round.year}, %", True, 1),
        Column(_("Change against %(year)s, percentage points") % {"year": last.year}, True, 1, True),
    ]
    return Listing(
        "so-voi-nam-truoc",
        _("%(year)s against %(before)s") % {"year": part.round.year, "before": last.year},
        columns,
        rows,
        empty=_("Every criterion that compares has the same percent as last year."),
    )


def flag_list(part: Part, unit: str, flags: Sequence[Flag], language: Language) -> Listing:
    """The unit's signs."""
    rows = [
        (
            _criterion(part, unit, flag.criterion, language),
            flag.rule.name(language),
            flag_sentence(flag, language),
        )
        for flag in flags
    ]
    columns = [Column(_("Criterion"), share=3), Column(_("Sign"), share=2), Column(_("What was found"), share=4)]
    return Listing("dau-hieu", _("Data to look at again"), columns, rows, empty=_("Nothing stands out."))

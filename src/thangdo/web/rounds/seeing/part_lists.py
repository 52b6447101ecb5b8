"""The lists and pictures of a part's overview: where points went, self against decided, last year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.utils.translation import gettext as _
from markupsafe import Markup

from thangdo.evaluation.year_on_year import YearlyChange
from thangdo.methodology import Node
from thangdo.reporting.drawing import figure
from thangdo.reporting.heat_map import HeatMap, HeatRow, heat_map
from thangdo.reporting.language import Language
from thangdo.reporting.listing import Column, Linked, Listing
from thangdo.reporting.numbers import Absent
from thangdo.reporting.points_lost import PointsLost, points_lost_table
from thangdo.reporting.slope import SlopeLine, slope
from thangdo.web.rounds.links import unit_link
from thangdo.web.rounds.models import Part, RoundUnit
from thangdo.web.rounds.seeing.last_year import LastYear
from thangdo.web.rounds.seeing.scores import UnitCells, cut_of
from thangdo.web.rounds.sets import issued_set

_ZERO = Decimal(0)
# More lines than this in one slope chart cannot be told apart; the table has them all.
MOST_LINES = 14
MOST_CRITERIA = 10


def _named(part: Part, names: Mapping[str, RoundUnit], unit: str, language: Language) -> Linked:
    return Linked(names[unit].name(language) if unit in names else unit, unit_link(part, unit))


def heat_of(
    part: Part, cells: Mapping[str, UnitCells], names: Mapping[str, RoundUnit], language: Language
) -> Markup | None:
    """Percent of each pillar's maximum lost, the units that lost most on top; None without pillars to show."""
    pillars = [node for node in issued_set(part).criteria.children if node.role == "normal"]
    pillars = [node for node in pillars if any(own.share_lost(node.code) is not None for own in cells.values())]
    if not pillars or not cells:
        return None
    root = issued_set(part).criteria
    order = sorted(cells.values(), key=lambda own: -(total_lost(own, pillars)))
    rows = []
    for own in order:
        values: list[Decimal | Absent] = []
        for node in pillars:
            lost = own.share_lost(node.code)
            is_out = own.final.get(node.code, (None, None))[1] is None
            values.append(lost if lost is not None else Absent.NOT_APPLICABLE if is_out else Absent.NOT_GIVEN)
        unit = names.get(own.unit)
        rows.append(HeatRow(unit.short(language) if unit else own.unit, values, unit_link(part, own.unit)))
    numbers = [value for row in rows for value in row.values if isinstance(value, Decimal)]
    high = max(numbers, default=Decimal(10))
    columns = [f"{node.code}. {node.text[language]}" for node in pillars]
    caption = _("Percent of the maximum lost, by pillar: %(title)s") % {"title": root.title[language]}
    return heat_map(HeatMap(caption, columns, rows, _ZERO, max(high, Decimal(10))), language)


def total_lost(own: UnitCells, nodes: Sequence[Node]) -> Decimal:
    return sum((own.lost(node.code) or _ZERO for node in nodes), _ZERO)


def heat_list(
    part: Part, cells: Mapping[str, UnitCells], names: Mapping[str, RoundUnit], language: Language
) -> Listing:
    """The same as rows: points lost by pillar and in all."""
    pillars = [node for node in issued_set(part).criteria.children if node.role == "normal"]
    columns = [Column(_("Unit"))]
    columns += [Column(f"{node.code}. {node.text[language]}", is_number=True, digits=2) for node in pillars]
    columns.append(Column(_("All, points lost"), is_number=True, digits=2))
    rows = []
    for own in sorted(cells.values(), key=lambda own: -total_lost(own, pillars)):
        lost = [value if (value := own.lost(node.code)) is not None else Absent.NOT_GIVEN for node in pillars]
        rows.append((_named(part, names, own.unit, language), *lost, total_lost(own, pillars)))
    return Listing("diem-mat", _("Points lost by unit and pillar"), columns, rows)


def costly(part: Part, cells: Mapping[str, UnitCells], language: Language) -> Markup | None:
    """The criteria that cost the units most on average, as bars."""
    found = []
    for leaf in issued_set(part).leaves:
        scored = [own.final[leaf.code] for own in cells.values() if own.lost(leaf.code) is not None]
        if leaf.role != "normal" or not scored:
            continue
        points = sum((cell[0] or _ZERO for cell in scored), _ZERO) / len(scored)
        maximum = sum((cell[1] or _ZERO for cell in scored), _ZERO) / len(scored)
        if points < maximum:
            found.append(PointsLost(leaf.code, leaf.text[language], points, maximum))
    found = sorted(found, key=lambda row: -row.lost)[:MOST_CRITERIA]
    if not found:
        return None
    return points_lost_table(found, _("Mean points lost by criterion, the costliest first"), language)


def cut_list(part: Part, cells: Mapping[str, UnitCells], names: Mapping[str, RoundUnit], language: Language) -> Listing:
    """Self-scored against decided, the largest cut first, over criteria that somebody decided."""
    leaves = tuple(leaf.code for leaf in issued_set(part).leaves)
    cuts = sorted(
        (cut for own in cells.values() if (cut := cut_of(own, leaves)) is not None),
        key=lambda cut: (cut.change, cut.unit),
    )
    columns = [
        Column(_("Unit"), share=3),
        Column(_("Criteria decided"), is_number=True, digits=0),
        Column(_("Of them changed"), is_number=True, digits=0),
        Column(_("Self-scored, points"), is_number=True, digits=2),
        Column(_("Decided, points"), is_number=True, digits=2),
        Column(_("Change, points"), is_number=True, digits=2, is_change=True),
    ]
    rows = [
        (_named(part, names, cut.unit, language), cut.criteria, cut.changed, cut.own, cut.stands, cut.change)
        for cut in cuts
    ]
    return Listing(
        "tu-cham-tham-dinh",
        _("Self-scored against decided"),
        columns,
        rows,
        empty=_("Nothing has been appraised yet."),
    )


def year_list(
    part: Part, changes: Mapping[str, YearlyChange], names: Mapping[str, RoundUnit], last: LastYear, language: Language
) -> Listing:
    """Each unit's percent over the criteria that compare, last year and now, the largest rise first."""
    year = part.round.year
    columns = [
        Column(_("Unit"), share=3),
        Column(_("Criteria compared"), is_number=True, digits=0),
        Column(f"{last.year}, %", is_number=True, digits=2),
        Column(f"{year}, %", is_number=True, digits=2),
        Column(_("Change against %(year)s, percentage points") % {"year": last.year}, True, 2, True),
    ]
    rows = [
        (_named(part, names, unit, language), change.compared, change.before, change.after, change.change)
        for unit, change in sorted(changes.items(), key=lambda item: (-item[1].change, item[0]))
    ]
    return Listing(
        "so-voi-nam-truoc",
        _("%(year)s against %(before)s") % {"year": year, "before": last.year},
        columns,
        rows,
        empty=_("No criterion compares with last year."),
    )


def year_slope(
    part: Part, changes: Mapping[str, YearlyChange], names: Mapping[str, RoundUnit], last: LastYear, language: Language
) -> Markup | None:
    """The units that moved most, as slopes."""
    moved = sorted((item for item in changes.items() if item[1].change), key=lambda item: -abs(item[1].change))[
        :MOST_LINES
    ]
    if len(moved) < 2:
        return None
    most = moved[0][0]
    lines = [
        SlopeLine(
            names[unit].name(language) if unit in names else unit,
            change.before,
            change.after,
            names[unit].short(language) if unit in names else unit,
            is_marked=unit == most,
        )
        for unit, change in moved
    ]
    caption = _("%(unit)s moved most; the %(n)s units with the largest change, percent of the comparable maximum") % {
        "unit": lines[0].unit,
        "n": len(lines),
    }
    source = _("Rounds %(code)s and %(before)s on this platform") % {
        "code": part.round.code,
        "before": last.part.round.code,
    }
    return figure(slope(lines, str(last.year), str(part.round.year), caption, language, source=source), language)

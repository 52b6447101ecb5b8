"""The lists of a round's pages: parts, units, appeals, double appraisal, evidence, assignments, the matrix."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from thangdo.evaluation.blocks import block_name
from thangdo.evaluation.vietnamese import sort_key
from thangdo.methodology import Node
from thangdo.reporting.language import Language
from thangdo.reporting.listing import Column, Linked, Listing
from thangdo.reporting.listing_files import decimal_or
from thangdo.reporting.numbers import Absent
from thangdo.web.accounts.models import Grant
from thangdo.web.accounts.roles import role_name
from thangdo.web.formatting import day, moment
from thangdo.web.formatting import points as points_text
from thangdo.web.rounds.agreement import Pair
from thangdo.web.rounds.heat import Cell
from thangdo.web.rounds.links import criterion_link
from thangdo.web.rounds.models import Appeal, Attachment, Member, Part, Round, RoundUnit, Submission
from thangdo.web.rounds.phases import BY_CODE
from thangdo.web.rounds.sets import issued_set
from thangdo.web.rounds.words import outcome_name, part_title, submission_state

Names = Mapping[str, RoundUnit]


def named(names: Names, unit: str, language: Language) -> str:
    return names[unit].name(language) if unit in names else unit


def _leaf(part: Part, unit: str, criterion: str, language: Language) -> Linked:
    node = issued_set(part).nodes.get(criterion) if part.set_text else None
    return Linked(f"{criterion} {node.text[language]}" if node else criterion, criterion_link(part, unit, criterion))


def _file(part: Part, name: str) -> str:
    return f"{name}-{part.slug}-{part.round.year}"


def parts_list(parts: Iterable[Part], language: Language) -> Listing:
    """A round's parts with their blocks and phases."""
    rows = [
        (
            Linked(part_title(part, language), reverse("rounds:part", args=[part.round.code, part.slug])),
            ", ".join(block_name(block, language) for block in part.blocks),
            BY_CODE[part.phase].name(language),
            day(part.phase_since),
        )
        for part in parts
    ]
    columns = [
        Column(_("Index"), share=4),
        Column(_("Blocks"), share=3),
        Column(_("Phase"), share=2),
        Column(_("Since")),
    ]
    return Listing("cac-phan", _("Parts of the round"), columns, rows, empty=_("The round has no part yet."))


def rounds_list(rounds: Iterable[Round], language: Language) -> Listing:
    """Every round with its parts, a row a part."""
    rows = [
        (stored.year, stored.name(language), part_title(part, language), BY_CODE[part.phase].name(language))
        for stored in rounds
        for part in stored.parts.all()
    ]
    columns = [
        Column(_("Year"), True),
        Column(_("Round"), share=2),
        Column(_("Index"), share=4),
        Column(_("Phase"), share=2),
    ]
    # A year is a name, not an amount: no thousands are set apart.
    named_rows = [(str(year), *rest) for year, *rest in rows]
    return Listing("cac-dot", _("Rounds"), columns, named_rows, row_header=1)


def members_list(
    part: Part,
    members: Iterable[Member],
    names: Names,
    submissions: Mapping[str, Submission] | None,
    answered: Mapping[str, int],
    may_open: set[str],
    language: Language,
) -> Listing:
    """The units of a part by name, block by block; those the reader may open lead to their submission.

    `submissions` is None where how far a unit is is not for this reader, or nothing is filled in.

    Where all are of one block, the page's head names it and no column repeats it.
    """
    named_members = sorted(
        ((member, named(names, member.unit, language)) for member in members),
        key=lambda row: (row[0].block, sort_key(row[1])),
    )
    has_blocks = len({member.block for member, _name in named_members}) > 1
    rows = []
    for member, name in named_members:
        href = reverse("rounds:submission", args=[part.round.code, part.slug, member.unit])
        rows.append(
            (
                Linked(name, href) if member.unit in may_open else name,
                *((block_name(member.block, language),) if has_blocks else ()),
                *(
                    (submission_state(submissions.get(member.unit)), answered.get(member.unit, 0))
                    if submissions is not None
                    else ()
                ),
            )
        )
    columns = [
        Column(_("Unit"), share=4),
        *((Column(_("Block"), share=2),) if has_blocks else ()),
        *(
            (Column(_("Submission"), share=2), Column(_("Criteria answered"), True, 0))
            if submissions is not None
            else ()
        ),
    ]
    return Listing(_file(part, "don-vi"), _("Units"), columns, rows, empty=_("No unit takes part yet."))


def appeals_list(part: Part, appeals: Iterable[Appeal], names: Names, language: Language) -> Listing:
    """The register of appeals and outcomes."""
    rows = [
        (
            named(names, row.unit, language),
            _leaf(part, row.unit, row.criterion, language),
            moment(row.filed_at),
            row.request,
            outcome_name(row.outcome),
            moment(row.decided_at),
            row.reason,
        )
        for row in appeals
    ]
    columns = [
        Column(_("Unit"), share=2),
        Column(_("Criterion"), share=2),
        Column(_("Filed")),
        Column(_("Request"), share=3),
        Column(_("Outcome")),
        Column(_("Decided")),
        Column(_("Reason"), share=3),
    ]
    return Listing(
        _file(part, "kien-nghi"), _("Register of appeals"), columns, rows, empty=_("No appeal has been filed")
    )


def pairs_list(part: Part, pairs: Iterable[Pair], names: Names, language: Language) -> Listing:
    """The cells two people appraised."""
    rows = [
        (
            named(names, pair.unit, language),
            _leaf(part, pair.unit, pair.criterion, language),
            " / ".join(points_text(points) for points in pair.points) or _("not given"),
            decimal_or(pair.settled, ""),
        )
        for pair in pairs
    ]
    columns = [
        Column(_("Unit"), share=3),
        Column(_("Criterion"), share=4),
        Column(_("Points given"), True),
        Column(_("Settled"), True, 2),
    ]
    return Listing(
        _file(part, "tham-dinh-kep"), _("Cells drawn"), columns, rows, empty=_("No cell has been drawn yet.")
    )


def documents_list(
    part: Part, found: Iterable[Attachment], names: Names, flags: Mapping[int, Any], language: Language
) -> Listing:
    """Documents that were found, with the cells they are claimed for and what is odd about them."""
    rows = []
    for row in found:
        document = row.document
        href = reverse("rounds:evidence", args=[part.round.code, part.slug, row.unit, document.pk])
        rows.append(
            (
                Linked(document.name, href) if document.file_id else document.name,
                document.number,
                day(document.issued_on),
                named(names, row.unit, language),
                _leaf(part, row.unit, row.criterion, language),
                "; ".join(str(flag.words) for flag in flags.get(row.pk) or ()),
            )
        )
    columns = [
        Column(_("Document"), share=3),
        Column(_("Number"), share=2),
        Column(_("Date")),
        Column(_("Unit"), share=3),
        Column(_("Criterion"), share=3),
        Column(_("To note"), share=2),
    ]
    return Listing(
        _file(part, "minh-chung"), _("Documents found"), columns, rows, empty=_("No document contains all these words.")
    )


def assignments_list(part: Part, grants: Iterable[Grant], language: Language) -> Listing:
    """Who appraises what."""
    nodes = issued_set(part).nodes if part.set_text else {}
    rows = [
        (
            grant.person.full_name,
            role_name(grant.role, language),
            f"{grant.criterion} {nodes[grant.criterion].text[language]}"
            if grant.criterion in nodes
            else _("all criteria"),
        )
        for grant in grants
    ]
    columns = [Column(_("Person"), share=2), Column(_("Role"), share=2), Column(_("Criteria"), share=4)]
    return Listing(_file(part, "phan-cong"), _("Who appraises what"), columns, rows, empty=_("Nobody is assigned yet."))


def matrix_lists(
    part: Part,
    units: Sequence[RoundUnit],
    leaves: Sequence[Node],
    cells: Mapping[tuple[str, str], Cell],
    language: Language,
) -> list[Listing]:
    """The matrix as lists, one a pillar, so that each fits a sheet: points that stand, empty where none."""
    issued = issued_set(part)
    pillars: dict[str, list[Node]] = {}
    for leaf in leaves:
        above = issued.nodes_above(leaf.code)
        pillars.setdefault(above[-1] if above else leaf.code, []).append(leaf)
    found = []
    for pillar, own in pillars.items():
        columns = [Column(_("Code")), Column(_("Unit"), share=4)]
        columns += [Column(f"{leaf.code} ({points_text(leaf.maximum)})", True, 2) for leaf in own]
        rows = []
        for unit in units:
            values = [cells.get((unit.code, leaf.code)) for leaf in own]
            points = [Decimal(cell.points) if cell and cell.points else None for cell in values]
            rows.append((unit.code, unit.name(language), *points))
        title = f"{pillar}. {issued.nodes[pillar].text[language]}"
        found.append(Listing(f"{pillar} {part.slug}-{part.round.year}"[:28], title, columns, rows, row_header=1))
    return found


def answers_list(
    part: Part,
    unit: str,
    rows: Iterable[Any],
    own: Mapping[str, Any],
    decided: Mapping[str, Any],
    evidence: Mapping[str, int],
    language: Language,
) -> Listing:
    """A submission's criteria with own and decided points."""
    found = []
    for row in rows:
        if not row.is_leaf:
            continue
        code = row.node.code
        mark, top = own.get(code), decided.get(code)
        own_points = decimal_or(
            mark.points if mark else "", _("counted") if row.state == "counted" else Absent.NOT_GIVEN
        )
        found.append(
            (
                _leaf(part, unit, code, language),
                row.node.maximum,
                own_points,
                decimal_or(top.points, None) if top else None,
                evidence.get(code, 0),
            )
        )
    columns = [
        Column(_("Criterion"), share=5),
        Column(_("Maximum"), True, 2),
        Column(_("Self-scored"), True, 2),
        Column(_("Decided"), True, 2),
        Column(_("Evidence"), True, 0),
    ]
    return Listing(_file(part, f"tu-cham-{unit}"), _("Criteria"), columns, found)

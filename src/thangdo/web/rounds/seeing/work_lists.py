"""The lists of "my work": rounds under way for who sees them whole, and where the own units stand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from thangdo.reporting.language import Language
from thangdo.reporting.listing import Column, Linked, Listing
from thangdo.reporting.numbers import number
from thangdo.web.accounts.permissions import BY_CODE as ACTS
from thangdo.web.accounts.permissions import Place, may
from thangdo.web.formatting import day, moment
from thangdo.web.formatting import number as number_text
from thangdo.web.rounds.links import unit_link
from thangdo.web.rounds.phases import BY_CODE
from thangdo.web.rounds.seeing.dashboard import Seen, Task, answered_of
from thangdo.web.rounds.sets import issued_set
from thangdo.web.rounds.words import part_title, submission_words


def tasks_list(tasks: Sequence[Task]) -> Listing:
    """What waits for the person, as rows."""
    columns = [
        Column(_("What to do"), share=3),
        Column(_("Where"), share=5),
        Column(_("Ends")),
        Column(_("Progress"), True),
    ]
    rows = [
        (
            Linked(task.words, task.href),
            task.context,
            moment(task.closes) or "–",
            f"{number_text(task.done)}/{number_text(task.total)}" if task.total else "",
        )
        for task in tasks
    ]
    return Listing("viec-cua-toi", _("My work"), columns, rows, empty=_("Nothing waits for you"))


def _of(done: int, total: int, language: Language) -> str:
    return f"{number(done, language)}/{number(total, language)}" if total else "–"


def _ends(closes: datetime | None) -> str:
    return day(closes) if closes else "–"


def rounds_list(seen: Seen, language: Language) -> Listing | None:
    """Every part under way with its progress; None for who does not see results."""
    act = ACTS["see_results"]
    parts = [
        part
        for part in seen.parts
        if may(seen.holder, act, Place(part.round.code, part.index, phase=part.phase, part=part.slug))
    ]
    if not parts:
        return None
    rows = []
    for part in parts:
        progress = seen.progress[part.pk]
        rows.append(
            (
                Linked(
                    f"{part_title(part, language)} · {part.round.name(language)}",
                    reverse("rounds:overview", args=[part.round.code, part.slug]),
                ),
                BY_CODE[part.phase].name(language),
                _ends(seen.end(part)),
                _of(progress.handed_in, progress.units, language),
                _of(progress.answered, progress.asked, language),
                _of(progress.appraised, progress.answered, language),
                _of(progress.appeals - progress.appeals_open, progress.appeals, language),
            )
        )
    columns = [
        Column(_("Part"), share=4),
        Column(_("Phase"), share=2),
        Column(_("Ends")),
        Column(_("Handed in"), True),
        Column(_("Answered"), True),
        Column(_("Appraised"), True),
        Column(_("Appeals decided"), True),
    ]
    return Listing("cac-phan", _("Rounds under way"), columns, rows)


def mine_list(seen: Seen, language: Language) -> Listing | None:
    """What an appraiser has to appraise: by part and pillar, until when, how far; None for who appraises nothing."""
    rows = []
    grants = [grant for grant in seen.holder.held if grant.role in {"appraiser", "lead_appraiser"}]
    for part in seen.parts:
        reached = [
            grant.criterion
            for grant in grants
            if grant.round in ("", part.round.code) and grant.index in ("", part.index, part.slug)
        ]
        if not reached or not part.set_text or part.phase not in {"self_score", "appraise", "explain"}:
            continue
        issued, cells = issued_set(part), seen.to_appraise.get(part.pk, {})
        if issued.is_composite:
            continue
        mine = {code for node in reached for code in (issued.leaves_below().get(node, ()) if node else issued.nodes)}
        # Pillar by pillar while there is something to do; before and after, a line a part.
        groups = issued.criteria.children if part.phase == "appraise" else (None,)
        for pillar in groups:
            leaves = issued.leaves if pillar is None else tuple(leaf for leaf in pillar.walk() if leaf.is_leaf)
            codes = [leaf.code for leaf in leaves if leaf.code in mine]
            if not codes:
                continue
            given, done = (sum(cells.get(code, (0, 0))[at] for code in codes) for at in (0, 1))
            href = reverse("rounds:matrix", args=[part.round.code, part.slug])
            rows.append(
                (
                    Linked(f"{pillar.code} {pillar.text[language]}" if pillar else _("All that is assigned"), href),
                    part_title(part, language),
                    BY_CODE[part.phase].name(language),
                    _ends(seen.end(part)),
                    len(codes),
                    given,
                    done,
                    given - done if part.phase == "appraise" else None,
                )
            )
    if not rows:
        return None
    columns = [
        Column(_("Group of criteria"), share=4),
        Column(_("Part"), share=4),
        Column(_("Phase"), share=2),
        Column(_("Ends")),
        Column(_("Criteria"), True, 0),
        Column(_("Answers"), True, 0),
        Column(_("Appraised by me"), True, 0),
        Column(_("Left"), True, 0),
    ]
    return Listing("tham-dinh-cua-toi", _("Assigned to me for appraisal"), columns, rows)


def own_list(seen: Seen, language: Language) -> Listing | None:
    """The own units in every part under way; None for who has no unit to fill in or approve for."""
    if not seen.own_codes:
        return None
    rows = []
    parts = {part.pk: part for part in seen.parts}
    for member in seen.members:
        part = parts[member.part_id]
        named = seen.names.get((part.round_id, member.unit))
        rows.append(
            (
                Linked(
                    part_title(part, language),
                    unit_link(part, member.unit),
                ),
                named.short(language) if named else member.unit,
                BY_CODE[part.phase].name(language),
                _ends(seen.end(part, member.unit)),
                submission_words(member.state),
                _of(*answered_of(part, member, seen), language),
            )
        )
    columns = [
        Column(_("Part"), share=4),
        Column(_("Unit"), share=2),
        Column(_("Phase"), share=2),
        Column(_("Ends")),
        Column(_("Submission"), share=2),
        Column(_("Answered"), True),
    ]
    return Listing("don-vi-cua-toi", _("Where my unit stands"), columns, rows, empty=_("No round is under way."))

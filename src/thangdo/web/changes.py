"""Entries of the ledger as a list: when, who, what was done where, before and after, why."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from thangdo.evaluation.blocks import block_name
from thangdo.reporting.listing import Column, Listing
from thangdo.web.accounts.models import Person
from thangdo.web.accounts.permissions import BY_CODE
from thangdo.web.accounts.roles import role_name
from thangdo.web.formatting import day, language_now, moment
from thangdo.web.ledger.history import differences
from thangdo.web.ledger.models import Entry
from thangdo.web.ledger.words import act_name, column_name, table_name
from thangdo.web.phases import BY_CODE as PHASES
from thangdo.web.typed_values import read_moment

# Entries a file holds at most; the page says so where there are more.
MOST_IN_A_FILE = 5_000


# A stored value in words: its column, the value, and the entry it stands in.
Said = Callable[[str, Any, Entry], str]
Placed = Callable[[str], str]
# The name behind a key or code of the register; None where a column holds neither.
Named = Callable[[str, Any], str | None]


def changes_list(
    entries: Iterable[Entry],
    name: str,
    title: str,
    said: Said | None = None,
    placed: Placed = str,
    named: Named = lambda _column, _value: None,
) -> Listing:
    """The entries in the order given, in one query more for the people's names.

    `said` puts a column's value into words, where its table has words of its own; `placed` the place of an
    act, `named` keys and codes of the register.
    """
    rows = list(entries)
    ids = {key for entry in rows for key in (entry.actor_id, entry.acting_for_id) if key}
    people = dict(Person.objects.filter(pk__in=ids).values_list("pk", "full_name"))
    columns = [
        Column(_("When"), share=2),
        Column(_("Who"), share=2),
        Column(_("Act"), share=3),
        Column(_("Before → after"), share=5),
        Column(_("Why"), share=3),
    ]
    return Listing(
        name,
        title,
        columns,
        [
            (
                moment(entry.recorded_at),
                _who(entry, people),
                _act(entry, placed),
                _changed(entry, said or _plain, named),
                entry.reason,
            )
            for entry in rows
        ],
        note=_("Written by the database in the same transaction; it cannot be changed or deleted."),
        empty=_("Nothing has happened here yet."),
    )


def _who(entry: Entry, people: Mapping[int, str]) -> str:
    who = people.get(entry.actor_id or 0, "") or _("the platform")
    if entry.acting_for_id:
        return _("%(who)s, for %(whom)s") % {"who": who, "whom": people.get(entry.acting_for_id, "–")}
    return who


def _act(entry: Entry, placed: Placed) -> str:
    language = language_now()
    known = BY_CODE.get(entry.act)
    if known is not None:
        words = known.name_en if language == "en" else known.name_vi
    else:
        words = act_name(entry.act, language) if entry.act else _("outside the platform")
    return f"{words} · {placed(entry.place)}" if entry.place else words


def _changed(entry: Entry, said: Said, named: Named) -> str:
    language = language_now()
    parts = []
    for change in differences(entry):
        name = column_name(change.column, language)
        if name is None or (entry.before is None and change.after in ("", [], {}, None)):
            # Of a new row only what it holds is told.
            continue
        before, after = (
            named(change.column, value) or said(change.column, value, entry) for value in (change.before, change.after)
        )
        parts.append(f"{name}: {after}" if entry.before is None else f"{name}: {before} → {after}")
    verb = {"insert": _("new"), "delete": _("deleted")}.get(entry.operation.lower(), "")
    table = table_name(entry.table, language)
    head = f"{table} ({verb})" if verb else table
    return f"{head} – {'; '.join(parts)}" if parts else head


def _plain(column: str, value: Any, entry: Entry) -> str:
    if column in {"level", "block"} and value:
        return block_name(str(value), language_now())
    return plain_value(column, value)


def plain_value(column: str, value: Any) -> str:
    """A stored value as people say it, whatever table it is of; at most 160 letters."""
    if value is None or value in ("", [], {}):
        return "–"
    if column == "role":
        return role_name(str(value), language_now())
    if column == "phases":
        return ", ".join(PHASES[code].name(language_now()) for code in str(value).split(",") if code in PHASES)
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if column in {"sha256", "set_hash", "results_hash"}:
        return f"{str(value)[:12]}…"
    if column in {"issued_on", "signed_on", "on", "valid_from", "valid_to"}:
        return day(str(value))
    if column.endswith(("_at", "_since")) or column == "at":
        return moment(str(value))
    return str(value)[:160]


def typed_moment_of(text: str) -> datetime | None:
    """A past moment as typed in a form, in Vietnam's time; None where it is none."""
    try:
        return read_moment(text)
    except ValueError:
        return None

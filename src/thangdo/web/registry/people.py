"""People and their roles: one act each, and import from a workbook with a preview."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q

from thangdo.web.accounts.models import Grant, Person
from thangdo.web.accounts.roles import BY_CODE
from thangdo.web.ledger.acting import ActInProgress, acting
from thangdo.web.registry.models import Unit
from thangdo.web.registry.people_faults import BadPeople, RowFault, faults_of

COLUMNS = ("login", "full_name", "email", "unit", "role", "title")


class BadRow(Exception):
    """A form that cannot be taken: field and value."""

    def __init__(self, field: str, value: str) -> None:
        super().__init__(field, value)
        self.field = field
        self.value = value


@dataclass(frozen=True, slots=True)
class PersonChange:
    """One row of a people workbook: what would happen."""

    login: str
    full_name: str
    unit: str
    role: str
    is_new: bool
    is_new_role: bool


def changes(rows: Iterable[Mapping[str, str]]) -> list[PersonChange]:
    """What loading the rows would change; blank rows are passed over. Raises BadPeople with every fault."""
    known = set(Person.objects.values_list("login", flat=True))
    grants = set(Grant.objects.values_list("person__login", "role", "unit__code"))
    units = set(Unit.objects.values_list("code", flat=True))
    found: list[PersonChange] = []
    faults: list[RowFault] = []
    for number, row in enumerate(rows, start=2):
        cells = {name: row.get(name, "").strip() for name in COLUMNS}
        if not any(cells.values()):
            continue
        wrong = list(faults_of(number, cells, units))
        if wrong:
            faults += wrong
            continue
        login, role, unit = cells["login"], cells["role"], cells["unit"]
        change = PersonChange(
            login,
            cells["full_name"],
            unit,
            role,
            login not in known,
            bool(role) and (login, role, unit if BY_CODE[role].is_of_unit else None) not in grants,
        )
        if change.is_new or change.is_new_role:
            found.append(change)
        known.add(login)
    if faults:
        raise BadPeople(faults)
    return found


def load_people(
    rows: Sequence[Mapping[str, str]], hashed: Mapping[str, str], *, actor_id: int | None, at: datetime
) -> int:
    """Write people and roles in one transaction; `hashed` holds the stored form of each new person's first password.

    Returns how many rows changed something. Raises BadPeople, and BadRow for a new person without a password.
    """
    emails = {row.get("login", "").strip(): row.get("email", "").strip() for row in rows}
    titles = {row.get("login", "").strip(): row.get("title", "").strip() for row in rows}
    with acting(ActInProgress("load_people", actor_id, at)):
        found = changes(rows)
        units = {unit.code: unit for unit in Unit.objects.filter(code__in={change.unit for change in found})}
        people = {person.login: person for person in Person.objects.filter(login__in={c.login for c in found})}
        for change in found:
            if change.login not in people:
                if change.login not in hashed:
                    raise BadRow("login", change.login)
                people[change.login] = Person.objects.create(
                    login=change.login,
                    password=hashed[change.login],
                    full_name=change.full_name,
                    email=emails.get(change.login, ""),
                    title=titles.get(change.login, ""),
                    unit=units.get(change.unit),
                )
            if change.is_new_role:
                Grant.objects.create(
                    person=people[change.login],
                    role=change.role,
                    unit=units.get(change.unit) if BY_CODE[change.role].is_of_unit else None,
                )
    return len(found)


def give_role(
    person: Person,
    role: str,
    unit_code: str,
    *,
    actor_id: int,
    at: datetime,
    index: str = "",
    criterion: str = "",
    round_code: str = "",
    phases: Sequence[str] = (),
    since: date | None = None,
    until: date | None = None,
    on_behalf_of: Person | None = None,
    reason: str = "",
) -> tuple[Grant, bool]:
    """Grant a role (False: it was given already, word for word), where asked for one round, index, criterion, some phases and some days only.

    A role of a unit needs its unit; acting for somebody needs a role they hold there, an end and a reason.
    """
    if role not in BY_CODE or role == "public":
        raise BadRow("role", role)
    unit = Unit.objects.filter(code=unit_code).first() if unit_code else None
    if BY_CODE[role].is_of_unit and unit is None:
        raise BadRow("unit", unit_code)
    if on_behalf_of is not None and (until is None or until < at.date() or not reason.strip()):
        raise BadRow("until", str(until or ""))
    if since is not None and until is not None and until < since:
        raise BadRow("until", str(until))
    if on_behalf_of is not None and not _holds(on_behalf_of, role, unit, at.date()):
        raise BadRow("on_behalf_of", on_behalf_of.login)
    act = "delegate" if on_behalf_of is not None else "give_role"
    with acting(ActInProgress(act, actor_id, at, reason)):
        given = {
            "person": person,
            "role": role,
            "unit": unit,
            "index": index,
            "criterion": criterion,
            "round": round_code,
            "phases": ",".join(phases),
            "valid_from": since,
            "valid_to": until,
            "on_behalf_of": on_behalf_of,
            "reason": reason.strip(),
        }
        # The person's row is the queue: a form sent twice, even at once, gives the role once.
        Person.objects.select_for_update(no_key=True).get(pk=person.pk)
        same = Grant.objects.filter(Q(valid_to=None) | Q(valid_to__gte=at.date()), **given).first()
        return (same, False) if same is not None else (Grant.objects.create(**given), True)


def _holds(person: Person, role: str, unit: Unit | None, on: date) -> bool:
    """Whether somebody holds a role themselves: what was handed to them they cannot hand on."""
    rows = Grant.objects.valid_on(on).filter(person=person, role=role, on_behalf_of=None)
    return (rows.filter(unit=unit) if BY_CODE[role].is_of_unit else rows).exists()


def represented(units: Sequence[str], on: date) -> list[Grant]:
    """Officers and leaders of some units in whose place somebody may act."""
    rows = Grant.objects.valid_on(on).filter(
        unit__code__in=units, role__in=("officer", "leader"), on_behalf_of=None, person__is_active=True
    )
    return list(rows.select_related("person", "unit").order_by("unit__sort_key", "role", "person__full_name"))


def take_role(grant: Grant, *, actor_id: int, at: datetime) -> bool:
    """End a grant today; the row stays, so that old acts keep their ground. False where it had ended."""
    with acting(ActInProgress("take_role", actor_id, at)):
        grant = Grant.objects.select_for_update(no_key=True).get(pk=grant.pk)
        if grant.valid_to is not None and grant.valid_to < at.date():
            return False
        grant.valid_to = at.date() - timedelta(days=1)
        grant.save(update_fields=["valid_to"])
    return True

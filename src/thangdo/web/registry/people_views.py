"""People: the list, one person with roles, import with a preview, and delegation."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from thangdo.evaluation.vietnamese import search_text
from thangdo.reporting.listing import Listing
from thangdo.web.accounts.models import Grant, GrantQuerySet, Person
from thangdo.web.accounts.permissions import ACTS, BY_CODE, may
from thangdo.web.accounts.roles import ROLES
from thangdo.web.background.queue import ask_for
from thangdo.web.changes import changes_list
from thangdo.web.formatting import language_now
from thangdo.web.kept_list import packed, unpacked
from thangdo.web.ledger.acting import ActInProgress, acting
from thangdo.web.ledger.history import entries_of
from thangdo.web.ledger.models import Entry
from thangdo.web.lists import page_or_file, wants_file
from thangdo.web.registry.access import renew_access
from thangdo.web.registry.history_names import register_names
from thangdo.web.registry.lists import (
    MOST_FAULTS,
    SHOWN,
    delegations_list,
    grants_list,
    people_changes_list,
    people_list,
)
from thangdo.web.registry.people import COLUMNS, BadRow, changes, give_role, represented, take_role
from thangdo.web.registry.people_faults import BadPeople
from thangdo.web.registry.sheets import sheet_rows
from thangdo.web.returned_workbook import NotAWorkbook
from thangdo.web.said import say
from thangdo.web.typed_values import search_words, whole_number

# The phases that any act of the table is bound to, in their order.
KNOWN_PHASES = tuple(dict.fromkeys(phase for act in ACTS for phase in act.phases))


def people(request: Any) -> HttpResponse:
    words = request.GET.get("q", "")
    wanted = search_words(words)
    found = Person.objects.select_related("unit").prefetch_related("grants__unit")
    shown = [row for row in found if all(word in search_text(row.login, row.full_name) for word in wanted)]
    may_manage = may(request.holder, BY_CODE["manage_people"])
    context = {"words": words, "may_manage": may_manage}
    return page_or_file(request, "registry/people.html", context, [people_list(shown[:1000], language_now())])


def person(request: Any, login: str, error: str = "") -> HttpResponse:
    """One person: roles, and every change of the account. POST sets the address for mail, renews access, or switches the account."""
    found = Person.objects.select_related("unit").filter(login=login).first()
    if found is None:
        raise Http404
    if request.method == "POST":
        if "email" in request.POST:
            return _set_email(request, found)
        if "renew" in request.POST:
            return _renew(request, found)
        with acting(ActInProgress("switch_account", request.person.pk, request.at)):
            found.is_active = "on" in request.POST
            found.save(update_fields=["is_active"])
        return HttpResponseRedirect(request.path)
    grants = found.grants.select_related("unit", "on_behalf_of")
    context: dict[str, Any] = {
        "subject": found,
        "grants": grants,
        "roles": [role for role in ROLES if role.code != "public"],
        "phases": KNOWN_PHASES,
        "changes": history_of(found),
        "may_manage": may(request.holder, BY_CODE["manage_people"]),
        "today": request.at.date(),
        "error": error,
    }
    lists = [grants_list(grants, language_now()), context["changes"]]
    return page_or_file(
        request, "registry/person.html", context, lists, title=found.full_name, status=422 if error else 200
    )


def history_of(found: Person) -> Listing:
    """The newest changes of the account and of its roles, also of roles that have ended."""
    own, roles = entries_of(found), Grant.objects.filter(person=found).values_list("pk", flat=True)
    granted = Entry.objects.filter(table=Grant._meta.db_table, object_id__in=[str(key) for key in roles])
    entries = list((own | granted).order_by("-id")[:200])
    title = _("Changes of this account")
    return changes_list(entries, f"nhat-ky-{found.login}", title, named=register_names(entries).name)


def _renew(request: Any, found: Person) -> HttpResponse:
    """A new password on this answer only: to be read or printed now, and nowhere afterwards."""
    issued = renew_access(found, actor_id=request.person.pk, at=request.at)
    response = render(request, "registry/new_password.html", {"subject": found, "password": issued})
    response["Cache-Control"] = "no-store"
    return response


def _set_email(request: Any, found: Person) -> HttpResponse:
    """Where reminders go; blank: to the page only."""
    email = request.POST["email"].strip()
    try:
        if email:
            validate_email(email)
    except ValidationError:
        request.method = "GET"
        problem = _("“%(value)s” is not a valid value for “%(field)s”.") % {"value": email, "field": _("E-mail")}
        return person(request, found.login, problem)
    with acting(ActInProgress("set_email", request.person.pk, request.at)):
        found.email = email
        found.save(update_fields=["email"])
    return HttpResponseRedirect(request.path)


def grant(request: Any, login: str) -> HttpResponse:
    """Give a role, or end one."""
    found = Person.objects.filter(login=login).first()
    if found is None:
        raise Http404
    if request.method == "POST":
        given = request.POST
        if "take" in given:
            row = Grant.objects.filter(pk=whole_number(given["take"]), person=found).first()
            if row is not None:
                _say_taken(request, take_role(row, actor_id=request.person.pk, at=request.at))
        else:
            try:
                behalf = given.get("for", "").strip()
                represented_person = Person.objects.filter(login=behalf).first() if behalf else None
                if behalf and represented_person is None:
                    raise BadRow("for", behalf)
                _given, is_new = give_role(
                    found,
                    given.get("role", ""),
                    given.get("unit", "").strip(),
                    actor_id=request.person.pk,
                    at=request.at,
                    index=given.get("index", "").strip(),
                    criterion=given.get("criterion", "").strip(),
                    round_code=given.get("round", "").strip(),
                    phases=[code for code in given.getlist("phase") if code in KNOWN_PHASES],
                    since=_day(given.get("since", "")),
                    until=_day(given.get("until", "")),
                    on_behalf_of=represented_person,
                    reason=given.get("reason", ""),
                )
                _say_given(request, is_new)
            except BadRow as bad:
                error = _("“%(value)s” is not a valid value for “%(field)s”.") % {
                    "value": bad.value,
                    "field": bad.field,
                }
                request.method = "GET"
                return person(request, login, error)
    return HttpResponseRedirect(reverse("registry:person", args=[login]))


def _say_given(request: Any, is_new: bool) -> None:
    say(request, _("The role is given.") if is_new else _("The role was given already; nothing is given twice."))


def _say_taken(request: Any, is_new: bool) -> None:
    say(request, _("The role has ended.") if is_new else _("The role had ended already."))


def _day(text: str) -> date | None:
    """A day as typed, None where blank. Raises BadRow."""
    try:
        return date.fromisoformat(text.strip()) if text.strip() else None
    except ValueError as failure:
        raise BadRow("date", text) from failure


def people_import(request: Any) -> HttpResponse:
    """An Excel list of people: first what would change; the change itself goes on in the background."""
    context: dict[str, Any] = {"changes": None, "error": "", "columns": COLUMNS}
    if request.method != "POST":
        return render(request, "registry/people_import.html", context)
    try:
        if "confirm" in request.POST:
            kept = _kept_rows(request.POST.get("rows", ""))
            changes(kept)
            job = ask_for("load_people", {"rows": kept}, person_id=request.person.pk, at=request.at)
            return HttpResponseRedirect(reverse("background:job", args=[job.pk]))
        file = request.FILES.get("people")
        rows = _kept_rows(request.POST.get("rows", "")) if wants_file(request) else _people_rows(file)
        found = changes(rows)
        shown = found if wants_file(request) else found[:SHOWN]
        context |= {
            "changes": found,
            "listing": people_changes_list(shown, language_now()),
            "new_people": len({change.login for change in found if change.is_new}),
            "new_roles": sum(change.is_new_role for change in found),
            "most_shown": SHOWN,
        }
        context["rows"] = packed("\n".join("\t".join(row.get(name, "") for name in COLUMNS) for row in rows))
    except BadRow as bad:
        context["error"] = _("“%(value)s” is not a valid value for “%(field)s”.") % {
            "value": bad.value,
            "field": bad.field,
        }
    except NotAWorkbook as failure:
        context["error"] = _("The file cannot be read: %(why)s") % {"why": failure}
    except BadPeople as bad:
        context["faults"] = [fault.sentence() for fault in bad.faults[:MOST_FAULTS]]
        context["faults_left"] = len(bad.faults) - len(context["faults"])
    lists = [context["listing"]] if "listing" in context else []
    return page_or_file(request, "registry/people_import.html", context, lists, status=200 if lists else 422)


def _kept_rows(field: str) -> list[dict[str, str]]:
    return [dict(zip(COLUMNS, line.split("\t"), strict=False)) for line in unpacked(field).split("\n")]


def _people_rows(file: Any) -> list[dict[str, str]]:
    """The rows below the header, blank ones among them, so that a row keeps its number. Raises NotAWorkbook, BadRow."""
    rows = sheet_rows(file)
    header = rows[0] if rows else []
    if not {"login", "full_name"} <= set(header):
        raise BadRow("columns", ", ".join(header)[:80])
    place = {name: header.index(name) for name in COLUMNS if name in header}
    return [{name: row[at] for name, at in place.items() if at < len(row)} for row in rows[1:]]


def delegate(request: Any) -> HttpResponse:
    """A leader lets somebody act in their place or in an officer's of the unit, until a day and with a reason.

    The leader also takes it back; whoever acted is in the ledger with the one they acted for.
    """
    own = [held.unit for held in request.holder.held if held.role == "leader" and held.on_behalf_of_id is None]
    places = represented(own, request.at.date())
    error = ""
    if request.method == "POST":
        given = request.POST
        if "take" in given:
            row = _handed_over(own).filter(pk=whole_number(given["take"])).first()
            if row is not None:
                _say_taken(request, take_role(row, actor_id=request.person.pk, at=request.at))
            return HttpResponseRedirect(request.path)
        to = Person.objects.filter(login=given.get("login", "").strip(), is_active=True).first()
        place = next((row for row in places if str(row.pk) == given.get("place", "")), None)
        try:
            until = date.fromisoformat(given.get("until", ""))
            if to is None or place is None or place.unit is None or to.pk == place.person_id:
                raise BadRow("login", given.get("login", ""))
            _given, is_new = give_role(
                to,
                place.role,
                place.unit.code,
                actor_id=request.person.pk,
                at=request.at,
                until=until,
                on_behalf_of=place.person,
                reason=given.get("reason", ""),
            )
            _say_given(request, is_new)
            return HttpResponseRedirect(request.path)
        except (BadRow, ValueError) as bad:
            error = _("The delegation needs a person, a day not in the past and a reason (%(what)s).") % {"what": bad}
    handed = list(_handed_over(own).valid_on(request.at.date()).select_related("person", "unit", "on_behalf_of"))
    context = {"places": places, "given": handed, "error": error}
    lists = [delegations_list(handed, language_now())] if handed else []
    return page_or_file(request, "registry/delegate.html", context, lists, status=422 if error else 200)


def _handed_over(units: list[str]) -> GrantQuerySet:
    return Grant.objects.filter(unit__code__in=units, on_behalf_of__isnull=False)

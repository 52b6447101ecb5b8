"""Refusals and failures as pages: what happened, and what to do next."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from thangdo.web.accounts.permissions import Act
from thangdo.web.formatting import number
from thangdo.web.rounds.phases import BY_CODE as PHASES


def page(request: Any, status: int, title: str, text: str) -> HttpResponse:
    return render(request, "portal/failure.html", {"title": title, "text": text}, status=status)


def refused(request: Any, act: Act) -> HttpResponse:
    """The permission table said no: because of the phase, or because of the person."""
    language = request.LANGUAGE_CODE
    place = request.place
    if act.phases and place.phase and place.phase not in act.phases:
        names = ", ".join(PHASES[phase].name(language) for phase in act.phases if phase in PHASES)
        text = _("This can be done in: %(phases)s. The round is now in: %(now)s.") % {
            "phases": names,
            "now": PHASES[place.phase].name(language),
        }
        return kept(request, _("Not in this phase"), text)
    name = act.name_en if language == "en" else act.name_vi
    text = _("Your roles do not include: %(act)s here. Ask the system administrator if they should.") % {"act": name}
    return kept(request, _("You may not open this page"), text)


def bad_request(request: Any, exception: Exception | None = None) -> HttpResponse:
    text = _("Go back, reload the page and try again.")
    if isinstance(exception, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent):
        text = _(
            "A form carries at most %(size)s MB of text and %(fields)s fields. Nothing was saved: go back, what you "
            "typed is still in the page; shorten it or send it in parts."
        ) % {
            "size": settings.DATA_UPLOAD_MAX_MEMORY_SIZE >> 20,
            "fields": number(settings.DATA_UPLOAD_MAX_NUMBER_FIELDS),
        }
    return page(request, 400, _("The request cannot be read"), text)


def forbidden(request: Any, exception: Exception | None = None) -> HttpResponse:
    return page(request, 403, _("You may not open this page"), _("Sign in with another account, or go back."))


def not_found(request: Any, exception: Exception | None = None) -> HttpResponse:
    return page(request, 404, _("There is no such page"), _("Check the address, or start from the first page."))


def stopped(request: Any) -> HttpResponse:
    text = _("Nothing was lost: what was saved is saved. The failure is written down; try again in a minute.")
    return page(request, 500, _("Something failed on our side"), text)


def stale_form(request: Any, reason: str = "") -> HttpResponse:
    """The form's token does not fit (CSRF): nothing is done, and what was typed is shown."""
    text = _("The form was open for too long or came from another page. Go back, reload and send it again.")
    return kept(request, _("This form is no longer valid"), text)


def session_ended(request: Any) -> HttpResponse:
    """Somebody sends a form after their session ended: nothing is done, and what was typed is shown."""
    text = _("Your session has ended, so nothing was saved. Sign in again, then send it once more.")
    return kept(request, _("You are signed out"), text)


def kept(request: Any, title: str, text: str) -> HttpResponse:
    """A refusal that gives back what was typed; one line for a script that saves in the background."""
    if request.headers.get("X-Requested-With") == "fetch":
        return HttpResponse(text, status=403, content_type="text/plain; charset=utf-8")
    secret = {"password", "old", "new", "code", "csrfmiddlewaretoken", "then", "version", "hash"}
    typed = [(name, value) for name, value in request.POST.items() if value and name not in secret]
    return render(request, "portal/failure.html", {"title": title, "text": text, "typed": typed}, status=403)

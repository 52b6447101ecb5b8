"""The guard before every page: who asks, which act the address is, and whether the table allows it there."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.db import DataError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from thangdo.web.accounts.addresses import ADDRESSES
from thangdo.web.accounts.permissions import BY_CODE
from thangdo.web.accounts.signed_in import signed_in
from thangdo.web.portal.failures import refused, session_ended
from thangdo.web.registry.tree import granting_with_tree
from thangdo.web.rounds.known import known_of
from thangdo.web.rounds.places import part_of, place_of
from thangdo.web.rounds.refusals import ActRefused
from thangdo.web.rounds.views.answering import refused_page
from thangdo.web.typed_values import has_control, without_control

SAFE_METHODS = {"GET", "HEAD"}
# Pages are read and forms are sent; nothing here answers to another method.
METHODS = (*sorted(SAFE_METHODS), "POST")


class GuardMiddleware:
    """Sets `request.person`, `holder`, `at`, `part`, `place` and `known` (see `Known`); refuses what may not be."""

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in METHODS:
            return HttpResponseNotAllowed(METHODS)
        response: HttpResponse = self.get_response(request)
        return response

    def process_view(self, request: Any, view: Any, args: Any, kwargs: dict[str, Any]) -> HttpResponse | None:
        request.at = timezone.localtime()
        if any(has_control(str(value)) for value in kwargs.values()):
            raise Http404
        request.GET = without_control(request.GET)
        if request.method == "POST":
            request.POST = without_control(request.POST)
        request.person, request.holder = signed_in(request, request.at.date())
        name = request.resolver_match.view_name
        if name not in ADDRESSES:
            # An address nobody declared is closed to everyone.
            raise Http404(name)
        code = ADDRESSES[name][0 if request.method in SAFE_METHODS else 1]
        if not code:
            return HttpResponseNotAllowed(sorted(SAFE_METHODS))
        act = BY_CODE[code]
        request.part = part_of(kwargs)
        request.place = place_of(request.part, kwargs)
        request.grant = granting_with_tree(request.holder, act, request.place)
        if request.grant is not None:
            if request.part is not None:
                # Asked by the pages that show something of a submission; the busiest, which saves, asks nothing.
                request.known = SimpleLazyObject(lambda: known_of(request.part, request.holder, request.place.unit))
            return None
        if request.person is None and request.method in SAFE_METHODS:
            return HttpResponseRedirect(f"{resolve_url('accounts:sign_in')}?next={quote(request.get_full_path())}")
        if request.person is None:
            return session_ended(request)
        return refused(request, act)

    def process_exception(self, request: Any, failure: Exception) -> HttpResponse | None:
        """What a page did not catch but a person can mend: refused with everything typed kept."""
        if isinstance(failure, DataError):
            failure = ActRefused("bad_data")
        if isinstance(failure, ActRefused):
            if request.headers.get("X-Requested-With") == "fetch":
                return HttpResponse(failure.sentence(), status=422, content_type="text/plain; charset=utf-8")
            return refused_page(request, failure.sentence(), request.path)
        return None

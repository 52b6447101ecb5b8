"""Attaching, finding and showing evidence; a file reaches only those entitled and is never run or sniffed."""

from __future__ import annotations

from typing import Any

from csp.constants import NONE, SELF
from csp.decorators import csp_replace
from django.db.models import Q
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from thangdo.web.formatting import language_now
from thangdo.web.lists import page_or_file
from thangdo.web.rounds.acts.attach_evidence import Described, attach, detach, receive, reuse
from thangdo.web.rounds.evidence.flags import flags_of
from thangdo.web.rounds.evidence.kinds import BY_MEDIA_TYPE
from thangdo.web.rounds.evidence.storage import storage
from thangdo.web.rounds.models import Attachment, Document, Part, RoundUnit
from thangdo.web.rounds.refusals import ActRefused
from thangdo.web.rounds.same_evidence import same_evidence
from thangdo.web.rounds.seeing.case_lists import shared_list
from thangdo.web.rounds.seeing.round_lists import documents_list
from thangdo.web.rounds.sets import issued_set
from thangdo.web.rounds.views.answering import actor_of, answering
from thangdo.web.typed_values import search_words, whole_number


def attach_file(request: Any, round: str, part: str, unit: str, criterion: str) -> HttpResponse:
    """A new file, or a document the unit holds already."""
    here: Part = request.part
    then = reverse("rounds:criterion", args=[round, part, unit, criterion])
    if request.method != "POST":
        return redirect(then)
    actor, at, given = actor_of(request), request.at, request.POST

    def act() -> None:
        if given.get("document"):
            reuse(here, unit, criterion, whole_number(given["document"]), given.get("pages", ""), actor=actor, at=at)
            return
        file = request.FILES.get("file")
        if file is None:
            raise ActRefused("bad_file", why=_("no file was chosen"))
        put, kind = receive(file.chunks(), file.name)
        described = Described(
            given.get("name", "") or file.name,
            given.get("issuer", ""),
            given.get("number", ""),
            given.get("issued_on", ""),
            given.get("pages", ""),
        )
        attach(here, unit, criterion, described, put, kind, actor=actor, at=at)

    return answering(request, act, _("The document is attached."), then)


def detach_file(request: Any, round: str, part: str, unit: str, criterion: str, attachment: int) -> HttpResponse:
    here: Part = request.part
    then = reverse("rounds:criterion", args=[round, part, unit, criterion])
    if request.method != "POST":
        return redirect(then)
    actor, at = actor_of(request), request.at
    return answering(
        request,
        lambda: detach(here, unit, criterion, attachment, actor=actor, at=at),
        _("The document is no longer attached here."),
        then,
    )


# A file from outside gets no right at all in the page: no script, no form, no frame of its own.
@csp_replace(  # type: ignore[arg-type]
    {"default-src": [NONE], "img-src": [SELF], "style-src": [NONE], "sandbox": [], "frame-ancestors": [SELF]}
)
def view_file(request: Any, round: str, part: str, unit: str, document: int) -> HttpResponseBase:
    """The bytes of a document claimed in this part by this unit: PDF and pictures in the page, others to keep."""
    visible = request.known.across("see_evidence")
    claimed = Attachment.objects.filter(visible, part=request.part, unit=unit, document_id=document)
    row = claimed.select_related("document__file").first()
    if row is None or row.document.file is None:
        raise Http404
    file = row.document.file
    try:
        stream = storage().open(file.sha256)
    except FileNotFoundError as failure:
        raise Http404 from failure
    kind = BY_MEDIA_TYPE[file.media_type]
    is_shown = kind.is_shown_in_page and "keep" not in request.GET
    name = (
        row.document.name
        if row.document.name.lower().endswith(kind.extension)
        else f"{row.document.name}.{kind.extension}"
    )
    response = FileResponse(stream, as_attachment=not is_shown, filename=name, content_type=file.media_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def find(request: Any, round: str, part: str) -> HttpResponse:
    """Documents of this part whose name, number or text holds every word, accents or not."""
    here: Part = request.part
    words = request.GET.get("q", "")
    condition = request.known.across("see_evidence")
    found: list[Attachment] = []
    if words.strip():
        rows = Attachment.objects.filter(condition, part=here)
        for word in search_words(words):
            rows = rows.filter(document__in=holding(word))
        found = list(rows.select_related("document__file")[:100])
    context = {
        "here": here,
        "words": words,
        "found": found,
        "flags": flags_of(here, found, condition),
        "units": {unit.code: unit for unit in RoundUnit.objects.filter(round=here.round)},
    }
    listing = documents_list(here, found, context["units"], context["flags"], language_now())
    return page_or_file(request, "rounds/evidence_search.html", context, [listing])


def same(request: Any, round: str, part: str) -> HttpResponse:
    """Documents that several units claim for one criterion, with the points each unit got."""
    here: Part = request.part
    condition = request.known.across("see_matrix")
    groups = same_evidence(here, condition, condition & request.known.marks)
    context: dict[str, Any] = {
        "here": here,
        "groups": groups,
        "nodes": issued_set(here).nodes if here.set_text else {},
        "units": {unit.code: unit for unit in RoundUnit.objects.filter(round=here.round)},
    }
    lists = [shared_list(here, groups, context["nodes"], context["units"], language_now())] if groups else []
    return page_or_file(request, "rounds/same_evidence.html", context, lists)


def holding(word: str) -> Any:
    """Documents whose name, number or text holds a word without accents."""
    return Document.objects.filter(Q(file__text__search__contains=word) | Q(search__contains=word)).values("pk")

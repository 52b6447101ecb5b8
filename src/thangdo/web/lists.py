"""Every list on screen as Excel and PDF: the same address with `?tai=xlsx` or `?tai=pdf`, so the same permission."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from markupsafe import Markup

from thangdo.reporting.listing import Listing, listing_table
from thangdo.reporting.listing_files import listing_pdf, listing_workbook
from thangdo.web.formatting import language_now, moment
from thangdo.web.workbooks import MEDIA_TYPE

FILE = "tai"
KINDS = ("xlsx", "pdf")


def wants_file(request: Any) -> bool:
    """Whether the reader asks for the page's lists as a file (then all rows, not one page of them)."""
    return asked_kind(request) in KINDS


def asked_kind(request: Any) -> str:
    """The kind of file asked for: in the address, or by a button of a preview, whose rows are in the form."""
    given = request.GET if request.method == "GET" else request.POST
    return str(given.get(FILE, ""))


def page_or_file(
    request: Any,
    template: str,
    context: dict[str, Any],
    lists: Sequence[Listing],
    *,
    title: str = "",
    status: int = 200,
) -> HttpResponse:
    """The page with its `lists`, or the lists as the file that was asked for.

    Templates get `lists` by name. `title` heads the sheet of paper, where it is more than the first list's own.
    """
    # A page without a list yet, such as a search before its words, has no file.
    if wants_file(request) and lists:
        return file_of(request, lists, title=title)
    return render(request, template, {**context, "lists": {listing.name: listing for listing in lists}}, status=status)


def file_of(request: Any, lists: Sequence[Listing], *, title: str = "") -> HttpResponse:
    """The lists as the kind of file that `request` asks for."""
    language = language_now()
    name = lists[0].name
    if asked_kind(request) == "pdf":
        who = request.person.full_name if request.person else _("a visitor")
        made = _("Downloaded by %(name)s, %(moment)s") % {"name": who, "moment": moment(request.at)}
        response = HttpResponse(
            listing_pdf(lists, language, title or lists[0].title, made), content_type="application/pdf"
        )
        response["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
        return response
    response = HttpResponse(listing_workbook(lists, language), content_type=MEDIA_TYPE)
    response["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return response


def list_links(request: Any) -> list[tuple[str, str]]:
    """Words and addresses of the files of this page, keeping what the reader has chosen."""
    chosen = request.GET.copy()
    chosen.pop("trang", None)
    found = []
    for kind, words in zip(KINDS, ("Excel", "PDF"), strict=True):
        chosen[FILE] = kind
        found.append((words, "?" + chosen.urlencode()))
    return found


def table_of(listing: Listing) -> Markup:
    """A list as its table, in the reader's language."""
    return listing_table(listing, language_now())

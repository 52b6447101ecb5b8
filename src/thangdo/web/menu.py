"""The menu: rows of address, words and act; a reader sees those the permission table allows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from thangdo.web.accounts.addresses import ADDRESSES
from thangdo.web.accounts.permissions import BY_CODE, may


@dataclass(frozen=True, slots=True)
class MenuRow:
    """One entry: the address by name, and its words."""

    address: str
    words: Any


MENU = (
    MenuRow("rounds:work", _("My work")),
    MenuRow("rounds:rounds", _("Rounds")),
    MenuRow("registry:units", _("Units")),
    MenuRow("rounds:search", _("Search")),
    MenuRow("registry:people", _("People")),
    MenuRow("portal:method", _("Method")),
)


@dataclass(frozen=True, slots=True)
class MenuEntry:
    href: str
    words: str
    is_current: bool


def menu(request: Any) -> list[MenuEntry]:
    """The entries this reader may open."""
    holder = getattr(request, "holder", None)
    if holder is None or request.person is None:
        return []
    path = request.path
    found = []
    for row in MENU:
        if may(holder, BY_CODE[ADDRESSES[row.address][0]]):
            href = reverse(row.address)
            found.append(MenuEntry(href, str(row.words), path.startswith(href)))
    return found

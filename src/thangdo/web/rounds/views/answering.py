"""How a page carries out an act: what was refused is said with everything typed kept, what was done is said once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from thangdo.web.accounts.rates import CHANGES
from thangdo.web.rounds.acts.act import Actor
from thangdo.web.rounds.refusals import ActRefused, DoneAlready
from thangdo.web.said import say

KEPT_OUT = {"csrfmiddlewaretoken"}


def actor_of(request: Any) -> Actor:
    """The signed-in person as an actor; the guard has seen to it that there is one."""
    return Actor(request.person.pk, request.holder)


def answering(request: Any, act: Callable[[], object], done: str, then: str) -> HttpResponse:
    """Do `act`, say `done` and go to `then`; a refusal becomes a page that keeps what was typed.

    A form that comes a second time goes the same way and is told that it changed nothing.
    """
    if not CHANGES.allow(f"person:{request.person.pk}"):
        return refused_page(request, ActRefused("too_fast").sentence(), then, status=429)
    try:
        act()
    except DoneAlready as again:
        done = again.sentence()
    except ActRefused as refusal:
        return refused_page(request, refusal.sentence(), then)
    say(request, done)
    return HttpResponseRedirect(then)


def refused_page(request: Any, sentence: str, back: str, *, status: int = 409) -> HttpResponse:
    typed = [(name, value) for name, value in request.POST.items() if name not in KEPT_OUT]
    context = {"sentence": sentence, "typed": typed, "back": back}
    return render(request, "rounds/refused.html", context, status=status)

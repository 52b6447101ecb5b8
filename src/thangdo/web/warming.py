"""What a server process reads once: pages, their addresses, the criteria sets and points of the newest rounds.

Read before the first request, so that nobody waits for it; and what was read stays, so that the collector of
unreachable objects leaves it out (looking through all of it took a tenth of a second of some page's time).
"""

from __future__ import annotations

import gc
import logging
from importlib import import_module

from django.conf import settings
from django.db import DatabaseError
from django.db.models import Count
from django.template import engines
from django.urls import get_resolver
from django.utils import timezone, translation

from thangdo.findings import Refused
from thangdo.web.rounds.models import Part
from thangdo.web.rounds.places import keep_text
from thangdo.web.rounds.seeing.scores import current_results
from thangdo.web.rounds.set_choices import set_choices
from thangdo.web.rounds.sets import issued_set

LOG = logging.getLogger(__name__)
# Older parts are read by the page that asks for them.
MOST_PARTS = 24
# Points are computed at the start for so many marks in all (about a second and a half); beyond, by the first page.
MOST_MARKS = 20_000
# Rooms that pages open only when they are shown.
ROOMS = ("thangdo.evaluation.points_index", "thangdo.edition.ranking_values")


def warm() -> int:
    """Read all of it; returns how many parts were read. A database that is away is no reason not to start."""
    try:
        _pages()
        return _parts()
    except DatabaseError:
        LOG.warning("criteria sets are read with the first page instead: the database does not answer")
        return 0
    finally:
        gc.collect()
        gc.freeze()


def _pages() -> None:
    for name in ROOMS:
        import_module(name)
    resolver = get_resolver()
    resolver._populate()
    for language, _ in settings.LANGUAGES:
        with translation.override(language):
            translation.gettext("Overview")
    for engine in engines.all():
        environment = getattr(engine, "env", None)
        if environment is not None:
            for name in environment.list_templates(extensions=["html"]):
                environment.get_template(name)


def _parts() -> int:
    set_choices(timezone.localdate().year)
    parts = Part.objects.exclude(set_text="").annotate(size=Count("marks")).select_related("round")
    read = marks = 0
    for part in parts.order_by("-round__year", "position")[:MOST_PARTS]:
        marks += part.size
        try:
            issued_set(part)
            keep_text(part)
            if marks <= MOST_MARKS:
                current_results(part)
            read += 1
        except Refused:
            LOG.warning("part %s of round %s cannot be read", part.slug, part.round.code)
    return read

"""What every page's template may use: language, numbers, addresses, the reader."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from jinja2 import Environment, pass_eval_context
from markupsafe import Markup, escape

from thangdo.web.accounts.roles import role_name
from thangdo.web.formatting import day, moment, number, points, signed, size, typed_moment
from thangdo.web.menu import menu
from thangdo.web.said import said


def two(vi: str, en: str) -> str:
    """The one of two texts that the reader reads."""
    return (en or vi) if translation.get_language() == "en" else (vi or en)


@pass_eval_context
def lines(context: Any, value: str) -> Markup:
    """Typed text with its line breaks, safe in the page."""
    return Markup("<br>").join(escape(line) for line in str(value).splitlines())


def named(row: Any) -> str:
    """The name of a row that carries name_vi and name_en."""
    return two(row.name_vi, row.name_en)


def address(name: str, *args: Any, **kwargs: Any) -> str:
    return reverse(name, args=args or None, kwargs=kwargs or None)


def environment(**options: Any) -> Environment:
    # Autoescape is on in settings.TEMPLATES.
    made = Environment(  # noqa: S701
        **options, extensions=["jinja2.ext.i18n"], trim_blocks=True, lstrip_blocks=True
    )
    made.install_gettext_callables(  # type: ignore[attr-defined]
        gettext=translation.gettext,
        ngettext=translation.ngettext,
        pgettext=translation.pgettext,
        npgettext=translation.npgettext,
        newstyle=True,
    )
    # Apps are ready by the time the first template is drawn, not when this module is imported.
    from thangdo.evaluation.blocks import block_name
    from thangdo.web.lists import list_links, table_of
    from thangdo.web.rounds.words import GLOBALS, shortly

    made.globals.update(static=static, url=address, two=two, named_of=named, role_name=role_name)
    made.globals.update(table_of=table_of, list_links=list_links)
    made.globals.update(block_name=block_name, is_demo_platform=settings.CONFIGURATION.is_demo, **GLOBALS)
    made.filters.update(number=number, points=points, day=day, moment=moment, size=size, lines=lines)
    made.filters.update(shortly=shortly, typed_moment=typed_moment, signed=signed)
    return made


def page_context(request: Any) -> dict[str, Any]:
    """The reader, their menu, and the language, for every template."""
    language = translation.get_language() or "vi"
    holder = getattr(request, "holder", None)
    return {
        "language": language,
        "other_language": "en" if language == "vi" else "vi",
        "person": getattr(request, "person", None),
        "holder": holder,
        "part": getattr(request, "part", None),
        "menu": menu(request),
        "now": getattr(request, "at", None),
        "said": said(request),
    }

"""A report as one HTML page; its styles and fonts (`assets.ASSETS`) lie beside it."""

from __future__ import annotations

from markupsafe import Markup

from thangdo.reporting.assets import REPORT_STYLE, STYLES
from thangdo.reporting.language import Language
from thangdo.reporting.markup import element, joined


def html_page(title: str, body: Markup, language: Language) -> str:
    """The whole page."""
    head = joined(
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("title", title),
        *(element("link", rel="stylesheet", href=name) for name in (*STYLES, REPORT_STYLE)),
    )
    whole = element("html", element("head", head), element("body", element("main", body)), lang=language)
    return f"<!doctype html>\n{whole}\n"

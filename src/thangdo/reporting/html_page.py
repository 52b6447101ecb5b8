"""A report as one HTML page; its styles and fonts (`assets.ASSETS`) lie beside it."""

from __future__ import annotations

from markupsafe import Markup

from thangdo.reporting.language import Language
from thangdo.reporting.markup import element, joined


def html_page(title: str, body: Markup, style: Markup, language: Language) -> str:
    """The whole page. `style` is what the report adds to the shared styles: a `<style>` or a `<link>`."""
    head = joined(
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("title", title),
        element("link", rel="stylesheet", href="tokens.css"),
        element("link", rel="stylesheet", href="drawings.css"),
        style,
    )
    whole = element("html", element("head", head), element("body", element("main", body)), lang=language)
    return f"<!doctype html>\n{whole}\n"

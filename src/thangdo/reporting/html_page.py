"""A report as one HTML page; its styles and fonts (`assets.ASSETS`) lie beside it."""

from __future__ import annotations

from markupsafe import Markup

from thangdo.reporting.assets import REPORT_STYLE, STYLES
from thangdo.reporting.language import Language
from thangdo.reporting.markup import element, joined

NAMES: dict[Language, str] = {"vi": "Tiếng Việt", "en": "English"}


def html_page(title: str, body: Markup, language: Language, other: str = "") -> str:
    """The whole page. `other` is the file of the same report in the other language; '' where there is none."""
    head = joined(
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("title", title),
        *(element("link", rel="stylesheet", href=name) for name in (*STYLES, REPORT_STYLE)),
    )
    page = element("body", _languages(language, other) if other else None, element("main", body))
    whole = element("html", element("head", head), page, lang=language)
    return f"<!doctype html>\n{whole}\n"


def _languages(language: Language, other: str) -> Markup:
    """The way to the other language, named in that language."""
    code: Language = "vi" if language == "en" else "en"
    link = element("a", NAMES[code], href=other, lang=code, hreflang=code)
    return element("nav", link, class_="languages", aria_label="Language" if language == "en" else "Ngôn ngữ")

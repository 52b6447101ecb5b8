"""The files every page needs: tokens, drawings' styles and the vendored font (SIL Open Font License 1.1)."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

FONTS = (
    "be-vietnam-pro-latin-400-normal.woff2",
    "be-vietnam-pro-latin-600-normal.woff2",
    "be-vietnam-pro-vietnamese-400-normal.woff2",
    "be-vietnam-pro-vietnamese-600-normal.woff2",
)
LICENCES = ("be-vietnam-pro-OFL.txt",)
STYLES = ("tokens.css", "drawings.css")
# What a page of one report adds: a file of its own, since served pages allow no style inside.
REPORT_STYLE = "report.css"
ASSETS = (*STYLES, REPORT_STYLE, *FONTS, *LICENCES)


def asset(name: str) -> bytes:
    """The bytes of one of `ASSETS`. Raises KeyError for any other name."""
    if name not in ASSETS:
        raise KeyError(name)
    return (files("thangdo") / "reporting" / "assets" / name).read_bytes()


@cache
def stylesheet() -> str:
    """All styles as one text; the font files are expected beside it."""
    return "\n".join(asset(name).decode("utf-8") for name in STYLES)

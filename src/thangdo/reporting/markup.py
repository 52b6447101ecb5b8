"""HTML and SVG as text: every word and attribute escaped, nothing else."""

from __future__ import annotations

from markupsafe import Markup, escape

Child = str | Markup | None
_MIXED_CASE = {"view_box": "viewBox", "preserve_aspect_ratio": "preserveAspectRatio"}
_VOID = frozenset({"br", "col", "hr", "img", "input", "link", "meta"})


def element(tag: str, /, *children: Child, **attributes: object) -> Markup:
    """`<tag …>children</tag>`; plain text is escaped, Markup is not, None is left out.

    An attribute's underscores become hyphens, one at its end is dropped (`class_`); None and False leave it
    out, True writes it without a value.
    """
    # Tag and attribute names are this package's own words; everything from outside goes through escape.
    # Text is put together once: Markup's own joining and formatting would escape every piece again.
    written = tag
    for name, value in attributes.items():
        if value is None or value is False:
            continue
        shown = _MIXED_CASE.get(name) or name.rstrip("_").replace("_", "-")
        written += f" {shown}" if value is True else f' {shown}="{escape(value)}"'
    if tag in _VOID:
        return Markup(f"<{written}>")  # noqa: S704
    return Markup(f"<{written}>{''.join(map(escape, filter(_is_there, children)))}</{tag}>")  # noqa: S704


def joined(*children: Child) -> Markup:
    """Children one after the other, escaped where they are plain text."""
    return Markup("".join(map(escape, filter(_is_there, children))))  # noqa: S704


def _is_there(child: Child) -> bool:
    return child is not None

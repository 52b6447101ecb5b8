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
    written = [Markup(tag)]  # noqa: S704
    for name, value in attributes.items():
        if value is None or value is False:
            continue
        shown = Markup(_MIXED_CASE.get(name) or name.rstrip("_").replace("_", "-"))  # noqa: S704
        written.append(shown if value is True else Markup('{}="{}"').format(shown, escape(value)))
    start = Markup("<{}>").format(Markup(" ").join(written))
    if tag in _VOID:
        return start
    return start + joined(*children) + Markup("</{}>").format(Markup(tag))  # noqa: S704


def joined(*children: Child) -> Markup:
    """Children one after the other, escaped where they are plain text."""
    return Markup("").join(child for child in children if child is not None)

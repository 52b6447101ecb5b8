"""A drawing as a file of its own, for PDF and DOCX: fixed width, colours and type written into the picture."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from functools import cache

from thangdo.reporting.assets import asset
from thangdo.reporting.drawing import Drawing

_SVG = "http://www.w3.org/2000/svg"
_ALONG_THE_WIDTH = frozenset({"x", "x1", "x2", "cx", "dx", "width"})
_FAMILY = "Be Vietnam Pro, sans-serif"

# What `drawings.css` says of each shape, for pictures that no style sheet reaches.
_SHAPES: Mapping[str, Mapping[str, str]] = {
    "plot-grid": {"stroke": "line", "stroke-width": "1"},
    "plot-axis": {"fill": "soft", "font-size": "13"},
    "plot-range": {"stroke": "mark-soft", "stroke-width": "3"},
    "plot-dot": {"fill": "mark"},
    "plot-dot is-open": {"fill": "ground", "stroke": "mark", "stroke-width": "2"},
    "plot-bar": {"fill": "mark"},
    "plot-other": {"fill": "mark-soft", "stroke": "ground", "stroke-width": "1"},
    "plot-line": {"stroke": "mark-soft", "stroke-width": "1.5"},
    "plot-line is-marked": {"stroke": "mark", "stroke-width": "3"},
    "plot-leader": {"stroke": "tier", "stroke-width": "1"},
    "plot-leader is-marked": {"stroke": "mark", "stroke-width": "1"},
    "plot-text": {"fill": "ink", "font-size": "14"},
    "plot-text is-marked": {"fill": "ink", "font-size": "14", "font-weight": "600"},
    "plot-text is-soft": {"fill": "soft", "font-size": "14"},
}


def standalone_svg(drawing: Drawing, width: int = 640) -> str:
    """The drawing `width` pixels wide, in the light colours. Names in the picture need the font installed."""
    ET.register_namespace("", _SVG)
    root = ET.fromstring(str(drawing.svg))  # noqa: S314  (our own drawing, every text in it escaped)
    height = root.get("height", "0")
    root.set("width", str(width))
    root.set("viewBox", f"0 0 {width} {height}")
    for shape in root.iter():
        for name, value in list(shape.attrib.items()):
            if name in _ALONG_THE_WIDTH and value.endswith("%"):
                shape.set(name, f"{float(value[:-1]) * width / 100:.2f}")
        for name, value in _SHAPES.get(shape.attrib.pop("class", ""), {}).items():
            shape.set(name, _light_colours().get(value, value))
        if shape.tag == f"{{{_SVG}}}text":
            shape.set("font-family", _FAMILY)
    return ET.tostring(root, encoding="unicode")


@cache
def _light_colours() -> Mapping[str, str]:
    light, _, _ = asset("tokens.css").decode("utf-8").partition("@media")
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", light))

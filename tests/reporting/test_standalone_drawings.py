"""A drawing taken out of its page keeps its places, its colours and its words."""

from __future__ import annotations

import io
import re
import xml.etree.ElementTree as ET
from decimal import Decimal

import pytest
import vl_convert
from PIL import Image

from thangdo.reporting.assets import asset
from thangdo.reporting.drawing import Drawing
from thangdo.reporting.slope import SlopeLine, slope
from thangdo.reporting.standalone import _SHAPES, standalone_svg
from thangdo.reporting.strip import StripDot, strip

DRAWINGS = [
    strip([StripDot("Sở Nội vụ", Decimal(90), True), StripDot("Sở Y tế", Decimal(80))], "Phân bố", "vi"),
    slope([SlopeLine("Quận 7", Decimal(78), Decimal(95), is_marked=True)], "2022", "2023", "Hai năm", "vi"),
]


@pytest.mark.parametrize("drawing", DRAWINGS, ids=["strip", "slope"])
def test_nothing_in_it_leans_on_a_page(drawing: Drawing) -> None:
    text = standalone_svg(drawing, 500)
    assert "%" not in re.sub(r">[^<]*<", "><", text)
    assert "class=" not in text and "var(" not in text
    root = ET.fromstring(text)
    assert root.get("viewBox") == f"0 0 500 {root.get('height')}"


def test_places_are_the_same_share_of_any_width() -> None:
    places = [
        [
            float(node.get("cx", "0")) / width
            for node in ET.fromstring(standalone_svg(DRAWINGS[0], width)).iter()
            if node.get("cx")
        ]
        for width in (400, 800)
    ]
    assert places[0] == pytest.approx(places[1], abs=1e-4)


def test_every_shape_of_the_style_sheet_has_its_colours_here() -> None:
    styles = asset("drawings.css").decode("utf-8")
    assert set(re.findall(r"^\.(plot-[\w-]+)", styles, re.MULTILINE)) == {name.split()[0] for name in _SHAPES}


@pytest.mark.parametrize("drawing", DRAWINGS, ids=["strip", "slope"])
def test_a_converter_without_a_browser_draws_it(drawing: Drawing) -> None:
    picture = Image.open(io.BytesIO(vl_convert.svg_to_png(standalone_svg(drawing, 500))))
    colours = {colour[:3] for _, colour in picture.convert("RGBA").getcolors(100000) or [] if colour[3] == 255}
    assert picture.width == 500
    mark, ink = (0x0D, 0x5C, 0x75), (0x1A, 0x20, 0x27)
    assert {mark, ink} <= colours

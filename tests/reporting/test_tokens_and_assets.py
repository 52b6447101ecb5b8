"""Colours hold their contrast in both modes, the font is whole and licensed, the Vietnamese words are complete."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from thangdo.reporting import assets

ROOM = Path(assets.__file__).parent
STYLES = assets.asset("tokens.css").decode("utf-8")


def tokens(mode: str) -> dict[str, str]:
    light = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", STYLES.split("@media (prefers-color-scheme")[0]))
    dark = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", STYLES.split("@media (prefers-color-scheme")[1]))
    return light if mode == "light" else {**light, **dark}


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """WCAG 2.2 contrast ratio."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


TEXT = [
    ("ink", "ground"),
    ("ink", "wash"),
    ("soft", "ground"),
    ("soft", "wash"),
    ("accent", "ground"),
    ("warning", "ground"),
]
TEXT += [(f"on-class-{n}", f"class-{n}") for n in range(1, 6)] + [(f"on-heat-{n}", f"heat-{n}") for n in range(7)]
MARKS = [("mark", "ground"), ("mark-soft", "ground"), ("tier", "ground"), ("mark", "wash")]


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize(
    ("front", "back", "least"), [*((f, b, 4.5) for f, b in TEXT), *((f, b, 3.0) for f, b in MARKS)]
)
def test_every_pair_holds_its_contrast(mode: str, front: str, back: str, least: float) -> None:
    found = tokens(mode)
    assert contrast(found[front], found[back]) >= least


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_shades_are_one_ladder_that_also_reads_in_grey(mode: str) -> None:
    found = tokens(mode)
    heat = [luminance(found[f"heat-{n}"]) for n in range(7)]
    classes = [luminance(found[f"class-{n}"]) for n in range(1, 6)]
    falling = mode == "light"
    assert heat == sorted(heat, reverse=falling) and len(set(heat)) == 7
    assert classes == sorted(classes, reverse=not falling) and len(set(classes)) == 5


def test_the_font_is_whole_and_comes_with_its_licence() -> None:
    for name in assets.FONTS:
        assert assets.asset(name)[:4] == b"wOF2"
        assert name in STYLES
    assert b"SIL Open Font License, Version 1.1" in assets.asset("be-vietnam-pro-OFL.txt")
    assert {path.name for path in (ROOM / "assets").iterdir()} == set(assets.ASSETS)


def test_an_unknown_asset_is_refused() -> None:
    with pytest.raises(KeyError):
        assets.asset("../numbers.py")


def test_the_styles_name_no_address_outside() -> None:
    assert not re.search(r"https?:|//[a-z]", assets.stylesheet())


def test_every_token_that_is_used_is_defined_in_light_and_none_is_left_over() -> None:
    used = set(re.findall(r"var\(--([\w-]+)\)", assets.stylesheet()))
    defined = set(re.findall(r"--([\w-]+):", STYLES))
    assert used <= defined


def test_the_vietnamese_catalogue_is_complete() -> None:
    said = set()
    for module in ROOM.glob("*.py"):
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_"
            if is_call and isinstance(node.args[0], ast.Constant):
                said.add(node.args[0].value)
    with (ROOM / "locale" / "vi" / "LC_MESSAGES" / "reporting.po").open("rb") as source:
        catalogue = {message.id: message.string for message in read_po(source) if message.id}
    assert said <= set(catalogue)
    assert all(catalogue[words] for words in said)
    for words in said:
        assert set(re.findall(r"%\(\w+\)s", words)) == set(re.findall(r"%\(\w+\)s", catalogue[words]))

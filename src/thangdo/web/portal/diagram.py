"""The transition table as an accessible SVG: phases in a row, ways forward above, ways back below."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from thangdo.web.rounds.phases import Phase, Transition

WIDTH, HEIGHT, GAP, TOP = 118, 46, 24, 70
# Letters that one line of a box holds.
FITTING = 16


def transition_diagram(phases: Sequence[Phase], ways: Sequence[Transition], language: str) -> SafeString:
    """One box a phase, one arrow a transition; the table below it says the same in words."""
    place = {phase.code: position * (WIDTH + GAP) for position, phase in enumerate(phases)}
    boxes = format_html_join(
        "",
        '<rect x="{}" y="{}" width="{}" height="{}" rx="4"/><text x="{}" y="{}" text-anchor="middle">{}</text>',
        (
            (x, TOP, WIDTH, HEIGHT, x + WIDTH // 2, TOP + HEIGHT // 2 + 5, _lines(phase.name(language), x + WIDTH // 2))
            for phase in phases
            for x in [place[phase.code]]
        ),
    )
    arrows = format_html_join(
        "",
        '<path class="{}" d="{}" marker-end="url(#tip)"><title>{}</title></path>',
        (("back" if way.needs_reason else "", _path(place, way), way.name(language)) for way in ways),
    )
    title = (
        "Các giai đoạn của một đợt và đường đi giữa chúng"
        if language == "vi"
        else "Phases of a round and the ways between them"
    )
    width = len(phases) * (WIDTH + GAP) - GAP
    return format_html(
        '<svg class="diagram" viewBox="-4 0 {} 190" role="img" aria-label="{}"><defs><marker id="tip" viewBox="0 0 8 8" '
        'refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z"/></marker></defs>{}{}</svg>',
        width + 8,
        title,
        arrows,
        boxes,
    )


def _lines(name: str, middle: int) -> SafeString:
    """A name in one line, or in two of about the same length where one would not fit."""
    if len(name) <= FITTING:
        return format_html("{}", name)
    words = name.split()
    cut = min(range(1, len(words)), key=lambda at: abs(len(" ".join(words[:at])) - len(" ".join(words[at:]))))
    return format_html(
        '<tspan x="{}" dy="-8">{}</tspan><tspan x="{}" dy="17">{}</tspan>',
        middle,
        " ".join(words[:cut]),
        middle,
        " ".join(words[cut:]),
    )


def _path(place: dict[str, int], way: Transition) -> str:
    start, end = place[way.source] + WIDTH // 2, place[way.target] + WIDTH // 2
    if not way.needs_reason:
        return f"M{start + WIDTH // 2} {TOP + HEIGHT // 2}H{end - WIDTH // 2 - 2}"
    low = TOP + HEIGHT
    return f"M{start - 12} {low}C{start - 30} {low + 44},{end + 30} {low + 44},{end + 12} {low + 3}"

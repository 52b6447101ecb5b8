"""Pictures of an audit: ranks with ranges, correlations, treatment, Sobol bars, parallel coordinates."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from thangdo.reporting.audit_report import AuditReport, BeforeAfter, RankRange, SobolBar
from thangdo.reporting.audit_words import words
from thangdo.reporting.drawing import Drawing, spread, svg
from thangdo.reporting.language import Language
from thangdo.reporting.markup import element
from thangdo.reporting.numbers import number

Table = tuple[tuple[str, ...], Sequence[tuple[str, ...]]]
_ROW = 20
_LEFT = 14.0
# One hue with the text colour that can be read on it.
_SHADES = (("#f5f7f8", "#1a2027"), ("#dbe9ee", "#1a2027"), ("#a5c9d4", "#1a2027"), ("#4f93a8", "#0b1114"),
           ("#0d5c75", "#ffffff"))  # fmt: skip
_WARNING = "#9a4b00"


def _x(share: float, left: float = _LEFT, right: float = 98.0) -> str:
    return f"{left + min(1.0, max(0.0, share)) * (right - left):.2f}%"


def _name(text: str, y: float) -> Markup:
    return element("text", text, x=f"{_LEFT - 1.5}%", y=f"{y:g}", text_anchor="end", class_="plot-text")


def _drawing(shapes: list[Markup], height: int, key: str, see: str, language: Language, table: Table) -> Drawing:
    return Drawing(svg(shapes, height, words(key, language), see), see, see, table)


def shown_range(row: RankRange, language: Language) -> str:
    """`3 (2–6)`."""
    return f"{row.rank} ({number(row.low, language, 0)}–{number(row.high, language, 0)})"


def rank_ranges(rows: Sequence[RankRange], of: int, varied: str, language: Language) -> Drawing:
    """One row a unit, best first, rank 1 at the left."""
    shapes = []
    height = len(rows) * _ROW
    steps = sorted({1, *range(10, of, 10 if of > 20 else 5), of} if of > 10 else {1, of})
    steps = [step for step in steps if step in (1, of) or of - step > of * 0.06]

    def at(rank: float) -> str:
        return _x((rank - 1) / max(of - 1, 1))

    for step in steps:
        shapes.append(element("line", x1=at(step), x2=at(step), y1=0, y2=height, class_="plot-grid"))
        shapes.append(element("text", str(step), x=at(step), y=height + 18, text_anchor="middle", class_="plot-axis"))
    for place, row in enumerate(rows):
        y = place * _ROW + _ROW / 2
        shapes += [
            _name(row.unit, y + 5),
            element("line", x1=at(row.low), x2=at(row.high), y1=y, y2=y, class_="plot-range"),
            element("circle", cx=at(row.rank), cy=y, r=4.5, class_="plot-dot"),
        ]
    table = (words("unit", language), words("rank", language)), [(r.unit, shown_range(r, language)) for r in rows]
    return _drawing(shapes, height + 26, "ranks", words("ranks_see", language, varied=varied), language, table)


def correlation_heat(report: AuditReport, language: Language) -> Drawing:
    """A number in every cell, one hue by size; an edge where it is negative."""
    count = len(report.nodes)
    width, cell = (98.0 - _LEFT) / count, 34
    shapes: list[Markup] = []
    rows = []
    for row, (name, line) in enumerate(zip(report.nodes, report.correlations, strict=True)):
        shapes.append(_name(name, row * cell + 22))
        # The upper triangle says the same again.
        for column, value in enumerate(line[: row + 1]):
            if value is None:
                continue
            fill, ink = _SHADES[min(4, int(abs(value) * 5))]
            left = _LEFT + column * width
            edge: dict[str, object] = (
                {"stroke": _WARNING, "stroke_width": 2} if value < 0 else {"stroke": "#ffffff", "stroke_width": 1}
            )
            shapes.append(
                element("rect", x=f"{left + 0.2:.2f}%", y=row * cell + 2, width=f"{width - 0.4:.2f}%", height=cell - 4,
                        fill=fill, **edge)
            )  # fmt: skip
            if count <= 12:
                shapes.append(
                    element("text", number(value, language, 2), x=f"{left + width / 2:.2f}%", y=row * cell + 22,
                            text_anchor="middle", fill=ink, font_size="13")
                )  # fmt: skip
        rows.append((name, *("" if value is None else number(value, language, 2) for value in line)))
    for column, name in enumerate(report.nodes):
        x = f"{_LEFT + (column + 0.5) * width:.2f}%"
        shapes.append(element("text", name[:9], x=x, y=count * cell + 18, text_anchor="middle", class_="plot-axis"))
    table = ("", *report.nodes), rows
    return _drawing(shapes, count * cell + 26, "heat", words("heat_see", language), language, table)


def before_after(rows: Sequence[BeforeAfter], language: Language) -> Drawing:
    """Two strips an indicator, each on its own scale from its smallest to its largest value."""
    shapes: list[Markup] = []
    table = []
    step = 46
    for place, row in enumerate(rows):
        top = place * step
        shapes.append(_name(row.code, top + 24))
        for y, values, kind in ((top + 12, row.before, "plot-other"), (top + 28, row.after, "plot-dot")):
            low, high = min(values), max(values)
            shapes.append(element("line", x1=_x(0), x2=_x(1), y1=y, y2=y, class_="plot-grid"))
            for value in values:
                at = _x((value - low) / (high - low) if high > low else 0.5)
                shapes.append(element("circle", cx=at, cy=y, r=4, class_=kind, fill_opacity="0.6"))
        table.append((row.code, number(row.skew_before, language, 2), number(row.skew_after, language, 2)))
    header = words("group", language), words("skew_before", language), words("skew_after", language)
    see = words("treated_see", language)
    return _drawing(shapes, len(rows) * step, "treated", see, language, (header, table))


def sobol_bars(rows: Sequence[SobolBar], language: Language) -> Drawing:
    """First-order and total index of each choice, the names above their bars."""
    shapes: list[Markup] = []
    table = []
    step = 56
    for place, row in enumerate(rows):
        top = place * step
        whole = number(row.total, language, 2)
        shapes += [
            element("text", row.name, x="0%", y=top + 16, class_="plot-text"),
            element("text", whole, x="98%", y=top + 16, text_anchor="end", class_="plot-text is-marked"),
            element("rect", x="0%", y=top + 23, width=_x(row.total, 0.0), height=11, class_="plot-other"),
            element("rect", x="0%", y=top + 36, width=_x(row.first, 0.0), height=11, class_="plot-bar"),
            element("line", x1=_x(row.low, 0.0), x2=_x(row.high, 0.0), y1=top + 28.5, y2=top + 28.5,
                    stroke="#1a2027", stroke_width=1.5),
        ]  # fmt: skip
        bounds = f"{whole} ({number(row.low, language, 2)}–{number(row.high, language, 2)})"
        table.append((row.name, number(row.first, language, 2), bounds))
    header = words("choice", language), words("first", language), words("total", language)
    return _drawing(shapes, len(rows) * step, "sobol", words("sobol_see", language), language, (header, table))


def parallel(report: AuditReport, language: Language, marked: int = 3) -> Drawing:
    """A line a unit over the components, each on its own scale from the lowest to the highest unit."""
    height, left, right = 260, 4.0, 84.0
    count = len(report.nodes)
    across = [left + (right - left) * place / max(count - 1, 1) for place in range(count)]
    columns = [[line[1][place] for line in report.lines] for place in range(count)]
    ends = []
    for column in columns:
        there = [value for value in column if value is not None]
        ends.append((min(there), max(there)))
    shapes: list[Markup] = []
    for x, name in zip(across, report.nodes, strict=True):
        shapes.append(element("line", x1=f"{x:.2f}%", x2=f"{x:.2f}%", y1=8, y2=height, class_="plot-grid"))
        shapes.append(element("text", name[:9], x=f"{x:.2f}%", y=height + 20, text_anchor="middle", class_="plot-axis"))
    labels: list[tuple[str, float]] = []
    for position in reversed(range(len(report.lines))):
        unit, values = report.lines[position]
        heights: list[float | None] = [
            None if value is None else 8 + (height - 8) * (1 - ((value - low) / (high - low) if high > low else 0.5))
            for value, (low, high) in zip(values, ends, strict=True)
        ]
        is_marked = position < marked
        look: dict[str, object] = (
            {"class_": "plot-line is-marked"} if is_marked else {"class_": "plot-line", "stroke_opacity": "0.45"}
        )
        for axis in range(count - 1):
            first, second = heights[axis], heights[axis + 1]
            if first is not None and second is not None:
                shapes.append(
                    element("line", x1=f"{across[axis]:.2f}%", x2=f"{across[axis + 1]:.2f}%", y1=f"{first:.1f}",
                            y2=f"{second:.1f}", **look)
                )  # fmt: skip
        last = heights[-1]
        if is_marked and last is not None:
            labels.append((unit, last))
    for (unit, _), y in zip(labels, spread([end for _, end in labels], 17.0), strict=True):
        shapes.append(element("text", unit, x=f"{right + 1}%", y=f"{y + 5:.1f}", class_="plot-text is-marked"))
    rows = [(unit, *("" if v is None else number(v, language, 1) for v in values)) for unit, values in report.lines]
    table = (words("unit", language), *report.nodes), rows
    return _drawing(shapes, height + 28, "lines", words("lines_see", language), language, table)

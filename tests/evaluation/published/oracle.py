"""What published tables must be told, worked out a second time in the plainest way.

Reads the cells as strings and knows nothing of the product but the register: sums by linear programming,
roundings by trying them, numbers by writing them out and looking for them in the source's words.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from functools import cache

from scipy.optimize import linprog

from thangdo.evaluation.register import load_register

Rows = list[dict[str, str]]
Tables = dict[str, Rows]
Told = Counter[tuple[str, str, int, str]]

CLASSES = {"par": ["Xuất sắc", "Tốt"], "dti": ["Nâng cao", "Hình thành", "Khởi động"]}
REQUIRED = {
    "published": "index block unit",
    "counts": "index block group count named",
    "bands": "index block class",
    "figures": "figure value bound",
    "sums": "total part",
    "shares": "share percent",
}
# The cells that sums and shares depend on; everything else leaves them as they are.
COUNTED = {
    "figures": ("figure", "value", "bound"),
    "sums": ("total", "part"),
    "shares": ("share", "percent", "numerator", "denominator"),
}
WHOLE = {"published_rank", "paragraph", "count"}
NUMBERS = {"published", "lower", "upper", "maximum", "value", "percent"}
WORDS_ALLOWED = {
    "group": ("block", "class", "leaders"),
    "named": ("all", "some"),
    "bound": ("exact", "above", "below", "about"),
}
REGISTER = load_register()
HUGE = 10**30


def told(tables: Tables) -> Told:
    """Every (code, file, row, column) that must be found, as often as it must be found."""
    out: Told = Counter()
    read = {
        name: [_read(out, name, number, row) for number, row in enumerate(rows, 2)] for name, rows in tables.items()
    }
    _form(out, read)
    _rankings(out, read)
    _counts(out, read)
    _bands(out, read)
    counted = {name: [[row[column] for column in columns] for row in tables[name]] for name, columns in COUNTED.items()}
    for key, number in _figures(json.dumps(counted)).items():
        out[key] += number
    _words(out, read)
    return out


def _read(out: Told, name: str, number: int, row: dict[str, str]) -> dict:
    file, read = f"{name}.csv", {"row": number}
    for column, cell in row.items():
        is_whole = column in WHOLE or (column == "total" and name == "counts")
        read[column] = cell
        if not cell:
            if column in REQUIRED[name].split():
                out["EVA514", file, number, column] += 1
            read[column] = None if is_whole or column in NUMBERS else ""
        elif is_whole:
            read[column] = int(cell) if cell.isdigit() else None
        elif column in NUMBERS:
            read[column] = Decimal(cell.replace(",", ".")) if re.fullmatch(r"\d+([.,]\d+)?", cell) else None
        elif column in WORDS_ALLOWED and cell not in WORDS_ALLOWED[column]:
            out["EVA513", file, number, column] += 1
        elif column == "unit" and name == "published" and cell not in REGISTER:
            out["EVA512", file, number, column] += 1
        if cell and read[column] is None:
            out["EVA511", file, number, column] += 1
    return read


def _form(out: Told, read: dict) -> None:
    for name, key in (("figures", "figure"), ("shares", "share")):
        for place, row in enumerate(read[name]):
            if row[key] and any(row[key] == earlier[key] for earlier in read[name][:place]):
                out["EVA515", f"{name}.csv", row["row"], key] += 1
    for row in read["counts"]:
        if row["group"] == "class" and not row["class"]:
            out["EVA514", "counts.csv", row["row"], "class"] += 1
    for name, column in (("published", "published_class"), ("counts", "class"), ("bands", "class")):
        for row in read[name]:
            if row[column] and row["index"] in CLASSES and row[column] not in CLASSES[row["index"]]:
                out["EVA544", f"{name}.csv", row["row"], column] += 1


def _same_block(rows: Rows, row: dict) -> list[dict]:
    return [other for other in rows if (other["index"], other["block"]) == (row["index"], row["block"])]


def _size(read: dict, row: dict) -> int | None:
    totals = [count["total"] for count in _same_block(read["counts"], row) if count["total"] is not None]
    return totals[0] if totals else None


def _rankings(out: Told, read: dict) -> None:
    standings = read["published"]
    for place, row in enumerate(standings):
        block = _same_block(standings, row)
        rank, where = row["published_rank"], ("published.csv", row["row"])
        if row["unit"] and any(row["unit"] == other["unit"] for other in _same_block(standings[:place], row)):
            out["EVA520", *where, "unit"] += 1
        named = [
            other
            for other in standings[:place]
            if other["published_class"]
            and other["unit"]
            and (other["index"], other["unit"]) == (row["index"], row["unit"])
        ]
        if row["published_class"] and named and named[0]["published_class"] != row["published_class"]:
            out["EVA524", *where, "published_class"] += 1
        if rank is None:
            continue
        above = [other for other in block if other["published_rank"] is not None and other["published_rank"] < rank]
        lists_all = any(
            count["group"] == "block" and count["named"] == "all" for count in _same_block(read["counts"], row)
        )
        if len(above) >= rank or (lists_all and len(above) + 1 != rank):
            out["EVA521", *where, "published_rank"] += 1
        size = _size(read, row)
        if size is not None and rank > size:
            out["EVA522", *where, "published_rank"] += 1
        scores = [other["published"] for other in above if other["published"] is not None]
        if row["published"] is not None and scores and min(scores) < row["published"]:
            out["EVA523", *where, "published"] += 1
        order = CLASSES.get(row["index"], [])
        if row["published_class"] in order and any(
            other["published_class"] in order[order.index(row["published_class"]) + 1 :] for other in above
        ):
            out["EVA525", *where, "published_class"] += 1


def _counts(out: Told, read: dict) -> None:
    for row in read["counts"]:
        where = ("counts.csv", row["row"])
        block = _same_block(read["counts"], row)
        size = _size(read, row)
        by_class = [other for other in block if other["group"] == "class" and other["count"] is not None]
        if by_class and by_class[0] is row and size is not None:
            added = sum(other["count"] for other in by_class)
            is_complete = set(CLASSES.get(row["index"], [])) <= {other["class"] for other in by_class}
            if added > size or (added < size and is_complete):
                out["EVA530", *where, "count"] += 1
        if row["total"] is not None and row["total"] != size:
            out["EVA531", *where, "total"] += 1
        if row["count"] is None:
            continue
        if row["total"] is not None and row["count"] > row["total"]:
            out["EVA534", *where, "count"] += 1
        listed = _same_block(read["published"], row)
        if row["group"] != "block":
            listed = [
                standing
                for standing in listed
                if (
                    standing["published_class"] == row["class"]
                    if row["class"]
                    else standing["published_rank"] is not None and standing["published_rank"] <= row["count"]
                )
            ]
        units = {standing["unit"] for standing in listed}
        if row["named"] == "all" and (len(units) != row["count"] or len(listed) != row["count"]):
            out["EVA532", *where, "count"] += 1
        if row["named"] == "some" and len(units) > row["count"]:
            out["EVA533", *where, "count"] += 1


def _ends(band: dict) -> tuple[Decimal, Decimal]:
    top = band["maximum"] if band["maximum"] is not None else Decimal(HUGE)
    return band["lower"] or Decimal(0), band["upper"] if band["upper"] is not None else top


def _bands(out: Told, read: dict) -> None:
    blocks = {(row["index"], row["block"]): row for row in read["bands"]}
    for row in blocks.values():
        sound = []
        for band in _same_block(read["bands"], row):
            low, high = _ends(band)
            if low < high:
                sound.append((low, high, band["row"], band))
            else:
                out["EVA545", "bands.csv", band["row"], "lower"] += 1
        sound.sort(key=lambda band: (band[0], band[2]))
        reached = Decimal(0)
        for place, (low, high, number, _) in enumerate(sound):
            if low > reached:
                out["EVA540", "bands.csv", number, "lower"] += 1
            if low < reached and place:
                out["EVA541", "bands.csv", number, "lower"] += 1
            reached = high
        if sound and sound[-1][3]["maximum"] is not None and reached < sound[-1][3]["maximum"]:
            out["EVA540", "bands.csv", sound[-1][2], "upper"] += 1
    for row in read["published"]:
        scale, score = _same_block(read["bands"], row), row["published"]
        if not scale or score is None:
            continue
        fitting = [
            band["class"]
            for band in scale
            if _ends(band)[0] <= score < _ends(band)[1] or score == _ends(band)[1] == band["maximum"]
        ]
        if not fitting:
            out["EVA542", "published.csv", row["row"], "published"] += 1
        elif row["published_class"] and row["published_class"] not in fitting:
            out["EVA543", "published.csv", row["row"], "published_class"] += 1


@cache
def _figures(text: str) -> Told:
    out, silent = Counter(), Counter()
    read = {
        name: [_read(silent, name, number, dict(zip(COUNTED[name], row))) for number, row in enumerate(rows, 2)]
        for name, rows in json.loads(text).items()
    }
    figures = {row["figure"]: row for row in read["figures"]}
    parts: dict[str, list[str]] = {}
    for row in read["sums"]:
        parts.setdefault(row["total"], []).append(row["part"])
        for column in ("total", "part"):
            if row[column] and row[column] not in figures:
                out["EVA516", "sums.csv", row["row"], column] += 1
    has_circle = False
    for row in read["sums"]:
        below, new = set(), {row["part"]}
        while new - below:
            below |= new
            new = {part for code in below for part in parts.get(code, [])}
        if row["total"] in below:
            has_circle = True
            out["EVA517", "sums.csv", row["row"], "total"] += 1
    sums = {t: p for t, p in parts.items() if not has_circle and {t, *p} <= set(figures)}
    own = {code: _printed_bounds(row) for code, row in figures.items()}
    broken: set[str] = set()
    for total in sorted(sums, key=lambda code: len(_below(code, sums))):
        if not _solve(own, {t: sums[t] for t in _below(total, sums) if t in sums and t not in broken}, None):
            broken.add(total)
            out["EVA550", "figures.csv", figures[total]["row"], "value"] += 1
    bounds = own if broken else {code: _solve(own, sums, code) for code in own}
    if any(bound is None for bound in bounds.values()):
        bounds = own
    for row in read["shares"]:
        where = ("shares.csv", row["row"])
        for column in ("numerator", "denominator"):
            if row[column] and row[column] not in figures:
                out["EVA516", *where, column] += 1
        if row["percent"] is None:
            continue
        if row["percent"] > 100:
            out["EVA554", *where, "percent"] += 1
        elif not row["numerator"] or not row["denominator"]:
            out["EVA553", *where, "denominator" if row["numerator"] else "numerator"] += 1
        elif all(
            code in figures and figures[code]["value"] is not None for code in (row["numerator"], row["denominator"])
        ):
            low, high = _ratio(row["numerator"], row["denominator"], bounds, sums)
            ways = _ways(row["percent"], low, high)
            if ROUND_HALF_UP not in ways:
                out["EVA551" if ways else "EVA552", *where, "percent"] += 1
    return out


def _printed_bounds(row: dict) -> tuple[Decimal, Decimal]:
    value, bound = row["value"], row["bound"]
    if value is None or bound == "about":
        return Decimal(0), Decimal(HUGE)
    step = 1 if value == int(value) else 0
    return {"above": (value + step, Decimal(HUGE)), "below": (Decimal(0), max(Decimal(0), value - step))}.get(
        bound, (value, value)
    )


def _below(code: str, sums: dict) -> set[str]:
    return {code}.union(*(_below(part, sums) for part in sums.get(code, [])))


def _solve(own: dict, sums: dict, code: str | None) -> tuple[Decimal, Decimal] | bool | None:
    """Whether all sums can hold within the bounds; with `code`, between which values it then lies."""
    return _solved(tuple(own.items()), tuple((total, tuple(parts)) for total, parts in sums.items()), code)


@cache
def _solved(bounds: tuple, added: tuple, code: str | None) -> tuple[Decimal, Decimal] | bool | None:
    own, sums = dict(bounds), dict(added)
    codes = list(own)
    rows = [[(c == total) - sums[total].count(c) for c in codes] for total in sums]
    limits = [(float(low), None if high >= HUGE else float(high)) for low, high in own.values()]
    answers = []
    for sign in (1, -1):
        goal = [sign * (c == code) for c in codes]
        result = linprog(goal, A_eq=rows or None, b_eq=[0] * len(rows) or None, bounds=limits)
        if code is None:
            return result.status == 0
        if result.status == 2:
            return None
        answers.append(Decimal(HUGE) if result.status != 0 else Decimal(round(result.x[codes.index(code)], 4)))
    return answers[0], answers[1]


def _ratio(numerator: str, denominator: str, bounds: dict, sums: dict) -> tuple[Decimal, Decimal]:
    low, high = bounds[numerator]
    if numerator in sums.get(denominator, []):
        others = [code for code in sums[denominator] if code != numerator]
        rest_low, rest_high = (sum(bounds[code][end] for code in others) for end in (0, 1))
        least = Decimal(0) if rest_high >= HUGE or not low + rest_high else 100 * low / (low + rest_high)
        most = Decimal(100) if high >= HUGE else 100 * high / (high + rest_low) if high + rest_low else Decimal(0)
        return least, most
    bottom, top = bounds[denominator]
    least = Decimal(0) if top >= HUGE else 100 * low / top if top else Decimal(HUGE)
    return least, 100 * high / bottom if bottom and high < HUGE else Decimal(HUGE)


def _ways(printed: Decimal, low: Decimal, high: Decimal) -> set[str]:
    step = Decimal(1).scaleb(printed.as_tuple().exponent)
    grain = step / 10**6
    tries = [low, high, printed, printed + step / 2, printed - step / 2, printed + step]
    tries = [value + nudge for value in tries for nudge in (-grain, 0, grain)]
    inside = [value for value in tries if low <= value <= high and 0 <= value < 1000]
    return {
        way
        for way in (ROUND_HALF_UP, ROUND_HALF_EVEN, ROUND_DOWN)
        if any(value.quantize(step, way) == printed for value in inside)
    }


def _forms(value: Decimal | int) -> set[str]:
    """The ways a Vietnamese newspaper prints a number."""
    value = Decimal(value)
    plain = f"{value:f}"
    whole, _, part = plain.partition(".")
    part = part.rstrip("0")
    forms = {plain, whole + (f".{part}" if part else ""), whole + (f",{part}" if part else "")}
    if not part:
        grouped = f"{int(whole):,}"
        forms |= {grouped, grouped.replace(",", ".")}
    millions = f"{(value / 10**6).normalize():f}"
    return forms | {f"{millions.replace('.', ',')} triệu"}


@cache
def _said(words: str, value: Decimal | int) -> re.Match[str] | None:
    scaled = r"(?!\s+triệu)"
    for form in _forms(value):
        tail = "" if form.endswith("triệu") else scaled
        found = re.search(rf"(?:(\w+) )?(?<![\d.,]){re.escape(form)}(?![.,]?\d){tail}", words)
        if found:
            return found
    return None


@cache
def _names(words: str, unit: str) -> bool:
    pieces = re.split(r"[\s…]+", words)
    spans = (" ".join(pieces[a:b]) for a in range(len(pieces)) for b in range(a + 1, len(pieces) + 1))
    return any((found := REGISTER.find(span.strip(",;."))) is not None and found.unit == unit for span in spans)


def _words(out: Told, read: dict) -> None:
    quoted = {
        "published": (("published",), "published_class"),
        "counts": (("count", "total"), "class"),
        "bands": (("lower", "upper"), ""),
        "figures": (("value",), ""),
        "shares": (("percent",), ""),
    }
    decimals = {"native": [], "foreign": []}
    for name, (columns, class_column) in quoted.items():
        for row in read[name]:
            words, where = row["words"], (f"{name}.csv", row["row"])
            for kind, pattern in (
                ("native", r"(?<![\d.,])\d+,\d+"),
                ("foreign", r"(?<![\d.,])\d+\.(?!\d{3}(?!\d))\d+"),
            ):
                decimals[kind] += [where for _ in re.findall(pattern, words)]
            if not words:
                continue
            for column in columns:
                if row[column] is not None and not _said(words, row[column]):
                    out["EVA561", *where, column] += 1
            said_class = rf"(?<!\w){re.escape(row[class_column])}(?!\w)" if class_column else ""
            if class_column and row[class_column] and not re.search(said_class, words, re.IGNORECASE):
                out["EVA561", *where, class_column] += 1
            if name == "published" and row["unit"] in REGISTER and not _names(words, row["unit"]):
                out["EVA561", *where, "unit"] += 1
            if name == "figures" and row["value"] is not None and row["bound"]:
                said = _said(words, row["value"])
                if said:
                    before = {"gần": "below", "hơn": "above"}.get(said[1] or "", "exact")
                    if before != row["bound"]:
                        out["EVA562", *where, "bound"] += 1
    if decimals["native"]:
        for where in decimals["foreign"]:
            out["EVA560", *where, "words"] += 1

"""The register of units: one code an agency, its names, its place and its days.

The register that is shipped is `library/units/hcmc.csv`; any file of the same columns will do. Every other
file names a unit by its code; people name it as they are used to, so a name is looked up without regard
to accents, case, punctuation or the words that only say whose agency it is ("UBND", "Thành phố").
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from itertools import pairwise
from pathlib import Path

from thangdo.evaluation.vietnamese import search_text, sort_key
from thangdo.findings import Finding, Gathered, Where

COLUMNS = (
    "unit",
    "name_vi",
    "name_en",
    "short_vi",
    "short_en",
    "aliases",
    "level",
    "parent",
    "valid_from",
    "valid_to",
    "predecessors",
    "code_source",
)
LEVELS = ("tinh", "so_nganh", "dia_phuong", "nganh_doc", "phuong_xa")
_LIST_SIGN = ";"

# Abbreviations that stand before a name, and words that only say whose agency it is.
_SPELLED_OUT = (
    (re.compile(r"^(?:ubnd|uy ban nhan dan) (?=.)"), ""),
    (re.compile(r"^(?:bql|ban ql)\b"), "ban quan ly"),
    (re.compile(r"^q ?(?=\d)|^q (?=.)"), "quan "),
    (re.compile(r"^h (?=.)"), "huyen "),
    (re.compile(r"^tx (?=.)"), "thi xa "),
    (re.compile(r"^tp (?=.)"), "thanh pho "),
)
_WHOSE = re.compile(r" (?:thanh pho ho chi minh|thanh pho hcm|tp ho chi minh|tp hcm|tphcm|thanh pho|tp)$")


@dataclass(frozen=True, slots=True)
class Unit:
    """A row of the register. `valid_from` and `valid_to` are its first and last day; None = not stated."""

    unit: str
    name_vi: str
    name_en: str
    short_vi: str
    short_en: str
    aliases: tuple[str, ...] = ()
    level: str = ""
    parent: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    predecessors: tuple[str, ...] = ()
    code_source: str = ""

    def name(self, language: str) -> str:
        return self.name_en if language == "en" and self.name_en else self.name_vi

    def short(self, language: str) -> str:
        return (self.short_en if language == "en" else self.short_vi) or self.name(language)

    def is_valid(self, at: date) -> bool:
        """Whether the unit existed on the day `at`; a bound that is not stated is open."""
        return (self.valid_from is None or self.valid_from <= at) and (self.valid_to is None or at <= self.valid_to)

    @property
    def is_placeholder(self) -> bool:
        """Stands for a unit that a source counts and does not name."""
        return "minh họa" in self.name_vi

    @property
    def search_text(self) -> str:
        return search_text(self.unit, self.name_vi, self.name_en, self.short_vi, self.short_en, *self.aliases)


class UnknownUnit(LookupError):
    """No unit, or more than one, goes by this name. `nearest` holds codes and names to choose from."""

    def __init__(self, text: str, nearest: tuple[str, ...]) -> None:
        self.text = text
        self.nearest = nearest
        super().__init__(f"{text!r}; nearest: {', '.join(nearest) or 'none'}")


@dataclass(frozen=True)
class Register:
    """All units of one register file, by code and by name."""

    units: Mapping[str, Unit]
    _named: Mapping[str, tuple[str, ...]] = field(repr=False, default_factory=dict)

    def __getitem__(self, code: str) -> Unit:
        return self.units[code]

    def __contains__(self, code: object) -> bool:
        return code in self.units

    def __iter__(self) -> Iterator[Unit]:
        return iter(self.units.values())

    def __len__(self) -> int:
        return len(self.units)

    def find(self, text: str, at: date | None = None) -> Unit | None:
        """The one unit with this code, name or alias, or None. With `at`, only units that existed that day."""
        candidates = self._candidates(text, at)
        return candidates[0] if len(candidates) == 1 else None

    def lookup(self, text: str, at: date | None = None) -> Unit:
        """Like `find`, but raises `UnknownUnit` with the nearest names."""
        candidates = self._candidates(text, at)
        if len(candidates) == 1:
            return candidates[0]
        if candidates:
            raise UnknownUnit(text, tuple(f"{unit.unit} ({unit.name_vi})" for unit in candidates))
        near = get_close_matches(_name_key(text), list(self._named), n=3, cutoff=0.6)
        codes = dict.fromkeys(code for key in near for code in self._named[key])
        raise UnknownUnit(text, tuple(f"{code} ({self.units[code].name_vi})" for code in codes))

    def valid_on(self, at: date, level: str | None = None) -> tuple[Unit, ...]:
        """Units that existed on the day `at`, of one level if given, in Vietnamese order."""
        found = (unit for unit in self if unit.is_valid(at) and level in (None, unit.level))
        return tuple(sorted(found, key=lambda unit: sort_key(unit.name_vi)))

    def search(self, words: str) -> tuple[Unit, ...]:
        """Units whose names hold every word, accents or not, in Vietnamese order."""
        wanted = search_text(words).split()
        found = (unit for unit in self if all(word in unit.search_text for word in wanted))
        return tuple(sorted(found, key=lambda unit: sort_key(unit.name_vi)))

    def successors(self, code: str) -> tuple[Unit, ...]:
        """Units that took over from `code`, in the register's order."""
        return tuple(unit for unit in self if code in unit.predecessors)

    def with_those_below(self, code: str) -> frozenset[str]:
        """The unit and every unit below it by `parent`."""
        below = {code}
        while more := {unit.unit for unit in self if unit.parent in below} - below:
            below |= more
        return frozenset(below)

    def _candidates(self, text: str, at: date | None) -> list[Unit]:
        exact = self.units.get(text.strip())
        found = [exact] if exact else [self.units[code] for code in self._named.get(_name_key(text), ())]
        found = [unit for unit in found if at is None or unit.is_valid(at)]
        # Of a unit and the one it grew out of, a bare name means the later: Thủ Đức is the city, not the district.
        earlier = {code for unit in found for code in unit.predecessors}
        return [unit for unit in found if unit.unit not in earlier]


def load_register(path: Path | None = None) -> Register:
    """Read the register at `path`, or the one that is shipped. Raises `Refused` with every fault found."""
    if path is None:
        return _shipped()
    return parse_register(path.read_text(encoding="utf-8-sig"), str(path))


@cache
def _shipped() -> Register:
    source = files("thangdo") / "library" / "units" / "hcmc.csv"
    return parse_register(source.read_text(encoding="utf-8"), "library/units/hcmc.csv")


def parse_register(text: str, file: str) -> Register:
    """Read a register from its text; `file` is what findings call it. Raises `Refused`."""
    gathered = Gathered()
    reader = csv.DictReader(io.StringIO(text))
    missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
    if missing:
        gathered.add(Finding("EVA501", Where(file, 1), found=", ".join(missing), expected=", ".join(COLUMNS)))
        gathered.refuse_errors()
    units: dict[str, Unit] = {}
    for row in reader:
        where = Where(file, reader.line_num)
        unit = _unit(row, where, gathered)
        if not unit.unit or unit.unit in units:
            gathered.add(Finding("EVA502", Where(file, reader.line_num, "unit"), found=unit.unit))
        units.setdefault(unit.unit, unit)
    named = _named(units.values())
    gathered.extend(_loose_ends(units, named, file))
    gathered.refuse_errors()
    return Register(units, named)


def write_register(register: Iterable[Unit]) -> str:
    """The register as CSV text; `parse_register` of it gives the same units."""
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(COLUMNS)
    for unit in register:
        cells = (getattr(unit, name) for name in COLUMNS)
        writer.writerow([_LIST_SIGN.join(cell) if isinstance(cell, tuple) else cell or "" for cell in cells])
    return target.getvalue()


def _unit(row: Mapping[str, str | None], where: Where, gathered: Gathered) -> Unit:
    cells = {name: (row.get(name) or "").strip() for name in COLUMNS}
    days: dict[str, date | None] = {}
    for name in ("valid_from", "valid_to"):
        try:
            days[name] = date.fromisoformat(cells[name]) if cells[name] else None
        except ValueError:
            days[name] = None
            gathered.add(Finding("EVA503", Where(where.file, where.row, name), cells[name], "YYYY-MM-DD"))
    if cells["level"] not in LEVELS:
        place = Where(where.file, where.row, "level")
        gathered.add(Finding("EVA504", place, found=cells["level"], expected=", ".join(LEVELS)))
    texts = {name: cells[name] for name in ("unit", "name_vi", "name_en", "short_vi", "short_en", "level", "parent")}
    return Unit(
        **texts,
        aliases=_split(cells["aliases"]),
        valid_from=days["valid_from"],
        valid_to=days["valid_to"],
        predecessors=_split(cells["predecessors"]),
        code_source=cells["code_source"],
    )


def _split(cell: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.split(_LIST_SIGN) if part.strip())


def _name_key(text: str) -> str:
    key = search_text(text)
    for pattern, words in _SPELLED_OUT:
        key = pattern.sub(words, key)
    return _WHOSE.sub("", key)


def _named(units: Iterable[Unit]) -> dict[str, tuple[str, ...]]:
    named: dict[str, dict[str, None]] = {}
    for unit in units:
        names = (unit.name_vi, unit.name_en, unit.short_vi, unit.short_en, *unit.aliases)
        if unit.level == "dia_phuong":
            # Localities are called by their bare name in lists: "Tân Bình" for Quận Tân Bình.
            names = (*names, re.sub(r"^(Quận|Huyện|Thành phố|Thị xã) (?=\D)", "", unit.name_vi))
        for name in filter(None, names):
            named.setdefault(_name_key(name), {})[unit.unit] = None
    return {key: tuple(codes) for key, codes in named.items()}


def _loose_ends(units: Mapping[str, Unit], named: Mapping[str, tuple[str, ...]], file: str) -> Iterator[Finding]:
    """Codes that lead nowhere, and names that two units bear on the same day."""
    for row, unit in enumerate(units.values(), start=2):
        for column, codes in (("parent", (unit.parent,)), ("predecessors", unit.predecessors)):
            for code in codes:
                if code and code not in units:
                    yield Finding("EVA505", Where(file, row, column), found=code)
    for key, codes in named.items():
        for earlier, code in pairwise(codes):
            if _overlap(units[earlier], units[code]):
                yield Finding("EVA506", Where(file, 0, "aliases"), found=key, facts={"units": f"{earlier}, {code}"})


def _overlap(one: Unit, other: Unit) -> bool:
    starts = max(one.valid_from or date.min, other.valid_from or date.min)
    return starts <= min(one.valid_to or date.max, other.valid_to or date.max)

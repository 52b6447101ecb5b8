"""What a survey report shows: plain values, already estimated elsewhere; shares are 0–1."""

from __future__ import annotations

from dataclasses import dataclass

from thangdo.reporting.language import Language
from thangdo.reporting.numbers import number, percent, signed
from thangdo.reporting.survey_words import sentence


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate under a name with its interval and answers."""

    name: str
    value: float
    low: float
    high: float
    n: int


@dataclass(frozen=True, slots=True)
class Item:
    """A question: the share of each answer from the lowest to the highest, and of the satisfied; its factor."""

    name: str
    shares: tuple[float, ...]
    satisfied: float
    n: int
    factor: str = ""


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: None where too few answered to print; ranks and tier 0 where too few to rank."""

    name: str
    estimate: Interval | None
    rank_low: int
    rank_high: int
    tier: int


@dataclass(frozen=True, slots=True)
class Area:
    """A small area: `kind` is `direct`, `model` (few answers) or `synthetic` (none); `n` 0 where it is hidden."""

    estimate: Interval
    error: float
    kind: str


@dataclass(frozen=True, slots=True)
class Change:
    """The index or a factor against an earlier survey, in shares, with the change's interval and its test."""

    name: str
    before: float
    now: float
    value: float
    low: float
    high: float
    p: float


@dataclass(frozen=True, slots=True)
class Response:
    """Asked and answered of a group; None where too few answered to print."""

    name: str
    asked: int
    answered: int | None


@dataclass(frozen=True, slots=True)
class WeightStep:
    """A line of the weights' log."""

    name: str
    n: int
    total: float
    smallest: float
    median: float
    largest: float
    deff: float
    misfit: float


@dataclass(frozen=True, slots=True)
class SurveyReport:
    """Everything printed, in the order of the page. `hidden` names factors and questions with too few answers;
    `not_compared` the questions that changed since the last survey; the first change is the index's."""

    title: str
    year: int
    index: Interval
    factors: tuple[Interval, ...]
    items: tuple[Item, ...]
    units: tuple[Unit, ...]
    changes: tuple[Change, ...]
    responses: tuple[Response, ...]
    steps: tuple[WeightStep, ...]
    method: tuple[str, ...]
    is_illustrative: bool
    areas: tuple[Area, ...] = ()
    hidden: tuple[str, ...] = ()
    not_compared: tuple[str, ...] = ()
    rank_minimum: int = 30


def shown(value: float, language: Language) -> str:
    """A share as a percentage with one decimal."""
    return percent(value * 100, language, 1)


def shown_interval(one: Interval, language: Language) -> str:
    """`86,4 (84,9–87,8)`, in per cent."""
    low, high = number(one.low * 100, language, 1), number(one.high * 100, language, 1)
    return f"{number(one.value * 100, language, 1)} ({low}–{high})"


def headline(report: SurveyReport, language: Language) -> str:
    """The finding in words."""
    index = report.index
    low, high = number(index.low * 100, language, 1), shown(index.high, language)
    return sentence("headline", language, share=shown(index.value, language), low=low, high=high)


def quiet_line(report: SurveyReport, language: Language) -> str:
    """Index, year, answers, and whether the data are illustrative."""
    line = sentence("quiet", language, title=report.title, year=report.year, n=number(report.index.n, language))
    return f"{line} · {sentence('illustrative', language)}" if report.is_illustrative else line


def units_sentence(report: SurveyReport, language: Language) -> str:
    """How many units stand in how many tied groups."""
    ranked = [unit for unit in report.units if unit.tier]
    if not ranked:
        return sentence("units_none", language)
    tiers = max(unit.tier for unit in ranked)
    return sentence("units_see", language, units=len(ranked), tiers=tiers)


def change_sentences(report: SurveyReport, language: Language) -> list[str]:
    """The index's change with its interval and test, what that means, and what was left out of it."""
    if not report.changes:
        return []
    change = report.changes[0]
    facts = {"change": _points(change.value, language), "p": _p(change.p, language)}
    facts |= {"low": _points(change.low, language), "high": _points(change.high, language)}
    said = [sentence("change_see", language, **facts), sentence(_reading(change), language)]
    if report.not_compared:
        said.append(sentence("change_left_out", language, items="; ".join(report.not_compared)))
    if len(report.changes) > 2:
        said.append(sentence("change_holm", language))
    return said


def _reading(change: Change) -> str:
    return "change_clear" if change.p < 0.05 else "change_unclear"


def _points(value: float, language: Language) -> str:
    return signed(value * 100, language, 1)


def _p(p: float, language: Language) -> str:
    return f"p < {number(0.001, language)}" if p < 0.001 else f"p = {number(p, language, 3)}"


Table = tuple[tuple[str, ...], list[tuple[str, ...]]]


def tables(report: SurveyReport, language: Language) -> dict[str, Table]:
    """Header and rows as printed, by the key of their heading."""

    def words(*keys: str) -> tuple[str, ...]:
        return tuple(sentence(f"column_{key}", language) for key in keys)

    factors: list[tuple[str, ...]] = [
        (f.name, shown_interval(f, language), number(f.n, language)) for f in report.factors
    ]
    return {
        "factors": (words("name", "estimate", "n"), factors),
        "units": (words("name", "estimate", "rank", "tier", "n"), [_unit_row(unit, language) for unit in report.units]),
        "areas": (
            words("area", "estimate", "error", "kind", "n"),
            [_area_row(area, language) for area in report.areas],
        ),
        "change": (
            words("name", "before", "now", "change", "test"),
            [_change_row(c, language) for c in report.changes],
        ),
        "response": (
            words("name", "drawn", "answered", "rate"),
            [_response_row(r, language) for r in report.responses],
        ),
        "weighting": (
            words("step", "n", "sum", "smallest", "median", "largest", "deff", "misfit"),
            [_step_row(step, language) for step in report.steps],
        ),
    }


def _unit_row(unit: Unit, language: Language) -> tuple[str, ...]:
    if unit.estimate is None:
        return unit.name, sentence("hidden", language), "", "", ""
    value, n = shown_interval(unit.estimate, language), number(unit.estimate.n, language)
    if not unit.tier:
        return unit.name, value, sentence("unranked", language), "", n
    ranks = str(unit.rank_low) if unit.rank_low == unit.rank_high else f"{unit.rank_low}–{unit.rank_high}"
    return unit.name, value, ranks, str(unit.tier), n


def _area_row(area: Area, language: Language) -> tuple[str, ...]:
    n = number(area.estimate.n, language) if area.estimate.n else sentence("few", language)
    n = "0" if area.kind == "synthetic" else n
    error = number(area.error * 100, language, 1)
    return (
        area.estimate.name,
        shown_interval(area.estimate, language),
        error,
        sentence(f"kind_{area.kind}", language),
        n,
    )


def _change_row(change: Change, language: Language) -> tuple[str, ...]:
    interval = f"{_points(change.value, language)} ({_points(change.low, language)}; {_points(change.high, language)})"
    before, now = (number(value * 100, language, 1) for value in (change.before, change.now))
    return change.name, before, now, interval, _p(change.p, language).removeprefix("p = ").removeprefix("p ")


def _response_row(row: Response, language: Language) -> tuple[str, ...]:
    if row.answered is None:
        return row.name, number(row.asked, language), sentence("hidden", language), ""
    rate = shown(row.answered / max(row.asked, 1), language)
    return row.name, number(row.asked, language), number(row.answered, language), rate


def _step_row(step: WeightStep, language: Language) -> tuple[str, ...]:
    return (
        sentence(f"step_{step.name}", language), number(step.n, language), number(round(step.total), language),
        number(step.smallest, language, 2), number(step.median, language, 2), number(step.largest, language, 2),
        number(step.deff, language, 3), f"{step.misfit:.0e}" if step.misfit else "0",
    )  # fmt: skip

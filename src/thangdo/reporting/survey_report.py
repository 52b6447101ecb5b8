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
    """A question: the share of each answer from the lowest to the highest, and of the satisfied."""

    name: str
    shares: tuple[float, ...]
    satisfied: float
    n: int


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: None where too few answered to print; ranks and tier 0 where too few to rank."""

    name: str
    estimate: Interval | None
    rank_low: int
    rank_high: int
    tier: int


@dataclass(frozen=True, slots=True)
class Change:
    """The index against an earlier survey, in shares, with its interval and test."""

    value: float
    low: float
    high: float
    p: float


@dataclass(frozen=True, slots=True)
class Response:
    """Asked and answered of a group."""

    name: str
    asked: int
    answered: int


@dataclass(frozen=True, slots=True)
class WeightStep:
    """A line of the weights' log."""

    name: str
    n: int
    total: float
    smallest: float
    largest: float
    deff: float


@dataclass(frozen=True, slots=True)
class SurveyReport:
    """Everything printed, in the order of the page."""

    title: str
    year: int
    index: Interval
    factors: tuple[Interval, ...]
    items: tuple[Item, ...]
    units: tuple[Unit, ...]
    change: Change | None
    responses: tuple[Response, ...]
    steps: tuple[WeightStep, ...]
    method: tuple[str, ...]
    is_illustrative: bool


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


def change_sentences(report: SurveyReport, language: Language) -> tuple[str, str]:
    """The change with its interval and test, and what that means."""
    change = report.change
    if change is None:
        return "", ""
    low, high = signed(change.low * 100, language, 1), signed(change.high * 100, language, 1)
    p = f"p < {number(0.001, language)}" if change.p < 0.001 else f"p = {number(change.p, language, 3)}"
    text = sentence("change_see", language, change=signed(change.value * 100, language, 1), low=low, high=high, p=p)
    return text, sentence("change_clear" if change.p < 0.05 else "change_unclear", language)


Table = tuple[tuple[str, ...], list[tuple[str, ...]]]


def tables(report: SurveyReport, language: Language) -> dict[str, Table]:
    """Header and rows as printed, by the key of their heading."""

    def words(*keys: str) -> tuple[str, ...]:
        return tuple(sentence(f"column_{key}", language) for key in keys)

    factors: list[tuple[str, ...]] = [
        (f.name, shown_interval(f, language), number(f.n, language)) for f in report.factors
    ]
    units = [_unit_row(unit, language) for unit in report.units]
    responses: list[tuple[str, ...]] = [
        (r.name, number(r.asked, language), number(r.answered, language), shown(r.answered / max(r.asked, 1), language))
        for r in report.responses
    ]
    steps: list[tuple[str, ...]] = [
        (
            sentence(f"step_{s.name}", language), number(s.n, language), number(round(s.total), language),
            number(s.smallest, language, 2), number(s.largest, language, 2), number(s.deff, language, 3),
        )
        for s in report.steps
    ]  # fmt: skip
    return {
        "factors": (words("name", "estimate", "n"), factors),
        "units": (words("name", "estimate", "rank", "tier", "n"), units),
        "response": (words("name", "drawn", "answered", "rate"), responses),
        "weighting": (words("step", "n", "sum", "smallest", "largest", "deff"), steps),
    }


def _unit_row(unit: Unit, language: Language) -> tuple[str, ...]:
    if unit.estimate is None:
        return unit.name, sentence("hidden", language), "", "", ""
    value, n = shown_interval(unit.estimate, language), number(unit.estimate.n, language)
    if not unit.tier:
        return unit.name, value, sentence("unranked", language), "", n
    ranks = str(unit.rank_low) if unit.rank_low == unit.rank_high else f"{unit.rank_low}–{unit.rank_high}"
    return unit.name, value, ranks, str(unit.tier), n

"""Data-quality flags: jumps against last year, outliers against peers, impossible pairs. Pure; order never matters."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from statistics import mean, median
from types import MappingProxyType

from thangdo.evaluation.quality_rules import IMPOSSIBLE_PAIRS, QUALITY_RULES, ImpossiblePair, QualityRule

_HUNDRED = Decimal(100)
# Iglewicz and Hoaglin (1993), How to Detect and Handle Outliers, section 3: 0.6745 is the 0.75 quantile of the
# normal distribution; where more than half of the peers are equal (MAD 0) the mean absolute deviation × 1.253314.
_FOR_MEDIAN, _FOR_MEAN = 0.6745, 1.253314

FlagValue = Decimal | int | str


@dataclass(frozen=True, slots=True)
class Answer:
    """What one unit has at one criterion. `points` None: not given. `inputs` as typed numbers, by field.

    `last_share` is last year's percent of the maximum at the same criterion, None where the years do not compare.
    """

    unit: str
    block: str
    criterion: str
    points: Decimal | None
    maximum: Decimal
    inputs: Mapping[str, Decimal] = field(default_factory=dict)
    wants_evidence: bool = False
    has_evidence: bool = False
    last_share: Decimal | None = None
    last_year: int | None = None

    @property
    def share(self) -> Decimal | None:
        """Percent of the maximum."""
        return None if self.points is None or not self.maximum else self.points * _HUNDRED / self.maximum


@dataclass(frozen=True, slots=True)
class Flag:
    """One thing to look at: the rule, where, and the values its sentence names."""

    rule: QualityRule
    unit: str
    criterion: str
    values: Mapping[str, FlagValue]


def quality_flags(
    index: str,
    answers: Iterable[Answer],
    rules: Sequence[QualityRule] = QUALITY_RULES,
    pairs: Sequence[ImpossiblePair] = IMPOSSIBLE_PAIRS,
) -> tuple[Flag, ...]:
    """All flags of one index, in the order of the rules, then unit and criterion."""
    given = sorted(answers, key=lambda answer: (answer.unit, answer.criterion))
    own = [pair for pair in pairs if pair.index == index]
    found: list[Flag] = []
    for rule in rules:
        if rule.kind == "pair":
            found += _contradictions(rule, given, own)
        elif rule.kind == "outlier":
            found += sorted(_outliers(rule, given), key=lambda flag: (flag.unit, flag.criterion))
        else:
            found += [Flag(rule, a.unit, a.criterion, values) for a in given if (values := _ALONE[rule.kind](rule, a))]
    return tuple(found)


def _part_over_whole(rule: QualityRule, answer: Answer) -> Mapping[str, FlagValue] | None:
    part, whole = answer.inputs.get("numerator"), answer.inputs.get("denominator")
    return {"part": part, "whole": whole} if part is not None and whole is not None and part > whole else None


def _jump(rule: QualityRule, answer: Answer) -> Mapping[str, FlagValue] | None:
    if answer.share is None or answer.last_share is None or answer.last_year is None:
        return None
    change = answer.share - answer.last_share
    if abs(change) < rule.parameters["points"]:
        return None
    return {"share": answer.share, "base": answer.last_share, "year": answer.last_year, "change": change}


def _full_without_evidence(rule: QualityRule, answer: Answer) -> Mapping[str, FlagValue] | None:
    if not answer.wants_evidence or answer.has_evidence or answer.points is None or answer.points < answer.maximum:
        return None
    return {"points": answer.points, "maximum": answer.maximum}


_ALONE: Mapping[str, Callable[[QualityRule, Answer], Mapping[str, FlagValue] | None]] = MappingProxyType(
    {"part_over_whole": _part_over_whole, "jump": _jump, "full_without_evidence": _full_without_evidence}
)


def _contradictions(rule: QualityRule, answers: Sequence[Answer], pairs: Sequence[ImpossiblePair]) -> Iterator[Flag]:
    cells = {(answer.unit, answer.criterion): answer for answer in answers}
    for answer in answers:
        for pair in pairs:
            first = cells.get((answer.unit, pair.zero))
            is_second = answer.criterion == pair.positive and answer.share is not None and answer.share > 0
            if is_second and answer.share is not None and first is not None and first.points == 0:
                yield Flag(rule, answer.unit, answer.criterion, {"other": pair.zero, "share": answer.share})


def _outliers(rule: QualityRule, answers: Sequence[Answer]) -> Iterator[Flag]:
    groups: dict[tuple[str, str], list[tuple[Answer, Decimal]]] = defaultdict(list)
    for answer in answers:
        if answer.share is not None:
            groups[answer.block, answer.criterion].append((answer, answer.share))
    for peers in groups.values():
        if len(peers) < rule.parameters["peers"]:
            continue
        middle = median(share for _, share in peers)
        away = [abs(share - middle) for _, share in peers]
        spread = float(median(away)) / _FOR_MEDIAN or float(mean(away)) * _FOR_MEAN
        for answer, share in peers:
            distance = abs(share - middle)
            if distance < rule.parameters["points"] or not spread:
                continue
            score = Decimal(repr(round(float(share - middle) / spread, 2)))
            if abs(score) >= rule.parameters["score"]:
                yield Flag(
                    rule,
                    answer.unit,
                    answer.criterion,
                    {"share": share, "base": middle, "peers": len(peers), "score": score},
                )

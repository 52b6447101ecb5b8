"""The audit's questions and how each is answered: sound, to look at, to mend.

Bounds follow the JRC's statistical audits (Saisana and others): alpha 0.7, one component for most of a group's
variance, no pair above 0.92, nine in ten ranges of rank narrower than a quarter of the field.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from thangdo.composite.audit import Audit

Judgement = Literal["sound", "look", "mend", "unknown"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """A question's answer: how many of how many are out of bounds, and which (codes)."""

    question: str
    judgement: Judgement
    found: int
    of: int
    named: tuple[str, ...]


def _judge(found: int, of: int, mend: float) -> Judgement:
    if found == 0:
        return "sound"
    return "mend" if found > mend * of else "look"


def _coverage(audit: Audit) -> Verdict:
    codes = audit.built.tree.codes
    thin = tuple(codes[place] for place in np.flatnonzero(audit.coverage < 0.65))
    return Verdict("coverage", _judge(len(thin), audit.coverage.size, 0.1), len(thin), audit.coverage.size, thin)


def _outliers(audit: Audit) -> Verdict:
    count = audit.built.normalised.shape[1]
    return Verdict("outliers", _judge(len(audit.skewed), count, 0.1), len(audit.skewed), count, audit.skewed)


def _coherence(audit: Audit) -> Verdict:
    low = tuple(each.code for each in audit.coherence if each.alpha < 0.7)
    of = len(audit.coherence)
    return Verdict("coherence", _judge(len(low), of, 0.5), len(low), of, low)


def _flagged(audit: Audit, question: str, flags: tuple[str, ...], mend: float) -> Verdict:
    pairs = [pair for pair in audit.flagged if pair.flag in flags]
    named = tuple(f"{pair.first}–{pair.second}" for pair in pairs)
    of = len(audit.built.tree.codes) - 1
    return Verdict(question, _judge(len(pairs), of, mend), len(pairs), of, named)


def _weights(audit: Audit) -> Verdict:
    """Elements whose share of the correlations is under half or over twice their share of the weights."""
    total = sum(abs(each.correlation) for each in audit.influence)
    weight = sum(each.weight for each in audit.influence)
    off = tuple(
        each.code for each in audit.influence if not 0.5 <= (each.correlation / total) / (each.weight / weight) <= 2.0
    )
    return Verdict("weights", _judge(len(off), len(audit.influence), 0.3), len(off), len(audit.influence), off)


def _robustness(audit: Audit) -> Verdict:
    result = audit.uncertainty
    if result is None:
        return Verdict("robustness", "unknown", 0, len(audit.built.units), ())
    width = result.distribution.q95 - result.distribution.q05
    wide = tuple(result.units[place] for place in np.flatnonzero(width > len(result.units) / 4))
    return Verdict("robustness", _judge(len(wide), len(result.units), 0.1), len(wide), len(result.units), wide)


QUESTIONS: tuple[Callable[[Audit], Verdict], ...] = (
    _coverage,
    _outliers,
    _coherence,
    lambda audit: _flagged(audit, "redundancy", ("redundant",), 0.1),
    lambda audit: _flagged(audit, "opposition", ("negative", "weak"), 0.1),
    _weights,
    _robustness,
)


def verdicts(audit: Audit) -> tuple[Verdict, ...]:
    """Every question's answer, in the order of the report."""
    return tuple(question(audit) for question in QUESTIONS)

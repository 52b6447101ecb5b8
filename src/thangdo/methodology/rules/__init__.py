"""The kinds of leaf rules, one file each. A new kind is one file and one row here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType

from thangdo.methodology.model import Rule
from thangdo.methodology.rules.counted import COUNTED
from thangdo.methodology.rules.deduction import DEDUCTION
from thangdo.methodology.rules.formula_rule import FORMULA
from thangdo.methodology.rules.graded_choice import GRADED_CHOICE
from thangdo.methodology.rules.kind import Input, Inputs, InputValue, Problem, RuleFailure, RuleKind, read_input
from thangdo.methodology.rules.linear import LINEAR
from thangdo.methodology.rules.proportional import PROPORTIONAL
from thangdo.methodology.rules.tiers import TIERS
from thangdo.methodology.rules.yes_no import YES_NO

KINDS: tuple[RuleKind, ...] = (YES_NO, GRADED_CHOICE, TIERS, PROPORTIONAL, LINEAR, DEDUCTION, COUNTED, FORMULA)
RULE_KINDS: Mapping[str, RuleKind] = MappingProxyType({kind.code: kind for kind in KINDS})

# A formula is code: its decimal points stay.
_AS_WRITTEN = frozenset({FORMULA.code})
# Between what was given and the points it is worth.
ARROW = " → "
_POINT = re.compile(r"(?<=\d)\.(?=\d)")


def _spoken(text: str, rule: Rule, language: str) -> str:
    return text if language != "vi" or rule.kind in _AS_WRITTEN else _POINT.sub(",", text)


def rule_sentence(rule: Rule, maximum: Decimal, language: str) -> str:
    """The rule in plain words, numbers written as the language writes them."""
    return _spoken(RULE_KINDS[rule.kind].sentence(rule, maximum, language), rule, language)


def rule_arithmetic(rule: Rule, maximum: Decimal, inputs: Inputs, language: str) -> str:
    """How these inputs became points, in one line of arithmetic."""
    kind = RULE_KINDS[rule.kind]
    text = kind.arithmetic(rule, maximum, inputs)
    if kind.answer is not None:
        _code, arrow, points = text.partition(ARROW)
        text = f"{kind.answer(rule, inputs, language)}{arrow}{points}"
    return _spoken(text, rule, language)


__all__ = [
    "KINDS",
    "RULE_KINDS",
    "Input",
    "InputValue",
    "Inputs",
    "Problem",
    "RuleFailure",
    "RuleKind",
    "read_input",
    "rule_arithmetic",
    "rule_sentence",
]

"""The shape of a rule kind: its parameters, its inputs, its function, its checks, its golden cases."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from thangdo.methodology.model import Rule
from thangdo.methodology.numbers import NotANumber, read_number

InputKind = Literal["number", "count", "yes_no", "choice", "counted"]
ParameterKind = Literal["decimal", "text", "flag", "tiers", "options", "inputs", "formula", "rule", "word", "range"]
InputValue = Decimal | str
Inputs = Mapping[str, InputValue]
# None means: by this rule the criterion does not apply (for example nothing to divide by).
Compiled = Callable[[Inputs], Decimal | None]

YES = frozenset({"1", "yes", "y", "true", "co", "có", "x", "đúng", "dung", "đạt", "dat"})
NO = frozenset({"0", "no", "n", "false", "khong", "không", "sai", "không đạt", "khong dat"})


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a rule kind, with what the schema, the help and the lint need to know of it."""

    name: str
    kind: ParameterKind
    name_vi: str
    name_en: str
    required: bool = False
    words: tuple[str, ...] = ()
    positive: bool = False


@dataclass(frozen=True, slots=True)
class Input:
    """A field a unit or an appraiser fills in (`field` of `marks.csv`)."""

    name: str
    kind: InputKind
    name_vi: str
    name_en: str
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a rule's parameters: a finding code, the parameter, what was found and expected."""

    code: str
    parameter: str
    found: str = ""
    expected: str = ""


@dataclass(frozen=True, slots=True)
class Golden:
    """A worked case: parameters and inputs as a clerk would write them, and the points they give."""

    parameters: Mapping[str, Any]
    maximum: str
    inputs: Mapping[str, str]
    points: str | None
    source: str


class RuleFailure(Exception):
    """A rule that cannot be computed for these inputs; `reason` names the finding code."""

    def __init__(self, reason: str, detail: str = "", expected: str = "") -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail
        self.expected = expected


def _no_problems(rule: Rule, maximum: Decimal) -> Iterator[Problem]:
    return iter(())


@dataclass(frozen=True, slots=True)
class RuleKind:
    """One kind of rule: everything the product knows of it stands in its row."""

    code: str
    name_vi: str
    name_en: str
    source: str
    parameters: tuple[Parameter, ...]
    inputs: Callable[[Rule], tuple[Input, ...]]
    compile: Callable[[Rule, Decimal], Compiled]
    arithmetic: Callable[[Rule, Decimal, Inputs], str]
    sentence: Callable[[Rule, Decimal, str], str]
    golden: tuple[Golden, ...]
    problems: Callable[[Rule, Decimal], Iterator[Problem]] = field(default=_no_problems)
    # The answer in words of a language, where what is stored is a code.
    answer: Callable[[Rule, Inputs, str], str] | None = None


def read_input(declared: Input, text: str, *, decimal_comma: bool = False) -> tuple[InputValue, bool]:
    """The typed value of a field and whether a decimal comma was assumed.

    Yes and no become 1 and 0. Raises NotANumber or ValueError(expected words).
    """
    stripped = text.strip()
    if declared.kind == "yes_no":
        folded = stripped.casefold()
        if folded in YES:
            return Decimal(1), False
        if folded in NO:
            return Decimal(0), False
        raise ValueError("yes / no")
    if declared.kind == "choice":
        if stripped in declared.choices:
            return stripped, False
        raise ValueError(" / ".join(declared.choices))
    value, assumed = read_number(stripped, decimal_comma=decimal_comma)
    if declared.kind == "count" and (value != value.to_integral_value() or value < 0):
        raise NotANumber(text)
    return value, assumed


def number(inputs: Inputs, name: str) -> Decimal:
    """The numeric input `name`. Inputs are typed by `read_input` at the door; KeyError where it is missing."""
    return inputs[name]  # type: ignore[return-value]


def shown(value: Decimal) -> str:
    """A number in an arithmetic line: plain digits, no exponent, no trailing zeros beyond what is exact."""
    text = format(value, "f")
    if "." in text:
        whole, _, digits = text.partition(".")
        digits = digits[:6].rstrip("0")
        text = f"{whole}.{digits}" if digits else whole
    return text

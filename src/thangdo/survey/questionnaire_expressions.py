"""The expressions of questionnaires (the part of XPath that XLSForm authors use), over whole columns.

`${age} >= 18 and selected(${services}, 'land')`, `. <= 120`, `not(${a} = 'x')`, `district = ${district}`.
Blank answers are empty text and no number, so a comparison with them is false and `!=` is true.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Truth = npt.NDArray[np.bool_]
_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<text>'[^']*'|\"[^\"]*\")|\$\{(?P<field>[^}]+)\}|(?P<word>[A-Za-z_][\w-]*)"
    r"|(?P<sign><=|>=|!=|[=<>+*(),.-]))"
)


class ExpressionError(ValueError):
    """An expression that is not understood; the text says which part."""


@dataclass(frozen=True, eq=False)
class Answers:
    """One column of answers, encoded: `codes` point into `categories`, -1 is blank."""

    categories: npt.NDArray[Any]
    codes: npt.NDArray[Any]

    @property
    def blank(self) -> Truth:
        return np.asarray(self.codes < 0)

    def where(self, test: Callable[[str], bool], blank: bool = False) -> Truth:
        """A test of the text, asked once for each different answer."""
        table = np.array([test(str(value)) for value in self.categories] + [blank], dtype=bool)
        return np.asarray(table[self.codes])

    def numbers(self) -> npt.NDArray[np.float64]:
        """The answers as numbers; what is none is not-a-number."""
        return np.asarray(np.array([as_number(str(value)) for value in self.categories] + [np.nan])[self.codes])

    def texts(self) -> npt.NDArray[Any]:
        return np.asarray(np.append(self.categories.astype(object), "")[self.codes])


def as_number(text: str) -> float:
    """A number with a decimal point, or not-a-number; words such as "nan" are no numbers."""
    return float(text) if re.fullmatch(r"\s*[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?\s*", text) else float("nan")


def fields_of(expression: str) -> tuple[str, ...]:
    """The questions an expression looks at."""
    return tuple(dict.fromkeys(match.strip() for match in re.findall(r"\$\{([^}]+)\}", expression)))


def check(expression: str) -> str:
    """What is wrong with an expression, "" if it is understood: tried on one blank row."""
    blank = Answers(np.array([], dtype=object), np.array([-1]))
    names = dict.fromkeys(fields_of(expression), blank)
    try:
        evaluate(expression, names, blank, words=True)
    except ExpressionError as failure:
        return str(failure)
    return ""


def evaluate(
    expression: str, columns: Mapping[str, Answers], own: Answers | None = None, *, words: bool = False
) -> Truth:
    """Where an expression holds, row by row; `own` is what `.` means.

    `words` lets bare names stand (columns of a list of choices in a `choice_filter`).
    Raises ExpressionError for what is not understood.
    """
    parser = _Parser(_tokens(expression), columns, own, words)
    value = parser.either()
    if parser.place != len(parser.tokens):
        raise ExpressionError(parser.tokens[parser.place][1])
    size = len(own.codes) if own is not None else next((len(c.codes) for c in columns.values()), 1)
    return np.broadcast_to(_truth(value), (size,)).copy()


def _tokens(expression: str) -> list[tuple[str, str]]:
    found, place = [], 0
    text = expression.rstrip()
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None or match.lastgroup is None:
            raise ExpressionError(text[place:].strip())
        found.append((match.lastgroup, match.group(match.lastgroup).strip()))
        place = match.end()
    return found


class _Parser:
    """Recursive descent over the tokens; values are Answers, numbers, texts or truths."""

    def __init__(
        self, tokens: list[tuple[str, str]], columns: Mapping[str, Answers], own: Answers | None, words: bool
    ) -> None:
        self.tokens, self.columns, self.own, self.words = tokens, columns, own, words
        self.place = 0

    def take(self, *wanted: str) -> str:
        """The next token's text if it is one of `wanted`, and moves on; "" otherwise."""
        if self.place < len(self.tokens) and self.tokens[self.place][0] in {"sign", "word"}:
            text = self.tokens[self.place][1]
            if text in wanted:
                self.place += 1
                return text
        return ""

    def need(self, sign: str) -> None:
        if not self.take(sign):
            raise ExpressionError(f"{sign} ?")

    def either(self) -> Any:
        value = self.both()
        while self.take("or"):
            other = self.both()
            value = _truth(value) | _truth(other)
        return value

    def both(self) -> Any:
        value = self.comparison()
        while self.take("and"):
            other = self.comparison()
            value = _truth(value) & _truth(other)
        return value

    def comparison(self) -> Any:
        value = self.sum()
        while sign := self.take("=", "!=", "<", "<=", ">", ">="):
            value = _compare(value, sign, self.sum())
        return value

    def sum(self) -> Any:
        value = self.product()
        while sign := self.take("+", "-"):
            other = self.product()
            value = _number(value) + _number(other) if sign == "+" else _number(value) - _number(other)
        return value

    def product(self) -> Any:
        value = self.atom()
        while sign := self.take("*", "div", "mod"):
            left, right = _number(value), _number(self.atom())
            with np.errstate(divide="ignore", invalid="ignore"):
                value = (
                    left * right if sign == "*" else np.divide(left, right) if sign == "div" else np.mod(left, right)
                )
        return value

    def atom(self) -> Any:
        if self.place >= len(self.tokens):
            raise ExpressionError("…")
        if self.take("-"):
            return -_number(self.atom())
        if self.take("("):
            value = self.either()
            self.need(")")
            return value
        kind, text = self.tokens[self.place]
        self.place += 1
        if kind == "number":
            return float(text)
        if kind == "text":
            return text[1:-1]
        if kind == "field":
            if text not in self.columns:
                raise ExpressionError("${" + text + "}")
            return self.columns[text]
        if text == "." and self.own is not None:
            return self.own
        if kind == "word" and self.take("("):
            return self.call(text)
        if kind == "word" and self.words:
            return text
        raise ExpressionError(text)

    def call(self, name: str) -> Any:
        arguments: list[Any] = []
        while not self.take(")"):
            if arguments:
                self.need(",")
            arguments.append(self.either())
        function = _FUNCTIONS.get((name, len(arguments)))
        if function is None:
            raise ExpressionError(f"{name}({len(arguments)})")
        return function(*arguments)


def _selected(answers: Any, wanted: Any) -> Truth:
    if not isinstance(answers, Answers):
        raise ExpressionError("selected")
    return answers.where(lambda text: str(wanted) in text.split())


def _regex(answers: Any, pattern: Any) -> Truth:
    if not isinstance(answers, Answers):
        raise ExpressionError("regex")
    compiled = re.compile(str(pattern))
    return answers.where(lambda text: compiled.search(text) is not None)


def _counted(answers: Any, count: Callable[[str], int]) -> npt.NDArray[np.float64]:
    if not isinstance(answers, Answers):
        raise ExpressionError("…")
    table = np.array([count(str(value)) for value in answers.categories] + [0], dtype=float)
    return np.asarray(table[answers.codes])


_FUNCTIONS: dict[tuple[str, int], Callable[..., Any]] = {
    ("selected", 2): _selected,
    ("regex", 2): _regex,
    ("count-selected", 1): lambda answers: _counted(answers, lambda text: len(text.split())),
    ("string-length", 1): lambda answers: _counted(answers, len),
    ("not", 1): lambda value: ~_truth(value),
    ("true", 0): lambda: np.array([True]),
    ("false", 0): lambda: np.array([False]),
    ("number", 1): lambda value: _number(value),
    ("if", 3): lambda test, yes, no: np.where(_truth(test), _number(yes), _number(no)),
}


def _truth(value: Any) -> Truth:
    if isinstance(value, Answers):
        return ~value.blank
    if isinstance(value, str):
        return np.array([bool(value)])
    array = np.asarray(value)
    return array if array.dtype == bool else np.asarray((array != 0) & ~np.isnan(array))


def _number(value: Any) -> Any:
    if isinstance(value, Answers):
        return value.numbers()
    if isinstance(value, str):
        return as_number(value)
    return np.asarray(value, dtype=float)


def _compare(left: Any, sign: str, right: Any) -> Truth:
    if sign in {"=", "!="}:
        equal = _equal(left, right)
        return equal if sign == "=" else ~equal
    one, other = _number(left), _number(right)
    with np.errstate(invalid="ignore"):
        results = {"<": one < other, "<=": one <= other, ">": one > other, ">=": one >= other}
    return np.atleast_1d(np.asarray(results[sign]))


def _equal(left: Any, right: Any) -> Truth:
    """Text against text by spelling; anything against a number by value."""
    if isinstance(right, Answers) and isinstance(left, str):
        left, right = right, left
    if isinstance(left, Answers) and isinstance(right, str):
        return left.where(lambda text: text == right, blank=right == "")
    if isinstance(left, Answers) and isinstance(right, Answers):
        return np.asarray(left.texts() == right.texts())
    if isinstance(left, str) and isinstance(right, str):
        return np.array([left == right])
    return np.atleast_1d(np.asarray(_number(left) == _number(right)))

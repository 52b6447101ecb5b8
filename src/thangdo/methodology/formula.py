"""The formula language: exact decimal arithmetic, comparisons and choices over declared names.

Built on `simpleeval` with everything removed that a scoring rule does not need: no attributes, text,
lists, powers or calls other than min, max, round, abs, clamp. A formula is parsed and type-checked when
a set is loaded; every error has a position.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, DivisionByZero, InvalidOperation, Overflow
from typing import Any, Literal

import simpleeval

Kind = Literal["number", "boolean"]

_ARITHMETIC = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Mod, ast.FloorDiv)
_COMPARISONS = (ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq)
MAXIMUM_LENGTH = 1000
MAXIMUM_DEPTH = 40


class FormulaError(ValueError):
    """A formula that cannot be read or computed: `reason` is a word of the table below, `column` from 1."""

    def __init__(self, reason: str, column: int = 0, detail: str = "") -> None:
        super().__init__(f"{reason} at {column}: {detail}")
        self.reason = reason
        self.column = column
        self.detail = detail


def _round(value: Decimal, digits: Decimal = Decimal(0)) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-int(digits)), rounding=ROUND_HALF_UP)


def _clamp(value: Decimal, low: Decimal, high: Decimal) -> Decimal:
    return min(max(value, low), high)


# name -> (function, least and most number of arguments)
FUNCTIONS: Mapping[str, tuple[Callable[..., Decimal], int, int]] = {
    "min": (min, 2, 10),
    "max": (max, 2, 10),
    "abs": (abs, 1, 1),
    "round": (_round, 1, 2),
    "clamp": (_clamp, 3, 3),
}


class _Evaluator(simpleeval.SimpleEval):  # type: ignore[misc]
    """simpleeval whose numbers are Decimals."""

    def __init__(self) -> None:
        super().__init__(functions={name: row[0] for name, row in FUNCTIONS.items()}, names={})
        allowed = {
            ast.Expr,
            ast.Constant,
            ast.Name,
            ast.UnaryOp,
            ast.BinOp,
            ast.BoolOp,
            ast.Compare,
            ast.IfExp,
            ast.Call,
        }
        handlers: dict[Any, Any] = self.nodes
        self.nodes: dict[Any, Any] = {node: handler for node, handler in handlers.items() if node in allowed}
        self.nodes[ast.Constant] = self._constant

    @staticmethod
    def _constant(node: ast.Constant) -> Any:
        return node.value


@dataclass(frozen=True)
class Formula:
    """A checked formula. Calling it with a value for every name gives a Decimal."""

    expression: str
    names: frozenset[str]
    tree: ast.expr

    def __call__(self, values: Mapping[str, Decimal]) -> Decimal:
        """Compute. Raises FormulaError on a division by zero or an overflow, naming the operation's column."""
        evaluator = _Evaluator()
        evaluator.names = dict(values)
        try:
            result = evaluator.eval(self.expression, previously_parsed=self.tree)
        except (DivisionByZero, ZeroDivisionError) as failure:
            raise FormulaError("division_by_zero", self._division_column()) from failure
        except InvalidOperation as failure:
            # Decimal calls 0/0 an invalid operation; it too is a division the rule did not provide for.
            raise FormulaError("division_by_zero", self._division_column()) from failure
        except Overflow as failure:
            raise FormulaError("not_a_number", 1, "overflow") from failure
        except simpleeval.InvalidExpression as failure:
            raise FormulaError("not_allowed", 1, str(failure)) from failure
        if not isinstance(result, Decimal):
            raise FormulaError("not_a_number", 1, type(result).__name__)
        return result

    def _division_column(self) -> int:
        divisions = (
            node
            for node in ast.walk(self.tree)
            if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div | ast.Mod | ast.FloorDiv)
        )
        return min((node.right.col_offset + 1 for node in divisions), default=1)

    def dry_run(self, sample: Mapping[str, Decimal] | None = None) -> Decimal:
        """Compute with `sample`, or with 1 for every name: does it run at all?"""
        return self(sample or dict.fromkeys(self.names, Decimal(1)))


def parse_formula(expression: str, names: Mapping[str, Kind] | Collection[str]) -> Formula:
    """Parse and type-check `expression` over the declared `names` (with their kinds; numbers by default).

    Raises FormulaError with the column of what is wrong: unreadable, too long, an unknown name (the
    nearest known one in `detail`), something not allowed, a yes/no where a number belongs.
    """
    if len(expression) > MAXIMUM_LENGTH:
        raise FormulaError("too_long", MAXIMUM_LENGTH, str(len(expression)))
    try:
        tree = ast.parse(expression.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as failure:
        raise FormulaError("unreadable", getattr(failure, "offset", 0) or len(expression.strip()) + 1) from failure
    kinds: Mapping[str, Kind] = names if isinstance(names, Mapping) else dict.fromkeys(names, "number")
    if _kind_of(tree, kinds, 0) != "number":
        raise FormulaError("not_a_number", 1)
    used = frozenset(node.id for node in ast.walk(tree) if isinstance(node, ast.Name)) - FUNCTIONS.keys()
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and not isinstance(node.value, bool):
            # The digits as written, so that 0.1 is exactly one tenth.
            node.value = Decimal(ast.get_source_segment(expression.strip(), node) or str(node.value))  # type: ignore[assignment]
    return Formula(expression.strip(), used, tree)


def _kind_of(node: ast.expr, kinds: Mapping[str, Kind], depth: int) -> Kind:
    """The kind of value `node` yields; refuses what the language does not have."""
    column = node.col_offset + 1
    if depth > MAXIMUM_DEPTH:
        raise FormulaError("too_deep", column)

    def need(child: ast.expr, kind: Kind) -> None:
        if _kind_of(child, kinds, depth + 1) != kind:
            raise FormulaError("wrong_kind", child.col_offset + 1, kind)

    match node:
        case ast.Constant(value=bool()):
            return "boolean"
        case ast.Constant(value=int() | float()):
            return "number"
        case ast.Name(id=name):
            if name not in kinds:
                raise FormulaError("unknown_name", column, name)
            return kinds[name]
        case ast.UnaryOp(op=ast.USub() | ast.UAdd(), operand=operand):
            need(operand, "number")
            return "number"
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            need(operand, "boolean")
            return "boolean"
        case ast.BinOp(left=left, op=op, right=right) if isinstance(op, _ARITHMETIC):
            need(left, "number")
            need(right, "number")
            return "number"
        case ast.BoolOp(values=values):
            for value in values:
                need(value, "boolean")
            return "boolean"
        case ast.Compare(left=left, ops=ops, comparators=comparators) if all(
            isinstance(op, _COMPARISONS) for op in ops
        ):
            for value in (left, *comparators):
                need(value, "number")
            return "boolean"
        case ast.IfExp(test=test, body=body, orelse=orelse):
            need(test, "boolean")
            kind = _kind_of(body, kinds, depth + 1)
            need(orelse, kind)
            return kind
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]) if name in FUNCTIONS:
            _, least, most = FUNCTIONS[name]
            if not least <= len(arguments) <= most:
                raise FormulaError("wrong_arguments", column, name)
            for argument in arguments:
                need(argument, "number")
            return "number"
        case _:
            raise FormulaError("not_allowed", column, type(node).__name__)

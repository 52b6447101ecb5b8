"""The guide for method authors: its set is sound, its tables name every kind, its commands exist."""

from __future__ import annotations

import re
import shlex
from decimal import Decimal
from pathlib import Path

import pytest

from thangdo.cli.commands import COMMANDS
from thangdo.methodology import CriteriaSet, lint_set, parse
from thangdo.methodology.conditions import CONDITION_ROWS
from thangdo.methodology.formula import parse_formula
from thangdo.methodology.rules import KINDS

GUIDE = (Path(__file__).resolve().parents[2] / "docs" / "guides" / "method-author.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", GUIDE, re.DOTALL)


def test_the_example_set_is_read_and_has_no_finding() -> None:
    (text,) = [block for kind, block in BLOCKS if kind == "yaml" and block.startswith("format:")]
    found = parse(text, "guide.yaml")
    assert isinstance(found, CriteriaSet)
    assert list(lint_set(found)) == []
    assert sum((leaf.maximum or Decimal(0)) for leaf in found.leaves()) == found.maximum == 20


def test_the_example_formula_is_one() -> None:
    (expression,) = re.findall(r'expression: "(.*)"', GUIDE)
    names = {"maximum": "number", "a": "number", "b": "number"}
    formula = parse_formula(expression, names)  # type: ignore[arg-type]
    assert formula({"maximum": Decimal(4), "a": Decimal(1), "b": Decimal(2)}) == 2
    assert formula({"maximum": Decimal(4), "a": Decimal(0), "b": Decimal(0)}) == 4


def test_every_rule_kind_its_parameters_and_every_condition_stand_in_a_table() -> None:
    for kind in KINDS:
        (row,) = [line for line in GUIDE.splitlines() if line.startswith(f"| `{kind.code}` |")]
        needed = [parameter for parameter in kind.parameters if parameter.required]
        assert all(f"`{parameter.name}`" in row for parameter in needed)
        assert all(f"`{word}`" in row for parameter in needed for word in parameter.words if kind.code != "counted")
    for condition in CONDITION_ROWS:
        assert f"| `{condition.code}` |" in GUIDE


@pytest.mark.parametrize(
    "line", [line for kind, block in BLOCKS if kind == "console" for line in block.splitlines() if line]
)
def test_every_command_of_the_guide_exists_with_its_options(line: str) -> None:
    from importlib import import_module

    program, name, *words = shlex.split(line)
    row = next(row for row in COMMANDS if row.name == name)
    command = import_module(f"thangdo.cli.{row.module}").command
    options = {option for parameter in command.params for option in parameter.opts}
    assert program == "thangdo"
    assert {word for word in words if word.startswith("--")} <= options

"""Reference pages made from the rows they describe; a test holds the committed pages to them."""

from __future__ import annotations

import importlib
import json
from pathlib import Path

from thangdo.cli.composite_reference import composite_page
from thangdo.cli.dossiers_reference import figures_page
from thangdo.cli.finding_pages import finding_pages
from thangdo.cli.printing import CODE_TABLES


def findings_page() -> str:
    """Every code of every room: what it says and what to do, in both languages."""
    lines = [
        "# Findings",
        "",
        "Made from the rows of the rooms (`<room>/codes.py`); each code is stable and never reused.",
        "",
    ]
    for module in CODE_TABLES.values():
        try:
            table = importlib.import_module(module).CODES
        except ModuleNotFoundError:
            continue
        lines += [f"## {module.split('.')[1]}", "", "| code | kind | what it says | what to do |", "|---|---|---|---|"]
        lines += [
            f"| [{row.code}](findings/{row.code}.md) | {row.severity} | {_cell(row.title_vi)}<br>{_cell(row.title_en)} "
            f"| {_cell(row.remedy_vi)}<br>{_cell(row.remedy_en)} |"
            for row in sorted(table, key=lambda row: row.code)
        ]
        lines.append("")
    return "\n".join(lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def criteria_set_page() -> str:
    """The format of a criteria set: rule kinds, conditions, the JSON Schema's place."""
    from thangdo.methodology.conditions import CONDITION_ROWS
    from thangdo.methodology.rules import KINDS

    lines = [
        "# The criteria set file",
        "",
        "One YAML file; its JSON Schema is [criteria-set.schema.json](criteria-set.schema.json). Shipped examples:",
        "`src/thangdo/library/sets/`. The guide for method authors goes through it step by step.",
        "",
        "## Points, maxima, layers",
        "- A leaf's rule turns inputs into points between 0 and its `maximum`; `rounding.criterion` rounds them.",
        "- An inner node aggregates its children: `sum` (the default), `weighted_mean`, `geometric_mean`, `minimum`.",
        "- `role: bonus` and `role: penalty` add and take away; they are not part of the maximum.",
        "- `cap` and `floor` bound a node after aggregation.",
        "- Not applicable: `leave_denominator` (the maximum shrinks up the tree) or `rescale_parent` (a group keeps its own maximum).",
        "- Percent = points / applicable maximum × 100, compared at 15 decimals; `ranking.on` says whether ranks and classes",
        "  use it unrounded or rounded by `rounding.result`.",
        "- `missing: left_out` lets a counted leaf without a value leave the denominator; such a total has no class.",
        "",
        "## Rule kinds",
        "",
    ]
    for kind in KINDS:
        lines += [f"### `{kind.code}`: {kind.name_vi} / {kind.name_en}", "", f"Source: {kind.source}", ""]
        lines += ["| parameter | vi | en | needed |", "|---|---|---|---|"]
        lines += [
            f"| `{p.name}` | {p.name_vi} | {p.name_en} | {'yes' if p.required else ''} |" for p in kind.parameters
        ]
        lines += ["", "| parameters | maximum | inputs | points |", "|---|---|---|---|"]
        for case in kind.golden:
            parameters = json.dumps(case.parameters, ensure_ascii=False)
            inputs = ", ".join(f"{name} = {value}" for name, value in case.inputs.items())
            lines.append(f"| `{parameters}` | {case.maximum} | {inputs} | {case.points or 'not applicable'} |")
        lines.append("")
    lines += ["## Conditions of classes and ceilings", "", "| kind | vi | en |", "|---|---|---|"]
    lines += [f"| `{row.code}` | {row.name_vi} | {row.name_en} |" for row in CONDITION_ROWS]
    return "\n".join([*lines, ""])


def schema_page() -> str:
    """The JSON Schema of a criteria set as published."""
    from thangdo.methodology.schema import criteria_set_schema

    return json.dumps(criteria_set_schema(), ensure_ascii=False, indent=1) + "\n"


PAGES = {
    "findings.md": findings_page,
    "criteria-set.md": criteria_set_page,
    "criteria-set.schema.json": schema_page,
    "composite.md": composite_page,
    "dossiers-figures.md": figures_page,
}


def write_pages(folder: Path) -> None:
    """Write every page made from rows into `folder`."""
    for name, page in PAGES.items():
        (folder / name).write_text(page(), encoding="utf-8")
    findings = folder / "findings"
    findings.mkdir(exist_ok=True)
    pages = finding_pages()
    for stale in findings.glob("*.md"):
        if stale.name not in pages:
            stale.unlink()
    for name, text in pages.items():
        (findings / name).write_text(text, encoding="utf-8")

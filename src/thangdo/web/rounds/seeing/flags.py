"""Data-quality flags of a part: the core's rules over what is stored, with their sentences."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef

from thangdo.evaluation.quality import Answer, Flag, quality_flags
from thangdo.reporting.language import Language
from thangdo.reporting.numbers import number, signed
from thangdo.web.rounds.models import Attachment, Mark, Part
from thangdo.web.rounds.points import is_counted
from thangdo.web.rounds.seeing.last_year import LastYear
from thangdo.web.rounds.seeing.scores import UnitCells
from thangdo.web.rounds.sets import issued_set

# Values of a sentence that are percents or scores, and how many decimals they are printed with.
_DIGITS = {"share": 1, "base": 1, "score": 1}


def flags_of_part(
    part: Part, cells: Mapping[str, UnitCells], last: LastYear | None, units: Iterable[str] | None = None
) -> tuple[Flag, ...]:
    """Flags over every unit of the part (or some): one query beside the scores."""
    wanted = set(cells) if units is None else set(units)
    narrowed = {} if units is None else {"unit__in": wanted}
    nodes = issued_set(part).nodes
    claimed = Attachment.objects.filter(part=part, unit=OuterRef("unit"), criterion=OuterRef("criterion"))
    typed: dict[tuple[str, str], dict[str, Decimal]] = {}
    shown = set()
    rows = Mark.objects.filter(part=part, layer="self", **narrowed).annotate(has_evidence=Exists(claimed))
    for unit, criterion, inputs, has_evidence in rows.values_list("unit", "criterion", "inputs", "has_evidence"):
        typed[unit, criterion] = _numbers(inputs)
        if has_evidence:
            shown.add((unit, criterion))
    answers = []
    for unit, own in cells.items():
        if unit not in wanted:
            continue
        for leaf in issued_set(part).leaves:
            points, maximum = own.final.get(leaf.code, (None, None))
            if maximum is None or leaf.role != "normal":
                continue
            node = nodes[leaf.code]
            answers.append(
                Answer(
                    unit,
                    own.block,
                    leaf.code,
                    points,
                    maximum,
                    typed.get((unit, leaf.code), {}),
                    # Counted criteria are measured by the system; nobody attaches anything to them.
                    wants_evidence=not is_counted(node) and bool(shown),
                    has_evidence=(unit, leaf.code) in shown,
                    last_share=last.share(unit, leaf.code) if last else None,
                    last_year=last.year if last else None,
                )
            )
    return quality_flags(part.index, answers)


def _numbers(inputs: Mapping[str, Any]) -> dict[str, Decimal]:
    found = {}
    for name in ("numerator", "denominator"):
        text = str(inputs.get(name, {}).get("value", "")).replace(",", ".")
        try:
            found[name] = Decimal(text)
        except ArithmeticError:
            continue
    return found


def flag_sentence(flag: Flag, language: Language) -> str:
    """The rule's sentence with the flag's numbers as the reader's language writes them."""
    values = {}
    for name, value in flag.values.items():
        if name == "change" and isinstance(value, Decimal):
            values[name] = signed(value, language, 1)
        elif isinstance(value, Decimal):
            values[name] = number(value, language, _DIGITS.get(name))
        else:
            values[name] = str(value)
    return flag.rule.says(language).format(**values)

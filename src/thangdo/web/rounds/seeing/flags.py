"""Data-quality flags of a part: the core's rules over what is stored, with their sentences."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from thangdo.evaluation.quality import Answer, Flag, quality_flags
from thangdo.reporting.language import Language
from thangdo.reporting.numbers import number, signed
from thangdo.web.rounds.models import Attachment, Part
from thangdo.web.rounds.points import is_counted
from thangdo.web.rounds.seeing.last_year import LastYear
from thangdo.web.rounds.seeing.scores import UnitCells
from thangdo.web.rounds.sets import issued_set

# Values of a sentence that are percents or scores, and how many decimals they are printed with.
_DIGITS = {"share": 1, "base": 1, "score": 1}
# Fields of a rule that are a part and its whole.
_PAIR = ("numerator", "denominator")


def flags_of_part(part: Part, cells: Mapping[str, UnitCells], last: LastYear | None) -> tuple[Flag, ...]:
    """Flags over the units of `cells`: one query beside the scores."""
    leaves = [(leaf, is_counted(leaf)) for leaf in issued_set(part).leaves if leaf.role == "normal"]
    claimed = set(Attachment.objects.filter(part=part).values_list("unit", "criterion"))
    answers = []
    for unit, own in cells.items():
        for leaf, counted in leaves:
            points, maximum = own.final.get(leaf.code, (None, None))
            if maximum is None:
                continue
            typed = own.typed.get(leaf.code, {})
            answers.append(
                Answer(
                    unit,
                    own.block,
                    leaf.code,
                    points,
                    maximum,
                    {name: value for name in _PAIR if isinstance(value := typed.get(name), Decimal)},
                    # Counted criteria are measured by the system; nobody attaches anything to them.
                    wants_evidence=not counted and bool(claimed),
                    has_evidence=(unit, leaf.code) in claimed,
                    last_share=last.share(unit, leaf.code) if last else None,
                    last_year=last.year if last else None,
                )
            )
    return quality_flags(part.index, answers)


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

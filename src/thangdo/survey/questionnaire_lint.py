"""What contradicts itself in a questionnaire, found before anybody is asked."""

from __future__ import annotations

import re

from thangdo.findings import Finding, Gathered, Where
from thangdo.survey.questionnaire import Questionnaire, Text
from thangdo.survey.questionnaire_expressions import check, fields_of

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*\Z")


def lint(questionnaire: Questionnaire, file: str = "") -> Gathered:
    """What contradicts itself in a questionnaire: names, lists, expressions, translations, batteries, marks."""
    gathered = Gathered()
    names: set[str] = set()
    for question in questionnaire.questions:
        where = Where(file, 0, question.name)
        if not _NAME.match(question.name) or question.name in names:
            gathered.add(Finding("SUR103", where, question.name, "a_b1"))
        if question.kind.listed and question.list not in questionnaire.lists:
            gathered.add(Finding("SUR105", where, question.list, ", ".join(questionnaire.lists)))
        if question.group and question.group not in questionnaire.groups:
            gathered.add(Finding("SUR105", where, question.group, ", ".join(questionnaire.groups)))
        for kind in ("relevant", "constraint", "choice_filter"):
            gathered.extend(_expression(getattr(question, kind), kind, question.name, names, file))
        if question.battery and not (
            question.list in questionnaire.lists and questionnaire.lists[question.list].direction
        ):
            gathered.add(Finding("SUR106", where, question.list))
        if bool(question.comparable) != bool(questionnaire.compares_with) and question.battery:
            gathered.add(Finding("SUR108", where, question.comparable, questionnaire.compares_with, "warning"))
        gathered.extend(_untranslated(question.label, questionnaire.languages, where))
        names.add(question.name)
    for choices in questionnaire.lists.values():
        where = Where(file, 0, choices.name)
        for name in sorted(
            {name for name in choices.names if choices.names.count(name) > 1 or " " in name or not name}
        ):
            gathered.add(Finding("SUR107", where, name))
        for choice in choices.choices:
            gathered.extend(_untranslated(choice.label, questionnaire.languages, where))
    return gathered


def _expression(text: str, kind: str, name: str, before: set[str], file: str) -> list[Finding]:
    if not text:
        return []
    wrong = check(text)
    if wrong:
        return [Finding("SUR104", Where(file, 0, f"{name}.{kind}"), text, wrong)]
    # A question can only depend on what was asked before it.
    later = [field for field in fields_of(text) if field not in before]
    return [Finding("SUR109", Where(file, 0, f"{name}.{kind}"), field) for field in later]


def _untranslated(text: Text, languages: tuple[str, ...], where: Where) -> list[Finding]:
    missing = [language for language in languages if not text.get(language)]
    return [Finding("SUR110", where, ", ".join(missing), severity="warning")] if missing else []

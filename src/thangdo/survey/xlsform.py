"""Questionnaires as XLSForm workbooks, in and out; pyxform says whether a form is valid.

What XLSForm has no column for (battery, scale direction, comparability, edition) stands in columns whose
name begins with `thangdo_`; other tools ignore them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from thangdo.findings import Finding, Gathered, Refused, Where
from thangdo.survey.questionnaire import (
    TYPE_BY_CODE,
    Choice,
    ChoiceList,
    Comparability,
    Direction,
    Group,
    Question,
    Questionnaire,
)
from thangdo.survey.questionnaire_lint import lint

LANGUAGE_NAMES = {"vi": "Tiếng Việt (vi)", "en": "English (en)"}
_METADATA = {"start", "end", "today", "deviceid", "username", "phonenumber", "email", "audit"}
_OWN = ("battery", "reversed", "comparable", "comparable_note")
Row = dict[str, str]


def write_xlsform(path: Path, questionnaire: Questionnaire) -> None:
    """The workbook, checked by pyxform before it appears (Refused with SUR111 otherwise)."""
    import xlsxwriter

    partial = path.with_name(f".{path.name}.partial.xlsx")
    try:
        with xlsxwriter.Workbook(str(partial), {"strings_to_numbers": False}) as book:
            for name, rows in sheets(questionnaire).items():
                sheet = book.add_worksheet(name)
                header = list(dict.fromkeys(key for row in rows for key in row))
                sheet.write_row(0, 0, header, book.add_format({"bold": True}))
                for number, row in enumerate(rows, start=1):
                    for column, key in enumerate(header):
                        sheet.write_string(number, column, row.get(key, ""))
                sheet.freeze_panes(1, 0)
        validate(partial, path.name).refuse_errors()
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def sheets(questionnaire: Questionnaire) -> dict[str, list[Row]]:
    """The three sheets as rows: survey, choices, settings."""
    survey: list[Row] = []
    group = ""
    for question in questionnaire.questions:
        if question.group != group:
            if group:
                survey.append({"type": "end_group"})
            group = question.group
            if group:
                survey.append(_group_row(questionnaire.groups[group], questionnaire.languages))
        survey.append(_question_row(question, questionnaire.languages))
    if group:
        survey.append({"type": "end_group"})
    choices = [
        {
            "list_name": choice_list.name,
            "name": choice.name,
            **_translated("label", choice.label, questionnaire.languages),
            **choice.filters,
            **({"thangdo_direction": choice_list.direction} if choice_list.direction else {}),
        }
        for choice_list in questionnaire.lists.values()
        for choice in choice_list.choices
    ]
    first = questionnaire.languages[0]
    settings = {
        "form_title": questionnaire.title.get(first, questionnaire.id),
        "form_id": questionnaire.id,
        "version": str(questionnaire.year),
        "default_language": LANGUAGE_NAMES.get(first, first),
        "thangdo_title": json.dumps(dict(questionnaire.title), ensure_ascii=False),
        "thangdo_compares_with": questionnaire.compares_with,
        "thangdo_source": questionnaire.source,
        "thangdo_source_note": questionnaire.source_note,
        "thangdo_columns": json.dumps(dict(questionnaire.columns), ensure_ascii=False),
    }
    return {"survey": survey, "choices": choices, "settings": [settings]}


def _group_row(group: Group, languages: Sequence[str]) -> Row:
    row = {"type": "begin_group", "name": group.name, **_translated("label", group.label, languages)}
    row["relevant"] = group.relevant
    row["appearance"] = "field-list" if group.table else ""
    return row


def _question_row(question: Question, languages: Sequence[str]) -> Row:
    row = {"type": f"{question.type} {question.list}".strip(), "name": question.name}
    row |= _translated("label", question.label, languages)
    row |= _translated("hint", question.hint, languages)
    row |= {"required": "yes" if question.required else "", "relevant": question.relevant}
    row |= {"constraint": question.constraint, "choice_filter": question.choice_filter}
    row |= _translated("constraint_message", question.constraint_message, languages)
    for name in _OWN:
        value = getattr(question, name)
        row[f"thangdo_{name}"] = "yes" if value is True else str(value or "")
    return row


def _translated(column: str, text: Mapping[str, str], languages: Sequence[str]) -> Row:
    if not text:
        return {}
    return {f"{column}::{LANGUAGE_NAMES.get(code, code)}": text.get(code, "") for code in languages}


def validate(path: Path, name: str) -> Gathered:
    """What pyxform says against a workbook (SUR111)."""
    from pyxform.errors import PyXFormError
    from pyxform.xls2xform import convert

    gathered = Gathered()
    try:
        convert(str(path), warnings=[], validate=False)
    except PyXFormError as failure:
        gathered.add(Finding("SUR111", Where(name), " ".join(str(failure).split())))
    except (OSError, ValueError, KeyError) as failure:
        gathered.add(Finding("SUR101", Where(name), f"{type(failure).__name__}: {failure}", "XLSForm"))
    return gathered


def read_xlsform(path: Path) -> Questionnaire:
    """A questionnaire from an XLSForm workbook; metadata questions (start, end, deviceid …) are left out.

    Raises Refused: SUR101 unreadable, SUR111 refused by pyxform, SUR102 a type that has no answer column
    here (repeats, media, places), and the findings of `questionnaire_lint.lint`.
    """
    tables = _tables(path)
    gathered = validate(path, path.name)
    gathered.refuse_errors()
    languages = _languages(tables)
    settings = (tables["settings"] or [{}])[0]
    questions, groups = _questions(tables["survey"], languages, path.name, gathered)
    gathered.refuse_errors()
    title = settings.get("thangdo_title")
    version = settings.get("version", "")
    questionnaire = Questionnaire(
        id=settings.get("form_id") or path.stem,
        year=int(version[:4]) if version[:4].isdigit() else 0,
        title=json.loads(title) if title else {languages[0]: settings.get("form_title") or path.stem},
        questions=questions,
        lists=_lists(tables["choices"], languages),
        groups=groups,
        languages=languages,
        source=settings.get("thangdo_source") or "imported",
        source_note=settings.get("thangdo_source_note", ""),
        compares_with=settings.get("thangdo_compares_with", ""),
        columns=json.loads(settings.get("thangdo_columns") or "{}"),
    )
    lint(questionnaire, path.name).refuse_errors()
    return questionnaire


def _tables(path: Path) -> dict[str, list[Row]]:
    import python_calamine

    try:
        book = python_calamine.CalamineWorkbook.from_path(str(path))
        found: dict[str, list[Row]] = {"survey": [], "choices": [], "settings": []}
        for name in book.sheet_names:
            if name in found:
                rows = book.get_sheet_by_name(name).to_python()
                header = [str(cell).strip() for cell in rows[0]] if rows else []
                found[name] = [
                    {key: _cell(cell) for key, cell in zip(header, row, strict=False) if key and cell != ""}
                    for row in rows[1:]
                    if any(cell != "" for cell in row)
                ]
    except (python_calamine.CalamineError, OSError) as failure:
        raise Refused([Finding("SUR101", Where(path.name), str(failure), "XLSForm")]) from failure
    return found


def _cell(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _code(language: str) -> str:
    """`Tiếng Việt (vi)` → `vi`; a name without a code is its own."""
    match = re.search(r"\(([\w-]+)\)\s*$", language)
    return match.group(1) if match else language.strip()


def _languages(tables: Mapping[str, list[Row]]) -> tuple[str, ...]:
    keys = [key for name in ("survey", "choices") for row in tables[name] for key in row if key.startswith("label")]
    found = list(dict.fromkeys(_code(key.split("::", 1)[1]) for key in keys if "::" in key))
    return tuple(found) or ("vi",)


def _words(row: Row, column: str, languages: Sequence[str]) -> dict[str, str]:
    found = {_code(key.split("::", 1)[1]): value for key, value in row.items() if key.startswith(f"{column}::")}
    if not found and row.get(column):
        found = {languages[0]: row[column]}
    return {code: found[code] for code in languages if code in found}


def _questions(
    rows: Sequence[Row], languages: Sequence[str], file: str, gathered: Gathered
) -> tuple[tuple[Question, ...], dict[str, Group]]:
    questions: list[Question] = []
    groups: dict[str, Group] = {}
    within: list[str] = []
    for number, row in enumerate(rows, start=2):
        words = re.sub(r"^(begin|end)\s+", r"\1_", row.get("type", "")).split()
        kind = words[0] if words else ""
        if kind == "begin_group":
            name = row.get("name", f"group{number}")
            groups[name] = Group(
                name, _words(row, "label", languages), row.get("relevant", ""), "list" in row.get("appearance", "")
            )
            within.append(name)
        elif kind == "end_group":
            within.pop()
        elif kind in TYPE_BY_CODE:
            questions.append(_question(row, words, within[-1] if within else "", languages))
        elif kind and kind not in _METADATA:
            gathered.add(Finding("SUR102", Where(file, number, "type"), kind, ", ".join(TYPE_BY_CODE)))
    return tuple(questions), groups


def _question(row: Row, words: Sequence[str], group: str, languages: Sequence[str]) -> Question:
    return Question(
        name=row.get("name", ""),
        type=words[0],
        list=words[1] if len(words) > 1 else "",
        label=_words(row, "label", languages),
        hint=_words(row, "hint", languages),
        group=group,
        required=row.get("required", "").lower() in {"yes", "true", "true()"},
        relevant=row.get("relevant", ""),
        constraint=row.get("constraint", ""),
        constraint_message=_words(row, "constraint_message", languages),
        choice_filter=row.get("choice_filter", ""),
        battery=row.get("thangdo_battery", ""),
        reversed=row.get("thangdo_reversed", "") == "yes",
        comparable=cast(Comparability, row.get("thangdo_comparable", "")),
        comparable_note=row.get("thangdo_comparable_note", ""),
    )


def _lists(rows: Sequence[Row], languages: Sequence[str]) -> dict[str, ChoiceList]:
    choices: dict[str, list[Choice]] = {}
    directions: dict[str, Any] = {}
    for row in rows:
        name = row.get("list_name") or row.get("list name", "")
        own = {"list_name", "list name", "name", "thangdo_direction"}
        filters = {
            key: value
            for key, value in row.items()
            if key not in own and not key.startswith(("label", "media", "image", "audio"))
        }
        choices.setdefault(name, []).append(Choice(row.get("name", ""), _words(row, "label", languages), filters))
        directions.setdefault(name, row.get("thangdo_direction", ""))
    return {name: ChoiceList(name, tuple(rows), cast(Direction, directions[name])) for name, rows in choices.items()}

"""Questionnaires from and to YAML; everything wrong in one is named before anything is refused."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from thangdo.findings import Finding, Gathered, Refused, Where
from thangdo.survey.questionnaire import (
    FORMAT,
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

_TOP = {
    "format", "id", "edition", "title", "languages", "source", "source_note", "columns", "lists", "groups",
    "questions",
}  # fmt: skip
_QUESTION = {
    "name", "type", "list", "label", "hint", "group", "required", "relevant", "constraint", "constraint_message",
    "choice_filter", "battery", "reversed", "comparable", "comparable_note",
}  # fmt: skip
_LIBRARY = Path(__file__).resolve().parent.parent / "library" / "questionnaires"


def shipped() -> tuple[str, ...]:
    """The ids of the questionnaires that come with the product."""
    return tuple(sorted(path.stem for path in _LIBRARY.glob("*.yaml")))


def read_questionnaire(name: str | Path) -> Questionnaire:
    """A questionnaire: a shipped id, a YAML file, or an XLSForm workbook (`.xlsx`).

    Raises Refused with every finding (SUR101–SUR109).
    """
    path = Path(name)
    if not path.suffix and not path.exists():
        path = _LIBRARY / f"{name}.yaml"
        if not path.exists():
            raise Refused([Finding("SUR101", Where(str(name)), str(name), ", ".join(shipped()))])
    if path.suffix.lower() in {".xlsx", ".xls"}:
        from thangdo.survey.xlsform import read_xlsform

        return read_xlsform(path)
    import yaml

    try:
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        document = yaml.load(path.read_text("utf-8-sig"), Loader=loader)  # noqa: S506 — a safe loader, in C where built
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as failure:
        raise Refused([Finding("SUR101", Where(path.name), str(failure).replace("\n", " "), "YAML")]) from failure
    return questionnaire_of(document, path.name)


def questionnaire_of(document: object, file: str = "") -> Questionnaire:
    """A questionnaire from its document, checked."""
    gathered = Gathered()
    if not isinstance(document, Mapping) or document.get("format") != FORMAT:
        raise Refused([Finding("SUR101", Where(file, 0, "format"), str(type(document).__name__), FORMAT)])
    for key in set(map(str, document)) - _TOP:
        gathered.add(Finding("SUR102", Where(file, 0, key), key, ", ".join(sorted(_TOP))))
    edition = document.get("edition") or {}
    questionnaire = Questionnaire(
        id=str(document.get("id", "")),
        year=int(edition.get("year", 0)),
        compares_with=str(edition.get("compares_with", "")),
        title=_text(document.get("title")),
        languages=tuple(str(item) for item in document.get("languages", ("vi", "en"))),
        source=str(document.get("source", "illustrative")),
        source_note=str(document.get("source_note", "")),
        columns={str(key): str(value) for key, value in (document.get("columns") or {}).items()},
        lists={str(name): _list(str(name), item) for name, item in (document.get("lists") or {}).items()},
        groups={str(name): _group(str(name), item) for name, item in (document.get("groups") or {}).items()},
        questions=tuple(
            _question(item, file, number, gathered) for number, item in enumerate(document.get("questions") or (), 1)
        ),
    )
    gathered.extend(lint(questionnaire, file))
    gathered.refuse_errors()
    return questionnaire


def _text(value: object) -> dict[str, str]:
    if isinstance(value, Mapping):
        return {str(key): str(words) for key, words in value.items()}
    return {"vi": str(value)} if value else {}


def _list(name: str, item: Any) -> ChoiceList:
    choices = []
    for choice in item.get("choices", ()):
        filters = {str(k): str(v) for k, v in choice.items() if k not in {"name", "label"}}
        choices.append(Choice(str(choice["name"]), _text(choice.get("label")), filters))
    return ChoiceList(name, tuple(choices), cast(Direction, str(item.get("direction", ""))))


def _group(name: str, item: Any) -> Group:
    return Group(name, _text(item.get("label")), str(item.get("relevant", "")), bool(item.get("table", False)))


def _question(item: Any, file: str, number: int, gathered: Gathered) -> Question:
    where = Where(file, 0, f"questions[{number}]")
    if not isinstance(item, Mapping):
        gathered.add(Finding("SUR102", where, str(item), ", ".join(sorted(_QUESTION))))
        return Question(f"q{number}", "note", {})
    for key in set(map(str, item)) - _QUESTION:
        gathered.add(Finding("SUR102", where, key, ", ".join(sorted(_QUESTION))))
    kind = str(item.get("type", "text"))
    if kind not in TYPE_BY_CODE:
        gathered.add(Finding("SUR102", where, kind, ", ".join(TYPE_BY_CODE)))
        kind = "text"
    return Question(
        name=str(item.get("name", "")),
        type=kind,
        label=_text(item.get("label")),
        list=str(item.get("list", "")),
        hint=_text(item.get("hint")),
        group=str(item.get("group", "")),
        required=bool(item.get("required", False)),
        relevant=str(item.get("relevant", "")),
        constraint=str(item.get("constraint", "")),
        constraint_message=_text(item.get("constraint_message")),
        choice_filter=str(item.get("choice_filter", "")),
        battery=str(item.get("battery", "")),
        reversed=bool(item.get("reversed", False)),
        comparable=cast(Comparability, str(item.get("comparable", ""))),
        comparable_note=str(item.get("comparable_note", "")),
    )


def as_document(questionnaire: Questionnaire) -> dict[str, Any]:
    """The questionnaire as written to YAML; reading it back gives the same questionnaire."""
    edition = {"year": questionnaire.year, "compares_with": questionnaire.compares_with}
    return _said(
        {
            "format": FORMAT,
            "id": questionnaire.id,
            "edition": _said(edition),
            "title": dict(questionnaire.title),
            "languages": list(questionnaire.languages),
            "source": questionnaire.source,
            "source_note": questionnaire.source_note,
            "columns": dict(questionnaire.columns),
            "lists": {
                name: _said(
                    {
                        "direction": choices.direction,
                        "choices": [{"name": c.name, "label": dict(c.label), **c.filters} for c in choices.choices],
                    }
                )
                for name, choices in questionnaire.lists.items()
            },
            "groups": {
                name: _said({"label": dict(group.label), "relevant": group.relevant, "table": group.table})
                for name, group in questionnaire.groups.items()
            },
            "questions": [
                _said({key: getattr(question, key) for key in Question.__dataclass_fields__})
                for question in questionnaire.questions
            ],
        }
    )


def _said(row: dict[str, Any]) -> dict[str, Any]:
    return {
        key: dict(value) if isinstance(value, Mapping) else value
        for key, value in row.items()
        if value not in ("", False, None, 0) and value != {} and value != []
    }


def write_questionnaire(path: Path, questionnaire: Questionnaire) -> None:
    """YAML, or an XLSForm workbook where the name ends in `.xlsx`; appears at once."""
    if path.suffix.lower() == ".xlsx":
        from thangdo.survey.xlsform import write_xlsform

        write_xlsform(path, questionnaire)
        return
    import yaml

    partial = path.with_name(f".{path.name}.partial")
    text = yaml.safe_dump(as_document(questionnaire), allow_unicode=True, sort_keys=False, width=110)
    partial.write_text(text, "utf-8", newline="\n")
    partial.replace(path)

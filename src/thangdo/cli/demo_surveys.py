"""The demo city's surveys as files: answers, design and rules, from them the rounds' values and the report."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from thangdo.demo.surveys import DemoSurvey
    from thangdo.evaluation.register import Register


def write_surveys(root: Path, surveys: Iterable[DemoSurvey]) -> None:
    """A folder each under `root/surveys`, as `thangdo survey values` takes it."""
    from thangdo.demo.surveys import DESIGN

    for survey in surveys:
        folder = _folder(root, survey)
        folder.mkdir(parents=True, exist_ok=True)
        columns = survey.columns.columns
        with (folder / "responses.csv").open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerow(columns)
            writer.writerows(zip(*(column.text for column in columns.values()), strict=True))
        _write_yaml(folder / "design.yaml", dict(DESIGN))
        _write_yaml(folder / "indicators.yaml", [dict(rule) for rule in survey.indicators])


def fill_from_surveys(root: Path, surveys: Iterable[DemoSurvey], year: int, round_folder: Path) -> None:
    """What the year's surveys say goes into its round, by the way any survey goes."""
    from thangdo.cli.survey_values import fill_round

    for survey in surveys:
        if survey.year == year:
            folder = _folder(root, survey)
            fill_round(folder / "responses.csv", folder / "design.yaml", round_folder, folder / "indicators.yaml")


def report_satisfaction(root: Path, now: DemoSurvey, earlier: DemoSurvey, register: Register) -> Path:
    """The report of the satisfaction survey, compared with the year before; returns its folder."""
    from thangdo.cli.options import speaking
    from thangdo.cli.survey_report_contents import Minimum, survey_report
    from thangdo.reporting.survey_documents import write_documents

    folder, last = _folder(root, now), _folder(root, earlier)
    _write_yaml(folder / "battery.yaml", _battery(now, register))
    out = folder / "report"
    before = (last / "responses.csv", last / "design.yaml")
    given = (folder / "responses.csv", folder / "design.yaml", folder / "battery.yaml", before, Minimum())
    with speaking("en"):
        english = survey_report(*given)[0]
    with speaking("vi"):
        write_documents(survey_report(*given)[0], out, "vi", english)
    return out


def _folder(root: Path, survey: DemoSurvey) -> Path:
    return root / "surveys" / survey.id


def _battery(survey: DemoSurvey, register: Register) -> Mapping[str, Any]:
    """Factors and words from the shipped questionnaire, units from the register."""
    from thangdo.survey.questionnaire_reading import read_questionnaire

    questionnaire = read_questionnaire(survey.id)
    batteries = questionnaire.batteries()
    names: dict[str, Mapping[str, str]] = {
        question.name: dict(question.label) for questions in batteries.values() for question in questions
    }
    names |= {name: dict(questionnaire.groups[name].label) for name in batteries}
    names |= {
        unit.unit: {language: unit.short(language) for language in ("vi", "en")}
        for unit in register
        if unit.unit in set(survey.columns.columns["unit"].categories.labels)
    }
    return {
        "title": f"SIPAS {survey.year}",
        "year": survey.year,
        "rule": "satisfied_share",
        "combine": "factors",
        "factors": {name: [question.name for question in questions] for name, questions in batteries.items()},
        "names": names,
        "illustrative": True,
    }


def _write_yaml(path: Path, content: object) -> None:
    import yaml

    class Plain(yaml.SafeDumper):
        """Lists written out where they stand: a reader of the file need not know YAML's references."""

        def ignore_aliases(self, data: object) -> bool:
            return True

    text = yaml.dump(content, Dumper=Plain, allow_unicode=True, sort_keys=False)
    path.write_text(text, encoding="utf-8")

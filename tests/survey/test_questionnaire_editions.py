"""Editions of a questionnaire: the author's mark decides, and a mark that contradicts the editions is found."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from thangdo.cli.entry import run
from thangdo.findings import Gathered
from thangdo.survey.questionnaire import Comparability, Questionnaire
from thangdo.survey.questionnaire_editions import compare_editions
from thangdo.survey.questionnaire_reading import read_questionnaire, write_questionnaire


def edition(**marks: Comparability) -> Questionnaire:
    """SIPAS 2023 as the edition of 2024, some questions marked against 2023."""
    now = read_questionnaire("sipas-2023")
    questions = tuple(replace(q, comparable=marks.get(q.name, "")) for q in now.questions)
    return replace(now, id="sipas-2024", year=2024, questions=questions, compares_with="sipas-2023")


def statuses(now: Questionnaire, before: Questionnaire) -> tuple[dict[str, str], list[tuple[str, str]]]:
    gathered = Gathered()
    found = compare_editions(now, before, gathered)
    return {one.question: one.status for one in found}, [(f.code, f.where.column) for f in gathered]


def test_the_mark_decides_where_words_alone_would_not() -> None:
    before = read_questionnaire("sipas-2023")
    now = edition(tiep_can_1="changed", tiep_can_2="same")
    reworded = tuple(
        replace(q, label={"vi": "Chỗ ngồi chờ", "en": "Seats"}) if q.name == "tiep_can_2" else q for q in now.questions
    )
    found, wrong = statuses(replace(now, questions=reworded), before)
    assert (found["tiep_can_1"], found["tiep_can_2"], found["tiep_can_3"]) == ("changed", "same", "same")
    assert wrong == []


def test_without_a_mark_other_words_or_another_scale_are_a_change_and_gone_ones_are_named() -> None:
    before = read_questionnaire("sipas-2023")
    now = edition()
    kept = tuple(
        replace(q, label={"vi": "Khác hẳn", "en": "Quite other"}) if q.name == "thu_tuc_1" else q
        for q in now.questions
        if q.name != "gop_y_3"
    )
    found, wrong = statuses(replace(now, questions=kept), before)
    assert (found["thu_tuc_1"], found["gop_y_3"], found["thu_tuc_2"]) == ("changed", "dropped", "same")
    scale = replace(now.lists["hai_long"], choices=now.lists["hai_long"].choices[:4])
    found, wrong = statuses(replace(now, lists={**now.lists, "hai_long": scale}), before)
    assert found["thu_tuc_2"] == "changed"
    assert wrong == []


def test_sur112_marks_that_contradict_the_editions() -> None:
    before = read_questionnaire("sipas-2023")
    now = edition(tiep_can_1="same", tiep_can_2="new")
    scale = replace(now.lists["hai_long"], choices=now.lists["hai_long"].choices[:4])
    found, wrong = statuses(replace(now, lists={**now.lists, "hai_long": scale}), before)
    assert wrong == [("SUR112", "tiep_can_1"), ("SUR112", "tiep_can_2")]
    assert found["tiep_can_1"] == "changed"
    gone = replace(before, questions=tuple(q for q in before.questions if q.name != "tiep_can_1"))
    assert statuses(edition(tiep_can_1="same"), gone)[1] == [("SUR112", "tiep_can_1")]


def test_the_command_says_question_by_question(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_questionnaire(tmp_path / "now.yaml", edition(tiep_can_1="changed"))
    call = ["survey", "check", "--questionnaire", str(tmp_path / "now.yaml"), "--compare", "sipas-2023"]
    assert run([*call, "--json"]) == 0
    rows = {row["question"]: row for row in json.loads(capsys.readouterr().out)["questions"]}
    assert (rows["tiep_can_1"]["status"], rows["tiep_can_1"]["marked"]) == ("changed", True)
    assert run(call) == 0
    assert "tiep_can_1               đã đổi" in capsys.readouterr().out
    write_questionnaire(tmp_path / "now.yaml", edition(tiep_can_1="new"))
    assert run(call) == 1
    assert "SUR112" in capsys.readouterr().err

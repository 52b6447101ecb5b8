"""Every code of a survey finding has a fault planted for it: here those no other test of this folder plants."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from thangdo.cli.entry import run
from thangdo.findings import Finding, Gathered, Refused
from thangdo.survey.codes import CODES
from thangdo.survey.design_building import build_design
from thangdo.survey.design_document import design_document
from thangdo.survey.draw import draw
from thangdo.survey.draw_plan import plan_of
from thangdo.survey.draw_record import seed_findings
from thangdo.survey.estimation_columns import columns_of, read_columns
from thangdo.survey.failure import SurveyFailure
from thangdo.survey.frame import frame_of, read_frame
from thangdo.survey.pps import sampford
from thangdo.survey.questionnaire_lint import lint
from thangdo.survey.questionnaire_reading import questionnaire_of, read_questionnaire
from thangdo.survey.responses import read_responses
from thangdo.survey.responses_report import check_responses
from thangdo.survey.small_areas import fay_herriot
from thangdo.survey.xlsform import read_xlsform

Found = list[tuple[str, int, str]]
FRAME = frame_of(("id", "s", "size"), [("a", "x", "3"), ("b", "x", "4"), ("c", "y", "0"), ("d", "y", "")], "f.csv")


def told(findings: Iterable[Finding]) -> Found:
    return [(finding.code, finding.where.row, finding.where.column) for finding in findings]


def refused(call: Callable[[], object]) -> Found:
    with pytest.raises(Refused) as refusal:
        call()
    return told(refusal.value.findings)


def written(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_sur001_tables_that_cannot_be_read(tmp_path: Path) -> None:
    narrow = written(tmp_path / "narrow.csv", "id,s\na,x\nb\n")
    assert refused(lambda: read_frame(narrow)) == [("SUR001", 3, "")]
    for reader in (read_frame, read_responses):
        for name in ("latin.csv", "no.xlsx"):
            broken = written(tmp_path / name, b"id,s\xff\xfe\na,x\n")
            assert {code for code, *_ in refused(lambda r=reader, p=broken: r(p))} == {"SUR001"}  # type: ignore[misc]


def test_sur002_a_column_the_frame_has_not() -> None:
    plan = plan_of({"id": "p", "strata": ["district"], "stages": [{"n": 1}]})
    assert refused(lambda: draw(plan, FRAME, ("1",))) == [("SUR002", 1, "district")]


def test_sur003_and_sur004_columns_twice_and_no_rows(tmp_path: Path) -> None:
    twice = written(tmp_path / "twice.csv", "id,s,id\na,x,b\n")
    assert refused(lambda: read_frame(twice)) == [("SUR003", 1, "id")]
    assert refused(lambda: read_responses(twice)) == [("SUR003", 1, "id")]
    assert refused(lambda: read_columns(twice, Gathered())) == [("SUR003", 1, "id")]
    empty = written(tmp_path / "empty.csv", "")
    for reader in (read_frame, read_responses, lambda path: read_columns(path, Gathered())):
        assert refused(lambda r=reader: r(empty)) == [("SUR004", 0, "")]  # type: ignore[misc]


def test_sur005_every_size_that_is_no_number_above_zero() -> None:
    assert refused(lambda: FRAME.numbers("size")) == [("SUR005", 4, "size"), ("SUR005", 5, "size")]


def test_sur012_and_sur013_seeds_against_the_announced_sources() -> None:
    source = {"name": "Xổ số", "when": "2023-12-02T18:00:00+07:00", "where": "trang kết quả", "bits": 4}
    plan = plan_of({"id": "p", "stages": [{"n": 2}], "seed_sources": [source]})
    assert [code for code, *_ in told(seed_findings(plan, ("1", "2"), 3.0))] == ["SUR012"]
    weak = seed_findings(plan, ("1",), 20.0)
    assert [code for code, *_ in told(weak)] == ["SUR013"]
    assert not weak.has_errors
    assert not list(seed_findings(plan, ("1",), 4.0))


def test_sur017_a_rejective_draw_that_accepts_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("thangdo.survey.pps._SAMPFORD_TRIES", 5)
    # Uniforms that always name the same unit: every sample has it twice.
    with pytest.raises(SurveyFailure, match="SUR017"):
        sampford([0.5, 0.5, 0.5, 0.5], lambda: 0.0)


def test_sur019_a_stratum_without_its_size() -> None:
    plan = plan_of({"id": "p", "strata": ["s"], "stages": [{"n": {"x": 1}}]})
    with pytest.raises(SurveyFailure, match="SUR019") as failure:
        draw(plan, FRAME, ("1",))
    assert failure.value.facts["stratum"] == "y"


def test_sur101_questionnaires_that_cannot_be_read(tmp_path: Path) -> None:
    assert refused(lambda: read_questionnaire("no-such"))[0][0] == "SUR101"
    assert refused(lambda: read_questionnaire(written(tmp_path / "q.yaml", "a: [b\n")))[0][0] == "SUR101"
    assert refused(lambda: read_xlsform(written(tmp_path / "q.xlsx", "no workbook")))[0][0] == "SUR101"
    assert refused(lambda: questionnaire_of({"format": "other/1"}))[0] == ("SUR101", 0, "format")


def small(choices: list[str]) -> dict[str, Any]:
    return {
        "format": "thangdo-questionnaire/1",
        "id": "small",
        "edition": {"year": 2024},
        "title": {"vi": "Thử", "en": "Trial"},
        "lists": {"l": {"choices": [{"name": name, "label": {"vi": "Có", "en": "Yes"}} for name in choices]}},
        "questions": [{"name": "q", "type": "select_one", "list": "l", "label": {"vi": "Hỏi", "en": "Ask"}}],
    }


@pytest.mark.parametrize("choices", [["a", "a"], ["a", "b c"], ["a", ""]])
def test_sur107_an_answer_code_twice_blank_or_with_a_space(choices: list[str]) -> None:
    assert refused(lambda: questionnaire_of(small(choices))) == [("SUR107", 0, "l")]
    assert list(lint(questionnaire_of(small(["a", "b"])))) == []


def test_sur121_a_column_the_questionnaire_has_not_is_kept(tmp_path: Path) -> None:
    answers = written(tmp_path / "r.csv", "q,extra\na,1\nb,2\n")
    checked = check_responses(answers, questionnaire_of(small(["a", "b"])), tmp_path / "out")
    assert (checked.rejected, told(checked.notes)) == (0, [("SUR121", 1, "extra")])
    assert "extra" in (tmp_path / "out" / "accepted.csv").read_text(encoding="utf-8").splitlines()[0]


def test_sur131_every_row_of_another_width_in_one_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answers = written(tmp_path / "r.csv", "w,x\n1,2\n1\n1,3\n1,2,3\n")
    written(tmp_path / "d.yaml", "weights: w\n")
    written(tmp_path / "a.yaml", "- {statistic: mean, variable: x}\n")
    out = tmp_path / "out.csv"
    options = ["--design", str(tmp_path / "d.yaml"), "--analysis", str(tmp_path / "a.yaml"), "--out", str(out)]
    assert run(["survey", "estimate", str(answers), *options]) == 1
    said = capsys.readouterr().err
    assert "SUR131 r.csv:3" in said
    assert "SUR131 r.csv:5" in said
    assert not out.exists()


def test_sur320_a_class_nobody_of_which_answered() -> None:
    data = {"w": [1, 1, 2, 2], "did": ["yes", "no", "no", "no"], "c": ["a", "a", "b", "b"]}
    document = {"weights": "w", "nonresponse": {"responded": "did", "classes": ["c"]}}
    gathered = Gathered()
    read = design_document(document, "d.yaml", gathered)
    assert refused(lambda: build_design(read, columns_of(data, "data.csv"), gathered)) == [("SUR320", 0, "c")]


def test_sur321_fewer_areas_than_the_model_has_coefficients() -> None:
    assert refused(lambda: fay_herriot(np.array([0.5, 0.6]), np.full(2, 0.01), np.ones((2, 1)))) == [("SUR321", 0, "")]


def test_every_code_is_planted_somewhere_in_this_folder() -> None:
    named = {
        code
        for path in Path(__file__).parent.glob("test_*.py")
        for code in re.findall(r"SUR\d{3}", path.read_text("utf-8"))
    }
    named |= {name.upper() for name in re.findall(r"sur\d{3}", Path(__file__).read_text("utf-8"))}
    assert {code.code for code in CODES} <= named

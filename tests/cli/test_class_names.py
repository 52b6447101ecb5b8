"""People read the name of a class, machines its code."""

from __future__ import annotations

import json

import pytest

from thangdo.cli.entry import run


@pytest.mark.parametrize(("language", "name"), [("vi", "loại Xuất sắc"), ("en", "class Excellent")])
def test_explain_names_the_class_in_the_readers_language(
    capsys: pytest.CaptureFixture[str], language: str, name: str
) -> None:
    assert run(["--lang", language, "explain", "vi-du-2023", "HEPZA", "par/1.1.2"]) == 0
    assert name in capsys.readouterr().out


def test_json_keeps_the_code(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["whatif", "vi-du-2023", "--set", "par/1.6.maximum=12", "--json"]) == 0
    moves = json.loads(capsys.readouterr().out)[0]["moves"]
    assert {move["class_before"] for move in moves} <= {"xuat_sac", "tot", "kha", "trung_binh", "yeu", None}

"""Reading criteria sets: there and back, and every planted fault found at its line."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from thangdo.findings import Refused
from thangdo.methodology import lint_set, load, parse, set_hash, to_yaml
from thangdo.methodology.codes import CODES

GOOD = """\
format: thangdo-criteria-set/1
id: thu
index: par
title: {vi: Thử, en: Test}
edition: {year: 2023}
blocks: [so_nganh, dia_phuong]
maximum: 10
rounding: {criterion: {digits: 2}, result: {digits: 2, mode: half_up}}
ranking: {ties: competition, tie_breakers: [{node: 1}]}
classes:
  on: percent
  bands:
    - {code: a, name: {vi: Tốt, en: Good}, from: 80, conditions: [{kind: node_at_least, node: 1, percent: 50}]}
    - {code: b, name: {vi: Yếu, en: Weak}, from: 0}
criteria:
  - code: 1
    text: {vi: Một, en: One}
    maximum: 6
    children:
      - {code: 1.1, text: {vi: Một một, en: One one}, maximum: 4, rule: {kind: proportional, when_zero: zero}}
      - {code: 1.10, text: {vi: Một mười, en: One ten}, maximum: 2, rule: {kind: yes_no}}
  - {code: 2, text: {vi: Hai, en: Two}, maximum: 4, rule: {kind: tiers, steps: [{from: 0.5, points: 4}]}}
"""

# One planted fault a code: what to replace, by what, and the line it must be found at.
PLANTED = [
    ("MET001", "blocks: [so_nganh, dia_phuong]", "blocks: [so_nganh", 7),
    ("MET003", "title: {vi: Thử, en: Test}", "title: &x {vi: Thử, en: Test}", 4),
    ("MET006", "id: thu", "id: thu\nid: khac", 3),
    ("MET011", "edition: {year: 2023}", "edition: {number: '1'}", 5),
    ("MET012", "maximum: 10", "maximum: 10\nmaximun: 10", 8),
    ("MET013", "mode: half_up", "mode: half", 8),
    ("MET020", "code: 1.10", "code: 1.1", 21),
    ("MET021", "code: 1.10", "code: a/b", 21),
    ("MET022", ", rule: {kind: yes_no}", "", 21),
    ("MET023", "    maximum: 6\n", "    maximum: 6\n    rule: {kind: yes_no}\n", 19),
    ("MET024", "maximum: 2, rule", "rule", 21),
    ("MET025", "    maximum: 6\n", "    maximum: 7\n", 16),
    ("MET026", "    maximum: 6\n", "    maximum: 6\n    aggregation: weighted_mean\n", 16),
    ("MET028", "maximum: 2, rule: {kind: yes_no}", "maximum: 2, role: bonus, rule: {kind: yes_no}", 16),
    ("MET029", "    maximum: 6\n", "    maximum: 6\n    cap: 3\n    floor: 4\n", 20),
    ("MET030", "maximum: 10\n", "maximum: 10\ndeclared: {leaves: 4}\n", 8),
    ("MET031", "rule: {kind: yes_no}", "rule: {kind: yes_no}, applies: {blocks: [tinh]}", 21),
    ("MET032", "{vi: Một mười, en: One ten}", "{vi: Một mười}", 21),
    ("MET041", "steps: [{from: 0.5, points: 4}]", "steps: [{from: 0.5, points: 4}, {from: 0.7, points: 5}]", 22),
    ("MET043", "points: 4}]", "points: 3}]", 22),
    ("MET044", "[{from: 0.5, points: 4}]", "[{from: 0.5, points: 4}, {from: 0.5, points: 1}]", 22),
    ("MET060", "from: 0}", "from: 80}", 14),
    ("MET061", "from: 0}", "from: 90}", 14),
    ("MET062", "from: 0}", "from: 10}", 13),
    ("MET063", "from: 80,", "from: 180,", 13),
    ("MET064", "node: 1}]", "node: 7}]", 9),
    ("MET066", "from: 0}", "from: 0, conditions: [{kind: no_penalty}]}", 14),
    ("MET067", "code: b,", "code: a,", 13),
    ("MET068", "node: 1, percent: 50", "node: 1", 13),
    ("MET010", GOOD, "- một\n- hai\n", 1),
    ("MET027", "    maximum: 6\n", "    aggregation: minimum\n", 16),
    ("MET033", "year: 2023}", "year: 2023}\nsource: official\nsource_note: QĐ", 23),
    ("MET034", "    maximum: 6\n", "    maximum: 0\n    aggregation: minimum\n", 16),
    ("MET065", "from: 0}", "from: 0}\n  ceilings: [{when: {kind: no_penalty}, at_most: c}]", 15),
]


def findings(text: str) -> list[tuple[str, int]]:
    try:
        criteria_set = parse(text)
    except Refused as refused:
        return [(finding.code, finding.where.row) for finding in refused.findings]
    from thangdo.methodology.document import parse_document

    return [(finding.code, finding.where.row) for finding in lint_set(criteria_set, parse_document(text, "x"))]


def test_a_good_set_has_no_findings() -> None:
    assert findings(GOOD) == []


@pytest.mark.parametrize(("code", "old", "new", "line"), PLANTED, ids=[row[0] for row in PLANTED])
def test_a_planted_fault_is_found_at_its_line(code: str, old: str, new: str, line: int) -> None:
    assert old in GOOD
    found = findings(GOOD.replace(old, new, 1))
    if code == "MET026":
        # Weights on some children only.
        text = GOOD.replace(old, new, 1).replace(
            "maximum: 4, rule: {kind: prop", "maximum: 4, weight: 1, rule: {kind: prop", 1
        )
        found = findings(text)
    if code == "MET028":
        found = findings(
            GOOD.replace(old, new, 1).replace("    maximum: 6\n", "    maximum: 6\n    aggregation: minimum\n", 1)
        )
    assert (code, line) in found, found
    assert code in CODES


def test_all_faults_of_a_file_are_named_in_one_run() -> None:
    text = (
        GOOD.replace("mode: half_up", "mode: half")
        .replace("edition: {year: 2023}", "edition: {}")
        .replace("on: percent", "on: money")
    )
    assert sorted(code for code, _ in findings(text)) == ["MET011", "MET013", "MET013"]


def test_a_set_survives_being_written_and_read() -> None:
    criteria_set = parse(GOOD)
    assert parse(to_yaml(criteria_set)) == criteria_set
    assert set_hash(parse(to_yaml(criteria_set))) == set_hash(criteria_set)


def test_codes_keep_their_digits_and_points_are_exact() -> None:
    criteria_set = parse(GOOD)
    assert [node.code for node in criteria_set.walk()] == ["1", "1.1", "1.10", "2"]
    assert criteria_set.node("1.1").maximum == Decimal(4)  # type: ignore[union-attr]


def test_needless_zeros_do_not_change_the_hash() -> None:
    assert set_hash(parse(GOOD)) == set_hash(parse(GOOD.replace("maximum: 10", "maximum: 10.00")))


def test_a_yaml_bomb_is_refused_at_its_first_anchor(tmp_path: Path) -> None:
    bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join([f'*{chr(97 + n)}'] * 9)}]\n" for n in range(12)
    )
    (tmp_path / "bomb.yaml").write_text(bomb)
    with pytest.raises(Refused) as refused:
        load(tmp_path / "bomb.yaml")
    assert [(finding.code, finding.where.row) for finding in refused.value.findings] == [("MET003", 1)]


def test_deep_nesting_and_huge_cells_are_refused(tmp_path: Path) -> None:
    (tmp_path / "deep.yaml").write_text("a: " + "[" * 500 + "]" * 500)
    (tmp_path / "huge.yaml").write_text("a: " + "x" * 10_000_000)
    (tmp_path / "latin.yaml").write_bytes("title: Đánh giá".encode("cp1258", errors="replace"))
    for name, code in (("deep", "MET005"), ("huge", "MET004"), ("latin", "MET002")):
        with pytest.raises(Refused) as refused:
            load(tmp_path / f"{name}.yaml")
        assert [finding.code for finding in refused.value.findings] == [code]

"""A draw is a function of plan, frame and seeds; a published one is repeated and every difference is named."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from thangdo.cli.entry import run
from thangdo.findings import Refused
from thangdo.survey.draw import draw
from thangdo.survey.draw_plan import plan_of, read_plan
from thangdo.survey.draw_record import check_draw, write_draw, write_plan
from thangdo.survey.frame import Frame, frame_of, read_frame

SOURCES = ("9319", "2 5 12 8 10", "9 18 26 34 41 45")
RFC3797_SECTION_6_NAMES = [
    "John",
    "Mary",
    "Bashful",
    "Dopey",
    "Sleepy",
    "Grouchy",
    "Doc",
    "Sneazy",
    "Handsome",
    "Cassandra",
    "Pollyanna",
    "Pendragon",
    "Pandora",
    "Faith",
    "Hope",
    "Charity",
    "Lee",
    "Longsuffering",
    "Chastity",
    "Smith",
    "Pride",
    "Sloth",
    "Envy",
    "Anger",
    "Kasczynski",
]
RFC3797_SECTION_6_DRAWN = [
    "Lee",
    "Doc",
    "Mary",
    "Charity",
    "Kasczynski",
    "Envy",
    "Sneazy",
    "Anger",
    "Chastity",
    "Pandora",
]


def town(districts: int = 3, wards: int = 4, people: int = 15) -> Frame:
    rows = [
        (f"P{d}{w}{p:02d}", f"Q{d}", f"W{d}{w}", str(10 + 7 * w))
        for d in range(districts)
        for w in range(wards)
        for p in range(people)
    ]
    return frame_of(("person", "district", "ward", "households"), rows, "frame.csv")


def two_stage(**more: Any) -> dict[str, Any]:
    return {
        "id": "test",
        "frame": {"id": ["person"]},
        "strata": ["district"],
        "stages": [{"method": "pivotal", "by": ["ward"], "size": "households", "n": 2}, {"method": "srs", "n": 5}],
        **more,
    }


def test_the_names_of_rfc3797_section_6_in_order_of_selection() -> None:
    frame = frame_of(("name",), [(name,) for name in RFC3797_SECTION_6_NAMES])
    drawn = draw(plan_of({"id": "rfc", "method": "srs", "n": 10}), frame, SOURCES)
    assert [frame.rows[row.position - 1][0] for row in drawn.rows] == RFC3797_SECTION_6_DRAWN


def test_a_stratified_draw_keeps_each_stratums_count_and_its_own_key() -> None:
    frame = town()
    plan = plan_of({"id": "s", "strata": ["district"], "stages": [{"n": {"Q0": 5, "Q1": 6, "Q2": 7}}]})
    drawn = draw(plan, frame, SOURCES)
    assert [row.stratum for row in drawn.rows] == ["Q0"] * 5 + ["Q1"] * 6 + ["Q2"] * 7
    places = {name: [(row.position - 1) % 60 for row in drawn.rows if row.stratum == name][:5] for name in ("Q0", "Q1")}
    assert places["Q0"] != places["Q1"]


def test_a_two_stage_draw_takes_whole_wards_then_people_and_multiplies_chances() -> None:
    drawn = draw(plan_of(two_stage()), town(), SOURCES)
    assert len(drawn.rows) == 3 * 2 * 5
    assert len({row.cluster for row in drawn.rows}) == 6
    sizes = [10 + 7 * ward for ward in range(4)]
    for row in drawn.rows:
        ward = int(row.cluster[-1])
        assert row.probability == pytest.approx(2 * sizes[ward] / sum(sizes) * 5 / 15)


def test_a_cluster_draw_takes_every_row_of_the_drawn_clusters() -> None:
    plan = plan_of({"id": "c", "stages": [{"method": "systematic", "by": ["ward"], "n": 3}]})
    drawn = draw(plan, town(), SOURCES)
    assert len(drawn.rows) == 45
    assert {row.weight for row in drawn.rows} == {4.0}


@pytest.mark.parametrize("method", ["srs", "systematic", "systematic_pps", "pivotal", "sampford"])
def test_weights_estimate_the_frame_without_bias_over_many_seeds(method: str) -> None:
    frame = frame_of(("id", "size"), [(str(number), str(1 + number % 5)) for number in range(20)])
    plan = plan_of({"id": "w", "stages": [{"method": method, "size": "size", "n": 6}]})
    totals = [math.fsum(row.weight for row in draw(plan, frame, (str(seed),)).rows) for seed in range(400)]
    mean = sum(totals) / len(totals)
    deviation = math.sqrt(sum((total - mean) ** 2 for total in totals) / len(totals) / len(totals))
    assert abs(mean - 20) <= 4.5 * deviation + 1e-9


def test_renaming_other_strata_changes_nothing_in_a_stratum() -> None:
    frame = town()
    other = frame_of(
        frame.columns, [tuple("Q9" if cell == "Q2" else cell for cell in row) for row in frame.rows], "frame.csv"
    )
    first, second = (draw(plan_of(two_stage()), table, SOURCES) for table in (frame, other))
    assert [row for row in first.rows if row.stratum == "Q0"] == [row for row in second.rows if row.stratum == "Q0"]


def test_a_plan_goes_to_its_file_and_back(tmp_path: Path) -> None:
    plan = plan_of(
        two_stage(
            allocation={"total": 7, "rule": "power", "power": 0.3, "minimum": 1},
            seed_sources=[{"name": "Xổ số", "when": "2023-12-02T18:00:00+07:00", "bits": 24}],
            purpose="Khảo sát",
        )
    ).announce(town())
    write_plan(tmp_path / "plan.yaml", plan)
    assert read_plan(tmp_path / "plan.yaml") == plan
    assert read_plan(tmp_path / "plan.yaml").sha256 == plan.sha256


def test_a_published_draw_is_repeated_exactly(tmp_path: Path) -> None:
    plan = plan_of(two_stage()).announce(town())
    write_draw(tmp_path / "draw", plan, town(), SOURCES, draw(plan, town(), SOURCES))
    assert list(check_draw(tmp_path / "draw", town(), plan, SOURCES)) == []


def _swap_a_row(folder: Path) -> None:
    lines = (folder / "selection.csv").read_text().splitlines()
    lines[3] = lines[3].replace(lines[3].split(",")[1], "2", 1)
    (folder / "selection.csv").write_text("\n".join(lines) + "\n")


def _drop_a_row(folder: Path) -> None:
    lines = (folder / "selection.csv").read_text().splitlines()
    (folder / "selection.csv").write_text("\n".join(lines[:-1]) + "\n")


def _other_weight(folder: Path) -> None:
    text = (folder / "selection.csv").read_text()
    (folder / "selection.csv").write_text(text.replace("0.1", "0.2", 1))


def _other_seed(folder: Path) -> None:
    document = json.loads((folder / "draw.json").read_text())
    document["seeds"][0] = "9320"
    (folder / "draw.json").write_text(json.dumps(document))


def _other_plan(folder: Path) -> None:
    path = folder / "plan.yaml"
    path.write_text(path.read_text().replace("n: 5", "n: 6"))


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (_swap_a_row, "SUR011"),
        (_drop_a_row, "SUR011"),
        (_other_weight, "SUR022"),
        (_other_seed, "SUR021"),
        (_other_plan, "SUR023"),
    ],
)
def test_a_changed_draw_is_found(fault: Any, code: str, tmp_path: Path) -> None:
    plan = plan_of(two_stage()).announce(town())
    write_draw(tmp_path / "draw", plan, town(), SOURCES, draw(plan, town(), SOURCES))
    fault(tmp_path / "draw")
    assert code in check_draw(tmp_path / "draw", town(), plan, SOURCES).counts


def test_another_frame_than_the_announced_one_is_refused() -> None:
    frame = town()
    moved = frame_of(frame.columns, (*frame.rows[1:], frame.rows[0]), "frame.csv")
    with pytest.raises(Refused) as refused:
        draw(plan_of(two_stage()).announce(frame), moved, SOURCES)
    assert set(refused.value.counts) == {"SUR010"}


def test_keys_twice_and_blank_strata_are_all_named_with_their_rows() -> None:
    frame = town()
    rows = [*frame.rows, frame.rows[0], ("P99", "", "W99", "3")]
    with pytest.raises(Refused) as refused:
        draw(plan_of(two_stage()), frame_of(frame.columns, rows, "frame.csv"), SOURCES)
    assert {(finding.code, finding.where.row) for finding in refused.value.findings} == {
        ("SUR008", 182),
        ("SUR006", 183),
    }


def test_sizes_that_are_no_positive_numbers_are_refused_row_by_row() -> None:
    frame = frame_of(("id", "size"), [("a", "3"), ("b", "0"), ("c", "x"), ("d", "nan")], "f.csv")
    plan = plan_of({"id": "p", "stages": [{"method": "pivotal", "size": "size", "n": 2}]})
    with pytest.raises(Refused) as refused:
        draw(plan, frame, SOURCES)
    assert [finding.where.row for finding in refused.value.findings] == [3, 4, 5]


@pytest.mark.parametrize(
    "document",
    [
        {"id": "x", "method": "guess", "n": 3},
        {"id": "x", "method": "pivotal", "n": 3},
        {"id": "x", "stages": [{"method": "srs", "n": -3}]},
        {"id": "x", "stages": [{"n": 3, "unknown": 1}]},
        {"id": "x", "stages": [{"n": 3}], "allocation": {"total": 5, "rule": "guess"}},
        {"id": "x", "stages": [{"n": 3}, {"n": 2}]},
        ["not a plan"],
    ],
)
def test_a_plan_that_is_not_understood_is_refused(document: Any) -> None:
    with pytest.raises(Refused) as refused:
        plan_of(document)
    assert set(refused.value.counts) == {"SUR009"}


def test_frames_from_csv_with_semicolons_and_from_excel_are_the_same(tmp_path: Path) -> None:
    import xlsxwriter

    frame = town()
    (tmp_path / "f.csv").write_bytes(
        b"\xef\xbb\xbf" + "\r\n".join(";".join(row) for row in (frame.columns, *frame.rows)).encode()
    )
    with xlsxwriter.Workbook(str(tmp_path / "f.xlsx")) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, frame.columns)
        for number, row in enumerate(frame.rows, start=1):
            sheet.write_row(number, 0, (*row[:3], int(row[3])))
    assert read_frame(tmp_path / "f.csv").sha256 == read_frame(tmp_path / "f.xlsx").sha256 == frame.sha256


def test_from_announcement_to_check_on_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    frame, plan, out = tmp_path / "frame.csv", tmp_path / "announced.yaml", tmp_path / "draw"
    frame.write_text("\n".join(",".join(row) for row in (town().columns, *town().rows)) + "\n")
    draft = tmp_path / "plan.yaml"
    sources = "seed_sources: [{name: a}, {name: b}]\n"
    draft.write_text(
        "id: t\nstrata: [district]\nallocation: {total: 12, rule: equal}\nstages: [{method: srs}]\n" + sources
    )
    assert run(["survey", "draw", str(frame), "--plan", str(draft), "--announce", str(plan)]) == 0
    assert read_plan(plan).frame_sha256 == town().sha256
    drawing = ["survey", "draw", str(frame), "--plan", str(plan), "--seed", "1 2", "--out", str(out)]
    assert run(drawing) == 1  # one seed for two announced sources
    assert not out.exists()
    assert run([*drawing, "--seed", "77"]) == 0
    assert (
        run(["survey", "check-draw", str(out), str(frame), "--plan", str(plan), "--seed", "1 2", "--seed", "77"]) == 0
    )
    assert run(["survey", "check-draw", str(out), str(frame), "--seed", "1 3", "--seed", "77"]) == 1
    assert run([*drawing, "--seed", "77"]) == 1  # a draw is never written over
    assert "SUR014" in capsys.readouterr().err

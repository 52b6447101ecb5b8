"""The demo year holds what the article prints, under any seed, and says that it is illustrative."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from thangdo.demo import CityYear, demo_year
from thangdo.evaluation import Results, evaluate, read_round, write_round
from thangdo.evaluation.library import shipped_set, shipped_sets
from thangdo.evaluation.published import Published, read_published
from thangdo.evaluation.register import load_register

PUBLISHED = Path(__file__).resolve().parents[2] / "examples" / "hcmc-2023" / "published"
SEEDS = (2023, 1, 77)


@pytest.fixture(scope="module")
def published() -> Published:
    found, gathered = read_published(PUBLISHED, load_register())
    gathered.refuse_errors()
    return found


@pytest.fixture(scope="module", params=SEEDS)
def year(request: pytest.FixtureRequest, published: Published) -> CityYear:
    return demo_year({name: shipped_set(name) for name in shipped_sets()}, load_register(), published, request.param)


@pytest.fixture(scope="module")
def results(year: CityYear) -> Results:
    return evaluate(year.round)


def ranks(results: Results, index: str, block: str) -> dict[str, int]:
    rows = [row for entry in results.entries(index) for row in entry.rows if row.block == block]
    return {row.unit: row.rank for row in rows if row.rank is not None}


def test_printed_scores_hold_exactly(results: Results, published: Published) -> None:
    printed = [row for row in published.standings if row.published is not None]
    assert len(printed) == 3
    for row in printed:
        found = results.row(row.index, row.unit)
        assert found is not None
        assert found.points == row.published


def test_printed_orders_hold_with_the_first_of_contradicting_statements(results: Results, published: Published) -> None:
    for (index, block), rows in published.rankings().items():
        found = ranks(results, index, block)
        seen: set[str] = set()
        for row in rows:
            if row.rank is not None and row.unit not in seen:
                assert found[row.unit] == row.rank
            seen.add(row.unit)


def test_class_counts_hold(results: Results, published: Published) -> None:
    for (index, block), counts in published.counts_by_block().items():
        entry = next(entry for entry in results.entries(index) if block in entry.entry.blocks)
        classes = entry.criteria_set.classes
        assert classes is not None
        names = {band.code: band.name.vi for band in classes.bands}
        found = Counter(names[row.class_code] for row in entry.rows if row.block == block and row.class_code)
        for count in counts:
            if count.group == "class":
                assert found[count.class_name] == count.count
            elif count.group == "block":
                assert sum(found.values()) == count.count


def test_named_classes_hold(results: Results, published: Published) -> None:
    for row in published.standings:
        if row.class_name:
            entry = next(entry for entry in results.entries(row.index) if row.block in entry.entry.blocks)
            found = next(item for item in entry.rows if item.unit == row.unit)
            assert entry.criteria_set.classes is not None
            assert {band.code: band.name.vi for band in entry.criteria_set.classes.bands}[
                found.class_code or ""
            ] == row.class_name


def test_public_finance_shares_and_apologies_are_whole(year: CityYear) -> None:
    marks = [
        row
        for row in year.round.table("marks").as_mappings()
        if row["criterion"] in ("6.1", "6.2", "6.3") and row["index"] == "par"
    ]
    by_cell: dict[tuple[str, str, str], dict[str, str]] = {}
    for row in marks:
        by_cell.setdefault((row["unit"], row["criterion"], row["layer"]), {})[row["field"]] = row["value"]
    assert by_cell
    assert all(cell["numerator"] == cell["denominator"] for cell in by_cell.values())
    apologies = [row for row in year.round.table("values").as_mappings() if row["indicator"] == "apology_share"]
    assert apologies
    assert all(Decimal(row["value"]) == 1 for row in apologies)


def test_contradictions_are_told_with_placeholders(year: CityYear) -> None:
    assert any("Sở Kế hoạch và Đầu tư" in note.vi and "giữ chỗ" in note.vi for note in year.notes)
    assert all(note.vi and note.en for note in year.notes)


def test_everything_is_marked_illustrative(year: CityYear) -> None:
    assert year.round.illustrative
    assert "minh họa" in str(year.round.provenance["note_vi"])


def test_uncertain_indices_have_rank_intervals_that_hold_the_rank(results: Results) -> None:
    sampling = [item for item in results.intervals if item.kind == "sampling"]
    assert {item.index for item in sampling} == {"par", "sipas", "ddci"}
    for item in sampling:
        row = results.row(item.index, item.unit)
        assert row is not None
        assert row.rank is not None
        assert item.rank_low <= row.rank <= item.rank_high


def test_same_seed_same_round_and_there_and_back(year: CityYear, published: Published, tmp_path: Path) -> None:
    seed = int(str(year.round.provenance["seed"]))
    again = demo_year({name: shipped_set(name) for name in shipped_sets()}, load_register(), published, seed)
    assert again.round.hash() == year.round.hash()
    write_round(year.round, tmp_path / "r")
    assert read_round(tmp_path / "r").hash() == year.round.hash()

"""A generated year of any size takes the memory of a few blocks, and the blocks are not seen in what is written."""

from __future__ import annotations

import hashlib
import tracemalloc
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from thangdo.dossiers import generate as making
from thangdo.dossiers import generate_blocks
from thangdo.dossiers.generate import Form, generate
from thangdo.dossiers.generate_blocks import Blocks, block_sizes, mark_smallest
from thangdo.dossiers.generate_catalogues import procedures_of, units_of
from thangdo.dossiers.generate_counts import year_counts
from thangdo.dossiers.generate_draws import draws_of_blocks
from thangdo.dossiers.generate_rows import PART_DRAWS
from thangdo.dossiers.generate_year import COLUMN_DRAWS, plan_year


def hashes(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.rglob("*"))}


@pytest.mark.parametrize("form", ["csv", "parquet"])
@pytest.mark.parametrize(("rows", "seed", "block"), [(5_000, 7, 61), (30_000, 1, 700), (30_000, 3, 1_999)])
def test_the_files_are_the_same_bytes_whatever_the_blocks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: Form, rows: int, seed: int, block: int
) -> None:
    # Groups of rows begin anew in each chunk, and some are larger than a block, some smaller.
    monkeypatch.setattr(making, "GROUP_ROWS", 1_000)
    truth = generate(rows, seed, tmp_path / "whole", form=form)
    monkeypatch.setattr(generate_blocks, "AT_ONCE", block)
    monkeypatch.setattr(generate_blocks, "BLOCK", block)
    assert generate(rows, seed, tmp_path / "blocks", form=form) == truth
    assert hashes(tmp_path / "blocks") == hashes(tmp_path / "whole")


def peak(rows: int, folder: Path) -> int:
    """The most bytes held at once: NumPy's and Python's, and Arrow's as seen after each part."""
    arrow = [0]

    def look(_done: int, _total: int) -> None:
        arrow.append(pa.total_allocated_bytes())

    tracemalloc.start()
    try:
        generate(rows, 5, folder, threads=1, year_before=False, progress=look)
        return tracemalloc.get_traced_memory()[1] + max(arrow)
    finally:
        tracemalloc.stop()


def test_memory_does_not_grow_with_the_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generate_blocks, "AT_ONCE", 5_000)
    monkeypatch.setattr(generate_blocks, "BLOCK", 5_000)
    peak(70_000, tmp_path / "first")  # what is loaded once is loaded
    few, many = (peak(rows, tmp_path / str(rows)) for rows in (60_000, 400_000))
    # A month made in one piece grows by more than 40 bytes for each of the year's rows.
    assert many - few < 20 * 340_000, (few, many)


def test_draws_block_by_block_are_the_draws_of_all_rows_at_once() -> None:
    sizes = [7, 1, 300_001, 0, 12]
    for draws in (COLUMN_DRAWS, PART_DRAWS):
        whole, cut = np.random.default_rng([3, 1]), np.random.default_rng([3, 1])
        # Half a step of the generator is left over from before.
        assert whole.integers(0, 9, 3).tolist() == cut.integers(0, 9, 3).tolist()
        expected = [getattr(whole, method)(*given, sum(sizes)) for method, *given in draws]
        blocks = draws_of_blocks(cut, draws, sizes)
        found = [
            [getattr(block, method)(*given, size) for method, *given in draws] for block, size in zip(blocks, sizes)
        ]
        for place, values in enumerate(expected):
            assert np.array_equal(np.concatenate([of_block[place] for of_block in found]), values)
        assert cut.bit_generator.state == whole.bit_generator.state


def test_a_draw_that_is_not_declared_is_refused() -> None:
    first, _ = draws_of_blocks(np.random.default_rng(1), COLUMN_DRAWS, [2, 3])
    with pytest.raises(AssertionError, match="declared"):
        first.integers(1, 4, 2)


@pytest.mark.parametrize("wanted", [0, 1, 17, 5_000, 9_998, 10_000, 20_000])
def test_the_smallest_are_marked_as_many_as_are_wanted(tmp_path: Path, wanted: int) -> None:
    rng = np.random.default_rng(wanted)
    values = np.round(rng.random(10_000) + (rng.random(10_000) < 0.9), 3)  # with many equal ones
    values[:2] = 2.0
    for sizes in ([10_000], [3_000, 6_999, 1]):
        blocks = Blocks(sizes, tmp_path)
        for block, start in zip(blocks, blocks.starts):
            blocks.put(block, turn=values[start : start + sizes[block]])
        mark_smallest(blocks, "turn", wanted, "online")
        marked = np.concatenate([blocks.get(block, "online")[0] for block in blocks])
        assert marked.sum() == min(wanted, 10_000)
        if 0 < wanted < 10_000:
            assert values[marked].max() <= values[~marked].min()


def test_a_month_of_the_published_year_is_made_in_one_piece_and_larger_ones_are_cut_evenly() -> None:
    this, before = year_counts(22_600_000)
    units, procedures = units_of(2023), procedures_of(1)
    for counts in (this, before):
        plan = plan_year(2023, 1, counts, units, procedures, ())
        assert all(len(block_sizes(int(rows))) == 1 for rows in plan.standings.sum(axis=1))
    for rows in (generate_blocks.AT_ONCE + 1, 17_000_000, 1_000_000_000):
        sizes = block_sizes(rows)
        assert sum(sizes) == rows
        assert max(sizes) <= generate_blocks.BLOCK
        assert max(sizes) - min(sizes) <= 1

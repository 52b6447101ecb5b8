"""Running the replications: block by block on any number of threads, always with the same bits."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from thangdo.composite.uncertainty_factors import DataFactor, LevelFactor
from thangdo.composite.uncertainty_resolve import Resolved
from thangdo.composite.uncertainty_streams import Block, blocks, stream
from thangdo.findings import Finding, Gathered, Where
from thangdo.inference import RankDistribution, competition_rank
from thangdo.inference.distribution import add_rank_counts, from_counts

Array = NDArray[np.float64]
Ranks = NDArray[np.int64]
# Scores closer than this, relative to their size, may change places on another machine.
NEAR = 1e-12
# Replications without a finite score that are named one by one; the others are counted.
NAMED = 20
# Runs whose items have levels only are looked up in a table of all combinations used, up to this many scores.
TABLE_SCORES = 8_000_000
TABLE_COMBINATIONS = 50_000


@dataclass(frozen=True, slots=True)
class BlockResult:
    """What one block gave; `levels` are positions of the drawn levels of every item that has levels."""

    block: Block
    scores: Array
    ranks: Ranks
    levels: dict[str, NDArray[Any]]


Task = TypeVar("Task")
Done = TypeVar("Done")
Sink = Callable[[BlockResult], None]


@dataclass(frozen=True, slots=True)
class RunResult:
    """Counts over all replications. `class_shares`: (units, classes + 1) or None; `used`: levels drawn per item."""

    replications: int
    distribution: RankDistribution
    class_shares: Array | None
    used: dict[str, int]
    near_ties: int


def run_replications(
    resolved: Resolved,
    replications: int,
    seed: int,
    *,
    threads: int = 1,
    chunk: int = 0,
    classes: Sequence[float] = (),
    sink: Sink | None = None,
) -> RunResult:
    """Draw, score and rank `replications`; `sink` is given every block in order, on the caller's thread.

    threads and chunk (replications per task, rounded to whole blocks) change the speed and the memory, never a bit of
    the result. Raises `Refused` with COM506 for every replication whose score is not finite.
    """
    scorer = resolved.scorer
    size = scorer.block_size
    tally = _Tally(scorer.model.units, classes)
    table = _Table.of(resolved, replications, seed, size)
    score = table.block if table is not None else _direct(resolved, seed)
    whole = list(blocks(replications, size))
    per_task = max(1, chunk // size)
    tasks = [whole[start : start + per_task] for start in range(0, len(whole), per_task)]

    def work(task: list[Block]) -> list[tuple[BlockResult, int]]:
        results = [score(block) for block in task]
        return [(result, near_ties(result.scores)) for result in results]

    for done in _in_order(work, tasks, threads):
        for result, near in done:
            tally.add(result, near)
            if sink is not None:
                sink(result)
    tally.gathered.refuse_errors()
    used = {factor.name: replications for factor in resolved.factors}
    used.update({name: len(seen) for name, seen in tally.levels.items()})
    shares = tally.reached / replications if classes else None
    if shares is not None:
        shares = np.diff(np.hstack([np.zeros((len(shares), 1)), shares, np.ones((len(shares), 1))]), axis=1)
    return RunResult(replications, from_counts(tally.counts), shares, used, tally.near_ties)


class _Tally:
    """Whole-number counts, so that the order of blocks cannot matter."""

    def __init__(self, units: Sequence[str], classes: Sequence[float]) -> None:
        self.units, self.classes = tuple(units), tuple(classes)
        self.counts = np.zeros((len(units), len(units)), dtype=np.int32)
        self.reached = np.zeros((len(units), len(self.classes)), dtype=np.int64)
        self.near_ties = 0
        self.levels: dict[str, set[int]] = {}
        self.gathered = Gathered(limit=NAMED)

    def add(self, result: BlockResult, near: int) -> None:
        for name, drawn in result.levels.items():
            self.levels.setdefault(name, set()).update(np.unique(drawn).tolist())
        is_bad = ~np.isfinite(result.scores)
        if is_bad.any():
            for row, unit in np.argwhere(is_bad):
                self.gathered.add(_not_finite(result, int(row), int(unit), self.units[unit]))
            return
        add_rank_counts(self.counts, result.ranks)
        for place, bound in enumerate(self.classes):
            self.reached[:, place] += (result.scores >= bound).sum(axis=0)
        self.near_ties += near


def near_ties(scores: Array) -> int:
    """Neighbouring scores that differ, but by rounding only, over all rows of (replications, units)."""
    ordered = np.sort(scores, axis=1)
    gaps = np.diff(ordered, axis=1)
    return int(np.count_nonzero((gaps > 0) & (gaps <= NEAR * np.abs(ordered[:, 1:]))))


def draws_of_block(resolved: Resolved, seed: int, block: Block, room: Array | None = None) -> dict[str, NDArray[Any]]:
    """What every factor draws in `block`; a shorter last block draws the first rows of a full one."""
    found = {}
    for number, factor in enumerate(resolved.factors):
        generator = stream(seed, number, block.number)
        if isinstance(factor, DataFactor):
            found[factor.name] = factor.draw(generator, block.size, room)
        else:
            found[factor.name] = factor.draw(generator, block.size)
    return found


def _direct(resolved: Resolved, seed: int) -> Callable[[Block], BlockResult]:
    """Scores block after block; each thread keeps one array for the errors of the data."""
    data = next((factor for factor in resolved.factors if isinstance(factor, DataFactor)), None)
    kept = threading.local()

    def score(block: Block) -> BlockResult:
        if data is not None and not hasattr(kept, "room"):
            kept.room = np.empty((resolved.scorer.block_size, data.places.size))
        draws = draws_of_block(resolved, seed, block, getattr(kept, "room", None))
        scores = resolved.scorer.scores(draws, block.size)
        levels = {factor.name: draws[factor.name] for factor in resolved.factors if isinstance(factor, LevelFactor)}
        return BlockResult(block, scores, competition_rank(scores), levels)

    return score


class _Table:
    """Scores and ranks of every combination of levels that the run uses, each computed once."""

    def __init__(self, scores: Array, ranks: Ranks, rows: NDArray[np.int64], draws: dict[str, NDArray[Any]]) -> None:
        self.scores, self.ranks, self.rows, self.draws = scores, ranks, rows, draws

    @classmethod
    def of(cls, resolved: Resolved, replications: int, seed: int, size: int) -> _Table | None:
        counts = [factor.count for factor in resolved.factors if isinstance(factor, LevelFactor)]
        combinations = int(np.prod(counts, dtype=np.float64)) if counts else 0
        units = len(resolved.scorer.model.units)
        is_small = combinations <= TABLE_COMBINATIONS and combinations * units <= TABLE_SCORES
        if not (resolved.scorer.is_discrete and is_small):
            return None
        drawn = [draws_of_block(resolved, seed, block) for block in blocks(replications, size)]
        draws = {factor.name: np.concatenate([each[factor.name] for each in drawn]) for factor in resolved.factors}
        code = np.zeros(replications, dtype=np.int64)
        for factor, count in zip(resolved.factors, counts):
            code = code * count + draws[factor.name]
        _, first, rows = np.unique(code, return_index=True, return_inverse=True)
        scores = resolved.scorer.scores({name: each[first] for name, each in draws.items()}, first.size)
        return cls(scores, competition_rank(scores), rows, draws)

    def block(self, block: Block) -> BlockResult:
        some = slice(block.start, block.stop)
        rows = self.rows[some]
        levels = {name: drawn[some] for name, drawn in self.draws.items()}
        return BlockResult(block, self.scores[rows], self.ranks[rows], levels)


def _not_finite(result: BlockResult, row: int, place: int, unit: str) -> Finding:
    replication = result.block.start + row
    levels = {name: int(drawn[row]) for name, drawn in result.levels.items()}
    return Finding(
        "COM506",
        Where(node=unit),
        found=f"{result.scores[row, place]} ({', '.join(f'{name} = {level + 1}' for name, level in levels.items())})",
        facts={"replication": replication, "unit": unit, **levels},
    )


def _in_order(work: Callable[[Task], Done], tasks: Sequence[Task], threads: int) -> Iterator[Done]:
    """Results in the order of the tasks, with at most twice as many under way as there are threads."""
    if threads <= 1:
        yield from map(work, tasks)
        return
    with ThreadPoolExecutor(threads) as pool:
        waiting: list[Future[Done]] = []
        for task in tasks:
            waiting.append(pool.submit(work, task))
            if len(waiting) >= 2 * threads:
                yield waiting.pop(0).result()
        for future in waiting:
            yield future.result()

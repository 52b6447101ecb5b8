"""Columns of few texts that repeat: each text of a block once, and its place in every row."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

REPEATED = pa.dictionary(pa.int32(), pa.string())


def places_among(cells: Any, words: tuple[str, ...]) -> Any:
    """The place of each cell among `words`, -1 where it is none of them or blank; cells are of type REPEATED."""
    parts = cells.chunks if isinstance(cells, pa.ChunkedArray) else [cells]
    found = [np.zeros(0, dtype=np.int64)]
    for part in parts:
        of_text = [words.index(text) if text in words else -1 for text in part.dictionary.to_pylist()]
        found.append(np.array([*of_text, -1], dtype=np.int64)[_places(part)])
    return np.concatenate(found)


def without_unused(cells: pa.ChunkedArray) -> pa.ChunkedArray:
    """Without texts that no row has any more: what a rejected row said in the place of a code is not kept."""
    return pa.chunked_array([_used(part) for part in cells.chunks], cells.type)


def _used(cells: Any) -> Any:
    places = _places(cells)
    count = len(cells.dictionary)
    is_used = np.bincount(places, minlength=count + 1)[:count] > 0
    if is_used.all():
        return cells
    moved = np.append(np.cumsum(is_used) - 1, 0).astype(np.int32)[places]
    indices = pa.array(moved, mask=places == count if cells.null_count else None)
    return pa.DictionaryArray.from_arrays(indices, cells.dictionary.filter(pa.array(is_used)))


def _places(cells: Any) -> Any:
    """Places in the dictionary; the place behind its end for a blank."""
    return np.asarray(pc.fill_null(cells.indices, len(cells.dictionary)) if cells.null_count else cells.indices)

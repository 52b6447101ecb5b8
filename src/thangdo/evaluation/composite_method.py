"""A composite set's method in the composite library's terms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from thangdo.findings import Gathered
from thangdo.methodology import CriteriaSet, Node

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def score_block(
    criteria_set: CriteriaSet,
    block: str,
    leaves: Sequence[Node],
    data: NDArray[np.float64],
    units: Sequence[str],
    gathered: Gathered,
) -> Mapping[str, NDArray[np.float64]] | None:
    """Scores of every node by code ('' the whole): arrays (units,) or (draws, units), as `data` is."""
    raise NotImplementedError

"""Small cells: what is printed, what is ranked, and what must go with it.

A cell with fewer than `minimum` answers is not printed. Where one cell of a set that adds up is hidden, the
smallest other cell is hidden too, since a reader could subtract (Hundepool et al. 2012, Statistical Disclosure
Control, section 4.3).
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from thangdo.survey.estimation import Estimate
from thangdo.survey.estimation_areas import is_modelled

PRINT_MINIMUM = 10
RANK_MINIMUM = 30


def may_print(n: int, minimum: int = PRINT_MINIMUM) -> bool:
    """Whether an estimate from `n` answers may be printed."""
    return n >= minimum


def may_rank(n: int, minimum: int = RANK_MINIMUM) -> bool:
    """Whether an estimate from `n` answers may take part in a ranking."""
    return n >= minimum


def hidden_cells(counts: Sequence[int], minimum: int = PRINT_MINIMUM, *, total_is_printed: bool = True) -> set[int]:
    """Positions to hide among cells that add up: the small ones, and one more if a single one is left open."""
    small = {place for place, n in enumerate(counts) if 0 < n < minimum}
    open_cells = [place for place, n in enumerate(counts) if place not in small and n > 0]
    together = sum(counts[place] for place in small)
    if small and total_is_printed and open_cells and (len(small) == 1 or together < minimum):
        small.add(min(open_cells, key=lambda place: (counts[place], place)))
    return small


def suppress(estimates: Sequence[Estimate], minimum: int = PRINT_MINIMUM) -> list[Estimate]:
    """The same rows; hidden ones keep their names and lose every number, their n included.

    Rows of one statistic and variable are taken as domains that add up, whether their sum is asked for
    or published elsewhere; several levels of a domain are hidden together. A model's estimate stays, since it
    is made for areas with few answers, but not how many answered.
    """
    families: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for row in estimates:
        if is_modelled(row.statistic):
            continue
        families[row.statistic, row.variable][row.domain] = row.n
    hidden: set[tuple[str, str, str]] = set()
    for (statistic, variable), domains in families.items():
        names = [name for name in domains if name] or list(domains)
        places = hidden_cells([domains[name] for name in names], minimum, total_is_printed=len(names) > 1)
        hidden |= {(statistic, variable, names[place]) for place in places}
        if "" in domains and domains[""] < minimum:
            hidden.add((statistic, variable, ""))
    # The same domain of another variable has nearly the same people: hide it there as well.
    apart = {(row.domain) for row in estimates if (row.statistic, row.variable, row.domain) in hidden}
    return [_blank(row) if row.domain in apart else row for row in estimates]


def _blank(row: Estimate) -> Estimate:
    if is_modelled(row.statistic):
        return replace(row, n=0, missing=0)
    gone = math.nan
    return replace(row, estimate=gone, se=gone, ci_low=gone, ci_high=gone, deff=gone, df=0, n=0, missing=0)

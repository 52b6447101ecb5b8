"""Scoring: marks × criteria set → exact points, percent, class, rank; explanation, what-if, gaps."""

from __future__ import annotations

from thangdo.scoring.compiled import CompiledSet, compile_set
from thangdo.scoring.explanation import Explanation, LeafStep, explain_unit
from thangdo.scoring.gap import Gap, Lift, gap_to_next_class
from thangdo.scoring.layers import FINAL, LAYERS, NA, POINTS, Failure, LayerScores, UnitInputs, UnitScores, score_unit
from thangdo.scoring.standing import ResultRow, UnitStanding, classify, percent, rank_keys, results
from thangdo.scoring.whatif import Move, Scored, moves, score, with_mark, with_method

__all__ = [
    "FINAL",
    "LAYERS",
    "NA",
    "POINTS",
    "CompiledSet",
    "Explanation",
    "Failure",
    "Gap",
    "LayerScores",
    "LeafStep",
    "Lift",
    "Move",
    "ResultRow",
    "Scored",
    "UnitInputs",
    "UnitScores",
    "UnitStanding",
    "classify",
    "compile_set",
    "explain_unit",
    "gap_to_next_class",
    "moves",
    "percent",
    "rank_keys",
    "results",
    "score",
    "score_unit",
    "with_mark",
    "with_method",
]

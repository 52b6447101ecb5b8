"""From estimates and their covariance to confidence sets of ranks, "top k with 95 %" and tiers.

Everything here is about *sampling error*. Ranges over choices of method are another thing
(`thangdo.composite`); the two are shown side by side and never pooled.
"""

from thangdo.inference.distribution import RankDistribution, class_probability, rank_distribution, summarise_ranks
from thangdo.inference.normal_draws import normal_draws
from thangdo.inference.order import competition_rank, dense_rank
from thangdo.inference.rank_sets import RankSets, rank_confidence_sets
from thangdo.inference.tiers import TopK, tiers, top_k

__all__ = [
    "RankDistribution",
    "RankSets",
    "TopK",
    "class_probability",
    "competition_rank",
    "dense_rank",
    "normal_draws",
    "rank_confidence_sets",
    "rank_distribution",
    "summarise_ranks",
    "tiers",
    "top_k",
]

"""Module 一, policy background and core ideas: monitoring, equity, mobility between generations, coordination."""

from balancelib.policy.mobility import (
    Rates,
    Slope,
    mobility_counts,
    mobility_rates,
    odds_ratios,
    rank_slope,
    transition_matrix,
)
from balancelib.policy.tie import Tie, same_tie, tie_of_levels
from balancelib.policy.what_if import if_schooling, with_margins

__all__ = [
    "Rates", "Slope", "Tie", "if_schooling", "mobility_counts", "mobility_rates", "odds_ratios",
    "rank_slope", "same_tie", "tie_of_levels", "transition_matrix", "with_margins",
]  # fmt: skip

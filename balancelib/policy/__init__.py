"""Module 一, policy background and core ideas: monitoring, equity, mobility between generations, coordination."""

from balancelib.policy.mobility import (
    Rates,
    Slope,
    if_schooling,
    mobility_counts,
    mobility_rates,
    odds_ratios,
    rank_slope,
    transition_matrix,
    with_margins,
)
from balancelib.policy.tie import Tie, same_tie, tie_of_levels

__all__ = [
    "Rates", "Slope", "Tie", "if_schooling", "mobility_counts", "mobility_rates", "odds_ratios",
    "rank_slope", "same_tie", "tie_of_levels", "transition_matrix", "with_margins",
]  # fmt: skip

"""Module 一, policy background and core ideas: monitoring, equity, mobility between generations, coordination."""

from balancelib.policy.levels import (
    shortages_by_level,
    whose_to_mend,
)
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
from balancelib.policy.responsibility import (
    WHOSE,
    county_verdicts,
    judge_counties,
    narrow_gaps,
)
from balancelib.policy.tie import (
    Tie,
    same_tie,
    tie_of_levels,
)

__all__ = [
    "WHOSE",
    "Rates",
    "Slope",
    "Tie",
    "county_verdicts",
    "if_schooling",
    "judge_counties",
    "mobility_counts",
    "mobility_rates",
    "narrow_gaps",
    "odds_ratios",
    "rank_slope",
    "same_tie",
    "shortages_by_level",
    "tie_of_levels",
    "transition_matrix",
    "whose_to_mend",
    "with_margins",
]  # fmt: skip

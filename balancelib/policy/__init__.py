"""Module 一, policy background and core ideas: monitoring, equity, mobility between generations, coordination."""

from balancelib.policy.cliffs import (
    CLIFFS,
    cliff_edges,
    money_by_pupils,
    smoothed,
)
from balancelib.policy.compensation import (
    Compensation,
    compensated,
    simulate,
    tables_ahead,
)
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
    "CLIFFS",
    "WHOSE",
    "Compensation",
    "Rates",
    "Slope",
    "Tie",
    "cliff_edges",
    "compensated",
    "county_verdicts",
    "if_schooling",
    "judge_counties",
    "mobility_counts",
    "mobility_rates",
    "money_by_pupils",
    "narrow_gaps",
    "odds_ratios",
    "rank_slope",
    "same_tie",
    "shortages_by_level",
    "simulate",
    "smoothed",
    "tables_ahead",
    "tie_of_levels",
    "transition_matrix",
    "whose_to_mend",
    "with_margins",
]  # fmt: skip

"""Module 一, policy background and core ideas: monitoring, equity, mobility between generations, coordination."""

from balancelib.policy.alliances import (
    SENT,
    alliance_roles,
)
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
from balancelib.policy.pairing import (
    Pairing,
    nearest_first,
    pair_schools,
    pairing_levels,
)
from balancelib.policy.reasons import (
    explain_left,
    explain_pairs,
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
    "SENT",
    "WHOSE",
    "Compensation",
    "Pairing",
    "Rates",
    "Slope",
    "Tie",
    "alliance_roles",
    "cliff_edges",
    "compensated",
    "county_verdicts",
    "explain_left",
    "explain_pairs",
    "if_schooling",
    "judge_counties",
    "mobility_counts",
    "mobility_rates",
    "money_by_pupils",
    "narrow_gaps",
    "nearest_first",
    "odds_ratios",
    "pair_schools",
    "pairing_levels",
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

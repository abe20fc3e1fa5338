"""Module 四: what is taught and how well, reviews of materials, tests, a composite that says how sure it is, and how schools differ."""

from balancelib.quality.added import (COVARIATES, ValueAdded, value_added)
from balancelib.quality.between import (LIMIT, school_means, school_shares, scored)
from balancelib.quality.composite import (CHOICES, DIMENSIONS, Dimensions, Ranking, SCHEMES, expert_matrices, expert_weights, rank_schools, school_dimensions, weight_sets, what_moves_ranks)
from balancelib.quality.funnel import (level_funnel)
from balancelib.quality.items import (Answers, Limits, Reliability, answers, item_table, option_curves, option_table, papers, reliability)
from balancelib.quality.log import (Known, REASONS, backfill_changes, daily_indicators, expected_lessons, known_lessons, weekly_lessons)
from balancelib.quality.mending import (KINDS, CHANGES, lessons, school_changes, weak_schools)
from balancelib.quality.review import (ASPECTS, OUTCOMES, RULES, VERDICTS, agreement_table, decide, disputes, ratings, reviewer_leanings, reviewer_pairs, rules_side_by_side, said_again, verdict_alpha)

__all__ = [
    "ASPECTS",
    "Answers",
    "CHANGES",
    "CHOICES",
    "COVARIATES",
    "DIMENSIONS",
    "Dimensions",
    "KINDS",
    "Known",
    "LIMIT",
    "Limits",
    "OUTCOMES",
    "REASONS",
    "RULES",
    "Ranking",
    "Reliability",
    "SCHEMES",
    "VERDICTS",
    "ValueAdded",
    "agreement_table",
    "answers",
    "backfill_changes",
    "daily_indicators",
    "decide",
    "disputes",
    "expected_lessons",
    "expert_matrices",
    "expert_weights",
    "item_table",
    "known_lessons",
    "lessons",
    "level_funnel",
    "option_curves",
    "option_table",
    "papers",
    "rank_schools",
    "ratings",
    "reliability",
    "reviewer_leanings",
    "reviewer_pairs",
    "rules_side_by_side",
    "said_again",
    "school_changes",
    "school_dimensions",
    "school_means",
    "school_shares",
    "scored",
    "value_added",
    "verdict_alpha",
    "weak_schools",
    "weekly_lessons",
    "weight_sets",
    "what_moves_ranks",
]

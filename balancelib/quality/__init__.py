"""Module 四: what is taught and how well, from the lesson log to a composite that says how sure it is."""

from balancelib.quality.composite import (
    CHOICES,
    DIMENSIONS,
    SCHEMES,
    Dimensions,
    Ranking,
    expert_matrices,
    expert_weights,
    rank_schools,
    school_dimensions,
    weight_sets,
    what_moves_ranks,
)
from balancelib.quality.log import (
    REASONS,
    Known,
    backfill_changes,
    daily_indicators,
    expected_lessons,
    known_lessons,
    weekly_lessons,
)

__all__ = [
    "CHOICES",
    "DIMENSIONS",
    "REASONS",
    "SCHEMES",
    "Dimensions",
    "Known",
    "Ranking",
    "backfill_changes",
    "daily_indicators",
    "expected_lessons",
    "expert_matrices",
    "expert_weights",
    "known_lessons",
    "rank_schools",
    "school_dimensions",
    "weekly_lessons",
    "weight_sets",
    "what_moves_ranks",
]

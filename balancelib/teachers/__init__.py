"""Module 三, 师资队伍建设策略: how teachers move and are shared, how rural teachers are strengthened, how studios spread."""

from balancelib.teachers.effects import (
    adjusted_effect,
    after_only,
    compared_gain,
    effect_by_studio,
    first_years,
    match_members,
    matched_effect,
    own_gain,
    planted_effect,
    score_pairs,
    yearly_means,
)
from balancelib.teachers.luck import Regressed, apparent_gains, lowest_again
from balancelib.teachers.promotion import TIES, reported_reach, school_ties, strongest_ties, studio_names

__all__ = [
    "TIES", "Regressed", "adjusted_effect", "after_only", "apparent_gains", "compared_gain", "effect_by_studio",
    "first_years", "lowest_again", "match_members", "matched_effect", "own_gain", "planted_effect", "reported_reach",
    "school_ties", "score_pairs", "strongest_ties", "studio_names", "yearly_means",
]  # fmt: skip

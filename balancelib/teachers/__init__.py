"""Module 三, 师资队伍建设策略: who may move and who is shared, what schools need, who is trained, and what studios do."""

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
from balancelib.teachers.flow import (
    FlowRule,
    Simulation,
    average_flows,
    simulate_staff,
    what_is_left,
    years_by_rule,
)
from balancelib.teachers.luck import Regressed, apparent_gains, lowest_again
from balancelib.teachers.promotion import TIES, reported_reach, school_ties, strongest_ties, studio_names
from balancelib.teachers.retirement import retirement_date

__all__ = [
    "TIES", "FlowRule", "Regressed", "Simulation", "adjusted_effect", "after_only", "apparent_gains",
    "average_flows", "compared_gain", "effect_by_studio", "first_years", "lowest_again", "match_members",
    "matched_effect", "own_gain", "planted_effect", "reported_reach", "retirement_date", "school_ties",
    "score_pairs", "simulate_staff", "strongest_ties", "studio_names", "what_is_left", "yearly_means",
    "years_by_rule",
]  # fmt: skip

"""Module 三, 师资队伍建设策略: teachers moved and shared, rural teachers trained, studios that reach."""

from balancelib.teachers.choice import Logit, Money, compensation, conditional_logit
from balancelib.teachers.flow import (
    FlowRule,
    Simulation,
    average_flows,
    simulate_staff,
    what_is_left,
    years_by_rule,
)
from balancelib.teachers.gaps import posts_if_each_hires, subject_gaps, subject_label
from balancelib.teachers.incentives import (
    AGE_GROUPS,
    ATTRIBUTES,
    allowance_costs,
    choice_attributes,
    fit_choices,
    questions_left_out,
    respondent_groups,
    take_up,
    teacher_groups,
)
from balancelib.teachers.pool import (
    PoolLimits,
    PoolPlan,
    explain_gaps,
    itinerant_teachers,
    plan_pool,
    pool_levels,
)
from balancelib.teachers.retirement import retirement_date

__all__ = [
    "AGE_GROUPS", "ATTRIBUTES", "FlowRule", "Logit", "Money", "PoolLimits", "PoolPlan", "Simulation", "allowance_costs", "average_flows",
    "choice_attributes", "compensation", "conditional_logit", "explain_gaps", "fit_choices", "itinerant_teachers", "plan_pool",
    "pool_levels", "posts_if_each_hires", "questions_left_out", "respondent_groups", "retirement_date", "simulate_staff",
    "subject_gaps", "subject_label", "take_up", "teacher_groups", "what_is_left", "years_by_rule",
]  # fmt: skip

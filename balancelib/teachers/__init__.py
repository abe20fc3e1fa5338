"""Module 三, 师资队伍建设策略: who may move and who is shared, what schools need, who is trained, and what studios do."""

from balancelib.teachers.ages import (
    age_table,
    count_interval,
    exit_chances,
    exits,
    exits_by_year,
    retirement_years,
    staff_ahead,
)
from balancelib.teachers.flow import (
    FlowRule,
    Simulation,
    average_flows,
    simulate_staff,
    what_is_left,
    years_by_rule,
)
from balancelib.teachers.need import (
    establishment_gap,
    outside_training,
    staff,
    staff_balance,
    staff_need,
    staff_sections,
    unknown_staff,
)
from balancelib.teachers.retirement import retirement_date
from balancelib.teachers.shortage import (
    balance_under_load,
    by_subject,
    pooled,
    remedies,
    whole_teachers,
    without_teacher,
)

__all__ = [
    "FlowRule", "Simulation", "age_table", "average_flows", "balance_under_load", "by_subject", "count_interval", "establishment_gap",
    "exit_chances", "exits", "exits_by_year", "outside_training", "pooled", "remedies", "retirement_date", "retirement_years",
    "simulate_staff", "staff", "staff_ahead", "staff_balance", "staff_need", "staff_sections", "unknown_staff", "what_is_left",
    "whole_teachers", "without_teacher", "years_by_rule",
]  # fmt: skip

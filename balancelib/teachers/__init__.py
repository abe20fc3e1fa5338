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
from balancelib.teachers.eligible import (
    EXCHANGE,
    ExchangeRules,
    eligibility,
    exchange_rates,
    load_exchange_rules,
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
from balancelib.teachers.rotation import (
    Limits,
    RotationPlan,
    explain_left,
    explain_moves,
    persons_required,
    plan_rotation,
    rotation_levels,
    without_teachers,
    write_rotation,
)
from balancelib.teachers.shortage import by_subject, remedies, whole_teachers, without_teacher

__all__ = [
    "EXCHANGE", "ExchangeRules", "FlowRule", "Limits", "RotationPlan", "Simulation", "age_table", "average_flows",
    "by_subject", "count_interval", "eligibility", "establishment_gap", "exchange_rates", "exit_chances", "exits",
    "exits_by_year", "explain_left", "explain_moves", "load_exchange_rules", "outside_training", "persons_required",
    "plan_rotation", "remedies", "retirement_date", "retirement_years", "rotation_levels", "simulate_staff", "staff",
    "staff_ahead", "staff_balance", "staff_need", "staff_sections", "unknown_staff", "what_is_left", "whole_teachers",
    "without_teacher", "without_teachers", "write_rotation", "years_by_rule",
]  # fmt: skip

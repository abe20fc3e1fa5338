"""Module 三, teachers: flow and sharing, rural teachers, studios."""

from balancelib.teachers.ages import (
    age_table,
    count_interval,
    exit_chances,
    exits,
    exits_by_year,
    staff_ahead,
)
from balancelib.teachers.eligible import (
    EXCHANGE,
    ExchangeRules,
    eligibility,
    exchange_rates,
    load_exchange_rules,
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
    "EXCHANGE", "ExchangeRules", "Limits", "RotationPlan", "age_table", "by_subject", "count_interval", "eligibility",
    "establishment_gap", "exchange_rates", "exit_chances", "exits", "exits_by_year", "explain_left", "explain_moves",
    "load_exchange_rules", "outside_training", "persons_required", "plan_rotation", "remedies", "rotation_levels", "staff",
    "staff_ahead", "staff_balance", "staff_need", "staff_sections", "unknown_staff", "whole_teachers", "without_teacher",
    "without_teachers", "write_rotation",
]  # fmt: skip

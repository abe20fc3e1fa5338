"""Module 三, teachers: flow and sharing, rural teachers, studios."""

from balancelib.teachers.ages import (
    age_table,
    count_interval,
    exit_chances,
    exits,
    exits_by_year,
    staff_ahead,
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
from balancelib.teachers.shortage import (
    balance_under_load,
    by_subject,
    pooled,
    remedies,
    whole_teachers,
    without_teacher,
)

__all__ = [
    "age_table", "balance_under_load", "by_subject", "count_interval", "establishment_gap", "exit_chances", "exits", "exits_by_year",
    "outside_training", "pooled", "remedies", "staff", "staff_ahead", "staff_balance", "staff_need", "staff_sections", "unknown_staff",
    "whole_teachers", "without_teacher",
]  # fmt: skip

"""Module 三, 师资队伍建设策略: teachers moved and shared, rural teachers trained, studios that reach."""

from balancelib.teachers.gaps import posts_if_each_hires, subject_gaps, subject_label
from balancelib.teachers.pool import (
    PoolLimits,
    PoolPlan,
    explain_gaps,
    itinerant_teachers,
    plan_pool,
    pool_levels,
)

__all__ = [
    "PoolLimits", "PoolPlan", "explain_gaps", "itinerant_teachers", "plan_pool", "pool_levels", "posts_if_each_hires",
    "subject_gaps", "subject_label",
]  # fmt: skip

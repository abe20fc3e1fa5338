"""Module 三, 师资队伍建设策略: who may move and who is shared, what schools need, who is trained, and what studios do."""

from balancelib.teachers.flow import (
    FlowRule,
    Simulation,
    average_flows,
    simulate_staff,
    what_is_left,
    years_by_rule,
)
from balancelib.teachers.retirement import retirement_date

__all__ = [
    "FlowRule", "Simulation", "average_flows", "retirement_date", "simulate_staff", "what_is_left", "years_by_rule",
]  # fmt: skip

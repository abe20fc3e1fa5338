"""Module 五: who is counted, which gaps there are, whom to help first, and what may be published."""

from balancelib.groups.due import support_due
from balancelib.groups.support import (
    SupportPlan,
    load_prices,
    plan_support,
    support_levels,
    support_needs,
)
from balancelib.groups.support_program import Weights
from balancelib.groups.warning import (
    WarningModel,
    compare_lists,
    fit_warning,
    list_by_school,
    load_points,
    school_halves,
    warning_points,
    warning_pupils,
)

__all__ = [
    "SupportPlan",
    "WarningModel",
    "Weights",
    "compare_lists",
    "fit_warning",
    "list_by_school",
    "load_points",
    "load_prices",
    "plan_support",
    "school_halves",
    "support_due",
    "support_levels",
    "support_needs",
    "warning_points",
    "warning_pupils",
]

"""The cheapest way to comply with a standard, in whole units, proven, year by year."""

from balancelib.resources.compliance.levels import BudgetLevels, budget_levels
from balancelib.resources.compliance.plan import Plan
from balancelib.resources.compliance.planning import plan_compliance

__all__ = ["BudgetLevels", "Plan", "budget_levels", "plan_compliance"]

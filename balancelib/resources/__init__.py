"""Module 二, the allocation of resources: money, buildings and equipment, digital resources."""

from balancelib.resources.compliance import BudgetLevels, Plan, budget_levels, plan_compliance
from balancelib.resources.funding import (
    RUNNING_COSTS,
    Formula,
    Grants,
    formula_need,
    foundation_grants,
    simulate_transfers,
)  # fmt: skip
from balancelib.resources.gaps import gaps, gaps_table
from balancelib.resources.unit_costs import UNIT_COSTS, Action, load_unit_costs, with_prices

__all__ = [
    "RUNNING_COSTS", "UNIT_COSTS", "Action", "BudgetLevels", "Formula", "Grants", "Plan", "budget_levels", "formula_need", "foundation_grants", "gaps", "gaps_table",
    "load_unit_costs", "plan_compliance", "simulate_transfers", "with_prices",
]  # fmt: skip

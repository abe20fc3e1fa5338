"""Module 二, the allocation of resources: money, buildings and equipment, digital resources."""

from balancelib.resources.boarding import (
    CHECKLIST,
    boarding_checklist,
    boarding_shortages,
    boarding_table,
    load_checklist,
)
from balancelib.resources.buildings import (
    closing_effect,
    ungraded_buildings,
    unsafe_buildings,
    without_unsafe,
)
from balancelib.resources.compliance import BudgetLevels, Plan, budget_levels, plan_compliance
from balancelib.resources.funding import (
    RUNNING_COSTS,
    Formula,
    Grants,
    formula_need,
    foundation_grants,
    simulate_transfers,
)
from balancelib.resources.gaps import gaps, gaps_table
from balancelib.resources.renewal import (
    SERVICE_LIVES,
    Renewal,
    equipment_ratio,
    equipment_state,
    load_service_lives,
    plan_renewal,
    renewal_need,
    written_off,
)
from balancelib.resources.unit_costs import UNIT_COSTS, Action, load_unit_costs, with_prices

__all__ = [
    "CHECKLIST", "RUNNING_COSTS", "SERVICE_LIVES", "UNIT_COSTS", "Action", "BudgetLevels", "Formula",
    "Grants", "Plan", "Renewal", "boarding_checklist", "boarding_shortages", "boarding_table",
    "budget_levels", "closing_effect", "equipment_ratio", "equipment_state", "formula_need",
    "foundation_grants", "gaps", "gaps_table", "load_checklist", "load_service_lives", "load_unit_costs",
    "plan_compliance", "plan_renewal", "renewal_need", "simulate_transfers", "ungraded_buildings",
    "unsafe_buildings", "with_prices", "without_unsafe", "written_off",
]  # fmt: skip

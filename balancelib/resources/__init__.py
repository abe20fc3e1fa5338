"""Module 二, the allocation of resources: money, buildings and equipment, digital resources."""

from balancelib.county.funding import formula_need, funding_table
from balancelib.resources.adjustment import adjust_money, phase_in, quota_factor
from balancelib.resources.ahead import Ahead, hidden_by_decline, holds_from, judge_ahead, with_pupils
from balancelib.resources.anomalies import modified_z, robust_distances
from balancelib.resources.audit import Audit, audit, audit_fields
from balancelib.resources.audit_rules import AuditRules, AuditRulesError, load_rules
from balancelib.resources.births import extend_births
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
from balancelib.resources.digital import BANDWIDTH, ITEMS, coverage_by_area, digital_coverage, weak_schools
from balancelib.resources.digits import DigitTest, RoundAmounts, first_digits, last_digits, round_amounts
from balancelib.resources.equipment import (
    SERVICE_LIVES,
    STATES,
    equipment_ratio,
    equipment_state,
    load_service_lives,
    renewal_need,
)
from balancelib.resources.forecast import Forecast, forecast_pupils, progression_ratios
from balancelib.resources.funding import share_budget
from balancelib.resources.gaps import gaps, gaps_table
from balancelib.resources.renewal import Renewal, plan_renewal, written_off
from balancelib.resources.rooms import class_limits, classes_needed, rooms_ahead, rooms_needed
from balancelib.resources.school_forecast import forecast_schools
from balancelib.resources.seats import best_sites, seat_access
from balancelib.resources.transfers import Grants, foundation_grants, simulate_transfers, transfer_measures
from balancelib.resources.unit_costs import UNIT_COSTS, Action, load_unit_costs, with_prices
from balancelib.standards.quotas import RUNNING_COSTS, Formula, running_costs

__all__ = [
    "BANDWIDTH", "CHECKLIST", "ITEMS", "RUNNING_COSTS", "SERVICE_LIVES", "STATES", "UNIT_COSTS", "Action", "Ahead", "Audit",
    "AuditRules", "AuditRulesError", "BudgetLevels", "DigitTest", "Forecast", "Formula", "Grants", "Plan", "Renewal",
    "RoundAmounts", "adjust_money", "audit", "audit_fields", "best_sites", "boarding_checklist",
    "boarding_shortages", "boarding_table", "budget_levels", "class_limits", "classes_needed", "closing_effect",
    "coverage_by_area", "digital_coverage", "equipment_ratio", "equipment_state", "extend_births", "first_digits",
    "forecast_pupils", "forecast_schools", "formula_need", "foundation_grants", "funding_table", "gaps",
    "gaps_table", "hidden_by_decline", "holds_from", "judge_ahead", "last_digits", "load_checklist", "load_rules",
    "load_service_lives", "load_unit_costs", "modified_z", "phase_in", "plan_compliance", "plan_renewal",
    "progression_ratios", "quota_factor", "renewal_need", "robust_distances", "rooms_ahead", "rooms_needed",
    "round_amounts", "running_costs", "seat_access", "share_budget", "simulate_transfers", "transfer_measures", "ungraded_buildings",
    "unsafe_buildings", "weak_schools", "with_prices", "with_pupils", "without_unsafe", "written_off",
]  # fmt: skip

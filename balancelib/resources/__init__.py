"""Module 二, the allocation of resources: money, buildings and equipment, digital resources."""

from balancelib.resources.adjustment import adjust_money, phase_in, quota_factor
from balancelib.resources.anomalies import modified_z, robust_distances
from balancelib.resources.audit import Audit, AuditRules, AuditRulesError, audit, audit_fields, load_rules
from balancelib.resources.digits import DigitTest, RoundAmounts, first_digits, last_digits, round_amounts
from balancelib.resources.funding import (
    RUNNING_COSTS,
    Formula,
    Grants,
    formula_need,
    foundation_grants,
    funding_table,
    running_costs,
    simulate_transfers,
    transfer_measures,
)  # fmt: skip

__all__ = [
    "RUNNING_COSTS",
    "Audit",
    "AuditRules",
    "AuditRulesError",
    "DigitTest",
    "Formula",
    "Grants",
    "RoundAmounts",
    "adjust_money",
    "audit",
    "audit_fields",
    "first_digits",
    "formula_need",
    "foundation_grants",
    "funding_table",
    "last_digits",
    "load_rules",
    "modified_z",
    "phase_in",
    "quota_factor",
    "robust_distances",
    "round_amounts",
    "running_costs",
    "simulate_transfers",
    "transfer_measures",
]  # fmt: skip

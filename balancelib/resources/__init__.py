"""Module 二, the allocation of resources: money, buildings and equipment, digital resources."""

from balancelib.resources.funding import (
    RUNNING_COSTS,
    Formula,
    Grants,
    formula_need,
    foundation_grants,
    simulate_transfers,
)  # fmt: skip

__all__ = ["RUNNING_COSTS", "Formula", "Grants", "formula_need", "foundation_grants", "simulate_transfers"]

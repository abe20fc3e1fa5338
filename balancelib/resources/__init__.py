"""Module 二, the allocation of resources: money, buildings and equipment, digital resources."""

from balancelib.resources.ahead import Ahead, hidden_by_decline, holds_from, judge_ahead, with_pupils
from balancelib.resources.digital import (
    BANDWIDTH,
    ITEMS,
    best_sites,
    coverage_by_area,
    digital_coverage,
    road_matrix,
    seat_access,
    weak_schools,
)  # fmt: skip
from balancelib.resources.forecast import (
    Forecast,
    class_limits,
    classes_needed,
    extend_births,
    forecast_pupils,
    forecast_schools,
    progression_ratios,
    rooms_needed,
)  # fmt: skip
from balancelib.resources.funding import (
    RUNNING_COSTS,
    Formula,
    Grants,
    formula_need,
    foundation_grants,
    simulate_transfers,
)  # fmt: skip

__all__ = [
    "BANDWIDTH", "ITEMS", "RUNNING_COSTS", "Ahead", "Forecast", "Formula", "Grants", "best_sites", "class_limits",
    "classes_needed", "coverage_by_area", "digital_coverage", "extend_births", "forecast_pupils", "forecast_schools",
    "formula_need", "foundation_grants", "hidden_by_decline", "holds_from", "judge_ahead", "progression_ratios",
    "road_matrix", "rooms_needed", "seat_access", "simulate_transfers", "weak_schools", "with_pupils",
]  # fmt: skip

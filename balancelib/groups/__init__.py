"""Module 五: who is counted, which gaps there are, whom to help first, and what may be published."""

from balancelib.groups.atoms import Range, bounds
from balancelib.groups.cohorts import (
    Change,
    cohort_counts,
    group_retention,
    judged,
    recounted,
    retention,
    turning_point,
    with_dropouts,
)
from balancelib.groups.enrolled import (
    WAYS,
    Way,
    beside_items,
    enrolment_rates,
    migrant_places,
    placements,
    register_rates,
)
from balancelib.groups.recapture import chapman, dependence, lincoln_petersen
from balancelib.groups.registers import (
    if_independent,
    offices,
    register_bounds,
    register_pairs,
    register_sizes,
    with_pairs,
    worth_of_pairs,
)

__all__ = [
    "WAYS", "Change", "Range", "Way", "beside_items", "bounds", "chapman", "cohort_counts", "dependence", "enrolment_rates",
    "group_retention", "if_independent", "judged", "lincoln_petersen", "migrant_places", "offices", "placements", "recounted", "register_bounds",
    "register_pairs", "register_rates", "register_sizes", "retention", "turning_point", "with_dropouts", "with_pairs", "worth_of_pairs",
]  # fmt: skip

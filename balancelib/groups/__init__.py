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
from balancelib.groups.due import support_due
from balancelib.groups.enrolled import (
    WAYS,
    Way,
    beside_items,
    enrolment_rates,
    migrant_places,
    placements,
    register_rates,
)
from balancelib.groups.explored import Kept, kept_told, merged
from balancelib.groups.migrants import (
    eligible_rate,
    if_places,
    known_anywhere,
    migrant_registers,
    placed_pupils,
)
from balancelib.groups.mixing import (
    between_within,
    if_moved,
    mixing_change,
    mixing_indices,
    mixing_table,
    mixing_years,
    school_effects,
)
from balancelib.groups.published import confidential, newest_year, publish_groups, shown_tables, subjects
from balancelib.groups.reader import alone, subtracted
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
from balancelib.groups.room_plan import RoomLimits, RoomPlan, plan_rooms, room_levels, room_outcomes, why_left
from balancelib.groups.rooms import Rooms, if_all_to_nearest, nearest_rooms, room_access, room_tables
from balancelib.groups.support import SupportPlan, load_prices, plan_support, support_levels, support_needs
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
    "WAYS", "Change", "Kept", "Range", "RoomLimits", "RoomPlan", "Rooms", "SupportPlan", "WarningModel",
    "Way", "Weights", "alone", "beside_items", "between_within", "bounds", "chapman", "cohort_counts",
    "compare_lists", "confidential", "dependence", "eligible_rate", "enrolment_rates", "fit_warning",
    "group_retention", "if_all_to_nearest", "if_independent", "if_moved", "if_places", "judged",
    "kept_told", "known_anywhere", "lincoln_petersen", "list_by_school", "load_points", "load_prices",
    "merged", "migrant_places", "migrant_registers", "mixing_change", "mixing_indices", "mixing_table",
    "mixing_years", "nearest_rooms", "newest_year", "offices", "placed_pupils", "placements", "plan_rooms",
    "plan_support", "publish_groups", "recounted", "register_bounds", "register_pairs", "register_rates",
    "register_sizes", "retention", "room_access", "room_levels", "room_outcomes", "room_tables",
    "school_effects", "school_halves", "shown_tables", "subjects", "subtracted", "support_due",
    "support_levels", "support_needs", "turning_point", "warning_points", "warning_pupils", "why_left",
    "with_dropouts", "with_pairs", "worth_of_pairs",
]  # fmt: skip

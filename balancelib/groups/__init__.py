"""Module 五: who is counted, which gaps there are, whom to help first, and what may be published."""

from balancelib.groups.due import support_due
from balancelib.groups.gaps import (
    FACTORS,
    OUTCOMES,
    child_rows,
    outcome_counts,
    rate_gaps,
    rate_parts,
    score_gap,
    score_gap_threefold,
    split_table,
)
from balancelib.groups.income import (
    below_line,
    fifths,
    income_rows,
    index_parts,
    index_table,
    subsidy_reach,
)
from balancelib.groups.migrants import eligible_rate, known_anywhere, migrant_registers, placed_pupils
from balancelib.groups.mixing import (
    between_within,
    if_moved,
    mixing_change,
    mixing_indices,
    mixing_table,
    mixing_years,
    school_effects,
)
from balancelib.groups.room_plan import RoomLimits, RoomPlan, plan_rooms, room_levels, why_left
from balancelib.groups.rooms import Rooms, if_all_to_nearest, nearest_rooms, room_access, room_tables
from balancelib.groups.support import (
    SupportPlan,
    load_prices,
    more_money,
    plan_support,
    shadow_price,
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
    "FACTORS", "OUTCOMES", "RoomLimits", "RoomPlan", "Rooms", "SupportPlan", "WarningModel", "Weights",
    "below_line", "between_within", "child_rows", "compare_lists", "eligible_rate", "fifths", "fit_warning",
    "if_all_to_nearest", "if_moved", "income_rows", "index_parts", "index_table", "known_anywhere",
    "list_by_school", "load_points", "load_prices", "migrant_registers", "mixing_change", "mixing_indices",
    "mixing_table", "mixing_years", "more_money", "nearest_rooms", "outcome_counts", "placed_pupils", "plan_rooms",
    "plan_support", "rate_gaps", "rate_parts", "room_access", "room_levels", "room_tables", "school_effects",
    "school_halves", "score_gap", "score_gap_threefold", "shadow_price", "split_table", "subsidy_reach",
    "support_due", "support_needs", "warning_points", "warning_pupils", "why_left",
]  # fmt: skip

"""Module 五: who is counted, which gaps there are, whom to help first, and what may be published."""

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
from balancelib.groups.room_plan import RoomLimits, RoomPlan, plan_rooms, room_levels, why_left
from balancelib.groups.rooms import Rooms, if_all_to_nearest, nearest_rooms, room_access, room_tables

__all__ = [
    "RoomLimits", "RoomPlan", "Rooms", "between_within", "eligible_rate", "if_all_to_nearest", "if_moved", "if_places", "known_anywhere", "migrant_registers", "mixing_change", "mixing_indices", "mixing_table", "mixing_years", "nearest_rooms", "placed_pupils", "plan_rooms", "room_access", "room_levels", "room_tables", "school_effects", "why_left",
]  # fmt: skip

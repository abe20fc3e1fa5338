"""Module 三, 师资队伍建设策略: teachers who move and are shared, rural teachers, and studios of leading teachers."""

from balancelib.teachers.contacts import contact_gaps, contact_graph, joining_contacts
from balancelib.teachers.diffusion import Spread, spread
from balancelib.teachers.placement import (
    Placement,
    greedy_share,
    place_exact,
    place_greedy,
    placement_levels,
    within_steps,
)
from balancelib.teachers.studios import (
    reach_by_area,
    studio_people,
    studio_reach,
    subject_leaders,
)

__all__ = [
    "Placement", "Spread", "contact_gaps", "contact_graph", "greedy_share", "joining_contacts", "place_exact", "place_greedy", "placement_levels",
    "reach_by_area", "spread", "studio_people", "studio_reach", "subject_leaders", "within_steps",
]  # fmt: skip

"""Module 三, 师资队伍建设策略: who may move and who is shared, what schools need, who is trained, and what studios do."""

from balancelib.teachers.contacts import contact_gaps, contact_graph, joining_contacts
from balancelib.teachers.diffusion import Spread, spread
from balancelib.teachers.flow import (
    FlowRule,
    Simulation,
    average_flows,
    simulate_staff,
    what_is_left,
    years_by_rule,
)
from balancelib.teachers.placement import (
    Placement,
    greedy_share,
    place_exact,
    place_greedy,
    placement_levels,
    within_steps,
)
from balancelib.teachers.retirement import retirement_date
from balancelib.teachers.studios import reach_by_area, studio_people, studio_reach, subject_leaders

__all__ = [
    "FlowRule", "Placement", "Simulation", "Spread", "average_flows", "contact_gaps", "contact_graph", "greedy_share",
    "joining_contacts", "place_exact", "place_greedy", "placement_levels", "reach_by_area", "retirement_date",
    "simulate_staff", "spread", "studio_people", "studio_reach", "subject_leaders", "what_is_left", "within_steps",
    "years_by_rule",
]  # fmt: skip

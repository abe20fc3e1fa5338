"""Module 三, 师资队伍建设策略: who may move and who is shared, what schools need, who is trained, and what studios do."""

from balancelib.teachers.courses import Courses, offered, travel_cost
from balancelib.teachers.flow import (
    FlowRule,
    Simulation,
    average_flows,
    simulate_staff,
    what_is_left,
    years_by_rule,
)
from balancelib.teachers.local import local_coverage, local_resources, local_room, place_resources
from balancelib.teachers.partners import lacking_subjects, match_partners, pairing_status, subject_labels
from balancelib.teachers.partners_since import change_since
from balancelib.teachers.retirement import retirement_date
from balancelib.teachers.training import look_ahead, published, training_status, training_summary
from balancelib.teachers.training_plan import TrainingPlan, plan_training
from balancelib.teachers.training_why import (
    budget_levels,
    course_use,
    explain_training,
    plan_by_area,
    what_binds,
    write_training_plan,
)

__all__ = [
    "Courses", "FlowRule", "Simulation", "TrainingPlan", "average_flows", "budget_levels", "change_since",
    "course_use", "explain_training", "lacking_subjects", "local_coverage", "local_resources", "local_room",
    "look_ahead", "match_partners", "offered", "pairing_status", "place_resources", "plan_by_area",
    "plan_training", "published", "retirement_date", "simulate_staff", "subject_labels", "training_status",
    "training_summary", "travel_cost", "what_binds", "what_is_left", "write_training_plan", "years_by_rule",
]  # fmt: skip

"""Module 三, 师资队伍建设策略: who teaches where, what they lack, and what it would take."""

from balancelib.teachers.courses import Courses, offered, travel_cost
from balancelib.teachers.local import local_coverage, local_resources, local_room, place_resources
from balancelib.teachers.partners import lacking_subjects, match_partners, pairing_status, subject_labels
from balancelib.teachers.partners_since import change_since
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
    "Courses", "TrainingPlan", "budget_levels", "change_since", "course_use", "explain_training", "lacking_subjects", "local_coverage",
    "local_resources", "local_room", "look_ahead", "match_partners", "offered", "pairing_status", "place_resources", "plan_by_area",
    "plan_training", "published", "subject_labels", "training_status", "training_summary", "travel_cost", "what_binds",
    "write_training_plan",
]  # fmt: skip

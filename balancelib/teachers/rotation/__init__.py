"""Who goes where next year: an integer program, proven aim by aim, and explained."""

from balancelib.teachers.rotation.plan import RotationPlan
from balancelib.teachers.rotation.planning import persons_required, plan_rotation, rotation_levels
from balancelib.teachers.rotation.question import Limits
from balancelib.teachers.rotation.reasons import explain_left, explain_moves, without_teachers
from balancelib.teachers.rotation.stays import explain_stays
from balancelib.teachers.rotation.workbook import write_rotation

__all__ = [
    "Limits", "RotationPlan", "explain_left", "explain_moves", "explain_stays", "persons_required", "plan_rotation", "rotation_levels",
    "without_teachers", "write_rotation",
]  # fmt: skip

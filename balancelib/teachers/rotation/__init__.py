"""Who goes where next year: an integer program, proven aim by aim, and explained."""

from balancelib.teachers.rotation.plan import RotationPlan
from balancelib.teachers.rotation.planning import plan_rotation
from balancelib.teachers.rotation.question import Limits

__all__ = ["Limits", "RotationPlan", "plan_rotation"]

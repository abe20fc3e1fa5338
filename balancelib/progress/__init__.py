"""Module 六: targets and plans, whether what was done worked, and inspection that mends."""

from balancelib.progress.effects import (
    Parts,
    before_after,
    before_after_parts,
    two_stage,
    two_way,
    two_way_weights,
)
from balancelib.progress.event_study import event_mean, event_study
from balancelib.progress.methods import METHODS, by_method, method_responses, planted_effects, smallest_found
from balancelib.progress.panels import before_choice, fake_start, programme_panel

__all__ = [
    "METHODS", "Parts", "before_after", "before_after_parts", "before_choice", "by_method", "event_mean", "event_study", "fake_start",
    "method_responses", "planted_effects", "programme_panel", "smallest_found", "two_stage", "two_way", "two_way_weights",
]  # fmt: skip

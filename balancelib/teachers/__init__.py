"""Module 三, 师资队伍建设策略: who teaches where, what they lack, and what it would take."""

from balancelib.teachers.training import look_ahead, published, training_status, training_summary

__all__ = ["look_ahead", "published", "training_status", "training_summary"]

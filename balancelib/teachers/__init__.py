"""Module 三, teachers: exchange and sharing, rural teachers, studios."""

from balancelib.teachers.eligible import EXCHANGE, ExchangeRules, eligibility, exchange_rates, load_exchange_rules
from balancelib.teachers.rotation import Limits, RotationPlan, plan_rotation

__all__ = [
    "EXCHANGE", "ExchangeRules", "Limits", "RotationPlan", "eligibility", "exchange_rates", "load_exchange_rules", "plan_rotation",
]  # fmt: skip

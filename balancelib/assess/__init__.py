"""Indicators × standard → verdicts, explained."""

from balancelib.assess.explain import explain, explain_cv, summary
from balancelib.assess.verdict import Assessment, assess

__all__ = ["Assessment", "assess", "explain", "explain_cv", "summary"]

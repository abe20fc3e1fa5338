"""Indicators × standard → verdicts, explained."""

from balancelib.assess.explain import explain, explain_cv, summary
from balancelib.assess.tables import failing_items, failing_sections, indicators_table, parts_table
from balancelib.assess.verdict import Assessment, assess

__all__ = [
    "Assessment", "assess", "explain", "explain_cv", "failing_items", "failing_sections", "indicators_table",
    "parts_table", "summary",
]  # fmt: skip

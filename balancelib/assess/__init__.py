"""Indicators × standard → verdicts, explained."""

from balancelib.assess.explain import explain, explain_cv, rows_of, summary, table
from balancelib.assess.tables import failing_items, failing_sections, indicators_table, overview, parts_table
from balancelib.assess.verdict import Assessment, assess

__all__ = [
    "Assessment", "assess", "explain", "explain_cv", "failing_items", "failing_sections", "indicators_table",
    "overview", "parts_table", "rows_of", "summary", "table",
]  # fmt: skip

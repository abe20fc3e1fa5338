"""Indicators × standard → verdicts, explained."""

from balancelib.assess.explain import (
    conclusion,
    edge_note,
    explain,
    explain_cv,
    rows_of,
    stage_heading,
    stage_notes,
    summary,
    table,
)  # fmt: skip
from balancelib.assess.tables import (
    failing_items,
    failing_sections,
    indicators_table,
    items_table,
    missing_table,
    overview,
    parts_table,
)  # fmt: skip
from balancelib.assess.verdict import Assessment, assess

__all__ = [
    "Assessment", "assess", "conclusion", "edge_note", "explain", "explain_cv", "failing_items", "failing_sections",
    "indicators_table", "items_table", "missing_table", "overview", "parts_table", "rows_of", "stage_heading",
    "stage_notes", "summary", "table",
]  # fmt: skip

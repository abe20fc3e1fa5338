"""Indicators × standard → verdicts, explained."""

from balancelib.assess.cards import decile_card
from balancelib.assess.change import level_change
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
from balancelib.assess.history import history_by_year, indicator_history
from balancelib.assess.similar import similar_schools
from balancelib.assess.tables import (
    failing_items,
    failing_sections,
    indicators_table,
    items_table,
    missing_table,
    overview,
    parts_table,
)  # fmt: skip
from balancelib.assess.turned import Turned, turned
from balancelib.assess.verdict import Assessment, assess

__all__ = [
    "Assessment", "Turned", "assess", "conclusion", "decile_card", "edge_note", "explain", "explain_cv", "failing_items",
    "failing_sections", "history_by_year", "indicator_history", "indicators_table", "items_table", "level_change",
    "missing_table", "overview", "parts_table", "rows_of", "similar_schools", "stage_heading", "stage_notes", "summary", "table",
    "turned",
]  # fmt: skip

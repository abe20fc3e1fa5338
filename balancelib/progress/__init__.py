"""Module 六: targets and plans, whether what was done worked, and inspection that mends."""

from balancelib.progress.checklist import CheckItem, asked_of, check_items, draw_schools, reported
from balancelib.progress.checklist_form import checklist_workbook
from balancelib.progress.checklist_read import read_checklist
from balancelib.progress.ledger import (
    STATUS,
    Claim,
    judge_ledger,
    ledger_claim,
    ledger_counts,
    ledger_of,
    new_actions,
    overdue_list,
)
from balancelib.progress.ledger_read import is_ledger, read_ledger
from balancelib.progress.year import Step, year_steps, year_table

__all__ = [
    "STATUS", "CheckItem", "Claim", "Step", "asked_of", "check_items", "checklist_workbook", "draw_schools", "is_ledger",
    "judge_ledger", "ledger_claim", "ledger_counts", "ledger_of", "new_actions", "overdue_list", "read_checklist", "read_ledger",
    "reported", "year_steps", "year_table",
]  # fmt: skip

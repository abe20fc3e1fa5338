"""Workbooks that we write: text stays text, and the same content gives the same bytes.

`head_row` and `put` are for tables of data; `new_book` and `Page` for forms that an office prints and signs.
"""

from balancelib.sheets.cells import (
    drop_down,
    head_row,
    lock,
    packed,
    print_on_a4,
    put,
    sheet_names,
    without_dates,
)
from balancelib.sheets.page import STYLES, Entry, Page, blank_to_fill, new_book, text

__all__ = [
    "STYLES", "Entry", "Page", "blank_to_fill", "drop_down", "head_row", "lock", "new_book", "packed", "print_on_a4", "put",
    "sheet_names", "text", "without_dates",
]  # fmt: skip

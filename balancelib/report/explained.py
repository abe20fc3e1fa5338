"""A sheet of a workbook with a line above the heads of its columns that says how each comes about."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from balancelib.county.schema import schema
from balancelib.sheets import head_row, put

MISSING, NONE = "缺数", "—"
HOW_HEIGHT = 48  # points: three lines of how a column comes about


class Sheet(NamedTuple):
    """A sheet: its name, what it holds, its columns (head, how they come about, width), and its rows."""

    name: str
    about: str
    columns: Sequence[tuple[str, str, int]]
    rows: Iterable[Sequence[Any]]


def fill(sheet: Any, content: Sheet) -> None:
    """Write how each column comes about, its head, and the rows; the heads stay in sight and can be filtered by."""
    from openpyxl.styles import Alignment, Font  # noqa: PLC0415
    from openpyxl.utils import get_column_letter  # noqa: PLC0415

    for k, (head, how, wide) in enumerate(content.columns, 1):
        put(sheet, 1, k, how or None)
        put(sheet, 2, k, head)
        sheet.cell(1, k).font = Font(italic=True, color="555555")
        sheet.cell(1, k).alignment = Alignment(wrap_text=True, vertical="top")
        sheet.column_dimensions[get_column_letter(k)].width = wide
    head_row(sheet, 2)
    for i, row in enumerate(content.rows, 3):
        for k, value in enumerate(row, 1):
            put(sheet, i, k, _cell(value))
    sheet.freeze_panes = "C3"
    sheet.auto_filter.ref = f"A2:{get_column_letter(len(content.columns))}{max(sheet.max_row, 3)}"
    sheet.row_dimensions[1].height = HOW_HEIGHT
    fit_a4(sheet)
    sheet.print_title_rows = "1:2"


def fit_a4(sheet: Any) -> None:
    """Let a sheet print on A4 lying down, as wide as the page."""
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True


def _cell(value: Any) -> Any:
    """Return a value as a cell has it: a number that is not known as a word, a whole one whole."""
    if value is None or value is pd.NA:
        return None
    if isinstance(value, float | np.floating | np.integer):
        return MISSING if np.isnan(value) else int(value) if float(value).is_integer() else float(value)
    return value


def school_columns() -> list[tuple[str, str, int]]:
    """Columns that say which school a row is of."""
    table = schema().table("schools")
    return [(table.column("school_id").label, "", 16), (table.column("name").label, "", 28)]

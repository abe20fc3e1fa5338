"""What helps people to fill in a sheet: marks of what is needed, drop-downs, ranges, tips, widths, and how it prints."""

import math
from collections.abc import Sequence
from typing import Any

from balancelib.county.dictionary import how_to_fill
from balancelib.county.schema import Column, Table
from balancelib.sheets import head_row, print_on_a4
from balancelib.sheets.page import lines_needed, text_width

OPEN_ROWS = 5000  # below what is filled, that have drop-downs, ranges and tips
COLOURS = {"＊": "F4B084", "△": "FFE699", "": "DDE6F0"}  # of headers; in grey print the marks tell them apart
LINE = 16  # points
# In digits.
_WIDTHS = {
    "count": 10, "number": 12, "year": 9, "yes_no": 8, "areas": 17, "month": 10, "date": 12, "text": 15,
}  # fmt: skip
_PAGE = 190  # digits across an A4 page on its side that can still be read


def mark_head(sheet: Any, columns: Sequence[Column]) -> None:
    """Colour the headers and show their marks; the cell's text stays the name of the column."""
    head_row(sheet, 1)
    for cell, column in zip(sheet[1], columns, strict=True):
        show_mark(cell, column.mark)
    sheet.row_dimensions[1].height = LINE * max(
        lines_needed(c.header + c.mark, width(c) - 1) for c in columns
    )


def show_mark(cell: Any, mark: str) -> None:
    """Give a cell the colour of a mark, and the mark behind its text by a number format."""
    from openpyxl.styles import PatternFill  # noqa: PLC0415

    cell.fill = PatternFill("solid", fgColor=COLOURS[mark])
    cell.number_format = f'@"{mark}"' if mark else "@"


def width(column: Column) -> float:
    """Return a column's width, in digits: room for its longest choice, else for what its type holds."""
    if column.codes:
        return max(map(text_width, column.codes.values())) + 4
    return 26 if column.name == "name" else _WIDTHS[column.type]


def guide(sheet: Any, table: Table, column: Column, cells: str) -> None:
    """Give cells their drop-down or range of numbers, and a tip that shows when one of them is chosen."""
    from openpyxl.worksheet.datavalidation import DataValidation  # noqa: PLC0415

    how = how_to_fill(column, table)
    rule = DataValidation(**_allowed(column), allow_blank=True, showInputMessage=True)
    example = "" if column.example is None else f"例：{_plain(column.example)}"
    rule.promptTitle, rule.prompt = column.header, "\n".join(filter(None, (column.note, how, example)))
    rule.errorTitle, rule.error = "请核对这一格", f"“{column.header}”应填：{how}"
    rule.showErrorMessage = rule.type is not None
    rule.imeMode = "off" if column.numeric or column.identifies else None  # digits typed are half-width
    sheet.add_data_validation(rule)
    rule.add(cells)


def _allowed(column: Column) -> dict[str, str]:
    choices = ["是", "否"] if column.type == "yes_no" else list(column.codes.values())
    if choices:
        return {"type": "list", "formula1": f'"{",".join(choices)}"'}
    if column.numeric:
        kind = "decimal" if column.type == "number" else "whole"
        low, high = column.limits
        return {"type": kind, "operator": "between", "formula1": _plain(low), "formula2": _plain(high)}
    return {}


def _plain(example: str | float) -> str:
    return example if isinstance(example, str) else f"{example:.15g}"


def print_table(sheet: Any, columns: str) -> None:
    """Set a table up for A4, its header and ``columns`` repeated on each page; a wide one is some pages wide."""
    print_on_a4(sheet, landscape=True)
    total = sum(dimension.width for dimension in sheet.column_dimensions.values())
    sheet.page_setup.fitToWidth = max(1, math.ceil(total / _PAGE))
    sheet.print_title_rows, sheet.print_title_cols = "1:1", columns
    sheet.print_options.gridLines = True
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    sheet.oddFooter.center.text = "&A　第&P页，共&N页"

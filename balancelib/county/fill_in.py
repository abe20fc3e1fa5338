"""What helps people to fill in a sheet: marks of what is needed, drop-downs, ranges, tips, widths, and how it prints."""

import math
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from balancelib.county.dictionary import how_to_fill
from balancelib.county.schema import Column, Table
from balancelib.sheets import head_row

OPEN_ROWS = 5000  # below what is filled, that have drop-downs, ranges and tips
COLOURS = {"＊": "F4B084", "△": "FFE699", "": "DDE6F0"}  # of headers; in grey print the marks tell them apart
LINE = 16  # points
_WIDTHS = {"count": 10, "number": 12, "year": 9, "yes_no": 8, "areas": 17, "text": 15}  # in digits
_PAGE = 190  # digits across an A4 page on its side that can still be read


def mark_head(sheet: Any, columns: Sequence[Column]) -> None:
    """Colour the headers and show their marks; the cell's text stays the name of the column."""
    head_row(sheet, 1)
    for cell, column in zip(sheet[1], columns, strict=True):
        show_mark(cell, column.mark)
    lines = max(_lines(c.header + c.mark, width(c)) for c in columns)
    sheet.row_dimensions[1].height = LINE * lines


def show_mark(cell: Any, mark: str) -> None:
    """Give a cell the colour of a mark, and the mark behind its text by a number format."""
    from openpyxl.styles import PatternFill  # noqa: PLC0415

    cell.fill = PatternFill("solid", fgColor=COLOURS[mark])
    cell.number_format = f'@"{mark}"' if mark else "@"


def width(column: Column) -> float:
    """Return a column's width, in digits: room for its longest choice, else for what its type holds."""
    if column.codes:
        return max(map(columns_taken, column.codes.values())) + 4
    return 26 if column.name == "name" else _WIDTHS[column.type]


def columns_taken(text: str) -> int:
    """Return how many digits wide a text is: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WFA" else 1 for c in text)


def _lines(text: str, across: float) -> int:
    """Return how many lines a text takes in a cell; a character that does not fit in whole goes to the next line."""
    return sum(max(1, math.ceil(columns_taken(part) / (across - 1.5))) for part in text.split("\n"))


def row_height(texts: Sequence[tuple[Any, float]]) -> float:
    """Return the height of a row, in points, from its cells' texts and widths."""
    return 4 + LINE * max(_lines(str(text), across) for text, across in texts if text is not None)


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
        return {"type": kind, "operator": "between", "formula1": f"{low:.0f}", "formula2": f"{high:.0f}"}
    return {}


def _plain(example: str | float) -> str:
    return example if isinstance(example, str) else f"{example:.15g}"


def print_on_a4(sheet: Any, across: bool = True, rows: str = "1:1", columns: str = "") -> None:
    """Set a sheet up for A4, with ``rows`` and ``columns`` repeated on each page; a wide one is some pages wide."""
    from openpyxl.worksheet.properties import PageSetupProperties  # noqa: PLC0415

    total = sum(d.width for d in sheet.column_dimensions.values())
    sheet.page_setup.paperSize, sheet.page_setup.orientation = 9, "landscape" if across else "portrait"
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_setup.fitToWidth = max(1, math.ceil(total / _PAGE)) if across else 1
    sheet.page_setup.fitToHeight = 0
    sheet.print_title_rows, sheet.print_title_cols = rows or None, columns or None
    sheet.print_options.gridLines = bool(rows)
    sheet.print_options.horizontalCentered = True
    margins = sheet.page_margins
    margins.left = margins.right = 0.4
    margins.top = margins.bottom = 0.6
    margins.header = margins.footer = 0.3
    sheet.oddFooter.center.text = "&A　第&P页，共&N页"


def wrapped(sheet: Any, row: int, widths: Mapping[int, float]) -> None:
    """Break the texts of a row where they do not fit, and make it high enough: not every program does that on opening."""
    from openpyxl.styles import Alignment  # noqa: PLC0415

    cells = [(sheet.cell(row, k), across) for k, across in widths.items()]
    for cell, _ in cells:
        cell.alignment = Alignment(wrap_text=True, vertical="center")
    sheet.row_dimensions[row].height = row_height([(cell.value, across) for cell, across in cells])


def to_fill(cell: Any) -> None:
    """Show that a cell is to be filled in."""
    from openpyxl.styles import Border, Side  # noqa: PLC0415

    line = Side("thin")
    cell.border = Border(line, line, line, line)

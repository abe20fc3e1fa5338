"""Cells, names and bytes of the workbooks that we write: text stays text, the same content gives the same bytes."""

import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from typing import Any

A4 = 9  # Excel's number of the paper size
LONGEST_SHEET_NAME = 31


def head_row(sheet: Any, row: int) -> None:
    """Give a row the look of a header."""
    from openpyxl.styles import Alignment, Font, PatternFill  # noqa: PLC0415

    for cell in sheet[row]:
        cell.font = Font(name=cell.font.name, size=cell.font.size, bold=True)
        cell.fill = PatternFill("solid", fgColor="DDE6F0")
        cell.alignment = Alignment(wrap_text=True, vertical="center")


def put(sheet: Any, row: int, column: int, value: Any, as_text: bool = False) -> None:
    """Write a cell; text stays text, even where it begins like a formula, and ``as_text`` also when it is edited."""
    if value is None:
        return
    cell = sheet.cell(row, column, value)
    if isinstance(value, str):
        cell.data_type = "s"
    if as_text:
        cell.number_format = "@"


def packed(book: Any) -> bytes:
    """Return a workbook of openpyxl as the bytes of a file, with fixed times."""
    from balancelib.sheets.in_memory import workbook_bytes  # noqa: PLC0415

    return without_dates(workbook_bytes(book))


def without_dates(content: bytes) -> bytes:
    """Pack an Office file anew with fixed times, so that the same content gives the same bytes."""
    packed_anew = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(packed_anew, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            data = old.read(name)
            if name == "docProps/core.xml":
                data = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", b"2000-01-01T00:00:00Z", data)
            info = zipfile.ZipInfo(name, (2000, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(info, data)
    return packed_anew.getvalue()


def sheet_names(names: Iterable[str], taken: Iterable[str] = ()) -> list[str]:
    """Make sheet names of any texts: what Excel allows, none twice, none of those ``taken``.

    Examples
    --------
    >>> sheet_names(["一小/东区", "一小:东区", "'"])
    ['一小 东区', '一小 东区(2)', '无名']
    """
    used = {name.lower() for name in taken} | {"history"}  # Excel keeps this name for itself
    result = []
    for name in names:
        plain = (
            re.sub(r"[\[\]:*?/\\'\x00-\x1f\ufffe\uffff]+", " ", name).strip()[:LONGEST_SHEET_NAME].strip()
            or "无名"
        )
        free, n = plain, 1
        while free.lower() in used:
            n += 1
            end = f"({n})"
            free = plain[: LONGEST_SHEET_NAME - len(end)] + end
        used.add(free.lower())
        result.append(free)
    return result


def drop_down(sheet: Any, cells: str, choices: Sequence[str]) -> None:
    """Let a range of cells take one of a few texts."""
    from openpyxl.worksheet.datavalidation import DataValidation  # noqa: PLC0415

    rule = DataValidation(type="list", formula1=f'"{",".join(choices)}"', allow_blank=True)
    rule.showErrorMessage, rule.error = True, f"请从列表里选：{'、'.join(choices)}"
    sheet.add_data_validation(rule)
    rule.add(cells)


def lock(sheet: Any, but: str) -> None:
    """Protect a sheet against slips, without a password, but for the cells of one style; columns and rows may be made wider."""
    from openpyxl.styles import Protection  # noqa: PLC0415

    for row in sheet.iter_rows():
        for cell in row:
            if cell.style == but:
                cell.protection = Protection(locked=False)
    sheet.protection.sheet = True
    sheet.protection.formatColumns = sheet.protection.formatRows = False


def print_on_a4(sheet: Any, landscape: bool = False) -> None:
    """Let a sheet print on A4, as wide as the page, with the page's number at its foot."""
    sheet.page_setup.paperSize = A4
    sheet.page_setup.orientation = "landscape" if landscape else "portrait"
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.print_options.horizontalCentered = True
    margins = sheet.page_margins
    margins.left = margins.right = 0.6
    margins.top = margins.bottom = 0.75
    sheet.oddFooter.center.text = "第&P页，共&N页"

"""Workbooks that we write: text stays text, and the same content gives the same bytes."""

import io
import re
import zipfile
from typing import Any


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
    buffer = io.BytesIO()
    book.save(buffer)
    return without_dates(buffer.getvalue())


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

"""Write a county's tables as CSV and as a workbook, and the empty workbook to fill in."""

import csv
import itertools
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from balancelib.county import fill_in, instructions
from balancelib.county.files import whole_or_absent
from balancelib.county.schema import ITEM_COLUMNS, Column, Table, schema
from balancelib.sheets import Entry, Page, new_book, packed, put, text
from balancelib.text import number

ITEM_HEADERS = ("项目", "值", "单位", "说明")
ITEM_WIDTHS = (40, 16, 8, 74, 12)
_TEXTS = {"text", "areas", "month", "date"}


def write_csv(tables: Mapping[str, pd.DataFrame], folder: str | Path) -> list[Path]:
    """Write each table as CSV by machine name, UTF-8 with BOM, and return the files."""
    paths = []
    for table in schema().tables:
        if table.name in tables:
            path = Path(folder) / f"{table.name}.csv"
            with (
                whole_or_absent(path) as temporary,
                temporary.open("w", encoding="utf-8-sig", newline="") as file,
            ):
                csv.writer(file, lineterminator="\r\n").writerows(_csv_rows(table, tables[table.name]))
            paths.append(path)
    return paths


def _csv_rows(table: Table, frame: pd.DataFrame) -> Iterator[list[Any]]:
    if table.layout == "items":
        coded = frame["county_id"].notna().any()
        yield ["county_id", "item", "value"] if coded else ["item", "value"]
        for row in frame.to_dict("records"):
            for column in table.columns:
                if (text := _machine(column, row[column.name])) != "":
                    yield [row["county_id"], column.name, text] if coded else [column.name, text]
        return
    columns = _filled(table, frame)
    yield [column.name for column in columns]
    cells = [[_machine(column, value) for value in frame[column.name]] for column in columns]
    yield from zip(*cells, strict=True)


def _filled(table: Table, frame: pd.DataFrame) -> list[Column]:
    """Return the columns to write: all but the optional ones that nobody filled."""
    return [
        column for column in table.columns
        if column.column == "required" or (column.name in frame and frame[column.name].notna().any())
    ]  # fmt: skip


def _machine(column: Column, value: Any) -> Any:
    """Return a cell for CSV; text that a spreadsheet would take for a formula gets an apostrophe."""
    if _blank(value):
        return ""
    if column.type == "areas":
        return ";".join(number(area) for area in value) or "0"
    if column.numeric:
        return int(value) if float(value).is_integer() else repr(float(value))
    return f"'{value}" if str(value).startswith(("=", "+", "-", "@", "\t", "\r")) else value


def _blank(value: Any) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))


def write_workbook(path: str | Path, tables: Mapping[str, pd.DataFrame] | None = None) -> Path:
    """Write a workbook in Chinese: filled with ``tables``, or empty, to be filled in by a county.

    Sheets that are only read explain how to fill in the others, show two schools as an example, and explain every column. Choices have drop-downs, numbers their ranges, and every cell a tip. The same tables give the same bytes.
    """
    book = new_book()
    instructions.steps(book)
    instructions.examples(book, chinese)
    for table in schema().tables:
        frame = None if tables is None else tables.get(table.name)
        write = _items_sheet if table.layout == "items" else _rows_sheet
        write(book, table, frame)
        if table.required:
            book[table.label].sheet_properties.tabColor = fill_in.COLOURS["＊"]
    instructions.columns(book)
    path = Path(path)
    with whole_or_absent(path) as temporary:
        temporary.write_bytes(packed(book))
    return path


def without_long(tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return the tables that go into the sample's workbook: those with a row a pupil, a lesson or a period are left to CSV."""
    long = {table.name for table in schema().tables if table.long}
    return {name: frame for name, frame in tables.items() if name not in long}


def _rows_sheet(book: Any, table: Table, frame: pd.DataFrame | None) -> None:
    sheet = book.create_sheet(table.label)
    sheet.append([column.header for column in table.columns])
    fill_in.mark_head(sheet, table.columns)
    last = 1 + (0 if frame is None else len(frame)) + fill_in.OPEN_ROWS
    for k, column in enumerate(table.columns, 1):
        letter = sheet.cell(1, k).column_letter
        dimension = sheet.column_dimensions[letter]
        dimension.width = fill_in.width(column)
        if column.type in _TEXTS:
            dimension.number_format = "@"  # what is typed in stays text: no lost zeros, no dates
        fill_in.guide(sheet, table, column, f"{letter}2:{letter}{last}")
        for i, value in enumerate([] if frame is None else frame[column.name], 2):
            put(sheet, i, k, chinese(column, value), as_text=column.type in _TEXTS)
    _hold(sheet, table)


def _hold(sheet: Any, table: Table) -> None:
    """Keep the header and what tells one row from another in sight, on the screen and on paper."""
    held = sum(1 for _ in itertools.takewhile(lambda c: c.name in {*table.key, "name"}, table.columns))
    sheet.freeze_panes = f"{sheet.cell(1, held + 1).column_letter}2"
    fill_in.print_table(sheet, f"A:{sheet.cell(1, held).column_letter}")


def _items_sheet(book: Any, table: Table, frame: pd.DataFrame | None) -> None:
    """Write one item a row; where the data are of several counties, each county's items below another's."""
    records: list[dict[str, Any]] = [{}] if frame is None or frame.empty else frame.to_dict("records")
    coded = any(not _blank(record.get("county_id")) for record in records)
    page = Page(book, table.label, ITEM_WIDTHS, landscape=True)
    rows = [_item(column, record) for record in records for column in table.columns]
    page.table([*ITEM_HEADERS, ITEM_COLUMNS[-1].header][: 4 + coded], [row[: 4 + coded] for row in rows],
               spans=(1,) * (4 + coded), repeat=True)  # fmt: skip
    for i, column in enumerate(table.columns * len(records), 2):
        fill_in.guide(page.sheet, table, column, f"B{i}")
    page.sheet.freeze_panes = "C2"


def _item(column: Column, record: Mapping[str, Any]) -> list[Entry]:
    value = Entry(chinese(column, record.get(column.name)), "待填")
    return [text(column.label), value, Entry(column.unit), text(column.note), Entry(record.get("county_id"))]


def chinese(column: Column, value: Any) -> Any:
    """Return a value as a workbook shows it: choices in Chinese, numbers as numbers, None for blank."""
    if _blank(value):
        return None
    if column.type == "code":
        return column.codes[value]
    if column.type == "yes_no":
        return "是" if value else "否"
    if column.numeric:
        return int(value) if float(value).is_integer() else float(value)
    return str(_machine(column, value))

"""Write a county's tables as CSV and as a workbook, and the empty workbook to fill in."""

import csv
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from balancelib.county.files import whole_or_absent
from balancelib.county.schema import Column, Table, schema
from balancelib.sheets import head_row, packed, put
from balancelib.text import number

ITEM_HEADERS = ("项目", "值", "单位", "说明")
LEFT_OPEN_ROWS = 1000  # rows of the template that have drop-downs and ranges


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

    A sheet explains every column; choices have drop-downs and numbers their ranges. The same tables give the
    same bytes.
    """
    import openpyxl  # noqa: PLC0415  heavy: only where a workbook is written

    book = openpyxl.Workbook()
    _instructions(book.active)
    for table in schema().tables:
        sheet = book.create_sheet(table.label)
        frame = None if tables is None else tables.get(table.name)
        if table.layout == "items":
            _items_sheet(sheet, table, frame)
        else:
            _rows_sheet(sheet, table, frame)
    path = Path(path)
    with whole_or_absent(path) as temporary:
        temporary.write_bytes(packed(book))
    return path


def _instructions(sheet: Any) -> None:
    sheet.title = "填表说明"
    lines = [
        "把学校的数填进“学校”表，一所学校一行。别的表有多少填多少，没有收到的留空；哪张表做什么用，见下面。",
        "学校没有的学段留空；有这个学段而数是零，写0。空白永远不会当作0。",
        "只填汇总数。不要填学生和教师的姓名、身份证号、手机号。",
        "填好后运行：balancelib check 文件名.xlsx，再运行：balancelib assess 文件名.xlsx",
    ]
    for line in lines:
        sheet.append([line])
    _listed(sheet, ["表", "怎样用"], [[table.label, table.note] for table in schema().tables])
    _listed(
        sheet,
        ["表", "列或项目", "单位", "怎样填", "说明", "例"],
        [
            [table.label, c.label, c.unit, how_to_fill(c), c.note, c.example]
            for table in schema().tables
            for c in table.columns
        ],
    )
    for letter, width in zip("ABCDEF", (16, 34, 10, 30, 70, 22), strict=True):
        sheet.column_dimensions[letter].width = width


def _listed(sheet: Any, head: list[str], rows: list[list[Any]]) -> None:
    sheet.append([])
    sheet.append(head)
    head_row(sheet, sheet.max_row)
    for row in rows:
        sheet.append(row)


def how_to_fill(column: Column) -> str:
    """Say in a few words what a cell of the column takes."""
    kinds = {
        "text": "文字",
        "count": "整数",
        "number": "数",
        "areas": "用分号隔开的数",
        "yes_no": "是、否",
        "year": "年份",
        "date": "日期，例如2026-03-01",
    }
    text = "、".join(column.codes.values()) if column.type == "code" else kinds[column.type]
    return text + {"always": "；必填", "applies": "；有这个学段就必填" if column.stage else "；必填"}.get(
        column.needed, ""
    )


def _rows_sheet(sheet: Any, table: Table, frame: pd.DataFrame | None) -> None:
    sheet.append([column.header for column in table.columns])
    head_row(sheet, 1)
    sheet.freeze_panes = "C2" if table.name == "schools" else "B2"
    for k, column in enumerate(table.columns, 1):
        letter = sheet.cell(1, k).column_letter
        sheet.column_dimensions[letter].width = 26 if column.name == "name" else 15
        _validate(
            sheet, column, f"{letter}2:{letter}{max(LEFT_OPEN_ROWS, 0 if frame is None else len(frame)) + 1}"
        )
        if column.identifies:
            sheet.column_dimensions[letter].number_format = "@"
    if frame is not None:
        columns = [[_chinese(column, value) for value in frame[column.name]] for column in table.columns]
        for k, (column, values) in enumerate(zip(table.columns, columns, strict=True), 1):
            for i, value in enumerate(values, 2):
                put(sheet, i, k, value, as_text=column.identifies)


def _items_sheet(sheet: Any, table: Table, frame: pd.DataFrame | None) -> None:
    sheet.append(ITEM_HEADERS)
    head_row(sheet, 1)
    sheet.freeze_panes = "C2"
    for letter, width in zip("ABCD", (38, 14, 8, 80), strict=True):
        sheet.column_dimensions[letter].width = width
    values = {} if frame is None or frame.empty else frame.iloc[0].to_dict()
    for i, column in enumerate(table.columns, 2):
        row = (column.label, _chinese(column, values.get(column.name)), column.unit, column.note)
        for k, value in enumerate(row, 1):
            put(sheet, i, k, value)
        _validate(sheet, column, f"B{i}")


def _chinese(column: Column, value: Any) -> Any:
    if _blank(value):
        return None
    if column.type == "code":
        return column.codes[value]
    if column.type == "yes_no":
        return "是" if value else "否"
    text = _machine(column, value)
    return float(text) if column.numeric and isinstance(text, str) else text if column.numeric else str(text)


def _validate(sheet: Any, column: Column, cells: str) -> None:
    """Give a cell range its drop-down or its range of numbers."""
    from openpyxl.worksheet.datavalidation import DataValidation  # noqa: PLC0415

    choices = (
        list(column.codes.values())
        if column.type == "code"
        else ["是", "否"]
        if column.type == "yes_no"
        else []
    )
    if choices:
        rule = DataValidation(type="list", formula1=f'"{",".join(choices)}"', allow_blank=True)
    elif column.numeric:
        low, high = column.limits
        whole = "decimal" if column.type == "number" else "whole"
        rule = DataValidation(type=whole, operator="between", formula1=f"{low:.0f}", formula2=f"{high:.0f}")
    else:
        return
    rule.showErrorMessage = True
    rule.errorTitle, rule.error = column.label, f"应填：{how_to_fill(column)}"
    sheet.add_data_validation(rule)
    rule.add(cells)

"""Our workbook filled from national returns, with a sheet that says where each number came from."""

import io
from collections.abc import Iterator, Mapping
from pathlib import Path

import pandas as pd

from balancelib.county.parsed import Parsed
from balancelib.county.schema import Column, Table, schema
from balancelib.county.write import write_workbook
from balancelib.sheets import head_row, packed, put

SOURCES = "出处"
HEAD = ("学校标识码", "学校名称", "表", "列", "值", "文件", "工作表", "单元格")
WIDTHS = (14, 26, 12, 26, 14, 30, 20, 10)


def filled_workbook(tables: Mapping[str, Parsed], folder: Path) -> bytes:
    """Return our workbook with the tables in it and the sheet of sources; a temporary file is written to ``folder``."""
    import openpyxl  # noqa: PLC0415  heavy: only where a workbook is written

    path = write_workbook(folder / "filled.xlsx", {name: parsed.frame for name, parsed in tables.items()})
    book = openpyxl.load_workbook(io.BytesIO(path.read_bytes()))
    path.unlink()
    sheet = book.create_sheet(SOURCES)
    sheet.append(HEAD)
    head_row(sheet, 1)
    sheet.freeze_panes = "A2"
    for letter, width in zip("ABCDEFGH", WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width
    for i, row in enumerate(source_rows(tables), 2):
        for k, value in enumerate(row, 1):
            put(sheet, i, k, value, as_text=k == 1)
    return packed(book)


def source_rows(tables: Mapping[str, Parsed]) -> Iterator[tuple]:
    """Yield a row for each cell that a number was made from, as `HEAD` names its parts."""
    names = tables["schools"].frame.set_index("school_id")["name"]
    for name, parsed in tables.items():
        table = schema().table(name)
        for i, school_id in enumerate(parsed.frame["school_id"]):
            for column in table.columns:
                value = _shown(column, parsed.frame[column.name].iloc[i])
                for cell in parsed.source.cells(i, column.name) if value is not None else ():
                    yield school_id, names.get(school_id), table.label, column.label, value, *cell


def _shown(column: Column, value: object) -> object:
    if value is None or pd.isna(value):
        return None
    return column.codes.get(value, value) if isinstance(value, str) else float(value)


def blanks(tables: Mapping[str, Parsed]) -> list[tuple[Column, int]]:
    """Return the columns of ``schools`` that are to be filled in by hand, each with the number of schools."""
    frame = tables["schools"].frame
    kinds = schema().kinds
    having = {
        s: frame["kind"].isin([k for k, kind in kinds.items() if s in kind.stages]) for s in schema().stages
    }
    found = []
    for column in schema().table("schools").columns:
        if column.needed == "always":
            applies = pd.Series(True, index=frame.index)
        else:
            applies = having[column.stage] if column.stage else having["primary"] | having["junior"]
        count = int((applies & frame[column.name].isna()).sum())
        found += [(column, count)] if count and column.needed != "optional" else []
    return found


def other_tables(tables: Mapping[str, Parsed]) -> list[Table]:
    """Return the tables that a verdict asks for and that returns do not hold."""
    return [
        table
        for table in schema().tables
        if table.name in ("school_items", "county_items") and table.name not in tables
    ]

"""A county's tables: read, understood, checked."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path

import numpy as np
import pandas as pd

from balancelib.county import cells, doctor
from balancelib.county.faults import Fault, InputError
from balancelib.county.files import RawTable, read_raw
from balancelib.county.parsed import Parsed
from balancelib.county.private import looks_private
from balancelib.county.schema import Column, plain


@dataclass(frozen=True)
class County:
    """The data of a county, or of several, without faults.

    Attributes
    ----------
    tables : dict of str to DataFrame
        By machine name; columns by machine name; blank is NaN or None.
    warnings : list of Fault
        What was found odd and does not stop the calculation.
    sha256 : str
        Of the input; empty for data that was never a file.
    """

    tables: dict[str, pd.DataFrame]
    warnings: list[Fault] = field(default_factory=list)
    sha256: str = ""

    @property
    def schools(self) -> pd.DataFrame:
        """Table ``schools``: one row a school."""
        return self.tables["schools"]


def read_county(path: str | Path, previous: str | Path | None = None) -> County:
    """Read and check a county's workbook, or its folder of CSV.

    Parameters
    ----------
    path : str or Path
        An ``.xlsx`` workbook, or a folder of CSV files named for their tables.
    previous : str or Path, optional
        The same for an earlier year; large jumps against it become warnings.

    Raises
    ------
    InputError
        Everything that is wrong, at once.
    """
    raws, sha256 = read_raw(Path(path))
    faults: list[Fault] = []
    parsed = {}
    for raw in raws:
        parsed[raw.table.name] = (
            _parse_items(raw, faults) if raw.table.layout == "items" else _parse_rows(raw, faults)
        )
    raws.clear()  # the raw cells of a large county are most of the memory
    complete = {name: p for name, p in parsed.items() if p is not None}
    faults += doctor.examine(complete)
    if previous is not None and "schools" in complete:
        faults += doctor.jumps(complete["schools"], read_county(previous).schools)
    if any(fault.severity == "fault" for fault in faults):
        raise InputError(faults)
    return County({name: p.frame for name, p in complete.items()}, faults, sha256)


def _parse_rows(raw: RawTable, faults: list[Fault]) -> Parsed | None:
    """Parse a table with one record a row; None where its columns are at fault."""
    places, found = _places(raw)
    found += _ragged(raw)
    faults += found
    if any(fault.severity == "fault" for fault in found):
        return None
    by_column = list(zip_longest(*raw.rows))
    nothing = (None,) * len(raw.rows)
    data, refused = {}, set()
    for column in raw.table.columns:
        at = places.get(column.name, len(by_column))
        column_cells = by_column[at] if at < len(by_column) else nothing
        array = np.fromiter(column_cells, dtype=object, count=len(column_cells))
        data[column.name], bad = cells.parse(column, array)
        for b in bad:
            refused.add((b.position, column.name))
            faults.append(_cell_fault(raw.sheet, raw.numbers[b.position], column, array[b.position], b))
    return Parsed(raw.table, raw.sheet, pd.DataFrame(data), np.array(raw.numbers, dtype=int), refused)


def _places(raw: RawTable) -> tuple[dict[str, int], list[Fault]]:
    """Where each column stands, and the faults of the header."""
    known = _names(raw.table.columns)
    places: dict[str, int] = {}
    faults = []
    for at, header in enumerate(raw.header):
        column = known.get(plain(header))
        if column is None:
            if looks_private(header, (row[at] for row in raw.rows if at < len(row))):
                faults.append(_private(raw.sheet, header))
        elif column.name in places:
            faults.append(Fault(raw.sheet, f"“{column.label}”有两列", "请只留一列", 1, header))
        else:
            places[column.name] = at
    for column in raw.table.columns:
        if column.column == "required" and column.name not in places:
            faults.append(
                Fault(
                    raw.sheet,
                    "缺少这一列",
                    f"请补上，列名用“{column.header}”或{column.name}",
                    1,
                    column.label,
                )
            )
    return places, faults


def _names(columns: Iterable[Column]) -> dict[str, Column]:
    """Every form of a header that is understood: machine name, label, label with its unit."""
    return {plain(form): c for c in columns for form in (c.name, c.label, c.header)}


def _private(sheet: str, header: str) -> Fault:
    return Fault(
        sheet,
        "看起来是身份证号、手机号这类个人信息",
        "请删去这一列再读；本工具只用学校汇总数",
        1,
        header or "（没有列名）",
    )


def _ragged(raw: RawTable) -> Iterator[Fault]:
    """Rows of a CSV with more filled cells than the header has, which shift every later column."""
    width = len(raw.header)
    for number, row in zip(raw.numbers, raw.rows, strict=True):
        if len(row) > width and any(cell not in (None, "") for cell in row[width:]):
            yield Fault(raw.sheet, f"有{len(row)}格，比表头的{width}格多", "请检查这一行是否多了逗号", number)


def _cell_fault(sheet: str, number: int, column: Column, value: object, bad: cells.Bad) -> Fault:
    text = cells.as_text(np.array([value], dtype=object))[0]
    shown = text if len(text) <= 40 else text[:40] + "…"
    shown = "".join(c if c.isprintable() else "�" for c in shown)
    return Fault(sheet, bad.reason, bad.action, number, column.label, shown)


def _parse_items(raw: RawTable, faults: list[Fault]) -> Parsed | None:
    """Parse a table with one item a row (项目, 值) into one row a county."""
    at = {plain(header): i for i, header in reversed(list(enumerate(raw.header)))}
    places = {
        name: next((at[plain(form)] for form in forms if plain(form) in at), None)
        for name, forms in {
            "item": ("item", "项目"),
            "value": ("value", "值"),
            "county": ("county_id", "县区代码"),
        }.items()
    }
    missing = [label for label, name in (("项目", "item"), ("值", "value")) if places[name] is None]
    if missing:
        faults += (Fault(raw.sheet, "缺少这一列", f"请补上“{label}”列", 1, label) for label in missing)
        return None
    known = _names(raw.table.columns)
    taken = {i for i in places.values() if i is not None}
    faults += (
        _private(raw.sheet, header)
        for i, header in enumerate(raw.header)
        if i not in taken and looks_private(header, (row[i] for row in raw.rows if i < len(row)))
    )
    values: dict[tuple[str, str], tuple[int, object]] = {}
    items, item_values, counties = (_cells(raw, places[name]) for name in ("item", "value", "county"))
    columns = {item: known.get(plain(item)) for item in set(cells.as_text(items))}
    rows = zip(raw.numbers, cells.as_text(items), item_values, cells.as_text(counties), strict=True)
    for number, item, value, county in rows:
        column = columns[item]
        key = (county, column.name if column else "")
        if column is None:
            faults.append(_unknown_item(raw.sheet, number, item, value))
        elif key in values:
            faults.append(
                Fault(raw.sheet, f"这一项在第{values[key][0]}行已经填过", "请只留一行", number, column.label)
            )
        else:
            values[key] = (number, value)
    return _wide(raw, values, faults)


def _cells(raw: RawTable, at: int | None) -> np.ndarray:
    """Return one column's cells, None where there is no such column or the row is shorter."""
    column = [row[at] if at is not None and at < len(row) else None for row in raw.rows]
    return np.fromiter(column, dtype=object, count=len(column))


def _unknown_item(sheet: str, number: int, item: object, value: object) -> Fault:
    if looks_private(str(item), [value]):
        return _private(sheet, str(item))
    return Fault(
        sheet, "不认识的项目，没有使用", "请按模板的项目名填写", number, "项目", str(item), "warning"
    )


def _wide(raw: RawTable, values: dict[tuple[str, str], tuple[int, object]], faults: list[Fault]) -> Parsed:
    counties = list(dict.fromkeys(county for county, _ in values))
    columns = raw.table.columns
    numbers = np.zeros((len(counties), len(columns)), dtype=int)
    data, refused = {}, set()
    for j, column in enumerate(columns):
        column_cells = np.full(len(counties), None, dtype=object)
        for i, county in enumerate(counties):
            numbers[i, j], column_cells[i] = values.get((county, column.name), (0, None))
        data[column.name], bad = cells.parse(column, column_cells)
        for b in bad:
            refused.add((b.position, column.name))
            faults.append(
                _cell_fault(raw.sheet, int(numbers[b.position, j]), column, column_cells[b.position], b)
            )
    frame = pd.DataFrame({"county_id": np.array([c or None for c in counties], dtype=object), **data})
    return Parsed(raw.table, raw.sheet, frame, numbers, refused)

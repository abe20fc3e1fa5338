"""Tables of ours, as somebody filled them in: raw cells to values, every fault of a cell or a header listed."""

from pathlib import Path

import numpy as np
import pandas as pd

from balancelib.county import cells
from balancelib.county.faults import Fault, add_all
from balancelib.county.files import Only, RawTable, read_raw
from balancelib.county.parsed import Parsed
from balancelib.county.private import private_cells, private_header
from balancelib.county.schema import Column, named, plain
from balancelib.county.trace import Places
from balancelib.text import has_unseen


def read_tables(path: Path, only: Only = None) -> tuple[dict[str, Parsed], list[Fault], str]:
    """Read a workbook or a folder of CSV of ours, where ``only`` is given the tables and columns named there.

    Returns
    -------
    tables : dict of str to Parsed
        By machine name.
    faults : list of Fault
        What could not be read.
    sha256 : str
        Of the input.
    """
    raws, faults, sha256 = read_raw(path, only)
    tables = {}
    for raw in raws:
        asked = (only or {}).get(raw.table.name) or None
        parsed = _parse_items(raw, faults) if raw.table.layout == "items" else _parse_rows(raw, faults, asked)
        if parsed is not None:
            tables[raw.table.name] = parsed
    raws.clear()  # the raw cells of a large county are most of the memory
    return tables, faults, sha256


def _parse_rows(raw: RawTable, faults: list[Fault], asked: tuple[str, ...] | None) -> Parsed:
    """Parse a table with one record a row: every column that is there, or those asked for, and all rows."""
    places = _places(raw, faults, asked)
    shifted = _shifted(raw, faults)
    data, refused = {}, set()
    nothing = np.full(len(raw.rows), None)
    for column in sorted(raw.table.columns, key=lambda c: c.name != "school_id"):  # a fault names its school
        array = _cells(raw, places.get(column.name))
        data[column.name], bad = cells.parse(column, array)
        refused.update((b.position, column.name) for b in bad)
        schools = data.get("school_id", nothing)
        listed = (b for b in bad if b.position not in shifted)
        wrong = ((raw.numbers[b.position], column, array[b.position], b, schools[b.position]) for b in listed)
        add_all(faults, (_cell_fault(raw.sheet, *about) for about in wrong))
    absent = frozenset(c.name for c in raw.table.columns if c.column == "required" and c.name not in places)
    numbers = np.array(raw.numbers, dtype=int)
    source = Places(*_named(raw), numbers, places)
    frame = pd.DataFrame(data, columns=raw.table.names)
    return Parsed(raw.table, raw.sheet, frame, numbers, refused, shifted, absent, source)


def _named(raw: RawTable) -> tuple[str, str]:
    """Return file and sheet; a CSV is a file without sheets."""
    return (raw.file, raw.sheet) if raw.file else (raw.sheet, "")


def _places(raw: RawTable, faults: list[Fault], asked: tuple[str, ...] | None = None) -> dict[str, int]:
    """Where each column stands; lists the faults of the header. Of columns ``asked`` for by name only the key's must be there."""
    known = raw.table.headers
    places: dict[str, int] = {}
    row = raw.header_row
    if row > 1:
        reason = f"表头在第{row}行，应当在第1行"
        faults.append(Fault(raw.sheet, reason, f"请删去它上面的{row - 1}行（标题、说明）", row))
    for at, header in enumerate(raw.header):
        column = known.get(plain(_seen(header)))
        if column is None:
            if private_header(header) or private_cells(cells.as_text(_cells(raw, at))):
                faults.append(_private_column(raw, header))
        elif asked is not None and column.name not in asked:
            continue
        elif column.name in places:
            faults.append(Fault(raw.sheet, f"“{column.label}”有两列", "请只留一列", row, header))
        else:
            places[column.name] = at
            if header != _seen(header):
                faults.append(Fault(raw.sheet, "列名里有看不见的字符", "请删去重新录入", row, header))
    for column in raw.table.written:
        must = column.column == "required" and (asked is None or column.name in raw.table.key)
        if must and column.name not in places:
            action = f"请补上，列名用“{column.header}”或{column.name}"
            faults.append(Fault(raw.sheet, "缺少这一列", action, row, column.label))
    return places


def _seen(header: str) -> str:
    """Return a header without what cannot be seen; a line break in it can."""
    return header if header.isprintable() else "".join(c for c in header if c.isspace() or not has_unseen(c))


def _private_column(raw: RawTable, header: str) -> Fault:
    return Fault(
        raw.sheet,
        "看起来是身份证号、手机号这类个人信息",
        "请删去这一列再读；本工具不用个人的证件号和电话",
        raw.header_row,
        header or "（没有列名）",
    )


def _shifted(raw: RawTable, faults: list[Fault]) -> frozenset[int]:
    """Rows of a CSV with more filled cells than the header has, which shift every later column."""
    width, action = len(raw.header), "请检查这一行是否多了逗号"
    found = {
        i: len(row)
        for i, row in enumerate(raw.rows)
        if len(row) > width and any(cell not in (None, "") for cell in row[width:])
    }
    reasons = ((i, f"有{cells}格，比表头的{width}格多") for i, cells in found.items())
    add_all(faults, (Fault(raw.sheet, reason, action, raw.numbers[i]) for i, reason in reasons))
    return frozenset(found)


def _cell_fault(
    sheet: str, number: int, column: Column, value: object, bad: cells.Bad, school: str | None = None
) -> Fault:
    text = None if bad.secret else cells.as_text(np.array([value], dtype=object))[0]
    return Fault(
        sheet, bad.reason, bad.action, number, column.label, text, rule="read.cell", school_id=school
    )


def _parse_items(raw: RawTable, faults: list[Fault]) -> Parsed | None:
    """Parse a table with one item a row (项目, 值) into one row a county; None where no row can be told from another."""
    places = _places(raw, faults)
    shifted = _shifted(raw, faults)
    if "item" not in places:
        return None
    keys, bad_rows = {}, set(shifted)
    for column in raw.table.written:
        if column.name != "value":
            column_cells = _cells(raw, places.get(column.name))
            keys[column.name], bad = cells.parse(column, column_cells)
            for b in bad:
                if b.position not in shifted:
                    faults.append(
                        _cell_fault(raw.sheet, raw.numbers[b.position], column, column_cells[b.position], b)
                    )
                bad_rows.add(b.position)
    given = zip(keys["county_id"], keys["item"], _cells(raw, places.get("value")), strict=True)
    return _wide(
        raw, {i: row for i, row in enumerate(given) if i not in bad_rows}, places.get("value"), faults
    )


def _cells(raw: RawTable, at: int | None) -> np.ndarray:
    """Return one column's cells, None where there is no such column or the row is shorter."""
    if at is None:
        return np.full(len(raw.rows), None, dtype=object)
    column = [row[at] if at < len(row) else None for row in raw.rows]
    return np.fromiter(column, dtype=object, count=len(column))


def _items_by_place(
    raw: RawTable, rows: dict[int, tuple[str | None, str | None, object]], faults: list[Fault]
) -> dict[str | None, dict[str, tuple[int, object]]]:
    """Sort rows into counties and items: the row's number and the value of each."""
    known = named(raw.table.columns)
    columns = {item: known.get(plain(item or "")) for _, item, _ in rows.values()}
    found: dict[str | None, dict[str, tuple[int, object]]] = {}
    for i, (county, item, value) in rows.items():
        column, number = columns[item], raw.numbers[i]
        own = found.setdefault(county, {})
        if column is None:
            faults.append(_unknown_item(raw, number, item or "", value))
        elif column.name in own:
            reason = f"这一项在第{own[column.name][0]}行已经填过"
            faults.append(Fault(raw.sheet, reason, "请只留一行", number, column.label))
        else:
            own[column.name] = (number, value)
    return {county: own for county, own in found.items() if own}


def _unknown_item(raw: RawTable, number: int, item: str, value: object) -> Fault:
    texts = cells.as_text(np.array([item, value], dtype=object))
    if private_header(item) or private_cells(texts):
        action = "请删去这一行再读；本工具只用汇总数"
        return Fault(raw.sheet, "看起来是身份证号、手机号这类个人信息", action, number, "项目")
    return Fault(raw.sheet, "不认识的项目，没有使用", "请按模板的项目名填写", number, "项目", item, "warning")


def _wide(
    raw: RawTable, rows: dict[int, tuple[str | None, str | None, object]], at: int | None, faults: list[Fault]
) -> Parsed:
    """Make one row a county."""
    unread: list[Fault] = []
    counties = _items_by_place(raw, rows, unread)
    add_all(faults, unread)
    columns = raw.table.columns
    numbers = np.zeros((len(counties), len(columns) + 1), dtype=int)
    numbers[:, -1] = [min(number for number, _ in own.values()) for own in counties.values()]
    data, refused = {"county_id": np.array(list(counties), dtype=object)}, set()
    for j, column in enumerate(columns):
        own = [items.get(column.name, (0, None)) for items in counties.values()]
        numbers[:, j] = [number for number, _ in own]
        column_cells = np.fromiter((value for _, value in own), dtype=object, count=len(own))
        data[column.name], bad = cells.parse(column, column_cells)
        for b in bad:
            refused.add((b.position, column.name))
            faults.append(
                _cell_fault(raw.sheet, int(numbers[b.position, j]), column, column_cells[b.position], b)
            )
    items = tuple(column.name for column in columns)
    source = Places(*_named(raw), numbers, {} if at is None else dict.fromkeys(items, at), items)
    return Parsed(raw.table, raw.sheet, pd.DataFrame(data), numbers, refused, source=source)

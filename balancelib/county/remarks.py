"""What a sheet hides or merges: hidden rows and columns are read and named, merged cells of the data are refused."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from balancelib.county.faults import Fault
from balancelib.county.schema import Column, plain
from balancelib.county.worksheet import Area, Worksheet, letters

if TYPE_CHECKING:
    from balancelib.county.files import RawTable

_LOOK = "请取消隐藏，核对里面的数；不要的请删去"
MOST_NAMED = 20  # ranges in one message
MOST_RANGES = 20_000  # of hidden columns: there are no more columns than that


def remarks(raw: RawTable, sheet: Worksheet, hidden: bool) -> Iterator[Fault]:
    """Yield what a table's sheet hides (warnings) and which of the table's cells are merged (faults)."""
    if hidden:
        yield Fault(raw.sheet, "这张表是隐藏的，照样读了", _LOOK, severity="warning")
    yield from _hidden_rows(raw, sheet)
    known = _known(raw)
    yield from _hidden_columns(raw, sheet, known)
    for area in sheet.merged:
        yield from _merged(raw, area, known)


def _hidden_rows(raw: RawTable, sheet: Worksheet) -> Iterator[Fault]:
    rows = set(sheet.hidden_rows).intersection(raw.numbers)
    if rows:
        named = _ranges(sorted(rows))
        yield Fault(raw.sheet, f"第{named}行是隐藏的，照样读了", _LOOK, min(rows), severity="warning")


def _hidden_columns(raw: RawTable, sheet: Worksheet, known: dict[int, Column]) -> Iterator[Fault]:
    columns = [
        at for at in known if any(first <= at <= last for first, last in sheet.hidden_columns[:MOST_RANGES])
    ]
    if columns:
        reason = f"{_ranges(columns, letters)}列是隐藏的，照样读了"
        label = known[columns[0]].label
        yield Fault(raw.sheet, reason, _LOOK, raw.header_row, label, severity="warning")


def _merged(raw: RawTable, area: Area, known: dict[int, Column]) -> Iterator[Fault]:
    """One fault where an area of merged cells touches the header or a row of data in a column of ours."""
    rows = [raw.header_row, *raw.numbers]
    at = bisect_left(rows, area.top)
    columns = [column for k, column in known.items() if area.left <= k <= area.right]
    if columns and at < len(rows) and rows[at] <= area.bottom:
        reason = f"{area}是合并单元格，只有左上角的一格有值"
        yield Fault(raw.sheet, reason, "请取消合并，每一格都填上自己的值", rows[at], columns[0].label)


def _known(raw: RawTable) -> dict[int, Column]:
    """Return the columns of ours by the number, from 1, of the sheet's column."""
    headers = raw.table.headers
    found = {k: headers.get(plain(header)) for k, header in enumerate(raw.header, 1)}
    return {k: column for k, column in found.items() if column is not None}


def _ranges(numbers: list[int], name: Callable[[int], str] = str) -> str:
    """Write rising numbers as ranges: ``3、5–8``."""
    ranges: list[list[int]] = []
    for number in numbers:
        if ranges and number == ranges[-1][1] + 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    texts = [name(a) if a == b else f"{name(a)}–{name(b)}" for a, b in ranges[:MOST_NAMED]]
    return "、".join(texts) + (f"等{len(numbers)}" if len(ranges) > MOST_NAMED else "")

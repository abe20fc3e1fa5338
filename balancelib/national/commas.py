"""CSV of many counties: read by Polars, which is quick; what it cannot read is looked at as a county's is, to say where and why."""

import csv
from collections.abc import Callable, Iterator
from io import BytesIO, TextIOWrapper
from itertools import islice
from typing import TYPE_CHECKING

from balancelib.county.delimited import csv_rows
from balancelib.county.faults import Unreadable
from balancelib.county.files import HEADER_WITHIN, header_at
from balancelib.county.schema import Table

if TYPE_CHECKING:
    import polars as pl

_AGAIN = "请在Excel或WPS里另存为CSV（UTF-8）"


def csv_cells(
    pl: "type[pl]", content: bytes, table: Table, ours: Callable[["pl.LazyFrame"], "pl.DataFrame"]
) -> "pl.DataFrame":
    """Return of a CSV what ``ours`` takes of its rows, all of it text, or raise `Unreadable`.

    Read as UTF-8, else as GB18030, as `balancelib.county.delimited.csv_rows` does. Cells beyond the header must be blank.
    """
    if not content:
        raise Unreadable("是空的", "请检查文件，重新导出")
    if b"\n" not in content:
        content = content.replace(b"\r", b"\n")  # as an old Mac ends its lines
    _refuse_late_header(_first_rows(content), table)
    content = _utf8(content)
    try:
        return ours(pl.scan_csv(BytesIO(content), infer_schema=False))
    except pl.exceptions.PolarsError:
        _refuse_longer_rows(content)
        return ours(pl.scan_csv(BytesIO(content), infer_schema=False, truncate_ragged_lines=True))


def _first_rows(content: bytes) -> list[list[str]]:
    """Return the first rows; what is no CSV in any encoding, or not apart by commas, is refused there."""
    lines = list(islice(BytesIO(content), HEADER_WITHIN))
    while b"".join(lines).count(b'"') % 2:  # the last ones end within a cell
        lines.pop()
    return csv_rows(b"".join(lines))


def _utf8(content: bytes) -> bytes:
    for encoding in ("utf-8", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return content if encoding == "utf-8" else text.encode()
    raise Unreadable("编码既不是UTF-8也不是GB18030", _AGAIN)


def _refuse_late_header(rows: list[list[str]], table: Table) -> None:
    """Refuse a header that stands below a title."""
    if above := header_at(table, rows):
        action = f"请删去它上面的{above}行（标题、说明）"
        raise Unreadable(f"表头在第{above + 1}行，应当在第1行", action, above + 1)


def _refuse_longer_rows(content: bytes) -> None:
    """Refuse rows that have more filled cells than the header, and quotes that do not pair."""
    rows, width = _numbered(content), 0
    for number, row in rows:
        width = width or len(row)
        if any(row[width:]):
            reason = f"有{len(row)}格，比表头的{width}格多"
            raise Unreadable(reason, "请检查这一行是否多了逗号", number)


def _numbered(content: bytes) -> Iterator[tuple[int, list[str]]]:
    number = 0
    try:
        for number, row in enumerate(
            csv.reader(TextIOWrapper(BytesIO(content), "utf-8-sig", newline=""), strict=True), 1
        ):
            yield number, row
    except csv.Error:
        raise Unreadable("不是合格的CSV，多半是引号没有成对", _AGAIN, number + 1) from None

"""CSV as people's programs write it: strict UTF-8, else GB18030, with or without a mark; rows within bounds."""

import codecs
import csv
import io
from collections.abc import Iterator

from balancelib.county.faults import Unreadable

MOST_ROWS = 1_048_576  # as a sheet has
MOST_CELLS = 10_000_000  # blank ones between filled ones too: 200,000 schools have 9 million
WIDEST = 1_000  # cells in a row: the widest table has 60
LONGEST_LINE = 2**20  # characters
_AGAIN = "请在Excel或WPS里另存为CSV（UTF-8）"
_OTHER = (
    (b"PK\x03\x04", "其实是.xlsx工作簿", "请直接读这个工作簿（后缀改回.xlsx），或另存为CSV（UTF-8）"),
    (b"\xd0\xcf\x11\xe0", "其实是旧格式的.xls或.et工作簿", _AGAIN),
    (codecs.BOM_UTF16_LE, "编码是UTF-16（Excel的“Unicode文本”）", _AGAIN),
    (codecs.BOM_UTF16_BE, "编码是UTF-16（Excel的“Unicode文本”）", _AGAIN),
)


def csv_rows(content: bytes) -> list[list[str]]:
    """Return the rows, or raise `Unreadable`.

    Decoded strictly as UTF-8, else as GB18030, which is what Chinese Excel writes; the other order corrupts.
    """
    for mark, reason, action in _OTHER:
        if content.startswith(mark):
            raise Unreadable(reason, action)
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            rows = list(_rows(io.TextIOWrapper(io.BytesIO(content), encoding, newline="")))
        except UnicodeDecodeError:
            continue
        _refuse_other_marks(rows)
        return rows
    raise Unreadable("编码既不是UTF-8也不是GB18030", _AGAIN)


def _refuse_other_marks(rows: list[list[str]]) -> None:
    """Refuse cells that are not apart by commas: they would be one column."""
    first = next((row for row in rows if row), [""])
    for mark, name in (("\t", "制表符"), (";", "分号"), ("；", "分号"), ("，", "全角逗号"), ("|", "竖线")):
        if len(first) == 1 and mark in first[0]:
            raise Unreadable(f"各格是用{name}分开的，不是半角逗号", _AGAIN, 1)


def _rows(text: io.TextIOWrapper) -> Iterator[list[str]]:
    reader, number, kept = csv.reader(_lines(text), strict=True), 0, 0
    while True:
        number += 1
        try:
            row = next(reader, None)
        except csv.Error:
            raise Unreadable("不是合格的CSV，多半是引号没有成对", _AGAIN, number) from None
        if row is None:
            return
        kept += len(row)
        if number > MOST_ROWS or kept > MOST_CELLS:
            raise Unreadable("行或格太多，不像一个县的数据", "请只留学校的数据，删去空行和别的内容", number)
        if len(row) > WIDEST:
            raise Unreadable(f"有{len(row)}格，不像一张表", "请检查这一行是否多了逗号", number)
        yield row


def _lines(text: io.TextIOWrapper) -> Iterator[str]:
    """Yield the lines; one without an end would be read into memory whole."""
    number = 0
    while line := text.readline(LONGEST_LINE):
        number += 1
        if len(line) == LONGEST_LINE and not line.endswith(("\n", "\r")):
            raise Unreadable("这一行太长，不像CSV", _AGAIN, number)
        yield line

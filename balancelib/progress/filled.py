"""A sheet that was handed out and comes back filled in: its cells as text, and what people and programs do to sheets on the way."""

import re
from collections.abc import Container, Iterable
from typing import Any

import numpy as np

from balancelib.county import cells
from balancelib.county.any_workbook import Raw
from balancelib.county.faults import Fault
from balancelib.county.private import private_cells
from balancelib.county.schema import schema
from balancelib.county.trace import Cell
from balancelib.county.worksheet import MOST_FORMULAS, letters

MOST_TOLD = 20  # formulas of a sheet
TYPE_IT = ("这一格是公式", "请直接填")
PRIVATE = ("里面像有身份证号或电话号码", "请删去；本工具不用个人的证件号和电话")
_BREAK = re.compile(r"\s*[\r\n]+\s*")


class Sheet:
    """A sheet, and what is found to be wrong in it.

    Parameters
    ----------
    file : str
        The workbook's name, for the faults.
    raw : Raw
    """

    def __init__(self, file: str, raw: Raw) -> None:
        self.file, self.name, self.rows, self.raw = file, raw.name, raw.cells.rows, raw
        self.formulas, self.faults = set(raw.cells.formulas), []

    def is_blank(self) -> bool:
        """Whether nothing stands in it."""
        return not any(
            self.text(row, c) for row, line in enumerate(self.rows, 1) for c in range(1, len(line) + 1)
        )

    def fault(self, row: int, column: int, reason: str, action: str, **more: Any) -> None:
        """List a fault of a cell; what looks like a number of a person is not quoted."""
        if more.get("value") and private_cells([more["value"]]):
            more["value"] = None
        place = str(Cell(self.file, self.name, f"{letters(column)}{row}"))
        self.faults.append(Fault(place, reason, action, **more))

    def refuse_private(self, row: int, column: int) -> None:
        """List a number of a person, once, without quoting it."""
        self.fault(row, column, *PRIVATE)

    def text(self, row: int, column: int) -> str:
        """Return a cell as text, blank outside the sheet; rows and columns count from 1."""
        line = self.rows[row - 1] if row <= len(self.rows) else ()
        if column > len(line) or line[column - 1] is None:
            return ""
        return cells.as_text(np.array([line[column - 1]], dtype=object))[0]

    def joined(self, row: int, column: int) -> str | None:
        """Return what was written in a cell, its lines joined by blanks; what is too long or cannot be seen is refused."""
        text = _BREAK.sub(" ", self.text(row, column))
        value = np.array([text], dtype=object)
        (said,), bad = cells.parse(schema().table("actions").column("evidence"), value)
        for one in bad:
            if not one.secret:  # numbers of people are looked for in every cell
                self.fault(row, column, one.reason, one.action, value=text)
        return said

    def is_formula(self, row: int, column: int) -> bool:
        """Whether a cell was not typed in."""
        return (row, column) in self.formulas

    def refuse_formulas(self, columns: Container[int]) -> None:
        """List the formulas in some columns, and those that are too many to be known."""
        own = sorted(place for place in self.formulas if place[1] in columns)
        for place in own[:MOST_TOLD]:
            self.fault(*place, *TYPE_IT)
        if len(own) > MOST_TOLD or len(self.formulas) >= MOST_FORMULAS:
            self.fault(1, 1, f"表里有{len(self.formulas)}处公式", "请全选，复制，“选择性粘贴”为数值")

    def refuse_merged(self, rows: Iterable[int]) -> None:
        """List merged cells that touch a row: all but the first of them have lost their value."""
        known = set(rows)
        for area in self.raw.cells.merged:
            if hit := [
                row
                for row in range(area.top, min(area.bottom, area.top + len(self.rows)) + 1)
                if row in known
            ]:
                reason = f"{area}是合并单元格，只有左上角的一格有值"
                self.fault(hit[0], area.left, reason, "请取消合并，每一格都填上自己的值")

    def tell_hidden(self, rows: Iterable[int], columns: Iterable[int]) -> None:
        """Warn of what is hidden and was read all the same."""
        hidden = set(self.raw.cells.hidden_rows).intersection(rows)
        spans = self.raw.cells.hidden_columns
        if self.raw.hidden or hidden or any(a <= column <= b for column in columns for a, b in spans):
            what = "这张表是隐藏的" if self.raw.hidden else "有隐藏的行或列"
            action = "请取消隐藏，核对里面填的"
            self.fault(min(hidden, default=1), 1, f"{what}，照样读了", action, severity="warning")

"""A sheet as cells that know their place, merged ranges filled."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from balancelib.county import cells
from balancelib.county.faults import Fault
from balancelib.county.returns.labels import Label, label, matching, plain_label
from balancelib.county.returns.shapes import shapes
from balancelib.county.schema import plain
from balancelib.county.trace import Cell, place

Area = tuple[tuple[int, int], tuple[int, int]]  # first and last cell of a merged range, from 0
_UNIT_NOTE = re.compile(r"\(?(?:计量|金额|面积)?单位:(.+?)\)?")
_NUMBER = re.compile(r"[甲乙丙丁]|\d{1,3}")


class Grid:
    """One sheet.

    Parameters
    ----------
    file, sheet : str
        Their names.
    rows : sequence of sequence
        The cells from A1 on.
    merged : iterable
        First and last cell, both from 0, of each merged range.
    hidden : bool
        Some of its rows or columns are hidden.
    """

    def __init__(
        self,
        file: str,
        sheet: str,
        rows: Sequence[Sequence[Any]],
        merged: Iterable[Area],
        hidden: bool = False,
    ) -> None:
        self.file, self.sheet, self.rows = file, sheet, rows
        self.hidden = hidden
        self.code = ""  # of the form that it is, once that is known
        self._noted: set[str] | None = None
        self._texts: dict[int, list[str]] = {}
        self.height, self.width = len(rows), max(map(len, rows), default=0)
        self._owner: dict[tuple[int, int], tuple[int, int]] = {}
        self._end: dict[tuple[int, int], int] = {}
        for (top, left), (bottom, right) in merged:
            for r in range(top, min(bottom, self.height - 1) + 1):
                for c in range(left, min(right, self.width - 1) + 1):
                    self._owner[r, c] = (top, left)
                    self._end[r, c] = bottom

    def raw(self, row: int, column: int) -> Any:
        """Return what stands in the cell itself."""
        cells_of_row = self.rows[row] if row < self.height else ()
        return cells_of_row[column] if column < len(cells_of_row) else None

    def owner(self, row: int, column: int) -> tuple[int, int]:
        """Return the first cell of the merged range that the cell is in, or the cell."""
        return self._owner.get((row, column), (row, column))

    def value(self, row: int, column: int) -> Any:
        """Return what the cell shows: of a merged range, what its first cell holds."""
        return self.raw(*self.owner(row, column))

    def text(self, row: int, column: int) -> str:
        """Return what the cell shows as text."""
        own_row, own_column = self.owner(row, column)
        line = self.texts(own_row) if own_row < self.height else ()
        return line[own_column] if own_column < len(line) else ""

    def last_row(self, row: int, column: int) -> int:
        """Return the last row of the merged range that the cell is in."""
        return self._end.get((row, column), row)

    def cell(self, row: int, column: int) -> Cell:
        """Return the cell's place: of a merged range, that of its first cell."""
        return Cell(self.file, self.sheet, place(*self.owner(row, column)))

    def fault(self, reason: str, action: str, cell: Cell | None = None, **more: Any) -> Fault:
        """Make a fault of this sheet, or of a cell of it."""
        return Fault(str(cell or Cell(self.file, self.sheet, "")), reason, action, **more)

    def texts(self, row: int) -> list[str]:
        """Return a row's cells as text, those that merging covers as blank."""
        if row not in self._texts:
            self._texts[row] = list(cells.as_text(self.rows[row]))
        return self._texts[row]

    def heading(self) -> Iterator[str]:
        """Yield the texts of the first rows, where a form's code and title stand."""
        for row in range(min(self.height, 12)):
            yield from filter(None, self.texts(row))

    def noted_units(self, wanted: str) -> list[str]:
        """Return the units that notes above the table give for what we have in ``wanted``: 金额单位：元."""
        if self._noted is None:
            notes = [found[1] for text in self.heading() if (found := _UNIT_NOTE.fullmatch(plain(text)))]
            self._noted = {
                unit for note in notes for unit in re.split("[、,/;]", note) if unit in shapes().units
            }
        return sorted(unit for unit in self._noted if shapes().units[unit].of == wanted)

    def labelled(self, names: Iterable[str], within: int) -> list[tuple[int, int]]:
        """Return the cells of the first rows whose label is one of ``names``."""
        wanted = set(names)
        return [
            (r, c)
            for r in range(min(self.height, within))
            for c, text in enumerate(self.texts(r))
            if text and set(label([text]).path) & wanted
        ]

    def headers(self, top: int, bottom: int) -> list[Label]:
        """Return the path of each column's header, which stands in the rows ``top`` to ``bottom``.

        Where the merging was lost, a blank cell belongs to what stands left of it, as long as those above do too.
        """
        lines = [[self.text(row, c) for c in range(self.width)] for row in range(top, bottom + 1)]
        if not any(top <= row <= bottom for row, _ in self._owner):
            for c in range(1, self.width):
                for line in lines[:-1]:
                    if line[c]:
                        break
                    line[c] = line[c - 1]
        return [label(line[c] for line in lines) for c in range(self.width)]


def is_numbering(texts: Sequence[str]) -> bool:
    """Whether a row only numbers the columns: 甲 乙 1 2 3."""
    given = [text for text in texts if text]
    if len(given) < 3 or not all(_NUMBER.fullmatch(text) for text in given):
        return False
    numbers = [int(text) for text in given if text.isdecimal()]
    return numbers == list(range(numbers[0], numbers[0] + len(numbers)) if numbers else [])


def is_total_row(texts: Iterable[str]) -> bool:
    """Whether a row's first texts say that it adds up others."""
    return any(plain_label(text) in shapes().totals for text in texts)


class Ambiguous(Exception):  # noqa: N818  becomes a fault
    """Several columns or rows fit, or a cell says what cannot be: the argument is the fault."""


def column_found(grid: Grid, headers: Sequence[Label], patterns: Sequence[Sequence[str]]) -> int | None:
    """Return the one column whose header ends with one of the paths, None where there is none."""
    found = matching(headers, patterns)
    if len(found) > 1:
        named = [f"{place(0, c)[:-1]}列“{'/'.join(headers[c].path)}”" for c in found]
        raise several(grid, patterns, named)
    return found[0] if found else None


def several(grid: Grid, patterns: Sequence[Sequence[str]], named: Sequence[str]) -> Ambiguous:
    """Say that several places fit."""
    reason = f"找“{'/'.join(patterns[0])}”，对得上的不止一处：{'、'.join(named)}"
    return Ambiguous(grid.fault(reason, "请只留一处，或者把表头改清楚"))

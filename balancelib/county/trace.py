"""Where a number came from: file, sheet, cell; worked out when asked for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np

from balancelib.county.worksheet import letters


class Cell(NamedTuple):
    """A cell of an input file.

    Attributes
    ----------
    file, sheet : str
        The file's name and the sheet's; of a CSV the sheet is empty.
    place : str
        As the spreadsheet names it, such as ``F12``.
    """

    file: str
    sheet: str
    place: str

    def __str__(self) -> str:
        return "，".join(part for part in self if part)


def listed(cells: Iterable[Cell]) -> str:
    """Name cells for a reader, those of one sheet together: ``小学.xlsx，综合表，V6、W6``."""
    together: dict[tuple[str, str], list[str]] = {}
    for cell in cells:
        together.setdefault(cell[:2], []).append(cell.place)
    return "；".join(
        "，".join(filter(None, (*sheet, "、".join(places)))) for sheet, places in together.items()
    )


class Source(Protocol):
    """What knows the cells of a table."""

    def cells(self, i: int, column: str) -> tuple[Cell, ...]:
        """Return the cells that row ``i`` of a column was made from: none where nothing was recorded."""


@dataclass(frozen=True)
class Places:
    """A table read from one sheet: a cell lies where its row and its column meet.

    Attributes
    ----------
    numbers : ndarray
        The spreadsheet row of each row; where one item is a row, of each item.
    columns : dict of str to int
        Where each column stands, from 0; where one item is a row, all in the column of values.
    items : tuple of str
        The items in the order of ``numbers``' columns; empty where one record is a row.
    """

    file: str
    sheet: str
    numbers: np.ndarray
    columns: Mapping[str, int]
    items: tuple[str, ...] = ()

    def cells(self, i: int, column: str) -> tuple[Cell, ...]:
        """Return the one cell; none where the sheet has not the column or the item."""
        number = self.numbers[i] if not self.items else self.numbers[i, self.items.index(column)]
        if column not in self.columns or not number:
            return ()
        return (Cell(self.file, self.sheet, place(int(number) - 1, self.columns[column])),)


@dataclass(frozen=True)
class Collected:
    """A table put together from many files: the cells of each number, those of a sum all."""

    found: Mapping[tuple[int, str], tuple[Cell, ...]]

    def cells(self, i: int, column: str) -> tuple[Cell, ...]:
        """Return all cells whose numbers were added up."""
        return self.found.get((i, column), ())


def place(row: int, column: int) -> str:
    """Name a cell: ``place(11, 5)`` is ``F12``."""
    return f"{letters(column + 1)}{row + 1}"

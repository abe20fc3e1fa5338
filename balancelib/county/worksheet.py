"""The cells of one sheet, with what a value alone does not tell: formulas, hidden rows and columns, merged cells."""

import datetime
import math
import re
from typing import Any, NamedTuple

from balancelib.county.archive import Reader, local, too_much, unreadable
from balancelib.county.cells import ERRORS, EXTERNAL, LONGEST_TEXT, UNCALCULATED
from balancelib.county.delimited import MOST_CELLS, MOST_ROWS, WIDEST

MOST_COLUMNS = 16_384  # of the format
MOST_MERGED = 100_000
MOST_FORMULAS = 10_000  # whose places are kept: who forbids them has seen enough
LONGEST_FORMULA = 8_192  # characters, of the format
NOTHING: list[Any] = []  # a blank row; one for all of them
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_LITERAL = re.compile(r'"[^"]*"')
# A formula that asks another workbook, another program or a web site: what it shows is not in this file.
_ELSEWHERE = re.compile(r"'[^']*\[\d+\][^']*'!|\[\d+\][\w.]*!|\w\|'|\b(WEBSERVICE|RTD)\(", re.IGNORECASE)
_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})(?::([A-Z]{1,3})([0-9]{1,7}))?\Z")


class Area(NamedTuple):
    """A rectangle of cells, rows and columns counted from 1, ends included."""

    top: int
    left: int
    bottom: int
    right: int

    def __str__(self) -> str:
        return f"{letters(self.left)}{self.top}:{letters(self.right)}{self.bottom}"


class Formats(NamedTuple):
    """What a sheet's cells refer to: the shared texts, which formats (by number, as text) are dates, and whether they count from 1904."""

    texts: list[str]
    dates: frozenset[str]
    from_1904: bool


class Worksheet(Reader):
    """Reads a sheet's part.

    Attributes
    ----------
    rows : list of list
        From row 1 on, each up to its last filled cell: text, float, bool, date or None; an error as its text.
    hidden_rows : list of int
        Those that have something in them.
    hidden_columns : list of tuple of int
        From and to, counted from 1.
    merged : list of Area
        Cells of which only the first has a value.
    formulas : list of tuple of int
        Row and column, from 1, of the first cells whose value is worked out and was not typed in.
    """

    def __init__(self, formats: Formats) -> None:
        super().__init__()
        self.rows: list[list[Any]] = []
        self.hidden_rows: list[int] = []
        self.hidden_columns: list[tuple[int, int]] = []
        self.merged: list[Area] = []
        self.formulas: list[tuple[int, int]] = []
        self._formats = formats
        self._shared: set[str] = set()  # shared formulas that ask elsewhere
        self._row, self._name_of_row, self._hidden, self._cells = 0, "", False, []
        self._cell: dict[str, str] = {}
        self._column = self._width = self._room = 0
        self._phonetic = False
        self._value: list[str] = []
        self._formula: list[str] | None = None
        self._of_shared: str | None = None
        self._into: list[str] | None = None

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Take the beginning of an element; what a large sheet has most of comes first."""
        self.elements += 1
        self.depth += 1
        name = local(tag) if ":" in tag else tag
        if name == "v":
            self._into, self._room = self._value, LONGEST_TEXT
        elif name == "c":
            self._begin_cell(attributes)
        else:
            self._begin_other(name, attributes)

    def _begin_other(self, name: str, attributes: dict[str, str]) -> None:
        if name == "row":
            self._begin_row(attributes)
        elif name == "f":
            self._formula = self._into = []
            self._of_shared, self._room = attributes.get("si"), LONGEST_FORMULA
        elif name == "t":
            self._into = None if self._phonetic else self._value
        elif name == "rPh":
            self._phonetic = True
        elif name == "col" and attributes.get("hidden") in ("1", "true"):
            self.hidden_columns.append((int(attributes["min"]), int(attributes["max"])))
        elif name == "mergeCell":
            self._merge(attributes["ref"])

    def end(self, tag: str) -> None:
        """Take the end of an element."""
        self.depth -= 1
        self._into = None
        name = local(tag) if ":" in tag else tag
        if name == "c":
            if self._value or self._formula is not None:
                self._end_cell()
        elif name == "row":
            self._end_row()
        elif name == "rPh":
            self._phonetic = False

    def text(self, data: str) -> None:
        """Take text, as much as it takes to see that it is too long."""
        if self._into is not None and self._room >= 0:
            self._into.append(data[: self._room + 1])
            self._room -= len(data)

    def _begin_row(self, attributes: dict[str, str]) -> None:
        last, self._row = self._row, int(attributes.get("r", self._row + 1))
        if not last < self._row <= MOST_ROWS:
            raise unreadable("行的次序乱了")
        self._name_of_row = str(self._row)
        self._hidden = attributes.get("hidden") in ("1", "true")
        self._cells, self._column = [], 0

    def _begin_cell(self, attributes: dict[str, str]) -> None:
        column, place = self._column + 1, attributes.get("r")
        if place is not None:
            name = place.removesuffix(self._name_of_row)
            column = _COLUMNS.get(name) or column_of(name)
        if column <= self._column:
            raise unreadable("单元格的次序乱了")
        self._cell, self._column, self._room = attributes, column, LONGEST_TEXT
        self._value, self._formula = [], None

    def _end_cell(self) -> None:
        text = "".join(self._value)
        if self._formula is not None and len(self.formulas) < MOST_FORMULAS:
            self.formulas.append((self._row, self._column))
        value = self._understood(text) if self._formula is None else self._result(text)
        if value == "":
            return
        if self._column > WIDEST:
            place = f"{letters(self._column)}{self._row}"
            raise unreadable(f"{place}有内容，离数据太远", f"请删去{place}里的内容")
        cells = self._cells
        if missing := self._column - 1 - len(cells):
            cells.extend([None] * missing)
        cells.append(value)

    def _result(self, text: str) -> Any:
        """Return what a formula gave, or why that is not known."""
        if self._asks_elsewhere("".join(self._formula or ())):
            return EXTERNAL
        if not text and self._cell.get("t") not in ("str", "inlineStr"):
            return UNCALCULATED
        return self._understood(text)

    def _understood(self, text: str) -> Any:
        kind = self._cell.get("t", "n")
        if kind == "n":
            return self._number(text)
        if kind == "s":
            return self._formats.texts[_index(text)]
        if kind == "b":
            return text in ("1", "true")
        if kind == "e":
            return text if text in ERRORS else "#VALUE!"
        return _moment(text) if kind == "d" else unescaped(text)

    def _asks_elsewhere(self, formula: str) -> bool:
        """Whether a formula does so, or the first of those that share it."""
        found = self._of_shared in self._shared or bool(_ELSEWHERE.search(_LITERAL.sub("", formula)))
        if found and self._of_shared is not None:
            self._shared.add(self._of_shared)
        return found

    def _number(self, text: str) -> Any:
        """Return a number, or the date that a format makes of it; what is no number stays text, and is refused as one."""
        if not text.isascii() or "_" in text:
            return text  # Python would take these for numbers too
        try:
            value = float(text)
        except ValueError:
            return text
        return _date(value, self._formats.from_1904) if self._cell.get("s") in self._formats.dates else value

    def _end_row(self) -> None:
        if not self._cells:
            return
        self.rows.extend([NOTHING] * (self._row - 1 - len(self.rows)))
        self.rows.append(self._cells)
        self._width += len(self._cells)
        if self._width > MOST_CELLS:
            raise too_much()
        if self._hidden:
            self.hidden_rows.append(self._row)

    def _merge(self, reference: str) -> None:
        found = _REFERENCE.match(reference.replace("$", ""))
        if not found or len(self.merged) >= MOST_MERGED:
            raise unreadable("合并单元格太多或写法不对")
        left, top, right, bottom = found.groups()
        if right:
            self.merged.append(Area(int(top), column_of(left), int(bottom), column_of(right)))


_COLUMNS: dict[str, int] = {}


def column_of(name: str) -> int:
    """Return a column's number, from 1, of its letters."""
    if name not in _COLUMNS:
        number = 0
        for letter in name:
            number = number * 26 + ord(letter) - ord("A") + 1
        if not (name.isascii() and name.isalpha() and name.isupper() and number <= MOST_COLUMNS):
            raise unreadable("单元格的位置写错了")
        _COLUMNS[name] = number
    return _COLUMNS[name]


def letters(column: int) -> str:
    """Return a column's letters, of its number from 1."""
    name = ""
    while column:
        column, digit = divmod(column - 1, 26)
        name = chr(ord("A") + digit) + name
    return name


def unescaped(text: str) -> str:
    """Return a text with the characters that the format writes as ``_x000D_``."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def _index(text: str) -> int:
    if not (text.isascii() and text.isdecimal()):
        raise ValueError(text)
    return int(text)


def _date(days: float, from_1904: bool) -> Any:
    """Return the date that a number is under a date's format; a time alone, and what no date can be, stay as they are.

    Day 60 of the count from 1900 is 29 February 1900, which never was (ECMA-376 part 1, 18.17.4.1).
    """
    if not (math.isfinite(days) and 1 <= days < 2_958_466):
        return f"{days:g}（日期格式）"
    start = datetime.datetime(1904, 1, 1) if from_1904 else datetime.datetime(1899, 12, 30 + (days < 60))
    try:
        moment = start + datetime.timedelta(days=days)
    except OverflowError:
        return f"{days:g}（日期格式）"
    return moment.date() if days.is_integer() else moment.replace(microsecond=0)


def _moment(text: str) -> Any:
    try:
        moment = datetime.datetime.fromisoformat(text)
    except ValueError:
        return text
    return moment.date() if moment.time() == datetime.time() else moment

"""The cells of a workbook, those too that calamine gives as blank: errors, and formulas without a result."""

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

import python_calamine

from balancelib.county.cells import ERRORS, UNCALCULATED

UNREADABLE = (
    python_calamine.CalamineError, zipfile.BadZipFile, ElementTree.ParseError, ValueError, KeyError, OSError, EOFError,
)  # fmt: skip
_WORTH_A_LOOK = re.compile(rb"\bt=[\"']e[\"']|<(?:\w+:)?f[ />]")


class Workbook:
    """A workbook's sheets by name; raises one of ``UNREADABLE`` where it is none."""

    def __init__(self, content: bytes) -> None:
        self._book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        self._archive = zipfile.ZipFile(io.BytesIO(content))
        self.names: list[str] = self._book.sheet_names

    def rows(self, name: str) -> list[list[Any]]:
        """Return a sheet's cells from A1 on; an error as its text."""
        rows = self._book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        for row, column, text in _left_out(self._xml(name)):
            rows.extend([] for _ in range(row + 1 - len(rows)))
            rows[row].extend([""] * (column + 1 - len(rows[row])))
            rows[row][column] = text
        return rows

    def merged(self, name: str) -> list[tuple[tuple[int, int], tuple[int, int]]]:
        """Return the first and last cell of each merged range, counted from 0."""
        return self._book.get_sheet_by_name(name).merged_cell_ranges or []

    def _xml(self, name: str) -> bytes:
        """Return the part of the archive that holds a sheet."""
        sheets = ElementTree.fromstring(self._archive.read("xl/workbook.xml")).iterfind("{*}sheets/{*}sheet")
        relation = {sheet.get("name"): _relation(sheet) for sheet in sheets}[name]
        links = ElementTree.fromstring(self._archive.read("xl/_rels/workbook.xml.rels"))
        target = {link.get("Id"): link.get("Target", "") for link in links}[relation]
        return self._archive.read(target[1:] if target.startswith("/") else f"xl/{target}")


def _relation(sheet: ElementTree.Element) -> str | None:
    """Return the attribute ``r:id``, whose namespace is another one in the strict form of the format."""
    return next((value for key, value in sheet.items() if key.endswith("}id")), None)


def _left_out(xml: bytes) -> Iterator[tuple[int, int, str]]:
    """Yield row, column (from 0) and text of the cells that are no values; most sheets have none, and are not parsed."""
    if not _WORTH_A_LOOK.search(xml):
        return
    row = column = -1
    for event, element in ElementTree.iterparse(io.BytesIO(xml), ("start", "end")):
        tag = element.tag.rpartition("}")[2]
        if event == "start" and tag == "row":
            row, column = int(element.get("r", row + 2)) - 1, -1
        elif event == "start" and tag == "c":
            place = element.get("r")
            column = _column(place) if place else column + 1
        elif event == "end" and tag == "c":
            if text := _no_value(element):
                yield row, column, text
        elif event == "end" and tag == "row":
            element.clear()


def _column(place: str) -> int:
    """Return the column, from 0, of a place such as ``AB12``."""
    column = 0
    for letter in place.rstrip("0123456789"):
        column = column * 26 + ord(letter) - ord("A") + 1
    return column - 1


def _no_value(cell: ElementTree.Element) -> str:
    value, kind = cell.findtext("{*}v") or "", cell.get("t")
    if kind == "e":
        return value if value in ERRORS else "#VALUE!"
    text = kind in {"str", "inlineStr"}  # a formula whose result is an empty text
    return UNCALCULATED if not (value or text) and cell.find("{*}f") is not None else ""

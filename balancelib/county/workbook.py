"""A workbook's sheets. Read here and not by a library's reader, whose one bad cell far out or endless text ends the process.

Peers build the whole rectangle up to the last cell, copy a shared text into each cell, and do not tell hidden rows, merged
cells, formulas without a result or links to other workbooks.
"""

import posixpath
import re
from typing import NamedTuple

from balancelib.county.archive import Archive, Reader, local, too_much, unreadable
from balancelib.county.cells import LONGEST_TEXT
from balancelib.county.delimited import MOST_CELLS
from balancelib.county.worksheet import Formats, Worksheet, unescaped

MOST_SHEETS = 1_000
_WORKSHEET = "/worksheet"
# ECMA-376 part 1, 18.8.30, with those of zh-cn
_DATES = {str(n) for n in (*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59))}
_NOT_LETTERS_OF_A_DATE = re.compile(r'"[^"]*"|\[(?!h+\]|m+\]|s+\])[^\]]*\]|\\.|_.|\*.', re.IGNORECASE)


class Entry(NamedTuple):
    """A sheet as the workbook lists it."""

    name: str
    hidden: bool
    relation: str


class Workbook:
    """A workbook's sheets by name; raises `Unreadable`, or one of `archive.DAMAGED` where it is none."""

    def __init__(self, content: bytes) -> None:
        self._archive = Archive(content)
        if self._archive.named("vbaproject.bin"):
            raise unreadable("里面有宏", "请在Excel或WPS里另存为不含宏的.xlsx")
        listed = self._archive.parse("xl/workbook.xml", _Listed())
        self._targets = self._archive.parse("xl/_rels/workbook.xml.rels", _Relations()).targets
        self._entries = {entry.name: entry for entry in listed.sheets}
        self._from_1904 = listed.from_1904
        self._formats: Formats | None = None
        self.names: list[str] = [entry.name for entry in listed.sheets]

    def hidden(self, name: str) -> bool:
        """Whether a sheet is hidden."""
        return self._entries[name].hidden

    def sheet(self, name: str) -> Worksheet:
        """Return a sheet's cells from A1 on."""
        if self._formats is None:
            self._formats = self._shared()
        return self._archive.parse(self._targets[self._entries[name].relation], Worksheet(self._formats))

    def _shared(self) -> Formats:
        texts, dates = [], frozenset()
        if (part := "xl/sharedStrings.xml") in self._archive:
            texts = self._archive.parse(part, _Texts()).texts
        if (part := "xl/styles.xml") in self._archive:
            dates = self._archive.parse(part, _Styles()).dates()
        return Formats(texts, dates, self._from_1904)


class _Listed(Reader):
    """The sheets that ``workbook.xml`` lists."""

    def __init__(self) -> None:
        super().__init__()
        self.sheets: list[Entry] = []
        self.from_1904 = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        super().start(tag, attributes)
        if local(tag) == "sheet":
            links = [value for key, value in attributes.items() if local(key) == "id" != key]
            relation = links[0]
            hidden = attributes.get("state", "visible") != "visible"
            self.sheets.append(Entry(unescaped(attributes["name"]), hidden, relation))
            if len(self.sheets) > MOST_SHEETS:
                raise unreadable("里面的表太多")
        elif local(tag) == "workbookPr":
            self.from_1904 = attributes.get("date1904") in ("1", "true")


class _Relations(Reader):
    """Which part each relation of the workbook leads to: worksheets only."""

    def __init__(self) -> None:
        super().__init__()
        self.targets: dict[str, str] = {}

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        super().start(tag, attributes)
        if local(tag) == "Relationship" and attributes.get("Type", "").endswith(_WORKSHEET):
            target = attributes["Target"].replace("\\", "/")
            self.targets[attributes["Id"]] = posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")


class _Texts(Reader):
    """The shared texts, each no longer than it takes to see that it is too long; readings (拼音) left out."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._parts: list[str] = []
        self._length, self._inside, self._phonetic = 0, False, False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        super().start(tag, attributes)
        name = local(tag)
        if name == "si":
            self._parts, self._length = [], 0
        elif name == "rPh":
            self._phonetic = True
        self._inside = name == "t" and not self._phonetic

    def end(self, tag: str) -> None:
        super().end(tag)
        self._inside = False
        name = local(tag)
        if name == "si":
            self.texts.append(unescaped("".join(self._parts)))
            if len(self.texts) > MOST_CELLS:
                raise too_much()
        elif name == "rPh":
            self._phonetic = False

    def text(self, data: str) -> None:
        if self._inside and self._length <= LONGEST_TEXT:
            self._parts.append(data[: LONGEST_TEXT + 1])
            self._length += len(data)


class _Styles(Reader):
    """Which of the formats that cells name by number are dates."""

    def __init__(self) -> None:
        super().__init__()
        self._dates: list[bool] = []
        self._own: dict[str, bool] = {}
        self._in_cells = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        super().start(tag, attributes)
        name = local(tag)
        if name == "numFmt" and "numFmtId" in attributes:
            self._own[attributes["numFmtId"]] = _is_date(attributes.get("formatCode", ""))
        elif name in {"cellXfs", "cellStyleXfs", "dxfs"}:
            self._in_cells = name == "cellXfs"
        elif name == "xf" and self._in_cells:
            number = attributes.get("numFmtId", "0")
            self._dates.append(self._own.get(number, number in _DATES))

    def dates(self) -> frozenset[str]:
        """Return the formats' numbers, as cells write them."""
        return frozenset(str(i) for i, date in enumerate(self._dates) if date)


def _is_date(code: str) -> bool:
    """Whether a format shows a date or a time: it has a letter of one outside quotes and brackets."""
    if len(code) > LONGEST_TEXT:
        return False
    letters = _NOT_LETTERS_OF_A_DATE.sub("", code.partition(";")[0]).lower()
    return "general" not in letters and any(letter in letters for letter in "ymdhs年月日时")

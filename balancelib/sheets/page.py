"""Sheets laid out as an office's form is, to be printed on A4 and signed."""

import math
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from balancelib.sheets.cells import print_on_a4, put

TITLE_SIZE, TEXT_SIZE = 18, 10.5  # points
TITLE_HEIGHT, LINE_HEIGHT = 33.0, 15.0  # points, of a line of either
# Type, size, bold, horizontal, fill and border of the forms' cells, by the name under which Excel lists the style.
STYLES = {
    "表题": ("宋体", TITLE_SIZE, True, "center", None, False),
    "小标题": ("黑体", 12, False, "left", None, False),
    "说明": ("仿宋", TEXT_SIZE, False, "left", None, False),
    "表头": ("宋体", TEXT_SIZE, True, "center", "E7E6E6", True),
    "居中": ("宋体", TEXT_SIZE, False, "center", None, True),
    "文字": ("宋体", TEXT_SIZE, False, "left", None, True),
    "未达到": ("宋体", TEXT_SIZE, True, "center", "F4B9A7", True),
    "临界": ("宋体", TEXT_SIZE, False, "center", "FFE699", True),
    "缺数": ("宋体", TEXT_SIZE, False, "center", "D9D9D9", True),
    "待填": ("宋体", TEXT_SIZE, False, "left", "EAF3E6", True),
}


def new_book() -> Any:
    """Return an empty workbook of openpyxl with the forms' `STYLES`; its other cells are in an office's type too."""
    import openpyxl  # noqa: PLC0415  heavy: only where a workbook is written
    from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Side  # noqa: PLC0415
    from openpyxl.utils.indexed_list import IndexedList  # noqa: PLC0415

    book = openpyxl.Workbook()
    book.remove(book.active)
    book.properties.creator = "balancelib"
    normal = Font(name="宋体", size=11, charset=134)
    book._fonts = IndexedList([normal])  # a cell without a style has the first font
    book._named_styles["Normal"].font = normal
    thin = Side(style="thin", color="000000")
    for name, (font, size, bold, horizontal, fill, bordered) in STYLES.items():
        style = NamedStyle(name, font=Font(name=font, size=size, bold=bold))
        style.alignment = Alignment(horizontal=horizontal, vertical="center", wrap_text=True)
        if fill:
            style.fill = PatternFill("solid", fgColor=fill)
        if bordered:
            style.border = Border(left=thin, right=thin, top=thin, bottom=thin)
        book.add_named_style(style)
    return book


@dataclass(frozen=True)
class Entry:
    """What a cell of a form holds and how it looks.

    Attributes
    ----------
    value : text, number or None
    style : str
        One of `STYLES`.
    decimals : int or None
        Decimals to show of a number; None shows those it has.
    sign : str
        Stands behind a number, which stays a number: a unit, or a mark that survives printing in grey.
    down : int
        How many rows the cell takes.
    link : str
        Name of a sheet that the cell leads to.
    """

    value: Any
    style: str = "居中"
    decimals: int | None = None
    sign: str = ""
    down: int = 1
    link: str = ""

    @property
    def number_format(self) -> str | None:
        """Excel's format of a number; None where the cell holds none."""
        if isinstance(self.value, str) or self.value is None or (self.decimals is None and not self.sign):
            return None
        plain = (
            "General" if self.decimals is None else "#,##0" + "." * bool(self.decimals) + "0" * self.decimals
        )
        sign = self.sign.replace('"', "")  # it would end the format's text
        return plain + (f'"{sign}"' if sign else "")

    @property
    def shown(self) -> str:
        """The text that the cell shows, to see how much room it needs."""
        if isinstance(self.value, str) or self.value is None:
            return self.value or ""
        return (
            f"{self.value:,.{self.decimals}f}" if self.decimals is not None else f"{self.value}"
        ) + self.sign


class Page:
    """A sheet laid out from top to bottom, as an office's form is: a title, notes, bordered tables, signatures.

    Parameters
    ----------
    book : Workbook
        From `new_book`.
    name : str
        The sheet's, as `sheet_names` gives it.
    widths : sequence of float
        Widths of the columns, in characters; tables may span several of them.
    landscape : bool
        A4 across, or upright.
    """

    def __init__(self, book: Any, name: str, widths: Sequence[float], landscape: bool = False) -> None:
        self.sheet, self.widths, self.row = book.create_sheet(name), widths, 1
        for k, width in enumerate(widths, 1):
            self.sheet.column_dimensions[_letter(k)].width = width
        print_on_a4(self.sheet, landscape)

    def title(self, text: str) -> None:
        """Write the title across the page."""
        self._across(
            text, "表题", TITLE_HEIGHT * lines_needed(text, sum(self.widths) * TEXT_SIZE / TITLE_SIZE)
        )

    def heading(self, text: str) -> None:
        """Write the heading of a table."""
        self._across(text, "小标题", 24.0)

    def note(self, text: str) -> None:
        """Write a note across the page, as high as its text needs."""
        self._across(text, "说明", LINE_HEIGHT * lines_needed(text, sum(self.widths)) + 5)

    def gap(self, height: float = 9.0) -> None:
        """Leave a small row free."""
        self.sheet.row_dimensions[self.row].height = height
        self.row += 1

    def table(
        self,
        head: Sequence[Any],
        rows: Iterable[Sequence[Any]],
        spans: Sequence[int] = (),
        repeat: bool = False,
    ) -> None:
        """Write a bordered table; cells are an `Entry`, or a plain value that is shown in the middle.

        Parameters
        ----------
        head, rows
            The header (empty for none) and the rows.
        spans
            How many of the page's columns each of the table's takes; one each where not given.
        repeat
            Repeat the header on every printed page, and keep it in sight.
        """
        spans = spans or [1] * len(self.widths)
        starts = [1 + sum(spans[:k]) for k in range(len(spans))]
        if head:
            self._row([Entry(text, "表头") for text in head], starts, spans)
            if repeat:
                self.sheet.print_title_rows = f"{self.row - 1}:{self.row - 1}"
                self.sheet.freeze_panes = f"A{self.row}"
        pending: dict[int, int] = {}  # columns taken by a cell from above, and for how many rows still
        for row in rows:
            entries = [cell if isinstance(cell, Entry) else Entry(cell) for cell in row]
            self._row(entries, starts, spans, pending)

    def signatures(self, *labels: str) -> None:
        """Leave lines to be signed by hand: so many labels beside each other."""
        self.gap(12.0)
        share = len(self.widths) / len(labels)
        self.sheet.row_dimensions[self.row].height = 30.0
        for k, label in enumerate(labels):
            first, last = round(k * share) + 1, round((k + 1) * share)
            self._merged(first, last, 1, Entry(label, "说明"))
        self.row += 1

    def _across(self, text: str, style: str, height: float) -> None:
        self._merged(1, len(self.widths), 1, Entry(text, style))
        self.sheet.row_dimensions[self.row].height = height
        self.row += 1

    def _row(
        self,
        entries: Sequence[Entry],
        starts: Sequence[int],
        spans: Sequence[int],
        pending: dict[int, int] | None = None,
    ) -> None:
        pending = {} if pending is None else pending
        lines = 1.0
        for entry, start, span in zip(entries, starts, spans, strict=True):
            if pending.get(start, 0):
                pending[start] -= 1
                continue
            self._merged(start, start + span - 1, entry.down, entry)
            pending[start] = entry.down - 1
            width = sum(self.widths[start - 1 : start - 1 + span])
            lines = max(lines, lines_needed(entry.shown, width) / entry.down)
        self.sheet.row_dimensions[self.row].height = min(LINE_HEIGHT * lines + 6, 409.0)
        self.row += 1

    def _merged(self, first: int, last: int, down: int, entry: Entry) -> None:
        """Write an entry into a block of cells; every cell of the block has the style, so that its border is whole."""
        for row in range(self.row, self.row + down):
            for column in range(first, last + 1):
                self.sheet.cell(row, column).style = entry.style
        if last > first or down > 1:
            _merge(self.sheet, first, self.row, last, self.row + down - 1)
        put(self.sheet, self.row, first, entry.value)
        cell = self.sheet.cell(self.row, first)
        if entry.number_format:
            cell.number_format = entry.number_format
        if entry.link:
            _link(cell, entry.link)


def _merge(sheet: Any, *bounds: int) -> None:
    """Join cells that all have their style already; openpyxl's `merge_cells` would take most of the time for borders."""
    from openpyxl.worksheet.cell_range import CellRange  # noqa: PLC0415

    sheet.merged_cells.ranges.add(CellRange(None, *bounds))


def _link(cell: Any, sheet: str) -> None:
    from openpyxl.styles import Font  # noqa: PLC0415
    from openpyxl.worksheet.hyperlink import Hyperlink  # noqa: PLC0415

    cell.hyperlink = Hyperlink(cell.coordinate, location=f"'{sheet}'!A1")
    cell.font = Font(name=cell.font.name, size=cell.font.size, color="0563C1", underline="single")


def blank_to_fill(down: int = 1) -> Entry:
    """Return a cell left open, in the look that asks to be filled in."""
    return Entry(None, "待填", down=down)


def text(value: Any) -> Entry:
    """Return a cell with a text that begins at the left."""
    return Entry(value, "文字")


def lines_needed(shown: str, width: float) -> int:
    """Count the lines that a text takes in a column so many characters wide."""
    return sum(max(1, math.ceil(text_width(line) * 1.03 / width)) for line in (shown or "").split("\n"))


def text_width(shown: str) -> int:
    """Count the characters' widths, a Chinese character as two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WFA" else 1 for c in shown)


def _letter(column: int) -> str:
    from openpyxl.utils import get_column_letter  # noqa: PLC0415

    return get_column_letter(column)

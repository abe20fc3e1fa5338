"""A form of a school's workbook: row labels by sections, column headers, found by what they say."""

from balancelib.county.returns.grid import Ambiguous, Grid, column_found, is_numbering, several
from balancelib.county.returns.labels import Label, label, matching
from balancelib.county.returns.shapes import patterns, shapes

HEADER_WITHIN = 40  # rows
CROSS = " × "
STAGE = "{stage}"


class Layout:
    """Where the rows and columns of a form are.

    Parameters
    ----------
    grid : Grid
        The sheet.
    only : str
        The stage that the form is about where it has no part for each stage; blank where that is not known.

    Raises
    ------
    Ambiguous
        The sheet has no column of row labels, or several.
    """

    def __init__(self, grid: Grid, only: str = "") -> None:
        self.grid, self.only = grid, only
        top, left = self._stub()
        bottom = self._header_end(top, left)
        self.headers = grid.headers(top, bottom)
        self._stubs = self._stub_columns(left)
        self.rows, self.sections = self._row_labels(bottom + 1)
        beside = set(shapes().beside)
        self.values = [
            c for c in range(left, grid.width)
            if c not in self._stubs and not beside & set(self.headers[c].path[:1]) and self._filled(c, bottom + 1)
        ]  # fmt: skip

    def _stub(self) -> tuple[int, int]:
        found = self.grid.labelled(shapes().stubs, HEADER_WITHIN)
        if not found:
            raise Ambiguous(self.grid.fault("没有找到“指标名称”这一列", "请用系统导出的原表，不要删去表头"))
        if len(found) > 1:
            named = [self.grid.cell(*at).place for at in found]
            raise several(self.grid, [("指标名称",)], named)
        return found[0]

    def _header_end(self, top: int, left: int) -> int:
        """Return the header's last row: below it the labels of the rows begin."""
        bottom = self.grid.last_row(top, left)
        while bottom + 1 < self.grid.height:
            texts = self.grid.texts(bottom + 1)
            if self.grid.text(bottom + 1, left) and not is_numbering(texts):
                break
            bottom += 1
        return bottom

    def _stub_columns(self, left: int) -> list[int]:
        columns = [left]
        for c in range(left + 1, self.grid.width):
            path = self.headers[c].path
            if path and path[0] not in shapes().stubs:
                break
            if not path and not any(self._is_label(r, c) for r in range(self.grid.height)):
                break
            columns.append(c)
        return columns

    def _is_label(self, row: int, column: int) -> bool:
        value = self.grid.raw(row, column)
        return isinstance(value, str) and bool(label([value]).path)

    def _filled(self, column: int, start: int) -> bool:
        """Whether a column has a header, or at least something in it."""
        rows = range(start, self.grid.height)
        return bool(self.headers[column].path) or any(self.grid.text(row, column) for row in rows)

    def _row_labels(self, start: int) -> tuple[dict[int, Label], set[str]]:
        """Return the path of each row, which begins with the stage whose part of the form it stands in."""
        named = {name: stage for stage, names in shapes().sections.items() for name in names}
        rows, section, seen = {}, "", set()
        for row in range(start, self.grid.height):
            path, unit = label(self.grid.text(row, c) for c in self._stubs)
            if not path:
                continue
            if path[0] in named:
                section = path[0]
                seen.add(named[section])
            elif section:
                path = (section, *path)
            rows[row] = Label(path, unit)
        return rows, seen

    def row(self, text: str, stage: str = "") -> int | None:
        """Return the one row that a path means, None where there is none.

        Raises
        ------
        Ambiguous
            Several rows fit.
        """
        wanted = [p for one in self._row_names(text, stage) for p in patterns(one)]
        numbers = list(self.rows)
        found = [numbers[i] for i in matching(list(self.rows.values()), wanted)]
        if len(found) > 1:
            named = [f"第{row + 1}行“{'/'.join(self.rows[row].path)}”" for row in found]
            raise several(self.grid, wanted, named)
        return found[0] if found else None

    def _row_names(self, text: str, stage: str) -> list[str]:
        """Put the names of a stage into a path; a form about one stage has no part for each, and none to put."""
        if not self.sections and (text == STAGE or text.startswith(f"{STAGE}/")):
            return [text.removeprefix(STAGE).removeprefix("/") or "合计"] if stage == self.only else []
        return with_stage(text, stage)

    def column(self, text: str, stage: str = "") -> int | None:
        """Return the one column that a path means; without a path, the one that holds the form's numbers."""
        if not text:
            return self._amount()
        wanted = [p for one in with_stage(text, stage) for p in patterns(one)]
        return column_found(self.grid, self.headers, wanted)

    def _amount(self) -> int | None:
        if len(self.values) < 2:
            return self.values[0] if self.values else None
        known = set(shapes().amounts)
        found = [
            c for c in self.values if set(self.headers[c].path) & known and len(self.headers[c].path) == 1
        ]
        if len(found) != 1:
            named = [f"{self.grid.cell(0, c).place[:-1]}列" for c in (found or self.values)]
            raise several(self.grid, [("数值",)], named)
        return found[0]

    def place(self, part: str, stage: str = "") -> tuple[int, int] | None:
        """Return row and column of a part such as ``小学/本科 × 合计``."""
        row_text, _, column_text = part.partition(CROSS)
        if column_text and self.column(column_text, stage) is None:
            return None  # a form of the other layout: its rows are no matter
        row = self.row(row_text, stage)
        column = None if row is None else self.column(column_text, stage)
        return None if row is None or column is None else (row, column)

    def unit(self, row: int, column: int) -> str:
        """Return the unit of a cell: of its row's label or its 计量单位, else of its header."""
        own = self.rows[row].unit
        for c, header in enumerate(self.headers):
            if header.path and header.path[0] in {"计量单位", "单位"}:
                own = own or label([self.grid.text(row, c)]).unit
        return own or self.headers[column].unit


def with_stage(text: str, stage: str) -> list[str]:
    """Put each name of a stage into a path."""
    return [text.replace(STAGE, name) for name in shapes().sections[stage]] if STAGE in text else [text]

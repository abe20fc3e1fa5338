"""Reading a checklist that was filled in at schools: nothing in it is trusted, every fault is told with its sheet and cell."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from balancelib.bounded import regular_bytes
from balancelib.county import County, archive, cells, workbook
from balancelib.county.faults import Fault, InputError, Unreadable
from balancelib.county.files import LARGEST_FILE
from balancelib.county.indicators import compulsory_schools
from balancelib.county.schema import plain, schema
from balancelib.county.trace import Cell
from balancelib.county.worksheet import Worksheet, letters
from balancelib.progress.checklist import CheckItem, asked_of
from balancelib.progress.checklist_form import (
    CODE,
    COVER,
    DATE_COLUMN,
    FOUND,
    HEAD,
    HEAD_ROW,
    ID_COLUMN,
    RESULT,
    SEEN,
    SHORT,
    TOP,
    TOP_ROW,
)
from balancelib.text import file_name, why

DO_NOT_CHANGE = "请照原样改回来，或者重新生成检查单，把填的抄过去"
SIGNED = "督学（签字）"
COLUMNS = ["visit", "school_id", "date", "item", "met", "seen"]


class Filled(NamedTuple):
    """What inspectors found.

    Attributes
    ----------
    rows : DataFrame
        As table ``inspections``, and ``seen``: what they wrote. Items that do not apply have no row; those not looked at have a blank.
    warnings : list of Fault
        What was left open.
    """

    rows: pd.DataFrame
    warnings: list[Fault]


def read_checklist(path: str | Path, county: County) -> Filled:
    """Read a checklist that was filled in.

    Parameters
    ----------
    path : str or Path
        The workbook that `checklist_workbook` wrote.
    county : County
        Its schools, and what was inspected before.

    Raises
    ------
    InputError
        Everything that is wrong, at once: changed codes and labels, formulas, results that are not in the list, what is not met without
        what was seen.
    """
    path = Path(path)
    schools = compulsory_schools(county).set_index("school_id", drop=False)
    rows, faults, seen = [], [], set()
    for name, sheet in sheets_of(path):
        if name != COVER:
            one = _Sheet(file_name(path.name), name, sheet)
            own = list(one.read(schools))
            faults += one.faults
            rows += own
            if own and own[0]["visit"] in seen:
                faults.append(one.fault(TOP_ROW, DATE_COLUMN, "同一所学校同一天有两张表", "请只留一张"))
            seen.update(row["visit"] for row in own)
    faults += _read_before(path, county, seen)
    if any(fault.severity == "fault" for fault in faults):
        raise InputError(faults, county.names)
    frame = pd.DataFrame(rows, columns=COLUMNS).astype({"met": float})
    return Filled(frame, faults)


def sheets_of(path: Path) -> list[tuple[str, Worksheet]]:
    """Return a workbook's sheets, or raise `InputError` where it is none that can be trusted."""
    name = file_name(path.name or path)
    try:
        content = regular_bytes(path, LARGEST_FILE)
        try:
            book = workbook.Workbook(content)
            return [(sheet, book.sheet(sheet)) for sheet in book.names]
        except archive.DAMAGED:
            raise archive.unreadable(*archive.what_it_is(content)) from None
    except OSError as error:
        raise InputError(
            [Fault(name, f"读不出来：{why(error)}", "请检查路径，关闭正在使用它的程序")]
        ) from None
    except Unreadable as error:
        raise InputError([Fault(name, *error.args)]) from None


def _read_before(path: Path, county: County, visits: set[str]) -> Iterator[Fault]:
    """Visits that the county's own table has already."""
    if "inspections" in county.tables:
        for visit in sorted(visits & set(county.tables["inspections"]["visit"])):
            yield Fault(file_name(path.name), "这一次督导已经在“督导记录”表里", "请不要读两遍", value=visit)


class _Sheet:
    """One school's sheet."""

    def __init__(self, file: str, name: str, sheet: Worksheet) -> None:
        self.file, self.name, self.rows = file, name, sheet.rows
        self.formulas, self.faults = set(sheet.formulas), []

    def fault(self, row: int, column: int, reason: str, action: str, **more: Any) -> Fault:
        """Make a fault of a cell."""
        return Fault(str(Cell(self.file, self.name, f"{letters(column)}{row}")), reason, action, **more)

    def text(self, row: int, column: int) -> str:
        """Return a cell as text."""
        line = self.rows[row - 1] if row <= len(self.rows) else ()
        return (
            cells.as_text(np.array(line[column - 1 : column], dtype=object))[0] if column <= len(line) else ""
        )

    def read(self, schools: pd.DataFrame) -> Iterator[dict[str, Any]]:
        """Yield the items that were looked at."""
        if not self._is_ours():
            return
        if (school_id := self.text(TOP_ROW, ID_COLUMN)) not in schools.index:
            reason, action = "数据里没有这个学校标识码，或者它没有义务教育学生", "请核对是不是用错了数据"
            self.faults.append(self.fault(TOP_ROW, ID_COLUMN, reason, action, value=school_id))
            return
        asked = {item.key: item for item in asked_of(schools.loc[school_id])}
        lines = self._lines(asked)
        if not self.text(TOP_ROW, DATE_COLUMN) and not any(
            self.text(row, c) for row in lines.values() for c in (RESULT, SEEN)
        ):
            self.faults.append(
                self.fault(
                    TOP_ROW, DATE_COLUMN, "整张表没有填，当作没有去", "去了的请补填", severity="warning"
                )
            )
            return
        date = self._date()
        for key, row in lines.items():
            met = self._result(row)
            if met is not None and date:
                yield dict(
                    zip(
                        COLUMNS,
                        (f"{date.replace('-', '')}-{school_id}", school_id, date, key, *met),
                        strict=True,
                    )
                )

    def _is_ours(self) -> bool:
        places = {(TOP_ROW, 1): TOP[0], (TOP_ROW, DATE_COLUMN - 1): TOP[1]}
        places |= {(HEAD_ROW, k): head for k, head in enumerate(HEAD, 1)}
        wrong = [(place, label) for place, label in places.items() if self.text(*place) != label]
        for place, label in wrong[:1]:
            reason = f"这里应当是“{label}”，不像检查单，或者改动过"
            self.faults.append(self.fault(*place, reason, DO_NOT_CHANGE, value=self.text(*place) or None))
        return not wrong

    def _lines(self, asked: dict[str, CheckItem]) -> dict[str, int]:
        """Return the row of each item; list codes and names that are not as they were written."""
        found: dict[str, int] = {}
        for row in range(HEAD_ROW + 1, len(self.rows) + 1):
            key, short = self.text(row, CODE), self.text(row, SHORT)
            if key.startswith(SIGNED) or not any(self.text(row, c) for c in range(1, len(HEAD) + 1)):
                continue
            if key not in asked:
                said = "不认识的编号，或者这所学校不查这一项"
                self.faults.append(self.fault(row, CODE, said, DO_NOT_CHANGE, value=key or None))
            elif key in found:
                self.faults.append(self.fault(row, CODE, f"和第{found[key]}行重复", DO_NOT_CHANGE, value=key))
            else:
                found[key] = row
                if short != asked[key].short:
                    said = f"项目改动过，原来是“{asked[key].short}”"
                    self.faults.append(self.fault(row, SHORT, said, DO_NOT_CHANGE, value=short or None))
        for key in (key for key in asked if key not in found):
            said = f"少了一行：{asked[key].short}（{key}）"
            self.faults.append(self.fault(HEAD_ROW, CODE, said, DO_NOT_CHANGE))
        return found

    def _date(self) -> str | None:
        if not self._typed(TOP_ROW, DATE_COLUMN):
            return None
        value = np.array([self.text(TOP_ROW, DATE_COLUMN)], dtype=object)
        (date,), bad = cells.parse(schema().table("inspections").column("date"), value)
        if date is None:
            reason = bad[0].reason if bad else "没有填到校日期"
            action = bad[0].action if bad else "请填，写成2025-04-07这样"
            self.faults.append(self.fault(TOP_ROW, DATE_COLUMN, reason, action, value=value[0] or None))
        return date

    def _typed(self, row: int, column: int) -> bool:
        """Whether a cell was typed in; a formula is told."""
        if (row, column) in self.formulas:
            self.faults.append(self.fault(row, column, "这一格是公式", "请直接填"))
        return (row, column) not in self.formulas

    def _result(self, row: int) -> tuple[float, str | None] | None:
        """Return what was found and seen; None where the item does not apply or the cells are at fault."""
        if not all([self._typed(row, RESULT), self._typed(row, SEEN)]):
            return None
        result, seen = plain(self.text(row, RESULT)), self._seen(row)
        if not result:
            self.faults.append(
                self.fault(row, RESULT, "没有填结论，当作没有看", "看了的请补填", severity="warning")
            )
            return np.nan, seen
        if result not in FOUND:
            said = f"请从列表里选：{'、'.join(FOUND)}"
            self.faults.append(self.fault(row, RESULT, "不在列表里", said, value=self.text(row, RESULT)))
            return None
        if FOUND[result] == 0 and not self.text(row, SEEN):
            self.faults.append(
                self.fault(row, SEEN, "选了“没有做到”，没有写看到了什么", "请写：什么数、在哪里、哪一天")
            )
        return None if FOUND[result] is None else (FOUND[result], seen)

    def _seen(self, row: int) -> str | None:
        """Return what was written of what was seen; numbers of people are refused."""
        value = np.array([self.text(row, SEEN)], dtype=object)
        (seen,), bad = cells.parse(schema().table("actions").column("evidence"), value)
        for one in bad:
            quoted = None if one.secret else value[0]
            self.faults.append(self.fault(row, SEEN, one.reason, one.action, value=quoted))
        return seen

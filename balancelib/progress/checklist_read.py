"""Reading a checklist that was filled in at schools: nothing in it is trusted, every fault is told with its sheet and cell."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from balancelib.county import County, cells
from balancelib.county.any_workbook import sheets_of
from balancelib.county.cells import LONGEST_TEXT
from balancelib.county.delimited import WIDEST
from balancelib.county.faults import Fault, InputError, add_all
from balancelib.county.indicators import compulsory_schools
from balancelib.county.private import private_cells
from balancelib.county.schema import plain, schema
from balancelib.progress.checklist import CheckItem, asked_of, reported
from balancelib.progress.checklist_form import (
    CODE,
    COVER,
    COVER_TITLE,
    DATE_COLUMN,
    FOUND,
    HEAD,
    HEAD_ROW,
    ID_COLUMN,
    NOTHING_REPORTED,
    REPORTED,
    RESULT,
    SEEN,
    SHORT,
    TITLE,
    TOP,
    TOP_ROW,
)
from balancelib.progress.filled import Sheet
from balancelib.text import file_name

DO_NOT_CHANGE = "请照原样改回来；数据改过的，用生成检查单的那份数据来读，或者重新生成检查单，把填的抄过去"
SIGNED = "督学（签字）"
COLUMNS = ["visit", "school_id", "date", "item", "met", "seen"]
FARTHEST = 500  # rows of a sheet: a checklist has some thirty


class Filled(NamedTuple):
    """What inspectors found.

    Attributes
    ----------
    rows : DataFrame
        As table ``inspections``, and ``seen``: what they wrote. What does not apply or was not looked at has no row; what was seen and
        not judged has a blank.
    warnings : list of Fault
        What was left open, and what stands where it is not read.
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
        Everything that is wrong, at once: changed codes and labels, formulas, merged cells, results that are not in the list, what is
        not met without what was seen, numbers of people.
    """
    path = Path(path)
    schools = compulsory_schools(county).set_index("school_id", drop=False)
    rows, faults, seen, before = [], [], set(), set(_visited(county))
    for sheet in sheets_of(path):
        one = _School(file_name(path.name), sheet)
        if not one.is_cover() and not one.is_blank():
            own = list(one.read(schools))
            visit = (own[0]["school_id"], own[0]["date"]) if own else ("", "")
            if own and visit in seen:
                one.fault(TOP_ROW, DATE_COLUMN, "同一所学校同一天有两张表", "请只留一张", value=visit[1])
            if visit in before:
                reason = "这所学校这一天的督导已经在“督导记录”表里"
                one.fault(TOP_ROW, DATE_COLUMN, reason, "请不要读两遍", value=visit[1])
            seen.add(visit)
            add_all(faults, one.faults)
            rows += own
    if any(fault.severity == "fault" for fault in faults):
        raise InputError(faults, county.names)
    frame = pd.DataFrame(rows, columns=COLUMNS).astype({"met": float})
    return Filled(frame, faults)


def _visited(county: County) -> Iterable[tuple[str, str]]:
    """Schools and days that the county's own table has already, whatever it calls the visits."""
    known = county.tables.get("inspections")
    return () if known is None else known[["school_id", "date"]].itertuples(index=False, name=None)


class _School(Sheet):
    """One school's sheet."""

    def is_cover(self) -> bool:
        """Whether this is the first sheet, whatever it is called, and no school's that has its name."""
        return self.text(1, 1) == COVER_TITLE or (self.name == COVER and not self._labels_found())

    def read(self, schools: pd.DataFrame) -> Iterator[dict[str, Any]]:
        """Yield the items that were looked at."""
        if not self._is_ours() or not self._is_near():
            return
        if (school_id := self.text(TOP_ROW, ID_COLUMN)) not in schools.index:
            reason = "数据里没有这个学校标识码，或者它没有义务教育学生"
            self.fault(TOP_ROW, ID_COLUMN, reason, "请核对是不是用错了数据", value=school_id or None)
            return
        school = schools.loc[school_id]
        self._is_of(school)
        asked = {item.key: item for item in asked_of(school)}
        lines = self._lines(asked)
        self.refuse_formulas(range(1, WIDEST + 1))
        self.refuse_merged(lines.values())
        self._other_cells(lines.values())
        self._as_reported(school, asked, lines)
        if not self._is_filled(lines):
            reason = "整张表没有填，当作没有去"
            self.fault(TOP_ROW, DATE_COLUMN, reason, "去了的请补填", severity="warning")
            return
        date = self._date()
        for key, row in lines.items():
            met = self._result(row)
            if met is not None and date:
                visit = f"{date.replace('-', '')}-{school_id}"
                yield dict(zip(COLUMNS, (visit, school_id, date, key, *met), strict=True))

    def _labels(self) -> dict[tuple[int, int], str]:
        places = {(TOP_ROW, 1): TOP[0], (TOP_ROW, DATE_COLUMN - 1): TOP[1]}
        return places | {(HEAD_ROW, k): head for k, head in enumerate(HEAD, 1)}

    def _labels_found(self) -> int:
        return sum(self.text(*place) == label for place, label in self._labels().items())

    def _is_ours(self) -> bool:
        if not self._labels_found():
            self.fault(1, 1, "这张表不是检查单", "请删去这张表，或者挪到别的工作簿里")
            return False
        wrong = [(place, label) for place, label in self._labels().items() if self.text(*place) != label]
        for place, label in wrong[:1]:
            reason = f"这里应当是“{label}”，不像检查单，或者改动过"
            self.fault(*place, reason, DO_NOT_CHANGE, value=self.text(*place) or None)
        return not wrong

    def _is_near(self) -> bool:
        """Whether nothing stands far below the table."""
        if len(self.rows) > FARTHEST:
            self.fault(len(self.rows), 1, "离表太远的地方有内容", "请删去表下面的行")
        return len(self.rows) <= FARTHEST

    def _is_of(self, school: pd.Series) -> None:
        """See that title and number are the same school's: numbers of another county may be the same."""
        if (title := self.text(1, 1)) != (own := TITLE.format(name=school["name"])):
            reason = f"标题和学校标识码不是一所学校：数据里{school['school_id']}是“{own}”"
            action = "请核对标识码，是不是用错了别的县、别的年的数据；学校改过名的，把标题改成现在的校名"
            self.fault(1, 1, reason, action, value=title or None)

    def _is_filled(self, lines: dict[str, int]) -> bool:
        cells_ = [(TOP_ROW, DATE_COLUMN), *((row, c) for row in lines.values() for c in (RESULT, SEEN))]
        return any(self.text(*cell) for cell in cells_)

    def _lines(self, asked: dict[str, CheckItem]) -> dict[str, int]:
        """Return the row of each item; list codes and names that are not as they were written."""
        found: dict[str, int] = {}
        for row in range(HEAD_ROW + 1, len(self.rows) + 1):
            key, short = self.text(row, CODE), self.text(row, SHORT)
            if key.startswith(SIGNED) or not any(self.text(row, c) for c in range(1, len(HEAD) + 1)):
                continue
            if key not in asked:
                said = "不认识的编号，或者这所学校不查这一项" if key else "这一行没有编号，不是检查单上的项目"
                self.fault(row, CODE, said, DO_NOT_CHANGE, value=key or None)
            elif key in found:
                self.fault(row, CODE, f"和第{found[key]}行重复", DO_NOT_CHANGE, value=key)
            else:
                found[key] = row
                if short != asked[key].short:
                    said = f"项目改动过，原来是“{asked[key].short}”"
                    self.fault(row, SHORT, said, DO_NOT_CHANGE, value=short or None)
        for key in (key for key in asked if key not in found):
            self.fault(HEAD_ROW, CODE, f"少了一行：{asked[key].short}（{key}）", DO_NOT_CHANGE)
        return found

    def _other_cells(self, lines: Iterable[int]) -> None:
        """Refuse numbers of people wherever they stand; tell what is hidden, and what is written beside the table."""
        beside = False
        for row, line in enumerate(self.rows, 1):
            for column in range(1, len(line) + 1):
                text = self.text(row, column)
                ours = column == REPORTED or (row <= TOP_ROW and column <= len(HEAD))
                if not ours and private_cells([text]):
                    self.refuse_private(row, column)
                elif text and column > len(HEAD) and not beside:
                    beside = True
                    reason, action = "表外面写的不读", "要留的请写进“看到的情况”"
                    self.fault(row, column, reason, action, severity="warning")
        self.tell_hidden(lines, range(1, len(HEAD) + 1))

    def _as_reported(self, school: pd.Series, asked: dict[str, CheckItem], lines: dict[str, int]) -> None:
        """Tell where what the inspector compared with is not what the data say now."""
        said = {row: reported(school, asked[key]) or NOTHING_REPORTED for key, row in lines.items()}
        most = slice(LONGEST_TEXT)  # no more of a cell is read
        if changed := [row for row, text in said.items() if self.text(row, REPORTED)[most] != text[most]]:
            rows = "、".join(map(str, changed))
            reason = f"“学校报的”和现在的数据不一样（第{rows}行）：检查单是用别的数据生成的，或者改动过"
            action = "请核对这几项的结论还对不对"
            self.fault(changed[0], REPORTED, reason, action, severity="warning")

    def _date(self) -> str | None:
        if self.is_formula(TOP_ROW, DATE_COLUMN):
            return None
        value = np.array([self.text(TOP_ROW, DATE_COLUMN)], dtype=object)
        (date,), bad = cells.parse(schema().table("inspections").column("date"), value)
        if date is None:
            reason = bad[0].reason if bad else "没有填到校日期"
            action = bad[0].action if bad else "请填，写成2025-04-07这样"
            self.fault(TOP_ROW, DATE_COLUMN, reason, action, value=value[0] or None)
        return date

    def _result(self, row: int) -> tuple[float, str | None] | None:
        """Return what was found and seen; None where the item does not apply, was not looked at, or the cells are at fault."""
        if self.is_formula(row, RESULT) or self.is_formula(row, SEEN):
            return None
        result, seen = plain(self.text(row, RESULT)), self.joined(row, SEEN)
        if not result:
            reason = "写了看到的情况，没有选结论，当作没有看清" if seen else "没有填结论，当作没有看"
            self.fault(row, RESULT, reason, "看了的请补填", severity="warning")
            return (np.nan, seen) if seen else None
        if result not in FOUND:
            said = f"请从列表里选：{'、'.join(FOUND)}"
            self.fault(row, RESULT, "不在列表里", said, value=self.text(row, RESULT))
            return None
        if FOUND[result] == 0 and not self.text(row, SEEN):
            said = "选了“没有做到”，没有写看到了什么"
            self.fault(row, SEEN, said, "请写：什么数、在哪里、哪一天")
        return None if FOUND[result] is None else (FOUND[result], seen)

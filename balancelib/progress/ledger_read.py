"""Reading the form 整改台账 once schools and offices have filled it in: nothing in it is trusted, every fault is told with its cell."""

import re
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from balancelib.county import cells
from balancelib.county.faults import Fault, InputError
from balancelib.county.returns.books import sheet_names
from balancelib.county.schema import plain, schema
from balancelib.county.trace import Cell
from balancelib.county.worksheet import Worksheet, letters
from balancelib.progress.checklist_read import sheets_of
from balancelib.progress.ledger import dated
from balancelib.text import file_name

SHEET = "整改台账"
# The form's header, as balancelib.report.forms.rectification writes it; a test holds both together.
HEAD = (
    "序号", "类别", "责任单位", "部分", "项目", "问题和依据", "建议措施（可改）", "责任岗位", "完成时限", "状态", "完成情况", "核验人、日期",
)  # fmt: skip
NUMBER, UNIT, ITEM, OWNER, DUE, STATE, DONE, CHECKED = (HEAD.index(name) + 1 for name in (
    "序号", "责任单位", "项目", "责任岗位", "完成时限", "状态", "完成情况", "核验人、日期"))  # fmt: skip
WITHIN = 10  # rows in which the header stands
_DAY = re.compile(r"(\d{4})\s*[-年./]\s*(\d{1,2})\s*[-月./]\s*(\d{1,2})")
DO_NOT_CHANGE = "请照原样改回来，或者重新生成整改台账，把填的抄过去"


class FilledLedger(NamedTuple):
    """A form as it was filled in: the list as of `ledger_of`, without the days on which entries were found, and what is odd in it."""

    rows: pd.DataFrame
    warnings: list[Fault]


def is_ledger(path: str | Path) -> bool:
    """Whether a file is a workbook with the form's sheet."""
    path = Path(path)
    return path.suffix.lower() == ".xlsx" and path.is_file() and SHEET in sheet_names(path)


def read_ledger(path: str | Path) -> FilledLedger:
    """Read a form that was filled in.

    ``evidence`` is what stands under 完成情况, ``closed_on`` the date under 核验人、日期; names of people stay where they are. What is said to
    be verified and names nobody who verified it counts as done, and is told.

    Parameters
    ----------
    path : str or Path
        The workbook that `balancelib.report.forms.rectification` wrote.

    Raises
    ------
    InputError
        Everything that is wrong, at once.
    """
    path = Path(path)
    found = [sheet for name, sheet in sheets_of(path) if name == SHEET]
    name = file_name(path.name)
    if not found:
        raise InputError([Fault(name, f"没有“{SHEET}”表", "请给出balancelib report写的整改台账")])
    form = _Form(name, found[0])
    rows = form.read()
    if any(fault.severity == "fault" for fault in form.faults):
        raise InputError(form.faults)
    return FilledLedger(dated(pd.DataFrame(rows)), form.faults)


class _Form:
    """The form's sheet."""

    def __init__(self, file: str, sheet: Worksheet) -> None:
        self.file, self.rows, self.formulas = file, sheet.rows, set(sheet.formulas)
        self.faults: list[Fault] = []

    def read(self) -> list[dict[str, Any]]:
        """Return the entries."""
        lines = [
            [*cells.as_text(np.array(row or [None], dtype=object)), *[""] * len(HEAD)] for row in self.rows
        ]
        top = next((k for k, line in enumerate(lines[:WITHIN]) if tuple(line[: len(HEAD)]) == HEAD), None)
        if top is None:
            action = f"表头应当是：{'、'.join(HEAD)}。{DO_NOT_CHANGE}"
            self.faults.append(Fault(str(Cell(self.file, SHEET, "")), "表头改动过", action))
            return []
        entries = [(k, line) for k, line in enumerate(lines[top + 1 :], top + 2) if any(line[1 : len(HEAD)])]
        read = [self._entry(row, line) for row, line in entries]
        self._twice(entries)
        return read

    def _fault(self, row: int, column: int, reason: str, action: str, **more: Any) -> None:
        place = str(Cell(self.file, SHEET, f"{letters(column)}{row}"))
        self.faults.append(Fault(place, reason, action, **more))

    def _entry(self, row: int, line: list[str]) -> dict[str, Any]:
        for column in range(1, len(HEAD) + 1):
            if (row, column) in self.formulas:
                self._fault(row, column, "这一格是公式", "请直接填")
        if not line[NUMBER - 1].isdecimal():
            self._fault(row, NUMBER, "没有序号", DO_NOT_CHANGE, value=line[NUMBER - 1] or None)
        for column in (UNIT, ITEM):
            if not line[column - 1]:
                self._fault(row, column, f"没有“{HEAD[column - 1]}”", DO_NOT_CHANGE)
        evidence, checked = self._text(row, line, DONE), line[CHECKED - 1]
        unit, item = (self._text(row, line, column) for column in (UNIT, ITEM))
        return {
            "action": line[NUMBER - 1], "school_id": unit, "name": unit, "item": item, "label": item,
            "owner": self._text(row, line, OWNER), "due": self._due(row, line[DUE - 1]),
            "state": self._state(row, line[STATE - 1], checked), "closed_on": self._closed(row, line), "evidence": evidence,
        }  # fmt: skip

    def _text(self, row: int, line: list[str], column: int) -> str | None:
        """Return a text; what is too long, cannot be seen, or looks like a number of a person is refused."""
        value = np.array([line[column - 1]], dtype=object)
        (text,), bad = cells.parse(schema().table("actions").column("evidence"), value)
        for one in bad:
            self._fault(row, column, one.reason, one.action, value=None if one.secret else value[0])
        return text

    def _due(self, row: int, text: str) -> str | None:
        (due,), bad = cells.parse(schema().table("actions").column("due"), np.array([text], dtype=object))
        for one in bad:
            self._fault(row, DUE, one.reason, one.action, value=text)
        return due

    def _state(self, row: int, text: str, checked: str) -> str:
        codes = {
            plain(label): code for code, label in schema().table("actions").column("state").codes.items()
        }
        state = codes.get(plain(text))
        if state is None:
            action = f"请从列表里选：{'、'.join(codes)}"
            self._fault(row, STATE, "不在列表里" if text else "没有填状态", action, value=text or None)
            return "todo"
        if state == "verified" and not checked:
            reason, action = "写了已核验，没有写谁在哪一天核验，当作已完成", "核验过的请补填"
            self._fault(row, CHECKED, reason, action, severity="warning")
            return "done"
        return state

    def _closed(self, row: int, line: list[str]) -> str | None:
        """Return the day of the verification, where one is written."""
        if not (day := _DAY.search(line[CHECKED - 1])):
            return None
        text = "-".join(part.zfill(2) for part in day.groups())
        (found,), bad = cells.parse(
            schema().table("actions").column("closed_on"), np.array([text], dtype=object)
        )
        for one in bad:
            self._fault(row, CHECKED, one.reason, one.action, value=text)
        return found

    def _twice(self, entries: list[tuple[int, list[str]]]) -> None:
        """List numbers that stand twice."""
        seen: dict[str, int] = {}
        for row, line in entries:
            first = seen.setdefault(line[NUMBER - 1], row)
            if first != row and line[NUMBER - 1]:
                self._fault(row, NUMBER, f"和第{first}行的序号一样", DO_NOT_CHANGE, value=line[NUMBER - 1])

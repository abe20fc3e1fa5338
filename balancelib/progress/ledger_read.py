"""Reading the form 整改台账 once schools and offices have filled it in: nothing in it is trusted, every fault is told with its cell."""

import re
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from balancelib.county import cells
from balancelib.county.any_workbook import sheets_of
from balancelib.county.faults import Fault, InputError, add_all
from balancelib.county.private import private_cells
from balancelib.county.returns.books import sheets_in
from balancelib.county.schema import plain, schema
from balancelib.progress.filled import Sheet
from balancelib.progress.ledger import CLOSED, dated
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
    """Whether a file is a workbook with the form's sheet, or a copy of it."""
    path = Path(path)
    return path.suffix.lower() == ".xlsx" and path.is_file() and any(map(_is_form, sheets_in(path)))


def _is_form(name: str) -> bool:
    """Whether a sheet has the form's name, or the one that programs give to a copy, such as ``整改台账 (2)``."""
    return plain(name).startswith(SHEET)


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
    found = [sheet for sheet in sheets_of(path) if _is_form(sheet.name)]
    name = file_name(path.name)
    if not found:
        raise InputError([Fault(name, f"没有“{SHEET}”表", "请给出balancelib report写的整改台账")])
    if len(found) > 1:
        listed = "、".join(sheet.name for sheet in found)
        raise InputError([Fault(name, f"整改台账有{len(found)}张：{listed}", "请合成一张，别的删去")])
    form = _Form(name, found[0])
    rows = form.read()
    if any(fault.severity == "fault" for fault in form.faults):
        raise InputError(form.faults)
    return FilledLedger(dated(pd.DataFrame(rows)), form.faults)


class _Form(Sheet):
    """The form's sheet."""

    def read(self) -> list[dict[str, Any]]:
        """Return the entries."""
        lines = [
            [*cells.as_text(np.array(row or [None], dtype=object)), *[""] * len(HEAD)] for row in self.rows
        ]
        top = next((k for k, line in enumerate(lines[:WITHIN]) if tuple(line[: len(HEAD)]) == HEAD), None)
        if top is None:
            self.fault(1, 1, "表头改动过", f"表头应当是：{'、'.join(HEAD)}。{DO_NOT_CHANGE}")
            return []
        entries = {k: line for k, line in enumerate(lines[top + 1 :], top + 2) if any(line[1 : len(HEAD)])}
        columns = range(1, len(HEAD) + 1)
        self.refuse_formulas(columns)
        self.refuse_merged(entries)
        self.tell_hidden(entries, columns)
        read = []
        for row, line in entries.items():
            told, self.faults = self.faults, []
            read.append(self._entry(row, line))
            add_all(told, self.faults)
            self.faults = told
        self._twice(entries)
        return read

    def _entry(self, row: int, line: list[str]) -> dict[str, Any]:
        for k in private_cells(line):
            self.refuse_private(row, k + 1)
        if not line[NUMBER - 1].isdecimal():
            action = "新加的行请接着往下编号；原来的行请照原样改回来"
            self.fault(row, NUMBER, "没有序号", action, value=line[NUMBER - 1] or None)
        for column in (UNIT, ITEM):
            if not line[column - 1]:
                self.fault(row, column, f"没有“{HEAD[column - 1]}”", "请补上，和别的行一样写")
        unit, item, owner, done = (self.joined(row, column) for column in (UNIT, ITEM, OWNER, DONE))
        state = self._state(row, line[STATE - 1], line[CHECKED - 1])
        return {
            "action": line[NUMBER - 1], "school_id": unit, "name": unit, "item": item, "label": item, "owner": owner,
            "due": self._due(row, line[DUE - 1]), "state": state, "closed_on": self._closed(row, line[CHECKED - 1], state),
            "evidence": done,
        }  # fmt: skip

    def _due(self, row: int, text: str) -> str | None:
        (due,), bad = cells.parse(schema().table("actions").column("due"), np.array([text], dtype=object))
        for one in bad:
            self.fault(row, DUE, one.reason, one.action, value=text)
        return due

    def _state(self, row: int, text: str, checked: str) -> str:
        codes = {
            plain(label): code for code, label in schema().table("actions").column("state").codes.items()
        }
        state = codes.get(plain(text))
        if state is None:
            action = f"请从列表里选：{'、'.join(codes)}"
            self.fault(row, STATE, "不在列表里" if text else "没有填状态", action, value=text or None)
            return "todo"
        if state == "verified" and not checked:
            reason, action = "写了已核验，没有写谁在哪一天核验，当作已完成", "核验过的请补填"
            self.fault(row, CHECKED, reason, action, severity="warning")
            return "done"
        return state

    def _closed(self, row: int, checked: str, state: str) -> str | None:
        """Return the day of the verification, where one is written."""
        days = {"-".join(f"{int(part):02}" for part in day) for day in _DAY.findall(checked)}
        if len(days) > 1:
            self.fault(row, CHECKED, "写了几个日期，不知道哪一天核验的", "请只留核验的那一天")
        if checked and not days and state in CLOSED:
            reason = "看不出是哪一天核验的，哪一天看都当作已经完成"
            self.fault(row, CHECKED, reason, "请补上年、月、日，写成2026-06-09这样", severity="warning")
        if len(days) != 1:
            return None
        (text,) = days
        (found,), bad = cells.parse(
            schema().table("actions").column("closed_on"), np.array([text], dtype=object)
        )
        for one in bad:
            self.fault(row, CHECKED, one.reason, one.action, value=text)
        if found and state not in CLOSED:
            reason = "写了核验日期，状态还没有完成，按状态算"
            self.fault(row, CHECKED, reason, "请核对状态", severity="warning")
        return found

    def _twice(self, entries: dict[int, list[str]]) -> None:
        """List numbers that stand twice."""
        seen: dict[str, int] = {}
        for row, line in entries.items():
            first = seen.setdefault(line[NUMBER - 1], row)
            if first != row and line[NUMBER - 1]:
                self.fault(row, NUMBER, f"和第{first}行的序号一样", DO_NOT_CHANGE, value=line[NUMBER - 1])

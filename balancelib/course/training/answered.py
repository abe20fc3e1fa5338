"""The tests before and after a course, read back from the workbook that a trainer filled in, and judged."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from balancelib.county.any_workbook import sheets_of
from balancelib.county.faults import Fault, InputError
from balancelib.course.quiz.model import LETTERS
from balancelib.course.training.marking.people import alike
from balancelib.course.training.pretest import AFTER, BEFORE, FORMS, HEAD_ROW, KEY, MOST
from balancelib.text import shown

KEY_HEAD_ROW = 2
NOTHING = {"空", "未答", "没答", "没有答", "—", "-"}  # written where somebody sat and did not answer
WRITE = "选择题写字母，例如A或AC；问数的写数"


def read_tests(path: str | Path) -> pd.DataFrame:
    """Read a workbook of tests that was filled in, and judge the answers.

    Parameters
    ----------
    path
        What `pretest.book_of_tests` wrote.

    Returns
    -------
    DataFrame
        As `gain` takes it; whose row is empty did not sit, and who sat and answered nothing has 空 in a cell.

    Raises
    ------
    InputError
        Everything that is wrong, at once: sheets that are gone or changed, seats that are there twice, forms and letters that there are not.
    """
    path = Path(path)
    there = {sheet.name: sheet.cells for sheet in sheets_of(path)}
    if gone := [name for name in (BEFORE, AFTER, KEY) if name not in there]:
        raise InputError([Fault(path.name, f"没有“{'”“'.join(gone)}”这张表", "请用课程里的tests.xlsx填写")])
    keys, faults = _keys(path.name, there[KEY].rows), []
    rows = [
        row for when in (BEFORE, AFTER) for row in _answers(path.name, when, there[when].rows, keys, faults)
    ]
    if faults:
        raise InputError(faults)
    return pd.DataFrame(rows, columns=["seat", "when", "form", "question", "right"])


def _keys(file: str, rows: list[list[Any]]) -> dict[tuple[str, int], tuple[str, float]]:
    """Right answers and how much they may differ, by form and question; all of them, or a fault."""
    keys = {
        (str(row[0]), int(row[1])): (plain(row[2]), row[3])
        for row in rows[KEY_HEAD_ROW:]
        if len(row) >= 4 and row[0] in FORMS and row[1] in range(1, MOST + 1)
    }
    count = max((question for _, question in keys), default=0)
    sound = all(
        (_is_letters(right) or _number(right) is not None) and isinstance(by, int | float)
        for right, by in keys.values()
    )
    if not keys or len(keys) != len(FORMS) * count or not sound:
        action = "请用课程里的tests.xlsx，只在“课前”“课后”两张表里填"
        raise InputError([Fault(file, f"“{KEY}”那张表改过，或者不全", action)])
    return keys


def _answers(
    file: str,
    when: str,
    rows: list[list[Any]],
    keys: Mapping[tuple[str, int], tuple[str, float]],
    faults: list[Fault],
) -> Iterator[tuple]:
    """Judge the answers of a sheet."""
    count, seen = len(keys) // len(FORMS), set()
    for n, row in enumerate(rows[HEAD_ROW:], HEAD_ROW + 1):
        given = [plain(cell) for cell in [*row[3:], *[None] * count][:count]]
        if not any(given):
            continue
        seat, form, where = alike(plain(row[0])), plain(row[2]), f"{file}，{when}第{n}行"
        if found := _whose(where, seat, form, seen):
            faults.append(found)
            continue
        seen.add(seat)
        for question, answer in enumerate(given, 1):
            right, tolerance = keys[form, question]
            if answer and answer not in NOTHING and not _readable(answer, right):
                faults.append(Fault(f"{where}第{question}题", f"读不懂“{shown(answer)}”", WRITE))
            yield seat, when, form, question, is_right(answer, right, tolerance)


def _whose(where: str, seat: str, form: str, seen: set[str]) -> Fault | None:
    """Say what is wrong with the seat or the form of a row that has answers."""
    if not seat:
        return Fault(where, "有答案，没有写座位", "请写上座位号，课前课后写一样的")
    if seat in seen:
        return Fault(where, f"座位{shown(seat)}写了两行", "一个座位只留一行")
    if form not in FORMS:
        return Fault(where, f"卷写的是“{shown(form)}”", "请写甲或者乙")
    return None


def plain(cell: Any) -> str:
    """Return an answer without what only writing adds: width, case, order, blanks and stops between letters.

    Examples
    --------
    >>> plain("ｃ、Ａ"), plain(0.50), plain(" 12.5% "), plain(None)
    ('AC', '0.5', '12.5%', '')
    """
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    written = unicodedata.normalize("NFKC", str(cell)).strip().upper()
    letters = re.sub(r"[\s,.、，;；和/]+", "", written)
    return "".join(sorted(set(letters))) if letters and set(letters) <= set(LETTERS) else written


def _readable(answer: str, right: str) -> bool:
    """Whether an answer is of the kind that is asked for."""
    return _is_letters(answer) if _is_letters(right) else _number(answer) is not None


def _is_letters(answer: str) -> bool:
    return bool(answer) and set(answer) <= set(LETTERS)


def _number(answer: str) -> float | None:
    found = re.match(r"[-+]?\d[\d,]*\.?\d*(E[-+]?\d+)?", answer.replace("−", "-"))
    return float(found[0].replace(",", "")) if found else None


def is_right(answer: str, right: str, tolerance: float) -> bool:
    """Whether an answer is right: the same letters, or a number as near as allowed.

    Examples
    --------
    >>> is_right("AC", "AC", 0), is_right("A", "AC", 0), is_right("0.516册", "0.515", 0.001), is_right("", "A", 0)
    (True, False, True, False)
    """
    if not answer or _is_letters(right):
        return answer == right
    value = _number(answer)
    return value is not None and abs(value - _number(right)) <= tolerance * (1 + 1e-9)

"""What a course changed: the answers before and after, the gain and its interval.

Each trainee is compared with himself. Half had form 甲 before, half 乙, so the gain is the mean of the two halves' gains: by how much one
form is harder raises the one and lowers the other by as much (a crossover; Jones and Kenward, Design and Analysis of Cross-Over Trials,
3rd ed. 2014, ch. 2). The interval is Student's with Welch's degrees of freedom. The normalised gain is Hake's: of what was missing
before, how much was won (Hake, American Journal of Physics 66, 1998, 64–74).

A gain says that they can answer more; not that the course alone did it, nor that they will do their work otherwise.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from balancelib.county.faults import Fault, InputError
from balancelib.course.quiz.model import LETTERS
from balancelib.course.training.pretest import AFTER, BEFORE, FORMS, HEAD_ROW, KEY
from balancelib.measures.estimation import Estimate, student_estimate
from balancelib.progress.filled import sheets_of
from balancelib.text import shown

FEWEST = 2  # of either order: with one there is no spread
KEY_HEAD_ROW = 2
HALF = 0.5


@dataclass(frozen=True)
class Gain:
    """What was found of a class.

    Attributes
    ----------
    people : DataFrame
        A row a seat that sat both: ``form`` (before), ``before``, ``after``, ``gain``, in percent of the questions.
    estimate : Estimate
        Mean gain in percentage points, its error and interval; the interval is missing where fewer than two sat both.
    crossed : bool
        Whether both orders were there, so that the forms' difference is out of it.
    only_before, only_after : int
        Who sat but one, and is not in the gain.
    questions : DataFrame
        A row a form and question: share right before and after, in percent, and the answers there were.
    """

    people: pd.DataFrame
    estimate: Estimate
    crossed: bool
    only_before: int
    only_after: int
    questions: pd.DataFrame

    @property
    def normalised(self) -> float:
        """Hake's gain of the class: of what was missing before, the share won; NaN where nothing was missing."""
        missing = 100 - self.people["before"].mean()
        return self.estimate.value / missing if missing > 0 else float("nan")


def gain(right: pd.DataFrame) -> Gain:
    """Return the gain of a class.

    Parameters
    ----------
    right
        A row an answer that was judged: ``seat``, ``when`` (课前, 课后), ``form``, ``question``, ``right`` (bool).

    Raises
    ------
    ValueError
        Nobody sat both tests.
    """
    scores = 100 * right.groupby(["seat", "when"])["right"].mean().unstack().reindex(columns=[BEFORE, AFTER])
    both = scores.dropna()
    if both.empty:
        raise ValueError("没有一个人课前课后都做了，算不出提高了多少")
    first = right[right["when"] == BEFORE].groupby("seat")["form"].first()
    people = pd.DataFrame(
        {
            "form": first.reindex(both.index),
            "before": both[BEFORE],
            "after": both[AFTER],
            "gain": both[AFTER] - both[BEFORE],
        }
    )
    estimate, crossed = mean_gain(people["gain"], people["form"])
    one = scores.isna()
    by_question = right.groupby(["form", "question", "when"])["right"].agg(["mean", "size"]).unstack()
    return Gain(people, estimate, crossed, int(one[AFTER].sum()), int(one[BEFORE].sum()), by_question)


def mean_gain(gains: pd.Series, form: pd.Series) -> tuple[Estimate, bool]:
    """Return the mean gain with its 95 % interval, and whether both orders count alike in it.

    Parameters
    ----------
    gains
        Of each person.
    form
        Which form each had before.

    Returns
    -------
    Estimate
        The mean of the two orders' means where each order has at least two people, else the plain mean of all.
    bool
        Whether it is the former.
    """
    halves = [gains[form == one].to_numpy() for one in FORMS]
    if min(map(len, halves)) < FEWEST:
        value, n = float(gains.mean()), len(gains)
        if n < FEWEST:
            return Estimate(value, float("nan"), float("nan"), float("nan"), n), False
        return student_estimate(value, float(gains.std() / np.sqrt(n)), n - 1, n), False
    parts = np.array([half.var(ddof=1) / len(half) for half in halves])
    value, error = float(np.mean([half.mean() for half in halves])), float(np.sqrt(parts.sum())) / 2
    freedom = np.array([len(half) - 1 for half in halves])
    welch = parts.sum() ** 2 / (parts**2 / freedom).sum() if error else float(freedom.sum())
    return student_estimate(value, error, welch, len(gains)), True


def read_tests(path: str | Path) -> pd.DataFrame:
    """Read a workbook of tests that was filled in, and judge the answers.

    Parameters
    ----------
    path
        What `pretest.book_of_tests` wrote.

    Returns
    -------
    DataFrame
        As `gain` takes it; who answered nothing at all did not sit.

    Raises
    ------
    InputError
        Everything that is wrong, at once: sheets that are gone, forms and letters that there are not.
    """
    path = Path(path)
    there = {sheet.name: sheet.cells for sheet in sheets_of(path)}
    if gone := [name for name in (BEFORE, AFTER, KEY) if name not in there]:
        raise InputError([Fault(path.name, f"没有“{'”“'.join(gone)}”这张表", "请用课程里的tests.xlsx填写")])
    keys, faults = _keys(there[KEY].rows), []
    rows = [
        row for when in (BEFORE, AFTER) for row in _answers(path.name, when, there[when].rows, keys, faults)
    ]
    if faults:
        raise InputError(faults)
    return pd.DataFrame(rows, columns=["seat", "when", "form", "question", "right"])


def _keys(rows: list[list[Any]]) -> dict[tuple[str, int], tuple[str, float]]:
    """Right answers and how much they may differ, by form and question."""
    return {
        (str(row[0]), int(row[1])): (plain(row[2]), float(row[3] or 0))
        for row in rows[KEY_HEAD_ROW:]
        if len(row) >= 4 and row[0] in FORMS and isinstance(row[1], (int, float))
    }


def _answers(
    file: str,
    when: str,
    rows: list[list[Any]],
    keys: Mapping[tuple[str, int], tuple[str, float]],
    faults: list[Fault],
) -> Iterator[tuple]:
    """Judge the answers of a sheet."""
    count = max((question for _, question in keys), default=0)
    for n, row in enumerate(rows[HEAD_ROW:], HEAD_ROW + 1):
        given = [plain(cell) for cell in [*row[3:], *[None] * count][:count]]
        if not any(given):
            continue
        seat, form = row[0], plain(row[2])
        if form not in FORMS:
            faults.append(Fault(f"{file}，{when}第{n}行", f"卷写的是“{shown(form)}”", "请写甲或者乙"))
            continue
        for question, answer in enumerate(given, 1):
            right, tolerance = keys[form, question]
            if answer and not _readable(answer, right):
                where = f"{file}，{when}第{n}行第{question}题"
                faults.append(Fault(where, f"读不懂“{shown(answer)}”", "选择题写字母，例如A或AC；问数的写数"))
            yield seat, when, form, question, is_right(answer, right, tolerance)


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
    kind = LETTERS if set(right) <= set(LETTERS) else None
    return set(answer) <= set(kind) if kind else _number(answer) is not None


def _number(answer: str) -> float | None:
    found = re.match(r"[-+−]?\d[\d,]*\.?\d*", answer.replace("−", "-"))
    return float(found[0].replace(",", "")) if found else None


def is_right(answer: str, right: str, tolerance: float) -> bool:
    """Whether an answer is right: the same letters, or a number as near as allowed.

    Examples
    --------
    >>> is_right("AC", "AC", 0), is_right("A", "AC", 0), is_right("0.516册", "0.515", 0.001), is_right("", "A", 0)
    (True, False, True, False)
    """
    if not answer or set(right) <= set(LETTERS):
        return answer == right
    value = _number(answer)
    return value is not None and abs(value - float(right)) <= tolerance * (1 + 1e-9)


def sentences(found: Gain) -> list[str]:
    """Say what was found, and what that does not mean.

    Parameters
    ----------
    found
        Of `gain`.
    """
    one, people = found.estimate, found.people
    told = [
        f"课前课后都做了的{len(people)}人：答对率课前{people['before'].mean():.0f}%，课后{people['after'].mean():.0f}%。",
        f"提高{one.value:.1f}个百分点"
        + (f"，95%区间{one.low:.1f}到{one.high:.1f}。" if np.isfinite(one.low) else "；人太少，没有区间。"),
        f"提高了的{(people['gain'] > 0).sum()}人，没有变的{(people['gain'] == 0).sum()}人，降低了的{(people['gain'] < 0).sum()}人。",
    ]
    if np.isfinite(found.normalised):
        told.append(f"课前不会的，课后会了{found.normalised:.0%}（哈克的归一化提高，全班算）。")
    if not found.crossed:
        told.append("两种卷子的先后没有各占一半，卷子难易的差别没有扣掉。")
    if np.isfinite(one.low) and one.low <= 0 <= one.high:
        told.append("区间里有0：这点差别，碰巧也会有，不能说提高了。")
    shares = found.questions["mean"][AFTER].dropna()
    if hard := [f"{form}卷第{question}题" for form, question in shares[shares < HALF].index]:
        told.append(
            f"课后还有一半以上的人没有答对，要再讲：{'、'.join(hard)}（问的是哪一课，看“答案”那张表）。"
        )
    if missed := found.only_before + found.only_after:
        told.append(f"只做了一次的{missed}人，没有算进去。")
    told.append(
        "这是同一个人前后比，没有没上课的人对照：第二次做会熟一些，也算在里面。会答题，不等于回去会这样做。"
    )
    return told

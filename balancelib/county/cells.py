"""From the cells of a column, as read, to values: understood or refused, never guessed, never zero for blank."""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd

from balancelib.county.schema import Column, plain

LONGEST_TEXT = 1000
LARGEST_ROOM = 1e5  # square metres
YES_NO = {"是": 1.0, "否": 0.0, "1": 1.0, "0": 0.0, "yes": 1.0, "no": 0.0, "true": 1.0, "false": 0.0}
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


class Bad(NamedTuple):
    """A cell that was refused: its position in the column, why, and what to do."""

    position: int
    reason: str
    action: str


def parse(column: Column, cells: np.ndarray) -> tuple[np.ndarray, list[Bad]]:
    """Parse one column.

    Parameters
    ----------
    column : Column
        What the column holds.
    cells : ndarray of object, shape (n,)
        Text, numbers, booleans, dates, or None.

    Returns
    -------
    values : ndarray, shape (n,)
        float64 with NaN for blank, or object with None for blank.
    bad : list of Bad
        The cells that were refused; their values are blank.
    """
    texts = as_text(cells)
    blank = texts == ""
    bad = list(_unreadable(texts))
    refused = np.zeros(len(cells), dtype=bool)
    refused[[b.position for b in bad]] = True
    values, more = _PARSERS[column.type](column, cells, texts, blank | refused)
    return values, sorted(bad + more)


def as_text(cells: np.ndarray) -> np.ndarray:
    """Return every cell as stripped text, whole numbers without a decimal point, blank as ``""``."""
    try:
        texts = [str.strip(cell) for cell in cells]  # all are text in a CSV, and this is fast
    except TypeError:
        texts = [_text(cell) for cell in cells]
    return np.fromiter(texts, dtype=object, count=len(texts))


def _text(cell: object) -> str:
    if isinstance(cell, str):
        return cell.strip()
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return str(cell)


def _unreadable(texts: np.ndarray) -> Iterator[Bad]:
    if max(map(len, texts), default=0) <= LONGEST_TEXT and "".join(texts).isprintable():
        return
    for i, text in enumerate(texts):
        if len(text) > LONGEST_TEXT:
            yield Bad(i, f"超过{LONGEST_TEXT}个字符", "请缩短")
        elif not text.isprintable() and _CONTROL.search(text):
            yield Bad(i, "含有看不见的控制字符", "请删去重新录入")


def _numbers(
    column: Column, cells: np.ndarray, texts: np.ndarray, skip: np.ndarray
) -> tuple[np.ndarray, list[Bad]]:
    """Parse numbers; a boolean or a date is text here, and is refused."""
    values = pd.to_numeric(np.where(skip, "", texts), errors="coerce").astype(float) + 0.0  # -0 is 0
    given = ~skip
    low, high = column.limits
    bad = []
    for i in np.flatnonzero(given & ~((values >= low) & (values <= high) & _whole(column, values))):
        bad.append(Bad(int(i), *_why_not(column, values[i], texts[i])))
        values[i] = np.nan
    return values, bad


def _whole(column: Column, values: np.ndarray) -> np.ndarray:
    if column.type == "number":
        return np.ones(len(values), dtype=bool)
    with np.errstate(invalid="ignore"):
        return values == np.floor(values)


def _why_not(column: Column, value: float, text: str) -> tuple[str, str]:
    low, high = column.limits
    if np.isnan(value):
        return "不是数", _advice(text)
    if np.isinf(value):
        return "不是有限的数", "请填实际的数"
    if value < low:
        return ("是负数", "请核对后改正") if low == 0 else (f"小于{low:g}", "请核对后改正")
    if value > high:
        return f"大于允许的最大值{high:,.0f}" if high > 1 else "大于1", "请核对单位后改正"
    return "不是整数", "人数、台数这类计数请填整数"


def _advice(text: str) -> str:
    if not text.isascii() and plain(text).replace(",", "").replace(".", "").isdigit():
        return f"请把全角数字改成半角，例如{plain(text)}"
    if text.replace(",", "").replace(".", "").isdigit():
        return "请去掉千分位逗号"
    if text in {"*", "-", "—", "——", "/", "无", "N/A", "nan", "NaN"}:
        return "学校没有这个学段请留空；有而数是零请填0"
    return "请只填数字，不带单位和文字"


def _texts(
    column: Column, cells: np.ndarray, texts: np.ndarray, skip: np.ndarray
) -> tuple[np.ndarray, list[Bad]]:
    return np.where(skip, None, texts), []


def _codes(
    column: Column, cells: np.ndarray, texts: np.ndarray, skip: np.ndarray
) -> tuple[np.ndarray, list[Bad]]:
    known = {plain(key): key for key in column.codes} | {plain(v): key for key, v in column.codes.items()}
    return _looked_up(texts, skip, known, "、".join(column.codes.values()))


def _yes_no(
    column: Column, cells: np.ndarray, texts: np.ndarray, skip: np.ndarray
) -> tuple[np.ndarray, list[Bad]]:
    values, bad = _looked_up(texts, skip, YES_NO, "是、否")
    return np.array([np.nan if v is None else v for v in values], dtype=float), bad


def _looked_up(
    texts: np.ndarray, skip: np.ndarray, known: dict[str, object], choices: str
) -> tuple[np.ndarray, list[Bad]]:
    forms = {text: known.get(plain(text)) for text in set(texts[~skip])}
    values = np.array([None if s else forms[t] for t, s in zip(texts, skip, strict=True)], dtype=object)
    unknown = np.flatnonzero(~skip & (values == None))  # noqa: E711  elementwise
    return values, [Bad(int(i), "不在可选的值里", f"请从{choices}里选") for i in unknown]


def _areas(
    column: Column, cells: np.ndarray, texts: np.ndarray, skip: np.ndarray
) -> tuple[np.ndarray, list[Bad]]:
    """Parse areas, one a room, apart by semicolons; ``0`` means no room."""
    values, bad = np.full(len(texts), None, dtype=object), []
    given = np.flatnonzero(~skip)
    parts = [re.split("[;；、]", texts[i]) for i in given]
    flat = np.array([part for cell in parts for part in cell], dtype=object)
    areas = np.asarray(pd.to_numeric(flat, errors="coerce"), dtype=float)
    start = 0
    for i, cell in zip(given, parts, strict=True):
        own = areas[start : start + len(cell)].tolist()
        start += len(cell)
        if all(0 <= area <= LARGEST_ROOM for area in own):  # not so for NaN
            values[i] = tuple(area for area in own if area > 0)
        else:
            bad.append(Bad(int(i), "不是一串面积", "请写成用分号隔开的数，例如96;102，没有写0"))
    return values, bad


_PARSERS: dict[str, Callable[..., tuple[np.ndarray, list[Bad]]]] = {
    "text": _texts, "code": _codes, "count": _numbers, "number": _numbers, "year": _numbers,
    "yes_no": _yes_no, "areas": _areas,
}  # fmt: skip

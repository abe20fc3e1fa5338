"""From the cells of a column, as read, to values: understood or refused, never guessed, never zero for blank."""

import datetime
import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from balancelib.county.private import private_cells
from balancelib.county.schema import LARGEST, SMALLEST, Column, plain
from balancelib.text import has_unseen, number

LONGEST_TEXT = 1000
# Full-width signs and digits alone: ² or ① look like digits too, and are not.
HALF_WIDTH = {0xFF01 + i: 0x21 + i for i in range(94)} | {0x3000: " "}
LARGEST_EXACT = 1e15  # spreadsheets keep 15 digits of a number
_SCIENTIFIC = re.compile(r"[0-9](\.[0-9]+)?[eE]\+?[0-9]{1,3}\Z")
LARGEST_ROOM = 1e5  # square metres
YES_NO = {"是": 1.0, "否": 0.0, "1": 1.0, "0": 0.0, "yes": 1.0, "no": 0.0, "true": 1.0, "false": 0.0}
UNCALCULATED = "#公式没有结果"  # stands for a formula that no program has worked out yet
EXTERNAL = "#公式引用了别处"  # stands for a formula whose result is another file's, and may be an old one
_BROKEN = ("是公式出错的结果", "请改正公式，或者直接填数")
ERRORS = dict.fromkeys(
    ("#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#SPILL!", "#CALC!", "#GETTING_DATA"), _BROKEN
) | {UNCALCULATED: ("：公式还没有算出结果", "请用Excel或WPS打开这个工作簿，保存一次"),
    EXTERNAL: ("：公式引用了别的工作簿或网络，数不在这个文件里", "请复制这一格，“选择性粘贴”为数值后再保存"),
}  # fmt: skip


class Bad(NamedTuple):
    """A cell that was refused: its position in the column, why, what to do, and whether it must not be echoed."""

    position: int
    reason: str
    action: str
    secret: bool = False


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
    return values, sorted(_unquoted(column, one, texts[one.position]) for one in bad + more)


def _unquoted(column: Column, bad: Bad, text: str) -> Bad:
    """Return a refusal that does not quote what looks like a number of a person, in a column of whatever type."""
    return bad._replace(secret=bad.secret or bool(private_cells([text], numbered=column.identifies)))


def as_text(cells: np.ndarray) -> np.ndarray:
    """Return every cell as stripped text, whole numbers without a decimal point, blank as ``""``."""
    try:
        texts = [str.strip(cell) for cell in cells]  # all are text in a CSV, and this is fast
    except TypeError:
        texts = [text_of(cell) for cell in cells]
    return np.fromiter(texts, dtype=object, count=len(texts))


def text_of(cell: object) -> str:
    """Return one cell as `as_text` does."""
    if isinstance(cell, str):
        return cell.strip()
    if cell is None:
        return ""
    return number(cell) if isinstance(cell, float) else str(cell)


def _unreadable(texts: np.ndarray) -> Iterator[Bad]:
    whole = "".join(texts)
    if max(map(len, texts), default=0) <= LONGEST_TEXT and whole.isprintable() and "#" not in whole:
        return
    for i, text in enumerate(texts):
        if len(text) > LONGEST_TEXT:
            yield Bad(i, f"超过{LONGEST_TEXT}个字符", "请缩短")
        elif has_unseen(text):
            yield Bad(i, "含有看不见的控制字符或格式字符", "请删去重新录入")
        elif text in ERRORS:
            yield Bad(i, *ERRORS[text])


def _numbers(
    column: Column, cells: np.ndarray, texts: np.ndarray, skip: np.ndarray
) -> tuple[np.ndarray, list[Bad]]:
    """Parse numbers; a boolean or a date is text here, and is refused."""
    values = pd.to_numeric(np.where(skip, "", texts), errors="coerce").astype(float) + 0.0  # -0 is 0
    given = ~skip
    low, high = column.limits
    bad = []
    for i in np.flatnonzero(given & ~((values >= low) & (values <= high) & _whole(column, values))):
        bad.append(Bad(int(i), *(_other_kind(cells[i]) or _why_not(column, values[i], texts[i]))))
        values[i] = np.nan
    return values, bad


def _other_kind(cell: object) -> tuple[str, str] | None:
    """Say why a cell is no number where a spreadsheet holds something else in it."""
    if isinstance(cell, bool):
        return "是TRUE或FALSE，不是数", "请直接填数"
    if isinstance(cell, datetime.date | datetime.time):
        return "是日期，不是数", "请把单元格格式改成“常规”，重新填数"
    return None


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
        return ("是负数", "请核对后改正") if low == 0 else (f"小于{number(low)}", "请核对后改正")
    if value > high:
        return f"大于允许的最大值{high:,.0f}" if high > 1 else "大于1", "请核对单位后改正"
    return "不是整数", "人数、台数这类计数请填整数"


def _advice(text: str) -> str:
    half = text.translate(HALF_WIDTH)
    if text != half and half.replace(",", "").replace(".", "").isdecimal():
        return f"请把全角数字改成半角，例如{half}"
    if text.replace(",", "").replace(".", "").isdecimal():
        return "请去掉千分位逗号"
    if text.endswith(("%", "％")):
        return "请填百分数前面的数，不带%，例如5%填5"
    if text in {"*", "-", "—", "——", "/", "无", "N/A", "nan", "NaN"}:
        return "学校没有这个学段请留空；有而数是零请填0"
    if text in {"缺考", "免考", "缓考", "缺"}:
        return "没有成绩的请留空，不写0"
    return "请只填数字，不带单位和文字"


def _texts(
    column: Column, cells: np.ndarray, texts: np.ndarray, skip: np.ndarray
) -> tuple[np.ndarray, list[Bad]]:
    """Take texts as they are, but for personal information."""
    values = np.where(skip, None, texts)
    bad = []
    for i in private_cells(texts, numbered=column.identifies):
        if not skip[i]:
            bad.append(
                Bad(i, "里面像有身份证号或电话号码", "请删去；本工具不用个人的证件号和电话", secret=True)
            )
            values[i] = None
    if column.identifies:
        bad += [b for b in _lost(cells, texts) if not skip[b.position]]
        values[[b.position for b in bad]] = None
    return values, bad


def _lost(cells: np.ndarray, texts: np.ndarray) -> Iterator[Bad]:
    """Yield the numbers of schools of which a spreadsheet has kept something else than was typed."""
    action = "请把这一列设成文本格式，重新录入编号"
    for i, cell in enumerate(cells):
        if isinstance(cell, str):
            if _SCIENTIFIC.match(texts[i]):
                yield Bad(i, "编号成了科学计数法，后几位已经丢了", action)
        elif isinstance(cell, float) and abs(cell) >= LARGEST_EXACT:
            yield Bad(i, "编号太长，被当成数，后几位已经丢了", action)
        elif isinstance(cell, bool | datetime.date | datetime.time):
            yield Bad(i, "不是编号，是日期或TRUE、FALSE", action)


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


def _dates(
    column: Column, cells: np.ndarray, texts: np.ndarray, skip: np.ndarray
) -> tuple[np.ndarray, list[Bad]]:
    """Take dates as texts ``2026-03-01``; a cell that a workbook holds as a date is one."""
    plain_texts = [text.removesuffix(" 00:00:00") for text in texts]
    return _moments(plain_texts, skip, "%Y-%m-%d", ("不是日期", "请写成2026-03-01这样，年、月、日都要有"))


def _months(
    column: Column, cells: np.ndarray, texts: np.ndarray, skip: np.ndarray
) -> tuple[np.ndarray, list[Bad]]:
    """Take months as texts ``2026-03``; spreadsheets make the first day of the month of what is typed so."""
    plain_texts = [
        text.removesuffix(" 00:00:00").removesuffix("-01" if text.count("-") == 2 else "") for text in texts
    ]
    return _moments(plain_texts, skip, "%Y-%m", ("不是年月", "请写成2026-03这样，四位数的年、两位数的月"))


def _moments(
    texts: Sequence[str], skip: np.ndarray, form: str, otherwise: tuple[str, str]
) -> tuple[np.ndarray, list[Bad]]:
    """Take days or months of the years that a number of a year may have: 0026 is a slip."""
    values, bad = np.full(len(texts), None, dtype=object), []
    first, last = int(SMALLEST["year"]), int(LARGEST["year"])
    for i in np.flatnonzero(~skip):
        try:
            moment = datetime.datetime.strptime(texts[i], form)
        except ValueError:
            bad.append(Bad(int(i), *otherwise))
            continue
        if first <= moment.year <= last:
            values[i] = moment.strftime(form)
        else:
            bad.append(Bad(int(i), f"年份不在{first}到{last}之间", "请核对年份"))
    return values, bad


def _areas(
    column: Column, cells: np.ndarray, texts: np.ndarray, skip: np.ndarray
) -> tuple[np.ndarray, list[Bad]]:
    """Parse areas, one a room, apart by semicolons; ``0`` means no room."""
    values, bad = np.full(len(texts), None, dtype=object), []
    given = np.flatnonzero(~skip)
    if not len(given):
        return values, bad
    parts = [texts[i].replace("；", ";").replace("、", ";").split(";") for i in given]
    flat = np.array([part for cell in parts for part in cell], dtype=object)
    areas = np.asarray(pd.to_numeric(flat, errors="coerce"), dtype=float)
    ends = np.cumsum([len(cell) for cell in parts])
    starts = np.concatenate([[0], ends[:-1]])
    good = np.logical_and.reduceat((areas >= 0) & (areas <= LARGEST_ROOM), starts)  # not so for NaN
    rooms = areas.tolist()
    for i, start, end, fine in zip(given, starts.tolist(), ends.tolist(), good.tolist(), strict=True):
        if fine:
            values[i] = tuple(filter(None, rooms[start:end]))  # 0 is no room
        else:
            bad.append(Bad(int(i), "不是一串面积", "请写成用分号隔开的数，例如96;102，没有写0"))
    return values, bad


_PARSERS: dict[str, Callable[..., tuple[np.ndarray, list[Bad]]]] = {
    "text": _texts, "code": _codes, "count": _numbers, "number": _numbers, "year": _numbers,
    "yes_no": _yes_no, "areas": _areas, "month": _months, "date": _dates,
}  # fmt: skip

"""Numbers as people write them in a report: found in a sentence, and compared with the library's."""

import math
import re
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from balancelib.county import County

RIGHT, WRONG, COARSE, UNIT = "一致", "不一致", "位数不够", "单位不对"
ABSENT, UNREAD = "没有写", "没有读到"
SCALES = {"%": 0.01, "‰": 0.001, "百": 1e2, "千": 1e3, "万": 1e4, "亿": 1e8}
SAME = {"㎡": "平方米", "m²": "平方米", "名": "人"}
UNITS = "平方米|㎡|m²|元|间|人|名|台|册"
# A number that is no date and no piece of another, then how large and of what it is.
NUMBER = rf"(?<![\d.])(-?\d+(?:,\d{{3}})*(?:\.\d+)?(?!\d|\.\d|\s*[年月日])\s*(?:[%‰百千万亿]?(?:{UNITS})?))"
SPAN = r"[从由自]?(?:往年|去年|上一?年|前年|上学年)"
YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)\s*(?:[—–-]\s*\d+\s*)?(?:学年度?|年)(?:\d+月)?(?:\d+日)?")
PAST = re.compile(rf"{SPAN}[的是为：、，]{{0,2}}{NUMBER}")
OTHER_CLAUSE = re.compile(rf"[^，：]*(?:{SPAN}|以后年)[^，：]*[，：]?")
GOAL = re.compile("[到至在]以后年|目标|力争|争取")


def number_pattern(
    said: str, words: Mapping[str, str], elsewhere: Iterable[str], others: Iterable[str]
) -> re.Pattern[str]:
    """Write out the short forms of a saying: ``{stage}`` and ``{indicator}``, gaps and the number.

    Parameters
    ----------
    said : str
        ``#`` is the number, ``…`` a gap without digits and ``~`` a gap with or without.
    words : mapping of str to str
        What stage and indicator are called, each as a pattern.
    elsewhere, others : iterable of str
        Over the first no gap goes, over the others none without digits: what follows is of something else.
    """
    elsewhere = [*elsewhere]
    gaps = {
        "…": rf"(?:{_never([*elsewhere, *others])}\D)*?",
        "~": rf"(?:{_never(elsewhere)}.)*?",
        "#": NUMBER,
    }
    text = re.sub("[…~#]", lambda mark: gaps[mark[0]], said)
    for name, called in words.items():
        text = text.replace(f"{{{name}}}", f"(?:{called})")
    return re.compile(text)


def _never(words: list[str]) -> str:
    return f"(?!{'|'.join(words)})" if words else ""


def last_year(county: County) -> int | None:
    """The year that a county's numbers are of, the one after its table of past years; nothing where it has none."""
    history: Any = county.tables.get("history")
    if history is None or "year" not in history or not len(history):
        return None
    year = pd.to_numeric(history["year"], errors="coerce").max()
    return None if math.isnan(year) else int(year) + 1


def of_this_year(sentence: str, year: int | None) -> str:
    """Take out of a sentence what it says of other years; nothing is left of a goal.

    Where the year of the numbers is not known, it is the latest that the sentence names.
    """
    named = [int(found[1]) for found in YEAR.finditer(sentence)]
    now = year or max(named, default=0)
    called = {-1: "往年", 0: "", 1: "以后年"}
    text = YEAR.sub(lambda found: called[(int(found[1]) > now) - (int(found[1]) < now)], sentence)
    return "" if GOAL.search(text) else OTHER_CLAUSE.sub("", PAST.sub("", text))


def agrees(text: str, value: float, decimals: int, unit: str) -> str | None:
    """Whether a number as written is the library's, rounded to as many decimals.

    Parameters
    ----------
    text : str
        With what follows it: 2.18万名.
    value : float
        The library's, in its unit; of a percentage in percent.
    decimals : int
        So many are to be written.
    unit : str
        Empty where there is none.

    Returns
    -------
    str or None
        `RIGHT`, `WRONG`, `COARSE` or `UNIT`; None where the number is of another thing.
    """
    found = re.fullmatch(rf"(-?[\d,.]+)\s*([%‰百千万亿]?)({UNITS})?", text.strip())
    digits, scale, named = found.groups()
    number, places = float(digits.replace(",", "")), len(digits.partition(".")[2])
    as_said = _compared(number, places, value, decimals)
    if unit == "%":
        return as_said if scale == "%" and not named else None
    times = SCALES.get(scale, 1.0)
    scaled = _compared(number * times, places - round(math.log10(times)), value, decimals)
    if scale in ("%", "‰") or (named and SAME.get(named, named) != SAME.get(unit, unit)):
        return None if WRONG == as_said == scaled else UNIT
    return UNIT if scale and scaled == WRONG != as_said else scaled


def _compared(number: float, places: int, value: float, decimals: int) -> str:
    if abs(number - value) > 0.5 * 10.0**-places + 1e-9 * max(abs(value), 1):
        return WRONG
    return RIGHT if places >= decimals else COARSE

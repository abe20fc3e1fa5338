"""How far an answer is from the right one, in words that help: a number, a text, some names, a column or a table."""

import contextlib
import math
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from numbers import Real
from typing import Any

import numpy as np
import pandas as pd

from balancelib.text import shown

MOST_NAMED = 5  # labels; more would hide what is said of them
NEAR = 0.01  # share of the right number within which an answer is nearly right
FACTORS = {
    100: "正好是应有的100倍：是不是多乘了一次100，把百分之几写成了百分数？",
    1 / 100: "正好是应有的百分之一：是不是忘了乘100？",
    10_000: "正好是应有的一万倍：元和万元是不是弄混了？",
    1 / 10_000: "正好是应有的万分之一：元和万元是不是弄混了？",
    -1: "大小对，正负号反了：看看是谁减谁。",
}
CALLED = {  # what people hand in instead, the narrower first
    str: "文字",
    bool: "True或False",
    Real: "一个数",
    pd.DataFrame: "一张表（DataFrame）",
    pd.Series: "一列（Series）",
    pd.Index: "一列标签（Index）",
    np.ndarray: "一个数组",
    (list, tuple): "一串",
    (set, frozenset): "一个集合",
    Mapping: "一个字典",
    type(None): "空值None（可能少写了return，或者用了print）",
}

Tolerance = float | Mapping[str, float]  # of all numbers, or of those that are named


class Unfit(Exception):  # noqa: N818  said to the trainee
    """The answer is of another kind than what is asked for; says which, and what to do."""


def is_stub(given: Any) -> bool:
    """Whether an answer is still the three dots of the stub, or holds them."""
    with contextlib.suppress(Exception):  # of a foreign object's own
        if isinstance(given, pd.Series | pd.DataFrame):
            values = given.to_numpy(dtype=object).ravel()
        elif isinstance(given, Mapping):
            values = given.values()
        else:
            values = given if isinstance(given, list | tuple | set) else [given]
        return any(value is ... for value in values)
    return False


def same(given: Any, expected: Any, tolerance: Tolerance) -> bool:
    """Whether an answer, once `fitted`, is right."""
    if isinstance(expected, bool | str | frozenset):
        return given == fitted(expected, expected)
    if isinstance(expected, pd.DataFrame):
        return all(same(given[name], expected[name], tolerance) for name in expected)
    if isinstance(expected, pd.Series):
        return not any(_series_faults(given, expected, tolerance))
    return _near(given, expected, tolerance)


def fitted(given: Any, expected: Any) -> Any:
    """Return an answer in the form of what is expected.

    Raises
    ------
    Unfit
        It cannot be put into that form.
    """
    if isinstance(given, np.generic) or (isinstance(given, np.ndarray) and given.ndim == 0):
        given = given.item()
    return next(fit for kind, fit in _FITS if isinstance(expected, kind))(given, expected)


def plain(expected: Any) -> Any:
    """Return a right answer in one of the forms that are compared: bool, str, frozenset, Series, DataFrame, float.

    Raises
    ------
    ValueError
        Two rows have the same label.

    Examples
    --------
    >>> plain({"甲": 1}).to_dict(), plain(["甲", "乙"]) == frozenset({"乙", "甲"}), plain(3)
    ({'甲': 1}, True, 3.0)
    """
    if isinstance(expected, bool | np.bool_):
        return bool(expected)
    if isinstance(expected, str):
        return expected
    if isinstance(expected, Mapping):
        expected = pd.Series(expected)
    if isinstance(expected, pd.Series | pd.DataFrame):
        labels = _labels(expected.index)
        if labels.has_duplicates:
            twice = labels[labels.duplicated()][0]
            raise ValueError(f"有两所学校都叫{shown(twice)}，分不清，请在名字里写清楚")
        return expected
    if isinstance(expected, set | frozenset | list | tuple | pd.Index):
        return frozenset(map(str, expected))
    return float(expected)


def wrong(given: Any, expected: Any, tolerance: Tolerance) -> str:
    """Say what is wrong with an answer, once `fitted`, without giving the right one away."""
    if isinstance(expected, bool):
        return "结论反了。"
    if isinstance(expected, str):
        return f"不是“{shown(given)}”。"
    if isinstance(expected, frozenset):
        return _names_wrong(given, expected)
    if isinstance(expected, pd.DataFrame):
        said = [(name, wrong(given[name], expected[name], tolerance)) for name in expected]
        return "".join(f"“{shown(name)}”一列：{text}" for name, text in said if text)
    if isinstance(expected, pd.Series):
        return _factor(given, expected) or "".join(_series_faults(given, expected, tolerance))
    return _factor(given, expected) or _direction(given, expected)


# Into the form that is expected


def _called(given: Any) -> str:
    if callable(given) and not isinstance(given, type):
        return "函数本身，后面少了括号"
    return next((name for kind, name in CALLED.items() if isinstance(given, kind)), "别的东西")


def _refuse(given: Any, wanted: str) -> Unfit:
    return Unfit(f"这道题要{wanted}，你给的是{_called(given)}。")


def _as_truth(given: Any, _: bool) -> bool:
    if not isinstance(given, bool):
        raise _refuse(given, "一个判断：True（是）或者False（否），不加引号")
    return given


def _as_text(given: Any, _: str) -> str:
    if not isinstance(given, str):
        raise _refuse(given, "一段文字，要加引号")
    return _tidy(given)


def _tidy(text: Any) -> str:
    return unicodedata.normalize("NFKC", str(text)).strip()


def _as_names(given: Any, _: frozenset) -> frozenset:
    if isinstance(given, str):
        raise Unfit('这道题要一组名字，你给的是一段文字。写成`["甲", "乙"]`这样，一个名字一对引号。')
    if not isinstance(given, set | frozenset | list | tuple | pd.Index | pd.Series | np.ndarray):
        raise _refuse(given, "一组名字")
    if isinstance(given, pd.Series | np.ndarray) and pd.api.types.is_bool_dtype(given):
        raise Unfit("你给的是一列True和False，要的是名字：用它挑出行，再取名字那一列。")
    if isinstance(given, pd.Series | np.ndarray) and pd.api.types.is_numeric_dtype(given):
        raise Unfit("你给的是一列数，要的是名字：名字若是这一列的标签，后面加上`.index`。")
    return frozenset(map(_tidy, given))


def _as_number(given: Any, _: float = 0.0) -> float:
    if isinstance(given, str):
        raise Unfit(
            f"你给的是带引号的文字“{shown(given)}”，不是数。去掉引号和单位再运行；保留几位小数也不要用文字。"
        )
    if isinstance(given, pd.Series | pd.Index | np.ndarray) and given.size == 1:
        raise Unfit("这道题要一个数，你给的是只有一个数的一列。后面加上`.item()`，取出那个数。")
    if isinstance(given, bool) or given is None or not hasattr(given, "__float__"):
        raise _refuse(given, "一个数")
    if isinstance(given, pd.Series | pd.DataFrame | np.ndarray):
        raise _refuse(given, "一个数")
    number = float(given)
    if math.isnan(number):
        raise Unfit("结果是空值（NaN）：多半用到了空白的格子，或者0除以0。先看看用到的每一个数。")
    if math.isinf(number):
        raise Unfit("结果是无穷大：多半是除以了0。")
    return number


def _as_series(given: Any, expected: pd.Series) -> pd.Series:
    if isinstance(given, Mapping):
        given = pd.Series(given, dtype=object)
    if isinstance(given, pd.DataFrame) and given.shape[1] == 1:
        given = given.iloc[:, 0]
    example = shown(expected.index[0]) if len(expected) else "甲"
    if not isinstance(given, pd.Series):
        raise _refuse(given, f"一列带标签的数（Series），或者一个字典，标签如“{example}”")
    given = given.set_axis(_labels(given.index))
    if given.index.has_duplicates:
        twice = given.index[given.index.duplicated()][0]
        raise Unfit(f"同一个标签出现了几次：{shown(twice)}。每个标签只要一行。")
    if len(expected) and not set(_labels(expected.index)) & set(given.index):
        raise Unfit(
            f"标签对不上：要的标签如“{example}”，你给的如“{shown(given.index[0])}”。"
            if len(given)
            else "你给的是空的一列。"
        )
    if pd.api.types.is_numeric_dtype(expected):
        return pd.Series({label: _cell(label, value) for label, value in given.items()}, dtype=float)
    return given.map(_tidy)


def _cell(label: str, value: Any) -> float:
    """A number in a column; blank is allowed there, and compared."""
    if value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value)):
        return math.nan
    try:
        return _as_number(value)
    except Unfit as error:
        raise Unfit(f"标签“{shown(label)}”：{error}") from None


def _labels(index: pd.Index) -> pd.Index:
    return pd.Index([_tidy(label) for label in index])


def _as_frame(given: Any, expected: pd.DataFrame) -> pd.DataFrame:
    names = "、".join(f"“{shown(name)}”" for name in expected)
    if not isinstance(given, pd.DataFrame):
        raise _refuse(given, f"一张表（DataFrame），列是{names}")
    if missing := [name for name in expected if name not in given]:
        raise Unfit(f"表里缺少这些列：{'、'.join(map(shown, missing))}。要的列是{names}。")
    if given.columns.has_duplicates:
        raise Unfit("有两列的名字一样，分不清用哪一列。")
    return pd.DataFrame({name: _as_series(given[name], expected[name]) for name in expected})


_FITS: list[tuple[type, Callable[[Any, Any], Any]]] = [
    (bool, _as_truth),
    (str, _as_text),
    (frozenset, _as_names),
    (pd.DataFrame, _as_frame),
    (pd.Series, _as_series),
    (float, _as_number),
]


# What is wrong


def _near(given: float, expected: float, tolerance: float) -> bool:
    if math.isnan(given) or math.isnan(expected):
        return math.isnan(given) and math.isnan(expected)
    return math.isclose(given, expected, rel_tol=1e-9, abs_tol=tolerance)


def _direction(given: float, expected: float) -> str:
    near = abs(given - expected) <= NEAR * abs(expected)
    return ("偏大" if given > expected else "偏小") + (
        "，但已经很接近：中间的数是不是先四舍五入了？" if near else "。"
    )


def _factor(given: Any, expected: Any) -> str:
    """Say by which factor an answer is off, where it is one that people forget."""
    if isinstance(expected, pd.Series):
        if not pd.api.types.is_numeric_dtype(expected):
            return ""
        expected = expected.set_axis(_labels(expected.index)).astype(float)
        if set(expected.index) != set(given.index):
            return ""
        given = given.reindex(expected.index)
    a, b = np.atleast_1d(np.asarray(given, dtype=float)), np.atleast_1d(np.asarray(expected, dtype=float))
    for factor, said in FACTORS.items():
        if b.any() and np.allclose(a, factor * b, rtol=1e-6, atol=0, equal_nan=True):
            return said
    return ""


def _names_wrong(given: frozenset, expected: frozenset) -> str:
    if not given:
        return "你给的是空的，一所也没有。"
    expected = _as_names(expected, expected)
    extra, missing = sorted(given - expected), len(expected - given)
    said = [f"有{len(extra)}个不该在里面：{_listed(extra)}"] if extra else []
    return "；".join([*said, *([f"还漏了{missing}个"] if missing else [])]) + "。"


def _series_faults(given: pd.Series, expected: pd.Series, tolerance: Tolerance) -> Iterator[str]:
    """Labels that lack or are too many, then those whose value is wrong; in whatever order they stand."""
    if expected.empty and len(given):
        yield f"这里一行也不该有，你给了{len(given)}行：{_listed(list(given.index))}。"
        return
    expected = expected.set_axis(_labels(expected.index))
    if missing := [label for label in expected.index if label not in given.index]:
        yield f"缺少{len(missing)}行：{_listed(missing)}。"
    if extra := [label for label in given.index if label not in expected.index]:
        yield f"多了{len(extra)}行：{_listed(extra)}。"
    both = [label for label in expected.index if label in given.index]
    equal = _near if pd.api.types.is_numeric_dtype(expected) else lambda a, b, _: a == _tidy(b)
    by = tolerance if isinstance(tolerance, Mapping) else dict.fromkeys(both, tolerance)
    if bad := [label for label in both if not equal(given[label], expected[label], by.get(label, 0))]:
        yield f"{len(both)}行里有{len(bad)}行不对：{_listed(bad)}。" + _all_one_way(given, expected, bad)


def _all_one_way(given: pd.Series, expected: pd.Series, bad: list[str]) -> str:
    if not pd.api.types.is_numeric_dtype(expected):
        return ""
    gap = [given[label] - expected[label] for label in bad]
    if any(math.isnan(g) for g in gap):
        return "里面有空值：该空的要空，不该空的不能空。"
    return "都偏大。" if min(gap) > 0 else "都偏小。" if max(gap) < 0 else ""


def _listed(labels: list[str]) -> str:
    more = "等" if len(labels) > MOST_NAMED else ""
    return "、".join(shown(label) for label in labels[:MOST_NAMED]) + more

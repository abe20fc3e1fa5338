"""The door of every measure: columns of numbers checked once, with the same words."""

import functools
import inspect
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import numpy as np

from balancelib.measures.sample import Sample

MEASURES: dict[str, Callable[..., Any]] = {}  # those made by `measure`, by name


class Omitted(NamedTuple):
    """What a measure returns under ``nan_policy="omit"``: its value, and how many rows were left out."""

    value: Any
    omitted: int


def measure(*columns: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Check the arguments named ``columns``, one number a unit in each, before the measure sees them.

    The measure gains the option ``nan_policy``: ``"raise"`` refuses a NaN; ``"omit"`` leaves out every row that has
    one in any column and returns `Omitted`. An infinite number is always refused. In a column named
    ``weights`` numbers may not be negative, and rows of weight zero are absent; None means equal weights.

    Raises
    ------
    ValueError
        Columns that are not one-dimensional and equally long, empty, not finite; negative weights or none at all.
    """

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        signature = inspect.signature(function)

        @functools.wraps(function)
        def checked(*args: Any, nan_policy: str = "raise", **options: Any) -> Any:
            bound = signature.bind(*args, **options)
            given = bound.arguments
            if isinstance(given[columns[0]], Sample):  # checked before; see `summarise`
                return function(*args, **options)
            omitted = check(given, columns, nan_policy)
            return answer(function(*bound.args, **bound.kwargs), omitted, nan_policy)

        policy = inspect.Parameter(
            "nan_policy", inspect.Parameter.KEYWORD_ONLY, default="raise", annotation=str
        )
        MEASURES[function.__name__] = checked
        checked.__signature__ = signature.replace(parameters=[*signature.parameters.values(), policy])
        return checked

    return decorate


def answer(value: Any, omitted: int, nan_policy: str) -> Any:
    """Return what a measure found, a plain float where it is one number, with the rows left out where asked."""
    value = float(value) if isinstance(value, np.floating) else value
    return Omitted(value, omitted) if nan_policy == "omit" else value


def check(given: dict[str, Any], columns: Iterable[str], nan_policy: str = "raise") -> int:
    """Put clean arrays in the place of the columns given; return how many rows were left out."""
    if nan_policy not in {"raise", "omit"}:
        raise ValueError(f"nan_policy只能是raise或omit，现在是{nan_policy}")
    arrays = {name: _numbers(given[name]) for name in columns if given.get(name) is not None}
    if len({array.shape for array in arrays.values()}) != 1 or next(iter(arrays.values())).ndim != 1:
        raise ValueError("数据和权重应是同样长的一列数")
    omitted = _omit(arrays) if nan_policy == "omit" else 0
    if not next(iter(arrays.values())).size:
        raise ValueError("没有数据")
    if not all(map(_all_finite, arrays.values())):
        raise ValueError("数据或权重中有空值或无穷大")
    _drop_weightless(arrays)
    given.update(arrays)
    return omitted


def _numbers(column: Any) -> np.ndarray:
    """Return whole numbers as they are, so that they can be counted, and all else as floats."""
    try:
        array = np.asarray(column)
        return array if array.dtype.kind in "iu" else array.astype(float, copy=False)
    except (TypeError, ValueError) as error:
        raise ValueError(f"数据或权重中有的不是数：{error}") from None


def _omit(arrays: dict[str, np.ndarray]) -> int:
    missing = np.logical_or.reduce([np.isnan(array) for array in arrays.values()])
    if missing.any():
        arrays.update((name, array[~missing]) for name, array in arrays.items())
    return int(missing.sum())


def _all_finite(array: np.ndarray) -> bool:
    """Say whether all are finite; the sum tells it fastest, unless it overflows."""
    if array.dtype.kind in "iu":
        return True
    with np.errstate(over="ignore", invalid="ignore"):
        return bool(np.isfinite(array.sum())) or bool(np.isfinite(array).all())


def _drop_weightless(arrays: dict[str, np.ndarray]) -> None:
    weights = arrays.get("weights")
    if weights is None:
        return
    least = weights.min()
    if least < 0:
        raise ValueError("权重不能是负数")
    if least == 0:
        present = weights > 0
        if not present.any():
            raise ValueError("权重全是0")
        arrays.update((name, array[present]) for name, array in arrays.items())


def labels(column: Any, n: int, name: str) -> np.ndarray:
    """Return a column that says which group each of ``n`` rows belongs to; a missing one, or one row without a label, is refused."""
    array = np.asarray(column)
    if array.shape != (n,):
        raise ValueError(f"{name}应和数据一样长，{n}个")
    if array.dtype.kind not in "iub" and any(map(is_blank, array.tolist())):
        raise ValueError(f"{name}里有空值")
    return array


def inside(numbers: dict[str, float]) -> None:
    """Refuse a number that is not between 0 and 1, with its name."""
    for name, number in numbers.items():
        if not 0 < number < 1:
            raise ValueError(f"{name}是{number}，要在0和1之间，例如0.85")


def is_blank(label: Any) -> bool:
    """Whether a label or value is missing: None, NaN, or what pandas has in their place (NA, NaT).

    Examples
    --------
    >>> is_blank(None), is_blank(float("nan")), is_blank(0), is_blank("")
    (True, True, False, False)
    """
    return label is None or type(label).__name__ == "NAType" or bool(label != label)  # noqa: PLR0124  NaN and NaT

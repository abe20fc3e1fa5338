"""Measures of many groups in a table."""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from balancelib.measures.columns import MEASURES, check, is_blank
from balancelib.measures.grouped import Grouping, Groups


def summarise(
    frame: Any,
    value: str | Sequence[str],
    weights: str | None = None,
    by: str | Sequence[str] = (),
    measures: Sequence[str | Callable[..., Any]] | Mapping[str, Callable[..., Any]] = ("cv", "gini"),
    nan_policy: str = "raise",
) -> Any:
    """Work out measures of columns, for each group of rows.

    Parameters
    ----------
    frame : DataFrame or Table
        Of pandas, Polars or pyarrow.
    value : str or list of str
        Columns to measure.
    weights : str, optional
        Column of weights.
    by : str or list of str
        Columns whose values make the groups; one group of all rows if left out.
    measures : list of str or callable, or dict
        Measures of ``(x, weights)``, by name or as functions; those that need more as
        ``{"atkinson_1": partial(atkinson, epsilon=1)}``.
    nan_policy : {"raise", "omit"}
        Whether a missing value is an error, or its row is left out for that column and counted.

    Returns
    -------
    DataFrame or Table
        Of the same library: a row a group and column measured, in the order in which groups first appear. Columns: those of ``by``,
        ``column`` (its name), ``n`` (rows), ``omitted`` (rows left out), then one a measure; NaN where a group has no such measure, for example
        because its mean is 0.

    Raises
    ------
    ValueError
        An unknown column or measure, a group without a name, or columns at fault as for the measures.

    Notes
    -----
    Each column is sorted once, whatever the number of measures and groups.

    Examples
    --------
    >>> import pandas as pd
    >>> books = pd.DataFrame({"town": ["a", "a", "b", "b"], "books": [4.0, 6.0, 5.0, 5.0]})
    >>> summarise(books, "books", by="town", measures=["cv"])[["town", "cv"]].values.tolist()
    [['a', 0.2], ['b', 0.0]]
    """
    import narwhals as nw  # noqa: PLC0415  heavy: only where it is used

    table = nw.from_native(frame, eager_only=True)
    values, names = _list(value), _list(by)
    for name in [*values, *names, *_list(weights or ())]:
        if name not in table.columns:
            raise ValueError(f"表里没有{name}这一列；有{'、'.join(table.columns)}")
    codes, keys = _codes([table[name] for name in names], len(table))
    functions = _functions(measures)
    w = None if weights is None else table[weights].to_numpy()
    rows = _Rows(codes, len(keys), w, nan_policy)
    blocks = [rows.measured(name, table[name].to_numpy(), functions) for name in values]
    labels = zip(*keys, strict=True) if names else ()
    data = {name: list(label) * len(values) for name, label in zip(names, labels, strict=True)}
    data["column"] = [name for name in values for _ in keys]
    for name in blocks[0]:
        data[name] = np.concatenate([block[name] for block in blocks])
    return nw.from_dict(data, backend=table.implementation).to_native()


def _list(names: str | Sequence[str]) -> list[str]:
    return [names] if isinstance(names, str) else list(names)


def _codes(columns: Sequence[Any], n: int) -> tuple[np.ndarray, list[tuple[Any, ...]]]:
    """Number the groups in the order in which they appear."""
    if not columns:
        return np.zeros(n, dtype=int), [()]
    if len(columns) == 1:
        array = columns[0].to_numpy()
        if array.dtype.kind in "iu" and n and int(array.max()) - int(array.min()) < 4 * n:
            return _whole_codes(array)
    numbers: dict[tuple[Any, ...], int] = {}
    rows = zip(*(column.to_list() for column in columns), strict=True)
    codes = np.fromiter((numbers.setdefault(key, len(numbers)) for key in rows), int, n)
    if any(is_blank(part) for key in numbers for part in key):
        raise ValueError("分组的列里有空值")
    return codes, list(numbers)


def _whole_codes(labels: np.ndarray) -> tuple[np.ndarray, list[tuple[Any, ...]]]:
    """Number groups whose labels are whole numbers close together, without looking at rows one by one."""
    offsets = labels - labels.min()
    first = np.full(int(offsets.max()) + 1, len(labels))
    rows = np.arange(len(labels))
    first[offsets[::-1]] = rows[::-1]  # of several rows the last written stays, which is the first
    present = np.flatnonzero(first < len(labels))
    present = present[np.argsort(first[present])]
    numbers = np.empty(first.size, dtype=int)
    numbers[present] = np.arange(present.size)
    return numbers[offsets], [(label,) for label in labels[first[present]].tolist()]


def _functions(measures: Any) -> dict[str, Callable[..., Any]]:
    if isinstance(measures, Mapping):
        return dict(measures)
    functions = {}
    for one in measures:
        name = one if isinstance(one, str) else one.__name__
        if isinstance(one, str) and name not in MEASURES:
            raise ValueError(f"没有名为{name}的度量；有{'、'.join(MEASURES)}")
        functions[name] = MEASURES[one] if isinstance(one, str) else one
    return functions


class _Rows:
    """The rows of a table in their groups."""

    def __init__(self, codes: np.ndarray, groups: int, weights: np.ndarray | None, nan_policy: str) -> None:
        self.codes, self.groups, self.weights, self.nan_policy = codes, groups, weights, nan_policy
        self.weightless = 0 if weights is None else np.bincount(codes, np.asarray(weights) == 0, groups)

    @cached_property
    def sizes(self) -> np.ndarray:
        """Rows of each group."""
        return np.bincount(self.codes) if self.all is None else self.all.sizes

    @cached_property
    def all(self) -> Grouping | None:
        """All rows in their groups, once for the columns that miss none; None where some weights are zero or missing."""
        if self.weights is None:
            return Grouping(self.codes, None)
        given = {"weights": self.weights}
        omitted = check(given, given, self.nan_policy)
        return (
            None
            if omitted or len(given["weights"]) < len(self.codes)
            else Grouping(self.codes, given["weights"])
        )

    def measured(
        self, name: str, x: np.ndarray, functions: Mapping[str, Callable[..., Any]]
    ) -> dict[str, np.ndarray]:
        """Measure one column: ``n``, ``omitted``, and what each function finds, an entry a group."""
        try:
            present, sample = self._sample(x)
        except ValueError as error:
            raise ValueError(f"{name}：{error}") from None
        counts = np.zeros(self.groups, dtype=int)
        counts[present] = sample.sizes
        result = {"n": counts, "omitted": (self.sizes - counts - self.weightless).astype(int)}
        with np.errstate(divide="ignore", invalid="ignore"):
            for label, function in functions.items():
                result[label] = np.full(self.groups, np.nan)
                result[label][present] = function(sample)
        return result

    def _sample(self, x: np.ndarray) -> tuple[np.ndarray | slice, Groups]:
        """Return which groups have rows, and these groups of the column."""
        alone = {"x": x}
        if self.all is not None and not check(alone, alone, self.nan_policy):
            return slice(None), self.all.sample(alone["x"])
        columns = {"x": x, "weights": self.weights, "code": self.codes}
        check(columns, columns, self.nan_policy)
        present, rows = np.unique(columns["code"], return_inverse=True)
        return present, Grouping(rows, columns["weights"]).sample(columns["x"])

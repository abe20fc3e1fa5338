"""Explanatory variables as columns of numbers: a text becomes one column of 0 and 1 for each of its values."""

from collections.abc import Mapping
from itertools import chain
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from balancelib.measures.columns import is_blank


class Terms(NamedTuple):
    """Columns of numbers made of variables.

    Attributes
    ----------
    columns : ndarray, shape (rows, terms)
        All values of a text have a column, the base included.
    names : list of str
        Of the terms: the variable's, or ``variable＝value``.
    variables : list of str
        The variable that each term belongs to.
    base : ndarray of bool, shape (terms,)
        Terms that are not fitted: one value of each text, the first in order.
    """

    columns: np.ndarray
    names: list[str]
    variables: list[str]
    base: np.ndarray

    @property
    def normal(self) -> np.ndarray:
        """What makes of the coefficients of the fitted terms those of all, of the texts' values as deviations from their mean.

        Rows are all terms with the constant last, columns the fitted ones with the constant last. Then it does not matter which value is
        the base: Yun (2005), Economic Inquiry 43; Gardeazabal and Ugidos (2004), Review of Economics and Statistics 86.
        """
        count = len(self.names)
        full = np.vstack([np.eye(count)[:, ~self.base], np.zeros((1, int((~self.base).sum())))])
        full = np.hstack([full, np.eye(count + 1)[:, [-1]]])
        for variable in dict.fromkeys(self.variables):
            own = np.flatnonzero([name == variable for name in self.variables])
            if self.base[own].any():
                mean = full[own].mean(axis=0)
                full[own] -= mean
                full[-1] += mean
        return full

    @property
    def fitted(self) -> np.ndarray:
        """The columns of a regression, the constant last."""
        return np.column_stack([self.columns[:, ~self.base], np.ones(len(self.columns))])

    @property
    def all(self) -> np.ndarray:
        """All columns, the constant last."""
        return np.column_stack([self.columns, np.ones(len(self.columns))])


def terms(variables: Mapping[str, ArrayLike]) -> Terms:
    """Return variables as columns of numbers.

    Parameters
    ----------
    variables : mapping of str to array_like, shape (rows,)
        Numbers, truths, or texts; such as a DataFrame. Nothing may be missing.

    Raises
    ------
    ValueError
        There is none, they are not equally long, or something is missing.

    Examples
    --------
    >>> found = terms({"km": [1, 2, 3], "area": ["b", "a", "b"]})
    >>> found.names, found.columns.tolist()
    (['km', 'area＝a', 'area＝b'], [[1.0, 0.0, 1.0], [2.0, 1.0, 0.0], [3.0, 0.0, 1.0]])
    """
    arrays = {name: np.asarray(column) for name, column in variables.items()}
    if not arrays or len({array.shape for array in arrays.values()}) != 1:
        raise ValueError("至少要有一个因素，各个因素要一样长")
    lacking = {name: int(missing(array).sum()) for name, array in arrays.items()}
    if any(lacking.values()):
        listed = "、".join(f"{name}{count}个" for name, count in lacking.items() if count)
        raise ValueError(f"有空着的：{listed}。先去掉，并说明去掉了几行，不要当0")
    made = [_made(name, array) for name, array in arrays.items()]
    columns, names, own, base = (list(chain(*part)) for part in zip(*made, strict=True))
    return Terms(np.column_stack(columns).astype(float), names, own, np.array(base))


def missing(array: np.ndarray) -> np.ndarray:
    """Say of each number or text whether it is missing."""
    if array.dtype.kind == "f":
        return ~np.isfinite(array)
    if array.dtype.kind in "iub":
        return np.zeros(array.shape, dtype=bool)
    return np.array([is_blank(value) for value in array.tolist()], dtype=bool)


def _made(name: str, array: np.ndarray) -> tuple[list[np.ndarray], list[str], list[str], list[bool]]:
    if array.dtype.kind in "iufb":
        return [array], [name], [name], [False]
    text = array.astype(str)
    levels = np.unique(text).tolist()
    columns = [text == level for level in levels]
    return (
        columns,
        [f"{name}＝{level}" for level in levels],
        [name] * len(levels),
        [k == 0 for k in range(len(levels))],
    )

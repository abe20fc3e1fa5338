"""The change of segregation between two years: the sizes of groups and schools, and who goes where at given sizes."""

from collections.abc import Callable
from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from balancelib.measures.segregation import theil_h

ROUNDS, CLOSE = 10_000, 1e-10  # of iterative proportional fitting
ALMOST_NOBODY = 1e-4  # pupils in a cell that is empty in one year only, so that it can be fitted


class SegregationChange(NamedTuple):
    """A change and its parts; ``closed + opened + groups + schools + structure = after - before``.

    Attributes
    ----------
    before, after : float
        The index in the two years.
    closed : float
        What the schools did that are there only before.
    opened : float
        What those do that are there only after.
    groups : float
        Composition: one group's share of all pupils changed.
    schools : float
        Composition: schools grew and shrank against each other.
    structure : float
        At the same sizes of groups and schools, who goes where changed: the part that is segregation proper.
    """

    before: float
    after: float
    closed: float
    opened: float
    groups: float
    schools: float
    structure: float

    @property
    def composition(self) -> float:
        """Both compositions together."""
        return self.groups + self.schools


def fit_margins(table: ArrayLike, rows: ArrayLike, columns: ArrayLike) -> np.ndarray:
    r"""Return the table that has other sums and the same odds ratios (迭代比例拟合, iterative proportional fitting).

    Rows and columns are multiplied in turn until their sums are as asked:

    .. math:: t_{ug} \leftarrow t_{ug} \frac{r_u}{\sum_g t_{ug}}, \qquad t_{ug} \leftarrow t_{ug} \frac{c_g}{\sum_u t_{ug}}

    Parameters
    ----------
    table : array_like, shape (schools, groups)
        Pupils.
    rows, columns : array_like, shape (schools,) and (groups,)
        Sums to be had; the columns' are scaled to the total of the rows.

    Returns
    -------
    ndarray, shape (schools, groups)

    Raises
    ------
    ValueError
        Shapes that do not match, numbers that are negative or not finite, or sums that the table's empty cells do not allow.

    Notes
    -----
    Source: Deming and Stephan (1940), "On a Least Squares Adjustment of a Sampled Frequency Table When the Expected Marginal Totals are
    Known", The Annals of Mathematical Statistics 11(4).

    Examples
    --------
    >>> fit_margins([[40, 10], [10, 40]], [50, 50], [20, 80]).round(1).tolist()
    [[18.3, 31.7], [1.7, 48.3]]
    """
    table, rows, columns = _counts(table), np.asarray(rows, dtype=float), np.asarray(columns, dtype=float)
    if table.shape != (rows.size, columns.size):
        raise ValueError(f"table应是{rows.size}行{columns.size}列")
    sums = np.concatenate([rows, columns])
    if not np.isfinite(sums).all() or (sums < 0).any() or not columns.sum() > 0:
        raise ValueError("要配成的合计不能有空值或负数，也不能全是0")
    columns = columns * (rows.sum() / columns.sum())
    for _ in range(ROUNDS):
        table = table * _factor(columns, table.sum(axis=0))
        table = table * _factor(rows, table.sum(axis=1))[:, None]
        if np.abs(table.sum(axis=0) - columns).max() <= CLOSE * columns.sum():
            return table
    raise ValueError("配不成这样的合计：有的格子一个人也没有")


def segregation_change(
    before: ArrayLike, after: ArrayLike, index: Callable[..., float] = theil_h
) -> SegregationChange:
    r"""Split the change of a segregation index into composition and structure (分隔变化的分解).

    With :math:`I(s, u, g)` the index of the table that has the odds ratios of year ``s``, the school sizes of year ``u`` and the
    group sizes of year ``g``, on the schools that are there in both years:

    .. math::
        \text{structure} = \tfrac12 [I(2,1,1) - I(1,1,1)] + \tfrac12 [I(2,2,2) - I(1,2,2)], \qquad
        \text{groups} = \tfrac14 \sum_{s,u} [I(s,u,2) - I(s,u,1)]

    and ``schools`` likewise: each the mean over the orders in which the two, and inside composition its two, can change (Shapley).

    Parameters
    ----------
    before, after : array_like, shape (schools, groups)
        Pupils of each group in each school; the same schools in the same order. A school that is not there in a year is a row of 0.
    index : callable
        Called with a column a group, as `theil_h` and, of two groups, `dissimilarity` and `isolation`.

    Returns
    -------
    SegregationChange

    Raises
    ------
    ValueError
        Tables of different shapes, no school in both years, a group without anyone in one of them, or as ``index``.

    Notes
    -----
    Unit of analysis: the pupil, over schools. A cell that is empty in one year only is fitted as if 0.0001 pupils were there. Sources:
    Karmel and Maclachlan (1988), Economic Record 64; Deutsch, Flückiger and Silber (2009), Research on Economic Inequality 17; with
    schools that open and close Elbers (2021), "A Method for Studying Differences in Segregation Across Time and Space", Sociological
    Methods & Research 52(1).

    Examples
    --------
    Twice as many of the first group, each school as before: only composition.

    >>> change = segregation_change([[10, 90], [30, 70]], [[20, 90], [60, 70]])
    >>> round(change.structure, 9), round(change.composition - (change.after - change.before), 9)
    (0.0, 0.0)
    """
    before, after = _counts(before), _counts(after)
    if before.shape != after.shape:
        raise ValueError("两年的表要有同样的学校、同样的群体")
    both = (before.sum(axis=1) > 0) & (after.sum(axis=1) > 0)
    if not both.any():
        raise ValueError("没有一所学校两年都在")
    values = _values((before[both], after[both]), index)
    value = [float(index(*_there(table).T)) for table in (before, after)]
    return SegregationChange(
        *value,
        closed=float(values[0, 0, 0]) - value[0],
        opened=value[1] - float(values[1, 1, 1]),
        groups=_mean(values, 2, list(product((0, 1), repeat=2))),
        schools=_mean(values, 1, list(product((0, 1), repeat=2))),
        structure=_mean(values, 0, [(0, 0), (1, 1)]),
    )


def _values(tables: tuple[np.ndarray, np.ndarray], index: Callable[..., float]) -> np.ndarray:
    """Return the index for each year of the structure, the school sizes and the group sizes."""
    empty = [table == 0 for table in tables]
    seeds = [
        np.where(own & ~other, ALMOST_NOBODY, table)
        for table, own, other in zip(tables, empty, empty[::-1], strict=True)
    ]
    values = np.empty((2, 2, 2))
    for s, u, g in product((0, 1), repeat=3):
        same = s == u == g
        fitted = tables[s] if same else fit_margins(seeds[s], tables[u].sum(axis=1), tables[g].sum(axis=0))
        values[s, u, g] = index(*fitted.T)
    return values


def _mean(values: np.ndarray, axis: int, others: list[tuple[int, int]]) -> float:
    """Return what moving one factor from the first year to the second does, on average over where the other two stand."""
    moved = np.diff(values, axis=axis).squeeze(axis)
    return float(np.mean([moved[at] for at in others]))


def _counts(table: ArrayLike) -> np.ndarray:
    table = np.asarray(table, dtype=float)
    if table.ndim != 2 or not np.isfinite(table).all() or (table < 0).any():
        raise ValueError("人数要排成一行一所学校、一列一个群体，不能有空值或负数")
    return table


def _there(table: np.ndarray) -> np.ndarray:
    return table[table.sum(axis=1) > 0]


def _factor(wanted: np.ndarray, there: np.ndarray) -> np.ndarray:
    if ((there == 0) & (wanted > 0)).any():
        raise ValueError("配不成这样的合计：有的学校或群体原来一个人也没有")
    return np.divide(wanted, there, out=np.zeros_like(there), where=there > 0)

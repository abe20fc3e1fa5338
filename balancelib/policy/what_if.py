"""The table of mobility as it would be: with other distributions of schooling, or with a looser tie to the parents."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from balancelib.county import Lacking
from balancelib.policy.mobility import CORRECTION, square

ROUNDS, CLOSE = 10_000, 1e-13


def with_margins(counts: ArrayLike, parents: ArrayLike, children: ArrayLike) -> pd.DataFrame:
    """Return the table that has the same odds ratios and other distributions of schooling (只换学历分布).

    Rows and columns are made to fit in turn (iterative proportional fitting), which multiplies whole rows and columns and so
    leaves every odds ratio as it is.

    Parameters
    ----------
    counts : array_like, shape (levels, levels)
        As for `transition_matrix`; each level with somebody.
    parents, children : array_like, shape (levels,)
        How many, or which share, at each level. Both are scaled to the sum of ``counts``.

    Raises
    ------
    ValueError
        The margins cannot be had: a level that nobody has in ``counts`` is to have somebody.

    Notes
    -----
    Deming and Stephan (1940), Annals of Mathematical Statistics 11.

    Examples
    --------
    >>> with_margins([[40, 10], [10, 40]], [50, 50], [20, 80]).round(1).to_numpy().tolist()
    [[18.3, 31.7], [1.7, 48.3]]
    """
    frame = pd.DataFrame(counts).astype(float)
    table, n = square(counts), float(np.sum(counts))
    rows, columns = (np.asarray(m, dtype=float) / np.sum(m) * n for m in (parents, children))
    for _ in range(ROUNDS):
        table = table * _factor(rows, table.sum(axis=1))[:, None]
        table = table * _factor(columns, table.sum(axis=0))
        if np.abs(table.sum(axis=1) - rows).max() <= CLOSE * n:
            break
    else:
        raise ValueError("换不成这样的分布：原来的表里有的组合一个人也没有")
    return pd.DataFrame(table, frame.index, frame.columns)


def _factor(wanted: np.ndarray, there: np.ndarray) -> np.ndarray:
    if ((there == 0) & (wanted > 0)).any():
        raise ValueError("换不成这样的分布：原来的表里有一级没有人")
    return np.divide(wanted, there, out=np.zeros_like(there), where=there > 0)


def if_schooling(counts: ArrayLike, more: float = 0.0, tie: float = 1.0) -> pd.DataFrame:
    """Return the table if children had more schooling, or if their parents' mattered less (假如).

    Parameters
    ----------
    counts : array_like, shape (levels, levels)
        As for `transition_matrix`. Where a cell is empty, 0.5 is added to each.
    more : float
        Which share of each level of children goes one level further; from 0 to 1.
    tie : float
        By what every logarithm of an odds ratio is multiplied: 1 as now, 0 parents say nothing.

    Raises
    ------
    ValueError
        ``more`` is not a share.
    Lacking
        A level that no parents or no children have: its odds ratios are not known.
    """
    if not 0 <= more <= 1:
        raise ValueError("多读一级的比例要在0和1之间")
    frame = pd.DataFrame(counts).astype(float)
    if not frame.sum().all() or not frame.sum(axis=1).all():
        raise Lacking("有一级学历一个人也没有，算不出假如：请先把相邻的两级并成一级。")
    filled = frame + CORRECTION * (frame == 0).any(axis=None)
    children = frame.sum().to_numpy()
    moving = more * children
    moving[-1] = 0.0
    bent = filled**tie
    bent *= frame.to_numpy().sum() / bent.to_numpy().sum()
    return with_margins(bent, frame.sum(axis=1), children - moving + np.roll(moving, 1))

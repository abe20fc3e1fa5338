"""Where two distributions are more equal by one measure and less by another: their Lorenz curves cross."""

from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from balancelib.measures import cv, gini, lorenz, palma, theil_l, theil_t, top_share

# Name, what it looks at most, and the measure; each larger where there is more inequality.
MEASURES = {
    "差异系数": ("差额一样大，在高处低处一样算", cv),
    "基尼系数": ("学生最多的一段，多半在中间", gini),
    "泰尔指数（T）": ("偏低的一头", theil_t),
    "平均对数离差（L）": ("最低的一头", theil_l),
    "帕尔马比值": ("最高一成比最低四成", palma),
    "最高一成的份额": ("只看最高的一成", lambda x, weights: top_share(x, 0.1, weights)),
}
SAME = 1e-12  # a difference as small is none


def lorenz_crossings(
    x: ArrayLike, y: ArrayLike, x_weights: ArrayLike | None = None, y_weights: ArrayLike | None = None
) -> np.ndarray:
    """Where the Lorenz curves of two distributions cross (洛伦兹曲线的交点).

    Parameters
    ----------
    x, y : array_like
        Values of the two, finite, their sums positive; each in a unit of its own.
    x_weights, y_weights : array_like, optional
        Their weights.

    Returns
    -------
    ndarray
        Shares of the weight from below at which one curve passes from above the other to below it, ascending. Empty where one of them is nowhere
        below the other. Curves that run together for a stretch cross at its beginning.

    Raises
    ------
    ValueError
        As `balancelib.measures.lorenz`.

    Notes
    -----
    Both curves are straight between their points, so that the crossings are exact. Where there is none, every measure that falls with a transfer
    from richer to poorer agrees on which is more equal; where there is one, such measures can be found that disagree. Source: Atkinson (1970), "On the
    Measurement of Inequality", Journal of Economic Theory 2(3).

    Examples
    --------
    >>> lorenz_crossings([1, 4, 4], [2, 2, 5]).round(9).tolist()
    [0.5]
    """
    one, other = lorenz(x, x_weights), lorenz(y, y_weights)
    p = np.union1d(one.p, other.p)
    gap = np.interp(p, one.p, one.L) - np.interp(p, other.p, other.L)
    apart = np.flatnonzero(np.abs(gap) > SAME)
    turns = [(i, j) for i, j in pairwise(apart) if gap[i] * gap[j] < 0]
    return np.array([_meets(p[i : j + 1], gap[i : j + 1]) for i, j in turns])


def _meets(p: np.ndarray, gap: np.ndarray) -> float:
    """Return where a gap that turns its sign is first zero: at a point between, or on the line from the first to the last."""
    return float(p[1] if len(p) > 2 else p[0] + np.ptp(p) * gap[0] / (gap[0] - gap[1]))


def compare_measures(
    x: ArrayLike, y: ArrayLike, x_weights: ArrayLike | None = None, y_weights: ArrayLike | None = None
) -> pd.DataFrame:
    """Two distributions by several measures, and which of them is the less equal by each (几种指标，谁更不均).

    Parameters
    ----------
    x, y : array_like
        Values of the two, above 0; each in a unit of its own.
    x_weights, y_weights : array_like, optional
        Their weights.

    Returns
    -------
    DataFrame
        Index the measures' names: ``looks_at``, ``x``, ``y`` and ``less_equal``: ``"x"``, ``"y"``, or ``""`` where they are the same.

    Examples
    --------
    >>> compare_measures([1, 4, 4], [2, 2, 5])["less_equal"].tolist()
    ['', '', 'x', 'x', 'x', 'y']
    """
    rows = {
        name: {"looks_at": where, "x": measure(x, weights=x_weights), "y": measure(y, weights=y_weights)}
        for name, (where, measure) in MEASURES.items()
    }
    table = pd.DataFrame.from_dict(rows, orient="index")
    same = np.isclose(table["x"], table["y"], rtol=SAME, atol=0)
    return table.assign(less_equal=np.select([same, table["x"] > table["y"]], ["", "x"], "y"))

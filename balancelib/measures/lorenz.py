"""The Lorenz curve and what is read off it."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from balancelib.measures.columns import measure
from balancelib.measures.sample import Sample, ordered


class Lorenz(NamedTuple):
    """Points of a Lorenz curve: ``p``, the share of the weight from below, and ``L``, the share of the total they hold."""

    p: np.ndarray
    L: np.ndarray


@measure("x", "weights")
def lorenz(x: ArrayLike, weights: ArrayLike | None = None) -> Lorenz:
    r"""Lorenz curve (洛伦兹曲线).

    .. math:: p_k = \sum_{i \le k} w_i, \qquad L_k = \frac{\sum_{i \le k} w_i x_i}{\sum_i w_i x_i}

    with the values in ascending order and the weights scaled to a sum of one.

    Parameters
    ----------
    x : array_like, shape (n,)
        Values, finite, their sum positive; any unit. With negative ones the curve dips below 0.
    weights : array_like, shape (n,), optional
        Non-negative, in any unit; zero means absent.

    Returns
    -------
    Lorenz
        ``p`` and ``L``, from (0, 0) to (1, 1), a point a value; in large data one a distinct whole number.

    Raises
    ------
    ValueError
        As `cv`; also a mean that is not positive.

    Notes
    -----
    Unit of analysis: what the weights count. Source: Lorenz (1905), "Methods of Measuring the Concentration of Wealth",
    Publications of the American Statistical Association 9(70).

    Examples
    --------
    >>> p, L = lorenz([1, 2, 3, 4])
    >>> L
    array([0. , 0.1, 0.3, 0.6, 1. ])
    """
    s = ordered(x, weights)
    s.positive_mean()
    p, held = np.zeros((2, s.x.size + 1))
    p[1:] = s.w
    np.multiply(s.w, s.x, out=held[1:])
    for column in (p, held):
        np.cumsum(column, out=column)
        np.divide(column, column[-1], out=column)
    return Lorenz(p, held)


@measure("x", "weights")
def gini(x: ArrayLike, weights: ArrayLike | None = None) -> float:
    r"""Gini coefficient (基尼系数).

    .. math:: G = \frac{1}{2 \bar X} \sum_i \sum_j w_i w_j |x_i - x_j|

    with the weights scaled to a sum of one: half the mean difference of two units, as a share of the mean, and
    twice the area between the Lorenz curve and the diagonal. No correction for small samples.

    Parameters
    ----------
    x : array_like, shape (n,)
        Values, finite; any unit. Negative ones count as they are, and the result may then pass 1.
    weights : array_like, shape (n,), optional
        Non-negative, in any unit; zero means absent.

    Returns
    -------
    float
        From 0 (all equal) to ``1 - 1/n`` for ``n`` values of equal weight, where none is negative.

    Raises
    ------
    ValueError
        As `cv`; also a mean that is not positive.

    Notes
    -----
    Unit of analysis: what the weights count. Source: Gini (1912), Variabilità e mutabilità; the form by ranks as in
    Lerman and Yitzhaki (1989), "Improving the accuracy of estimates of Gini coefficients", Journal of Econometrics 42(1).

    Examples
    --------
    >>> gini([0, 0, 0, 0, 10])
    0.8
    """
    s = ordered(x, weights)
    return s.rank_sum() / s.weight / s.weight / s.positive_mean()


def share_of_lowest(s: Sample, p: float) -> Any:
    """Share of the total that the lowest ``p`` of the weight hold; a unit that straddles ``p`` counts in part."""
    mean = s.defined(s.positive_mean(), s.smallest >= 0, "有负数，份额没有意义")
    at = s.locate(p * s.weight)
    reached = s.cumulative[at]
    beyond = (reached - p * s.weight) * s.x[at]  # of the straddling unit, what lies above p
    return (s.total(s.x * (s.cumulative <= s.spread(reached))) - beyond) / (s.weight * mean)


@measure("x", "weights")
def top_share(x: ArrayLike, p: float, weights: ArrayLike | None = None) -> float:
    r"""Share of the total held by the highest ``p`` of the weight (最高份额).

    .. math:: 1 - L(1 - p)

    A unit that straddles the line counts in part, by its weight.

    Parameters
    ----------
    x : array_like, shape (n,)
        Values, finite, none negative; any unit.
    p : float
        Between 0 and 1: 0.1 for the top tenth.
    weights : array_like, shape (n,), optional
        Non-negative, in any unit; zero means absent.

    Returns
    -------
    float
        From ``p`` (all equal) to 1.

    Raises
    ------
    ValueError
        As `cv`; also negative values, a mean of zero, or ``p`` outside 0 to 1.

    Notes
    -----
    Unit of analysis: what the weights count. Source: the Lorenz curve, as `lorenz`.

    Examples
    --------
    >>> round(top_share([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 0.1), 12)
    0.181818181818
    """
    if not 0 <= p <= 1:
        raise ValueError(f"p应在0到1之间，现在是{p:g}")
    return 1 - share_of_lowest(ordered(x, weights), 1 - p)


@measure("x", "weights")
def palma(x: ArrayLike, weights: ArrayLike | None = None) -> float:
    r"""Palma ratio (帕尔马比值): the share of the top tenth over that of the bottom 40 %.

    .. math:: \frac{1 - L(0.9)}{L(0.4)}

    Parameters
    ----------
    x : array_like, shape (n,)
        Values, finite, none negative; any unit.
    weights : array_like, shape (n,), optional
        Non-negative, in any unit; zero means absent.

    Returns
    -------
    float
        0.25 where all are equal, and up.

    Raises
    ------
    ValueError
        As `top_share`; also where the bottom 40 % hold nothing.

    Notes
    -----
    Unit of analysis: what the weights count. A ratio of shares, not of means, which is four times as large. Source: Palma
    (2011), "Homogeneous Middles vs. Heterogeneous Tails", Development and Change 42(1).

    Examples
    --------
    >>> round(palma([541, 1463, 2445, 3438, 4437, 5401, 6392, 8304, 11904, 22261]), 9)
    2.82249271
    """
    return _top_over_bottom(ordered(x, weights), 0.1, 0.4)


@measure("x", "weights")
def quintile_share_ratio(x: ArrayLike, weights: ArrayLike | None = None) -> float:
    r"""Share of the top fifth over that of the bottom fifth (五等分份额比, S80/S20).

    .. math:: \frac{1 - L(0.8)}{L(0.2)}

    Parameters
    ----------
    x : array_like, shape (n,)
        Values, finite, none negative; any unit.
    weights : array_like, shape (n,), optional
        Non-negative, in any unit; zero means absent.

    Returns
    -------
    float
        1 where all are equal, and up.

    Raises
    ------
    ValueError
        As `top_share`; also where the bottom fifth hold nothing.

    Notes
    -----
    Unit of analysis: what the weights count. A unit that straddles a line counts in part; Eurostat's rule counts whole
    units, and differs in small samples. Source: the Lorenz curve, as `lorenz`.

    Examples
    --------
    >>> round(quintile_share_ratio([541, 1463, 2445, 3438, 4437, 5401, 6392, 8304, 11904, 22261]), 9)
    17.048403194
    """
    return _top_over_bottom(ordered(x, weights), 0.2, 0.2)


def _top_over_bottom(s: Sample, top: float, bottom: float) -> Any:
    below = share_of_lowest(s, bottom)
    return (1 - share_of_lowest(s, 1 - top)) / s.defined(
        below, below > 0, f"最低的{bottom:.0%}份额是0，比值没有意义"
    )

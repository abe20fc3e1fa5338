"""Quantiles, and the measures of school finance that are made of them."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from balancelib.measures.columns import measure
from balancelib.measures.sample import Sample, ordered, sample


def at_quantile(s: Sample, q: float) -> Any:
    """Smallest value up to which at least ``q`` of the weight lies."""
    if not 0 <= q <= 1:
        raise ValueError(f"分位应在0到1之间，现在是{q:g}")
    return s.x[s.locate(q * s.weight)]


def _over(s: Sample, upper: Any, lower: Any, what: str) -> Any:
    return upper / s.defined(lower, lower > 0, f"{what}应大于0，比值才有意义")


@measure("x", "weights")
def quantile(x: ArrayLike, q: ArrayLike, weights: ArrayLike | None = None) -> float | np.ndarray:
    r"""Quantile (分位数), by the inverted cumulative distribution.

    .. math:: Q(q) = \min \{ x_i : \sum_{x_j \le x_i} w_j \ge q \}

    with the weights scaled to a sum of one: always one of the values, never between two.

    Parameters
    ----------
    x : array_like, shape (n,)
        Values, finite; any unit.
    q : float or array_like
        Between 0 and 1.
    weights : array_like, shape (n,), optional
        Non-negative, in any unit; zero means absent.

    Returns
    -------
    float or ndarray
        In the unit of ``x``; an array where ``q`` is one.

    Raises
    ------
    ValueError
        As `cv`; also ``q`` outside 0 to 1.

    Notes
    -----
    Unit of analysis: what the weights count. The only common definition that gives the same for a weight of 3 as for three
    rows. A cumulative weight within 1e-12 of its target has reached it, whatever the last bit of 0.1 + 0.2 says. Source: Hyndman and
    Fan (1996), "Sample Quantiles in Statistical Packages", The American Statistician 50(4), definition 1.

    Examples
    --------
    >>> quantile([30, 10, 20], [0.5, 0.6], weights=[1, 2, 1])
    array([10., 20.])
    """
    s = ordered(x, weights)
    if np.ndim(q) == 0:
        return at_quantile(s, q)
    return np.array([at_quantile(s, each) for each in np.ravel(q)]).reshape(np.shape(q))


@measure("x", "weights")
def percentile_ratio(
    x: ArrayLike, weights: ArrayLike | None = None, upper: float = 0.9, lower: float = 0.1
) -> float:
    """Ratio of two quantiles (分位比), P90/P10 if nothing else is asked.

    Parameters
    ----------
    x : array_like, shape (n,)
        Values, finite; any unit.
    weights : array_like, shape (n,), optional
        Non-negative, in any unit; zero means absent.
    upper, lower : float
        Which quantiles, between 0 and 1.

    Returns
    -------
    float
        1 where all are equal, and up.

    Raises
    ------
    ValueError
        As `quantile`; also where the lower quantile is not positive.

    Notes
    -----
    ``Q(upper) / Q(lower)`` with the quantiles of `quantile`. P95/P5 is known as the restricted range ratio.
    Unit of analysis: what the weights count. Source: Berne and Stiefel (1984), The Measurement of Equity in School Finance.

    Examples
    --------
    >>> percentile_ratio([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    9.0
    """
    s = ordered(x, weights)
    return _over(s, at_quantile(s, upper), at_quantile(s, lower), f"P{100 * lower:g}")


@measure("x", "weights")
def range_ratio(x: ArrayLike, weights: ArrayLike | None = None) -> float:
    """Highest value over the lowest (极差比).

    Parameters
    ----------
    x : array_like, shape (n,)
        Values, finite; any unit.
    weights : array_like, shape (n,), optional
        Only tells which values are present.

    Returns
    -------
    float
        1 where all are equal, and up.

    Raises
    ------
    ValueError
        As `cv`; also where the lowest value is not positive.

    Notes
    -----
    ``max x / min x``. Unit of analysis: the single school; two of them decide. Source: Berne and Stiefel (1984), The
    Measurement of Equity in School Finance.

    Examples
    --------
    >>> range_ratio([80, 90, 100, 110, 120])
    1.5
    """
    s = sample(x, weights)
    return _over(s, s.largest, s.smallest, "最小值")


@measure("x", "weights")
def restricted_range(x: ArrayLike, weights: ArrayLike | None = None) -> float:
    """Range without the ends (限制极差): P95 less P5.

    Parameters
    ----------
    x : array_like, shape (n,)
        Values, finite; any unit.
    weights : array_like, shape (n,), optional
        Non-negative, in any unit; zero means absent.

    Returns
    -------
    float
        In the unit of ``x``, from 0 (all equal) up. It grows with prices: compare it within one year only.

    Raises
    ------
    ValueError
        As `quantile`.

    Notes
    -----
    ``Q(0.95) - Q(0.05)`` with the quantiles of `quantile`. Unit of analysis: what the weights count. Source: Berne and Stiefel
    (1984), The Measurement of Equity in School Finance.

    Examples
    --------
    >>> restricted_range(range(1, 101))
    90.0
    """
    s = ordered(x, weights)
    return at_quantile(s, 0.95) - at_quantile(s, 0.05)


@measure("x", "weights")
def federal_range_ratio(x: ArrayLike, weights: ArrayLike | None = None) -> float:
    """Federal range ratio (联邦极差比): P95 less P5, over P5.

    Parameters
    ----------
    x : array_like, shape (n,)
        Values, finite; any unit.
    weights : array_like, shape (n,), optional
        Non-negative, in any unit; zero means absent.

    Returns
    -------
    float
        0 where all are equal, and up: how much more the 95th percentile has than the 5th.

    Raises
    ------
    ValueError
        As `quantile`; also where P5 is not positive.

    Notes
    -----
    ``(Q(0.95) - Q(0.05)) / Q(0.05)``; P95/P5, which some give this name, is larger by 1. Unit of analysis: what the weights
    count. Source: Berne and Stiefel (1984), The Measurement of Equity in School Finance.

    Examples
    --------
    >>> federal_range_ratio(range(1, 101))
    18.0
    """
    s = ordered(x, weights)
    low = at_quantile(s, 0.05)
    return _over(s, at_quantile(s, 0.95) - low, low, "P5")


@measure("x", "weights")
def mcloone(x: ArrayLike, weights: ArrayLike | None = None) -> float:
    r"""McLoone index (麦克卢恩指数): how much of the median the lower half has.

    .. math:: \frac{\sum_{x_i \le M} w_i x_i}{M \sum_{x_i \le M} w_i}

    with ``M`` the median of `quantile`.

    Parameters
    ----------
    x : array_like, shape (n,)
        Values, finite; any unit.
    weights : array_like, shape (n,), optional
        Non-negative, in any unit; zero means absent.

    Returns
    -------
    float
        1 where the lower half all have the median, down to 0, where no value is negative.

    Raises
    ------
    ValueError
        As `quantile`; also a median that is not positive.

    Notes
    -----
    Unit of analysis: what the weights count. Says nothing of the upper half. Source: Berne and Stiefel (1984), The Measurement
    of Equity in School Finance.

    Examples
    --------
    >>> mcloone([80, 90, 100, 110, 120])
    0.9
    """
    return _half_over_median(ordered(x, weights), np.less_equal)


@measure("x", "weights")
def verstegen(x: ArrayLike, weights: ArrayLike | None = None) -> float:
    r"""Verstegen index (韦斯特根指数): how many times the median the upper half has.

    .. math:: \frac{\sum_{x_i \ge M} w_i x_i}{M \sum_{x_i \ge M} w_i}

    with ``M`` the median of `quantile`.

    Parameters
    ----------
    x : array_like, shape (n,)
        Values, finite; any unit.
    weights : array_like, shape (n,), optional
        Non-negative, in any unit; zero means absent.

    Returns
    -------
    float
        1 where the upper half all have the median, and up.

    Raises
    ------
    ValueError
        As `quantile`; also a median that is not positive.

    Notes
    -----
    Unit of analysis: what the weights count. The mirror of `mcloone`. Source: Verstegen (1996), "Concepts and Measures of
    Fiscal Inequality", Journal of Education Finance 22(2).

    Examples
    --------
    >>> verstegen([80, 90, 100, 140, 180])
    1.4
    """
    return _half_over_median(ordered(x, weights), np.greater_equal)


def _half_over_median(s: Sample, beside: np.ufunc) -> Any:
    median = at_quantile(s, 0.5)
    median = s.defined(median, median > 0, "中位数应大于0，这个指数才有意义")
    half = beside(s.x, s.spread(median)).astype(float)
    return 1 + s.total(half * (s.x - s.spread(median))) / s.total(half) / median

"""The entropy family: generalised entropy, Theil's two measures, Atkinson's."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from balancelib.measures.columns import measure
from balancelib.measures.sample import Sample, sample

SMALL = 0.01  # below it, deviations from the mean (relative) go through the series
LEAST = 1e-15  # an alpha nearer to 0 is 0
TERMS = 10  # of the series, the first of them u²/2; what follows is below 1e-20 of it


def entropy(s: Sample, alpha: float) -> Any:
    """Generalised entropy of a sample."""
    s.defined(s.average, s.smallest >= 0, "有负数，这个指标没有意义")
    mean = s.defined(s.average, (s.average > 0) & (s.smallest >= 0), "均值应大于0，这个指标才有意义")
    mean = s.spread(mean)
    return s.mean_of(lambda rows: entropy_of(s.deviations(rows) / mean, s.x[rows] / mean, alpha))


def entropy_of(u: np.ndarray, r: np.ndarray, alpha: float) -> np.ndarray:
    """``(r^alpha - 1 - alpha u) / (alpha (alpha - 1))`` with ``r = 1 + u``; generalised entropy is its mean.

    Near the mean, where the terms of the closed form take each other away, as the sum of ``c_k u^k`` with ``c_2 = 1/2``,
    ``c_(k+1) = c_k (alpha - k) / (k + 1)``. Far from it by way of ``r``, because ``u`` does not tell small values apart.
    """
    near = np.abs(u) < SMALL / max(1.0, abs(alpha))
    if near.all():
        return _series(u, alpha)
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        result = _closed_form(u, r, alpha)
    result[near] = _series(u[near], alpha)
    return result


def _closed_form(u: np.ndarray, r: np.ndarray, alpha: float) -> np.ndarray:
    """In a form that stays exact where alpha is near 0, or in one that does near 1."""
    log = np.log(r)
    if alpha < 0.5:
        log = np.expm1(alpha * log) / alpha if abs(alpha) > LEAST else log
        return (log - u) / (alpha - 1)
    beta = alpha - 1
    log = np.expm1(beta * log) / beta if beta else log
    log *= r
    log -= u
    log[r == 0] = 1.0
    return log / alpha


def coefficients(alpha: float) -> list[float]:
    """The ``c_k`` of the series, from ``c_2``."""
    found = [0.5]
    for k in range(2, TERMS + 1):
        found.append(found[-1] * (alpha - k) / (k + 1))
    return found


def _series(u: np.ndarray, alpha: float) -> np.ndarray:
    *first, last = coefficients(alpha)
    total = np.full_like(u, last)
    for coefficient in reversed(first):
        total *= u
        total += coefficient
    total *= u
    total *= u
    return total


@measure("x", "weights")
def generalised_entropy(x: ArrayLike, alpha: float, weights: ArrayLike | None = None) -> float:
    r"""Generalised entropy index (广义熵指数).

    .. math:: GE(\alpha) = \frac{1}{\alpha(\alpha-1)} \left[ \sum_i w_i \left(\frac{x_i}{\bar X}\right)^\alpha - 1 \right]

    with the weights scaled to a sum of one, and the limits `theil_l` at 0 and `theil_t` at 1. GE(2) is half the
    squared `cv`.

    Parameters
    ----------
    x : array_like, shape (n,)
        Values, finite, none negative; any unit.
    alpha : float
        The smaller, the more it minds gaps at the bottom; the larger, the more those at the top.
    weights : array_like, shape (n,), optional
        Non-negative, in any unit; zero means absent.

    Returns
    -------
    float
        From 0 (all equal) up; for ``alpha <= 0`` infinite where a value is 0.

    Raises
    ------
    ValueError
        As `cv`; also negative values or a mean of zero.

    Notes
    -----
    Unit of analysis: what the weights count. Source: Shorrocks (1980), "The Class of Additively Decomposable Inequality
    Measures", Econometrica 48(3).

    Examples
    --------
    >>> round(generalised_entropy([8, 5, 1, 3, 5, 6, 7, 6, 3], 0), 9)
    0.139746053
    """
    return entropy(sample(x, weights), alpha)


@measure("x", "weights")
def theil_t(x: ArrayLike, weights: ArrayLike | None = None) -> float:
    r"""Theil's T (泰尔指数): generalised entropy with alpha = 1.

    .. math:: T = \sum_i w_i \frac{x_i}{\bar X} \ln \frac{x_i}{\bar X}

    Parameters
    ----------
    x : array_like, shape (n,)
        Values, finite, none negative; any unit. Zeros count: their term is 0.
    weights : array_like, shape (n,), optional
        Non-negative, in any unit; zero means absent.

    Returns
    -------
    float
        From 0 (all equal) to ``ln n`` for ``n`` values of equal weight.

    Raises
    ------
    ValueError
        As `generalised_entropy`.

    Notes
    -----
    Unit of analysis: what the weights count. Source: Theil (1967), Economics and Information Theory, chapter 4.

    Examples
    --------
    >>> round(theil_t([0, 0, 1]), 12), round(float(np.log(3)), 12)
    (1.098612288668, 1.098612288668)
    """
    return entropy(sample(x, weights), 1)


@measure("x", "weights")
def theil_l(x: ArrayLike, weights: ArrayLike | None = None) -> float:
    r"""Theil's L (平均对数离差): generalised entropy with alpha = 0, the mean log deviation.

    .. math:: L = \sum_i w_i \ln \frac{\bar X}{x_i}

    Parameters
    ----------
    x : array_like, shape (n,)
        Values, finite, none negative; any unit.
    weights : array_like, shape (n,), optional
        Non-negative, in any unit; zero means absent.

    Returns
    -------
    float
        From 0 (all equal) up; infinite where a value is 0.

    Raises
    ------
    ValueError
        As `generalised_entropy`.

    Notes
    -----
    Unit of analysis: what the weights count. Its parts between and within groups do not depend on the order in which
    they are taken away. Source: Theil (1967), Economics and Information Theory, chapter 4.

    Examples
    --------
    >>> round(theil_l([8, 5, 1, 3, 5, 6, 7, 6, 3]), 9)
    0.139746053
    """
    return entropy(sample(x, weights), 0)


@measure("x", "weights")
def atkinson(x: ArrayLike, epsilon: float, weights: ArrayLike | None = None) -> float:
    r"""Atkinson index (阿特金森指数): the share of the total that society would give up for equality.

    .. math::
        A(\varepsilon) = 1 - \frac{1}{\bar X} \left( \sum_i w_i x_i^{1-\varepsilon} \right)^{1/(1-\varepsilon)},
        \qquad A(1) = 1 - \frac{1}{\bar X} \prod_i x_i^{w_i}

    with the weights scaled to a sum of one.

    Parameters
    ----------
    x : array_like, shape (n,)
        Values, finite, none negative; any unit.
    epsilon : float
        Aversion to inequality, 0 or more: 0 does not mind it, larger values mind the bottom more.
    weights : array_like, shape (n,), optional
        Non-negative, in any unit; zero means absent.

    Returns
    -------
    float
        From 0 (all equal) to 1; 1 where a value is 0 and ``epsilon >= 1``.

    Raises
    ------
    ValueError
        As `generalised_entropy`; also a negative ``epsilon``.

    Notes
    -----
    Unit of analysis: what the weights count. Worked out from generalised entropy with ``alpha = 1 - epsilon``, of which it is a
    function. Source: Atkinson (1970), "On the Measurement of Inequality", Journal of Economic Theory 2(3).

    Examples
    --------
    >>> round(atkinson([8, 5, 1, 3, 5], 1), 9)
    0.183083678
    """
    if epsilon < 0:
        raise ValueError(f"epsilon不能是负数，现在是{epsilon:g}")
    s = sample(x, weights)
    alpha = 1 - epsilon
    inequality = entropy(s, alpha)
    if alpha == 0:
        return -np.expm1(-inequality)
    with np.errstate(divide="ignore", over="ignore"):
        gap = -np.expm1(np.log1p(np.maximum(alpha * (alpha - 1) * inequality, -1)) / alpha)
    return np.where(np.isinf(inequality), _against_lowest(s, alpha), gap)[()]


def _against_lowest(s: Sample, alpha: float) -> Any:
    """Atkinson's index from values as multiples of the lowest, whose powers do not overflow; 1 where that is 0."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        powers = s.mean((s.x / s.spread(s.smallest)) ** alpha)
        return np.where(s.smallest > 0, 1 - s.smallest / s.average * powers ** (1 / alpha), 1.0)

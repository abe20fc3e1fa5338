"""Comparing many estimates at once: bars that may be compared by whether they overlap, and ranks with their intervals."""

import numpy as np
from numpy.typing import ArrayLike

MANY = 400  # errors beyond this number are represented by so many of their quantiles


def overlap_factor(errors: ArrayLike, level: float = 0.05) -> float:
    r"""Return how many standard errors long bars must be for two that do not overlap to differ (1.39倍标准误的规则).

    .. math::
        \frac{1}{N} \sum_{i<k} 2 \Bigl(1 - \Phi\bigl(z\, \frac{s_i + s_k}{\sqrt{s_i^2 + s_k^2}}\bigr)\Bigr) = \alpha

    Parameters
    ----------
    errors : array_like, shape (n,)
        Standard errors of independent estimates, above 0; two or more.
    level : float
        How often two that are alike may seem to differ, on average over all pairs.

    Notes
    -----
    Goldstein and Healy (1995), Journal of the Royal Statistical Society A 158. For one pair chosen beforehand; who looks for any that differ finds more by chance.

    Examples
    --------
    With equal errors 1.96 / √2:

    >>> round(overlap_factor([1, 1, 1]), 2)
    1.39
    """
    from scipy.optimize import brentq  # noqa: PLC0415  heavy: only where it is used
    from scipy.special import ndtr  # noqa: PLC0415

    s = np.asarray(errors, dtype=float)
    if s.size < 2 or not (np.isfinite(s).all() and (s > 0).all()):
        raise ValueError("至少要有两个大于0的标准误")
    if s.size > MANY:
        s = np.quantile(s, (np.arange(MANY) + 0.5) / MANY)
    i, k = np.triu_indices(s.size, 1)
    apart = (s[i] + s[k]) / np.hypot(s[i], s[k])
    return float(brentq(lambda z: 2 * ndtr(-z * apart).mean() - level, 0, 20))


def rank_intervals(
    values: ArrayLike, errors: ArrayLike, level: float = 0.95, draws: int = 4000, seed: int = 0
) -> np.ndarray:
    """Return between which ranks each of several estimates lies (排名的区间); rank 1 is the highest.

    Parameters
    ----------
    values, errors : array_like, shape (n,)
        Estimates and their standard errors, such as shrunken effects with their comparative ones.
    level : float
        Of each interval by itself.
    draws, seed : int
        Rankings drawn from normal distributions about the estimates.

    Returns
    -------
    ndarray of int, shape (n, 2)
        First and last rank.

    Notes
    -----
    Goldstein and Spiegelhalter (1996), Journal of the Royal Statistical Society A 159.

    Examples
    --------
    The first is surely first; the other two cannot be told apart.

    >>> rank_intervals([9, 1, 1.1], [0.1, 1, 1]).tolist()
    [[1, 1], [2, 3], [2, 3]]
    """
    values, errors = np.asarray(values, dtype=float), np.asarray(errors, dtype=float)
    drawn = values + errors * np.random.default_rng(seed).standard_normal((draws, values.size))
    ranks = np.argsort(np.argsort(-drawn, axis=1), axis=1) + 1
    tails = [(1 - level) / 2, (1 + level) / 2]
    return np.quantile(ranks, tails, axis=0, method="inverted_cdf").T.astype(int)

"""Comparing many estimates at once: bars that may be compared by whether they overlap, and ranks, never one number, always from where to where."""

from dataclasses import dataclass
from functools import cached_property

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


@dataclass(frozen=True, eq=False)
class RankIntervals:
    """Where units stand over many draws of their scores; 1 is the highest score.

    Attributes
    ----------
    ranks : ndarray of int, shape (draws, units)
    low, median, high : ndarray of int, shape (units,)
        The interval's best rank, the middle one and the worst.
    """

    ranks: np.ndarray
    low: np.ndarray
    median: np.ndarray
    high: np.ndarray

    @property
    def top(self) -> np.ndarray:
        """Shares of the draws in which each unit is in the best fifth."""
        return (self.ranks <= self._fifth).mean(axis=0)

    @property
    def bottom(self) -> np.ndarray:
        """Shares of the draws in which each unit is in the last fifth."""
        return (self.ranks > len(self.low) - self._fifth).mean(axis=0)

    @property
    def _fifth(self) -> int:
        return max(len(self.low) // 5, 1)

    @cached_property
    def wins(self) -> np.ndarray:
        """Share of the draws in which the row's unit stands before the column's; level is neither; shape (units, units)."""
        return np.array([(column[:, None] < self.ranks).mean(axis=0) for column in self.ranks.T])

    def separated(self, level: float = 0.95) -> float:
        """Share of the pairs of units of which one stands before the other in at least ``level`` of the draws."""
        n = len(self.low)
        return float((self.wins >= level).sum() / (n * (n - 1) / 2))


def rank_intervals(scores: ArrayLike, level: float = 0.95) -> RankIntervals:
    """Rank units in each draw, and say from where to where each stands (名次区间).

    Parameters
    ----------
    scores : array_like, shape (draws, units)
        At least a hundred draws: of a single one no interval can be told, and a rank without an interval is not given out.
    level : float
        Share of the draws within the interval.

    Returns
    -------
    RankIntervals

    Raises
    ------
    ValueError
        Blanks, one unit only, fewer than a hundred draws.

    Notes
    -----
    Units level in a draw share the better rank. Goldstein and Spiegelhalter (1996), Journal of the Royal Statistical Society A 159, on ranks of
    schools and hospitals with their intervals.

    Examples
    --------
    One unit is ahead of two that change places.

    >>> found = rank_intervals([[9, 1, 2], [9, 2, 1]] * 50)
    >>> found.low.tolist(), found.high.tolist(), round(found.separated(), 2)
    ([1, 2, 2], [1, 3, 3], 0.67)
    """
    drawn = np.asarray(scores, dtype=float)
    if drawn.ndim != 2 or len(drawn) < 100 or drawn.shape[1] < 2:
        raise ValueError("名次一定要连同区间：至少两所学校、一百次模拟的得分，一次的得分排不出名次")
    if not np.isfinite(drawn).all():
        raise ValueError("模拟的得分里有空着的数")
    ranks = rank_draws(drawn)
    ends = [(1 - level) / 2, 0.5, (1 + level) / 2]
    return RankIntervals(ranks, *np.quantile(ranks, ends, axis=0, method="inverted_cdf").astype(int))


def rank_draws(scores: np.ndarray) -> np.ndarray:
    """Rank each row's numbers, the highest first; numbers that are level share the better rank."""
    ordered = np.sort(-scores, axis=1)
    return np.array(
        [np.searchsorted(row, -score, side="left") + 1 for row, score in zip(ordered, scores, strict=True)]
    )


def normal_draws(values: ArrayLike, errors: ArrayLike, draws: int = 4000, seed: int = 0) -> np.ndarray:
    """Draw estimates from normal distributions about them, with their standard errors; shape (draws, units)."""
    drawn = np.random.default_rng(seed).standard_normal((draws, np.size(values)))
    return np.asarray(values, dtype=float) + np.asarray(errors, dtype=float) * drawn

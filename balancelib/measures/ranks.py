"""Ranks of units whose scores are not certain: never one number, always from where to where."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike


class RankIntervals(NamedTuple):
    """Where units stand over many draws of their scores; 1 is the highest score.

    Attributes
    ----------
    low, median, high : ndarray of int, shape (units,)
        The interval's best rank, the middle one and the worst.
    top, bottom : ndarray, shape (units,)
        Shares of the draws in which a unit is in the best fifth and in the last fifth.
    wins : ndarray, shape (units, units)
        Share of the draws in which the row's unit stands before the column's; level is neither.
    """

    low: np.ndarray
    median: np.ndarray
    high: np.ndarray
    top: np.ndarray
    bottom: np.ndarray
    wins: np.ndarray

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
    ranks, n = rank_draws(drawn), drawn.shape[1]
    ends = [(1 - level) / 2, 0.5, (1 + level) / 2]
    low, median, high = np.quantile(ranks, ends, axis=0, method="inverted_cdf").astype(int)
    fifth = max(n // 5, 1)
    wins = np.array([(column[:, None] < ranks).mean(axis=0) for column in ranks.T])
    return RankIntervals(
        low, median, high, (ranks <= fifth).mean(axis=0), (ranks > n - fifth).mean(axis=0), wins
    )


def rank_draws(scores: np.ndarray) -> np.ndarray:
    """Rank each row's numbers, the highest first; numbers that are level share the better rank."""
    ordered = np.sort(-scores, axis=1)
    return np.array(
        [np.searchsorted(row, -score, side="left") + 1 for row, score in zip(ordered, scores, strict=True)]
    )

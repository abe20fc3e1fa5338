"""How far a test can be trusted: Cronbach's α, what each question gives to it, and how well it tells pupils apart."""

import numpy as np
from numpy.typing import ArrayLike

from balancelib.measures.estimation import Estimate

TAIL = 0.27  # Kelley's share of the highest and of the lowest
ROUNDING = 1e-12  # relative


def cronbach_alpha(scores: ArrayLike, level: float = 0.95) -> Estimate:
    r"""Return Cronbach's α of a test (内部一致性信度); of questions that give 0 or 1 it is KR-20.

    .. math::
        \alpha = \frac{k}{k - 1} \Bigl( 1 - \frac{\sum_j s_j^2}{s^2} \Bigr)

    Parameters
    ----------
    scores : array_like, shape (pupils, questions)
        Without gaps.
    level : float
        Of the interval by the F distribution.

    Returns
    -------
    Estimate
        ``se`` is half of the interval over the normal quantile: the interval itself is skewed.

    Raises
    ------
    ValueError
        Gaps, fewer than two questions or pupils, or a total that is the same for all.

    Notes
    -----
    Cronbach (1951), Psychometrika 16; Kuder and Richardson (1937), Psychometrika 2, with variances by n − 1 throughout (the ratio is the same by n). Interval: Feldt, Woodruff and Salih (1987),
    Applied Psychological Measurement 11. It takes questions for parallel; it is no proof that they ask for one thing.

    Examples
    --------
    >>> round(cronbach_alpha([[1, 1, 0], [1, 0, 0], [1, 1, 1], [0, 0, 0]]).value, 4)
    0.75
    """
    from scipy.special import fdtri, ndtri  # noqa: PLC0415  heavy: only where it is used

    x = _scores(scores)
    value = _alpha(x)
    pupils, questions = x.shape
    freedom = pupils - 1, (pupils - 1) * (questions - 1)
    low, high = (1 - (1 - value) * fdtri(*freedom, part) for part in ((1 + level) / 2, (1 - level) / 2))
    return Estimate(value, float((high - low) / 2 / ndtri((1 + level) / 2)), float(low), float(high), pupils)


def alpha_without(scores: ArrayLike) -> np.ndarray:
    """Return α of the test without each question in turn; NaN for a test of two.

    Parameters
    ----------
    scores : array_like, shape (pupils, questions)
        As of `cronbach_alpha`.
    """
    x = _scores(scores)
    if x.shape[1] < 3:
        return np.full(x.shape[1], np.nan)
    rest = x.sum(axis=1, keepdims=True) - x
    variances, k = x.var(axis=0, ddof=1), x.shape[1] - 1
    left, spread = variances.sum() - variances, rest.var(axis=0, ddof=1)
    share = np.divide(left, spread, out=np.full(k + 1, np.nan), where=_vary(rest))
    return k / (k - 1) * (1 - share)


def item_rest_correlation(scores: ArrayLike) -> np.ndarray:
    """Return of each question its correlation with the sum of all others (校正的题总相关).

    Parameters
    ----------
    scores : array_like, shape (pupils, questions)
        As of `cronbach_alpha`.

    Returns
    -------
    ndarray, shape (questions,)
        NaN where all pupils have the same on it. The question's own points are taken off the total: left in, they make even a question of pure luck correlate.
    """
    x = _scores(scores)
    return correlations(x, x.sum(axis=1, keepdims=True) - x)


def correlations(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return the correlation of each column of ``x`` with that of ``y``; NaN where one does not vary.

    Examples
    --------
    >>> correlations(np.array([[1.0, 5], [2, 5], [3, 5]]), np.array([[2.0], [4], [6]])).tolist()
    [1.0, nan]
    """
    a, b = x - x.mean(axis=0), y - y.mean(axis=0)
    size = np.sqrt((a**2).sum(axis=0) * (b**2).sum(axis=0))
    found = (a * b).sum(axis=0)
    return np.divide(found, size, out=np.full(found.shape, np.nan), where=size > ROUNDING * np.abs(x).max())


def measurement_error(scores: ArrayLike) -> float:
    r"""Return the standard error of measurement of one pupil's total (测量标准误), in points.

    .. math::
        SEM = s \sqrt{1 - \alpha}

    Parameters
    ----------
    scores : array_like, shape (pupils, questions)
        As of `cronbach_alpha`. With a negative α it is larger than the standard deviation: then the total measures nothing.

    Examples
    --------
    >>> round(measurement_error([[1, 1, 0], [1, 0, 0], [1, 1, 1], [0, 0, 0]]), 3)
    0.645
    """
    x = _scores(scores)
    return float(x.sum(axis=1).std(ddof=1) * np.sqrt(1 - _alpha(x)))


def tails(totals: ArrayLike, share: float = TAIL) -> tuple[np.ndarray, np.ndarray]:
    """Return how much each pupil counts in the group of the highest and in that of the lowest totals (高分组、低分组).

    Parameters
    ----------
    totals : array_like, shape (pupils,)
        Without gaps.
    share : float
        Of the pupils, in each group, from above 0 to a half.

    Returns
    -------
    (ndarray, ndarray)
        Each sums to ``share`` of the pupils. Pupils with the total at the border share what is left of the group, so that the order of the rows does not matter.

    Examples
    --------
    A quarter of four is one: two pupils share the highest total.

    >>> high, low = tails([9, 9, 5, 3], 0.25)
    >>> high.tolist(), low.tolist()
    ([0.5, 0.5, 0.0, 0.0], [0.0, 0.0, 0.0, 1.0])
    """
    x = np.asarray(totals, dtype=float)
    if not 0 < share <= 0.5:
        raise ValueError("高分组、低分组各占的比例要大于0，不超过一半")
    _values, places, counts = np.unique(x, return_inverse=True, return_counts=True)
    below = np.cumsum(counts) - counts
    room = share * x.size
    lowest = np.clip(room - below, 0, counts) / counts
    highest = np.clip(room - (x.size - below - counts), 0, counts) / counts
    return highest[places], lowest[places]


def discrimination(scores: ArrayLike, most: ArrayLike, share: float = TAIL) -> np.ndarray:
    r"""Return how much better the highest 27 % of pupils do on each question than the lowest (区分度D).

    .. math::
        D_j = \frac{\bar x_j^{\text{high}} - \bar x_j^{\text{low}}}{\text{most}_j}

    Parameters
    ----------
    scores : array_like, shape (pupils, questions)
        As of `cronbach_alpha`.
    most : array_like, shape (questions,)
        Points of each question.
    share : float
        As of `tails`.

    Notes
    -----
    Kelley (1939), Journal of Educational Psychology 30: for normal totals, 27 % tells best which question separates.

    Examples
    --------
    >>> discrimination([[1, 0], [1, 1], [0, 1], [0, 0]], [1, 1], 0.5).tolist()
    [0.5, 0.5]
    """
    x = _scores(scores)
    high, low = tails(x.sum(axis=1), share)
    return (high @ x / high.sum() - low @ x / low.sum()) / np.asarray(most, dtype=float)


def _scores(scores: ArrayLike) -> np.ndarray:
    x = np.asarray(scores, dtype=float)
    if x.ndim != 2 or not np.isfinite(x).all():
        raise ValueError("应是一名学生一行、一道题一列的得分，不能空着")
    if min(x.shape) < 2:
        raise ValueError("至少要两道题、两名学生，才算得出信度")
    return x


def _alpha(x: np.ndarray) -> float:
    total, k = x.sum(axis=1), x.shape[1]
    if not _vary(total):
        raise ValueError("人人的总分一样，算不出信度")
    return float(k / (k - 1) * (1 - x.var(axis=0, ddof=1).sum() / total.var(ddof=1)))


def _vary(totals: np.ndarray) -> np.ndarray:
    """Whether the totals of pupils differ by more than what adding up decimals leaves of 0."""
    return np.ptp(totals, axis=0) > ROUNDING * np.abs(totals).max(axis=0)

"""How good predicted chances are: do they come true as often as they say, and do they tell apart."""

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from balancelib.measures.logistic import INTERCEPT, logistic
from balancelib.measures.proportions import Interval, wilson


class Brier(NamedTuple):
    """A Brier score and its parts.

    Attributes
    ----------
    score : float
        Mean square of predicted chance less what happened: 0 is perfect.
    reliability : float
        How far groups with like predictions are from what happened to them: 0 is calibrated.
    resolution : float
        How far the groups' shares are from the share of all: the more, the better.
    uncertainty : float
        Of the outcome, whatever the prediction: share times one less the share.
    within : float
        What lies inside groups whose predictions are not quite alike; ``score = reliability - resolution + uncertainty + within``.
    """

    score: float
    reliability: float
    resolution: float
    uncertainty: float
    within: float


class Recalibration(NamedTuple):
    """How predicted log-odds would have to be changed.

    Attributes
    ----------
    intercept : Interval
        What is to be added to all log-odds: above 0, more happened than was predicted (calibration in the large).
    slope : Interval
        By what they are to be multiplied: below 1, high chances were too high and low ones too low.
    """

    intercept: Interval
    slope: Interval


def auc(score: ArrayLike, happened: ArrayLike, confidence: float = 0.95) -> Interval:
    r"""Return how often one to whom it happened has the higher score than one to whom it did not (AUC，曲线下面积).

    .. math::
        \widehat{AUC} = \frac{1}{mn} \sum_{i=1}^m \sum_{j=1}^n \psi(x_i, y_j), \qquad
        \psi = 1, \tfrac12, 0 \text{ for } x > y,\ x = y,\ x < y

    Parameters
    ----------
    score, happened : array_like, shape (n,)
        A score, the higher the likelier, and 1 or 0.
    confidence : float
        Of the interval, which uses the placements' variances: DeLong, DeLong and Clarke-Pearson (1988), Biometrics 44.

    Returns
    -------
    Interval
        0.5 tells nothing, 1 tells all; cut off at 0 and 1.

    Raises
    ------
    ValueError
        Blanks, or fewer than two to whom it happened or did not happen.

    Notes
    -----
    It asks only for the order: chances that are all ten times too high have the same AUC.

    Examples
    --------
    >>> auc([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1]).value
    0.75
    """
    from scipy.special import ndtri  # noqa: PLC0415  heavy: only where it is used
    from scipy.stats import rankdata  # noqa: PLC0415

    x, y = score_and_outcome(score, happened)
    m, n = int(y.sum()), int((1 - y).sum())
    if min(m, n) < 2:
        raise ValueError("发生了的和没有发生的各要至少两个，才能说分不分得开")
    ranks = rankdata(x)
    above = (ranks[y == 1] - rankdata(x[y == 1])) / n  # share of the others whom each is above
    below = 1 - (ranks[y == 0] - rankdata(x[y == 0])) / m
    half = ndtri((1 + confidence) / 2) * np.sqrt(above.var(ddof=1) / m + below.var(ddof=1) / n)
    value = float(above.mean())
    return Interval(value, max(0.0, float(value - half)), min(1.0, float(value + half)))


def calibration(
    chance: ArrayLike, happened: ArrayLike, bins: int = 10, confidence: float = 0.95
) -> pd.DataFrame:
    """Compare predicted chances with what happened, in groups of like chances (校准).

    Parameters
    ----------
    chance, happened : array_like, shape (n,)
        Predicted, between 0 and 1, and 1 or 0.
    bins : int
        As many groups of about the same size; equal chances stay together, so that there may be fewer.
    confidence : float
        Of Wilson's interval.

    Returns
    -------
    DataFrame
        From the lowest chances to the highest: ``n``, ``chance`` (mean), ``events``, ``share``, ``low``, ``high``.

    Examples
    --------
    >>> calibration([0.1, 0.1, 0.1, 0.9, 0.9], [0, 0, 1, 1, 1], bins=2)[["n", "events"]].to_numpy().tolist()
    [[3.0, 1.0], [2.0, 2.0]]
    """
    p, y = score_and_outcome(chance, happened, chances=True)
    grouped = pd.DataFrame({"p": p, "y": y}).groupby(_bins(p, bins))
    found = grouped.agg(n=("y", "size"), chance=("p", "mean"), events=("y", "sum")).reset_index(drop=True)
    ends = [wilson(one.events, one.n, confidence) for one in found.itertuples()]
    return found.assign(**pd.DataFrame(ends, columns=["share", "low", "high"]))


def recalibration(chance: ArrayLike, happened: ArrayLike, confidence: float = 0.95) -> Recalibration:
    r"""Return by what predicted log-odds are off (校准截距和校准斜率).

    .. math::
        \operatorname{logit} P(y = 1) = a + \operatorname{logit} p, \qquad
        \operatorname{logit} P(y = 1) = a' + b \operatorname{logit} p

    Parameters
    ----------
    chance, happened : array_like, shape (n,)
        Predicted, above 0 and below 1, and 1 or 0.
    confidence : float
        Of the intervals.

    Returns
    -------
    Recalibration
        ``a`` and ``b``; perfect are 0 and 1.

    Raises
    ------
    ValueError
        A chance of 0 or 1: its log-odds have no end; all chances the same; as of `logistic`.

    Notes
    -----
    Cox (1958), Two further applications of a model for binary regression, Biometrika 45. On the units that the prediction was fitted on
    both are perfect by themselves, and say nothing.

    Examples
    --------
    Half of what was predicted happened: 10 and 20 of 100 instead of 20 and 40.

    >>> found = recalibration(np.repeat([0.2, 0.4], 100), np.repeat([0, 1, 0, 1], [90, 10, 80, 20]))
    >>> round(found.intercept.value, 2), round(found.slope.value, 2)
    (-0.92, 0.83)
    """
    p, y = score_and_outcome(chance, happened, chances=True)
    if ((p == 0) | (p == 1)).any():
        raise ValueError("有的预测是0或者1：胜算没有尽头，算不了校准的截距和斜率")
    logit = np.log(p / (1 - p))
    large = logistic(pd.DataFrame(index=range(len(p))), y, offset=logit).table(confidence).loc[INTERCEPT]
    slope = logistic(pd.DataFrame({"胜算的对数": logit}), y).table(confidence).loc["胜算的对数"]
    return Recalibration(*(Interval(*map(float, one[["value", "low", "high"]])) for one in (large, slope)))


def brier(chance: ArrayLike, happened: ArrayLike, bins: int | None = None) -> Brier:
    r"""Return the Brier score with Murphy's parts (布赖尔分数).

    .. math::
        \frac1N \sum_i (p_i - y_i)^2 = \frac1N \sum_k n_k (\bar p_k - \bar y_k)^2
        - \frac1N \sum_k n_k (\bar y_k - \bar y)^2 + \bar y (1 - \bar y) + \text{within}

    Parameters
    ----------
    chance, happened : array_like, shape (n,)
        Predicted, between 0 and 1, and 1 or 0.
    bins : int, optional
        Groups as of `calibration`; a group for each different chance if left out, and then nothing lies within.

    Returns
    -------
    Brier

    Notes
    -----
    Murphy (1973), Journal of Applied Meteorology 12; the part within groups: Stephenson, Coelho and Jolliffe (2008), Weather and
    Forecasting 23. Where only few events happen all scores are small: compare with ``uncertainty``, the score of one chance for all.

    Examples
    --------
    >>> round(brier([0.1, 0.9, 0.8, 0.3], [0, 1, 1, 0]).score, 4)
    0.0375
    """
    p, y = score_and_outcome(chance, happened, chances=True)
    groups = pd.factorize(p)[0] if bins is None else _bins(p, bins)
    sizes = np.bincount(groups)
    mean, share = (np.bincount(groups, values) / np.maximum(sizes, 1) for values in (p, y))
    score, base = float(np.mean((p - y) ** 2)), float(y.mean())
    reliability = float(sizes @ (mean - share) ** 2 / len(y))
    resolution = float(sizes @ (share - base) ** 2 / len(y))
    uncertainty = base * (1 - base)
    return Brier(score, reliability, resolution, uncertainty, score - reliability + resolution - uncertainty)


def _bins(p: np.ndarray, bins: int) -> np.ndarray:
    """Number groups of about the same size; equal chances have one number."""
    edges = np.unique(np.quantile(p, np.arange(1, bins) / bins, method="inverted_cdf"))
    return np.unique(np.searchsorted(edges, p), return_inverse=True)[1]


def score_and_outcome(
    score: ArrayLike, happened: ArrayLike, *, chances: bool = False
) -> tuple[np.ndarray, np.ndarray]:
    """Return scores and outcomes as numbers, or raise ValueError with what is wrong with them."""
    x, y = np.asarray(score, dtype=float), np.asarray(happened, dtype=float)
    if x.ndim != 1 or x.shape != y.shape or not x.size:
        raise ValueError(f"预测有{x.size}个，结果有{y.size}个，要一样多，至少一个")
    if not (np.isfinite(x).all() and np.isin(y, (0, 1)).all()):
        raise ValueError("预测和结果不能有空着的；结果只能是0（没有发生）和1（发生了）")
    if chances and ((x < 0) | (x > 1)).any():
        raise ValueError("预测要在0和1之间")
    return x, y

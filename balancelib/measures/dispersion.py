"""Dispersion about the mean."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from balancelib.measures.columns import measure
from balancelib.measures.sample import sample


@measure("x", "weights")
def cv(x: ArrayLike, weights: ArrayLike | None = None, ddof: int = 0) -> float:
    r"""Coefficient of variation (差异系数).

    .. math:: CV = S / \bar X, \quad \bar X = \sum_i w_i x_i, \quad S = \sqrt{\sum_i w_i (x_i - \bar X)^2}

    with the weights scaled to a sum of one. With each school's pupils as weights and its per-pupil
    value as ``x`` this is the official form: the mean is then the county's total over its pupils.

    Parameters
    ----------
    x : array_like, shape (n,)
        Values, finite; any unit.
    weights : array_like, shape (n,), optional
        Non-negative and finite, in any unit; a weight of zero means that the value is absent.
        Equal weights if left out.
    ddof : int
        0 for the population form, which is the official one; 1 for Excel's STDEV. Only without weights,
        because scaled weights carry no number of observations.

    Returns
    -------
    float
        The standard deviation as a multiple of the mean, from 0 up without bound (at most ``sqrt(n - 1)`` for
        ``n`` values of equal weight, none negative); exactly 0 where all values are equal.

    Raises
    ------
    ValueError
        Empty input, unequal lengths, values that are not finite, a negative weight, no weight at all,
        a mean of zero, or ``ddof`` with weights.

    Notes
    -----
    Unit of analysis: the pupil, where schools are weighted by pupils; the school, where they are not.

    Source: 教督〔2012〕3号 and 教督〔2017〕6号, as transcribed in provincial and county documents, with a
    worked example of five schools: mean 6.33, S 3.26, CV 0.52.

    Examples
    --------
    >>> pupils, books = np.array([45, 37, 89, 76, 55]), np.array([279, 137, 935, 160, 402])
    >>> round(cv(books / pupils, weights=pupils), 9)
    0.51525663
    """
    s = sample(x, weights)
    n = s.weight
    if ddof and s.weights is not None:
        raise ValueError("ddof只用于不加权的数据")
    s.defined(n, n > ddof, f"ddof={ddof}至少要有{ddof + 1}个数")
    mean = s.defined(s.average, s.average != 0, "均值为0，差异系数没有意义")
    return np.sqrt(s.mean_of(lambda rows: np.square(s.deviations(rows))) * n / (n - ddof)) / mean


@measure("x", "weights")
def hoover(x: ArrayLike, weights: ArrayLike | None = None) -> float:
    r"""Hoover index (胡佛指数): the share of the total that would have to move for all to be equal.

    .. math:: H = \frac{1}{2 \bar X} \sum_i w_i |x_i - \bar X|

    with the weights scaled to a sum of one. Also known as the Robin Hood or Schutz index.

    Parameters
    ----------
    x : array_like, shape (n,)
        Values, finite; any unit. Negative ones count as they are.
    weights : array_like, shape (n,), optional
        Non-negative, in any unit; zero means absent.

    Returns
    -------
    float
        From 0 (all equal) to below 1, where no value is negative.

    Raises
    ------
    ValueError
        As `cv`; also a mean that is not positive.

    Notes
    -----
    Unit of analysis: what the weights count. Source: Hoover (1936), "The Measurement of Industrial Localization",
    Review of Economics and Statistics 18(4).

    Examples
    --------
    >>> round(hoover([1, 2, 3, 4, 5]), 12)
    0.2
    """
    s = sample(x, weights)
    return s.mean_of(lambda rows: np.abs(s.deviations(rows))) / (2 * s.positive_mean())


class Contribution(NamedTuple):
    """Each unit's part in the inequality: its ``share`` of CV², and the ``derivative`` of the CV to its value."""

    share: np.ndarray
    derivative: np.ndarray


@measure("x", "weights")
def contribution(x: ArrayLike, weights: ArrayLike | None = None) -> Contribution:
    r"""Contribution of each unit to the coefficient of variation: whom to mend first.

    .. math::
        s_i = \frac{w_i (x_i - \bar X)^2}{\sum_j w_j (x_j - \bar X)^2}, \qquad
        \frac{\partial CV}{\partial x_i} = w_i \left( \frac{x_i - \bar X}{S \bar X} - \frac{S}{\bar X^2} \right)

    with the weights scaled to a sum of one.

    Parameters
    ----------
    x : array_like, shape (n,)
        Values, finite; any unit.
    weights : array_like, shape (n,), optional
        Non-negative, in any unit. Rows of weight zero are absent from the result too.

    Returns
    -------
    Contribution
        ``share``, shape (n,), adds up to 1. ``derivative``, shape (n,), is the change of the CV for one more unit of
        ``x`` in that row alone, below 0 where more there makes things more equal. NaN where all values
        are equal: nobody contributes, and the CV has no derivative there.

    Raises
    ------
    ValueError
        As `cv`.

    Notes
    -----
    The share is the decomposition of the squared coefficient of variation by units; the derivative is that of the
    formula of `cv`. A school far above the mean may have the largest share: mending then means lifting others.

    Examples
    --------
    >>> pupils, books = np.array([45, 37, 89, 76, 55]), np.array([279, 137, 935, 160, 402])
    >>> contribution(books / pupils, weights=pupils).share.round(3)
    array([0.   , 0.08 , 0.481, 0.423, 0.016])
    """
    s = sample(x, weights)
    mean = s.defined(s.average, s.average != 0, "均值为0，差异系数没有意义")
    deviations, weight = s.deviations(), s.w / s.weight
    parts = weight * deviations
    parts *= deviations
    variance = parts.sum()
    deviation = np.sqrt(variance)
    with np.errstate(invalid="ignore", divide="ignore"):
        parts /= variance
        deviations /= deviation * mean
    deviations -= deviation / mean**2
    deviations *= weight
    return Contribution(parts, deviations)

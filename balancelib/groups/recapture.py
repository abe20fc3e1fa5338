"""How many children there would be if two registers had nothing to do with each other; and why that is seldom so."""

import math
from statistics import NormalDist

from balancelib.measures import Interval

HALF = 0.5  # added to each count of the interval, so that it has one where a count is 0


def lincoln_petersen(first: float, second: float, both: float) -> float:
    r"""Return the number of children if standing in one register said nothing about the other (林肯—彼得森估计).

    .. math:: \hat N = n_1 n_2 / m

    Raises
    ------
    ValueError
        As of `chapman`; also where no child is in both: then there is no number.

    Examples
    --------
    >>> lincoln_petersen(10, 15, 5)
    30.0
    """
    _check(first, second, both)
    if both == 0:
        raise ValueError("没有一个孩子在两册里都有，这个式子要除以0；改用chapman，或者先查是不是对错了名册")
    return first * second / both


def chapman(first: float, second: float, both: float, confidence: float = 0.95) -> Interval:
    r"""Estimate how many children there are from two registers, if these are independent (捕获—再捕获法).

    .. math::
        \hat N = \frac{(n_1 + 1)(n_2 + 1)}{m + 1} - 1

    Parameters
    ----------
    first, second, both : float
        Children in the one register, in the other, and in both.
    confidence : float
        Of the interval, by the logit of the chance to be in neither (Sadinle): it never goes below the children that were seen.

    Returns
    -------
    Interval
        Children, in the registers or not.

    Raises
    ------
    ValueError
        A negative or missing count, or more children in both than in one.

    Notes
    -----
    Needs four things: nobody came or went between the two, whoever is in both was recognised, every child of the one register had the
    same chance to be in the other, and the registers did not copy from each other. Registers of offices break the last two: the
    interval speaks of chance alone, and can lie wholly beside the truth. Chapman (1951), University of California Publications in
    Statistics 1; Sadinle (2009), Communications in Statistics – Simulation and Computation 38.

    Examples
    --------
    >>> found = chapman(10, 15, 5)
    >>> round(found.value, 1), round(found.low), round(found.high)
    (28.3, 22, 65)
    """
    _check(first, second, both)
    value = (first + 1) * (second + 1) / (both + 1) - 1
    only_first, only_second, shared = first - both + HALF, second - both + HALF, both + HALF
    seen = first + second - both
    error = math.sqrt(1 / shared + 1 / only_first + 1 / only_second + shared / (only_first * only_second))
    reach = math.exp(NormalDist().inv_cdf((1 + confidence) / 2) * error)
    missed = only_first * only_second / shared
    return Interval(float(value), seen - HALF + missed / reach, seen - HALF + missed * reach)


def dependence(first: float, second: float, both: float, everybody: float) -> float:
    r"""Return how many times as many children are in both registers as there would be by chance (登记的依赖程度).

    .. math:: m N / (n_1 n_2)

    1: independent; above 1: who is in one is rather in the other too, and `chapman` finds too few; below 1: too many. It needs the true
    number ``everybody``, which is known in a synthetic county alone, or where someone went from door to door.

    Examples
    --------
    >>> dependence(50, 40, 30, 100)
    1.5
    """
    _check(first, second, both)
    if not everybody >= first + second - both:
        raise ValueError(f"真实人数{everybody}比两册里看见的还少，对不上")
    if not first * second:
        raise ValueError("有一册是空的，谈不上依赖不依赖")
    return float(both * everybody / (first * second))


def _check(first: float, second: float, both: float) -> None:
    if not all(map(math.isfinite, (first, second, both))) or not 0 <= both <= min(first, second):
        raise ValueError(f"两册{first}、{second}人，都有的{both}人：都要是0或正的数，都有的不能比任何一册多")

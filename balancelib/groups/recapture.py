"""How many children there would be if two registers had nothing to do with each other; and why that is seldom so."""

import math
from statistics import NormalDist

from balancelib.measures import Interval

HALF = 0.5  # added to each count of the interval, so that it has one where a count is 0


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


def _check(first: float, second: float, both: float) -> None:
    if not all(map(math.isfinite, (first, second, both))) or not 0 <= both <= min(first, second):
        raise ValueError(f"两册{first}、{second}人，都有的{both}人：都要是0或正的数，都有的不能比任何一册多")

"""How sure a share is, and a difference of two shares: intervals that also hold for few children, none and all."""

import math
from statistics import NormalDist
from typing import NamedTuple


class Interval(NamedTuple):
    """A number with its interval from ``low`` to ``high``."""

    value: float
    low: float
    high: float


def wilson(successes: float, trials: float, confidence: float = 0.95) -> Interval:
    r"""Return a share with Wilson's score interval (一个比例和它的区间).

    .. math::
        \frac{\hat p + z^2/2n \pm z \sqrt{\hat p (1 - \hat p)/n + z^2/4n^2}}{1 + z^2/n}

    Parameters
    ----------
    successes, trials : float
        Children of whom it is true, and children in all: whole numbers, as floats where they come from a table.
    confidence : float
        Chance that an interval made like this holds the true share; between 0 and 1.

    Returns
    -------
    Interval
        Shares from 0 to 1; the interval is not symmetric about the value, and never leaves 0 to 1.

    Raises
    ------
    ValueError
        No children, more successes than children, a negative or missing number, or a confidence outside 0 to 1.

    Notes
    -----
    Takes every child's chance to be the same and the children independent: it says how far a share of so few children would move
    by chance, not whether the children were counted rightly. Wilson (1927), Journal of the American Statistical Association 22;
    method 3 of Newcombe (1998), Statistics in Medicine 17, 857–872.

    Examples
    --------
    38 of 40 children stay: a share of 95 %, which chance alone could have made of 84 % or of 99 %.

    >>> [round(end, 3) for end in wilson(38, 40)]
    [0.95, 0.835, 0.986]
    """
    share, z = _share(successes, trials), _quantile(confidence)
    middle = share + z**2 / (2 * trials)
    reach = z * math.sqrt(share * (1 - share) / trials + z**2 / (4 * trials**2))
    scale = 1 + z**2 / trials
    low = 0.0 if successes == 0 else (middle - reach) / scale
    return Interval(share, low, 1.0 if successes == trials else (middle + reach) / scale)


def newcombe(
    successes_a: float, trials_a: float, successes_b: float, trials_b: float, confidence: float = 0.95
) -> Interval:
    r"""Return the difference of two shares with Newcombe's interval (两个比例之差和它的区间).

    .. math::
        \hat p_a - \hat p_b - \sqrt{(\hat p_a - l_a)^2 + (u_b - \hat p_b)^2}
        \quad\text{to}\quad
        \hat p_a - \hat p_b + \sqrt{(u_a - \hat p_a)^2 + (\hat p_b - l_b)^2}

    where :math:`l` and :math:`u` are the ends of each share's `wilson` interval.

    Parameters
    ----------
    successes_a, trials_a, successes_b, trials_b : float
        Of two groups of children that share no child.
    confidence : float
        As of `wilson`.

    Returns
    -------
    Interval
        Differences from −1 to 1, of a less b.

    Raises
    ------
    ValueError
        As of `wilson`.

    Notes
    -----
    Method 10 of Newcombe (1998), Statistics in Medicine 17, 873–890. Groups that overlap, such as left-behind children and all
    children, are not independent: compare those in the group with those outside it.

    Examples
    --------
    >>> [round(end, 4) for end in newcombe(56, 70, 48, 80)]
    [0.2, 0.0524, 0.3339]
    """
    a, b = wilson(successes_a, trials_a, confidence), wilson(successes_b, trials_b, confidence)
    value = a.value - b.value
    low = value - math.hypot(a.value - a.low, b.high - b.value)
    return Interval(value, low, value + math.hypot(a.high - a.value, b.value - b.low))


def _share(successes: float, trials: float) -> float:
    if not trials > 0 or not math.isfinite(trials):
        raise ValueError(f"总人数是{trials}，要是大于0的数：一个孩子也没有，就谈不上比例")
    if not 0 <= successes <= trials:
        raise ValueError(
            f"人数是{successes}，要在0和总人数{trials}之间；超过了，多半是分子里有分母以外的孩子"
        )
    return float(successes / trials)


def _quantile(confidence: float) -> float:
    """Return how many standard errors the interval reaches to each side."""
    if not 0 < confidence < 1:
        raise ValueError(f"把握（confidence）是{confidence}，要在0和1之间，例如0.95")
    return NormalDist().inv_cdf((1 + confidence) / 2)

"""How sure the share of the variance between groups is, and what few pupils in few schools would show of it."""

from collections.abc import Callable
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from balancelib.measures.intercepts import Sums, at_ratio, best_ratio, deviance, summed
from balancelib.measures.multilevel import intraclass

LARGEST = 1 - 1e-12  # share that is looked at


class ShareInterval(NamedTuple):
    """A share of variance between groups with its interval from ``low`` to ``high``; ``value`` may be negative, the ends are not."""

    value: float
    low: float
    high: float


def share_interval(
    values: ArrayLike,
    groups: ArrayLike,
    method: Literal["anova", "ml", "reml"] = "anova",
    level: float = 0.95,
) -> ShareInterval:
    r"""Estimate the share of the variance between groups with its interval (组间方差比例的区间).

    .. math::
        F(\lambda) = \frac{\sum_j w_j (\bar y_j - \bar y_w)^2 / (J - 1)}{MS_W}, \qquad
        w_j = \frac{n_j}{1 + n_j \lambda}, \qquad \rho = \frac{\lambda}{1 + \lambda}

    Parameters
    ----------
    values : array_like, shape (n,)
        One value a pupil, finite; any unit.
    groups : array_like, shape (n,)
        Each pupil's school.
    method : {"anova", "ml", "reml"}
        ``anova``: the shares at which ``F`` is not an extreme one of ``F(J - 1, n - J)``; ``ml`` and ``reml``: those whose (restricted) likelihood is not
        much below the highest, by the chi square with one degree of freedom.
    level : float
        Chance that the interval holds the true share.

    Returns
    -------
    ShareInterval

    Raises
    ------
    ValueError
        As of `intraclass`.

    Notes
    -----
    For normal scores the interval of ``anova`` is exact whatever the groups' sizes: Wald (1940), Annals of Mathematical Statistics 11; with equal sizes it is that
    of Searle (1971). Ends below 0 are moved to 0; where schools are closer than chance would have them, even the upper one may be 0. All takes the schools for a
    sample of such schools; where a county has tested them all, the interval is still that of the schools' lasting differences.

    Examples
    --------
    Shrout and Fleiss's ratings: ``F`` is 11.24 / 6.26.

    >>> ratings = [9, 2, 5, 8, 6, 1, 3, 2, 8, 4, 6, 8, 7, 1, 2, 6, 10, 5, 6, 9, 6, 2, 4, 7]
    >>> found = share_interval(ratings, np.repeat(range(6), 4))
    >>> round(found.value, 3), round(found.low, 3), round(found.high, 3)
    (0.166, 0.0, 0.723)
    """
    _fraction(level, "区间的把握")
    if method not in ("anova", "ml", "reml"):
        raise ValueError(f"method只能是anova、ml、reml，现在是{method}：η²没有这样的区间")
    value = float(intraclass(values, groups, method))
    sums = summed(values, groups)
    ends = _exact(sums, level) if method == "anova" else _profile(sums, method == "reml", level)
    return ShareInterval(value, *ends)


def chance_if(limit: float, values: ArrayLike, groups: ArrayLike) -> float:
    """Return the chance of groups that differ as little as these, or less, if the true share were ``limit``.

    Where it is 0.05 or less, the share is below the limit with a confidence of 95 %; where it is 0.95 or more, above.

    Examples
    --------
    A true share of 0.5 makes ``F(5, 18)`` five times as large: the chance of 11.24 / 6.26 is that of 0.36.

    >>> ratings = [9, 2, 5, 8, 6, 1, 3, 2, 8, 4, 6, 8, 7, 1, 2, 6, 10, 5, 6, 9, 6, 2, 4, 7]
    >>> round(chance_if(0.5, ratings, np.repeat(range(6), 4)), 2)
    0.13
    """
    from scipy.special import fdtr  # noqa: PLC0415  heavy: only where it is used

    _fraction(limit, "界限")
    sums = summed(values, groups)
    return float(fdtr(*_freedom(sums), _variance_ratio(sums, limit / (1 - limit))))


def seen_below(limit: float, share: float, groups: int, each: int) -> float:
    r"""Return the chance that the share estimated by ANOVA is below a limit: so many groups, so many pupils in each (会不会看成“过了”).

    .. math::
        P(\hat\rho < \ell) = P\Bigl(F_{J - 1,\, J(n - 1)} < \frac{1 + n \ell / (1 - \ell)}{1 + n \rho / (1 - \rho)}\Bigr)

    Parameters
    ----------
    limit : float
        Such as 0.15, from 0, below 1.
    share : float
        The true one, from 0, below 1.
    groups, each : int
        Schools, and pupils tested in each; two or more.

    Examples
    --------
    >>> round(seen_below(0.15, 0.15, 60, 30), 2)
    0.52
    """
    from scipy.special import fdtr  # noqa: PLC0415  heavy: only where it is used

    _planned(groups, each, limit, share)
    return float(fdtr(groups - 1, groups * (each - 1), _times(limit, each) / _times(share, each)))


def seen_range(share: float, groups: int, each: int, level: float = 0.95) -> tuple[float, float]:
    """Return between which ends the share estimated by ANOVA lies in 95 of 100 counties whose true share this is.

    Examples
    --------
    >>> [round(end, 3) for end in seen_range(0.15, 60, 30)]
    [0.097, 0.207]
    """
    from scipy.special import fdtri  # noqa: PLC0415  heavy: only where it is used

    _planned(groups, each, share)
    _fraction(level, "把握")
    tails = np.array([(1 - level) / 2, (1 + level) / 2])
    ratios = (fdtri(groups - 1, groups * (each - 1), tails) * _times(share, each) - 1) / each
    low, high = ratios / (1 + ratios)
    return float(low), float(high)


def expected_eta2(share: float, groups: int, each: int) -> float:
    r"""Return what the naive share of sums of squares comes to where the true share is this (η²会算出多少).

    .. math::
        \frac{(J - 1)(1 + n \lambda)}{(J - 1)(1 + n \lambda) + J (n - 1)}, \qquad \lambda = \rho / (1 - \rho)

    the ratio of the expected sums of squares: above 0 where schools do not differ, and above ``ρ`` unless pupils a school outnumber the schools and ``ρ`` is large.

    Examples
    --------
    Sixty schools that do not differ, ten pupils in each: 59 of 599 degrees of freedom.

    >>> round(expected_eta2(0, 60, 10), 4), round(59 / 599, 4)
    (0.0985, 0.0985)
    """
    _planned(groups, each, share)
    between = (groups - 1) * _times(share, each)
    return between / (between + groups * (each - 1))


def _times(share: float, each: int) -> float:
    """How many times larger the mean square between groups is for the share."""
    return 1 + each * share / (1 - share)


def _fraction(number: float, name: str) -> None:
    if not 0 < number < 1:
        raise ValueError(f"{name}要在0和1之间，现在是{number}")


def _planned(groups: int, each: int, *shares: float) -> None:
    if groups < 2 or each < 2:
        raise ValueError("至少两所学校，每校至少两名学生")
    if not all(0 <= share < 1 for share in shares):
        raise ValueError("比例要从0到1（不含1）")


def _freedom(sums: Sums) -> tuple[float, float]:
    return sums.sizes.size - 1, sums.rows - sums.sizes.size


def _variance_ratio(sums: Sums, ratio: float) -> float:
    """Wald's F at a ratio of the variances."""
    found, (between, within) = at_ratio(sums, ratio), _freedom(sums)
    return float(found.precision @ found.gaps**2 / between / (sums.within[-1, -1] / within))


def _exact(sums: Sums, level: float) -> tuple[float, float]:
    from scipy.special import fdtri  # noqa: PLC0415  heavy: only where it is used

    low, high = (fdtri(*_freedom(sums), tail) for tail in ((1 + level) / 2, (1 - level) / 2))
    return tuple(_falls_to(lambda r, end=end: _variance_ratio(sums, r) - end) for end in (low, high))


def _profile(sums: Sums, restricted: bool, level: float) -> tuple[float, float]:
    from scipy.special import chdtri  # noqa: PLC0415  heavy: only where it is used

    best = best_ratio(sums, restricted)
    allowed = deviance(sums, best, restricted) + chdtri(1, 1 - level)

    def above(ratio: float) -> float:
        return deviance(sums, ratio, restricted) - allowed

    middle = best / (1 + best)
    low = _falls_to(above, 0.0, middle) if best else 0.0
    return low, _falls_to(lambda ratio: -above(ratio), middle, LARGEST)


def _falls_to(height: Callable[[float], float], start: float = 0.0, end: float = LARGEST) -> float:
    """Return the share at which a height that falls with the ratio is 0; where it starts below, the start; where it ends above, the end."""
    from scipy.optimize import brentq  # noqa: PLC0415  heavy: only where it is used

    if height(start / (1 - start)) <= 0:
        return start
    if height(end / (1 - end)) >= 0:
        return end
    return float(brentq(lambda share: height(share / (1 - share)), start, end, xtol=1e-14))

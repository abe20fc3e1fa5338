"""A rate or mean as it would be if the pupils were spread over the strata as in a standard."""

import numpy as np
from numpy.typing import ArrayLike

from balancelib.measures.columns import labels
from balancelib.measures.estimation import Estimate
from balancelib.measures.proportions import Interval, wilson


def direct_rate(
    events: ArrayLike, population: ArrayLike, standard: ArrayLike, confidence: float = 0.95
) -> Interval:
    r"""Return a directly standardised rate with the gamma interval (直接标准化率).

    .. math::
        y = \sum_k w_k x_k, \qquad w_k = \frac{s_k}{n_k}, \qquad v = \sum_k w_k^2 x_k, \qquad w_m = \max_k w_k

    .. math::
        L = \frac{v}{2y} \chi^2_{2y^2/v}(\alpha/2), \qquad
        U = \frac{v + w_m^2}{2(y + w_m)} \chi^2_{2(y + w_m)^2/(v + w_m^2)}(1 - \alpha/2)

    Parameters
    ----------
    events, population : array_like, shape (strata,)
        What happened (``x``), and to how many pupils it could have happened (``n``), in each stratum.
    standard : array_like, shape (strata,)
        How the standard is spread over the strata (``s``), in any scale: pupils, shares. A stratum that the standard has not is left out.
    confidence : float
        Of the interval.

    Returns
    -------
    Interval
        Events a pupil. The interval holds the true rate at least as often as is said, also for few events and none.

    Raises
    ------
    ValueError
        Columns of different lengths, missing or negative numbers, an empty standard, or a stratum that the standard has and this group has not.

    Notes
    -----
    For events that are rare or may happen more than once; a share of pupils that may come near 1 has `standardised_share`. Fay and Feuer (1997),
    Statistics in Medicine 16, 791–801.

    Examples
    --------
    6 in 100 and 30 in 200, in a standard of two equal halves:

    >>> round(direct_rate([6, 30], [100, 200], [1, 1]).value, 4)
    0.105
    """
    from scipy.special import chdtri  # noqa: PLC0415  heavy: only where it is used

    x, n, s = _strata(events, population, standard)
    each = s / n
    rate, variance, largest = float(each @ x), float(each**2 @ x), float(each.max())
    tail = (1 - confidence) / 2
    above, spread = rate + largest, variance + largest**2
    low = variance / (2 * rate) * chdtri(2 * rate**2 / variance, 1 - tail) if rate > 0 else 0.0
    high = spread / (2 * above) * chdtri(2 * above**2 / spread, tail)
    return Interval(rate, float(low), float(high))


def indirect_ratio(
    events: ArrayLike, population: ArrayLike, rates: ArrayLike, confidence: float = 0.95
) -> Interval:
    r"""Return how many times as much happened as would at a standard's rates (间接标准化比), with the exact interval.

    .. math::
        \frac{O}{E} = \frac{\sum_k x_k}{\sum_k n_k r_k}, \qquad
        L = \frac{\chi^2_{2O}(\alpha/2)}{2E}, \qquad U = \frac{\chi^2_{2O + 2}(1 - \alpha/2)}{2E}

    Parameters
    ----------
    events, population : array_like, shape (strata,)
        As of `direct_rate`; events of single strata may be unknown as long as their sum is right, so that one stratum may hold all.
    rates : array_like, shape (strata,)
        Of the standard, events a pupil; taken as known.
    confidence : float
        Of the interval.

    Returns
    -------
    Interval
        1: as many as at the standard's rates.

    Raises
    ------
    ValueError
        As `direct_rate`; also where nothing was to be expected.

    Notes
    -----
    For groups too small to have a rate in each stratum. Two such ratios have different standards hidden in them and should not be compared
    with each other. Garwood (1936), Biometrika 28; Breslow and Day (1987), Statistical Methods in Cancer Research II.

    Examples
    --------
    >>> indirect_ratio([10, 0], [100, 50], [0.05, 0.1]).value
    1.0
    """
    from scipy.special import chdtri  # noqa: PLC0415  heavy: only where it is used

    x, n, r = strata_columns(events, population, rates)
    observed, expected = float(x.sum()), float(n @ r)
    if not expected > 0:
        raise ValueError("按标准的率，一个也不该有，算不出倍数")
    tail = (1 - confidence) / 2
    low = chdtri(2 * observed, 1 - tail) / 2 if observed else 0.0
    high = chdtri(2 * observed + 2, tail) / 2
    return Interval(observed / expected, float(low / expected), float(high / expected))


def standardised_share(
    successes: ArrayLike, trials: ArrayLike, standard: ArrayLike, confidence: float = 0.95
) -> Interval:
    r"""Return a directly standardised share of pupils (标准化比例), with an interval made of each stratum's Wilson interval.

    .. math::
        \hat p = \sum_k s_k \hat p_k, \qquad
        L = \hat p - \sqrt{\sum_k s_k^2 (\hat p_k - l_k)^2}, \qquad U = \hat p + \sqrt{\sum_k s_k^2 (u_k - \hat p_k)^2}

    Parameters
    ----------
    successes, trials : array_like, shape (strata,)
        Pupils of whom it is true, and pupils in all, in each stratum.
    standard : array_like, shape (strata,)
        As of `direct_rate`.
    confidence : float
        Of the interval.

    Returns
    -------
    Interval
        Never leaves 0 to 1; with one stratum it is `wilson`.

    Raises
    ------
    ValueError
        As `direct_rate`; also more successes than trials.

    Notes
    -----
    Zou, Huang and Zhang (2009), Computational Statistics & Data Analysis 53, 1080–1085.

    Examples
    --------
    >>> round(standardised_share([10, 30], [100, 100], [3, 1]).value, 4)
    0.15
    """
    value, below, above = _share(successes, trials, standard, confidence)
    return Interval(value, value - below, value + above)


def standardised_gap(
    first: tuple[ArrayLike, ArrayLike],
    second: tuple[ArrayLike, ArrayLike],
    standard: ArrayLike,
    confidence: float = 0.95,
) -> Interval:
    r"""Return the difference of two shares as it would be if both groups were spread over the strata alike (标准化差距).

    .. math::
        D = \sum_k s_k (\hat p_{1k} - \hat p_{2k}), \qquad
        L = D - \sqrt{(\hat p_1 - L_1)^2 + (U_2 - \hat p_2)^2}, \qquad
        U = D + \sqrt{(U_1 - \hat p_1)^2 + (\hat p_2 - L_2)^2}

    with each group's standardised share and interval as of `standardised_share`.

    Parameters
    ----------
    first, second : (array_like, array_like)
        Of each group: pupils of whom it is true, and pupils in all, by stratum.
    standard : array_like, shape (strata,)
        As of `direct_rate`: mostly both groups together.
    confidence : float
        Of the interval.

    Returns
    -------
    Interval
        With one stratum it is Newcombe's.

    Raises
    ------
    ValueError
        As `standardised_share`: where one of the groups has nobody in a stratum, strata must be put together or the standard must leave it out.

    Notes
    -----
    The difference depends on the standard where it is not the same in all strata: say which was taken. It takes away what the strata explain and
    nothing else. Zou, Huang and Zhang (2009); with one stratum Newcombe (1998), method 10.

    Examples
    --------
    In each stratum the first group does better, in all together it does worse: it is mostly where all do badly.

    >>> a, b = ([81, 12], [90, 20]), ([18, 50], [22, 100])
    >>> sum(a[0]) / sum(a[1]) > sum(b[0]) / sum(b[1]), round(standardised_gap(a, b, [1, 1]).value, 3)
    (True, 0.091)
    """
    p1, below1, above1 = _share(*first, standard, confidence)
    p2, below2, above2 = _share(*second, standard, confidence)
    gap = p1 - p2
    return Interval(gap, gap - float(np.hypot(below1, above2)), gap + float(np.hypot(above1, below2)))


def _share(
    successes: ArrayLike, trials: ArrayLike, standard: ArrayLike, confidence: float
) -> tuple[float, float, float]:
    """Return a standardised share, and how far its interval reaches below and above."""
    x, n, s = _strata(successes, trials, standard)
    found = [wilson(a, b, confidence) for a, b in zip(x, n, strict=True)]
    value, low, high = np.array(found).T
    below, above = (np.sqrt(s**2 @ (value - end) ** 2) for end in (low, high))
    return float(s @ value), float(below), float(above)


def direct_mean(
    x: ArrayLike, strata: ArrayLike, standard: dict[object, float], confidence: float = 0.95
) -> Estimate:
    r"""Return a mean as it would be if the pupils were spread over the strata as in a standard (标准化均值).

    .. math::
        \bar x_s = \sum_k s_k \bar x_k, \qquad SE = \sqrt{\sum_k s_k^2 S_k^2 / n_k}

    Parameters
    ----------
    x : array_like, shape (pupils,)
        Such as scores.
    strata : array_like, shape (pupils,)
        In which stratum each is; those that the standard has not, or has with 0, are left out.
    standard : dict
        By stratum, in any scale.
    confidence : float
        Of the interval, by the normal distribution.

    Returns
    -------
    Estimate

    Raises
    ------
    ValueError
        Missing numbers, an empty standard, or a stratum of the standard with fewer than two pupils.

    Notes
    -----
    Takes pupils for independent; pupils of one school are not, so that true intervals are wider. Cochran (1977), Sampling Techniques, chapter 5A.9.

    Examples
    --------
    >>> direct_mean([1, 3, 10, 14], ["a", "a", "b", "b"], {"a": 3, "b": 1}).value
    4.5
    """
    from scipy.special import ndtri  # noqa: PLC0415  heavy: only where it is used

    values = np.asarray(x, dtype=float)
    if not np.isfinite(values).all():
        raise ValueError("数据里有空值，先去掉，并说明去掉了几个")
    own = labels(strata, values.size, "strata")
    parts = list(standard.values())
    *_, s = _strata(parts, parts, parts)  # the standard alone is checked; its groups are below
    groups = {key: values[own == key] for key, part in standard.items() if part > 0}
    for key, group in groups.items():
        if group.size < 2:
            raise ValueError(f"“{key}”这一层不到两个人，算不出这一层的误差：和别的层并起来，或者不放进标准")
    sizes, means, variances = np.array([(g.size, g.mean(), g.var(ddof=1)) for g in groups.values()]).T
    value = float(s @ means)
    error = float(np.sqrt(s**2 @ (variances / sizes)))
    reach = float(ndtri((1 + confidence) / 2)) * error
    return Estimate(value, error, value - reach, value + reach, int(sizes.sum()))


def _strata(x: ArrayLike, n: ArrayLike, standard: ArrayLike) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the strata that the standard has, its shares adding up to 1."""
    counts, sizes, s = strata_columns(x, n, standard)
    if not s.sum() > 0:
        raise ValueError("标准里一个人也没有")
    counts, sizes, s = (column[s > 0] for column in (counts, sizes, s))
    empty = np.flatnonzero(sizes == 0)
    if empty.size:
        raise ValueError(
            f"标准里有人的第{empty[0] + 1}层，这一组没有人，没有率可用：把几层并起来，或者只比两组都有人的层"
        )
    return counts, sizes, s / s.sum()


def strata_columns(*columns: ArrayLike) -> list[np.ndarray]:
    """Return columns of numbers, one a stratum, or raise ValueError with what is wrong with them."""
    arrays = [np.asarray(column, dtype=float) for column in columns]
    if len({array.shape for array in arrays}) != 1 or arrays[0].ndim != 1 or not arrays[0].size:
        raise ValueError("各列要一样长，每层一个数")
    if not all(np.isfinite(array).all() and (array >= 0).all() for array in arrays):
        raise ValueError("有空着的数或者负数。没有人写0；不知道的不能当0")
    return arrays

"""How many to draw: for an interval as narrow as wished, to show that a limit is passed, and of each stratum."""

import math
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike

from balancelib.measures.columns import inside


def size_for_mean(
    sd: float, margin: float, population: float = math.inf, level: float = 0.95, deff: float = 1.0
) -> int:
    r"""Return how many units give an interval of ± ``margin`` for a mean (样本量).

    .. math::
        n_0 = deff \, \frac{z^2 S^2}{e^2}, \qquad n = \frac{n_0}{1 + n_0/N}

    Parameters
    ----------
    sd, margin : float
        Standard deviation of the units and half the width wished, in the same unit; above 0.
    population : float
        Units there are, 1 or more; endless if left out.
    level : float
        Of the interval.
    deff : float
        Design effect that is expected, 1 for a simple random sample; above 0.

    Returns
    -------
    int
        Rounded up, 1 at least, and not more than there are.

    Raises
    ------
    ValueError
        A number outside its range.

    Notes
    -----
    Cochran (1977), *Sampling Techniques*, chapter 4. Those who do not answer are not among them.

    Examples
    --------
    >>> size_for_mean(sd=10, margin=2), size_for_mean(sd=10, margin=2, population=100)
    (97, 49)
    """
    _above_zero({"标准差": sd, "允许的误差": margin, "设计效应": deff})
    _counted("总数", population)
    first = deff * (_quantile(level) * sd / margin) ** 2
    return _whole(first / (1 + first / population), population)


def size_for_share(
    share: float, margin: float, population: float = math.inf, level: float = 0.95, deff: float = 1.0
) -> int:
    r"""Return how many units give an interval of ± ``margin`` for a share (比例的样本量).

    .. math::
        n_0 = deff \, \frac{z^2 p (1 - p)}{e^2}, \qquad n = \frac{n_0}{1 + (n_0 - 1)/N}

    Parameters
    ----------
    share : float
        That is expected, between 0 and 1; 0.5 asks for most.
    margin, population, level, deff
        As of `size_for_mean`, the margin as a share: 0.03 are three percentage points.

    Returns
    -------
    int

    Raises
    ------
    ValueError
        A number outside its range.

    Notes
    -----
    Cochran (1977), chapter 4.

    Examples
    --------
    Of 58,000 people two percentage points to each side ask for hardly more than of 5,800:

    >>> size_for_share(0.85, 0.02, 58_000), size_for_share(0.85, 0.02, 5_800)
    (1200, 1012)
    """
    inside({"比例": share})
    finite = population / (population - 1) if 1 < population < math.inf else 1.0
    return size_for_mean(math.sqrt(share * (1 - share) * finite), margin, population, level, deff)


def chance_to_show(
    truth: float, limit: float, n: int, population: float = math.inf, level: float = 0.95
) -> float:
    r"""Return the chance that the interval of a share lies above a limit altogether (功效).

    .. math::
        \Phi\left(\frac{(p - p_0)\sqrt{n'} - z \sqrt{p_0 (1 - p_0)}}{\sqrt{p (1 - p)}}\right), \qquad
        n' = n \frac{N - 1}{N - n}

    Parameters
    ----------
    truth, limit : float
        True share and limit, between 0 and 1.
    n : int
        Answers of a simple random sample, 1 or more, fewer than ``population``.
    population, level
        As of `size_for_mean`.

    Returns
    -------
    float
        From 0 to 1. Where the truth is below the limit, the chance of a wrong claim.

    Raises
    ------
    ValueError
        A number outside its range.

    Notes
    -----
    `balancelib.measures.wilson`'s lower end is above the limit where the score test rejects the limit: the formula is that test's, with
    the normal distribution for the binomial. Fleiss, Levin and Paik (2003), *Statistical Methods for Rates and Proportions*, 2.

    Examples
    --------
    >>> round(chance_to_show(0.87, 0.85, 2416), 2)
    0.8
    """
    inside({"真实的比例": truth, "要过的线": limit})
    _counted("答卷数", n)
    _counted("还没有问的人数", population - n)
    finite = (population - n) / (population - 1) if population < math.inf else 1.0
    above = (truth - limit) * math.sqrt(n / finite) - _quantile(level) * math.sqrt(limit * (1 - limit))
    return NormalDist().cdf(above / math.sqrt(truth * (1 - truth)))


def size_to_show(
    truth: float, limit: float, population: float = math.inf, power: float = 0.8, level: float = 0.95
) -> int:
    r"""Return how many answers it takes to say "above the limit" with a given chance, if that is true (要说“过了线”的样本量).

    .. math::
        n_0 = \left(\frac{z \sqrt{p_0 (1 - p_0)} + z_{power} \sqrt{p (1 - p)}}{p - p_0}\right)^2

    Parameters
    ----------
    truth, limit : float
        The share that is thought to be true, and the limit below it.
    population, level
        As of `size_for_mean`.
    power : float
        Chance that the interval lies above the limit.

    Returns
    -------
    int

    Raises
    ------
    ValueError
        A number outside its range; a truth that is not above the limit: then no sample can show it.

    Examples
    --------
    Two points above the limit take four times as many as four points:

    >>> size_to_show(0.87, 0.85), size_to_show(0.89, 0.85)
    (2416, 580)
    """
    inside({"真实的比例": truth, "要过的线": limit, "把握": power})
    _counted("总数", population)
    if truth <= limit:
        raise ValueError(f"真实的比例{truth:g}没有超过{limit:g}，问多少人也说不出“过了线”")
    reach = _quantile(level) * math.sqrt(limit * (1 - limit))
    reach += NormalDist().inv_cdf(power) * math.sqrt(truth * (1 - truth))
    first = (reach / (truth - limit)) ** 2
    return _whole(first / (1 + (first - 1) / population), population)


def allocate(sizes: ArrayLike, total: int, sd: ArrayLike | None = None, least: int = 2) -> np.ndarray:
    r"""Share out a sample among strata so that the total's error is the smallest (各层抽几个).

    Places are given one by one to the stratum with the largest

    .. math::
        \frac{N_h S_h}{\sqrt{n_h (n_h + 1)}}

    Parameters
    ----------
    sizes : array_like, shape (strata,)
        Units of each stratum, whole numbers.
    total : int
        Places; more are given where ``least`` asks for them, fewer where there are not as many units.
    sd : array_like, shape (strata,), optional
        Standard deviation in each: Neyman's allocation. Left out, it is taken as equal: proportional allocation.
    least : int
        Of each stratum, or all where it has fewer; from two on its error can be estimated.

    Returns
    -------
    ndarray of int, shape (strata,)

    Raises
    ------
    ValueError
        Sizes or deviations that are missing, negative, or not as many; sizes or a total that are no whole numbers.

    Notes
    -----
    The best in whole units, not rounded from the best in fractions: Wright (2012), The American Statistician 66, 217–224; in fractions
    Neyman (1934), Journal of the Royal Statistical Society 97.

    Examples
    --------
    >>> allocate([60, 30, 10], 20).tolist(), allocate([60, 30, 10], 20, sd=[1, 1, 9]).tolist()
    ([12, 6, 2], [7, 3, 10])
    """
    there = np.asarray(sizes, dtype=float)
    spread = np.ones(there.shape) if sd is None else np.asarray(sd, dtype=float)
    if there.shape != spread.shape or there.ndim != 1 or not (np.isfinite(there + spread).all()):
        raise ValueError("各层的大小和标准差要一样多，不能有空值")
    if (there < 0).any() or (spread < 0).any() or least < 1:
        raise ValueError("各层的大小和标准差不能是负数，每层至少抽1个")
    if total % 1 or (there % 1).any():
        raise ValueError("各层的大小和一共抽几个要是整数")
    places = np.minimum(there, least)
    while places.sum() < min(total, there.sum()):
        claim = there * spread / np.sqrt(np.maximum(places, 1) * (places + 1))
        claim[places >= there] = -1
        places[np.argmax(claim)] += 1
    return places.astype(int)


def _quantile(level: float) -> float:
    inside({"把握": level})
    return NormalDist().inv_cdf((1 + level) / 2)


def _whole(n: float, population: float) -> int:
    return int(min(max(math.ceil(n - 1e-9), 1), population))


def _above_zero(numbers: dict[str, float]) -> None:
    for name, number in numbers.items():
        if not 0 < number < math.inf:
            raise ValueError(f"{name}是{number}，要大于0")


def _counted(name: str, number: float) -> None:
    if not number >= 1:
        raise ValueError(f"{name}是{number}，至少要有1")

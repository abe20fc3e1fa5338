"""Parity of two groups, and how they are spread over schools."""

import numpy as np
from numpy.typing import ArrayLike

from balancelib.measures.columns import answer, check, measure
from balancelib.measures.lorenz import gini


def parity_index(a: ArrayLike, b: ArrayLike, adjusted: bool = False) -> float | np.ndarray:
    r"""Parity index (均等指数): one group's rate over another's.

    .. math:: P = a / b, \qquad P_{adj} = \begin{cases} P & P \le 1 \\ 2 - 1/P & P > 1 \end{cases}

    Parameters
    ----------
    a, b : float or array_like
        Rates of the two groups, by custom that of the disadvantaged first; ``b`` above 0.
    adjusted : bool
        Whether to bring ratios above 1 to the same scale as those below, so that 0.8 and 1.2 are equally far from parity.

    Returns
    -------
    float or ndarray
        1 at parity; from 0 up, adjusted from 0 to 2.

    Raises
    ------
    ValueError
        Rates that are not finite, negative ones, or a rate of zero in ``b``.

    Notes
    -----
    Unit of analysis: the group. UNESCO counts 0.97 to 1.03 as parity. Source: UNESCO Institute for Statistics, metadata of SDG indicator
    4.5.1.

    Examples
    --------
    >>> parity_index(45, 50), parity_index(50, 45, adjusted=True)
    (0.9, 1.1)
    """
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    if not (np.isfinite(a).all() and np.isfinite(b).all()):
        raise ValueError("比率中有空值或无穷大")
    if (a < 0).any() or (b <= 0).any():
        raise ValueError("比率不能是负数，b不能是0")
    with np.errstate(over="ignore"):
        ratio = a / b
    result = np.where(ratio > 1, 2 - 1 / np.maximum(ratio, 1), ratio) if adjusted else ratio
    return float(result) if result.ndim == 0 else result


def _shares(counts: np.ndarray, name: str) -> np.ndarray:
    if (counts < 0).any():
        raise ValueError(f"{name}里的人数不能是负数")
    total = counts.sum()
    if total == 0:
        raise ValueError(f"{name}一个人也没有")
    return counts / total


def _composition(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Share of group a in each school, 0 in an empty one."""
    both = a + b
    return np.divide(a, both, out=np.zeros(len(both)), where=both > 0)


@measure("a", "b")
def dissimilarity(a: ArrayLike, b: ArrayLike) -> float:
    r"""Index of dissimilarity (差异指数): the share of a group that would have to change school to be spread like the other.

    .. math:: D = \frac12 \sum_i \left| \frac{a_i}{A} - \frac{b_i}{B} \right|

    Parameters
    ----------
    a, b : array_like, shape (schools,)
        Pupils of the two groups in each school.

    Returns
    -------
    float
        From 0 (spread alike) to 1 (no school in common).

    Raises
    ------
    ValueError
        Columns that are unequal or not finite, negative counts, or a group without anyone.

    Notes
    -----
    Unit of analysis: the pupil, over schools. Above 0 by mere chance where schools are small. Source: Duncan and Duncan (1955),
    "A Methodological Analysis of Segregation Indexes", American Sociological Review 20(2).

    Examples
    --------
    >>> round(dissimilarity([100, 60, 40, 0], [0, 40, 60, 100]), 12)
    0.6
    """
    return np.abs(_shares(a, "a") - _shares(b, "b")).sum() / 2


@measure("a", "b")
def isolation(a: ArrayLike, b: ArrayLike) -> float:
    r"""Isolation index (隔离指数): the share of their own group in the school of an average pupil of ``a``.

    .. math:: \sum_i \frac{a_i}{A} \frac{a_i}{a_i + b_i}

    Parameters
    ----------
    a, b : array_like, shape (schools,)
        Pupils of the group, and all others, in each school.

    Returns
    -------
    float
        From the group's share of all pupils (spread evenly) to 1.

    Raises
    ------
    ValueError
        As `dissimilarity`.

    Notes
    -----
    Unit of analysis: the pupil of ``a``. It depends on how large the group is. Source: Lieberson (1981), "An Asymmetrical
    Approach to Segregation", in Ethnic Segregation in Cities.

    Examples
    --------
    >>> round(isolation([100, 60, 40, 0], [0, 40, 60, 100]), 12)
    0.76
    """
    _shares(b, "b")
    return _shares(a, "a") @ _composition(a, b)


@measure("a", "b")
def exposure(a: ArrayLike, b: ArrayLike) -> float:
    r"""Exposure index (接触指数): the share of group ``b`` in the school of an average pupil of ``a``.

    .. math:: \sum_i \frac{a_i}{A} \frac{b_i}{a_i + b_i}

    Parameters
    ----------
    a, b : array_like, shape (schools,)
        Pupils of the two groups in each school.

    Returns
    -------
    float
        From 0 to the share of ``b`` in all pupils (spread evenly); 1 less `isolation`.

    Raises
    ------
    ValueError
        As `dissimilarity`.

    Notes
    -----
    Unit of analysis: the pupil of ``a``. Not symmetric: the few meet the many more often than the many meet the few.
    Source: as `isolation`.

    Examples
    --------
    >>> round(exposure([100, 60, 40, 0], [0, 40, 60, 100]), 12)
    0.24
    """
    _shares(b, "b")
    return _shares(a, "a") @ _composition(b, a)


def theil_h(*groups: ArrayLike, nan_policy: str = "raise") -> float:
    r"""Theil's H (信息论指数): how much of the mixture of two or more groups is lost inside schools.

    .. math:: H = \sum_i \frac{t_i}{T} \frac{E - E_i}{E}, \qquad E_i = -\sum_g p_{gi} \ln p_{gi}

    with ``t`` a school's pupils, ``p`` the share of each group in it, and ``E`` the entropy of the whole.

    Parameters
    ----------
    *groups : array_like, shape (schools,)
        Pupils of each group in each school; two or more groups.

    Returns
    -------
    float
        From 0 (every school like the whole) to 1 (every school of one group).

    Raises
    ------
    ValueError
        As `dissimilarity`; also fewer than two groups.

    Notes
    -----
    Unit of analysis: the pupil, over schools. Source: Theil and Finizza (1971), "A Note on the Measurement of Racial
    Integration of Schools", Journal of Mathematical Sociology 1(2); also known as the multigroup entropy index.

    Examples
    --------
    >>> round(theil_h([100, 60, 40, 0], [0, 40, 60, 100]), 9)
    0.514524703
    """
    if len(groups) < 2:
        raise ValueError("至少要有两个群体")
    given = {f"第{g}个群体": group for g, group in enumerate(groups, 1)}
    omitted = check(given, list(given), nan_policy)
    inside = np.array([_shares(group, name) for name, group in given.items()])
    sizes = np.array([group.sum() for group in given.values()], dtype=float)
    sizes /= sizes.sum()
    joint = inside * sizes[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.where(joint > 0, joint * np.log(inside / joint.sum(axis=0)), 0.0)
    return answer(np.maximum(terms.sum() / -(sizes @ np.log(sizes)), 0.0), omitted, nan_policy)


@measure("a", "b")
def segregation_gini(a: ArrayLike, b: ArrayLike) -> float:
    r"""Gini index of segregation (分隔基尼系数).

    .. math:: G = \frac{1}{2 P (1 - P)} \sum_i \sum_j \frac{t_i t_j}{T^2} |p_i - p_j|

    with ``t`` a school's pupils, ``p`` the share of group ``a`` in it, and ``P`` that in all.

    Parameters
    ----------
    a, b : array_like, shape (schools,)
        Pupils of the two groups in each school.

    Returns
    -------
    float
        From 0 (spread alike) to 1 (no school in common).

    Raises
    ------
    ValueError
        As `dissimilarity`.

    Notes
    -----
    Unit of analysis: the pupil, over schools. The Gini coefficient of the schools' shares, over its largest possible value ``1 - P``. Source:
    James and Taeuber (1985), "Measures of Segregation", Sociological Methodology 15.

    Examples
    --------
    >>> round(segregation_gini([100, 60, 40, 0], [0, 40, 60, 100]), 12)
    0.8
    """
    _shares(a, "a"), _shares(b, "b")
    return gini(_composition(a, b), a + b) / (b.sum() / (a.sum() + b.sum()))

"""Segregation that chance alone makes: where schools are small or a group is, no index is 0 even if nobody is sorted."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from balancelib.measures.columns import check
from balancelib.measures.segregation import dissimilarity

MOST_DRAWS = 100_000
Index = Callable[[ArrayLike, ArrayLike], float]


class ByChance(NamedTuple):
    """An index beside what it would be if chance alone sent pupils to schools.

    Attributes
    ----------
    value : float
        The index found.
    expected : float
        Its mean over the random allocations.
    low, high : float
        What chance alone makes in so many of 100 allocations, as asked.
    p : float
        The share of allocations, this one counted, with an index as large as the one found or larger.
    systematic : float
        0 where the index is as chance would have it, 1 at the most that there is, below 0 where pupils are spread more evenly than by chance.
    """

    value: float
    expected: float
    low: float
    high: float
    p: float
    systematic: float


class Corrected(NamedTuple):
    """An index freed of its bias.

    Attributes
    ----------
    value : float
        The index found.
    bias : float
        By how much it is too high on average, as drawing pupils anew shows.
    corrected : float
        The index less the bias, not below 0.
    low, high : float
        So many of 100 such draws, as asked, moved so that they lie about ``corrected``.
    """

    value: float
    bias: float
    corrected: float
    low: float
    high: float


def by_chance(
    a: ArrayLike,
    b: ArrayLike,
    index: Index = dissimilarity,
    draws: int = 1000,
    seed: int = 0,
    confidence: float = 0.95,
) -> ByChance:
    r"""Compare a segregation index with random allocation (随机分配下的期望).

    All pupils are mixed and dealt to the schools anew, each school as many as it has: the group's pupils of the schools follow the multivariate
    hypergeometric distribution. With :math:`I^*` the mean index of these allocations, systematic segregation is

    .. math::
        \hat I = \begin{cases} (I - I^*) / (1 - I^*) & I \ge I^* \\ (I - I^*) / I^* & I < I^* \end{cases}

    Parameters
    ----------
    a, b : array_like, shape (schools,)
        Pupils of the group, and all others, in each school; whole numbers.
    index : callable
        Of two columns, from 0 to 1: `dissimilarity`, `segregation_gini`, `theil_h`, `isolation`.
    draws : int
        Random allocations.
    seed : int
        Of the draws; the same seed, the same result.
    confidence : float
        Of the interval of chance.

    Returns
    -------
    ByChance

    Raises
    ------
    ValueError
        As ``index``; also counts that are not whole, or fewer than 1 draw.

    Notes
    -----
    Unit of analysis: the pupil. The interval says what chance makes, not how exact the index is. A small ``p`` says that it is not chance, neither
    that it is large nor why. Expected values: Winship (1977), "A Revaluation of Indexes of Residential Segregation", Social Forces 55(4);
    Carrington and Troske (1997), "On Measuring Segregation in Samples with Small Units", Journal of Business & Economic Statistics 15(4), which
    draws each school's number by itself (binomial) where here the group's total is kept. ``p`` as Phipson and Smyth (2010), Statistical Applications
    in Genetics and Molecular Biology 9(1).

    Examples
    --------
    Ten schools of ten pupils with one of the group in each: more even than chance.

    >>> found = by_chance([1] * 10, [9] * 10)
    >>> found.value, found.expected > 0.3, round(found.systematic, 9)
    (0.0, True, -1.0)
    """
    a, b = _whole(a, b, draws)
    rng = np.random.default_rng(seed)
    dealt = rng.multivariate_hypergeometric(a + b, int(a.sum()), size=draws, method="marginals")
    found = np.array([index(one, a + b - one) for one in dealt])
    value, expected = float(index(a, b)), float(found.mean())
    low, high = _ends(found, confidence)
    p = (1 + np.sum(found >= value - 1e-12)) / (draws + 1)
    return ByChance(value, expected, low, high, float(p), _systematic(value, expected))


def without_bias(
    a: ArrayLike,
    b: ArrayLike,
    index: Index = dissimilarity,
    draws: int = 1000,
    seed: int = 0,
    confidence: float = 0.95,
) -> Corrected:
    r"""Take from a segregation index what small numbers add to it (偏差校正).

    This year's pupils are seen as drawn from chances that each school has. Drawn anew from the shares found, the index is on average too high by about as much
    as the index found is:

    .. math:: \hat I = I - (\bar I^{*} - I) = 2 I - \bar I^{*}

    with :math:`\bar I^{*}` the mean over draws in which the pupils of either group go to schools, one by one, with the chances
    :math:`a_i/A` and :math:`b_i/B`.

    Parameters
    ----------
    a, b, index, draws, seed, confidence
        As for `by_chance`.

    Returns
    -------
    Corrected

    Raises
    ------
    ValueError
        As `by_chance`.

    Notes
    -----
    Unit of analysis: the pupil. It corrects most of the bias; where nobody is sorted and schools are small, some is left. Not to be mixed with
    ``systematic`` of `by_chance`, which changes the scale. Source: Allen, Burgess, Davidson and Windmeijer (2015), "More reliable
    inference for the dissimilarity index of segregation", The Econometrics Journal 18(1).

    Examples
    --------
    >>> found = without_bias([6, 2, 4, 0], [14, 18, 16, 20])
    >>> found.bias > 0, found.corrected < found.value
    (True, True)
    """
    a, b = _whole(a, b, draws)
    rng = np.random.default_rng(seed)
    drawn = [rng.multinomial(int(group.sum()), group / group.sum(), size=draws) for group in (a, b)]
    found = np.array([index(*pair) for pair in zip(*drawn, strict=True)])
    value = float(index(a, b))
    bias = float(found.mean()) - value
    low, high = _ends(found - 2 * bias, confidence)
    return Corrected(value, bias, max(value - bias, 0.0), max(low, 0.0), max(high, 0.0))


def _ends(found: np.ndarray, confidence: float) -> tuple[float, float]:
    """Return between which values so many of the draws lie, as many below as above."""
    low, high = np.quantile(found, [(1 - confidence) / 2, (1 + confidence) / 2])
    return float(low), float(high)


def _systematic(value: float, expected: float) -> float:
    """Return where an index stands between what chance makes and the most, or the least, that there is."""
    room = 1 - expected if value >= expected else expected
    return (value - expected) / room if room > 0 else 0.0


def _whole(a: ArrayLike, b: ArrayLike, draws: int) -> tuple[np.ndarray, np.ndarray]:
    given = {"a": a, "b": b}
    check(given, given)
    columns = [np.asarray(given[name], dtype=float) for name in given]
    if any((column < 0).any() or (column != np.round(column)).any() for column in columns):
        raise ValueError("人数要是整数，不能是负数")
    if not 1 <= draws <= MOST_DRAWS:
        raise ValueError(f"draws应在1到{MOST_DRAWS:,}之间，现在是{draws}")
    if not all(column.sum() for column in columns):
        raise ValueError("两个群体都要有人")
    return columns[0].astype(np.int64), columns[1].astype(np.int64)

"""How far people who judge the same things agree, beyond what chance would bring about (一致性)."""

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

Weights = Literal["linear", "quadratic"] | ArrayLike
EQUAL = 1e-12

NO_PAIR = "没有一份材料有两个人评过：一个人自己和自己谈不上一致。请至少两个人评同一批材料"
ONE_CATEGORY = "所有人给的都是同一个等级：碰巧一致的机会也是100%，一致性系数算不出来，既不是1也不是0。只报一致率，并写明都是哪一级"

ONE_SIDED = "其中一位给的都是同一个等级：不管另一位怎样写，κ都是0，量不出一致不一致。只报一致率"


class Undefined(ValueError):  # noqa: N818  no error: the ratings do not say it
    """A coefficient that these ratings do not define; the message says why."""


class Agreement(NamedTuple):
    """A coefficient with its uncertainty, and what it is made of.

    Attributes
    ----------
    value, se, low, high : float
        The coefficient, its standard error, its interval, which ends at 1 and −1 at the most.
    n : int
        Things judged.
    observed, expected : float
        Share of agreement that was found, and that chance would bring about; weighted where the coefficient is.
    """

    value: float
    se: float
    low: float
    high: float
    n: int
    observed: float
    expected: float


def cohen_kappa(table: ArrayLike, weights: Weights | None = None, level: float = 0.95) -> Agreement:
    r"""Return how far two people agree beyond chance (科恩κ), weighted where some disagreements are worse.

    .. math::
        \kappa = \frac{p_o - p_e}{1 - p_e}, \qquad
        p_o = \sum_{ij} w_{ij} p_{ij}, \qquad p_e = \sum_{ij} w_{ij} p_{i\cdot} p_{\cdot j}

    .. math::
        \widehat{var} = \frac{\sum_{ij} p_{ij} \bigl[ w_{ij} (1 - p_e) - (\bar w_{i\cdot} + \bar w_{\cdot j})(1 - p_o) \bigr]^2
        - (p_o p_e - 2 p_e + p_o)^2}{n (1 - p_e)^4}

    Parameters
    ----------
    table : array_like, shape (ratings, ratings)
        Counts, as of `cross_table`: rows the one's ratings, columns the other's.
    weights : {"linear", "quadratic"} or array_like, optional
        Of agreement, ``w``: 1 on the diagonal, from 0 to 1 elsewhere. Linear and quadratic take the ratings for equally far apart. None: all disagreements are equally bad.
    level : float
        Of the interval, by the normal distribution.

    Raises
    ------
    Undefined
        Nothing was judged by both, or one of them gave the same rating each time: κ is then 0 whatever the other says.
    ValueError
        A table that is not square, negative counts, weights that do not fit.

    Notes
    -----
    Cohen (1960), Educational and Psychological Measurement 20; Cohen (1968), Psychological Bulletin 70; the standard error is that of Fleiss, Cohen and Everitt (1969),
    Psychological Bulletin 72. It holds for many things judged; where nobody ever disagreed it comes out as 0, which is not certainty: the interval then starts where the
    exact one of the share of agreement does (Clopper and Pearson 1934, Biometrika 26), taken through the formula of κ.

    Examples
    --------
    Cohen's psychologists, 200 patients: 0.492.

    >>> found = cohen_kappa([[88, 14, 18], [10, 40, 10], [2, 6, 12]])
    >>> round(found.observed, 2), round(found.expected, 2), round(found.value, 3)
    (0.7, 0.41, 0.492)
    """
    counts = np.asarray(table, dtype=float)
    if counts.ndim != 2 or counts.shape[0] != counts.shape[1] or not (counts >= 0).all():
        raise ValueError("对照表应是正方形，行和列是同样的等级，格里是不小于0的份数")
    n = counts.sum()
    if not n:
        raise Undefined(NO_PAIR)
    p, w = counts / n, _agreement_weights(weights, len(counts))
    rows, columns = p.sum(axis=1), p.sum(axis=0)
    observed, expected = float((w * p).sum()), float(rows @ w @ columns)
    if 1 - expected < EQUAL:
        raise Undefined(ONE_CATEGORY)
    if 1 in (np.count_nonzero(rows), np.count_nonzero(columns)):
        raise Undefined(ONE_SIDED)
    value = (observed - expected) / (1 - expected)
    own = (w @ columns)[:, None] + (rows @ w)[None, :]
    spread = (p * (w * (1 - expected) - own * (1 - observed)) ** 2).sum()
    variance = (spread - (observed * expected - 2 * expected + observed) ** 2) / (1 - expected) ** 4 / n
    error = float(np.sqrt(max(variance, 0)))
    ends = _never_apart(n, expected, level) if 1 - observed < EQUAL else _interval(value, error, level)
    return Agreement(value, error, *ends, int(n), observed, expected)


def _agreement_weights(weights: Weights | None, size: int) -> np.ndarray:
    """Weights as a table: by name, or given and checked."""
    apart = np.abs(np.subtract.outer(np.arange(size), np.arange(size))) / max(size - 1, 1)
    if weights is None:
        return np.eye(size)
    if isinstance(weights, str):
        if weights not in ("linear", "quadratic"):
            raise ValueError(f"权重只能是linear、quadratic或者一张表，现在是{weights}")
        return 1 - (apart if weights == "linear" else apart**2)
    w = np.asarray(weights, dtype=float)
    if w.shape != (size, size) or not ((w >= 0) & (w <= 1)).all() or not (np.diag(w) == 1).all():
        raise ValueError(f"权重应是{size}行{size}列，从0到1，对角线上是1")
    return w


def fleiss_kappa(counts: ArrayLike, level: float = 0.95) -> Agreement:
    r"""Return how far several people agree beyond chance (弗莱斯κ); not everybody need have judged everything.

    .. math::
        \kappa = \frac{p_a - p_e}{1 - p_e}, \qquad
        p_a = \frac{1}{n'} \sum_{r_i \ge 2} \sum_k \frac{r_{ik} (r_{ik} - 1)}{r_i (r_i - 1)}, \qquad
        p_e = \sum_k \pi_k^2, \quad \pi_k = \frac{1}{n} \sum_i \frac{r_{ik}}{r_i}

    Parameters
    ----------
    counts : array_like, shape (things, ratings)
        How many gave which rating, as of `rating_counts`. Things that nobody judged are left out; those that one judged tell how often a rating is given.
    level : float
        Of the interval, by Student's t with things less one degrees of freedom.

    Raises
    ------
    Undefined
        No thing was judged by two, or only one rating was ever given.

    Notes
    -----
    Fleiss (1971), Psychological Bulletin 76, where each thing is judged by as many; with blanks, and the standard error, by Gwet (2008), British Journal of
    Mathematical and Statistical Psychology 61. Fleiss' own standard error is for the question whether there is any agreement at all. Where nobody ever disagreed the
    interval is as in `cohen_kappa`.

    Examples
    --------
    >>> found = fleiss_kappa([[2, 0], [0, 2], [1, 1]])
    >>> round(found.observed, 3), found.expected, round(found.value, 3)
    (0.667, 0.5, 0.333)
    """
    table = np.asarray(counts, dtype=float)
    if table.ndim != 2 or not (table >= 0).all():
        raise ValueError("应是一份材料一行、一个等级一列的人数，不小于0")
    table = table[table.sum(axis=1) > 0]
    people = table.sum(axis=1)
    paired = people >= 2
    if not paired.any():
        raise Undefined(NO_PAIR)
    shares = (table / people[:, None]).mean(axis=0)
    alike = np.zeros(len(table))
    alike[paired] = (table * (table - 1)).sum(axis=1)[paired] / (people * (people - 1))[paired]
    observed, expected = alike[paired].mean(), shares @ shares
    if 1 - expected < EQUAL:
        raise Undefined(ONE_CATEGORY)
    value = (observed - expected) / (1 - expected)
    own = np.where(paired, len(table) / paired.sum() * (alike - expected) / (1 - expected), 0)
    own -= 2 * (1 - value) * (table @ shares / people - expected) / (1 - expected)
    error = float(np.sqrt(((own - value) ** 2).sum() / len(table) / max(len(table) - 1, 1)))
    judged = int(paired.sum())
    ends = _interval(value, error, level, freedom=len(table) - 1)
    if 1 - observed < EQUAL:
        ends = _never_apart(judged, expected, level)
    return Agreement(float(value), error, *ends, judged, float(observed), float(expected))


def specific_agreement(counts: ArrayLike) -> np.ndarray:
    r"""Return for each rating: when somebody gave it, how often another one gave it too (各等级的一致率).

    .. math::
        A_k = \frac{\sum_i r_{ik} (r_{ik} - 1)}{\sum_i r_{ik} (r_i - 1)}

    Parameters
    ----------
    counts : array_like, shape (things, ratings)
        As of `fleiss_kappa`.

    Returns
    -------
    ndarray, shape (ratings,)
        From 0 to 1; NaN for a rating that nobody gave where another judged too.

    Notes
    -----
    Of two people and two ratings these are the proportions of positive and negative agreement: Cicchetti and Feinstein (1990), Journal of Clinical Epidemiology 43.

    Examples
    --------
    Of 15 pairs one passes all but one, the other all but two; they agree once that a thing fails.

    >>> specific_agreement([[2, 0]] * 13 + [[0, 2], [1, 1]]).round(3).tolist()
    [0.963, 0.667]
    """
    table = np.asarray(counts, dtype=float)
    others = (table * (table.sum(axis=1, keepdims=True) - 1)).sum(axis=0)
    same = (table * (table - 1)).sum(axis=0)
    return np.divide(same, others, out=np.full(len(same), np.nan), where=others > 0)


def kappa_at(observed: float, prevalence: float) -> float:
    r"""Return κ of two people who give one of two ratings equally often, by how often they agree (κ的流行率悖论).

    .. math::
        \kappa = \frac{p_o - p_e}{1 - p_e}, \qquad p_e = q^2 + (1 - q)^2

    Parameters
    ----------
    observed : float
        Share on which they agree, ``p_o``.
    prevalence : float
        Share of the rarer rating, ``q``, above 0 and below 1. They cannot disagree on more than twice that share.

    Raises
    ------
    ValueError
        Shares outside 0 and 1, or an agreement too low for the prevalence.

    Examples
    --------
    Ninety percent alike: much where both ratings are common, little where one is rare.

    >>> round(kappa_at(0.9, 0.5), 2), round(kappa_at(0.9, 0.1), 2)
    (0.8, 0.44)
    """
    rarer = min(prevalence, 1 - prevalence)
    if not (rarer > 0 and 0 <= observed <= 1):
        raise ValueError("一致率在0和1之间，“不过”的比例大于0、小于1")
    if 1 - observed > 2 * rarer + EQUAL:
        raise ValueError(
            f"一个等级只占{rarer:.0%}，两个人最多在{2 * rarer:.0%}的材料上不一致，一致率不会低于{1 - 2 * rarer:.0%}"
        )
    expected = prevalence**2 + (1 - prevalence) ** 2
    return (observed - expected) / (1 - expected)


def _never_apart(n: float, expected: float, level: float) -> tuple[float, float]:
    """Interval of κ where all agreed on all ``n`` things: with a lower share of agreement that would have been a rare chance."""
    share = ((1 - level) / 2) ** (1 / n)
    return float(max((share - expected) / (1 - expected), -1)), 1.0


def _interval(value: float, error: float, level: float, freedom: int | None = None) -> tuple[float, float]:
    from scipy.special import ndtri, stdtrit  # noqa: PLC0415  heavy: only where it is used

    part = (1 + level) / 2
    if freedom == 0:
        return -1.0, 1.0  # one thing alone says nothing of others
    reach = error * float(ndtri(part) if freedom is None else stdtrit(freedom, part))
    return float(max(value - reach, -1)), float(min(value + reach, 1))

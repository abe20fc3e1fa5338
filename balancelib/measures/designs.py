"""Estimates from samples of a finite population: simple, stratified, cluster and with probability proportional to size."""

from typing import NamedTuple, TypedDict, Unpack

import numpy as np
from numpy.typing import ArrayLike

from balancelib.measures.columns import check, labels
from balancelib.measures.estimation import ALONE, FirstStage, first_stage, student_estimate


class Design(TypedDict, total=False):
    """How units were drawn, and how sure the interval is to be; all by name.

    Attributes
    ----------
    strata, cluster : array_like, shape (n,)
        Parts of the population from which was drawn apart, and what was drawn first. Left out, there is one part, and units are drawn by themselves.
    population : array_like, shape (n,) or number
        Clusters (units, where no cluster is given) in the unit's stratum. Left out, the population is taken as endless.
    level : float
        Of the interval; 0.95 if left out.
    """

    strata: ArrayLike
    cluster: ArrayLike
    population: ArrayLike
    level: float


class DesignEstimate(NamedTuple):
    """An estimate with its uncertainty under the design by which the sample was drawn.

    Attributes
    ----------
    value, se, low, high : float
        Estimate, standard error, and the interval by Student's t.
    n, df : int
        Units in the sample, and degrees of freedom: first-stage units less strata.
    deff : float or None
        Design effect: the variance, as a multiple of that of a simple random sample of as many units; None where it is not defined.
    """

    value: float
    se: float
    low: float
    high: float
    n: int
    df: int
    deff: float | None


class _Drawn(NamedTuple):
    """A sample: weights, first stage, the share of each stratum's first-stage units not drawn, and of all units; the level of the interval."""

    weights: np.ndarray
    stage: FirstStage
    left: np.ndarray
    left_of_all: float
    level: float


def design_mean(y: ArrayLike, weights: ArrayLike | None = None, **design: Unpack[Design]) -> DesignEstimate:
    r"""Estimate a mean of a finite population from a sample (抽样设计下的均值).

    .. math::
        \bar y = \frac{\sum w_i y_i}{\sum w_i}, \qquad
        \widehat{var} = \sum_h \Big(1 - \frac{n_h}{N_h}\Big) \frac{n_h}{n_h - 1} \sum_c (z_{hc} - \bar z_h)^2, \qquad
        z_{hc} = \sum_{i \in c} \frac{w_i (y_i - \bar y)}{\sum w}

    with ``n`` of the ``N`` clusters of stratum ``h`` drawn; a unit drawn by itself is a cluster of one.

    Parameters
    ----------
    y : array_like, shape (n,)
        Values of the units drawn.
    weights : array_like, shape (n,), optional
        How many units each stands for; the inverse of the share drawn of its stratum if left out and ``population`` is given, else equal.
    **design
        ``strata``, ``cluster``, ``population``, ``level``: see `Design`.

    Returns
    -------
    DesignEstimate

    Raises
    ------
    ValueError
        Missing numbers, a stratum of which one cluster of several was drawn, fewer clusters in the population than drawn, or two numbers for one stratum.

    Notes
    -----
    One stage: of a cluster all units are looked at. Where units of a stratum weigh the same, the formula is the textbook's for simple and
    stratified samples; clusters of unequal size make it a ratio estimator, biased a little where few were drawn. Cochran (1977),
    *Sampling Techniques*, 3rd ed., chapters 2, 5 and 9A; Lohr (2022), *Sampling*, 3rd ed.; the same as ``svymean`` of R's survey.

    Examples
    --------
    Four of eight schools, drawn at random:

    >>> found = design_mean([1, 2, 3, 4], population=8)
    >>> found.value, round(found.se, 4), found.df
    (2.5, 0.4564, 3)
    """
    return design_ratio(y, np.ones(np.size(y)), weights, **design)


def design_ratio(
    y: ArrayLike, x: ArrayLike, weights: ArrayLike | None = None, **design: Unpack[Design]
) -> DesignEstimate:
    r"""Estimate a ratio of two totals, such as fit pupils to pupils tested (抽样设计下的比率).

    .. math::
        \hat R = \frac{\sum w_i y_i}{\sum w_i x_i}

    and its variance as of `design_mean`, with :math:`(y_i - \hat R x_i) / \bar x` in the place of :math:`y_i - \bar y`.

    Parameters
    ----------
    y, x : array_like, shape (n,)
        Numerator and denominator of each unit; the denominators' total is above 0.
    weights, **design
        As of `design_mean`.

    Returns
    -------
    DesignEstimate

    Raises
    ------
    ValueError
        As `design_mean`; a denominator of 0.

    Notes
    -----
    Cochran (1977), chapter 6; the same as ``svyratio`` of R's survey.

    Examples
    --------
    >>> design_ratio([1, 2, 3], [2, 4, 6], population=10)[:2]
    (0.5, 0.0)
    """
    columns, drawn = _drawn({"y": y, "x": x}, weights, **design)
    w, under = drawn.weights, drawn.weights @ columns["x"]
    if not under > 0:
        raise ValueError("分母加起来不大于0，比率算不出来")
    value = w @ columns["y"] / under
    residual = (columns["y"] - value * columns["x"]) * (w.sum() / under)
    return _estimated(value, residual, w.sum(), drawn)


def design_total(y: ArrayLike, weights: ArrayLike | None = None, **design: Unpack[Design]) -> DesignEstimate:
    r"""Estimate a total of a finite population (抽样设计下的总数): :math:`\sum w_i y_i`, its variance from the clusters' :math:`\sum w_i y_i`.

    Parameters
    ----------
    y, weights, **design
        As of `design_mean`; the weights in units of the population, not in any scale.

    Returns
    -------
    DesignEstimate

    Raises
    ------
    ValueError
        As `design_mean`; neither weights nor population are given.

    Examples
    --------
    >>> design_total([1, 2, 3, 4], population=8).value
    20.0
    """
    if weights is None and design.get("population") is None:
        raise ValueError("推算总数，要知道每个单位代表几个（weights），或者一共有几个（population）")
    columns, drawn = _drawn({"y": y}, weights, **design)
    return _estimated(drawn.weights @ columns["y"], columns["y"], 1.0, drawn)


def hansen_hurwitz(y: ArrayLike, chance: ArrayLike, level: float = 0.95) -> DesignEstimate:
    r"""Estimate a total from units drawn with unequal chances, with replacement (汉森–赫维茨估计).

    .. math::
        \hat Y = \frac1n \sum_i \frac{y_i}{p_i}, \qquad
        \widehat{var} = \frac{1}{n (n - 1)} \sum_i \Big(\frac{y_i}{p_i} - \hat Y\Big)^2

    Parameters
    ----------
    y : array_like, shape (n,)
        Totals of the units drawn; a unit drawn twice stands twice.
    chance : array_like, shape (n,)
        Of each, to be the one drawn in a single draw: its share of the sizes.
    level : float
        Of the interval.

    Returns
    -------
    DesignEstimate
        No design effect: what a simple random sample would give cannot be told from these units alone.

    Raises
    ------
    ValueError
        Fewer than two draws, or chances not above 0 and up to 1.

    Notes
    -----
    A systematic draw hits each unit ``n p`` times on average: the total has no bias, and where no unit is larger than a step it is Horvitz and Thompson's. The
    standard error is too large where neighbours on the list are alike, for they are not drawn together. Hansen and Hurwitz (1943), Annals of Mathematical Statistics 14, 333–362; Horvitz and
    Thompson (1952), Journal of the American Statistical Association 47, 663–685.

    Examples
    --------
    >>> round(hansen_hurwitz([75, 203, 203, 191, 168], [24 / 647, 100 / 647, 100 / 647, 76 / 647, 44 / 647]).se, 2)
    222.42
    """
    columns = {"y": y, "chance": chance}
    check(columns, columns)
    p, n = columns["chance"], columns["y"].size
    if n < 2:
        raise ValueError("只抽了一次，估不出误差；至少抽两次")
    if (p <= 0).any() or (p > 1).any():
        raise ValueError("每次被抽中的机会要大于0、不超过1")
    each = columns["y"] / p
    found = student_estimate(each.mean(), each.std(ddof=1) / np.sqrt(n), n - 1, n, level)
    return DesignEstimate(*found, n - 1, None)


def _drawn(
    columns: dict[str, ArrayLike],
    weights: ArrayLike | None,
    strata: ArrayLike | None = None,
    cluster: ArrayLike | None = None,
    population: ArrayLike | None = None,
    level: float = 0.95,
) -> tuple[dict[str, np.ndarray], _Drawn]:
    """Check the columns, and say how they were drawn."""
    columns = dict(columns)
    check(columns, columns)
    columns = {name: column.astype(float) for name, column in columns.items()}
    n = columns["y"].size
    parts = [
        None if part is None else labels(part, n, name)
        for part, name in ((cluster, "cluster"), (strata, "strata"))
    ]
    stage = first_stage(*parts, n, least=2 if population is None else 1)
    if population is None:
        w = _weights(weights, n, np.ones(n))
        return columns, _Drawn(w, stage, np.ones(stage.sizes.size), 1.0, level)
    there = _population(population, stage)
    w = _weights(weights, n, (there / stage.sizes)[stage.stratum][stage.cluster])
    return columns, _Drawn(w, stage, 1 - stage.sizes / there, max(1 - n / w.sum(), 0.0), level)


def _weights(weights: ArrayLike | None, n: int, otherwise: np.ndarray) -> np.ndarray:
    w = otherwise if weights is None else np.asarray(weights, dtype=float)
    if w.shape != (n,) or not np.isfinite(w).all() or (w <= 0).any():
        raise ValueError("权重要和数据一样长，每个都大于0：没有抽中的不写在样本里")
    return w


def _population(population: ArrayLike, stage: FirstStage) -> np.ndarray:
    """Return each stratum's number of clusters, one number a stratum."""
    stratum = stage.stratum[stage.cluster]
    of_units = np.asarray(population, dtype=float)
    if of_units.ndim == 0:
        of_units = np.full(stratum.shape, of_units)
    if of_units.shape != stratum.shape or not np.isfinite(of_units).all():
        raise ValueError("总数（population）写一个数，或者和数据一样长，不能有空的；总数没有限的，不写")
    there = np.array([of_units[stratum == h][0] for h in range(stage.sizes.size)])
    if not (of_units == there[stratum]).all():
        raise ValueError("同一层里写了两个不同的总数（population）；一层只能有一个")
    if not (there >= stage.sizes).all():
        raise ValueError("有的层抽的比总数（population）还多；请核对总数，有群的写群的个数")
    if ((stage.sizes == 1) & (there > 1)).any():  # one of one is all there is
        raise ValueError(ALONE)
    return there


def _estimated(value: float, u: np.ndarray, scale: float, drawn: _Drawn) -> DesignEstimate:
    """Return the estimate whose error is that of the weighted sum of ``u``, divided by ``scale``."""
    w, stage, n = drawn.weights, drawn.stage, u.size
    of_clusters = np.bincount(stage.cluster, w * u)
    variance = (drawn.left[stage.stratum] * stage.correction) @ stage.about_stratum(of_clusters) ** 2
    spread = np.average((u - np.average(u, weights=w)) ** 2, weights=w) * n / max(n - 1, 1)
    simple = w.sum() ** 2 * drawn.left_of_all * spread / n
    deff = float(variance / simple) if simple > 0 else None
    df = stage.stratum.size - stage.sizes.size
    return DesignEstimate(*student_estimate(value, np.sqrt(variance) / scale, df, n, drawn.level), df, deff)

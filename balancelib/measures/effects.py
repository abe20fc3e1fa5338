"""What a programme did: least squares with errors by group, standardised differences, regression to the mean, the size of a study."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from balancelib.measures.columns import labels
from balancelib.measures.estimation import Estimate, student_estimate


class Fit(NamedTuple):
    """A line of least squares: its coefficients, their covariance by groups, how many rows and groups.

    Attributes
    ----------
    coefficients : ndarray, shape (columns,)
        As the columns of the design.
    covariance : ndarray, shape (columns, columns)
        Of the coefficients.
    rows, groups : int
        Groups less one are the degrees of freedom.
    """

    coefficients: np.ndarray
    covariance: np.ndarray
    rows: int
    groups: int

    def estimate(self, column: int, level: float = 0.95, freedom: float | None = None) -> Estimate:
        """Return one coefficient with its interval by Student's t; ``freedom``, above 0, is groups less one if left out."""
        freedom = self.groups - 1 if freedom is None else freedom
        if not freedom > 0:
            raise ValueError("一边只有一组（一所学校），估不出误差；两边都至少要两组")
        error = np.sqrt(self.covariance[column, column])
        return student_estimate(self.coefficients[column], error, freedom, self.rows, level)


def clustered_fit(y: ArrayLike, design: ArrayLike, groups: ArrayLike) -> Fit:
    r"""Fit a line of least squares; rows of one group may go up and down together (按组的稳健标准误).

    .. math::
        \hat V = \frac{G}{G - 1} \frac{N - 1}{N - K} (X'X)^{-1} \Bigl( \sum_g X_g' u_g u_g' X_g \Bigr) (X'X)^{-1}

    Parameters
    ----------
    y : array_like, shape (rows,)
    design : array_like, shape (rows, columns)
        With a column of ones where an intercept is meant.
    groups : array_like, shape (rows,)
        Such as the school of a teacher.

    Returns
    -------
    Fit

    Raises
    ------
    ValueError
        Numbers or groups are missing, columns say the same, or there are fewer than two groups.

    Notes
    -----
    Liang and Zeger (1986), Biometrika 73, with the correction that Stata and statsmodels use. With few groups (some ten) or few groups that
    have the programme, errors come out too small, and so do intervals by as many degrees of freedom as there are groups: give `Fit.estimate` those of the
    side that has fewer groups, less one.

    Examples
    --------
    The mean of 1, 3 and 5, 7, two rows a school: the schools' totals lie 4 below and above.

    >>> fit = clustered_fit([1, 3, 5, 7], [[1], [1], [1], [1]], ["a", "a", "b", "b"])
    >>> float(fit.coefficients[0]), float(fit.covariance[0, 0])
    (4.0, 4.0)
    """
    y, x = np.asarray(y, dtype=float), np.asarray(design, dtype=float)
    _, own = np.unique(labels(groups, len(x), "分组").astype(str), return_inverse=True)
    (rows, columns), count = x.shape, int(own.max(initial=-1)) + 1
    if not (np.isfinite(y).all() and np.isfinite(x).all()):
        raise ValueError("有空着的数，先去掉缺数的行，并说明去掉了几行")
    if count < 2 or rows <= columns:
        raise ValueError("至少要有两组（两所学校），人数也要比要估的数多，才估得出误差")
    if np.linalg.matrix_rank(x) < columns:
        raise ValueError("有几列说的是同一件事（例如人人都是成员，没有人可比），分不开各自的作用")
    inverse = np.linalg.inv(x.T @ x)
    coefficients = inverse @ x.T @ y
    pushes = np.zeros((count, columns))
    np.add.at(pushes, own, x * (y - x @ coefficients)[:, None])
    correction = count / (count - 1) * (rows - 1) / (rows - columns)
    covariance = correction * inverse @ pushes.T @ pushes @ inverse
    return Fit(coefficients, covariance, rows, count)


def hedges_g(treated: ArrayLike, others: ArrayLike, level: float = 0.95) -> Estimate:
    r"""Return a difference of two means in standard deviations, corrected for small samples (标准化效应量).

    .. math::
        g = J \frac{\bar x_1 - \bar x_2}{s}, \qquad
        s^2 = \frac{(n_1 - 1) s_1^2 + (n_2 - 1) s_2^2}{m}, \qquad
        J = \frac{\Gamma(m/2)}{\sqrt{m/2}\,\Gamma((m - 1)/2)}, \qquad m = n_1 + n_2 - 2

    Parameters
    ----------
    treated, others : array_like
        Values of the two groups; at least two each.
    level : float
        Of the interval: the noncentral t that puts the observed one at its two ends, corrected alike. It takes persons for independent.

    Returns
    -------
    Estimate
        The standard error is that of Borenstein et al.

    Notes
    -----
    Hedges (1981), Journal of Educational Statistics 6; Borenstein, Hedges, Higgins and Rothstein (2009), Introduction to Meta-Analysis.

    Examples
    --------
    >>> found = hedges_g([6, 8, 10], [4, 6, 8])
    >>> round(found.value, 4)
    0.7979
    """
    first, second = (np.asarray(x, dtype=float) for x in (treated, others))
    n1, n2 = first.size, second.size
    if min(n1, n2) < 2 or not (np.isfinite(first).all() and np.isfinite(second).all()):
        raise ValueError("两组都要至少两个数，不能空着")
    freedom = n1 + n2 - 2
    spread = np.sqrt(((n1 - 1) * first.var(ddof=1) + (n2 - 1) * second.var(ddof=1)) / freedom)
    if not spread > 0:
        raise ValueError("两组里人人一样，没有标准差可以作单位")
    d, scale, small = (
        (first.mean() - second.mean()) / spread,
        np.sqrt(1 / n1 + 1 / n2),
        small_sample(freedom),
    )
    error = small * np.sqrt(scale**2 + d**2 / (2 * (n1 + n2)))
    low, high = (small * scale * t for t in noncentrality(d / scale, freedom, level))
    return Estimate(float(small * d), float(error), float(low), float(high), n1 + n2)


def small_sample(freedom: float) -> float:
    """Return Hedges' correction ``J``: how much too large a standardised difference comes out."""
    from scipy.special import gammaln  # noqa: PLC0415  heavy: only where it is used

    return float(np.exp(gammaln(freedom / 2) - gammaln((freedom - 1) / 2)) / np.sqrt(freedom / 2))


def noncentrality(t: float, freedom: float, level: float = 0.95) -> tuple[float, float]:
    """Return between which noncentralities a t of this size is not extreme.

    Examples
    --------
    >>> [round(end, 4) for end in noncentrality(2.83, 126)]
    [0.8338, 4.8154]
    """
    from scipy.special import nctdtrinc  # noqa: PLC0415  heavy: only where it is used

    return float(nctdtrinc(freedom, (1 + level) / 2, t)), float(nctdtrinc(freedom, (1 - level) / 2, t))


class Heterogeneity(NamedTuple):
    """Whether several effects differ by more than chance: Cochran's ``q``, its degrees of freedom, the chance of so large a one."""

    q: float
    freedom: int
    p: float


def heterogeneity(estimates: Iterable[Estimate]) -> Heterogeneity:
    r"""Return whether effects differ from each other by more than their errors (效果是不是一样).

    .. math::
        Q = \sum_k \frac{(e_k - \bar e)^2}{s_k^2}, \qquad \bar e = \frac{\sum_k e_k / s_k^2}{\sum_k 1 / s_k^2}

    Parameters
    ----------
    estimates : iterable of Estimate
        Independent of each other. Of one alone ``p`` is NaN.

    Notes
    -----
    A large ``p`` does not prove that they are alike: a few effects with wide intervals look alike whatever they are. Cochran (1954), Biometrics 10.

    Examples
    --------
    Two effects, 1 and 3, each with an error of 1:

    >>> heterogeneity([Estimate(1, 1, 0, 0, 9), Estimate(3, 1, 0, 0, 9)])[:2]
    (2.0, 1)
    """
    from scipy.special import chdtrc  # noqa: PLC0415  heavy: only where it is used

    values, errors = np.array([(found.value, found.se) for found in estimates]).T
    weights = 1 / errors**2
    q = float(weights @ (values - np.average(values, weights=weights)) ** 2)
    freedom = values.size - 1
    return Heterogeneity(q, freedom, float(chdtrc(freedom, q)) if freedom else float("nan"))


def regression_to_mean(sd: float, reliability: float, share: float) -> float:
    r"""Return how far the lowest come back by themselves when they are measured again (向均值回归).

    .. math::
        R = (1 - \rho)\, \sigma\, \frac{\varphi(z)}{p}, \qquad z = \Phi^{-1}(p)

    Parameters
    ----------
    sd : float
        Of the measured scores, ``σ``.
    reliability : float
        Share of their variance that is lasting, ``ρ``: the correlation of two measurements between which nothing happened.
    share : float
        Which part was chosen for its low scores, ``p``, above 0; at 1 everybody, who come back by nothing.

    Returns
    -------
    float
        In the unit of the scores, for normal ones.

    Notes
    -----
    Davis (1976), American Journal of Epidemiology 104.

    Examples
    --------
    The lower half, half of whose differences is luck: 0.5 · 10 · 0.7979.

    >>> round(regression_to_mean(10, 0.5, 0.5), 3)
    3.989
    """
    from scipy.stats import norm  # noqa: PLC0415  heavy: only where it is used

    if not (0 <= reliability <= 1 and 0 < share <= 1 and sd >= 0):
        raise ValueError("信度要在0到1之间，选的人要多于0、不超过全部，标准差不能是负数")
    return float((1 - reliability) * sd * norm.pdf(norm.ppf(share)) / share)


def detectable_effect(
    groups: int,
    each: float = 1,
    together: float = 0,
    *,
    share: float = 0.5,
    explained: tuple[float, float] = (0, 0),
    covariates: int = 0,
    power: float = 0.8,
    level: float = 0.95,
) -> float:
    r"""Return the smallest effect that a study of this size would probably find (最小可测效应), in standard deviations.

    .. math::
        MDE = (t_{1 - \alpha/2} + t_{1 - \beta})
        \sqrt{\frac{\rho (1 - R_2^2)}{P (1 - P) J} + \frac{(1 - \rho)(1 - R_1^2)}{P (1 - P) J n}}

    Parameters
    ----------
    groups : int
        What is drawn by lot, ``J``: schools; or teachers, with one ``each`` and nothing ``together``.
    each : float
        Teachers measured a school, ``n``.
    together : float
        Share of the variance that lies between schools, ``ρ``.
    share : float
        Of the groups that get the programme, ``P``.
    explained : (float, float)
        Of the variance within and between schools, the share that earlier scores explain: ``R₁²`` and ``R₂²``.
    covariates : int
        How many numbers of the groups are used for that; each costs a degree of freedom.
    power : float
        Chance to find an effect of that size, 0.5 or more, below 1.
    level : float
        Of the interval that is not to hold 0.

    Notes
    -----
    Bloom, Richburg-Hayes and Black (2007), Educational Evaluation and Policy Analysis 29; Dong and Maynard (2013), Journal of Research on
    Educational Effectiveness 6, design 3.1.

    Examples
    --------
    400 persons, half of them by lot:

    >>> round(detectable_effect(400), 2)
    0.28
    """
    from scipy.special import stdtrit  # noqa: PLC0415  heavy: only where it is used

    freedom = groups - covariates - 2
    if freedom < 1 or each < 1 or not 0 < share < 1 or not 0 <= together <= 1:
        raise ValueError("至少三组，每组至少一人；参加的比例在0和1之间，组间占比从0到1")
    if not (0 < level < 1 and 0.5 <= power < 1):
        raise ValueError("区间的把握在0和1之间，例如0.95；查得出的机会从0.5到1（不含1），例如0.8")
    many = stdtrit(freedom, (1 + level) / 2) + stdtrit(freedom, power)
    between, within = together * (1 - explained[1]), (1 - together) * (1 - explained[0]) / each
    return float(many * np.sqrt((between + within) / (share * (1 - share) * groups)))

"""A line whose intercept differs from group to group, fitted on the groups' sums."""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from balancelib.measures.columns import check

# Where the slope is looked at.
SHARES = np.concatenate([np.linspace(0, 0.98, 50), 1 - np.logspace(-2, -12, 11)])
ALIKE = 1e-24  # of all squares: what rounding leaves within groups in which all are alike


class Sums(NamedTuple):
    """All that the likelihood asks of the rows: sizes and means of groups, and squares and products within them.

    Columns are a one, the covariates, and the values last; covariates and values less ``origin``, covariates over ``scale``.
    """

    groups: np.ndarray
    sizes: np.ndarray
    means: np.ndarray
    within: np.ndarray
    origin: np.ndarray
    scale: np.ndarray

    @property
    def rows(self) -> float:
        """Number of rows."""
        return self.sizes.sum()

    @property
    def columns(self) -> int:
        """Coefficients of the line, the intercept among them."""
        return self.means.shape[1] - 1


class _At(NamedTuple):
    """The line fitted at one ratio of the variances."""

    coefficients: np.ndarray
    inverse: np.ndarray
    gaps: np.ndarray  # of the groups' means from the line
    precision: np.ndarray  # of the groups' means, over that of a row
    squares: float


@dataclass(frozen=True, eq=False)
class RandomIntercept:
    r"""A line whose intercept differs from group to group (随机截距模型).

    Attributes
    ----------
    coefficients : ndarray, shape (1 + covariates,)
        The intercept, and a slope for each covariate.
    covariance : ndarray, shape (1 + covariates, 1 + covariates)
        Of the coefficients, as if the variances were known.
    between, within : float
        Variances of groups, ``τ²``, and of rows in a group, ``σ²``.
    deviance : float
        ``-2 log`` of the likelihood, of the restricted one under ``reml``; of that in the units of the covariates.
    groups : ndarray, shape (groups,)
        Labels, in ascending order; what follows is in this order.
    sizes : ndarray, shape (groups,)
        Rows of each.
    gaps : ndarray, shape (groups,)
        How far each group's mean lies from the line.
    doubt : ndarray, shape (groups,)
        Variance of the line at each group's mean covariates.
    """

    coefficients: np.ndarray
    covariance: np.ndarray
    between: float
    within: float
    deviance: float
    groups: np.ndarray
    sizes: np.ndarray
    gaps: np.ndarray
    doubt: np.ndarray

    @property
    def share(self) -> float:
        """Of the variance that the covariates leave, the part between groups."""
        return self.between / (self.between + self.within)

    @cached_property
    def kept(self) -> np.ndarray:
        """Which part of its gap each group keeps: the reliability of its mean (收缩系数)."""
        return self.sizes * self.between / (self.sizes * self.between + self.within)

    @property
    def effects(self) -> np.ndarray:
        """Each group's intercept less the average one, drawn in towards it (empirical Bayes, 收缩后的残差)."""
        return self.kept * self.gaps

    @property
    def comparative_errors(self) -> np.ndarray:
        """Errors of the effects about the true ones: for comparing groups (比较标准误)."""
        return np.sqrt(self.between * (1 - self.kept) + self.kept**2 * self.doubt)

    @property
    def diagnostic_errors(self) -> np.ndarray:
        """How far the effects themselves scatter about 0: for finding odd groups (诊断标准误)."""
        return np.sqrt(np.maximum(self.between * self.kept - self.kept**2 * self.doubt, 0))


def random_intercept(
    y: ArrayLike,
    groups: ArrayLike,
    covariates: ArrayLike | None = None,
    method: Literal["ml", "reml"] = "reml",
) -> RandomIntercept:
    r"""Fit a line with an intercept of its own for each group by (restricted) maximum likelihood.

    .. math::
        y_{ij} = \beta_0 + x_{ij}'\beta + u_j + e_{ij}, \qquad
        \hat u_j = \frac{n_j \tau^2}{n_j \tau^2 + \sigma^2} (\bar y_j - \hat\beta_0 - \bar x_j'\hat\beta)

    Parameters
    ----------
    y : array_like, shape (rows,)
        Finite; any unit.
    groups : array_like, shape (rows,)
        Such as each pupil's school.
    covariates : array_like, shape (rows,) or (rows, columns), optional
        Without a column of ones.
    method : {"ml", "reml"}
        Maximum likelihood, or restricted.

    Returns
    -------
    RandomIntercept

    Raises
    ------
    ValueError
        Columns that are unequal, empty or not finite, fewer than two groups, no group with two rows, covariates that say the same as
        others, or no variance left within groups.

    Notes
    -----
    The likelihood over the ratio of the variances, all else at its best, has its maximum where its slope is zero: every such place is looked at, and
    the highest taken, or the ratio 0. So the answer is the maximum, not where an optimiser stopped. Errors of effects count in that the line is estimated; that
    the variances are, they do not. Sources: Raudenbush and Bryk (2002), Hierarchical Linear Models, chapters 3 and 4; Goldstein (2011), Multilevel
    Statistical Models, chapter 2, for the two kinds of errors.

    Examples
    --------
    Two pupils in each of two schools: within them squares of 2 for 2 degrees of freedom, their means 1 and 5.

    >>> fit = random_intercept([0, 2, 4, 6], ["a", "a", "b", "b"])
    >>> round(fit.within, 9), round(fit.between, 9), [round(float(u), 9) for u in fit.effects]
    (2.0, 7.0, [-1.75, 1.75])
    """
    sums = summed(y, groups, covariates)
    restricted = _restricted(method)
    ratio = best_ratio(sums, restricted)
    found = at_ratio(sums, ratio)
    variance = found.squares / (sums.rows - restricted * sums.columns)
    back = _back(sums)
    means = sums.means[:, :-1]
    return RandomIntercept(
        coefficients=back @ found.coefficients + np.eye(sums.columns)[0] * sums.origin[-1],
        covariance=variance * back @ found.inverse @ back.T,
        between=float(ratio * variance),
        within=float(variance),
        deviance=deviance(sums, ratio, restricted),
        groups=sums.groups,
        sizes=sums.sizes,
        gaps=found.gaps,
        doubt=variance * np.einsum("jk,kl,jl->j", means, found.inverse, means),
    )


def _restricted(method: str) -> bool:
    if method not in {"ml", "reml"}:
        raise ValueError(f"method只能是ml、reml，现在是{method}")
    return method == "reml"


def summed(y: ArrayLike, groups: ArrayLike, covariates: ArrayLike | None = None) -> Sums:
    """Return the sums of the groups; an error where no line with an intercept for each group can be fitted to them."""
    names, codes = numbered(groups, np.size(y))
    given = {"y": y}
    if covariates is not None:
        table = np.asarray(covariates, dtype=float)
        table = table[:, None] if table.ndim == 1 else table
        given |= {f"x{k}": column for k, column in enumerate(table.T)}
    check(given, given)
    sizes = np.bincount(codes).astype(float)
    columns = np.array([*list(given.values())[1:], given["y"]], dtype=float)
    origin = columns.mean(axis=1)
    columns -= origin[:, None]
    scale = np.where(columns[:-1].any(axis=1), columns[:-1].std(axis=1), 1.0)
    columns[:-1] /= scale[:, None]
    means = np.array([np.bincount(codes, column) / sizes for column in columns])
    rest = columns - means[:, codes]
    within = np.zeros((len(columns) + 1, len(columns) + 1))
    within[1:, 1:] = rest @ rest.T
    sums = Sums(names, sizes, np.vstack([np.ones(sizes.size), means]).T, within, origin, scale)
    _refuse(sums)
    return sums


def numbered(groups: ArrayLike, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the labels of ``n`` rows in ascending order, and the number of each row's; a missing label is refused."""
    from pandas import factorize  # noqa: PLC0415  by hashing: sorting 200,000 texts takes ten times as long

    column = np.asarray(groups)
    if column.shape != (n,):
        raise ValueError(f"分组应和数据一样长，{n}个")
    codes, names = factorize(column, sort=True)
    if codes.min(initial=0) < 0:
        raise ValueError("分组里有空值")
    return names, codes


def _refuse(sums: Sums) -> None:
    if sums.sizes.size < 2:
        raise ValueError("至少要有两个组")
    if sums.sizes.max() < 2:
        raise ValueError("每组都只有一个数，分不出组内的方差")
    if sums.rows <= sums.columns + 1:
        raise ValueError("数太少，比要估的还少")
    whole = sums.within + sums.means.T @ (sums.sizes[:, None] * sums.means)
    if np.linalg.matrix_rank(whole[:-1, :-1], hermitian=True) < sums.columns:
        raise ValueError("有的自变量人人一样，或者几个自变量说的是同一件事，分不开各自的作用")
    if not whole[-1, -1] > 0:
        raise ValueError("所有的数都相等，没有方差可分")
    inner, columns = sums.within[1:-1, 1:-1], sums.within[1:-1, -1]
    left = sums.within[-1, -1] - columns @ np.linalg.pinv(inner, hermitian=True) @ columns
    if left <= max(ALIKE, 1e-14 * (sums.columns > 1)) * whole[-1, -1]:
        raise ValueError("每组里面一点差别也没有，组内的方差是0，似然没有最大值")


def _back(sums: Sums) -> np.ndarray:
    """Matrix from the coefficients of the columns as they were centred and scaled to those of the columns as given."""
    back = np.diag(np.r_[1.0, 1 / sums.scale])
    back[0, 1:] = -sums.origin[:-1] / sums.scale
    return back


def at_ratio(sums: Sums, ratio: float) -> _At:
    """Fit the line where the variance between groups is ``ratio`` of that within."""
    precision = sums.sizes / (1 + sums.sizes * ratio)
    products = sums.within + sums.means.T @ (precision[:, None] * sums.means)
    inverse = np.linalg.inv(products[:-1, :-1])
    coefficients = inverse @ products[:-1, -1]
    contrast = np.r_[-coefficients, 1.0]
    gaps = sums.means @ contrast
    return _At(
        coefficients, inverse, gaps, precision, contrast @ sums.within @ contrast + precision @ gaps**2
    )


def slope(sums: Sums, ratio: float, restricted: bool) -> float:
    """Slope of -2 log likelihood by the ratio of the variances, all else at its best."""
    found = at_ratio(sums, ratio)
    pull = found.precision * found.gaps
    variance = found.squares / (sums.rows - restricted * sums.columns)
    rise = found.precision.sum() - pull @ pull / variance
    if restricted:
        means = found.precision[:, None] * sums.means[:, :-1]
        rise -= np.sum(found.inverse * (means.T @ means))
    return rise


def deviance(sums: Sums, ratio: float, restricted: bool) -> float:
    """Return -2 log likelihood at a ratio of the variances, all else at its best."""
    found = at_ratio(sums, ratio)
    freedom = sums.rows - restricted * sums.columns
    value = freedom * (1 + np.log(2 * np.pi * found.squares / freedom))
    value += np.log1p(sums.sizes * ratio).sum()
    if restricted:
        value += 2 * np.log(sums.scale).sum() - np.linalg.slogdet(found.inverse)[1]
    return float(value)


def best_ratio(sums: Sums, restricted: bool) -> float:
    """Return the ratio of the variances at which the (restricted) likelihood is highest."""
    from scipy.optimize import brentq  # noqa: PLC0415  heavy: only where it is used

    def rise(share: float) -> float:
        return slope(sums, share / (1 - share), restricted)

    rises = np.array([rise(share) for share in SHARES])
    shares = [0.0] if rises[0] >= 0 else []
    for k in np.flatnonzero((rises[:-1] < 0) & (rises[1:] >= 0)):
        shares.append(brentq(rise, SHARES[k], SHARES[k + 1], xtol=1e-16, rtol=1e-14))
    if not shares:
        raise ValueError("每组里面几乎没有差别，组内的方差近于0，似然没有最大值")
    ratios = [share / (1 - share) for share in shares]
    return min(ratios, key=lambda ratio: deviance(sums, ratio, restricted))

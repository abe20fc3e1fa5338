"""How much of the variance of pupils' values lies between groups."""

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from balancelib.measures.columns import answer, check
from balancelib.measures.intercepts import numbered, random_intercept


class Intraclass(float):
    """The share of the variance that lies between groups: a number, with the variances that it is made of.

    Attributes
    ----------
    between, within : float
        Variances between and within groups, in the unit of the values squared; for ``eta2`` sums of squares.
    """

    between: float
    within: float

    def __new__(cls, between: float, within: float) -> "Intraclass":
        """Make the share of its two parts."""
        if between == within == 0:
            raise ValueError("所有的数都相等，没有方差可分")
        share = super().__new__(cls, between / (between + within))
        share.between, share.within = float(between), float(within)
        return share


class _Moments(NamedTuple):
    """What a one-way layout is estimated from: sizes and means of groups, and the sum of squares within them."""

    sizes: np.ndarray
    means: np.ndarray
    within: float


def intraclass(
    values: ArrayLike,
    groups: ArrayLike,
    method: Literal["anova", "ml", "reml", "eta2"] = "anova",
    nan_policy: str = "raise",
) -> Intraclass:
    r"""Share of the variance that lies between groups (组间方差比例, intraclass correlation).

    .. math::
        y_{ij} = \gamma + u_j + e_{ij}, \qquad \rho = \frac{\tau^2}{\tau^2 + \sigma^2}, \qquad
        \eta^2 = \frac{SS_B}{SS_B + SS_W}

    Parameters
    ----------
    values : array_like, shape (n,)
        One value a pupil, finite; any unit.
    groups : array_like, shape (n,)
        Each pupil's school; text or numbers.
    method : {"anova", "ml", "reml", "eta2"}
        ``anova``: ``τ² = (MS_B - MS_W) / n_0``, which may be negative; ``ml`` and ``reml``: (restricted) maximum
        likelihood of the model with a random intercept, never negative; ``eta2``: the naive share of sums of squares, above 0 by chance alone, and larger than that of
        ``anova`` unless pupils a group outnumber the groups and the share is large.
    nan_policy : {"raise", "omit"}
        As of the measures.

    Returns
    -------
    Intraclass
        A float, with the two variances as ``between`` and ``within``.

    Raises
    ------
    ValueError
        Columns that are unequal, empty or not finite, fewer than two groups, no group with two values (not for ``eta2``), or
        values that are all equal.

    Notes
    -----
    Unit of analysis: the pupil. The official 校际差异率 is believed to be of this kind; its estimator is not published, so that none of
    these is it. Sources: Shrout and Fleiss (1979), Psychological Bulletin 86(2), with ``n_0 = (n - Σ n_j² / n) / (J - 1)`` for unequal
    groups; Raudenbush and Bryk (2002), Hierarchical Linear Models, chapter 4.

    Examples
    --------
    >>> ratings = [9, 2, 5, 8, 6, 1, 3, 2, 8, 4, 6, 8, 7, 1, 2, 6, 10, 5, 6, 9, 6, 2, 4, 7]
    >>> round(intraclass(ratings, np.repeat(range(6), 4)), 9)
    0.165741768
    """
    _, codes = numbered(groups, np.size(values))
    given = {"values": values, "groups": codes}
    omitted = check(given, given, nan_policy)
    return answer(_share(given["values"], given["groups"], method), omitted, nan_policy)


def _share(values: np.ndarray, groups: np.ndarray, method: str) -> Intraclass:
    if method in {"ml", "reml"}:
        fit = random_intercept(values, groups, method=method)
        return Intraclass(fit.between, fit.within)
    layout = _layout(values, groups)
    if method == "eta2":
        grand = layout.sizes @ layout.means / layout.sizes.sum()
        return Intraclass(layout.sizes @ (layout.means - grand) ** 2, layout.within)
    if layout.sizes.max() < 2:
        raise ValueError("每组都只有一个数，分不出组内的方差")
    if method == "anova":
        return _anova(layout)
    raise ValueError(f"method只能是anova、ml、reml、eta2，现在是{method}")


def _layout(values: np.ndarray, groups: np.ndarray) -> _Moments:
    sizes = np.bincount(groups).astype(float)  # 0 for a group all of whose rows were left out
    there = sizes > 0
    if there.sum() < 2:
        raise ValueError("至少要有两个组")
    values = values - values[0]
    means = np.bincount(groups, values) / np.maximum(sizes, 1)
    within = np.sum((values - means[groups]) ** 2)
    return _Moments(sizes[there], means[there], within)


def _anova(layout: _Moments) -> Intraclass:
    sizes, means, within = layout
    n, groups = sizes.sum(), sizes.size
    between = sizes @ (means - sizes @ means / n) ** 2 / (groups - 1)
    within = within / (n - groups)
    usual = (n - sizes @ sizes / n) / (groups - 1)
    return Intraclass((between - within) / usual, within)

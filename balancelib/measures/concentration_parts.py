"""What goes into a concentration index: the parts of determinants, and what missing ranks leave open."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from balancelib.measures.columns import check, labels
from balancelib.measures.concentration import Kind, concentration_index, scale_of
from balancelib.measures.estimation import Estimate
from balancelib.measures.influence import of_concentration
from balancelib.measures.moving import Moving, averages, least_squares
from balancelib.measures.terms import Terms, terms


class Determinant(NamedTuple):
    """What one variable adds to a concentration index.

    Attributes
    ----------
    effect : float
        Its coefficient, in units of the outcome a unit of the variable; NaN for a text, which has several.
    mean : float
        Of the variable; NaN for a text.
    concentration : float
        Its own generalised concentration index, in its unit: above 0 where the higher ranked have more of it; NaN for a text.
    contribution : Estimate
        What it adds: effect times concentration, in the scale of the index.
    """

    effect: float
    mean: float
    concentration: float
    contribution: Estimate


class ConcentrationParts(NamedTuple):
    """A concentration index and its parts: the contributions and the rest add up to the index."""

    index: Estimate
    parts: dict[str, Determinant]
    rest: Estimate


def concentration_parts(
    x: ArrayLike,
    variables: Mapping[str, ArrayLike],
    rank: ArrayLike,
    weights: ArrayLike | None = None,
    cluster: ArrayLike | None = None,
    *,
    kind: Kind = "standard",
    limits: Sequence[float] | None = None,
) -> ConcentrationParts:
    r"""Decompose a concentration index into contributions of determinants (集中指数的分解).

    .. math::
        x_i = \alpha + \sum_j \beta_j z_{ij} + \varepsilon_i, \qquad
        C = \sum_j \frac{\beta_j \bar z_j}{\bar x} C_j + \frac{GC_\varepsilon}{\bar x}
        = \frac{1}{\bar x} \Bigl( \sum_j \beta_j\, GC_j + GC_\varepsilon \Bigr)

    with :math:`GC = \bar z C` the generalised index; for the other kinds :math:`1/\bar x` becomes what stands before :math:`GC_x` in their formula.

    Parameters
    ----------
    x, rank, weights, kind, limits
        As of `concentration_index`; nothing may be missing.
    variables : mapping of str to array_like, shape (n,)
        Determinants: numbers, truths or texts. A text's contribution does not depend on its base.
    cluster : array_like, shape (n,), optional
        What varies together, such as the school.

    Returns
    -------
    ConcentrationParts

    Raises
    ------
    ValueError
        As `concentration_index` and `oaxaca_twofold`.

    Notes
    -----
    A contribution is large where the variable goes with the outcome and is spread unevenly over the rank; it is no cause. The linear model is taken for a
    yes or no as well. Errors by the delta method, ranks and coefficients moving. Wagstaff, van Doorslaer and Watanabe (2003), Journal of Econometrics
    112; for the corrected index Erreygers (2009), section 5.

    Examples
    --------
    All that the better off have more comes with the one variable:

    >>> found = concentration_parts([1, 3, 5, 9], {"books": [0, 1, 2, 4]}, [1, 2, 3, 4])
    >>> round(found.index.value, 6) == round(found.parts["books"].contribution.value, 6)
    True
    """
    made = terms(variables)
    outcome, ranks, w = _complete(x, rank, weights, made)
    concentration_index(outcome, ranks, w, kind, limits)  # what it refuses is refused here too
    rows = outcome.size
    together = np.arange(rows) if cluster is None else labels(cluster, rows, "cluster")
    codes, share, z = np.unique(together, return_inverse=True)[1], w / w.sum(), made.fitted[:, :-1]
    mean = averages(outcome[:, None], share)
    value, derivative = scale_of(mean.value, kind, limits)
    scale = Moving(np.full_like(mean.value, value), derivative * mean.influence)
    slope = least_squares(outcome, made.fitted, share, "表里").only(np.arange(z.shape[1]))
    spread = _generalised(z, ranks, w)
    each = slope.times(spread).times(scale)
    index = _generalised(outcome[:, None], ranks, w).times(scale)
    parts = {
        name: _determinant(own, each.only(own).estimate(codes), (slope.value, share @ z, spread.value))
        for name, own in _owners(made).items()
    }
    return ConcentrationParts(index.estimate(codes), parts, index.less(_total(each)).estimate(codes))


def _complete(
    x: ArrayLike, rank: ArrayLike, weights: ArrayLike | None, made: Terms
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return outcome, ranks and weights as numbers, checked; all weigh the same if nothing is said."""
    columns = {"x": x, "rank": rank, "weights": np.ones(np.size(x)) if weights is None else weights}
    check(columns, columns)
    outcome, ranks, w = (np.asarray(column, dtype=float) for column in columns.values())
    if not made.columns.shape[0] == outcome.size == np.size(x):
        raise ValueError("结果和各个因素要一样长，权重是0的行先去掉")
    return outcome, ranks, w


def _total(each: Moving) -> Moving:
    """Return the sum of all numbers as one that moves."""
    return Moving(each.value.sum(keepdims=True), each.influence.sum(axis=1, keepdims=True))


def _owners(made: Terms) -> dict[str, np.ndarray]:
    """Where the fitted terms of each variable are."""
    owners = np.array(made.variables)[~made.base]
    return {name: np.flatnonzero(owners == name) for name in dict.fromkeys(made.variables)}


def _determinant(own: np.ndarray, found: Estimate, numbers: tuple[np.ndarray, ...]) -> Determinant:
    shown = [float(column[own[0]]) if own.size == 1 else float("nan") for column in numbers]
    return Determinant(*shown, found)


def _generalised(columns: np.ndarray, rank: np.ndarray, w: np.ndarray) -> Moving:
    """Return the generalised index of each column, ranks moving too."""
    values = [concentration_index(column, rank, w, "generalised") for column in columns.T]
    pulls = [of_concentration(column, w, rank, "generalised") for column in columns.T]
    return Moving(np.array(values), (w / w.sum())[:, None] * np.column_stack(pulls))


def concentration_bounds(
    x: ArrayLike,
    rank: ArrayLike,
    *,
    kind: Kind = "standard",
    limits: Sequence[float] | None = None,
) -> tuple[float, float]:
    r"""Return the least and the greatest concentration index if some ranks are unknown (缺名次时集中指数的上下界).

    Parameters
    ----------
    x : array_like, shape (n,)
        Outcome; all of it known.
    rank : array_like, shape (n,)
        As of `concentration_index`; NaN where it is unknown: such a pupil may stand anywhere.
    kind, limits
        As of `concentration_index`.

    Returns
    -------
    (float, float)
        Sharp: there are ranks for the unknown ones that give either. They say nothing of chance, only of what was not asked or not told.

    Raises
    ------
    ValueError
        As `concentration_index`; also where nobody's rank is known.

    Notes
    -----
    The index is a sum over pairs, so each unknown pupil is put where it lowers (raises) it most among the known, and where two of them are put in the same place
    the one with more comes first (last). A higher outcome never asks for a higher place to lower the index, so that all of these fit together. In the
    spirit of Manski (2003), Partial Identification of Probability Distributions; the rule is shown against all orders in the tests.

    Examples
    --------
    >>> [round(end, 3) for end in concentration_bounds([0, 1, 1], [1, 2, float("nan")])]
    [0.0, 0.333]
    """
    outcome, ranks = np.asarray(x, dtype=float), np.asarray(rank, dtype=float)
    if outcome.ndim != 1 or outcome.shape != ranks.shape:
        raise ValueError(f"结果有{outcome.size}个，名次有{ranks.size}个，要一样多的一列数")
    known = ~np.isnan(ranks)
    if not known.any():
        raise ValueError("谁的名次都不知道，上下界没有意义")
    ends = [
        concentration_index(outcome, _filled(outcome, ranks, known, sign), None, kind, limits)
        for sign in (1, -1)
    ]
    return ends[0], ends[1]


def _filled(x: np.ndarray, rank: np.ndarray, known: np.ndarray, sign: int) -> np.ndarray:
    """Return ranks in which the unknown stand where the index is least (sign 1) or greatest (sign -1)."""
    _, codes = np.unique(rank[known], return_inverse=True)
    counts, sums = (np.r_[0, np.cumsum(np.bincount(codes, each))] for each in (None, x[known]))
    values = x[~known]
    # With k levels below, a pupil's pairs with the known add up to this, up to what does not depend on k.
    pairs = np.outer(values, 2 * counts - counts[-1]) - 2 * sums
    below = np.argmin(sign * pairs, axis=1)
    order = np.empty(values.size)
    order[np.argsort(-sign * values, kind="stable")] = np.arange(values.size)
    full = np.empty(x.size)
    full[known] = codes
    full[~known] = below - 0.75 + 0.5 * order / max(values.size, 1)
    return full

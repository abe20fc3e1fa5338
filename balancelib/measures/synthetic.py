"""What one unit would have come to without what only it did: a weighted mean of units that did not, and placebos that say how sure."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

RIDGE = 1e-10  # of the donors' mean squared distance: too little to be seen, enough that equally good weights are shared
PERFECT = 1e-6  # of that distance: a miss this small is none


class Synthetic(NamedTuple):
    """A synthetic control: which donors it is made of, and how far the treated unit is from it.

    Attributes
    ----------
    weights : ndarray, shape (donors,)
        0 or more, adding up to 1.
    path : ndarray, shape (times,)
        The weighted mean of the donors.
    gap : ndarray, shape (times,)
        The treated unit less the path.
    pre, post : float
        Root mean squared gap before the treatment, and from then on. ``pre`` is 0 where nothing is missed.
    """

    weights: np.ndarray
    path: np.ndarray
    gap: np.ndarray
    pre: float
    post: float

    @property
    def ratio(self) -> float:
        """How much larger the gap is after than before: infinite where nothing was missed before, NaN where nothing after either."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return float(np.divide(self.post, self.pre))


def simplex_weights(target: ArrayLike, donors: ArrayLike) -> np.ndarray:
    r"""Return the weights with which donors come nearest to a target (合成控制的权重).

    .. math::
        \min_w \sum_t \Bigl(y_t - \sum_j w_j x_{tj}\Bigr)^2, \qquad w_j \ge 0, \quad \sum_j w_j = 1

    Parameters
    ----------
    target : array_like, shape (times,)
        Of the treated unit, before the treatment.
    donors : array_like, shape (times, donors)
        Of the others at the same times.

    Returns
    -------
    ndarray, shape (donors,)
        Of several that are equally good, those that are shared most evenly: they do not hang on the order of the donors.

    Raises
    ------
    ValueError
        No donor or no time, shapes that do not fit, or a number that is missing.

    Notes
    -----
    As the weights add up to 1, the miss is :math:`Bw` with :math:`B_{tj} = x_{tj} - y_t`. For :math:`u = sw`, minimising
    :math:`\lVert Bu \rVert^2 + c\,(\sum u - 1)^2` over :math:`s` leaves :math:`c\lVert Bw \rVert^2 / (c + \lVert Bw \rVert^2)`, which grows with the
    miss: so non-negative least squares, without any side condition, finds the weights exactly, whatever :math:`c`. A ridge as in Arkhangelsky et
    al. (2021), American Economic Review 111, but 1e-10 of the size, makes them unique. Weights on the simplex: Abadie and
    Gardeazabal (2003), American Economic Review 93; Abadie, Diamond and Hainmueller (2010), Journal of the American Statistical Association
    105, where other predictors may stand beside the outcomes. The solver is Lawson and Hanson's (1974), in SciPy.

    Examples
    --------
    >>> simplex_weights([1.0, 2.0], [[0.0, 4.0], [1.0, 5.0]]).round(6).tolist()
    [0.75, 0.25]
    """
    from scipy.optimize import nnls  # noqa: PLC0415  heavy: only where it is used

    y, x = _checked(target, donors)
    apart = x - y[:, None]
    size = np.sqrt((apart**2).sum(axis=0).mean())
    if size == 0:  # every donor is the target
        return np.full(x.shape[1], 1 / x.shape[1])
    few = np.sqrt(RIDGE) * np.eye(x.shape[1])
    system = np.vstack([apart / size, few, np.ones(x.shape[1])])
    found, _ = nnls(system, np.append(np.zeros(len(system) - 1), 1.0), maxiter=100 * x.shape[1])
    return found / found.sum()


def synthetic_control(treated: ArrayLike, donors: ArrayLike, first: int) -> Synthetic:
    r"""Build the synthetic control of one unit from its times before the treatment (合成控制).

    .. math::
        \hat\tau_t = y_{1t} - \sum_j w_j y_{jt}, \qquad
        R(a, b) = \Bigl(\frac{1}{b - a + 1} \sum_{t=a}^{b} \hat\tau_t^2\Bigr)^{1/2}

    Parameters
    ----------
    treated : array_like, shape (times,)
        The unit's outcomes, in order of time.
    donors : array_like, shape (times, donors)
        Those of units that had no such treatment.
    first : int
        Position of the first treated time; at least one time before and one from then on.

    Returns
    -------
    Synthetic

    Raises
    ------
    ValueError
        As of `simplex_weights`; no time before or none after.

    Notes
    -----
    All outcomes before the treatment are the predictors, each of the same importance. Right where donors' outcomes move by the same forces as the
    unit's, where the fit before is good over a fair number of times, and where the treatment touches no donor: Abadie (2021), Journal
    of Economic Literature 59.

    Examples
    --------
    Half of each donor before; two less than that after.

    >>> synthetic_control([1.0, 2.0, 1.0], [[0.0, 2.0], [2.0, 2.0], [2.0, 4.0]], 2).gap.round(6).tolist()
    [0.0, 0.0, -2.0]
    """
    y, x = _checked(treated, donors)
    if not 0 < first < len(y):
        raise ValueError("做之前和做之后都至少要有一期的数")
    weights = simplex_weights(y[:first], x[:first])
    path = x @ weights
    gap = y - path
    pre, post = (float(np.sqrt(np.mean(part**2))) for part in (gap[:first], gap[first:]))
    size = np.sqrt(np.mean((x[:first] - y[:first, None]) ** 2))
    return Synthetic(weights, path, gap, pre if pre > PERFECT * size else 0.0, post)


def placebos(outcomes: ArrayLike, first: int, treated: int = 0) -> list[Synthetic]:
    """Pretend in turn that each unit was the treated one (空间安慰剂, in-space placebo).

    Parameters
    ----------
    outcomes : array_like, shape (times, units)
        Of the treated unit and of the donors.
    first : int
        As of `synthetic_control`.
    treated : int
        Which column was truly treated: it is no donor to the others.

    Returns
    -------
    list of Synthetic
        In the order of the columns.

    Raises
    ------
    ValueError
        As of `synthetic_control`; fewer than three units, or no such column.

    Notes
    -----
    Abadie, Diamond and Hainmueller (2010).
    """
    table = np.asarray(outcomes, dtype=float)
    if table.ndim != 2 or table.shape[1] < 3:
        raise ValueError("至少要有三个单位：做了的一个，没有做的两个")
    units = np.arange(table.shape[1])
    if treated not in units:
        raise ValueError(f"没有第{treated}列：一共{len(units)}列，从0数起")
    pools = (units[(units != treated) & (units != unit)] for unit in units)
    return [synthetic_control(table[:, unit], table[:, pool], first) for unit, pool in enumerate(pools)]


def placebo_p(ratios: ArrayLike, treated: int = 0) -> float:
    r"""Return the share of units whose gap grew at least as much as the treated unit's (安慰剂检验的p值).

    .. math::
        p = \frac{1}{J + 1} \sum_{j=1}^{J+1} \mathbf 1(r_j \ge r_1)

    Parameters
    ----------
    ratios : array_like, shape (units,)
        `Synthetic.ratio` of each.
    treated : int
        Position of the treated one.

    Returns
    -------
    float
        Never below one over the number of units, for the treated one counts itself. NaN where its own ratio is.

    Raises
    ------
    ValueError
        No such unit.

    Notes
    -----
    Abadie (2021). A chance only if any of the units might as well have been the treated one.

    Examples
    --------
    >>> placebo_p([16.5, 10.4, 6.2, 20.0])
    0.5
    """
    values = np.asarray(ratios, dtype=float)
    if treated not in range(values.size):
        raise ValueError(f"没有第{treated}个单位：一共{values.size}个，从0数起")
    if np.isnan(values[treated]):
        return float("nan")
    return float(np.mean(~(values < values[treated])))


def leave_one_out(treated: ArrayLike, donors: ArrayLike, first: int) -> dict[int, Synthetic]:
    """Build the synthetic control again without each of the donors that bear weight, in turn (去一法).

    Parameters
    ----------
    treated, donors, first
        As of `synthetic_control`; at least two donors.

    Returns
    -------
    dict of int to Synthetic
        By the position of the donor left out, in order; its weights are those of the donors that are left.

    Raises
    ------
    ValueError
        As of `synthetic_control`; one donor alone.

    Notes
    -----
    Abadie, Diamond and Hainmueller (2015), American Journal of Political Science 59. A donor without weight is not left out: nothing would change.
    """
    x = np.asarray(donors, dtype=float)
    bearing = np.flatnonzero(synthetic_control(treated, x, first).weights > PERFECT)
    return {int(j): synthetic_control(treated, np.delete(x, j, axis=1), first) for j in bearing}


def _checked(target: ArrayLike, donors: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    y, x = np.asarray(target, dtype=float), np.asarray(donors, dtype=float)
    if x.ndim != 2 or 0 in x.shape or y.shape != x.shape[:1]:
        raise ValueError("对照要是一张表：一行一期，一列一个单位，行数和做了的单位的期数一样")
    if not (np.isfinite(y).all() and np.isfinite(x).all()):
        raise ValueError("有空着的或者不是数的格子")
    return y, x

"""How tightly children's schooling is tied to their parents': one odds ratio between neighbouring levels, and whether it differs."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.linalg import block_diag
from scipy.special import chdtrc, ndtri

from balancelib.policy.mobility import square

ROUNDS, CLOSE = 100, 1e-10
FEWEST, WIDEST = (
    -15,
    10,
)  # a logarithm of expected adults, a standard error: beyond them the estimate runs off to infinity
TOO_FEW = "人数太少，算不出来：请把几级学历并成一级"


class Tie(NamedTuple):
    """One odds ratio for all neighbouring levels, with its interval, and how well it describes the table.

    Attributes
    ----------
    ratio, low, high : float
        Odds of one level more rather than less, for parents one level higher, as a multiple. 1: no tie.
    deviance, freedom, p : float
        How far the table is from what one number says, and the chance of so large a deviance if that were all. A small ``p``: look at the
        odds ratios one by one. Of `same_tie`: how far ties of their own are from one for all.
    """

    ratio: float
    low: float
    high: float
    deviance: float
    freedom: int
    p: float


class _Fit(NamedTuple):
    value: float
    error: float
    deviance: float
    freedom: int


def tie_of_levels(counts: ArrayLike, diagonal: bool = False, confidence: float = 0.95) -> Tie:
    r"""Return one odds ratio between neighbouring levels (相邻两级的胜算比).

    Goodman's (1979) uniform association, fitted by maximum likelihood:

    .. math::
        \ln \mu_{ij} = \alpha_i + \beta_j + \gamma\, i j \;(+ \delta_i [i = j]), \qquad \text{ratio} = e^{\gamma}

    Parameters
    ----------
    counts : array_like, shape (levels, levels)
        Adults; rows parents, columns children, both from the lowest to the highest. A level that nobody has on one side is left out there.
    diagonal : bool
        Whether those who stay at their parents' level are left out, so that only those who moved are described.
    confidence : float
        Of the interval (Wald).

    Returns
    -------
    Tie

    Raises
    ------
    ValueError
        Parents or children have one level only; or the table has no finite tie, as where all children stay at their parents' level.

    Notes
    -----
    Goodman (1979), Simple models for the analysis of association in cross-classifications having ordered categories, Journal of the American
    Statistical Association 74.
    """
    fit = _fitted([square(counts)], diagonal)
    return _answer(fit, fit.deviance, fit.freedom, confidence)


def same_tie(tables: Mapping[str, ArrayLike], confidence: float = 0.95) -> Tie:
    """Test whether several tables have the same tie, whatever their distributions of schooling (几张表的相邻胜算比是否相同).

    Parameters
    ----------
    tables : mapping of str to array_like
        Two tables or more, by name; each as for `tie_of_levels`.
    confidence : float
        Of the interval.

    Returns
    -------
    Tie
        The tie if it is the same in all, and the test against a tie for each. A large ``p`` is no proof that the ties are the same: with few adults differences are not seen.
    """
    if len(tables) < 2:
        raise ValueError("至少要有两张表才能比")
    squares = [square(counts) for counts in tables.values()]
    common, own = _fitted(squares), [_fitted([table]) for table in squares]
    change = max(common.deviance - sum(fit.deviance for fit in own), 0.0)
    return _answer(common, change, len(squares) - 1, confidence)


def _answer(fit: _Fit, deviance: float, freedom: int, confidence: float) -> Tie:
    wide = ndtri((1 + confidence) / 2) * fit.error
    ratio, low, high = np.exp([fit.value, fit.value - wide, fit.value + wide]).tolist()
    chance = float(chdtrc(freedom, deviance)) if freedom else float("nan")
    return Tie(ratio, low, high, deviance, freedom, chance)


def _fitted(tables: list[np.ndarray], diagonal: bool = False) -> _Fit:
    """Fit one tie to all tables, each with rows and columns of its own."""
    counts, products, own = zip(*(_design(table, diagonal) for table in tables), strict=True)
    counts, margins = np.concatenate(counts), block_diag(*own)
    design = np.column_stack([np.concatenate(products), margins])
    rank = int(np.linalg.matrix_rank(design))
    if rank == np.linalg.matrix_rank(margins):
        raise ValueError("父母或子女只有一级学历，看不出两代人的联系")
    mean, information = _poisson(counts, design)
    value = np.linalg.lstsq(design, np.log(mean), rcond=None)[0][0]
    logs = np.log(np.where(counts > 0, counts, 1) / mean)
    deviance = 2 * float(np.sum(counts * logs - counts + mean))
    error = np.sqrt(np.linalg.pinv(information)[0, 0])
    if np.log(mean).min() < FEWEST or error > WIDEST:
        raise ValueError(TOO_FEW)
    return _Fit(float(value), float(error), max(deviance, 0.0), len(counts) - rank)


def _design(table: np.ndarray, diagonal: bool) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the cells of a table without empty levels, the product of their levels, and what is fitted of each row and column."""
    rows, columns = (np.flatnonzero(table.sum(axis=axis) > 0) for axis in (1, 0))
    i, j = (grid.ravel() for grid in np.meshgrid(rows, columns, indexing="ij"))
    kept = ~((i == j) & diagonal)
    i, j = i[kept], j[kept]
    own = np.column_stack([i[:, None] == rows, j[:, None] == columns]).astype(float)
    return table[i, j], (i * j).astype(float), own


def _poisson(counts: np.ndarray, design: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the means of a log-linear model, and its information."""
    mean, before = counts + 0.5, np.inf
    for _ in range(ROUNDS):
        working = np.log(mean) + (counts - mean) / mean
        weight = np.sqrt(mean)
        found = np.linalg.lstsq(weight[:, None] * design, weight * working, rcond=None)[0]
        mean = np.exp(np.clip(design @ found, -30, 30))
        deviance = 2 * np.sum(mean - counts * np.log(mean))
        if abs(before - deviance) <= CLOSE * (abs(deviance) + 1):
            return mean, design.T @ (mean[:, None] * design)
        before = deviance
    raise ValueError(TOO_FEW)

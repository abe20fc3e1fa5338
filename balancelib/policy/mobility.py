"""Mobility between generations: how far children's schooling goes with their parents', counted in a square table.

Absolute mobility asks how many went further than their parents; when the whole generation has more schooling it rises by
itself. Relative mobility asks whose children went furthest: an odds ratio of four cells does not change when a row or column grows.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import ndtri

from balancelib.county import County, Lacking
from balancelib.county.schema import schema

STEP = 1e-5  # of a derivative taken from both sides
CORRECTION = 0.5  # added to the cells of a table that has an empty one: Haldane and Anscombe


class Rates(NamedTuple):
    """How many moved, as shares of all.

    Attributes
    ----------
    n : float
        Adults.
    up, same, down : float
        Whose schooling is above, at and below their parents' level. They add up to 1.
    structural : float
        The least share that must have moved because the two generations' levels are distributed differently.
    exchange : float
        The rest of those who moved: some up, others down in exchange.
    shorrocks : float
        Shorrocks' index: 0 where every child stays, 1 where the parents' level says nothing, above 1 where children of each level leave it.
    """

    n: float
    up: float
    same: float
    down: float
    structural: float
    exchange: float
    shorrocks: float


class Slope(NamedTuple):
    """A slope and its interval."""

    value: float
    low: float
    high: float


def mobility_counts(county: County, area: str | None = None, cohort: str | None = None) -> pd.DataFrame:
    """Return the square table of parents' and children's schooling (流动表).

    Parameters
    ----------
    county : County
        With table ``mobility``.
    area : {"urban", "town", "rural"}, optional
        Of the home at the age of 14; all areas if left out.
    cohort : {"earlier", "later"}, optional
        Of birth; both if left out.

    Returns
    -------
    DataFrame
        Adults; rows the parents' level, columns their children's, from the lowest to the highest, by their Chinese names.

    Raises
    ------
    Lacking
        A county has not one row for every combination of what is asked for, or a number is missing: nobody there is written as 0, and a
        blank is not known.
    """
    table = county.tables["mobility"]
    described = schema().table("mobility")
    asked = {name: value for name, value in (("area", area), ("cohort", cohort)) if value}
    for name, value in asked.items():
        table = table[table[name] == value]
    codes = {name: described.column(name).codes for name in ("parent_education", "child_education")}
    groups = {
        name: [asked[name]] if name in asked else described.column(name).codes for name in ("area", "cohort")
    }
    whole = pd.MultiIndex.from_product([table["county_id"].unique(), *groups.values(), *codes.values()])
    there = pd.MultiIndex.from_frame(table[["county_id", *groups, *codes]])
    if table.empty or not there.sort_values().equals(whole.sort_values()) or table["adults"].isna().any():
        raise Lacking(_incomplete(asked))
    counts = table.pivot_table(
        index="parent_education", columns="child_education", values="adults", aggfunc="sum"
    )
    named = counts.astype(float).rename(index=codes["parent_education"], columns=codes["child_education"])
    order = [list(found.values()) for found in codes.values()]
    return named.loc[order[0], order[1]].rename_axis(index="父母学历", columns="本人学历")


def _incomplete(asked: dict[str, str]) -> str:
    described = schema().table("mobility")
    which = "".join(described.column(name).codes[value] for name, value in asked.items())
    return f"“教育流动”表{which}的组合不全，或者有空着的人数。每种组合都要有一行，没有人的写0；空着就不知道有没有人。"


def transition_matrix(counts: ArrayLike) -> pd.DataFrame:
    """Return for each level of parents the shares of their children's levels (转移矩阵).

    Parameters
    ----------
    counts : array_like, shape (levels, levels)
        Adults; rows parents, columns children, both from the lowest to the highest.

    Returns
    -------
    DataFrame
        Each row adds up to 1; NaN where no parents have the level.

    Examples
    --------
    >>> transition_matrix([[30, 70], [10, 90]]).to_numpy().tolist()
    [[0.3, 0.7], [0.1, 0.9]]
    """
    frame = pd.DataFrame(counts).astype(float)
    return frame.div(frame.sum(axis=1).replace(0, np.nan), axis=0)


def mobility_rates(counts: ArrayLike) -> Rates:
    r"""Return how many went further than their parents, and how many had to (绝对流动).

    .. math::
        \text{structural} = \tfrac12 \sum_k |p_{k+} - p_{+k}|, \qquad
        \text{Shorrocks} = \frac{K - \operatorname{tr} P}{K - 1}

    Parameters
    ----------
    counts : array_like, shape (levels, levels)
        As for `transition_matrix`.

    Returns
    -------
    Rates
        ``shorrocks`` is NaN where no parents have one of the levels.

    Notes
    -----
    Structural and exchange mobility are an account of the two distributions, not two causes. Shorrocks (1978), The measurement of mobility,
    Econometrica 46.

    Examples
    --------
    Half of all move up and nobody down: all of it had to be.

    >>> mobility_rates([[50, 50], [0, 0]])[:6]
    (100.0, 0.5, 0.5, 0.0, 0.5, 0.0)
    """
    table = square(counts)
    n = table.sum()
    up, down = np.triu(table, 1).sum() / n, np.tril(table, -1).sum() / n
    structural = np.abs(table.sum(axis=1) - table.sum(axis=0)).sum() / n / 2
    levels = len(table)
    stay = np.trace(transition_matrix(table).to_numpy())
    found = (n, up, 1 - up - down, down, structural, up + down - structural, (levels - stay) / (levels - 1))
    return Rates(*map(float, found))


def odds_ratios(
    counts: ArrayLike, reach: int = -1, instead: int = 0, confidence: float = 0.95
) -> pd.DataFrame:
    r"""Compare each level of parents with the lowest: the odds that a child reaches one level and not another (胜算比).

    .. math::
        \theta_k = \frac{a_k / b_k}{a_0 / b_0}, \qquad
        \ln\theta_k \pm z \sqrt{1/a_k + 1/b_k + 1/a_0 + 1/b_0}

    Parameters
    ----------
    counts : array_like, shape (levels, levels)
        As for `transition_matrix`.
    reach, instead : int
        Positions of the two levels of children, ``a`` and ``b``: the highest and the lowest if left out.
    confidence : float
        Of the interval, Woolf's (1955).

    Returns
    -------
    DataFrame
        A row each level of parents: ``reached``, ``instead`` (adults), ``odds``, ``ratio``, ``low``, ``high``; ``smallest``, the smallest of the four
        counts: below about 5 the interval is only a rough one. Where one of the four is 0, 0.5 is added to each, and ``corrected`` says so; where no
        child of a level of parents is at either level, the ratio is NaN.

    Notes
    -----
    Two single levels, not "this level or more": once levels are put together, their odds ratio changes with how many are at each.

    Examples
    --------
    Of 100 children of each, 20 and 60 went to college: odds 1/4 and 3/2.

    >>> odds_ratios([[80, 20], [40, 60]])["ratio"].tolist()
    [1.0, 6.0]
    """
    table = square(counts)
    a, b = table[:, reach], table[:, instead]
    cells = np.array([a, b, np.full_like(a, a[0]), np.full_like(b, b[0])])
    corrected = (cells == 0).any(axis=0)
    used = cells + CORRECTION * corrected
    log = np.log(used[0] * used[3] / (used[1] * used[2]))
    wide = ndtri((1 + confidence) / 2) * np.sqrt((1 / used).sum(axis=0))
    wide[0] = 0.0  # the lowest level is what the others are compared with
    known = np.where((a + b > 0) & (a[0] + b[0] > 0), 1.0, np.nan)
    columns = {
        "reached": a,
        "instead": b,
        "odds": used[0] / used[1] * known,
        "ratio": np.exp(log) * known,
        "low": np.exp(log - wide) * known,
        "high": np.exp(log + wide) * known,
        "smallest": cells.min(axis=0),
        "corrected": corrected,
    }
    return pd.DataFrame(columns, index=pd.DataFrame(counts).index)


def rank_slope(counts: ArrayLike, confidence: float = 0.95) -> Slope:
    r"""Return how many places in a hundred a child gains with each place of the parents (位次斜率, rank–rank slope).

    Everybody of a level has the middle rank of that level, in the parents' generation and in the children's.

    Parameters
    ----------
    counts : array_like, shape (levels, levels)
        As for `transition_matrix`.
    confidence : float
        Of the interval, by the infinitesimal jackknife: the weight of one adult is changed a little in turn, and the ranks are made anew, so
        that their error counts too.

    Returns
    -------
    Slope
        0: the parents' place says nothing; 1: children keep their parents' place. NaN where all parents have one level. Counts need not be
        whole. Where every child's level follows from the parents' the interval has no width, and says nothing of other adults.

    Notes
    -----
    With four levels many stand at the same place: the slope is not that of incomes in a hundred places, and not to be compared with it. As
    in Chetty et al. (2014), Quarterly Journal of Economics 129, but on levels. With two levels it is the difference of two shares, and its
    error theirs.

    Examples
    --------
    >>> rank_slope([[50, 0], [0, 50]]).value
    1.0
    >>> rank_slope([[25, 25], [25, 25]]).value
    0.0
    """
    table = square(counts)
    value, shares = _slope(table), table / table.sum()
    changes = [_change(shares, at) for at in zip(*np.nonzero(shares), strict=True)]
    error = np.sqrt(shares[shares > 0] @ np.square(changes) / table.sum())
    wide = ndtri((1 + confidence) / 2) * error
    return Slope(value, float(value - wide), float(value + wide))


def _change(shares: np.ndarray, at: tuple[int, int]) -> float:
    """Return how fast the slope changes as one cell gains at the cost of all."""
    towards = -shares
    towards[at] += 1
    return (_slope(shares + STEP * towards) - _slope(shares - STEP * towards)) / (2 * STEP)


def _slope(table: np.ndarray) -> float:
    parents, children = (_centred_ranks(table.sum(axis=axis)) for axis in (1, 0))
    spread = table.sum(axis=1) @ parents**2
    return float(parents @ table @ children / spread) if spread > 0 else float("nan")


def _centred_ranks(margin: np.ndarray) -> np.ndarray:
    """Middle ranks of each level, as shares of all; their weighted mean is one half."""
    share = margin / margin.sum()
    return np.cumsum(share) - share / 2 - 0.5


def square(counts: ArrayLike) -> np.ndarray:
    """Return a table of counts as numbers, or raise ValueError with what is wrong with it."""
    table = np.asarray(counts, dtype=float)
    if table.ndim != 2 or table.shape[0] != table.shape[1] or len(table) < 2:
        raise ValueError("流动表的行和列要是同样的几级，至少两级")
    if not np.isfinite(table).all() or (table < 0).any() or not table.sum():
        raise ValueError("流动表的每一格都要有人数，不能空，不能是负数，也不能全是0")
    return table

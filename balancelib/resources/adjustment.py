"""Money from one year to the next: how the quota follows prices, and how each school comes to the formula without a fall."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from balancelib.resources.funding import finite_amounts
from balancelib.resources.transfers import foundation_grants

PARTS = ("price", "pupils", "budget", "formula", "limits")  # what a change is made of


def quota_factor(
    prices: ArrayLike = 1.0, capacity: ArrayLike = 1.0, elasticity: float = 0.0, most: float = np.inf
) -> float | np.ndarray:
    r"""By what a place's quota is to be multiplied: prices, and what the place can add (差异化标准的系数).

    .. math::
        f = P \, \min\big(m, \max(1, C^{\varepsilon})\big)

    with the price index ``P``, the place's capacity ``C`` and the elasticity ``ε``.

    Parameters
    ----------
    prices : array_like
        Prices of what schools buy, now over then.
    capacity : array_like
        Revenue a pupil over the mean of all places.
    elasticity : float
        Percent that a place adds for each percent of capacity above the mean; 0: nobody adds.
    most : float
        The most that a place may come to by adding, at least 1.

    Returns
    -------
    float or ndarray
        For `Formula.scaled`. A place below the mean keeps the quota: what it cannot pay is for grants.

    Raises
    ------
    ValueError
        Prices or capacity that are not above 0; an elasticity below 0; ``most`` below 1.

    Notes
    -----
    Unit of analysis: the place. The elasticity is that of wealth neutrality, so that what is allowed here is what
    `balancelib.measures.wealth_neutrality` will find in the upper half. Source: Feldstein (1975), "Wealth Neutrality and Local Choice in Public
    Education", American Economic Review 65(1).

    Examples
    --------
    Prices rose by 2 %; of three places one has half, one the mean, one twice the revenue a pupil.

    >>> quota_factor(1.02, [0.5, 1.0, 2.0], elasticity=0.25, most=1.15).round(3)
    array([1.02 , 1.02 , 1.173])
    """
    prices, capacity = (np.asarray(given, dtype=float) for given in (prices, capacity))
    if not ((prices > 0).all() and (capacity > 0).all()):
        raise ValueError("prices和capacity要大于0：价格和财力都是与基准之比")
    if not (elasticity >= 0 and most >= 1):
        raise ValueError("elasticity不能小于0，most不能小于1")
    factor = prices * np.clip(capacity**elasticity, 1, most)
    return float(factor) if factor.ndim == 0 else factor


def adjust_money(
    need: pd.Series,
    previous: pd.Series,
    budget: float,
    *,
    floor: float = -0.05,
    ceiling: float = 0.10,
    step: float = 1.0,
    previous_need: pd.Series | None = None,
    price: float = 1.0,
) -> pd.DataFrame:
    r"""Move each school's money towards the formula, no further in a year than a corridor allows (动态调整).

    .. math::
        g_i = \operatorname{clip}\big((1-s)\,g_i^0 + s\,\lambda N_i,\ (1+f)\,g_i^0,\ (1+c)\,g_i^0\big), \qquad \sum_i g_i = B

    with this year's need ``N``, last year's money ``g⁰``, the step ``s``, floor ``f``, ceiling ``c``, and the level ``λ`` that spends the budget ``B``.

    Parameters
    ----------
    need : Series
        Need of this year, such as the total of `formula_need`, by school; 元.
    previous : Series
        Money of last year, by school; 元. A school that had none is new and gets what the formula says, at once; one that needs
        nothing any more gets nothing. Schools in no table but the other count as 0.
    budget : float
        Money of this year, in 元.
    floor, ceiling : float
        The corridor: the least and the most by which a school's money may change, as shares of last year's; −0.05 is 5 % less.
    step : float
        How far to go towards the formula, above 0 and up to 1: all the way.
    previous_need : Series, optional
        Need of last year, by last year's quota; then each change is explained.
    price : float
        The quota's rise since last year, as a factor.

    Returns
    -------
    DataFrame
        A row a school, in the order of ``need``: ``previous``, ``formula_money`` (``λN``), ``money``, ``change`` in 元, ``rate`` (share of last
        year's; blank for a new school), ``limited`` (``"floor"``, ``"ceiling"`` or ``""``). With ``previous_need`` also what the change
        is made of, to the last 元: ``price``, ``pupils`` (and other need), ``budget`` (the level of all), ``formula`` (how far the school stood from the
        formula), ``limits`` (what the corridor added or took).

    Raises
    ------
    ValueError
        A need or money that is blank, negative or not finite; a corridor that holds no change that the step allows; a budget below what the floor promises, or that the ceiling does not let be spent: it tells how much.

    Notes
    -----
    Unit of analysis: the school. A share of the budget that the corridor keeps from one school goes to the others, up to one level. Hold-harmless
    rules and phases: Odden and Picus (2014), School Finance: A Policy Perspective; Ross and Levačić (1999), Needs-Based Resource Allocation in Education via Formula
    Funding of Schools, UNESCO IIEP, on transition to a new formula.

    Examples
    --------
    Two schools that need the same; one had twice as much as the other.

    >>> adjusted = adjust_money(pd.Series([100.0, 100.0]), pd.Series([120.0, 60.0]), 180, floor=-0.1, ceiling=0.2)
    >>> adjusted[["money", "limited"]].values.tolist()
    [[108.0, 'floor'], [72.0, 'ceiling']]
    """
    _check_corridor(floor, ceiling, step)
    schools = need.index.union(previous.index, sort=False)
    need, previous = _of_all(schools, need, "need"), _of_all(schools, previous, "previous")
    going, new = need > 0, (need > 0) & (previous <= 0)
    pace = pd.Series(step, schools).mask(new, 1.0).where(going, 1.0)
    kept = previous * (1 - pace)
    least = np.maximum(previous * (1 + floor), kept).where(going, 0.0)
    most = (previous * (1 + ceiling)).mask(new, np.inf).where(going, 0.0)
    _check_budget(budget, least, most)
    level, grants = foundation_grants(
        pace * need, np.zeros(len(need)), max(budget - kept.sum(), 0.0), floor=least - kept, cap=most - kept
    )
    if np.isinf(level):  # all have the most: the level at which the last came to it
        level = ((most - kept)[going] / (pace * need)[going]).max() if going.any() else 0.0
    table = pd.DataFrame({"previous": previous, "formula_money": level * need, "money": kept + grants})
    table["change"] = table["money"] - previous
    table["rate"] = table["change"] / previous.where(previous > 0)
    ends = [~going | new, *(np.isclose(table["money"], end, rtol=1e-9) for end in (least, most))]
    table["limited"] = np.select(ends, ["", "floor", "ceiling"], "")
    if previous_need is None:
        return table
    before = _of_all(schools, previous_need, "previous_need")
    if not before.sum() > 0:
        raise ValueError("previous_need全是0，说不清每一笔变化从哪里来")
    return table.assign(**_parts(table, need, before, pace, level, price))


def _of_all(schools: pd.Index, given: pd.Series, name: str) -> pd.Series:
    """Return the amounts of all schools, 0 for those not given; what is given must be known."""
    finite_amounts(given, name)
    return given.reindex(schools, fill_value=0).astype(float)


def _check_corridor(floor: float, ceiling: float, step: float) -> None:
    if not 0 < step <= 1:
        raise ValueError(f"step是{step:g}；要大于0、不大于1")
    if not -1 <= floor <= ceiling:
        raise ValueError(f"每年变化的下限是{floor:g}，上限是{ceiling:g}；下限不能小于−1，也不能高过上限")
    if ceiling < -step:
        raise ValueError(f"上限{ceiling:g}比一步{step:g}减得还多；请把step改大，或把上限提高")


def _check_budget(budget: float, least: pd.Series, most: pd.Series) -> None:
    slack = 1e-9 * max(budget, 1.0)
    if not 0 <= budget < np.inf:
        raise ValueError(f"budget是{budget}；要不小于0的数")
    if budget < least.sum() - slack:
        raise ValueError(f"预算{budget:,.0f}元不够：各校都按下限，一共也要{least.sum():,.0f}元")
    if budget > most.sum() + slack:
        raise ValueError(f"预算{budget:,.0f}元花不完：各校都到上限，一共只有{most.sum():,.0f}元")


def _parts(
    table: pd.DataFrame, need: pd.Series, before: pd.Series, pace: pd.Series, level: float, price: float
) -> dict[str, pd.Series]:
    """Split each change; the five parts add up to it."""
    old = table["previous"].sum() / before.sum()
    parts = {
        "price": pace * old * (price - 1) * before,
        "pupils": pace * old * (need - price * before),
        "budget": pace * (level - old) * need,
        "formula": pace * (old * before - table["previous"]),
    }
    return parts | {"limits": table["change"] - sum(parts.values())}


def phase_in(
    need: pd.DataFrame,
    previous: pd.Series,
    budgets: pd.Series,
    *,
    floor: float = -0.05,
    ceiling: float = 0.10,
) -> pd.DataFrame:
    """Bring schools to the formula in equal steps over several years (分年过渡).

    Parameters
    ----------
    need : DataFrame
        Need of each school (row) in each year (column), in 元.
    previous : Series
        Money of the year before the first, by school; 元.
    budgets : Series
        Money of each year, by the columns of ``need``; 元.
    floor, ceiling : float
        The corridor of each year, see `adjust_money`.

    Returns
    -------
    DataFrame
        Money of each school in each year, 元: with ``k`` years the first goes a ``k``-th of the way, the second a ``(k − 1)``-th of what is
        left, the last all of it; a school that the corridor holds back is not yet there at the end.

    Raises
    ------
    ValueError
        As `adjust_money`, with the year.

    Notes
    -----
    Unit of analysis: the school. Source: as `adjust_money`.

    Examples
    --------
    >>> need = pd.DataFrame({2026: [100.0, 100.0], 2027: [100.0, 100.0]}, index=["a", "b"])
    >>> previous = pd.Series({"a": 108.0, "b": 92.0})
    >>> phase_in(need, previous, pd.Series({2026: 200.0, 2027: 200.0})).round(9).values.tolist()
    [[104.0, 100.0], [96.0, 100.0]]
    """
    money = {}
    for left, year in zip(range(len(need.columns), 0, -1), need.columns, strict=True):
        try:
            previous = adjust_money(
                need[year], previous, budgets[year], floor=floor, ceiling=ceiling, step=1 / left
            )["money"]
        except ValueError as error:
            raise ValueError(f"{year}年：{error}") from None
        money[year] = previous
    return pd.DataFrame(money)

"""Grants and transfers: how far a budget reaches, and who is brought up to what."""

from functools import partial
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from balancelib import measures
from balancelib.resources.funding import finite_amounts

ROUNDING = 1e-9  # share of a sum that is not told from nothing


class Grants(NamedTuple):
    """What each place gets, and the level up to which all are brought, as a share of need."""

    level: float
    grants: np.ndarray


def foundation_grants(
    need: ArrayLike,
    own: ArrayLike,
    budget: float,
    *,
    floor: ArrayLike = 0,
    cap: ArrayLike = np.inf,
    previous: ArrayLike | None = None,
    hold_harmless: float = 0,
) -> Grants:
    r"""Grants that bring everybody up to one level of need, as high as the budget reaches (基准定额补助).

    .. math::
        g_i(\lambda) = \min\big(u_i, \max(l_i,\ \lambda N_i - R_i)\big), \qquad \sum_i g_i(\lambda) = B

    with need ``N``, own money ``R``, budget ``B``, ``l = max(floor, hold_harmless × previous)`` and ``u = max(cap, l)``.

    Parameters
    ----------
    need : array_like, shape (n,)
        Money needed, such as `formula_need`; 元.
    own : array_like, shape (n,)
        Money that the place has of its own; 元.
    budget : float
        Money to give; 元.
    floor : float or array_like
        The least that each gets; 元.
    cap : float or array_like
        The most that each gets; 元. The promises of ``floor`` and ``hold_harmless`` go before it.
    previous : array_like, shape (n,), optional
        What each got last year; 元.
    hold_harmless : float
        Share of last year's grant that nobody may fall below.

    Returns
    -------
    Grants
        ``level``: the share of need up to which those are brought that get neither the least nor the most; infinite where the caps stop
        everybody and some of the budget is left. ``grants``: 元.

    Raises
    ------
    ValueError
        Lengths that differ, amounts that are negative or not finite, ``hold_harmless`` without ``previous``; a budget that does not even pay
        the least: it tells what that is.

    Notes
    -----
    Unit of analysis: the place. Without floor and cap this is the one way to spend the budget that makes the worst-off place as well off as
    it can be, then the next, and so on. Source: Odden and Picus (2014), School Finance: A Policy Perspective, on foundation programmes, and
    Berne and Stiefel (1984) on their floors, caps and hold-harmless rules.

    Examples
    --------
    Three counties that need 100 each and have 90, 50 and 20; 60 to give brings the two poor ones up to 65.

    >>> foundation_grants(need=[100, 100, 100], own=[90, 50, 20], budget=60)
    Grants(level=0.65, grants=array([ 0., 15., 45.]))
    """
    need, own, least, most = _bounds(need, own, floor, cap, previous, hold_harmless)
    spare = finite_amounts(budget, "budget").item() - least.sum()
    if spare < -ROUNDING * budget:
        raise ValueError(f"预算{budget:,.0f}元不够：保底一共要{least.sum():,.0f}元")
    level = _level(need, own + least, own + most, max(spare, 0.0))
    return Grants(level, np.clip(np.where(need > 0, level, 0) * need - own, least, most))


def _bounds(
    need: ArrayLike, own: ArrayLike, floor: ArrayLike, cap: ArrayLike, previous: ArrayLike | None, kept: float
) -> list[np.ndarray]:
    """Check the amounts; return need, own money, and the least and the most that each gets."""
    if previous is None and kept:
        raise ValueError("写了hold_harmless，还要用previous给出上一年的补助")
    given = {"need": need, "own": own, "floor": floor, "previous": 0 if previous is None else previous}
    need, own, floor, previous = (finite_amounts(amounts, name) for name, amounts in given.items())
    kept, cap = finite_amounts(kept, "hold_harmless"), np.asarray(cap, dtype=float)
    if not (cap >= 0).all():
        raise ValueError("cap里有空值或负数；要不小于0的数，没有上限的写inf")
    if need.ndim != 1 or any(a.shape not in ((), need.shape) for a in (own, floor, cap, previous)):
        raise ValueError("need、own等要一样长：一个地方一个数")
    least = np.maximum(floor, kept * previous)
    return np.broadcast_arrays(need, own, least, np.maximum(cap, least))


def _level(need: np.ndarray, begins: np.ndarray, ends: np.ndarray, spare: float) -> float:
    """Share of need to which `spare` lifts everybody, who each begin to be lifted at one amount and cease at another.

    Between two such levels the money spent grows in proportion to the need of those who are being lifted.
    """
    lifted = need > 0
    levels = np.concatenate([begins[lifted] / need[lifted], ends[lifted] / need[lifted]])
    growth = np.concatenate([need[lifted], -need[lifted]])
    order = np.argsort(levels, kind="stable")[: np.isfinite(levels).sum()]
    levels, growth = levels[order], np.cumsum(growth[order])
    spent = np.concatenate([[0.0], np.cumsum(growth[:-1] * np.diff(levels))])
    last = np.searchsorted(spent, spare, side="right") - 1
    if not levels.size:
        return np.inf
    if (
        growth[last] <= ROUNDING * need.sum()
    ):  # nobody is being lifted: all have the most, or the next begins further up
        return np.inf if last == levels.size - 1 else float(levels[last])
    return float(levels[last] + (spare - spent[last]) / growth[last])


def simulate_transfers(
    schools: pd.DataFrame,
    revenue: pd.Series,
    budget: float,
    rule: Literal["level_up", "by_need", "by_revenue"] = "level_up",
    **bounds: ArrayLike,
) -> pd.DataFrame:
    """Simulate money that goes from a province to its counties and on to their schools (转移支付模拟).

    The province gives by `rule`. Each county shares what it has, its own money and the grant, among its schools in proportion to need.

    Parameters
    ----------
    schools : DataFrame
        A row a school: ``county_id``, and ``need`` in 元, such as the total of `formula_need`.
    revenue : Series
        The money that each county has of its own for its schools, in 元; index: ``county_id``.
    budget : float
        What the province gives, in 元.
    rule : {"level_up", "by_need", "by_revenue"}
        ``level_up``: to the counties that can pay least of their need, as `foundation_grants`; ``by_need``: to all the same share of need;
        ``by_revenue``: in proportion to what they have, as grants do that match a county's own money.
    **bounds
        ``floor``, ``cap``, ``previous`` and ``hold_harmless`` of `foundation_grants`, by county in the order of ``revenue``; only with
        ``level_up``.

    Returns
    -------
    DataFrame
        Index as ``schools``: ``need``, ``before`` and ``after``, 元; and ``share_before`` and ``share_after``, money by need: what a measure
        of inequality is asked about, weighted by need.

    Raises
    ------
    ValueError
        A county of ``schools`` without revenue; need or revenue that is blank, negative or not finite; bounds with another rule; shares of what is 0
        everywhere; as `foundation_grants`.

    Notes
    -----
    Unit of analysis: the school. What people and firms give, and what schools earn, is not in it. Source: as `foundation_grants`.

    Examples
    --------
    >>> schools = pd.DataFrame({"county_id": ["a", "a", "b"], "need": [60.0, 40.0, 100.0]})
    >>> simulate_transfers(schools, pd.Series({"a": 80.0, "b": 30.0}), budget=50)["after"].tolist()
    [48.0, 32.0, 80.0]
    """
    if missing := sorted(set(schools["county_id"]) - set(revenue.index)):
        raise ValueError(f"revenue里没有这些县：{'、'.join(map(str, missing[:10]))}")
    if bounds and rule != "level_up":
        raise ValueError(f"{'、'.join(bounds)}只能和level_up一起用")
    finite_amounts(schools["need"], "need")
    finite_amounts(revenue, "revenue")
    need = schools.groupby("county_id")["need"].sum().reindex(revenue.index, fill_value=0.0)
    if rule == "level_up":
        grants = foundation_grants(need, revenue, budget, **bounds).grants
    else:
        basis = need if rule == "by_need" else revenue
        if not basis.sum() > 0:
            raise ValueError(f"{rule}是按比例分的，可是各县加起来是0，没法分")
        grants = finite_amounts(budget, "budget") * basis.to_numpy(dtype=float) / basis.sum()
    shares = pd.DataFrame({"share_before": revenue / need, "share_after": (revenue + grants) / need})
    found = schools[["need"]].join(shares.reindex(schools["county_id"]).set_axis(schools.index))
    return found.assign(
        before=found["need"] * found["share_before"], after=found["need"] * found["share_after"]
    )[["need", "before", "after", "share_before", "share_after"]]


# What is asked of money by need: its Chinese name, the measure, and whether more of it is a narrower gap.
_MEASURES = {
    "cv": ("差异系数", measures.cv, False),
    "gini": ("基尼系数", measures.gini, False),
    "theil_t": ("泰尔指数", measures.theil_t, False),
    "theil_l": ("平均对数离差", measures.theil_l, False),
    "atkinson": ("阿特金森指数（ε=1）", partial(measures.atkinson, epsilon=1), False),
    "hoover": ("胡佛指数", measures.hoover, False),
    "range_ratio": ("极差比", measures.range_ratio, False),
    "percentile_ratio": ("分位比P95/P5", partial(measures.percentile_ratio, upper=0.95, lower=0.05), False),
    "federal_range_ratio": ("联邦极差比", measures.federal_range_ratio, False),
    "quintile_share_ratio": ("五等分份额比", measures.quintile_share_ratio, False),
    "mcloone": ("麦克卢恩指数", measures.mcloone, True),
    "verstegen": ("韦斯特根指数", measures.verstegen, False),
}


def transfer_measures(before: ArrayLike, after: ArrayLike, weights: ArrayLike) -> pd.DataFrame:
    """Measure a gap before and after, by every measure that school finance uses (前后对照).

    Parameters
    ----------
    before, after : array_like, shape (n,)
        Money by need or by pupil, such as ``share_before`` and ``share_after`` of `simulate_transfers`.
    weights : array_like, shape (n,)
        What each row counts for: need, or pupils.

    Returns
    -------
    DataFrame
        Index: the name of the measure in `balancelib.measures`; ``label`` (its Chinese name), ``before``, ``after``, and ``narrower``: whether
        it says that the gap has narrowed. NaN where the measure is not defined, such as a mean of logarithms of 0.

    Raises
    ------
    ValueError
        Values or weights at fault, as the measures say.

    Notes
    -----
    Unit of analysis: what the weights count. Source: Berne and Stiefel (1984), The Measurement of Equity in School Finance, asks that a change be seen by several
    measures: they look at different ends, and may disagree.

    Examples
    --------
    >>> table = transfer_measures([0.4, 0.8, 1.0], [0.7, 0.8, 1.0], [1.0, 1.0, 1.0])
    >>> table.loc[["cv", "mcloone"], "narrower"].tolist()
    [True, True]
    """
    frame = pd.DataFrame({"before": before, "after": after, "weights": weights}, dtype=float)
    functions = {name: function for name, (_, function, _) in _MEASURES.items()}
    found = measures.summarise(frame, ["before", "after"], weights="weights", measures=functions)
    table = found.set_index("column")[list(_MEASURES)].T.rename_axis(index="measure", columns=None)
    more = pd.Series({name: up for name, (*_, up) in _MEASURES.items()})
    change = table["after"] - table["before"]
    table["narrower"] = np.where(more, change, -change) > ROUNDING
    table.insert(0, "label", [label for label, *_ in _MEASURES.values()])
    return table

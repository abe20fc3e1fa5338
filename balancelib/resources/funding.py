"""Money: what schools need by a formula, what they get, and how far a budget reaches."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Literal, NamedTuple, Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from balancelib import measures
from balancelib.county import County
from balancelib.resources.forecast import refuse_unknown

ROUNDING = 1e-9  # share of a sum that is not told from nothing


@dataclass(frozen=True)
class Formula:
    """A weighted per-pupil formula (加权生均经费公式).

    Parameters
    ----------
    per_pupil : mapping of str to float
        For each column of pupils by stage, 元 a pupil and year.
    supplements : mapping of str to float
        For each column of pupils who need more, 元 a pupil and year on top: boarders, disabled children.
    least_pupils : float
        A school with fewer pupils is counted as having so many; each stage in proportion. Supplements go by the pupils there are.
    remoteness : mapping of str to float
        For each value of the column ``area``, by what the school's sum is multiplied; 1 where none is given.

    Raises
    ------
    ValueError
        An amount that is negative or not finite; no stage at all.

    Notes
    -----
    Weighted student funding: a pupil's weight is what that pupil costs, relative to the one who costs least. Source: Ross and Levačić
    (1999), Needs-Based Resource Allocation in Education via Formula Funding of Schools, UNESCO IIEP. `RUNNING_COSTS`, from
    ``running_costs.toml``, is the newest national quota for running costs with its rule of small schools; `running_costs` those before.
    """

    per_pupil: Mapping[str, float]
    supplements: Mapping[str, float] = field(default_factory=dict)
    least_pupils: float = 0
    remoteness: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.per_pupil:
            raise ValueError("公式里没有一个学段；per_pupil要写明每个学段每名学生多少元")
        amounts = {**self.per_pupil, **self.supplements, **self.remoteness, "least_pupils": self.least_pupils}
        for name, amount in amounts.items():
            if not 0 <= amount < np.inf:
                raise ValueError(f"公式里{name}是{amount}；要不小于0的数")

    def scaled(self, factor: float) -> Self:
        """Return the formula with every amount of money multiplied."""
        times = lambda amounts: {name: amount * factor for name, amount in amounts.items()}  # noqa: E731
        return type(self)(times(self.per_pupil), times(self.supplements), self.least_pupils, self.remoteness)


_QUOTAS = tomllib.loads(Path(__file__).with_name("running_costs.toml").read_text(encoding="utf-8"))


def running_costs(year: int) -> Formula:
    """Return the national quota for running costs that holds in a year (公用经费基准定额).

    Parameters
    ----------
    year : int
        Calendar year, from the first that ``running_costs.toml`` knows.

    Raises
    ------
    ValueError
        A year before that.

    Examples
    --------
    >>> running_costs(2024).per_pupil["pupils_primary"]
    720
    """
    held = [quota for quota in _QUOTAS["quotas"] if quota["year"] <= year]
    if not held:
        raise ValueError(f"没有{year}年的定额；从{_QUOTAS['quotas'][0]['year']}年起才有")
    return Formula(held[-1]["per_pupil"], held[-1]["supplements"], _QUOTAS["least_pupils"])


RUNNING_COSTS = running_costs(_QUOTAS["quotas"][-1]["year"])


def funding_table(county: County, year: int | None = None) -> pd.DataFrame:
    """Turn a county's tables into what formulas ask for: a row a school, whole numbers without blanks (公式用的学生数).

    Parameters
    ----------
    county : County
        With the table ``schools``, and ``boarding`` where schools board.
    year : int, optional
        Pupils of the September of this year, by the table ``enrolment``; left out, those of the table ``schools``. Boarders are those of
        the table ``boarding`` in either case: earlier ones are not in a county's tables.

    Returns
    -------
    DataFrame
        Index: ``school_id``; ``name``, ``kind``, ``operator``, ``area``; ``pupils_primary`` and ``pupils_junior``, 0 for the schools for
        disabled children, whose pupils are ``pupils_special``; ``boarders``; ``pupils``, all of them. Schools without pupils of
        compulsory education are left out.

    Raises
    ------
    ValueError
        No pupils of that year; a school whose pupils of that year are blank though it has the grade in another.

    Examples
    --------
    >>> from balancelib.county import sample_county
    >>> int(funding_table(sample_county(7))["pupils_primary"]["9900000001"])
    1000
    """
    schools = county.schools.set_index("school_id")
    pupils = schools[["pupils_primary", "pupils_junior"]]
    if year is not None:
        pupils = _enrolled(county, year).reindex(schools.index)
    pupils = pupils.fillna(0).astype(int)
    table = schools[["name", "kind", "operator", "area"]].copy()
    ordinary = table["kind"] != "special"
    table["pupils_primary"] = pupils["pupils_primary"].where(ordinary, 0)
    table["pupils_junior"] = pupils["pupils_junior"].where(ordinary, 0)
    table["pupils_special"] = pupils.sum(axis=1).where(~ordinary, 0)
    table["boarders"] = 0
    if "boarding" in county.tables:
        boarders = county.tables["boarding"].set_index("school_id")[["boarders_primary", "boarders_junior"]]
        table["boarders"] = boarders.sum(axis=1).reindex(table.index).fillna(0).astype(int)
    return table.assign(pupils=pupils.sum(axis=1))[pupils.sum(axis=1) > 0]


def _enrolled(county: County, year: int) -> pd.DataFrame:
    """Return pupils by stage of the September of a year."""
    enrolment = county.tables.get("enrolment")
    of_year = None if enrolment is None else enrolment[enrolment["year"] == year].set_index("school_id")
    if of_year is None or of_year.empty:
        raise ValueError(f"分年级学生表里没有{year}年的数")
    refuse_unknown(enrolment, year)
    grades = {"pupils_primary": range(1, 7), "pupils_junior": range(7, 10)}
    return pd.DataFrame(
        {stage: of_year[[f"grade{grade}" for grade in years]].sum(axis=1) for stage, years in grades.items()}
    )


def formula_need(schools: pd.DataFrame, formula: Formula) -> pd.DataFrame:
    r"""Money that each school needs by a formula, part by part (按公式核定的经费).

    .. math::
        N_i = f_{a(i)} \Big( \sum_s q_s\, p_{is} \max\big(1, \tfrac{m}{p_i}\big) + \sum_g u_g\, b_{ig} \Big)

    with pupils ``p`` by stage ``s``, all pupils ``p_i``, groups ``b``, the least number ``m``, and the factor ``f`` of the school's area.

    Parameters
    ----------
    schools : DataFrame
        A row a school; the formula's columns of whole numbers, and ``area`` where the formula has ``remoteness``.
    formula : Formula
        Amounts in 元 a pupil and year.

    Returns
    -------
    DataFrame
        Index as ``schools``; 元 a year: a column for each stage and supplement, ``small_school`` (what counting to the least number adds),
        ``remoteness`` (what the factor adds), and ``total``. A school without pupils needs nothing.

    Raises
    ------
    KeyError
        A column of the formula that ``schools`` has not.
    ValueError
        A count that is blank where the formula asks for it, or negative.

    Notes
    -----
    Unit of analysis: the school. In a county's tables a stage that a school does not have is blank: write 0 there first, so that a number that
    is missing is never taken for none.
    Source: see `Formula`.

    Examples
    --------
    A primary of 60 pupils, 20 of them boarders: as 100 pupils, and 20 boarders.

    >>> schools = pd.DataFrame({"pupils_primary": [60], "pupils_junior": [0], "boarders": [20], "pupils_special": [0]})
    >>> formula_need(schools, RUNNING_COSTS)["total"].item()
    78000.0
    """
    columns = [*formula.per_pupil, *formula.supplements]
    if missing := [name for name in columns if name not in schools]:
        raise KeyError(f"数据里没有公式要用的列：{'、'.join(missing)}")
    counts = schools[columns].astype(float)
    if (wrong := ~(counts >= 0)).to_numpy().any():
        school, column = wrong.stack().idxmax()
        raise ValueError(f"{column}：第{school}行是空白或负数；没有这类学生请写0")
    pupils = counts[list(formula.per_pupil)]
    need = counts * pd.Series({**formula.per_pupil, **formula.supplements})
    everyone = pupils.sum(axis=1)
    up = (formula.least_pupils / everyone.where(everyone > 0)).clip(lower=1).fillna(1)
    need["small_school"] = need[list(formula.per_pupil)].sum(axis=1) * (up - 1)
    factor = schools["area"].map(formula.remoteness).fillna(1).astype(float) if formula.remoteness else 1.0
    need["remoteness"] = need.sum(axis=1) * (factor - 1)
    return need.assign(total=need.sum(axis=1))


def share_budget(schools: pd.DataFrame, formula: Formula, budget: float) -> pd.Series:
    """Share a budget among schools in proportion to their need by a formula (按公式分总数).

    Parameters
    ----------
    schools : DataFrame
        As `formula_need`.
    formula : Formula
        Only its weights matter, relative to each other.
    budget : float
        What is shared out, in 元.

    Returns
    -------
    Series
        What each school gets, in 元.

    Raises
    ------
    KeyError, ValueError
        As `formula_need`; a budget below 0 or without end; no school that needs anything.

    Notes
    -----
    Unit of analysis: the school. Source: as `Formula`.

    Examples
    --------
    >>> schools = pd.DataFrame({"pupils_primary": [300, 0], "pupils_junior": [0, 100]})
    >>> share_budget(schools, Formula({"pupils_primary": 1, "pupils_junior": 2}), 1000).tolist()
    [600.0, 400.0]
    """
    need = formula_need(schools, formula)["total"]
    if not need.sum() > 0:
        raise ValueError("按公式没有一所学校需要钱，总数没法分")
    return need * (finite_amounts(budget, "budget").item() / need.sum())


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


def finite_amounts(amounts: ArrayLike, name: str) -> np.ndarray:
    """Return amounts as an array; refuse what is blank, negative or without end, and of a Series say where the first is."""
    array = np.asarray(amounts, dtype=float)
    if (wrong := ~((array >= 0) & np.isfinite(array))).any():
        first = f"（第一处在{amounts.index[wrong][0]}）" if isinstance(amounts, pd.Series) else ""
        raise ValueError(f"{name}里有空值、负数或无穷大{first}；要不小于0的数")
    return array


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
        A county of ``schools`` without revenue; need or revenue that is blank, negative or not finite; bounds with another rule; as `foundation_grants`.

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

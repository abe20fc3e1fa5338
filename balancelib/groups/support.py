"""A budget for the care of children: first what is due to everybody by rule, then visits, beds and buses where they reach most children."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated

import msgspec
import numpy as np
import pandas as pd
from msgspec import Meta

from balancelib.county import County, Lacking
from balancelib.groups.due import Due, Money
from balancelib.groups.support_program import Program, Weights
from balancelib.highs import proven
from balancelib.toml import Text, TomlError, convert, parse

PRICES = Path(__file__).with_name("support.toml")
TENTH = 10_000.0  # 元: by which officials count
Whole = Annotated[int, Meta(ge=1)]


class PricesError(TomlError):
    """A file of prices is malformed: ``file``, ``key`` and ``reason`` say where and why."""

    called = "关爱方案单价文件"


class Visit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a whole day on the road costs, how many children it reaches, and how often a year each is seen."""

    day: Money
    children: Whole
    rounds: Whole
    source: Text


class Bed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a bed costs a year, a new one besides, and the square metres it takes."""

    year: Money
    new: Money
    area: Annotated[float, Meta(gt=0)]
    source: Text


class Bus(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a bus costs a year, and how many children it fetches."""

    year: Money
    children: Whole
    source: Text


class Prices(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is due to each, and what visits, beds and buses cost."""

    due: Due
    visit: Visit
    bed: Bed
    bus: Bus


def load_prices(path: str | Path = PRICES) -> Prices:
    """Read what is due and what things cost (单价).

    Raises
    ------
    PricesError
        The file is missing or malformed.
    """
    data = parse(Path(path), PricesError, "没有这个文件；不写就用随程序附的")
    return convert(data, Prices, Path(path).name, PricesError)


def support_needs(county: County, prices: Prices | None = None) -> pd.DataFrame:
    """Return for each school who needs what (谁缺哪一样).

    Parameters
    ----------
    county : County
        With the tables ``schools`` (townships too), ``care`` and ``boarding``.
    prices : Prices, optional
        Of `load_prices`; those that come with the program if left out.

    Returns
    -------
    DataFrame
        By ``school_id``: ``township``; ``alone``, left-behind children without an able guardian; ``far``, pupils who live far and do not board; ``free``, beds that
        stand empty; ``new``, beds for which the dormitory has room. A school with more boarders than beds has none free, and its lack comes off the new ones; one of which a number is
        blank has neither, as far as is known.

    Raises
    ------
    Lacking
        A township or a number is blank.
    """
    prices = prices or load_prices()
    care = county.tables["care"].set_index("school_id")[["left_behind_alone", "far_pupils"]]
    schools = county.schools.set_index("school_id").reindex(care.index)
    for name, frame in (("关爱保障", care), ("学校（乡镇）", schools[["township"]])):
        if (blank := frame.isna().any(axis=1)).any():
            called = "、".join(schools["name"][blank].fillna("没有名字的学校")[:5])
            raise Lacking(f"“{name}”表里有{blank.sum()}所学校空着：{called}。空着不是0，先查到再排")
    boarding = county.tables["boarding"].set_index("school_id")
    spare = (boarding["beds"] - _boarders(boarding, county.schools)).reindex(care.index)
    room = np.floor(boarding["dormitory_area"] / prices.bed.area).reindex(care.index) - boarding[
        "beds"
    ].reindex(care.index)
    found = pd.DataFrame(
        {"township": schools["township"], "alone": care["left_behind_alone"], "far": care["far_pupils"]}
    )
    found["free"] = spare.clip(lower=0).fillna(0.0)  # a school without boarders has no row
    found["new"] = (room + spare.clip(upper=0)).clip(lower=0).fillna(0.0)
    return found


def _boarders(boarding: pd.DataFrame, schools: pd.DataFrame) -> pd.Series:
    """Return the boarders of each school, NaN where those of a stage with pupils are blank."""
    stages = ("primary", "junior")
    blank = boarding[[f"boarders_{stage}" for stage in stages]].isna().to_numpy()
    pupils = schools.set_index("school_id").reindex(boarding.index, columns=[f"pupils_{s}" for s in stages])
    unknown = (blank & pupils.gt(0).to_numpy()).any(axis=1) | blank.all(axis=1)
    return boarding[[f"boarders_{stage}" for stage in stages]].sum(axis=1).mask(unknown)


@dataclass(frozen=True)
class SupportPlan:
    """What `plan_support` found.

    Attributes
    ----------
    budget, due : float
        元: in all, and for what is due.
    places : DataFrame
        By township: whole ``routes`` (each of some days a year), children ``visited``, ``free`` and ``new`` beds given, ``buses`` and children ``riding``.
    spent, helped, bound : float
        元 of the rest that the plan takes; children helped, weighted; and what no plan exceeds.
    program : Program
        What was solved; its ``wanted`` has by township who needs what.
    """

    budget: float
    due: float
    places: pd.DataFrame
    spent: float
    helped: float
    bound: float
    program: Program = field(repr=False)

    @property
    def short(self) -> float:
        """元 that are lacking for what is due."""
        return max(self.due - self.budget, 0.0)

    @property
    def rest(self) -> float:
        """元 left for the plan; 0 where what is due takes more than there is."""
        return max(self.budget - self.due, 0.0)

    @property
    def proven(self) -> bool:
        """Whether no plan helps more."""
        return bool(proven(self.bound - self.helped, whole=True))

    @property
    def totals(self) -> pd.Series:
        """What there is in the whole county."""
        return self.places.sum()

    def more_money(self, extra: Sequence[float]) -> pd.Series:
        """Return how many more children, weighted, each amount of 元 more would help (再多几万元能多帮几名).

        Buses come whole: a little more money may help nobody, and a little beyond it many.
        """
        left = self.budget - self.due
        found = {more: round(self.program.most(max(left + more, 0.0)) - self.helped) for more in extra}
        return pd.Series(found)

    def shadow_price(self) -> float:
        """Return how many more children, weighted, 10,000 元 more would help if buses and routes could be had in parts (影子价格).

        The slope of the linear program at the plan's money, to the right: what money is worth on the whole, without the jumps of `more_money`. 0 as long as
        more money goes to what is due.
        """
        if self.short > 0:
            return 0.0
        return self.program.most(self.rest + TENTH, whole=False) - self.program.most(self.rest, whole=False)

    @property
    def message(self) -> str:
        """Say what the money does."""
        if self.short > 0:
            return (
                f"一共{self.budget / TENTH:.1f}万元，该给的要{self.due / TENTH:.1f}万元，还差{self.short / TENTH:.1f}万元。"
                "先把差的数报上去，不能少发给谁来凑；走访、寄宿、校车这一次排不了。"
            )
        n = self.totals
        return (
            f"一共{self.budget / TENTH:.1f}万元，先付该给的{self.due / TENTH:.1f}万元，一分不少。其余{self.rest / TENTH:.1f}万元用了{self.spent / TENTH:.1f}万元："
            f"走访{n['visited']:.0f}名，添寄宿{n['free'] + n['new']:.0f}名，校车{n['buses']:.0f}辆接{n['riding']:.0f}名。"
            f"{'已证明再排不出帮得更多的' if self.proven else '没有证明是最好的'}。"
        )


def plan_support(
    needs: pd.DataFrame,
    due: float,
    budget: float,
    prices: Prices | None = None,
    weights: Weights | None = None,
) -> SupportPlan:
    r"""Spend what is left after what is due so that most children are helped, then on the least money (关爱方案).

    .. math::
        \max \sum_t w_v v_t + w_r \Big(u_t + \sum_{s \in t} (f_s + n_s)\Big), \quad
        v_t \le \min(a_t,\ c_v r_t), \quad u_t \le c_b b_t, \quad u_t + \sum_{s \in t} (f_s + n_s) \le d_t

    with whole routes ``r`` and buses ``b`` of each township ``t``, beds that stand empty ``f`` and new ones ``n`` of each school ``s``, children visited ``v`` and fetched ``u``;
    ``a`` children need a visit, ``d`` live far, and the cost is at most what is left of the budget.

    Parameters
    ----------
    needs : DataFrame
        Of `support_needs`.
    due, budget : float
        元 a year: of `support_due`, and in all.
    prices : Prices, optional
        Of `load_prices`; those that come with the program if left out.
    weights : Weights, optional
        What one child counts for; one each if left out.

    Returns
    -------
    SupportPlan
        What is due is paid before anything else. Where the budget does not do for it, nothing is planned, and ``short`` says how much is lacking.

    Raises
    ------
    Lacking
        The budget is below 0 or not a number.

    Notes
    -----
    A bus serves the schools of one township; a child who lives far gets a bed at the own school or a seat, not both. Solved by HiGHS with no gap left; among plans
    equal in children and money lots decide.
    """
    if not (0 <= budget < np.inf and 0 <= due < np.inf):
        raise Lacking("预算和该给的都要是0或更大的数，单位元")
    program = Program(needs, prices or load_prices(), weights or Weights())
    values, helped, bound = program.best(max(budget - due, 0.0))
    spent = float(program.cost @ values)
    return SupportPlan(float(budget), float(due), program.places(values), spent, helped, bound, program)


def support_levels(plan: SupportPlan, budgets: Sequence[float]) -> pd.DataFrame:
    """Plan the same needs for several budgets.

    Returns
    -------
    DataFrame
        A row a budget: ``budget``, ``short``, ``rest`` and ``spent`` 元, what there is of each kind in the county, 元 for ``visits, beds, bus``, ``helped``, ``proven`` and
        ``shadow`` (`SupportPlan.shadow_price`).
    """
    rows = []
    for budget in budgets:
        values, helped, bound = plan.program.best(max(budget - plan.due, 0.0))
        spent, places = float(plan.program.cost @ values), plan.program.places(values)
        one = replace(plan, budget=float(budget), places=places, spent=spent, helped=helped, bound=bound)
        kept = {name: getattr(one, name) for name in ("budget", "short", "rest", "spent", "helped", "proven")}
        rows.append(
            kept
            | one.totals.to_dict()
            | plan.program.money(values).to_dict()
            | {"shadow": one.shadow_price()}
        )
    return pd.DataFrame(rows)

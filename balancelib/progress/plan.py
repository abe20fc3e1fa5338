"""A yearly plan: what each school adds in which year, which office leads, what it costs; and what is wrong with a plan."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import inf

import numpy as np
import pandas as pd

from balancelib.county import Lacking
from balancelib.progress.paths import target_paths
from balancelib.standards import Standard, load_standard

SECTION = ["school_id", "name", "stage", "indicator"]
KEYS = ["school_id", "stage", "indicator"]
MILESTONE = [*SECTION, "year", "due", "target", "measure", "owner", "unit", "add", "once", "yearly"]
DUE = (8, 31)  # month and day: before the autumn's annual return is filled in


@dataclass(frozen=True)
class Plan:
    """A plan.

    Attributes
    ----------
    milestones : DataFrame
        A row a section, indicator and year in which something is added: ``school_id, name, stage, indicator, year, due`` (a date), ``target`` (value to
        reach), ``measure, owner, unit, add`` (in the unit), ``once`` and ``yearly`` (万元; NaN where no price is known).
    targets : DataFrame
        The paths that it keeps to, as `target_paths` returns them; of what is built at once, the value of today until that year and the threshold from then on.
    start, until : int
        The last year that is known, and the year in which all is to hold.
    """

    milestones: pd.DataFrame
    targets: pd.DataFrame
    start: int
    until: int

    @property
    def money(self) -> pd.DataFrame:
        """By ``year`` and ``owner``: ``once``, ``running`` (of what was begun in this or an earlier year) and ``money``, all 万元."""
        years = range(self.start + 1, self.until + 1)
        rows = [
            {"year": year, "owner": owner, "once": own.loc[own["year"] == year, "once"].sum(skipna=False),
             "running": own.loc[own["year"] <= year, "yearly"].sum(skipna=False)}
            for owner, own in self.milestones.groupby("owner", sort=False, dropna=False)
            for year in years
        ]  # fmt: skip
        found = pd.DataFrame(rows, columns=["year", "owner", "once", "running"])
        found["money"] = found["once"] + found["running"]
        return found.sort_values("year", kind="stable", ignore_index=True)

    @property
    def by_year(self) -> pd.Series:
        """By year: 万元 in all; NaN where a price is not known."""
        years = pd.RangeIndex(self.start + 1, self.until + 1, name="year")
        total = self.money.groupby("year")["money"].agg(lambda x: x.sum(skipna=False))
        return total.reindex(years, fill_value=0.0)

    @classmethod
    def nothing(cls, start: int, until: int) -> "Plan":
        """Return the plan of a county where nothing is below its threshold."""
        return cls(
            pd.DataFrame(columns=MILESTONE), pd.DataFrame(columns=[*SECTION, "year", "target"]), start, until
        )


def make_plan(
    paths: pd.DataFrame, measures: pd.DataFrame, costs: pd.DataFrame | None = None, standard: Standard | str = "quality-2017"
) -> Plan:  # fmt: skip
    """Turn target paths into what is to be added each year, by whom and at what cost (年度计划).

    Parameters
    ----------
    paths : DataFrame
        Of `balancelib.progress.target_paths`.
    measures : DataFrame
        As `load_measures` returns them.
    costs : DataFrame, optional
        Prices of single schools, instead of those of ``measures``: ``school_id, stage, indicator, once, yearly``, 万元 a unit, and ``owner`` if another office
        leads; for example from a survey of the sites, from another plan, or of `private_costs`.
    standard : Standard or str
        Whose indicators these are.

    Returns
    -------
    Plan
        What a section adds is reckoned with the pupils of the path's first year; where only whole ones can be had, as many as the target needs. An
        indicator without a measure has milestones without owner and price: `check_plan` says so.

    Raises
    ------
    Lacking
        Nothing is below its threshold.
    """
    if paths.empty:
        raise Lacking("没有一处低于标准，没有要添的，不用定计划；今天达标、照趋势守不住的，看各处的步子")
    standard = standard if isinstance(standard, Standard) else load_standard(standard)
    per = {indicator.key: indicator.per for indicator in standard.indicators}
    lumps = measures[measures["lump"]]
    paths = built_at_once(paths, ((lumps["once"] + lumps["yearly"]) / lumps["scale"]).to_dict())
    rows = paths.join(measures, on="indicator")
    lacking = (
        (rows["target"] - rows["begin"])
        * rows["pupils"].astype(float)
        / rows["indicator"].map(per).astype(float)
    )
    units = lacking / rows["scale"].fillna(1.0)
    whole = rows["whole"].eq(True)
    units = units.where(~whole, np.ceil(units - 1e-9)).clip(lower=0)
    units = units.where(
        rows["year"] > rows["year"].min(), 0.0
    )  # a path that begins above what is there: nothing is added yet
    rows["add"] = units.groupby([rows[name] for name in SECTION], sort=False).diff().fillna(0.0)
    rows = _own_prices(rows[rows["add"] > 0], costs)
    for price in ("once", "yearly"):
        rows[price] = rows[price] * rows["add"]
    rows["due"] = [date(int(year), *DUE) for year in rows["year"]]
    milestones = rows[MILESTONE].sort_values(["year", "indicator"], kind="stable", ignore_index=True)
    years = paths["year"].astype(int)
    return Plan(milestones, paths, int(years.min()), int(years.max()))


def built_at_once(paths: pd.DataFrame, prices: Mapping[str, float]) -> pd.DataFrame:
    """Let each school have the whole of what is built in one year, those that lack the most first (一次建成，最缺的先).

    Parameters
    ----------
    paths : DataFrame
        Of `balancelib.progress.target_paths`.
    prices : mapping of str to float
        Of the indicators whose work cannot be spread over years, for one unit of the numerator: each year gets about the same money of them together.

    Returns
    -------
    DataFrame
        As ``paths``: the value of today until the year of a school's work, and the threshold from then on.
    """
    rows = paths[paths["indicator"].isin(list(prices))]
    found = paths.copy()
    if len(rows):
        first = rows.drop_duplicates(SECTION).assign(have=lambda x: x["begin"] / x["threshold"])
        first = first.sort_values(["have", *KEYS], kind="stable").set_index(SECTION)
        lack = (first["threshold"] - first["begin"]) * first["pupils"].astype(float)
        cost = lack * first.index.get_level_values("indicator").map(prices).astype(float)
        weight = cost if cost.sum() > 0 else 1 - first["have"]  # without prices each counts as what it lacks
        place = ((weight.cumsum() - weight / 2) / weight.sum()).rename("place")
        begin, years = rows["year"].min(), rows["year"].max() - rows["year"].min()
        ready = begin + 1 + np.floor(rows.join(place, on=SECTION)["place"] * years)
        found.loc[rows.index, "target"] = rows["threshold"].where(rows["year"] >= ready, rows["begin"])
    found["share"] = found["target"] / found["threshold"]
    return found


def _own_prices(rows: pd.DataFrame, costs: pd.DataFrame | None) -> pd.DataFrame:
    """Replace prices, and the office where it is given, by those of the school where there are any."""
    if costs is None:
        return rows.copy()
    own = rows[KEYS].merge(costs, on=KEYS, how="left", validate="many_to_one").set_index(rows.index)
    names = [name for name in ("owner", "once", "yearly") if name in costs]
    return rows.assign(**{name: own[name].fillna(rows[name]) for name in names})


def check_plan(plan: Plan, today: date, budget: float | Mapping[int, float] = inf) -> pd.DataFrame:
    """Say what is wrong with a plan (计划的毛病).

    Parameters
    ----------
    plan : Plan
        Of `make_plan`.
    today : date
        No milestone may lie behind it.
    budget : float or mapping of int to float
        万元 of every year, or by year; a year that is not given has no limit.

    Returns
    -------
    DataFrame
        A row a fault: ``kind``, ``where``, ``fault``, ``todo``, in Chinese. Empty if there is none.
    """
    rows = [*_behind(plan, today), *_incomplete(plan), *_over(plan, budget)]
    return pd.DataFrame(rows, columns=["kind", "where", "fault", "todo"])


def _behind(plan: Plan, today: date) -> list[tuple[str, str, str, str]]:
    past = plan.milestones[plan.milestones["due"] <= today]
    return [
        ("过期", f"{year}年", f"{len(rows)}个里程碑的期限{rows['due'].iloc[0]}已经过去", "先填这一年的新数，再从那里重新定；不要把期限改到以前")
        for year, rows in past.groupby("year")
    ]  # fmt: skip


def _incomplete(plan: Plan) -> list[tuple[str, str, str, str]]:
    names = {indicator.key: indicator.short_label for indicator in load_standard("quality-2017").indicators}
    found = []
    for key, rows in plan.milestones.groupby("indicator", sort=False):
        where = names.get(key, key)
        if rows["owner"].isna().any():
            found.append(
                (
                    "没有人管",
                    where,
                    f"{len(rows)}个里程碑没有牵头科室",
                    "在措施文件里给这项指标写上措施和牵头科室",
                )
            )
        if rows[["once", "yearly"]].isna().any(axis=None):
            found.append(("没有价", where, "有的里程碑算不出钱", "在措施文件里写上单价；不花钱的写0"))
    return found  # fmt: skip


def _over(plan: Plan, budget: float | Mapping[int, float]) -> list[tuple[str, str, str, str]]:
    found = []
    for year, money in plan.by_year.items():
        limit = budget.get(year, inf) if isinstance(budget, Mapping) else budget
        if money > limit:
            found.append(
                (
                    "超支",
                    f"{year}年",
                    f"要{money:.0f}万元，预算{limit:.0f}万元，超{money - limit:.0f}万元",
                    "往后放几项，或者把达标年份推后一年再算",
                )
            )
    return found  # fmt: skip


def plan_levels(
    history: pd.DataFrame, untils: Sequence[int], measures: pd.DataFrame, costs: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Return what a plan costs each year, for several years in which all is to hold (早几年，晚几年).

    Parameters
    ----------
    history : DataFrame
        As for `target_paths`.
    untils : sequence of int
        The years.
    measures, costs
        As for `make_plan`.

    Returns
    -------
    DataFrame
        A row for each ``until`` and ``year`` up to the last of them: ``money`` (万元; after ``until`` what goes on), ``milestones`` (number).
    """
    rows = []
    for until in untils:
        plan = make_plan(target_paths(history, until), measures, costs)
        money, count = plan.by_year, plan.milestones["year"].value_counts()
        goes_on = plan.milestones["yearly"].sum(skipna=False)
        for year in range(plan.start + 1, max(untils) + 1):
            rows.append((until, year, money.get(year, goes_on), int(count.get(year, 0))))
    return pd.DataFrame(rows, columns=["until", "year", "money", "milestones"])

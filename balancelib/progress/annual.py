"""What a county's annual plan says, all at once: where it stands, when it holds by itself, what is to be done, and what is wrong with the plan."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from math import inf

import pandas as pd

from balancelib.assess.history import indicator_history
from balancelib.assess.logic import reaches
from balancelib.county import County, Lacking
from balancelib.progress.board import board, off_track
from balancelib.progress.paths import STATES, holding_years, target_paths
from balancelib.progress.plan import Plan, check_plan, make_plan
from balancelib.progress.prices import load_measures, private_costs

LATE = {
    "in_time": "到{until}年会达标",
    "late": "晚于{until}年才达标",
    "never": "十年里到不了",
    "slipping": "今天达标，照趋势守不住",
    "unknown": "年份太少，说不出",
}


@dataclass(frozen=True)
class Orders:
    """What is asked of a plan: by when all is to hold, on which day it is written, 万元 a year, and since when there is an older plan to be held to."""

    until: int
    today: date
    budget: float | Mapping[int, float] = inf
    since: int | None = None


@dataclass(frozen=True)
class AnnualPlan:
    """What `annual_plan` found.

    Attributes
    ----------
    orders : Orders
    plan : Plan
        From the last year on.
    holding : DataFrame
        Of `holding_years`, with ``kind``: a key of `LATE`, or blank where it holds and stays.
    faults : DataFrame
        Of `check_plan`.
    board, before : DataFrame or None
        Of `balancelib.progress.board`, of the last year and the one before, by the plan since ``orders.since``; None without one.
    off : DataFrame or None
        Of `off_track`, of the last year.
    """

    orders: Orders
    plan: Plan
    holding: pd.DataFrame
    faults: pd.DataFrame
    board: pd.DataFrame | None = None
    before: pd.DataFrame | None = None
    off: pd.DataFrame | None = None

    @property
    def counts(self) -> dict[str, int]:
        """How many sections' indicators are of each kind, by what is said of it."""
        found = self.holding["kind"].value_counts()
        return {
            words.format(until=self.orders.until): int(found.get(kind, 0)) for kind, words in LATE.items()
        }

    @property
    def surely(self) -> int:
        """How many of those that hold in time do so at the latest end of the interval, too."""
        return count_by(self.holding, "in_time", "latest", self.orders.until)

    @property
    def jumped(self) -> int:
        """How many of those that hold in time by their line went down in the last years: what jumped once looks so."""
        return int((self.holding["kind"].eq("in_time") & self.holding["recent"].lt(0)).sum())

    @property
    def soon(self) -> int:
        """How many of those that do not stay above the threshold fall below it by the year in which all is to hold."""
        return count_by(self.holding, "slipping", "expected", self.orders.until)


def annual_plan(county: County, orders: Orders, measures: pd.DataFrame | None = None) -> AnnualPlan:
    """Make a county's plan from its years so far (年度计划).

    Parameters
    ----------
    county : County
        One county, with table ``history``.
    orders : Orders
        What is asked for.
    measures : DataFrame, optional
        As `load_measures` returns them; those that come with the program if left out.

    Returns
    -------
    AnnualPlan
        Private schools are in it; what they cost is their operators' affair.

    Raises
    ------
    Lacking
        No ``history``, several counties, or no such year as ``since``.
    ValueError
        ``until`` is not after the last year, or not after ``since``.
    """
    measures = load_measures() if measures is None else measures
    history = indicator_history(county)
    costs = private_costs(county.schools, measures)
    years, last = set(history["year"]), int(history["year"].max())
    paths = target_paths(history, orders.until)
    plan = make_plan(paths, measures, costs) if len(paths) else Plan.nothing(last, orders.until)
    holding = when_held(holding_years(history), orders.until)
    faults = check_plan(plan, orders.today, orders.budget)
    if orders.since is None or orders.since >= last:
        return AnnualPlan(orders, plan, holding, faults)
    older = target_paths(history, orders.until, orders.since)
    older = make_plan(older, measures, costs).targets if len(older) else older
    known = lambda year: year > orders.since and {year, year - 1} <= years  # noqa: E731
    boards = [board(history, older, year) if known(year) else None for year in (last, last - 1)]
    off = off_track(history, older, last) if boards[0] is not None else None
    return AnnualPlan(orders, plan, holding, faults, *boards, off)


def when_held(holding: pd.DataFrame, until: int) -> pd.DataFrame:
    """Say of each section's indicator whether it holds in time if nothing is changed (来不来得及).

    Parameters
    ----------
    holding : DataFrame
        Of `holding_years`.
    until : int
        Year in which all is to hold.

    Returns
    -------
    DataFrame
        The same with ``kind``: a key of `LATE`; blank where it holds and stays, or holds and nothing more is known.
    """
    kind = holding["state"].where(holding["state"].isin(["never", "slipping"]), "")
    coming = holding["state"] == "coming"
    in_time = coming & holding["expected"].le(until).fillna(value=False).astype(bool)
    kind = kind.mask(coming, "late").mask(in_time, "in_time")
    unknown = (holding["state"] == "unknown") & ~reaches(holding["ratio"], 1.0)
    return holding.assign(kind=kind.mask(unknown, "unknown"))


def count_by(holding: pd.DataFrame, kind: str, column: str, until: int) -> int:
    """Count the sections' indicators of a kind whose year of a column is known and not after ``until`` (到那一年为止).

    Parameters
    ----------
    holding : DataFrame
        Of `when_held`.
    kind : str
        A key of `LATE`.
    column : str
        ``expected``, ``earliest`` or ``latest``.
    until : int
        A year.

    Examples
    --------
    >>> years = pd.array([2029, 2031, None], dtype="Int64")
    >>> count_by(pd.DataFrame({"kind": "in_time", "latest": years}), "in_time", "latest", 2030)
    1
    """
    return int(holding.loc[holding["kind"] == kind, column].le(until).fillna(value=False).sum())


def lowest_section(holding: pd.DataFrame, indicator: str) -> pd.Series:
    """Return the section that is furthest below the threshold of an indicator; where all reach it, of any (最低的一处).

    Parameters
    ----------
    holding : DataFrame
        Of `holding_years`.
    indicator : str
        Which is looked at first.

    Raises
    ------
    Lacking
        Nothing is below its threshold.
    """
    below = holding[~reaches(holding["ratio"], 1.0) & (holding["state"] != "unknown")]
    if below.empty:
        raise Lacking("没有一处低于标准、又有四年以上的数，没有路径可看")
    other = (below["indicator"] != indicator).rename("other")
    return below.assign(other=other).sort_values(["other", "ratio", "school_id"], kind="stable").iloc[0]


def pace_sentence(row: pd.Series) -> str:
    """Say when a section's indicator holds, with the earliest and the latest year.

    Parameters
    ----------
    row : Series
        Of `holding_years`, of a section that is below the threshold.

    Examples
    --------
    >>> pace_sentence(pd.Series({"state": "coming", "expected": 2032, "earliest": 2031, "latest": pd.NA}))
    '2032年达标，最早2031年，最晚说不准'
    """
    if row["state"] != "coming":
        return STATES[row["state"]]
    late = "最晚说不准" if row["latest"] is pd.NA else f"最晚{row['latest']}年"
    return f"{row['expected']}年达标，最早{row['earliest']}年，{late}"

"""Whether what the whole county began in one month worked: one series with a break, and what it looks like from closer or further off."""

from collections.abc import Callable, Collection
from typing import NamedTuple

import pandas as pd

from balancelib.county import County, Lacking
from balancelib.measures.estimation import Estimate
from balancelib.measures.interrupted import (
    TERMS,
    SeriesFit,
    autoregressive,
    interval_coverage,
    newey_west,
    segmented_design,
)

FEWEST = 8  # months before the break, and from it on: as many as a year has
ONE_COUNTY = "这份数据里有几个县，一次只看一个县：请把一个县的行单独存成一份。"


class Way(NamedTuple):
    """A way of looking at a series: which terms of `TERMS` it has, whether months of the year have their own level, how errors are counted."""

    terms: Collection[str]
    season: bool
    fit: Callable[..., SeriesFit]


WAYS = {
    "before_after": Way(("level",), False, newey_west),
    "no_trend": Way(("level",), True, newey_west),
    "no_season": Way(TERMS, False, newey_west),
    "newey_west": Way(TERMS, True, newey_west),
    "autoregressive": Way(TERMS, True, autoregressive),
}


class Break(NamedTuple):
    """What changed at a date.

    Attributes
    ----------
    months : DataFrame
        ``month, value``, and ``since`` (months of school since the break, 0 in its first), ``line`` (fitted) and ``without``: the same line had nothing changed.
    fit : SeriesFit
    """

    months: pd.DataFrame
    fit: SeriesFit

    def effect(self, when: str = "mean", level: float = 0.95) -> Estimate:
        """Return what changed in the ``"first"`` month, the ``"last"``, or on average (``"mean"``) of the months since."""
        since = self.months.loc[self.months["since"] >= 0, "since"]
        months = {"first": 0, "last": since.max(), "mean": since.mean()}[when]
        weights = {"level": 1.0, "slope": float(months)}
        return self.fit.estimate(
            {name: w for name, w in weights.items() if name in self.fit.coefficients}, level
        )


def one_county(table: pd.DataFrame) -> None:
    """Raise `Lacking` where the rows are of several counties."""
    if "county_id" in table and table["county_id"].nunique() > 1:
        raise Lacking(ONE_COUNTY)


def monthly_absence(county: County, began: str | None = None) -> pd.DataFrame:
    """Return the county's absence in every month of school from the first to the last (每月缺勤).

    Parameters
    ----------
    county : County
        With table ``absences``.
    began : str, optional
        The month from which a rule held that is to be looked at: then there must be eight months before it, and from it on.

    Returns
    -------
    DataFrame
        ``month`` ("2022-09"), ``value`` (absent in a thousand pupil-days; NaN where the month is not there), ``time`` (months of school, counted from 0),
        ``season`` (month of the year).

    Raises
    ------
    Lacking
        Several counties; a month of the year in which there was school only now and then; too few months before or after ``began``, or all of one number.
    """
    county.tables.need(["absences.absent"])
    table = county.tables["absences"]
    one_county(table)
    values = table.set_index("month")["absent"].astype(float).sort_index()
    seasons = sorted({month[5:] for month in values.index})
    years = range(int(values.index[0][:4]), int(values.index[-1][:4]) + 1)
    every = [f"{year}-{season}" for year in years for season in seasons]
    every = [month for month in every if values.index[0] <= month <= values.index[-1]]
    _refuse_odd(values, every)
    series = pd.DataFrame(
        {"month": every, "value": values.reindex(every).to_numpy(), "time": range(len(every))}
    )
    series = series.assign(season=series["month"].str[5:].astype(int))
    if began:
        _known(series, began)
    return series


def _known(series: pd.DataFrame, began: str) -> pd.DataFrame:
    """Return the months that have a number, or raise `Lacking` where there are too few on one side of the date."""
    known = series.dropna(subset=["value"]).reset_index(drop=True)
    after = (known["month"] >= began).sum()
    if min(after, len(known) - after) < FEWEST:
        raise Lacking(
            f"{began}以前有{len(known) - after}个月，从那时起有{after}个月：两边都至少要{FEWEST}个上课的月份，才分得清趋势和变化。"
        )
    if known["value"].nunique() < 2:
        raise Lacking("每个月都是同一个数，没有起伏：先查这些数是怎样来的。")
    return known


def _refuse_odd(values: pd.Series, every: list[str]) -> None:
    """Raise where a month of the year is there in fewer than half of the years: counted on, it would tear holes into all the others."""
    there = pd.Series(pd.Index(every).isin(values.dropna().index), index=pd.Index(every).str[5:])
    share = there.groupby(level=0).mean()
    if odd := [month for month in every if share[month[5:]] < 0.5 and month in values.index]:
        raise Lacking(
            f"{'、'.join(odd)}只在少数年份上课，和别的年份对不上：把这几行去掉（补课的月份并到相邻的月份），并写明，再算。"
        )


def find_break(series: pd.DataFrame, began: str, way: str = "autoregressive") -> Break:
    """Return what changed in a series at a date (中断时间序列).

    Parameters
    ----------
    series : DataFrame
        Of `monthly_absence`.
    began : str
        The first month in which the rule held, such as ``"2022-09"``; if there is no school in it, the next.
    way : str
        Of `WAYS`: ``before_after`` (difference of the two means), ``no_trend``, ``no_season``, ``newey_west``, ``autoregressive``.

    Raises
    ------
    Lacking
        Fewer than eight months before the date, or from it on.
    """
    terms, season, fit = WAYS[way]
    known = _known(series, began)
    start = series.loc[series["month"] >= began, "time"].min()
    design = segmented_design(known["time"], start, known["season"] if season else None, terms)
    try:
        found = fit(known["value"], design, known["time"])
    except ValueError as error:
        raise Lacking(f"从{began}断开，估不出来：{error}。") from None
    changed = [name for name in ("level", "slope") if name in design]
    line = design.to_numpy() @ found.coefficients.to_numpy()
    added = design[changed].to_numpy() @ found.coefficients[changed].to_numpy()
    months = known[["month", "value"]].assign(since=known["time"] - start, line=line, without=line - added)
    return Break(months, found)


def series_claims(series: pd.DataFrame, began: str) -> dict[str, Estimate]:
    """Return the mean change since a date as each of `WAYS` tells it.

    Parameters
    ----------
    series, began
        As for `find_break`.
    """
    return {way: find_break(series, began, way).effect() for way in WAYS}


def placebo_dates(series: pd.DataFrame, began: str, way: str = "autoregressive") -> pd.DataFrame:
    """Pretend that it began in each earlier month, looking at the months before the true date alone: nothing is to be found (假日期).

    Parameters
    ----------
    series, began, way
        As for `find_break`.

    Returns
    -------
    DataFrame
        A row a date with eight months on both sides, the true date last: ``month, real``, then the change in the first month: ``value, se, low, high``. The true one is looked at in
        as many months after it as the whole series has.

    Raises
    ------
    Lacking
        There are not sixteen months before the date.
    """
    before = series[series["month"] < began]
    known = before.dropna(subset=["value"])["month"]
    dates = known.iloc[FEWEST : len(known) - FEWEST + 1]
    if dates.empty:
        raise Lacking(f"{began}以前只有{len(known)}个月，放不下一个假日期：至少要{2 * FEWEST}个月。")
    rows = [(date, before, False) for date in dates] + [(began, series, True)]
    found = [find_break(months, date, way).effect("first") for date, months, _ in rows]
    told = pd.DataFrame(found)[["value", "se", "low", "high"]]
    told.insert(0, "month", [date for date, *_ in rows])
    told.insert(1, "real", [real for *_, real in rows])
    return told


def series_coverage(series: pd.DataFrame, began: str, draws: int = 200, seed: int = 0) -> pd.Series:
    """Return how often 95 % intervals of the mean change hold the truth, in series made as this one seems to be.

    Parameters
    ----------
    series, began
        As for `find_break`; months that are missing are not made.
    draws, seed
        As for `balancelib.measures.interrupted.interval_coverage`.

    Returns
    -------
    Series
        By way: ``no_trend``, ``newey_west`` and ``autoregressive``.
    """
    found = find_break(series, began)
    known = series.dropna(subset=["value"])
    start = series.loc[series["month"] >= began, "time"].min()
    design = segmented_design(known["time"], start, known["season"])
    mean = float(found.months.loc[found.months["since"] >= 0, "since"].mean())
    ways = {name: _as_way(WAYS[name]) for name in ("no_trend", "newey_west", "autoregressive")}
    return interval_coverage(found.fit, design, {"level": 1.0, "slope": mean}, ways, draws, seed)


def _as_way(way: Way) -> Callable[..., SeriesFit]:
    """Return how a way fits a series, given the columns of the whole model."""
    left_out = [term for term in TERMS if term not in way.terms]
    return lambda y, design: way.fit(y, design.drop(columns=left_out))

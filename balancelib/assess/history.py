"""Indicators of every school over the years, and the county's sections summed up by year."""

import numpy as np
import pandas as pd

from balancelib.assess.logic import reaches
from balancelib.county import County, Lacking, indicators
from balancelib.county.schema import schema
from balancelib.measures import cv
from balancelib.standards import Standard, load_standard

SERIES = ["school_id", "name", "stage", "indicator"]


def indicator_history(county: County, standard: Standard | str = "quality-2017") -> pd.DataFrame:
    """Resource indicators of every stage section, year by year (历年指标).

    Parameters
    ----------
    county : County
        One county with table ``history``, of the schools that are still there; this year is table ``schools``, the year after the
        last of ``history``.
    standard : Standard or str
        The indicators, thresholds and scope; those of today are applied to all years.

    Returns
    -------
    DataFrame
        A row a year, section and indicator: ``year, school_id, name, stage, pupils, indicator``, ``total`` (the numerator), ``value`` in
        the indicator's unit, ``ratio`` to its threshold, ``mean`` of the county's sections in that year and stage, every pupil counting
        once, and ``relative``: value over mean; ``threshold``, the same of all years. NaN where something is not known.

    Raises
    ------
    MissingTable
        No table ``history``.
    Lacking
        Several counties, or rows of ``history`` of schools that are not in table ``schools``.

    Notes
    -----
    Unit of analysis: the stage section. `balancelib.county.indicators` computes each year, so that splits and scope are those of the
    verdict: a teaching point is there only in years with 50 pupils or more. A school that is in no row of a year has no value in it. Closed schools are not
    in the table of schools and so in no year: means and coefficients of past years are those of the schools still there, with their pupils.
    """
    standard = standard if isinstance(standard, Standard) else load_standard(standard)
    if county.several:
        raise Lacking("这份数据里有几个县，一次只看一个县：请把一个县的行单独存成一份。")
    past = county.tables["history"]
    if gone := sorted(set(past["school_id"]) - set(county.schools["school_id"])):
        raise Lacking(
            f"历年学校数据里有“学校”表没有的学校标识码：{'、'.join(gone[:10])}。历年只看今天还在的学校：撤并了的请把它的行去掉，写错了的请改正。"
        )
    years = {int(year): _as_schools(county, rows) for year, rows in past.groupby("year")}
    years[max(years) + 1] = county.schools
    parts = [_long(schools, standard).assign(year=year) for year, schools in years.items()]
    long = pd.concat(parts, ignore_index=True)
    long["mean"] = _county_mean(long)
    long["relative"] = long["value"] / long["mean"].where(long["mean"] > 0)
    found = ["pupils", "indicator", "total", "value", "ratio", "mean", "relative", "threshold"]
    return long[["year", *SERIES[:3], *found]]


def _as_schools(county: County, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of one year as the table of schools would have them."""
    table = schema().table("schools")
    lasting = [column.name for column in table.columns if not column.numeric]
    known = county.schools.reindex(columns=lasting)
    return known.merge(rows, on="school_id", validate="one_to_one").reindex(columns=table.names)


def _long(schools: pd.DataFrame, standard: Standard) -> pd.DataFrame:
    wide = indicators(County({"schools": schools}), standard)
    parts = []
    for indicator in standard.indicators:
        value = wide[indicator.key].astype(float)
        threshold = wide["stage"].map(indicator.thresholds).astype(float)
        parts.append(
            wide[["school_id", "name", "stage", "pupils"]].assign(
                indicator=indicator.key,
                total=value * wide["pupils"] / indicator.per,
                value=value,
                ratio=value / threshold,
                threshold=threshold,
            )
        )
    return pd.concat(parts, ignore_index=True)


def _county_mean(long: pd.DataFrame) -> pd.Series:
    known = long["pupils"].where(long["value"].notna())
    keys = [long[name] for name in ("year", "stage", "indicator")]
    totals, pupils = (x.groupby(keys).transform("sum") for x in (long["value"] * known, known))
    return totals / pupils


def history_by_year(history: pd.DataFrame) -> pd.DataFrame:
    """Summarise the county's sections by year, stage and indicator (全县逐年).

    Parameters
    ----------
    history : DataFrame
        Of `indicator_history`.

    Returns
    -------
    DataFrame
        A row a year, stage and indicator: ``sections`` with a value, ``unknown`` without one, ``mean`` with each pupil counting once,
        ``ratio`` of the mean to the threshold, ``cv`` as the official form (NaN where there is none), and ``below``: sections under the
        threshold.
    """
    keys = ["year", "stage", "indicator"]
    rows = [dict(zip(keys, key, strict=True)) | _summary(group) for key, group in history.groupby(keys, sort=False)]  # fmt: skip
    return pd.DataFrame(rows)


def _summary(group: pd.DataFrame) -> dict[str, float]:
    known = group[group["value"].notna()]
    mean = known["mean"].iloc[0] if len(known) else np.nan
    ratios = known["ratio"].dropna()
    return {
        "sections": len(known),
        "unknown": len(group) - len(known),
        "mean": mean,
        "ratio": mean / group["threshold"].iloc[0],  # the same of all
        "cv": cv(known["value"], weights=known["pupils"]) if mean > 0 else np.nan,
        "below": int((~reaches(ratios.to_numpy(), 1.0)).sum()),
    }

"""What mends itself when pupils grow fewer and nothing else changes, and what that hides."""

from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pandas as pd

from balancelib.assess import assess
from balancelib.assess.logic import reaches
from balancelib.county import County, Lacking
from balancelib.county.enrolment import STAGE_GRADES
from balancelib.standards import Standard, load_standard


def with_pupils(county: County, pupils: pd.DataFrame) -> County:
    """Return the county with other pupils and all else as it is (只换学生数).

    Parameters
    ----------
    county : County
        As read.
    pupils : DataFrame
        Index ``school_id``, a column a grade; schools that are not in it keep theirs.

    Notes
    -----
    Taken as whole pupils. A stage that a school does not have stays blank.
    """
    schools = county.schools.copy()
    for stage, grades in STAGE_GRADES.items():
        if here := [grade for grade in grades if grade in pupils]:
            new = schools["school_id"].map(pupils[here].sum(axis=1).round())
            column = f"pupils_{stage}"
            schools[column] = new.where(new.notna() & schools[column].notna(), schools[column]).astype(float)
    return replace(county, tables=county.tables | {"schools": schools}, sha256="")


class Ahead(NamedTuple):
    """What a standard would say year by year if pupils change and nothing else does; see `judge_ahead`."""

    sections: pd.DataFrame
    indicators: pd.DataFrame


def judge_ahead(county: County, pupils: pd.DataFrame, standard: Standard | str = "quality-2017") -> Ahead:
    """Judge the county in every year of a forecast, its buildings, equipment and teachers as they are today (哪些指标会自己变好).

    Parameters
    ----------
    county : County
        As read.
    pupils : DataFrame
        Index ``school_id`` and ``year``, a column a grade: `forecast_schools`.
    standard : Standard or str
        A standard with thresholds, or its name.

    Returns
    -------
    Ahead
        ``sections``: index ``year`` and ``stage``; ``sections`` counted and those that are ``meeting`` the standard. ``indicators``: index
        ``year``, ``stage`` and ``indicator``; how many sections have ``met`` it, of all ``sections``; ``mean``, ``cv``, ``cv_meets``.

    Raises
    ------
    ValueError
        A standard without thresholds; several counties.

    Notes
    -----
    It answers what would come without a yuan spent, not what will come: teachers retire and rooms decay. A section that ceases to count, since
    it has no pupils left or its teaching point falls below the least number, leaves the numbers too.
    """
    standard = standard if isinstance(standard, Standard) else load_standard(standard)
    if standard.school_rule is None or not any(i.thresholds for i in standard.indicators):
        raise ValueError(f"{standard.label}没有给学校定达标线，看不出哪些学校会自己达标")
    if county.several:
        raise Lacking("数据里有几个县：一次只算一个县")
    sections, indicators = {}, {}
    for year, of_year in pupils.groupby(level="year"):
        verdict = assess(with_pupils(county, of_year.droplevel("year")), standard)
        for stage, judged in verdict.stages.items():
            here = verdict.sections["stage"] == stage
            sections[year, stage] = {
                "sections": int(here.sum()),
                "meeting": int((verdict.sections["meets"][here] == True).sum()),  # noqa: E712  may be None
            }
            for indicator in standard.indicators:
                key = indicator.key
                indicators[year, stage, key] = {
                    "met": int(reaches(verdict.ratios[key][here], 1).sum()),
                    "sections": int(here.sum()),
                    "mean": judged.mean[key],
                    "cv": judged.cv[key],
                    "cv_meets": judged.cv_meets[key] if judged.cv_meets else None,
                }
    names = ["year", "stage", "indicator"]
    return Ahead(
        pd.DataFrame.from_dict(sections, orient="index").rename_axis(names[:2]),
        pd.DataFrame.from_dict(indicators, orient="index").rename_axis(names),
    )


def holds_from(indicators: pd.DataFrame) -> pd.DataFrame:
    """Return the first year from which an indicator holds and goes on holding, to the end of the forecast (哪一年起达到).

    Parameters
    ----------
    indicators : DataFrame
        Of `judge_ahead`.

    Returns
    -------
    DataFrame
        Index ``stage`` and ``indicator``: ``all_met``, from when every section meets the threshold; ``cv_meets``, from when the coefficient
        of variation keeps within its limit. <NA> where it does not come.

    Examples
    --------
    >>> index = pd.MultiIndex.from_product([[2025, 2026], ["primary"], ["x"]], names=["year", "stage", "indicator"])
    >>> holds_from(pd.DataFrame({"met": [1, 2], "sections": [2, 2], "cv_meets": [True, False]}, index)).iloc[0].tolist()
    [2026, <NA>]
    """
    holds = pd.DataFrame(
        {
            "all_met": indicators["met"] == indicators["sections"],
            "cv_meets": indicators["cv_meets"] == True,  # noqa: E712  may be None
        }
    )
    by_year = holds.unstack(["stage", "indicator"]).sort_index()
    to_the_end = by_year.iloc[::-1].cummin().iloc[::-1]
    first = to_the_end.idxmax().astype("Int64").where(to_the_end.any())
    order = indicators.index.droplevel("year").unique()
    return first.unstack(0).loc[order, ["all_met", "cv_meets"]]


def hidden_by_decline(
    county: County, pupils: pd.DataFrame, rooms: pd.DataFrame, small: int = 100
) -> pd.DataFrame:
    """What better means per pupil hide when pupils grow fewer and all else stays (变好的背后).

    Parameters
    ----------
    county : County
        As read; its teachers, and its running costs in table ``money`` where there is one, stay as in the last year.
    pupils : DataFrame
        Of `forecast_schools`.
    rooms : DataFrame
        Of `rooms_needed`.
    small : int
        A school with fewer pupils is counted as small.

    Returns
    -------
    DataFrame
        Index ``year``: ``pupils``; ``small_schools``; ``classes`` needed; ``mean_class``, pupils a class; ``idle``, classrooms without a class;
        ``teachers`` beyond those that today's number of pupils a teacher asks for, stage by stage; ``cost``, running costs a pupil in 元
        if the last year's spending stays.

    Notes
    -----
    The number of old rooms and of unsafe buildings does not change either; only fewer pupils sit in them.
    """
    whole = pupils.groupby(level="year").sum()
    by_school = pupils.sum(axis=1).round()
    years = by_school.index.get_level_values("year")
    by_year = rooms.groupby(level="year")[["pupils", "classes", "idle"]].sum()
    staff = {stage: county.schools[f"teachers_{stage}"].sum() for stage in STAGE_GRADES}
    of_stage = {
        stage: whole[[g for g in grades if g in whole]].sum(axis=1) for stage, grades in STAGE_GRADES.items()
    }
    spare = sum(
        staff[s] * (1 - of_stage[s] / of_stage[s].iloc[0]) for s in STAGE_GRADES if of_stage[s].iloc[0]
    )
    return pd.DataFrame(
        {
            "pupils": whole.sum(axis=1),
            "small_schools": ((by_school > 0) & (by_school < small)).groupby(years).sum(),
            "classes": by_year["classes"],
            "mean_class": by_year["pupils"] / by_year["classes"],
            "idle": by_year["idle"],
            "teachers": np.round(spare).astype(int),
            "cost": _last_spending(county) / whole.sum(axis=1),
        }
    )


def _last_spending(county: County) -> float:
    money = county.tables.get("money")
    if money is None or not len(money):
        return np.nan
    return float(money.loc[money["year"] == money["year"].max(), "running_spending"].sum())

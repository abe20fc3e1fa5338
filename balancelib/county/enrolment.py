"""Pupils by grade and year: which grades are of which stage, and numbers that are not known."""

import numpy as np
import pandas as pd

from balancelib.county.lacking import Lacking
from balancelib.county.parsed import looked_up

GRADES = [f"grade{n}" for n in range(1, 10)]
STAGE_GRADES = {"primary": GRADES[:6], "junior": GRADES[6:]}


def stage_pupils(rows: pd.DataFrame, enrolment: pd.DataFrame) -> np.ndarray:
    """Return for each row of a school, year and stage how many pupils its grades have; blank where that is not known."""
    key, pupils = ["school_id", "year"], np.full(len(rows), np.nan)
    known = enrolment.dropna(subset=key)
    for stage, grades in STAGE_GRADES.items():
        total = known[key].assign(total=known[grades].sum(axis=1, min_count=1))
        pupils = np.where(rows["stage"] == stage, looked_up(rows, key, total, "total"), pupils)
    return pupils


def refuse_unknown(enrolment: pd.DataFrame, year: int | None = None) -> None:
    """Refuse pupils that are not known: they would count as none (空白不当作0).

    Parameters
    ----------
    enrolment : DataFrame
        Table ``enrolment``.
    year : int, optional
        Look at this year alone; left out, at all.

    Raises
    ------
    ValueError
        A grade that is blank though the school has it in another year, or a year that is missing between a school's years.
    """
    grades = [grade for grade in GRADES if grade in enrolment]
    has = enrolment.groupby("school_id")[grades].transform("count") > 0
    blank = (enrolment[grades].isna() & has).any(axis=1)
    unknown = set(
        zip(enrolment.loc[blank, "school_id"], enrolment.loc[blank, "year"].astype(int), strict=True)
    )
    for school, years in enrolment.groupby("school_id")["year"]:
        inside = range(int(years.min()), int(years.max()) + 1)
        unknown |= {(school, missing) for missing in set(inside) - set(years.astype(int))}
    places = [f"学校{school}的{of}年" for school, of in sorted(unknown) if year in (None, of)]
    if places:
        more = f"等{len(places)}处" if len(places) > 10 else ""
        raise Lacking(
            f"分年级学生表里有年级空着、或者缺了一年：{'、'.join(places[:10])}{more}。请填写；那一年没有学生写0，空白不当作0"
        )

"""Pupils' absence in the synthetic county, month by month, and a rule of the whole county that lowered it."""

import numpy as np
import pandas as pd

from balancelib.county.sample.pupils import YEARS

MONTHS = (3, 4, 5, 6, 9, 10, 11, 12)  # of a calendar year in which there is school
BEGAN = "2022-09"  # checks in the morning, and a visit to the home of who is absent
LEVEL, SLOPE = -4.0, -0.10  # what it changes at once, and in each further month of school
START, TREND = 23.0, -0.03  # absent in a thousand pupil-days, and what a month of school takes away
SEASON = {3: 1.6, 4: -0.8, 5: -1.2, 6: -0.4, 9: -1.6, 10: -0.6, 11: 0.8, 12: 2.2}
# Correlation of a month's chance with the last month's, and spread of what is new in it.
FOLLOWS, CHANCE = 0.5, 0.8


def draw_absences(rng: np.random.Generator, enrolment: pd.DataFrame) -> pd.DataFrame:
    """Draw the table ``absences``: 64 months of school, 2018 to 2025; the truth in it is told by `true_series`."""
    truth = true_series()
    new = CHANCE * rng.normal(size=len(truth))
    chance = new / np.sqrt(1 - FOLLOWS**2)  # the first is drawn from where the others come to rest
    for i in range(1, len(new)):
        chance[i] = FOLLOWS * chance[i - 1] + new[i]
    total = enrolment.drop(columns=["school_id"]).groupby("year").sum().sum(axis=1)
    school_year = [int(month[:4]) - (int(month[5:]) < 9) for month in truth["month"]]  # from September on
    pupils = [total[max(year, YEARS[0])] for year in school_year]
    absent = (truth["untreated"] + truth["effect"] + chance).clip(lower=0).round(2)
    return pd.DataFrame({"month": truth["month"], "pupils": pupils, "absent": absent, "county_id": None})


def true_series() -> pd.DataFrame:
    """Return what is true of table ``absences`` of `sample_county` but for chance: the same for every seed.

    Returns
    -------
    DataFrame
        ``month``; ``since``, months of school since the rule began, 0 in its first, negative before; ``untreated``, what would have
        been without it, and ``effect``, what it changes, in absent of a thousand pupil-days: −4.0, and −0.10 more in each month.
    """
    months = [f"{year}-{month:02d}" for year in YEARS for month in MONTHS]
    number = np.arange(len(months))
    since = number - months.index(BEGAN)
    season = np.array([SEASON[int(month[5:])] for month in months])
    effect = np.where(since >= 0, LEVEL + SLOPE * since, 0.0)
    return pd.DataFrame(
        {"month": months, "since": since, "untreated": START + TREND * number + season, "effect": effect}
    )

"""Births of the synthetic county, and its pupils by grade."""

import numpy as np
import pandas as pd

from balancelib.county.sample.draw import by_area, whole

YEARS = np.arange(2018, 2026)  # of the returns of 1 September
BIRTH_YEARS = np.arange(2002, 2026)
FIRST_PUBLISHED = 2011
# Births by year, 2016 = 1: more with the two-child policy, fewer ever since.
BIRTHS = (
    0.70, 0.71, 0.72, 0.73, 0.75, 0.78, 0.81, 0.84, 0.88, 0.92, 0.955, 0.945, 0.965, 0.95, 1.0, 0.95, 0.85, 0.79, 0.71,
    0.66, 0.61, 0.58, 0.59, 0.55,
)  # fmt: skip
ENTERED = 0.97  # of the children born in the county, who enter its schools
DRIFT = 0.99  # a cohort against the one before, as families leave the county
# Pupils who stay from one grade to the next, and a school's cohort against the one before, by area: the county moves to its seat.
PROGRESSION = (1.006, 1.0, 0.984)
MOVING = (1.012, 1.0, 0.985)
GRADES = {"primary": range(1, 7), "junior": range(7, 10)}


def draw_births_and_enrolment(
    rng: np.random.Generator, schools: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Draw births, the cohorts that they become, and each school's share of these; the last year adds up to the schools' pupils."""
    births = np.array(BIRTHS) * np.exp(rng.normal(0, 0.005, len(BIRTHS)))
    entrants = _entrants(births)
    counts = {}
    for stage, grades in GRADES.items():
        drawn = _of_stage(rng, schools, schools[f"pupils_{stage}"].to_numpy(), grades, entrants)
        counts |= {f"grade{grade}": drawn[:, :, k].ravel() for k, grade in enumerate(grades)}
    enrolment = pd.DataFrame(
        {"school_id": np.repeat(schools["school_id"], len(YEARS)), "year": np.tile(YEARS, len(schools)).astype(float)}
        | counts
    ).reset_index(drop=True)  # fmt: skip
    beginners = enrolment["grade1"][enrolment["year"] == YEARS[-1]].sum()
    people = np.round(births / entrants[YEARS[-1]] * beginners / ENTERED)
    published = BIRTH_YEARS >= FIRST_PUBLISHED
    births_table = pd.DataFrame(
        {"year": BIRTH_YEARS[published].astype(float), "births": people[published], "county_id": None}
    )
    return births_table, enrolment


def _entrants(births: np.ndarray) -> dict[int, float]:
    """Children who enter grade 1 in a year: born from September seven years before to August six years before."""
    born = dict(zip(BIRTH_YEARS.tolist(), births, strict=True))
    first = BIRTH_YEARS[0]
    return {
        year: (born[max(year - 7, first)] / 3 + born[max(year - 6, first)] * 2 / 3)
        * DRIFT ** (year - YEARS[-1])
        for year in range(YEARS[0] - 8, YEARS[-1] + 1)
    }


def _of_stage(
    rng: np.random.Generator,
    schools: pd.DataFrame,
    pupils: np.ndarray,
    grades: range,
    entrants: dict[int, float],
) -> np.ndarray:
    """Return pupils by school, year and grade; blank for a school without the stage."""
    rate, moving = (by_area(schools, levels)[:, None, None] for levels in (PROGRESSION, MOVING))
    year, grade = np.meshgrid(YEARS, np.array(grades), indexing="ij")
    entered = year - grade + 1
    county = np.vectorize(entrants.get)(entered)
    first = entered.min()
    own = np.exp(rng.normal(0, 0.05, (len(schools), YEARS[-1] - first + 1)))[:, entered - first]
    size = county * own * moving ** (entered - YEARS[-1]) * rate ** (grade - grades[0])
    size *= np.exp(rng.normal(0, 0.006, size.shape))
    size *= (pupils / size[:, -1].sum(axis=1))[:, None, None]
    result = np.round(size)
    result[:, -1] = whole(size[:, -1])
    return result

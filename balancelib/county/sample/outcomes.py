"""What pupils of the synthetic county learned: how many stand at each level of a monitoring."""

import numpy as np
import pandas as pd
from scipy.special import ndtr, ndtri

from balancelib.county.sample.draw import by_area

TESTED = {"primary": "grade4", "junior": "grade8"}
KINDS_TESTED = ("primary", "teaching_point", "junior", "nine_year", "complete_secondary", "twelve_year")
CUTS = ndtri([0.12, 0.40, 0.78])  # of the county: Ⅰ 12 %, Ⅱ 28 %, Ⅲ 38 %, Ⅳ 22 %
AREA = (0.25, 0.0, -0.25)  # of a pupil's standard deviation
SCHOOLS = 0.25  # spread of the schools of an area
DIVIDED = 2.2  # spread of pupils in the divided school
AHEAD = 0.6  # level of the rural school that does well


def draw_levels(rng: np.random.Generator, schools: pd.DataFrame, enrolment: pd.DataFrame) -> pd.DataFrame:
    """Draw pupils at levels Ⅰ to Ⅳ in grades 4 and 8 of the last year, nearly all of whom were tested.

    Planted are, in either stage: the largest school out of the seat is divided, with many pupils at both the lowest and the highest
    level; the largest rural school of the others does better than most of the county's. All is made up: gaps between town and country
    are plausible, not measured.
    """
    last = enrolment[enrolment["year"] == enrolment["year"].max()].set_index("school_id")
    tables = [_of_stage(rng, schools, last[grade], stage) for stage, grade in TESTED.items()]
    return (
        pd.concat(tables)
        .assign(year=float(enrolment["year"].max()))[
            ["school_id", "stage", "year", "tested", "level1", "level2", "level3", "level4"]
        ]
        .sort_values(["school_id", "stage"], ascending=[True, False], ignore_index=True)
    )


def _of_stage(rng: np.random.Generator, schools: pd.DataFrame, pupils: pd.Series, stage: str) -> pd.DataFrame:
    """Draw one stage's schools; a school without pupils in the grade is left out."""
    present = schools["school_id"].map(pupils)
    here = schools[(present > 0) & schools["kind"].isin(KINDS_TESTED)].reset_index(drop=True)
    tested = np.ceil(here["school_id"].map(pupils).to_numpy() * rng.uniform(0.95, 1.0, len(here)))
    level = by_area(here, AREA) + rng.normal(0, SCHOOLS, len(here))
    spread = np.ones(len(here))
    size = here[f"pupils_{stage}"].to_numpy()
    divided = np.argmax(np.where(here["area"] == "urban", 0, size))
    spread[divided] = DIVIDED
    rural = (here["area"] == "rural").to_numpy() & (np.arange(len(here)) != divided)
    if rural.any():
        level[np.argmax(np.where(rural, size, 0))] = AHEAD
    below = ndtr((CUTS - level[:, None]) / spread[:, None])
    shares = np.diff(np.column_stack([np.zeros(len(here)), below, np.ones(len(here))]))
    counts = rng.multinomial(tested.astype(int), shares).astype(float)
    columns = {f"level{k}": counts[:, k - 1] for k in (1, 2, 3, 4)}
    return pd.DataFrame({"school_id": here["school_id"], "stage": stage, "tested": tested} | columns)

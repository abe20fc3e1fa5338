"""Results of the synthetic county's schools in eight years, and two programmes: one that works, one that only seems to."""

import numpy as np
import pandas as pd

from balancelib.county.sample.draw import by_area
from balancelib.county.sample.pupils import YEARS

KINDS_EXAMINED = ("primary", "junior", "nine_year", "complete_secondary", "twelve_year")
GRADES_EXAMINED = {"primary": (4, 5, 6), "junior": (7, 8, 9)}
FEWEST = 10  # pupils who took part, for a mean to be told
MEAN = 500.0
AREA = (16.0, 0.0, -14.0)  # points of a section's level
LEVEL = 24.0  # spread of the levels within an area
SHOCK, PUPIL = 3.5, 60.0  # spread of a section's year, and of a pupil, of whom the mean is taken
FITNESS = (0.38, 0.022)  # share in good health in the first year, and what a year adds
UNKNOWN_FITNESS = 0.02
# Points that mentoring adds, by the year in which it began, from that year on: it grows, and those who began first gain most.
MENTORING = {2021: (8, 14, 18, 20, 20), 2022: (5, 9, 12, 12), 2023: (2, 4, 6)}
MENTORED = {2021: 0.26, 2022: 0.15, 2023: 0.11}  # of the sections that could be
LOWEST = 1.7  # so many times as many are the low scorers, of whom a group is drawn
READING, READ = 2022, 0.24  # of the sections that are not mentored
WORST = 1.25  # so many times as many had the worst year before


def draw_results(
    rng: np.random.Generator, schools: pd.DataFrame, enrolment: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Draw the tables ``school_results`` and ``programmes``.

    A section's score is its level, the year's chance, and what mentoring adds; each year's pupils have a mean of 500, so that what
    is added to some is taken from all: it cancels where sections are compared. Teaching points do not take part.

    Planted:

    - ``mentoring`` began in 2021, 2022 and 2023 with groups drawn from public sections that scored lowest in the year before; about
      half never have it. What it adds stands in `MENTORING`. A coefficient of two-way fixed effects is too small: later groups are
      compared with earlier ones whose gain still grows;
    - ``reading`` began in 2022, with volunteers among the sections without mentoring whose 2021 was worst against their own years
      before. It adds nothing: they would have come back to their level anyhow;
    - the share of pupils in good health grows everywhere; 2 % of the shares are blank.
    """
    sections = _sections(schools, enrolment)
    tested = np.stack(sections["tested"].to_list())
    counted = np.maximum(tested, 1)
    level = by_area(sections, AREA) + LEVEL * rng.normal(size=len(sections))
    chance = rng.normal(size=tested.shape) * np.sqrt(SHOCK**2 + PUPIL**2 / counted)
    untreated = level[:, None] + chance
    began = _mentored(rng, sections, untreated, (tested >= FEWEST).all(axis=1))
    score = untreated + added(began)
    score += MEAN - (score * tested).sum(axis=0) / tested.sum(axis=0)
    volunteers = _volunteers(rng, score, (began == 0) & (tested >= FEWEST).all(axis=1))
    return _results(rng, sections, tested, score), _programmes(sections, began, volunteers)


def _sections(schools: pd.DataFrame, enrolment: pd.DataFrame) -> pd.DataFrame:
    """Return a row for each school and stage with an examination: how many pupils could take part in each year."""
    here = schools.loc[schools["kind"].isin(KINDS_EXAMINED), ["school_id", "area", "operator"]]
    parts = []
    for stage, grades in GRADES_EXAMINED.items():
        total = (
            enrolment.set_index(["school_id", "year"])[[f"grade{g}" for g in grades]].sum(axis=1).unstack()
        )
        pupils = total.reindex(here["school_id"])[list(YEARS)].fillna(0).to_numpy()
        parts.append(here.assign(stage=stage, tested=list(pupils))[pupils[:, -1] > 0])
    return pd.concat(parts, ignore_index=True)


def _mentored(
    rng: np.random.Generator, sections: pd.DataFrame, score: np.ndarray, complete: np.ndarray
) -> np.ndarray:
    """Return the year in which each section began to be mentored, 0 for never: of each group's low scorers some are drawn."""
    began = np.zeros(len(sections), dtype=int)
    could = complete & (sections["operator"] == "public").to_numpy()
    number = could.sum()
    for year, share in MENTORED.items():
        size = max(1, round(share * number))
        left = np.flatnonzero(could & (began == 0))
        low = left[np.argsort(score[left, list(YEARS).index(year - 1)], kind="stable")]
        began[rng.choice(low[: round(LOWEST * size)], min(size, len(low)), replace=False)] = year
    return began


def added(began: np.ndarray) -> np.ndarray:
    """Return the points that mentoring adds, by section and year."""
    points = np.zeros((len(began), len(YEARS)))
    for year, gains in MENTORING.items():
        points[began == year, list(YEARS).index(year) :] = gains
    return points


def _volunteers(rng: np.random.Generator, score: np.ndarray, could: np.ndarray) -> np.ndarray:
    """Return the sections that read in the morning: of those whose last year was worst, against the years before it, some."""
    before = list(YEARS).index(READING) - 1
    fall = score[:, before] - score[:, :before].mean(axis=1)
    left = np.flatnonzero(could)
    size = max(1, round(READ * len(left)))
    worst = left[np.argsort(fall[left], kind="stable")][: round(WORST * size)]
    return np.sort(rng.choice(worst, min(size, len(worst)), replace=False))


def _results(
    rng: np.random.Generator, sections: pd.DataFrame, tested: np.ndarray, score: np.ndarray
) -> pd.DataFrame:
    """Write the results out, a row for each section and year in which enough took part."""
    start, step = FITNESS
    logit = np.log(start / (1 - start)) + 0.25 * rng.normal(size=(len(sections), 1))
    logit = logit + 4 * step * np.arange(len(YEARS)) + 0.10 * rng.normal(size=tested.shape)
    fitness = np.round(1 / (1 + np.exp(-logit)), 3)
    fitness[rng.random(fitness.shape) < UNKNOWN_FITNESS] = np.nan
    wide = sections.loc[sections.index.repeat(len(YEARS)), ["school_id", "stage"]].reset_index(drop=True)
    wide["year"] = np.tile(np.array(YEARS, dtype=float), len(sections))
    wide["tested"], wide["score"], wide["fitness"] = tested.ravel(), score.ravel().round(1), fitness.ravel()
    wide = wide[wide["tested"] >= FEWEST]
    return wide.sort_values(["school_id", "stage", "year"], ignore_index=True).assign(county_id=None)


def _programmes(sections: pd.DataFrame, began: np.ndarray, volunteers: np.ndarray) -> pd.DataFrame:
    mentored = np.flatnonzero(began)
    rows = [
        sections.loc[chosen, ["school_id", "stage"]].assign(programme=name, began=year)
        for name, chosen, year in (
            ("mentoring", mentored, began[mentored]),
            ("reading", volunteers, READING),
        )
    ]
    table = pd.concat(rows).astype({"began": float})[["programme", "school_id", "stage", "began"]]
    return table.sort_values(["programme", "began", "school_id", "stage"], ignore_index=True).assign(
        county_id=None
    )


def true_programmes() -> pd.DataFrame:
    """Return what the programmes of `sample_county` truly add to a section's ``score``, in points: the same for every seed.

    Returns
    -------
    DataFrame
        ``programme, began, years_since, effect``; ``years_since`` is 0 in the year in which the group began.
    """
    last = int(YEARS[-1])
    gains = {("mentoring", year): points for year, points in MENTORING.items()}
    gains["reading", READING] = (0,) * (last - READING + 1)
    rows = [
        (programme, year, since, float(points))
        for (programme, year), effects in gains.items()
        for since, points in enumerate(effects)
    ]
    return pd.DataFrame(rows, columns=["programme", "began", "years_since", "effect"])

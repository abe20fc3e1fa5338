"""Scores of the synthetic county's pupils in three years of monitoring, and what each school truly adds: known here alone."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from balancelib.county.sample.draw import by_area
from balancelib.county.sample.outcomes import KINDS_TESTED

YEARS = (2023, 2024, 2025)
GRADES = {4: "primary", 8: "junior"}
SUBJECTS = {2023: ("math",), 2024: ("math",), 2025: ("chinese", "math", "science")}
MOST_TESTED = 25  # pupils of a school and grade
MEAN, SPREAD = 500.0, 100.0
LEVEL_CUTS = (385.0, 475.0, 575.0)  # from these scores on a pupil is at level Ⅱ, Ⅲ, Ⅳ
LEAST, LARGEST = 150.0, 850.0
# Share of the variance of scores that lies between schools, by grade and subject (official limit .15); about two thirds is intake.
BETWEEN = {
    4: {"chinese": 0.10, "math": 0.12, "science": 0.13},
    8: {"chinese": 0.13, "math": 0.17, "science": 0.15},
}
INTAKE_SPREAD = {4: 0.42, 8: 0.50}  # of schools' mean earlier scores
AREA = (0.35, 0.0, -0.35)  # of intake, in standard deviations of schools
EARLIER_SLOPE, SES_SLOPE = 0.60, 0.08  # of a pupil's score
SES_SPREAD = (0.45, 0.89)  # between and within schools
ALIKE = 0.7  # correlation of a pupil's, and of a school's, results in two subjects
WANDER = 0.05  # spread of a school's effect from year to year
UNKNOWN = {"earlier": 0.08, "ses": 0.06}
SMALL = (10, 15)  # pupils tested in a school whose mean chance moves
CHANCE = 0.62  # by which chance moved the means of two small schools in the last year
# What the school that was mended lacked of its effect of the last year.
MENDED = {2023: -0.75, 2024: -0.40, 2025: 0.0}


def draw_scores(
    rng: np.random.Generator, schools: pd.DataFrame, enrolment: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Draw the table ``scores``, and the truth behind it, which no county knows.

    A pupil's score follows from the earlier score (slope `EARLIER_SLOPE`), the family's index (`SES_SLOPE`), what the school adds, and
    chance; earlier scores and families differ between schools. Up to `MOST_TESTED` pupils of a school and grade took part.

    Planted:

    - in mathematics about .12 of the variance of grade 4 lies between schools, and .17 of grade 8, of which two thirds are intake: raw
      means and what schools add rank schools differently;
    - of the small schools of grade 4, chance moves one mean far up and one far down in the last year; what they add is near 0;
    - one primary school out of the seat lacked much in 2023, less in 2024, and has caught up in 2025;
    - earlier scores of 8 % and families of 6 % are unknown, more often of families with little.

    Returns
    -------
    scores : DataFrame
        The table.
    effects : DataFrame
        ``year, grade, school_id, subject, intake, effect, planted``: what a school's pupils brought with them and what it added, in points;
        ``planted`` is ``mended``, ``lucky``, ``unlucky`` or empty.
    """
    drawn = [_of_grade(rng, schools, enrolment, grade) for grade in GRADES]
    scores, effects = (pd.concat(parts, ignore_index=True) for parts in zip(*drawn, strict=True))
    order = ["year", "grade", "school_id", "place", "subject"]
    scores = scores.sort_values(order, ignore_index=True)
    first = ~scores.duplicated(order[:-1])
    number = first.groupby(scores["year"]).cumsum()
    scores["pupil"] = "P" + number.astype(str).str.zfill(5)
    names = ["year", "grade", "pupil", "school_id", "subject", "score", "earlier", "ses", "level"]
    return scores[names].assign(county_id=None), effects


class _Sitting(NamedTuple):
    """What was tested when: the pupils of a grade, in a subject, in a year."""

    year: int
    grade: int
    subject: str

    @property
    def latest(self) -> bool:
        """Whether it is the one that chance is planted in."""
        return (self.year, self.subject) == (YEARS[-1], "math")


def _of_grade(
    rng: np.random.Generator, schools: pd.DataFrame, enrolment: pd.DataFrame, grade: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Draw a grade's pupils of all years and subjects."""
    here = _tested(schools, enrolment, grade)
    intake, effect = _school_parts(rng, here, grade)
    here["planted"] = _planted(here, effect["math"], grade)
    rows, truth = [], []
    for year in YEARS:
        pupils = _pupils(rng, np.repeat(np.arange(len(here)), here[year]), intake)
        for subject in SUBJECTS[year]:
            sitting = _Sitting(year, grade, subject)
            added = effect[subject] + WANDER * rng.normal(size=len(here))
            added += np.where(here["planted"] == "mended", MENDED[year], 0.0)
            frame = _results(rng, pupils, intake, added, sitting)
            if sitting.latest:
                _by_chance(frame, here["planted"].to_numpy())
            rows.append(_as_rows(frame, here, sitting))
            truth.append(_as_truth(here, intake, added, sitting))
    return pd.concat(rows, ignore_index=True), pd.concat(truth, ignore_index=True)


def _tested(schools: pd.DataFrame, enrolment: pd.DataFrame, grade: int) -> pd.DataFrame:
    """Return the schools that have pupils of the grade, and how many of them take part in each year."""
    pupils = enrolment.pivot(index="school_id", columns="year", values=f"grade{grade}")
    counts = np.minimum(np.floor(pupils[list(YEARS)].fillna(0) * 0.97), MOST_TESTED).astype(int)
    here = schools[["school_id", "area", "kind"]].join(counts, on="school_id")
    return here[here["kind"].isin(KINDS_TESTED) & (here[YEARS[-1]] > 0)].reset_index(drop=True)


def _school_parts(
    rng: np.random.Generator, here: pd.DataFrame, grade: int
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Draw what schools' pupils bring (earlier score and family) and what schools add, by subject, with exactly the spreads stated."""
    weight = here[YEARS[-1]].to_numpy(dtype=float)
    drawn = by_area(here, AREA) + rng.normal(0, 1, len(here))
    earlier = INTAKE_SPREAD[grade] * _standard(drawn, weight)
    ses = SES_SPREAD[0] * _standard(0.8 * _standard(drawn, weight) + 0.6 * rng.normal(size=len(here)), weight)
    brought = EARLIER_SLOPE * earlier + SES_SLOPE * ses
    common, effect = rng.normal(size=len(here)), {}
    for subject in BETWEEN[grade]:
        own = np.sqrt(ALIKE) * common + np.sqrt(1 - ALIKE) * rng.normal(size=len(here))
        own = np.where(weight < SMALL[1], 0.2, 1.0) * own
        rest = BETWEEN[grade][subject] - np.average(brought**2, weights=weight)
        effect[subject] = np.sqrt(max(rest, 0.02)) * _standard(own, weight, apart_from=brought)
    return {"earlier": earlier, "ses": ses, "score": brought}, effect


def _standard(x: np.ndarray, weight: np.ndarray, apart_from: np.ndarray | None = None) -> np.ndarray:
    """Return ``x`` with mean 0 and variance 1, uncorrelated with ``apart_from``."""
    x = x - np.average(x, weights=weight)
    if apart_from is not None:
        x = x - apart_from * np.average(x * apart_from, weights=weight) / np.average(
            apart_from**2, weights=weight
        )
    return x / np.sqrt(np.average(x**2, weights=weight))


def _planted(here: pd.DataFrame, effect: np.ndarray, grade: int) -> np.ndarray:
    """Choose the schools that a story is told of, in grade 4: small ones of middling effect, and one that was mended."""
    found = np.full(len(here), "", dtype=object)
    last = here[YEARS[-1]].to_numpy()
    if GRADES[grade] != "primary":
        return found
    small = np.flatnonzero((last >= SMALL[0]) & (last < SMALL[1]))
    found[small[:1]], found[small[1:2]] = "lucky", "unlucky"
    full = (here[list(YEARS)] == MOST_TESTED).all(axis=1).to_numpy() & (here["area"] != "urban").to_numpy()
    if full.any():
        found[np.argmin(np.where(full, np.abs(effect - 0.12), np.inf))] = "mended"
    return found


def _pupils(rng: np.random.Generator, section: np.ndarray, intake: dict[str, np.ndarray]) -> pd.DataFrame:
    """Draw pupils: the family's index, and what their results in all subjects have in common."""
    n = len(section)
    ses = intake["ses"][section] + SES_SPREAD[1] * rng.normal(size=n)
    pupils = pd.DataFrame({"section": section, "place": np.arange(n), "ses": ses})
    pupils["before"], pupils["since"] = rng.normal(size=(2, n))
    for name, share in UNKNOWN.items():
        pupils[f"{name}_known"] = rng.random(n) >= share * np.where(ses < 0, 1.4, 0.6)
    return pupils


def _results(
    rng: np.random.Generator,
    pupils: pd.DataFrame,
    intake: dict[str, np.ndarray],
    added: np.ndarray,
    sitting: _Sitting,
) -> pd.DataFrame:
    """Draw earlier and present results in a subject, in standard deviations; the variance of the latter is 1."""
    section = pupils["section"].to_numpy()
    own = rng.normal(size=(2, len(pupils)))
    before, since = np.sqrt(ALIKE) * pupils[["before", "since"]].to_numpy().T + np.sqrt(1 - ALIKE) * own
    spread = np.sqrt(1 - INTAKE_SPREAD[sitting.grade] ** 2)
    explained = (EARLIER_SLOPE * spread) ** 2 + (SES_SLOPE * SES_SPREAD[1]) ** 2
    chance = np.sqrt(1 - BETWEEN[sitting.grade][sitting.subject] - explained)
    earlier = intake["earlier"][section] + spread * before
    z = EARLIER_SLOPE * earlier + SES_SLOPE * pupils["ses"] + added[section] + chance * since
    return pupils.assign(earlier=earlier, z=z)


def _by_chance(frame: pd.DataFrame, planted: np.ndarray) -> None:
    """Move the pupils of two small schools, so that chance alone makes their means extreme."""
    for what, sign in (("lucky", 1), ("unlucky", -1)):
        for k in np.flatnonzero(planted == what):
            own = frame["section"] == k
            frame.loc[own, "z"] += sign * CHANCE - frame.loc[own, "z"].mean()


def _as_rows(frame: pd.DataFrame, here: pd.DataFrame, sitting: _Sitting) -> pd.DataFrame:
    """Return rows of the table ``scores``, the pupil not yet numbered."""
    score = _scale(frame["z"])
    return pd.DataFrame(
        {
            "year": float(sitting.year),
            "grade": float(sitting.grade),
            "school_id": here["school_id"].to_numpy()[frame["section"]],
            "place": frame["place"],
            "subject": sitting.subject,
            "score": score,
            "earlier": _scale(frame["earlier"]).where(frame["earlier_known"]),
            "ses": (frame["ses"].round(2) + 0.0).where(frame["ses_known"]),
            "level": 1.0 + np.searchsorted(LEVEL_CUTS, score, side="right"),
        }
    )


def _scale(z: pd.Series) -> pd.Series:
    return (MEAN + SPREAD * z).round().clip(LEAST, LARGEST)


def _as_truth(
    here: pd.DataFrame, intake: dict[str, np.ndarray], added: np.ndarray, sitting: _Sitting
) -> pd.DataFrame:
    """Return what the schools of a sitting truly were, in points, and which stories are told of them."""
    told = here["planted"].where((here["planted"] == "mended") | sitting.latest, "")
    truth = {"intake": SPREAD * intake["score"], "effect": SPREAD * added, "planted": told}
    return pd.DataFrame(sitting._asdict() | {"school_id": here["school_id"]} | truth)

"""A survey of satisfaction in the synthetic county, whom it did not reach, and what all would have said."""

import numpy as np
import pandas as pd

from balancelib.county.enrolment import GRADES
from balancelib.county.sample.draw import by_area

TRUE = 0.83  # share of all people who are satisfied, but for chance
AREA = (-0.055, 0.01, 0.05)  # the crowded seat is less satisfied
ROLES = {"parent": 0.0, "pupil": 0.01, "teacher": 0.07, "principal": 0.12, "delegate": 0.06}
SCHOOLS = 0.03  # spread of the schools of an area
# At most, of each school: alike for large and small.
SENT = {"parent": 26, "pupil": 18, "teacher": 7, "principal": 1, "delegate": 4}
ANSWERS = (0.52, 0.68, 0.80)  # of the satisfied, before a reminder
UNSATISFIED = 0.80  # so much rarer they answer
REMINDED = (0.24, 0.32)  # of those left, the satisfied and the others
BLANK = 0.02  # of the answers


def draw_survey(
    rng: np.random.Generator, schools: pd.DataFrame, enrolment: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Draw the tables ``survey_frame`` and ``survey``, and what all people think.

    Planted: every school was sent alike, so that small rural schools, which are satisfied, weigh too much; the crowded seat answers
    less; who is not satisfied answers less, and rather after a reminder. The plain share of the answers is about 0.87 and above the
    limit of 85 %, weighted by school and role it is below, and the truth, about 0.83, lower still: weights mend what is known of those
    who did not answer, and not what they think.

    Returns
    -------
    frame, survey : DataFrame
        The tables.
    truth : DataFrame
        ``school_id, role, size, satisfied``: people, and how many of them are satisfied.
    """
    frame = _people(rng, schools, enrolment)
    size = frame["size"].astype(int).to_numpy()
    satisfied = rng.binomial(size, _shares(rng, frame))
    sent = np.minimum(size, frame["role"].map(SENT))
    asked = rng.hypergeometric(satisfied, size - satisfied, sent)
    answers = by_area(frame, ANSWERS)
    parts = []
    for value, people, odds, later in ((1.0, asked, 1.0, REMINDED[0]), (0.0, sent - asked, UNSATISFIED, REMINDED[1])):  # fmt: skip
        first = rng.binomial(people, answers * odds)
        parts += [(1.0, value, first), (2.0, value, rng.binomial(people - first, later))]
    frame["sent"], frame["answered"] = sent.astype(float), sum(number for *_, number in parts).astype(float)
    truth = frame[["school_id", "role", "size"]].assign(satisfied=satisfied.astype(float))
    names = ["school_id", "role", "size", "sent", "answered"]
    return frame[names].assign(county_id=None), _rows(rng, frame, parts), truth


def _people(rng: np.random.Generator, schools: pd.DataFrame, enrolment: pd.DataFrame) -> pd.DataFrame:
    """Return a row for each school and role: a parent for each pupil, pupils of grades 4 to 9, delegates who look after the school."""
    here = schools[["school_id", "area"]].reset_index(drop=True)
    last = enrolment[enrolment["year"] == enrolment["year"].max()].set_index("school_id")
    last = last.reindex(here["school_id"])[GRADES].fillna(0).to_numpy()
    teachers = schools[["teachers_primary", "teachers_junior"]].sum(axis=1).to_numpy()
    one = np.ones(len(here))
    sizes = (last.sum(axis=1), last[:, 3:].sum(axis=1), teachers, one, rng.integers(1, 4, len(here)))
    people = [here.assign(role=role, size=size) for role, size in zip(ROLES, sizes, strict=True)]
    frame = pd.concat(people).sort_values("school_id", kind="stable", ignore_index=True)
    return frame[frame["size"] > 0].reset_index(drop=True)


def _shares(rng: np.random.Generator, frame: pd.DataFrame) -> np.ndarray:
    """Return the share of the satisfied of each school and role; all together it is `TRUE`."""
    ids, school = np.unique(frame["school_id"], return_inverse=True)
    drawn = by_area(frame, AREA) + frame["role"].map(ROLES) + SCHOOLS * rng.normal(size=len(ids))[school]
    return np.clip(drawn + TRUE - np.average(drawn, weights=frame["size"]), 0.35, 0.985)


def _rows(
    rng: np.random.Generator, frame: pd.DataFrame, parts: list[tuple[float, float, np.ndarray]]
) -> pd.DataFrame:
    """Write the answers out, a row for each, in the order in which they came; some left the question blank."""
    rows = pd.concat(
        frame.loc[frame.index.repeat(number), ["school_id", "role"]].assign(wave=wave, satisfied=value)
        for wave, value, number in parts
    )
    rows = rows.iloc[rng.permutation(len(rows))].sort_values("wave", kind="stable", ignore_index=True)
    rows["satisfied"] = rows["satisfied"].mask(rng.random(len(rows)) < BLANK)
    rows.insert(0, "respondent", [f"R{k:05d}" for k in range(1, len(rows) + 1)])
    return rows.assign(county_id=None)

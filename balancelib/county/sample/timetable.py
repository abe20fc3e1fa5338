"""What the synthetic county's schools have on their timetables, and what they teach: not everywhere what the plan asks."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from balancelib.county.sample.staff import FEW_PUPILS
from balancelib.county.schema import STAGES
from balancelib.standards.staffing.curriculum import GRADES, Curriculum, load_curriculum

UNKNOWN = 0.015  # of the cells of a checked school
GAINING = ("chinese", "math")  # subjects that get what others lose


class Loss(NamedTuple):
    """Periods a week that a subject loses: in which grades, of what share of schools, and whether the timetable shows it."""

    subject: str
    periods: float
    share: float
    grades: tuple[int, ...]
    small_only: bool = False
    on_paper: bool = False


PRIMARY, JUNIOR, LAST = tuple(range(1, 7)), (7, 8, 9), (9,)
LOSSES = (
    Loss("it", 2, 0.60, PRIMARY, small_only=True, on_paper=True),
    Loss("music", 2, 0.35, PRIMARY, small_only=True),
    Loss("art", 1, 0.45, PRIMARY, small_only=True),
    Loss("science", 1, 0.50, PRIMARY, small_only=True),
    Loss("practice", 2, 0.45, PRIMARY),
    Loss("pe", 1, 0.20, PRIMARY),
    Loss("music", 1, 0.55, LAST),
    Loss("art", 1, 0.65, LAST),
    Loss("pe", 1, 0.50, LAST),
    Loss("practice", 4, 0.75, LAST),
    Loss("practice", 2, 0.35, (7, 8)),
    Loss("it", 1, 0.25, (7, 8), on_paper=True),
)


def draw_timetable(
    rng: np.random.Generator, schools: pd.DataFrame, enrolment: pd.DataFrame, teachers: pd.DataFrame
) -> pd.DataFrame:
    """Draw the table ``timetable``: one class of each grade was looked at, for a week.

    Planted: `LOSSES`, whose periods go to Chinese and mathematics; that of small primary schools' computing and of some junior schools'
    the timetable shows, the others only a look into the classroom. Who teaches follows from the table of teachers: a subject that none
    of a school's teachers is trained in is taught by others. One school was not looked at, and of the others a few cells are unknown.
    """
    plan = load_curriculum()
    sections = _sections(schools, enrolment)
    subjects = [subject.key for subject in plan.subjects]
    weekly = np.array([subject.weekly for subject in plan.subjects])[:, sections["grade"] - 1].T
    paper, given = _without_losses(rng, sections, subjects, weekly)
    trained = rng.random(weekly.shape) < _trained(plan, sections, teachers)
    asked = weekly > 0
    place = np.nonzero(asked)
    frame = sections.iloc[place[0]][["school_id", "stage", "grade"]].reset_index(drop=True)
    frame["grade"] = frame["grade"].astype(float)
    frame["subject"] = np.array(subjects, dtype=object)[place[1]]
    frame["periods"], frame["given"] = paper[asked], given[asked]
    frame["qualified_periods"] = np.where(trained, given, 0.0)[asked]
    _forget(rng, frame)
    return frame


def _sections(schools: pd.DataFrame, enrolment: pd.DataFrame) -> pd.DataFrame:
    """Return a row for each school and grade with pupils and teachers, in order."""
    last = enrolment[enrolment["year"] == enrolment["year"].max()].set_index("school_id")
    parts = []
    for stage in STAGES:
        here = schools[(schools[f"teachers_{stage}"] > 0) & (schools["kind"] != "special")]
        for place in GRADES[stage]:
            taught = here[(here["school_id"].map(last[f"grade{place + 1}"]) > 0).to_numpy()]
            small = (stage == "primary") & (taught["pupils_primary"] < FEW_PUPILS)
            parts.append(taught[["school_id"]].assign(stage=stage, grade=place + 1, small=small))
    return pd.concat(parts).sort_values(["school_id", "grade"], ignore_index=True)


def _without_losses(
    rng: np.random.Generator, sections: pd.DataFrame, subjects: list[str], weekly: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return periods on the timetable and given, the same total in both as in the plan."""
    paper, given = weekly.copy(), weekly.copy()
    school, ids = pd.factorize(sections["school_id"])
    for loss in LOSSES:
        column = subjects.index(loss.subject)
        hit = (rng.random(len(ids)) < loss.share)[school] & sections["grade"].isin(loss.grades).to_numpy()
        hit &= sections["small"].to_numpy() | (not loss.small_only)
        for periods in (given, paper) if loss.on_paper else (given,):
            periods[hit, column] = np.maximum(periods[hit, column] - loss.periods, 0)
    first, second = (subjects.index(subject) for subject in GAINING)
    for periods in (paper, given):
        lost = (weekly - periods).sum(axis=1)
        periods[:, first] += np.ceil(lost / 2)
        periods[:, second] += np.floor(lost / 2)
    return paper, given


def _trained(plan: Curriculum, sections: pd.DataFrame, teachers: pd.DataFrame) -> np.ndarray:
    """Return for each section and subject the share of the school's teachers of it who are trained in it; 1 where anyone may teach it."""
    suits = [
        not pd.isna(trained) and plan.subject(subject).suits(trained)
        for subject, trained in zip(teachers["subject"], teachers["trained_subject"], strict=True)
    ]
    shares = (
        pd.Series(suits, dtype=float)
        .groupby([teachers["school_id"], teachers["stage"], teachers["subject"]])
        .mean()
    )
    keys = pd.MultiIndex.from_frame(sections[["school_id", "stage"]])
    wide = shares.unstack().reindex(index=keys, columns=[s.key for s in plan.subjects]).fillna(0.0)
    return np.where([s.by_anyone for s in plan.subjects], 1.0, wide.to_numpy())


def _forget(rng: np.random.Generator, frame: pd.DataFrame) -> None:
    """Leave blank what was not looked at: a school, and a few cells."""
    unseen = frame["school_id"] == rng.choice(frame["school_id"].unique())
    unknown = unseen | (rng.random(len(frame)) < UNKNOWN)
    frame.loc[unknown, ["given", "qualified_periods"]] = np.nan
    frame.loc[rng.random(len(frame)) < UNKNOWN, "qualified_periods"] = np.nan

"""A log of lessons in four schools of the synthetic county, as it came in: late, twice, mended, and a day that never came."""

import numpy as np
import pandas as pd

from balancelib.county.schema import schema
from balancelib.standards.staffing.curriculum import Curriculum, load_curriculum

FIRST, WEEKS = np.datetime64("2025-10-13"), 4  # a Monday; mid-term examinations follow the last week
CLASSES = {
    "primary": (("三1", 3), ("四1", 4), ("五1", 5), ("六1", 6)),
    "junior": (("七1", 7), ("八1", 8), ("八2", 8), ("九1", 9)),
}
MINUTES = {"primary": 40.0, "junior": 45.0}
MAIN = ("chinese", "math", "english", "physics", "chemistry")
SEIZED = ("pe", "music", "art", "it", "practice")  # whose lessons others take before examinations
SEIZED_SHARE = (0.01, 0.03, 0.15, 0.40)  # by week
CANCELLED = 0.012
TRAINED = {"main": 0.95, "other": 0.75, "small": 0.35}  # the last: other subjects in the smallest school
LATE, VERY_LATE = 0.08, 0.03  # sent one to three days later, four to nine days
# Sent again, sent again with a correction; two that differ, sent on one day.
TWICE, MENDED, CONFLICTS = 0.02, 0.015, 4
MISSING_DAY = 7  # of the second school; from 0, of days of school
BATCH = 2  # the school that sends on Fridays what it taught in the week


def draw_lesson_log(rng: np.random.Generator, schools: pd.DataFrame) -> pd.DataFrame:
    """Draw the table ``lesson_log``: four classes of each of four schools, for four weeks.

    Planted: before the examinations, lessons of PE, music, art, computing and practice go to main subjects; records that came late, that
    came twice, that a later one corrects, pairs that contradict each other and came on the same day; a school that reports on Fridays; a
    school's day of which nothing ever came.
    """
    chosen = _schools(schools)
    lessons = pd.concat([_lessons(rng, row, k) for k, row in enumerate(chosen)], ignore_index=True)
    lessons = lessons[(lessons["school"] != 1) | (lessons["place"] != MISSING_DAY)].reset_index(drop=True)
    lessons["sent"] = _sent(rng, lessons)
    records = pd.concat([lessons, *_sent_again(rng, lessons)], ignore_index=True)
    records = records.iloc[rng.permutation(len(records))].sort_values(
        "sent", kind="stable", ignore_index=True
    )
    records["record"] = [f"R{i:05d}" for i in range(1, len(records) + 1)]
    for name in ("sent", "day"):
        records[name] = records[name].astype(str)
    for name in ("teacher", "replaced_by"):
        records[name] = records[name].astype("str")  # with the one blank that texts have
    return records.assign(county_id=None)[schema().table("lesson_log").names]


def _schools(schools: pd.DataFrame) -> list[tuple[str, str]]:
    """Return number and stage of the largest, the middle and the smallest primary school and of the largest junior one."""
    primary, junior = (
        schools[schools["kind"] == stage].sort_values(f"pupils_{stage}", kind="stable")["school_id"].tolist()
        for stage in ("primary", "junior")
    )
    places = dict.fromkeys((primary[-1], primary[len(primary) // 2], primary[0]))
    return [*((school, "primary") for school in places), (junior[-1], "junior")]


def _lessons(rng: np.random.Generator, school: tuple[str, str], number: int) -> pd.DataFrame:
    """Draw what a school's classes were to have and had, a row a lesson, before anything is reported."""
    school_id, stage = school
    plan = load_curriculum()
    week = pd.concat([_week(rng, plan, grade).assign(**{"class": name}) for name, grade in CLASSES[stage]])
    frame = pd.concat([week.assign(week=k) for k in range(WEEKS)], ignore_index=True)
    frame = frame.assign(school=number, school_id=school_id, place=frame["week"] * 5 + frame["weekday"])
    frame["day"] = FIRST + (7 * frame["week"] + frame["weekday"]).to_numpy().astype("timedelta64[D]")
    n, main = len(frame), frame["subject"].isin(MAIN).to_numpy()
    seized = frame["subject"].isin(SEIZED).to_numpy() & (
        rng.random(n) < np.array(SEIZED_SHARE)[frame["week"]]
    )
    held = ~seized & (rng.random(n) >= CANCELLED)
    other = TRAINED["small" if number == BATCH else "other"]
    trained = rng.random(n) < np.where(main, TRAINED["main"], other)
    short = np.where(rng.random(n) < 0.04, rng.integers(5, 15, n), 0)
    frame["held"] = held.astype(float)
    frame["teacher"] = np.where(held, np.where(trained, "qualified", "other"), None)
    frame["minutes"] = np.where(held, MINUTES[stage] - short, 0.0)
    frame["replaced_by"] = np.where(seized, rng.choice(["chinese", "math"], n), None)
    return frame


def _week(rng: np.random.Generator, plan: Curriculum, grade: int) -> pd.DataFrame:
    """Draw a class's timetable: the plan's periods, spread over five days."""
    subjects = [s.key for s in plan.subjects for _ in range(int(s.weekly[grade - 1]))]
    order = np.arange(len(subjects))
    return pd.DataFrame(
        {"subject": rng.permutation(subjects), "weekday": order % 5, "period": 1.0 + order // 5}
    ).astype({"subject": object})


def _sent(rng: np.random.Generator, lessons: pd.DataFrame) -> np.ndarray:
    """Draw the day on which each record came."""
    n, chance = len(lessons), rng.random(len(lessons))
    delay = np.select(
        [chance < VERY_LATE, chance < VERY_LATE + LATE], [rng.integers(4, 10, n), rng.integers(1, 4, n)], 0
    )
    delay = np.where(lessons["school"] == BATCH, np.maximum(delay, 4 - lessons["weekday"]), delay)
    return lessons["day"].to_numpy() + delay.astype("timedelta64[D]")


def _sent_again(rng: np.random.Generator, lessons: pd.DataFrame) -> list[pd.DataFrame]:
    """Return the further records of some lessons: copies, corrections, and contradictions of the same day."""
    held = rng.permutation(np.flatnonzero(lessons["held"] == 1))
    copies, mended = int(TWICE * len(lessons)), int(MENDED * len(lessons))
    ends = np.cumsum([copies, mended, CONFLICTS])
    again, corrected, contrary = (lessons.loc[part].copy() for part in np.split(held, ends)[:3])
    again["sent"] += pd.to_timedelta(rng.integers(0, 3, len(again)), unit="D")
    corrected["sent"] += pd.to_timedelta(rng.integers(1, 7, len(corrected)), unit="D")
    corrected = corrected.assign(held=0.0, teacher=None, minutes=0.0)
    return [again, corrected, contrary.assign(minutes=contrary["minutes"] - 15)]

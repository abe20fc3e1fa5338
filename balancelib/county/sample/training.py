"""Hours of training in the synthetic county, and the courses that it may send its teachers to."""

import numpy as np
import pandas as pd

from balancelib.county.sample.draw import by_area

CYCLE = np.arange(2021, 2026)  # five years, in which 360 hours are due
LEVEL = (82.0, 78.0, 70.0)  # mean hours a year, by area
UNKNOWN = 0.02  # of teachers, one of whose years has not come in
COURSES = (
    ("C01", "新教师岗前培训", None, "new", "subject", 120, 2400, 60, 0),
    ("C02", "新教师跟岗实践", None, "new", "subject", 60, 1500, 60, 0),
    ("C03", "小学语文阅读教学工作坊", "chinese", "growing", "subject", 40, 900, 80, 0),
    ("C04", "数学单元整体教学工作坊", "math", "growing", "subject", 40, 900, 80, 0),
    ("C05", "外语听说教学线上研修", "english", "growing", "subject", 30, 240, 120, 1),
    ("C06", "科学实验教学培训", "science", "growing", "subject", 36, 1100, 50, 0),
    ("C07", "音乐教师转岗培训", "music", "growing", "subject", 80, 2600, 30, 0),
    ("C08", "美术教师转岗培训", "art", "growing", "subject", 80, 2600, 30, 0),
    ("C09", "信息技术应用能力线上研修", None, "growing", "ict", 50, 180, 600, 1),
    ("C10", "数字化教学骨干研修", None, "backbone", "ict", 40, 1200, 40, 0),
    ("C11", "心理健康教育线上课程", None, "growing", "mental", 20, 80, 800, 1),
    ("C12", "班主任心理辅导培训", None, "growing", "mental", 24, 600, 100, 0),
    ("C13", "骨干教师省外高级研修", None, "backbone", "subject", 80, 5200, 25, 0),
    ("C14", "校长和中层管理研修", None, "backbone", "management", 48, 1800, 40, 0),
)


def draw_training(rng: np.random.Generator, teachers: pd.DataFrame, schools: pd.DataFrame) -> pd.DataFrame:
    """Draw the table ``training``: a row for each teacher and year of work in the cycle.

    Planted: teachers of rural schools and the oldest did less, so that not all come to 360 hours, although the county's items say so;
    the hours of one year are unknown of one teacher in fifty, which is not zero.
    """
    area = teachers[["school_id"]].merge(schools[["school_id", "area"]], how="left", on="school_id")
    diligence = by_area(area, LEVEL) * rng.lognormal(0, 0.16, len(teachers))
    diligence *= np.where(teachers["birth_year"] <= 1970, 0.85, 1.0)
    rows = np.repeat(np.arange(len(teachers)), len(CYCLE))
    year = np.tile(CYCLE, len(teachers))
    hours = np.round(diligence[rows] * rng.lognormal(0, 0.18, len(rows)))
    parts = {
        "hours_online": rng.beta(6, 6, len(rows)),
        "hours_ict": rng.beta(2, 12, len(rows)),
        "hours_mental": rng.beta(1.2, 25, len(rows)),
    }
    unknown = (rng.random(len(teachers)) < UNKNOWN)[rows] & (year == rng.choice(CYCLE, len(teachers))[rows])
    frame = pd.DataFrame(
        {"teacher_id": teachers["teacher_id"].to_numpy()[rows], "year": year.astype(float), "hours": hours}
        | {name: np.floor(hours * share) for name, share in parts.items()}
    )
    frame.loc[unknown, ["hours", *parts]] = np.nan
    return frame[teachers["started"].to_numpy()[rows] <= year].reset_index(drop=True)


def training_courses() -> pd.DataFrame:
    """Return the table ``training_courses``."""
    columns = ["course_id", "label", "subject", "layer", "topic", "hours", "cost", "places", "remote"]
    numbers = dict.fromkeys(columns[5:], float)
    return pd.DataFrame(COURSES, columns=columns).astype(numbers)

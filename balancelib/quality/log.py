"""What a log of lessons that is only ever added to says of a day, as it was known on a day."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import pandas as pd

from balancelib.county import Lacking

LESSON = ["school_id", "day", "class", "period"]  # what makes two records the same lesson
SAID = ["subject", "teacher", "held", "minutes", "replaced_by"]  # what a record says of it
REASONS = {
    "conflict": "同一天送来的记录互相矛盾",
    "before_lesson": "上课以前就送来了",
    "unreadable": "学校、日期、班级、节次或送达日期空着",
}
COMPLETE = 0.95  # share of the expected lessons that must be known before a value is shown


class Known(NamedTuple):
    """What the log said up to a day.

    Attributes
    ----------
    lessons : DataFrame
        A row a lesson, in order: ``school_id, day, class, period``, what the last record says, ``sent`` of that record, and ``late``: days from the lesson to the first record of it.
    problems : DataFrame
        The records that count for nothing, each with its ``reason`` (`REASONS`): ask the school.
    doubled, corrected : int
        Records that repeated another word for word; lessons that a later record changed.
    """

    lessons: pd.DataFrame
    problems: pd.DataFrame
    doubled: int
    corrected: int


def known_lessons(log: pd.DataFrame, as_of: str | pd.Timestamp | None = None) -> Known:
    """Read the log as it stood at the end of a day (截至某一天知道的).

    Of each lesson the records sent last count. If several were sent that day, they must say the same; if not, the lesson is not counted and
    the records are listed. The order of the rows, and the same rows once more, change nothing.

    Parameters
    ----------
    log : DataFrame
        The table ``lesson_log``: ``record, sent, day, school_id, class, subject, period, teacher, held, minutes``, perhaps ``replaced_by``.
    as_of : str or Timestamp, optional
        The day; all that was sent if left out.

    Returns
    -------
    Known

    Raises
    ------
    Lacking
        Columns are lacking.
    """
    rows = _read(log)
    if as_of is not None:
        rows = rows[~(rows["sent"] > pd.Timestamp(as_of))]
    reason = pd.Series("", index=rows.index)
    reason[rows["sent"] < rows["day"]] = "before_lesson"
    reason[rows[[*LESSON, "sent"]].isna().any(axis=1)] = "unreadable"
    good = rows[reason == ""]
    told = good.drop_duplicates([*LESSON, *SAID, "sent"])
    last = told[told["sent"] == told.groupby(LESSON)["sent"].transform("max")]
    clash = last.duplicated(LESSON, keep=False)
    # In a conflict every record of the day is listed, word-for-word doubles too.
    keys = pd.MultiIndex.from_frame(good[[*LESSON, "sent"]])
    in_clash = keys.isin(pd.MultiIndex.from_frame(last.loc[clash, [*LESSON, "sent"]]))
    reason[good.index[in_clash]] = "conflict"
    problems = rows.assign(reason=reason)[reason != ""].sort_values([*LESSON, "sent", "record"])
    versions = told.drop_duplicates([*LESSON, *SAID]).groupby(LESSON).size()
    lessons = last[~clash].sort_values(LESSON).drop(columns="record").reset_index(drop=True)
    first = good.groupby(LESSON)["sent"].min().rename("first")
    lessons["late"] = (lessons.join(first, on=LESSON)["first"] - lessons["day"]).dt.days
    counted = pd.MultiIndex.from_frame(lessons[LESSON])
    return Known(
        lessons[[*LESSON, *SAID, "sent", "late"]],
        problems.reset_index(drop=True),
        int(good.duplicated([*LESSON, *SAID]).sum()),
        int((versions[versions.index.isin(counted)] > 1).sum()),
    )


def _read(log: pd.DataFrame) -> pd.DataFrame:
    """Return the rows with days as days, the same record once."""
    columns = ["record", "sent", *LESSON, *SAID]
    if lacks := [name for name in columns[:-1] if name not in log]:
        raise Lacking(f"课堂日志缺这几列：{'、'.join(lacks)}。")
    rows = log.reindex(columns=columns)
    for name in ("sent", "day"):
        rows[name] = pd.to_datetime(rows[name], errors="coerce").astype("datetime64[ns]").dt.normalize()
    rows[["held", "minutes"]] = rows[["held", "minutes"]].astype(float)
    return rows.drop_duplicates().reset_index(drop=True)


def expected_lessons(log: pd.DataFrame) -> pd.DataFrame:
    """Say how many lessons each school should report on each day (应报节数).

    A school's plan of a weekday is every class and period that it ever reported on such a weekday; a day counts as a school day for all where any school reported.

    Parameters
    ----------
    log : DataFrame
        The whole log, so that the plan stays the same whatever day it is looked at from.

    Returns
    -------
    DataFrame
        A row a ``school_id`` and ``day``, in order: ``expected``.

    Raises
    ------
    Lacking
        No record tells its lesson.

    Notes
    -----
    A class that never reported at all is not missed: compare with the number of classes once a term.
    """
    rows = _read(log).dropna(subset=LESSON)
    if rows.empty:
        raise Lacking("课堂日志一节课也没有：学校、日期、班级、节次都填了的记录才算一节。")
    slots = rows.assign(weekday=rows["day"].dt.day_of_week).drop_duplicates(
        ["school_id", "weekday", "class", "period"]
    )
    plan = slots.groupby(["school_id", "weekday"]).size().rename("expected").reset_index()
    days = pd.DataFrame({"day": sorted(rows["day"].unique())}).assign(
        weekday=lambda d: d["day"].dt.day_of_week
    )
    return days.merge(plan, on="weekday")[["school_id", "day", "expected"]].sort_values(
        ["school_id", "day"], ignore_index=True
    )


def daily_indicators(
    log: pd.DataFrame,
    as_of: str | pd.Timestamp | None = None,
    by: Sequence[str] = ("day",),
    complete: float = COMPLETE,
) -> pd.DataFrame:
    r"""Turn the log into indicators by day, as known at the end of a day (按日指标).

    .. math::
        c = \frac{\text{known}}{\text{expected}}, \qquad \text{held} = \frac{\text{lessons held}}{\text{lessons of which that is known}}

    Parameters
    ----------
    log : DataFrame
        As for `known_lessons`.
    as_of : str or Timestamp, optional
    by : sequence of str
        ``("day",)`` for all schools together, ``("school_id", "day")`` for each.
    complete : float
        Completeness without which no value is shown.

    Returns
    -------
    DataFrame
        By ``by``, the days up to ``as_of``: ``expected, known`` (lessons), ``completeness``; ``held``, share of the lessons that were held, and ``qualified``,
        share of those held that a teacher of the subject taught: blank where the day is not complete enough.
    """
    plan = expected_lessons(log)
    if as_of is not None:
        plan = plan[plan["day"] <= pd.Timestamp(as_of)]
    return _indicators(plan, known_lessons(log, as_of).lessons, list(by), complete)


def _indicators(plan: pd.DataFrame, lessons: pd.DataFrame, by: list[str], complete: float) -> pd.DataFrame:
    """Set what is known beside what was to come."""
    yes = lessons["held"] == 1
    counts = lessons.assign(
        known=1,
        asked=lessons["held"].notna(),
        took=yes,
        staffed=yes & lessons["teacher"].notna(),
        right=yes & (lessons["teacher"] == "qualified"),
    )
    names = ["known", "asked", "took", "staffed", "right"]
    found = plan.groupby(by)[["expected"]].sum().join(counts.groupby(by)[names].sum()).fillna(0).astype(float)
    found["completeness"] = found["known"] / found["expected"]
    shown = found["completeness"] >= complete
    found["held"] = (found["took"] / found["asked"].where(found["asked"] > 0)).where(shown)
    found["qualified"] = (found["right"] / found["staffed"].where(found["staffed"] > 0)).where(shown)
    return found.astype({"expected": int, "known": int})[
        ["expected", "known", "completeness", "held", "qualified"]
    ]


def backfill_changes(
    log: pd.DataFrame, waits: Iterable[int] = (0, 1, 3, 7), value: str = "held"
) -> pd.DataFrame:
    """Show how a day's value changed as late records came in (回填改了多少).

    Parameters
    ----------
    log : DataFrame
    waits : iterable of int
        Days after the lesson on which one looks.
    value : {"held", "qualified", "completeness"}

    Returns
    -------
    DataFrame
        By ``day``, a column a wait and ``now``: the value from whatever was known then, complete or not; blank where nothing was, or where that day has not come yet.
    """
    rows, plan = _read(log), expected_lessons(log)
    last = rows["sent"].max()
    columns = {}
    for wait in waits:
        seen = rows[rows["sent"] - rows["day"] <= pd.Timedelta(days=wait)]
        found = _indicators(plan, known_lessons(seen).lessons, ["day"], complete=0)[value]
        columns[wait] = found.where(found.index + pd.Timedelta(days=wait) <= last)
    columns["now"] = _indicators(plan, known_lessons(rows).lessons, ["day"], complete=0)[value]
    return pd.DataFrame(columns)


def weekly_lessons(lessons: pd.DataFrame, subjects: Iterable[str]) -> pd.DataFrame:
    """Count the lessons of some subjects that a class had in a week, to see what gives way before examinations (每班每周几节).

    Parameters
    ----------
    lessons : DataFrame
        `Known.lessons`.
    subjects : iterable of str

    Returns
    -------
    DataFrame
        By ``school_id`` and ``week`` (its Monday): ``given``, lessons held for each class that reported that week, and ``not_held`` alike. A lesson of which it is
        not known whether it was held is in neither; where that is known of none of them, NaN.
    """
    rows = lessons.assign(week=lessons["day"] - pd.to_timedelta(lessons["day"].dt.day_of_week, unit="D"))
    keys = ["school_id", "week"]
    classes = rows.groupby(keys)["class"].nunique()
    chosen = rows[rows["subject"].isin(list(subjects))]
    counts = chosen.assign(given=chosen["held"] == 1, not_held=chosen["held"] == 0)
    counts = counts.assign(known=chosen["held"].notna()).groupby(keys)[["given", "not_held", "known"]].sum()
    counts = counts[["given", "not_held"]].where(counts["known"] > 0)
    return counts.reindex(classes.index, fill_value=0).div(classes, axis=0)

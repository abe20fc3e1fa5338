"""Who stands before the class, who of them was trained of late, and what takes the place of lessons before examinations."""

from collections.abc import Iterable

import pandas as pd

from balancelib.county import County, Lacking
from balancelib.standards.staffing import Curriculum, load_curriculum

YEARLY = 72.0  # hours: a fifth of the 360 that five years ask


def of_own_teachers(rows: pd.DataFrame, plan: Curriculum | None = None) -> pd.DataFrame:
    """Return the rows of the subjects that ask for a teacher trained in them: not those that anyone may teach, such as labour, which would make the share look better."""
    return rows[~rows["subject"].isin((plan or load_curriculum()).by_anyone())]


def trained_lessons(
    table: pd.DataFrame, by: Iterable[str] = ("stage", "label"), plan: Curriculum | None = None
) -> pd.DataFrame:
    """Say which share of the lessons given a teacher trained in the subject gave (对口任教).

    Parameters
    ----------
    table : DataFrame
        Of `delivery`.
    by : iterable of str
        Its columns.
    plan : Curriculum, optional
        Says which subjects ask for no teacher of their own: they are left out. Ours if left out.

    Returns
    -------
    DataFrame
        By ``by``, in the order of the table: ``given`` and ``qualified`` periods a week where both are known, their ``share`` (NaN where nothing is given); ``unknown``, the share of the rows with lessons of which it is not
        known who gave them; ``schools`` that give such lessons and are known in full, and ``without``: those of them in which a trained teacher gives none.
    """
    keys, rows = list(by), of_own_teachers(table, plan)
    rows = rows[rows["given"].isna() | (rows["given"] > 0)]
    known = rows["given"].notna() & rows["qualified_periods"].notna()
    rows = rows.assign(
        known=known, given=rows["given"].where(known), qualified=rows["qualified_periods"].where(known)
    )
    groups = rows.groupby(keys, sort=False)
    found = groups[["given", "qualified"]].sum()
    found["share"] = found["qualified"] / found["given"].where(found["given"] > 0)
    found["unknown"] = 1 - groups["known"].mean()
    schools = rows.groupby([*keys, "school_id"], sort=False).agg(
        known=("known", "all"), qualified=("qualified", "sum")
    )
    sure = schools[schools["known"]]
    level = list(range(len(keys)))
    found["schools"] = sure.groupby(level=level).size()
    found["without"] = (sure["qualified"] == 0).groupby(level=level).sum()
    return found.fillna({"schools": 0, "without": 0}).astype({"schools": int, "without": int})


def trained_teachers(county: County, year: int | None = None, hours: float = YEARLY) -> pd.Series:
    """Say of each teacher whether the hours of training recorded in a year reach ``hours`` (这一年学够了没有).

    Parameters
    ----------
    county : County
        Needs ``teachers`` and ``training``.
    year : int, optional
        The last one recorded if left out.
    hours : float
        By default `YEARLY`.

    Returns
    -------
    Series
        By ``teacher_id``, in order: 1, 0, or NaN where nothing is recorded.

    Raises
    ------
    MissingTable, Lacking
        A table is lacking; no hours are recorded in the year.

    Notes
    -----
    The records do not say what was learnt: for who was trained for the new curriculum, give `training_coverage` a list of one's own instead.
    """
    training = county.tables["training"].dropna(subset=["hours"])
    if training.empty or (year is not None and not (training["year"] == year).any()):
        raise Lacking(f"“培训学时”表里{'' if year is None else f'{year}年'}一个学时也没有填。")
    rows = training[training["year"] == (training["year"].max() if year is None else year)]
    recorded = rows.groupby("teacher_id")["hours"].sum()
    ids = county.tables["teachers"]["teacher_id"].sort_values()
    known = recorded.reindex(pd.Index(ids, name="teacher_id"))
    return (known >= hours - 1e-9).astype(float).where(known.notna()).rename("trained")


def training_coverage(
    county: County, trained: pd.Series, by: Iterable[str] = ("stage", "subject")
) -> pd.DataFrame:
    """Say how far a training reached, by three denominators (培训覆盖：按人、按校、按课).

    Parameters
    ----------
    county : County
        Needs ``teachers``.
    trained : Series
        By ``teacher_id``: 1, 0 or NaN for not known; who is not in it is not known.
    by : iterable of str
        Columns of the table ``teachers``, or ``area`` of their schools.

    Returns
    -------
    DataFrame
        By ``by``: ``teachers``, ``unknown`` of them, ``share`` trained of those known; ``schools`` that have such teachers, ``none``: those in which surely nobody is trained; ``periods`` a week of the teachers
        of whom both training and periods are known, and ``lessons``, the share of them that trained ones teach. NaN where nothing is known.

    Notes
    -----
    Unit of analysis: the teacher in the subject mainly taught. Lessons given beside it stand nowhere in ``teachers``; a teacher of whom a column of ``by`` is blank is in no row.
    """
    keys = list(by)
    areas = county.schools.set_index("school_id")["area"]
    staff = county.tables["teachers"].assign(area=lambda t: t["school_id"].map(areas))
    staff["trained"] = staff["teacher_id"].map(trained).astype(float)
    both = staff["trained"].notna() & staff["periods"].notna()
    staff["known_periods"] = staff["periods"].where(both)
    staff["trained_periods"] = staff["known_periods"] * staff["trained"]
    groups = staff.groupby(keys)
    found = groups["trained"].agg(teachers="size", known="count", share="mean")
    found["unknown"] = found["teachers"] - found.pop("known")
    schools = staff["trained"].fillna(1.0).groupby([staff[key] for key in [*keys, "school_id"]]).max()
    per = schools.groupby(level=list(range(len(keys))))
    found["schools"], found["none"] = per.size(), per.agg(lambda best: (best == 0).sum()).astype(int)
    sums = groups[["known_periods", "trained_periods"]].sum()
    found["periods"] = sums["known_periods"]
    found["lessons"] = sums["trained_periods"] / sums["known_periods"].where(sums["known_periods"] > 0)
    return found[["teachers", "unknown", "share", "schools", "none", "periods", "lessons"]]


def replaced_lessons(lessons: pd.DataFrame, by: Iterable[str] = ("week",)) -> pd.DataFrame:
    """Count the lessons that another subject took (考前被占的课).

    Parameters
    ----------
    lessons : DataFrame
        ``Known.lessons`` of `known_lessons`.
    by : iterable of str
        Its columns, or ``week``, the Monday of the lesson.

    Returns
    -------
    DataFrame
        By ``by``: ``due``, lessons of which it is known whether they were held; ``held``; ``replaced``, not held and another subject given; ``lost``, not held and no subject named; ``share`` replaced of those due.
    """
    monday = lessons["day"] - pd.to_timedelta(lessons["day"].dt.day_of_week, unit="D")
    rows = lessons.assign(week=monday)[lessons["held"].notna()]
    missed = rows["held"] == 0
    taken = missed & rows["replaced_by"].notna()
    rows = rows.assign(due=1, held=~missed, replaced=taken, lost=missed & ~taken)
    found = rows.groupby(list(by))[["due", "held", "replaced", "lost"]].sum().astype(int)
    return found.assign(share=found["replaced"] / found["due"])


def who_took(lessons: pd.DataFrame) -> pd.DataFrame:
    """Count which subjects were given in the place of which: lessons by subject and by what replaced it."""
    rows = lessons[(lessons["held"] == 0) & lessons["replaced_by"].notna()]
    return pd.crosstab(rows["subject"], rows["replaced_by"])

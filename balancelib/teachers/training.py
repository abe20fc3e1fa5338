"""The 360 hours of training in five years: who has them, who is short of them, and of whom it is not known."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from balancelib.county import County, Lacking
from balancelib.county.schema import AREAS
from balancelib.teachers.definitions import FEWEST

REQUIRED, YEARS = 360.0, 5  # hours in a cycle of years: government item 9 of quality-2017
TOPICS = {"ict": "信息技术", "mental": "心理健康"}
STATUS = {"done": "已满", "short": "还差", "unknown": "记录不全"}
LAYERS = {"new": "新任", "growing": "成长", "backbone": "骨干"}
AGE_GROUPS = {"under30": (0, 29), "30to39": (30, 39), "40to49": (40, 49), "50plus": (50, 200)}
ORDERS = {
    "area": AREAS,
    "layer": tuple(LAYERS),
    "age_group": tuple(AGE_GROUPS),
    "stage": ("primary", "junior"),
}
NEW_YEARS = 3  # a teacher is new in the first three years: ours
SMALL = 10  # of fewer than this who are all alike, nothing is told
ENOUGH = 1e-9  # hours: three times 24.1 are not to miss 72.3 by the last bit


def training_status(
    county: County,
    first_year: int = 2021,
    *,
    required: float = REQUIRED,
    topics: Mapping[str, float] | None = None,
    upto: int | None = None,
) -> pd.DataFrame:
    r"""Hold each teacher's recorded hours against what the five-year cycle asks (360学时的账).

    .. math:: d_i = \frac{n_i}{5} D, \qquad g_i = \max\Big(0,\; d_i - \sum_y h_{iy}\Big)

    with ``D`` hours asked in the cycle, the years ``n`` of the cycle in which the teacher was in the profession, and the hours ``h`` recorded.

    Parameters
    ----------
    county : County
        With the tables ``teachers`` and ``training``.
    first_year : int
        First of the cycle's five years.
    required : float
        Hours asked in five years.
    topics : mapping of str to float, optional
        Hours asked in five years of a topic of `TOPICS`, within the others.
    upto : int, optional
        Look at the cycle as it stood at the end of this year; the whole cycle if left out.

    Returns
    -------
    DataFrame
        By ``teacher_id``, in order: ``school_id, school, area, stage, subject, layer`` (one of `LAYERS`, empty where a blank hides it), ``age_group``; ``years`` of the cycle that ask
        hours of the teacher; ``due`` and ``hours``; ``unrecorded`` years; ``status``, one of `STATUS`; ``gap``, and for each topic ``ict_gap`` and so
        on: hours, NaN where they are not known.

    Raises
    ------
    MissingTable
        No ``teachers`` or no ``training``.
    Lacking
        No hours in any year of the cycle.

    Notes
    -----
    Unit of analysis: the teacher. Source of the 360 hours: government item 9 of quality-2017. That a teacher who began within the cycle owes a fifth for each
    year is ours: a county's own rule goes before it. A year without a record is unknown, not zero: a teacher is ``done`` where the recorded years already
    suffice, ``short`` only where all are recorded.

    Examples
    --------
    Two teachers with 80 and 60 hours a year; of a third, one year is not recorded.

    >>> teachers = pd.DataFrame({"teacher_id": ["a", "b", "c"], "school_id": "1", "stage": "primary", "subject": "music", "birth_year": 1980,
    ...     "started": 2003, "backbone": "none"})
    >>> training = pd.DataFrame([(t, y, h) for t, h in [("a", 80), ("b", 60), ("c", 80)] for y in range(2021, 2026)], columns=["teacher_id", "year", "hours"])
    >>> training.loc[14, "hours"] = np.nan
    >>> schools = pd.DataFrame({"school_id": ["1"], "name": ["甲校"], "area": ["rural"]})
    >>> status = training_status(County({"schools": schools, "teachers": teachers, "training": training}))
    >>> status[["hours", "status", "gap"]].values.tolist()
    [[400.0, 'done', 0.0], [300.0, 'short', 60.0], [320.0, 'unknown', nan]]
    """
    training = county.tables["training"]
    cycle = range(first_year, (upto or first_year + YEARS - 1) + 1)
    if not training.loc[training["year"].isin(cycle), "hours"].notna().any():
        raise Lacking(f"“培训学时”表里{cycle[0]}到{cycle[-1]}年一个学时也没有填。")
    staff = _staff(county, first_year + YEARS - 1)
    asked = pd.DataFrame({year: ~(staff["started"] > year) for year in cycle}, index=staff.index)
    hours = _by_year(training, "hours", asked)
    staff["years"] = asked.sum(axis=1).where(staff["started"].notna())
    staff["due"] = required * staff["years"] / YEARS
    staff["hours"] = hours.sum(axis=1)
    staff["unrecorded"] = hours.isna().where(asked, other=False).sum(axis=1)
    enough = staff["hours"] >= staff["due"].fillna(required) - ENOUGH
    unsure = (staff["unrecorded"] > 0) | staff["due"].isna()
    staff["status"] = np.select([enough, unsure], ["done", "unknown"], "short")
    staff["gap"] = (staff["due"] - staff["hours"]).clip(lower=0).where(~unsure, 0.0).mask(~enough & unsure)
    for topic, wanted in (topics or {}).items():
        staff[f"{topic}_gap"] = _topic_gap(training, topic, wanted * staff["years"] / YEARS, asked)
    return staff.drop(columns="started")


def _staff(county: County, now: int) -> pd.DataFrame:
    """Who the teachers are, as far as training asks; ages at the end of the cycle."""
    teachers = county.tables["teachers"].set_index("teacher_id").sort_index()
    schools = county.schools.set_index("school_id")
    age = now - teachers["birth_year"]
    groups = [age.between(*ends) for ends in AGE_GROUPS.values()]
    started, backbone = teachers["started"].astype(float), teachers["backbone"]
    blank = backbone.isna() | (started.isna() & (backbone == "none"))
    layer = np.select(
        [blank, backbone != "none", started > now - NEW_YEARS], ["", "backbone", "new"], "growing"
    )
    return pd.DataFrame(
        {
            "school_id": teachers["school_id"],
            "school": teachers["school_id"].map(schools["name"]),
            "area": teachers["school_id"].map(schools["area"]),
            "stage": teachers["stage"],
            "subject": teachers["subject"],
            "layer": layer,
            "age_group": np.select(groups, list(AGE_GROUPS), ""),
            "started": started,
        }
    )


def _by_year(training: pd.DataFrame, column: str, asked: pd.DataFrame) -> pd.DataFrame:
    """Recorded hours, a row a teacher and a column a year; NaN where nothing is recorded or nothing is asked."""
    kept = training[training["year"].isin(asked.columns)]
    wide = kept.pivot(index="teacher_id", columns="year", values=column).astype(float)
    return wide.reindex(index=asked.index, columns=asked.columns).where(asked)


def _topic_gap(training: pd.DataFrame, topic: str, due: pd.Series, asked: pd.DataFrame) -> pd.Series:
    """Hours of a topic that are wanting; NaN where a year is not recorded and the others do not suffice."""
    if topic not in TOPICS:
        raise ValueError(f"不认识的专题{topic}；可以写：{'、'.join(TOPICS)}")
    column = f"hours_{topic}"
    if column not in training:
        return pd.Series(np.nan, asked.index)
    hours = _by_year(training, column, asked)
    gap = (due - hours.sum(axis=1)).clip(lower=0)
    unsure = hours.isna().where(asked, other=False).any(axis=1)
    return gap.mask(unsure & (gap > ENOUGH))


def training_summary(status: pd.DataFrame, by: str) -> pd.DataFrame:
    """Count who has the hours, who is short and who is not known, group by group (各类教师完成多少).

    Parameters
    ----------
    status : DataFrame
        Of `training_status`.
    by : str
        One of its columns, such as ``area``, ``age_group``, ``layer`` or ``school``.

    Returns
    -------
    DataFrame
        By group: ``teachers, done, short, unknown``; ``lowest`` and ``highest``: the share that has the hours if none, or all, of the unknown have them;
        ``hours_short`` of those who are short; ``mean_hours`` of those whose years are all recorded. Groups in the order in which they are shown; those whose group is blank are left out.

    Notes
    -----
    The mean is there to be distrusted: hours that one teacher has too many are of no use to another.
    """
    known = status[status[by].notna() & (status[by] != "")]
    groups = known.groupby(by, sort=True)
    counts = pd.crosstab(known[by], known["status"]).reindex(columns=list(STATUS), fill_value=0)
    teachers = groups.size()
    recorded = known["hours"].where(known["unrecorded"] == 0)
    found = counts.assign(
        teachers=teachers,
        lowest=counts["done"] / teachers,
        highest=(counts["done"] + counts["unknown"]) / teachers,
        hours_short=groups["gap"].sum(),
        mean_hours=recorded.groupby(known[by]).mean(),
    )
    order = [group for group in ORDERS.get(by, sorted(teachers.index)) if group in found.index]
    columns = ["teachers", *STATUS, "lowest", "highest", "hours_short", "mean_hours"]
    return found.loc[order, columns].rename_axis(columns=None)


def published(summary: pd.DataFrame) -> pd.DataFrame:
    """Return the counts of a summary as they may be shown: one or two persons are not told exactly (公开的表).

    A count below `FEWEST` is shown as a range, or left out where there are two; the other counts of the group are left out, from which it could be reckoned. Nothing but their number is told
    of a group of fewer teachers than `FEWEST`, nor of one of fewer than `SMALL` who are all alike: that would tell of each of them. Where a column has one count
    only that is not told, the group with the next smallest is left out too, as the column's total is known.

    Examples
    --------
    >>> published(pd.DataFrame({"teachers": [20, 30, 40], "done": [18, 20, 25], "short": [2, 10, 15], "unknown": [0, 0, 0]})).values.tolist()
    [['20', '—', '1—2', '0'], ['30', '—', '—', '0'], ['40', '25', '15', '0']]
    """
    counts = summary[["teachers", *STATUS]].astype(int)
    parts = counts[list(STATUS)]
    few = parts.gt(0) & parts.lt(FEWEST)
    alike = (counts["teachers"] < FEWEST) | (
        (counts["teachers"] < SMALL) & parts.eq(counts["teachers"], axis=0).any(axis=1)
    )
    told = _beside(parts, ~few.any(axis=1) & ~alike)
    shown = counts.astype(str)
    shown[parts.columns] = (
        shown[parts.columns]
        .mask(parts.gt(0) & ~told.to_numpy()[:, None], "—")
        .mask(few & (few.sum(axis=1) == 1).to_numpy()[:, None], f"1—{FEWEST - 1}")
        .mask(alike.to_numpy()[:, None].repeat(len(STATUS), axis=1), "—")
    )
    return shown


def _beside(parts: pd.DataFrame, told: pd.Series) -> pd.Series:
    """Groups of which all is told, without those to be left out so that no column has one hidden count alone."""
    told = told.copy()
    for _ in range(len(parts)):
        hidden = (parts.gt(0) & ~told.to_numpy()[:, None]).sum()
        open_ = [parts.loc[told & (parts[name] > 0), name] for name in parts if hidden[name] == 1]
        smallest = [counts.idxmin() for counts in open_ if len(counts)]
        if not smallest:
            break
        told[smallest[0]] = False
    return told


def look_ahead(county: County, upto: int, first_year: int = 2021, required: float = REQUIRED) -> pd.DataFrame:
    r"""Say at the end of a year who will miss the hours if the pace stays, beside what came (中途预警，回头看准不准).

    .. math:: \hat h_i = h_i\, n_i / m_i

    with the hours ``h`` recorded in ``m`` years up to then, of ``n`` that ask hours in the whole cycle.

    Parameters
    ----------
    county : County
        With the tables ``teachers`` and ``training``.
    upto : int
        The year at whose end the forecast is made; before the last of the cycle.

    Returns
    -------
    DataFrame
        By ``teacher_id``: ``expected`` hours, ``warned`` (they are not enough), ``missed`` (they were not); only teachers whose years are all recorded and who had begun by then.
    """
    if not first_year <= upto < first_year + YEARS - 1:
        raise ValueError(f"中途预警要站在周期里的某一年底：{first_year}到{first_year + YEARS - 2}年")
    then = training_status(county, first_year, required=required, upto=upto)
    end = training_status(county, first_year, required=required)
    seen = (then["years"] > 0) & (end["unrecorded"] == 0) & end["due"].notna()
    expected = (then["hours"] * end["years"] / then["years"])[seen]
    due = end.loc[seen, "due"]
    return pd.DataFrame(
        {
            "expected": expected,
            "warned": expected < due - ENOUGH,
            "missed": end.loc[seen, "hours"] < due - ENOUGH,
        }
    )

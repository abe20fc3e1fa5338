"""Schools that need help, with the reasons."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from balancelib.assess.logic import shown
from balancelib.county import County, Lacking
from balancelib.quality.added import COVARIATES, unranked
from balancelib.quality.between import school_means, scored
from balancelib.quality.changes import school_changes
from balancelib.quality.curriculum import ENOUGH
from balancelib.quality.taught import of_own_teachers

TRAINED = 0.75  # of the lessons given; fewer by teachers trained in the subject are a reason: ours
KINDS = {
    "effect": "增值低，或者往下走",
    "intake": "只有平均分低，增值看不出低",
    "unknown": "平均分低，增值不知道",
}


def weak_schools(
    county: County,
    year: int,
    grade: int,
    subject: str,
    since: int | None = None,
    *,
    trained: float = TRAINED,
    level: float = 0.95,
    covariates: Sequence[str] = tuple(COVARIATES),
) -> pd.DataFrame:
    """List the schools that need help, each with its reasons (薄弱学校名单和理由).

    Parameters
    ----------
    county : County
        With the table ``scores``; ``timetable`` where it is there.
    year, grade, subject
        Of the scores.
    since : int, optional
        Earlier year, from which a fall is told by `school_changes`; without one, falls are not looked for.
    trained : float
        Share of the lessons given by teachers trained in the subject below which it is a reason: ours.
    level : float
        Of the intervals.
    covariates : sequence of str
        As of `value_added`; without ``earlier`` neither value added nor a fall is known.

    Returns
    -------
    DataFrame
        By ``school_id``: schools whose value added is surely below the county's, who surely fell, or whose raw mean is surely below the county's; ``name``; ``pupils`` with a score and
        ``raw``, their mean; ``added, low, high``: value added, NaN where not known; ``kind``, of `KINDS`: ``effect`` for the first two, for the last alone ``intake``, or ``unknown`` where value added is not
        known; ``fallen``: True, False, or None where not known; ``missed``: subjects of which fewer lessons were given than the school's own timetable has, and ``trained``: share of lessons given by trained teachers, NaN where not known;
        ``reasons`` and ``unknown`` in Chinese. ``effect`` first, then as they are in need.

    Raises
    ------
    MissingTable, Lacking
        No scores. What is not known of value added is said of each school instead.

    Notes
    -----
    Unit of analysis: the school. A list, not a ranking: within it the order says little. Curriculum and teachers explain nothing by themselves: they are what can be looked at first.
    """
    means = school_means(county, year, grade, subject, level)
    table = means[["pupils", "mean"]].rename(columns={"mean": "raw"})
    table = table.assign(
        **_added(county, year, grade, subject, level, covariates).reindex(table.index),
        name=pd.Series(county.names).reindex(table.index),
        fallen=_fallen(county, grade, subject, since, year, level, covariates).reindex(table.index),
        **lessons(county, grade).reindex(table.index),
    )
    effect = (table["high"] < 0) | table["fallen"].eq(True)
    low = means["high"] < scored(county, year=year, grade=grade, subject=subject)["score"].mean()
    table["kind"] = np.select([effect, table["added"].isna()], ["effect", "unknown"], "intake")
    table = table[effect | low]
    rows = list(table.itertuples())
    table = table.assign(
        reasons=pd.Series(["；".join(_reasons(row, trained)) for row in rows], table.index, dtype=str),
        unknown=pd.Series(["、".join(_unknown(row)) for row in rows], table.index, dtype=str),
    )
    return table.sort_values(["kind", "added"], kind="stable")


def _added(
    county: County, year: int, grade: int, subject: str, level: float, covariates: Sequence[str]
) -> pd.DataFrame:
    unknown = pd.DataFrame(columns=["added", "low", "high"], dtype=float)
    if "earlier" not in covariates:
        return unknown
    try:
        return unranked(county, year, grade, subject, covariates, level).schools[[*unknown]]
    except Lacking:  # that it is not known is said of each school
        return unknown


def _fallen(
    county: County,
    grade: int,
    subject: str,
    since: int | None,
    year: int,
    level: float,
    covariates: Sequence[str],
) -> pd.Series:
    if since is None or "earlier" not in covariates:
        return pd.Series(dtype=object)
    try:
        changes = school_changes(county, grade, subject, since, year, level, covariates)
    except Lacking:  # that it is not known is said of each school
        return pd.Series(dtype=object)
    return (changes["verdict"] == "fallen").astype(object)


def lessons(county: County, grade: int) -> pd.DataFrame:
    """Return by school how many subjects of a grade were given less than on its own timetable, and which share of the lessons trained teachers gave.

    ``missed, trained``; NaN where not known. The plan is not asked here: for 开足 see `school_verdicts`. Shares are of the subjects that ask for a trained teacher.
    """
    table = county.tables.get("timetable")
    if table is None or table.empty:
        return pd.DataFrame({"missed": [], "trained": []}, dtype=float)
    rows = table[table["grade"] == grade]
    known = rows["given"].notna() & rows["periods"].notna()
    missed = (rows["given"] < rows["periods"] - ENOUGH).where(known).groupby(rows["school_id"])
    all_known = known.groupby(rows["school_id"]).all()
    counted = of_own_teachers(rows).dropna(subset=["given", "qualified_periods"])
    sums = counted.groupby("school_id")[["qualified_periods", "given"]].sum()
    share = (sums["qualified_periods"] / sums["given"]).where(sums["given"] > 0)
    return pd.DataFrame({"missed": missed.sum().where(all_known).astype(float), "trained": share})


def _reasons(row: tuple, trained: float) -> list[str]:
    said = [
        (row.high < 0, f"增值{_points(row.added)}分，区间{_points(row.low)}到{_points(row.high)}，低于全县"),
        (row.fallen is True, "比前几年下降，超出运气"),
        (row.kind == "intake", "平均分低，但和早先成绩、家庭背景相同的学生比，看不出低"),
        (row.kind == "unknown", "平均分低；增值算不出，教得怎样还不能说"),
        (row.missed > 0, f"{row.missed:.0f}门课没有照课表上足"),
        (row.trained < trained, f"由对口教师上的课只占{shown(100 * row.trained, 100 * trained, 0)}%"),
    ]
    return [words for holds, words in said if holds]


def _unknown(row: tuple) -> list[str]:
    said = [
        (pd.isna(row.added), "增值"),
        (row.fallen is not True and row.fallen is not False, "有没有下降"),
        (pd.isna(row.missed), "课有没有上足"),
        (pd.isna(row.trained), "教师对不对口"),
    ]
    return [words for holds, words in said if holds]


def _points(value: float, decimals: int = 1) -> str:
    """Write points with a decimal; with more where they would look like 0 and are not.

    >>> _points(-26.64), _points(-0.04), _points(0)
    ('−26.6', '−0.04', '0.0')
    """
    text = f"{value:.{decimals}f}".replace("-", "−")
    return text if float(f"{value:.{decimals}f}") or not value else _points(value, decimals + 1)

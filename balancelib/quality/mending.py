"""Schools that need help, with the reasons, and whether those that had help are mended: more than luck would bring back."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from balancelib.county import County, Lacking
from balancelib.quality.added import COVARIATES, ValueAdded, unranked
from balancelib.quality.between import FEWEST, scored

TRAINED = 0.75  # of the lessons given; fewer by teachers trained in the subject are a reason: ours
CHANGES = {"risen": "真的上来了", "fallen": "真的下去了", "unsure": "分不出是不是运气"}
KINDS = {
    "effect": "教得不如条件相同的学校",
    "fallen": "往下走",
    "intake": "学生起点低，看不出教得差",
    "low": "平均分低，起点不知道",
}


def school_changes(
    county: County,
    grade: int,
    subject: str,
    first: int,
    last: int,
    level: float = 0.95,
    covariates: Sequence[str] = tuple(COVARIATES),
) -> pd.DataFrame:
    r"""Say of each school whether it rose or fell by more than luck (进步是真的，还是向均值回归).

    .. math::
        d_j = g_{j2} - \hat u_{j1}, \qquad se_j^2 = se(\hat u_{j1})^2 + \sigma_2^2 / n_{j2} + v_{j2}

    with the gaps ``g`` of value added of the two years, the shrunken one ``û`` of the first, and the doubt ``v`` about the second year's line.

    Parameters
    ----------
    county : County
        With the table ``scores``.
    grade, subject
        Of the scores.
    first, last : int
        Years; a school that has not at least `FEWEST` pupils in both is left out.
    level : float
        Of the intervals.
    covariates : sequence of str
        As of `value_added`, in both years; with none, a change may be that of the pupils who come in.

    Returns
    -------
    DataFrame
        By ``school_id``, in ascending order of ``beyond``: ``pupils_first, pupils_last``; ``gap_first, gap_last``; ``change`` between them; ``by_itself``: the
        part of it to be expected of a school in which nothing happened; ``beyond``: the rest, with ``error, low, high``; ``verdict``, of `CHANGES`. Its ``attrs["by_chance"]``
        says how many schools of a county in which nothing happened would be judged otherwise.

    Raises
    ------
    MissingTable, Lacking
        As of `value_added`; or no school has enough pupils in both years.

    Notes
    -----
    Unit of analysis: the school. Gaps are from the county's line of the year, so that a county that rises as a whole shows no change. If true effects wander by themselves from year to
    year, more schools than ``by_chance`` are told risen or fallen: that is a change, but not yet a success.
    """
    from scipy.special import ndtri  # noqa: PLC0415  heavy: only where it is used

    if not first < last:
        raise ValueError("first要早于last")
    then, now = (
        _by_school(unranked(county, year, grade, subject, covariates, level)) for year in (first, last)
    )
    both = then.add_suffix("_first").join(now.add_suffix("_last"), how="inner")
    if both.empty:
        raise Lacking(f"{first}年和{last}年都有至少{FEWEST}名学生参加的学校一所也没有，比不出变化。")
    beyond = both["gap_last"] - both["added_first"]
    error = np.sqrt(both["error_first"] ** 2 + both["noise_last"])
    low, high = (beyond + sign * ndtri((1 + level) / 2) * error for sign in (-1, 1))
    columns = ["pupils_first", "pupils_last", "gap_first", "gap_last"]
    found = both[columns].assign(
        change=both["gap_last"] - both["gap_first"],
        by_itself=both["added_first"] - both["gap_first"],
        beyond=beyond,
        error=error,
        low=low,
        high=high,
        verdict=np.select([low > 0, high < 0], ["risen", "fallen"], "unsure"),
    )
    found = found.sort_values("beyond", kind="stable")
    found.attrs["by_chance"] = (1 - level) * len(found)
    return found


def _by_school(found: ValueAdded) -> pd.DataFrame:
    fit = found.fit
    noise = pd.Series(fit.within / fit.sizes + fit.doubt, index=fit.groups)
    table = found.schools[["pupils", "gap", "added", "error"]]
    return table.assign(noise=noise.reindex(table.index))


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
        As of `value_added`; without ``earlier`` nobody can say whether a low mean is the school's or its pupils' start.

    Returns
    -------
    DataFrame
        By ``school_id``: schools whose value added is surely below the county's, who surely fell, or whose raw mean is surely below the county's; ``name``; ``pupils, raw, added, low, high``;
        ``kind``: the first of `KINDS` that holds, ``low`` in the place of ``effect`` and ``intake`` where the start is not known; ``fallen``: True, False, or None where not known; ``short``: subjects not given in full and ``trained``: share of
        lessons given by trained teachers, NaN where not known; ``reasons`` and ``unknown`` in Chinese. In the order of `KINDS`, then as they are in need.

    Raises
    ------
    MissingTable, Lacking
        As of `value_added`.

    Notes
    -----
    Unit of analysis: the school. A list, not a ranking: within it the order says little. Curriculum and teachers explain nothing by themselves: they are what can be looked at first.
    """
    from scipy.special import ndtri  # noqa: PLC0415  heavy: only where it is used

    found = unranked(county, year, grade, subject, covariates, level).schools
    rows = scored(county, year=year, grade=grade, subject=subject).dropna(subset=list(covariates))
    fallen = _fallen(county, grade, subject, since, year, level, covariates).reindex(found.index)
    evidence = lessons(county, grade).reindex(found.index)
    table = found[["pupils", "raw", "added", "low", "high"]].assign(
        name=pd.Series(county.names).reindex(found.index), fallen=fallen, **evidence
    )
    known = "earlier" in covariates
    below = found["place"] == "below" if known else pd.Series(False, index=found.index)
    low = found["raw"] + ndtri((1 + level) / 2) * found["raw_error"] < rows["score"].mean()
    table["kind"] = np.select(
        [below, fallen.eq(True), low], ["effect", "fallen", "intake" if known else "low"], ""
    )
    table = table[table["kind"] != ""]
    table["reasons"] = ["；".join(_reasons(row, trained, known)) for row in table.itertuples()]
    table["unknown"] = ["、".join(_unknown(row)) for row in table.itertuples()]
    return table.sort_values(["kind", "added"], kind="stable")


def _fallen(
    county: County,
    grade: int,
    subject: str,
    since: int | None,
    year: int,
    level: float,
    covariates: Sequence[str],
) -> pd.Series:
    if since is None:
        return pd.Series(dtype=object)
    try:
        changes = school_changes(county, grade, subject, since, year, level, covariates)
    except Lacking:  # what is not known of the earlier year is said of each school
        return pd.Series(dtype=object)
    return (changes["verdict"] == "fallen").astype(object)


def lessons(county: County, grade: int) -> pd.DataFrame:
    """Return by school how many subjects of a grade are not given in full, and which share of lessons trained teachers give; NaN where not known."""
    table = county.tables.get("timetable")
    if table is None or table.empty:
        return pd.DataFrame({"short": [], "trained": []}, dtype=float)
    rows = table[table["grade"] == grade]
    known = rows["given"].notna() & rows["periods"].notna()
    short = (rows["given"] < rows["periods"]).where(known).groupby(rows["school_id"])
    all_known = known.groupby(rows["school_id"]).all()
    counted = rows["given"].notna() & rows["qualified_periods"].notna()
    sums = rows[counted].groupby("school_id")[["qualified_periods", "given"]].sum()
    share = (sums["qualified_periods"] / sums["given"]).where(sums["given"] > 0)
    return pd.DataFrame({"short": short.sum().where(all_known).astype(float), "trained": share})


def _reasons(row: tuple, trained: float, known: bool) -> list[str]:
    fallen = "比前几年下降，超出运气" + ("" if known else "（没有扣起点，进来的学生变了也会这样）")
    said = [
        (
            row.kind == "effect",
            f"增值{_points(row.added)}分，区间{_points(row.low)}到{_points(row.high)}，低于全县",
        ),
        (row.fallen is True, fallen),
        (row.kind == "intake", "平均分低，但和早先成绩、家庭背景相同的学生比，看不出低"),
        (row.kind == "low", "平均分低；没有早先成绩，分不出是教得少还是起点低"),
        (row.short > 0, f"{row.short:.0f}门课没有上足"),
        (row.trained < trained, f"由对口教师上的课只占{row.trained:.0%}"),
    ]
    return [words for holds, words in said if holds]


def _points(value: float) -> str:
    return f"{value:.0f}" if abs(value) >= 1 else f"{value:.1f}"  # marks out of 100 differ by less than one


def _unknown(row: tuple) -> list[str]:
    said = [
        (row.fallen is not True and row.fallen is not False, "有没有下降"),
        (pd.isna(row.short), "课有没有上足"),
        (pd.isna(row.trained), "教师对不对口"),
    ]
    return [words for holds, words in said if holds]

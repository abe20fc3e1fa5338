"""Schools that need help, with the reasons, and whether those that had help are mended: more than luck would bring back."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from balancelib.assess.logic import shown
from balancelib.county import County, Lacking
from balancelib.county.private import FEWEST
from balancelib.quality.added import COVARIATES, unranked
from balancelib.quality.between import school_means, scored
from balancelib.quality.curriculum import ENOUGH
from balancelib.quality.taught import of_own_teachers

TRAINED = 0.75  # of the lessons given; fewer by teachers trained in the subject are a reason: ours
CHANGES = {"risen": "上来了，超出运气", "fallen": "下去了，超出运气", "unsure": "分不出是不是运气"}
KINDS = {
    "effect": "增值低，或者往下走",
    "intake": "只有平均分低，增值看不出低",
    "unknown": "平均分低，增值不知道",
}


def school_changes(
    county: County,
    grade: int,
    subject: str,
    first: int,
    last: int | Sequence[int],
    level: float = 0.95,
    covariates: Sequence[str] = tuple(COVARIATES),
) -> pd.DataFrame:
    r"""Say of each school whether it rose or fell by more than luck (进步是真的，还是向均值回归).

    .. math::
        d_j = \bar g_{j2} - \hat u_{j1}, \qquad se_j^2 = se(\hat u_{j1})^2 + \frac{1}{k^2} \sum_t (\sigma_t^2 / n_{jt} + v_{jt})

    with the shrunken gap ``û`` of value added of the first year, the mean of the gaps ``g`` of the ``k`` last ones, and the doubt ``v`` about each year's line.

    Parameters
    ----------
    county : County
        With the table ``scores``.
    grade, subject
        Of the scores.
    first : int
        Year from which the change is told.
    last : int or sequence of int
        Later year, or years whose mean is taken: several say more than one. A school that has not at least `FEWEST` pupils in each is left out.
    level : float
        Of the intervals.
    covariates : sequence of str
        As of `value_added`, in all years; with none, a change may be that of the pupils who come in.

    Returns
    -------
    DataFrame
        By ``school_id``, in ascending order of ``beyond``: ``pupils_first, pupils_last`` (of all last years); ``gap_first, gap_last``; ``change`` between them;
        ``by_itself``: the part of it to be expected of a school in which nothing happened; ``beyond``: the rest, with ``error, low, high``; ``verdict``, of `CHANGES`.

    Raises
    ------
    MissingTable, Lacking
        As of `value_added`; or no school has enough pupils in all years.

    Notes
    -----
    Unit of analysis: the school. Gaps are from the county's line of the year, so that a county that rises as a whole shows no change. In a county in which nothing
    happened, ``1 - level`` of the schools are told risen or fallen; more, if true effects wander by themselves: that is a change, but not yet a success.
    """
    from scipy.special import ndtri  # noqa: PLC0415  heavy: only where it is used

    years = np.atleast_1d(last).astype(int).tolist()
    if not years:
        raise Lacking(f"{first}年以后没有别的年份的成绩，比不出变化。")
    if not first < min(years):
        raise ValueError("first要早于last")
    then, *later = (_gaps(county, year, grade, subject, covariates) for year in [first, *years])
    both = then.index[np.all([then.index.isin(one.index) for one in later], axis=0)]
    if both.empty:
        said = "、".join(f"{year}年" for year in [first, *years])
        raise Lacking(f"{said}都有至少{FEWEST}名学生参加的学校一所也没有，比不出变化。")
    then, now = then.loc[both], sum(one.loc[both] for one in later)
    gap = now["gap"] / len(years)
    beyond = gap - then["added"]
    error = np.sqrt(then["error"] ** 2 + now["noise"] / len(years) ** 2)
    low, high = (beyond + sign * ndtri((1 + level) / 2) * error for sign in (-1, 1))
    found = pd.DataFrame(
        {
            "pupils_first": then["pupils"],
            "pupils_last": now["pupils"],
            "gap_first": then["gap"],
            "gap_last": gap,
            "change": gap - then["gap"],
            "by_itself": then["added"] - then["gap"],
            "beyond": beyond,
            "error": error,
            "low": low,
            "high": high,
            "verdict": np.select([low > 0, high < 0], ["risen", "fallen"], "unsure"),
        }
    )
    return found.sort_values("beyond", kind="stable")


def _gaps(county: County, year: int, grade: int, subject: str, covariates: Sequence[str]) -> pd.DataFrame:
    """Return schools' gaps of a year, as they are and drawn in; ``noise``: the variance of the gap about the true one."""
    found = unranked(county, year, grade, subject, covariates)
    noise = pd.Series(found.fit.within / found.fit.sizes + found.fit.doubt, index=found.fit.groups)
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


class RisePower(NamedTuple):
    """Of a school's true rise: the ``chance`` that it is told from luck, the ``least`` rise that is in four cases of five (points), and the share of a low first year that ``returns`` by itself."""

    chance: float
    least: float
    returns: float


def rise_power(
    rise: float, pupils: int, years: int, between: float, within: float, level: float = 0.95
) -> RisePower:
    r"""Return how well a school's true rise can be told from luck (真的升了，看得出吗).

    .. math::
        s^2 = \tau^2 (1 - \lambda) + \frac{\sigma^2}{k n}, \qquad \lambda = \frac{n \tau^2}{n \tau^2 + \sigma^2}

    Parameters
    ----------
    rise : float
        By which the school became better for good, points.
    pupils : int
        Tested in each year, ``n``.
    years : int
        Of which the later mean is made, ``k``.
    between, within : float
        Variances of value added between schools, and of pupils within them, points².
    level : float
        Of the interval that must not hold 0.

    Returns
    -------
    RisePower

    Notes
    -----
    Unit of analysis: the school. The error is that of `school_changes`, without the county's line's own. The normal approximation; Goldstein and Spiegelhalter (1996).

    Examples
    --------
    >>> power = rise_power(50, 25, 2, between=600, within=6000)
    >>> round(power.chance, 2), round(power.least), round(power.returns, 2)
    (0.83, 48, 0.29)
    """
    from scipy.special import ndtr, ndtri  # noqa: PLC0415  heavy: only where it is used

    kept = pupils * between / (pupils * between + within)
    error = np.sqrt(between * (1 - kept) + within / (years * pupils))
    reach = ndtri((1 + level) / 2)
    chance = ndtr(rise / error - reach) + ndtr(-rise / error - reach)
    return RisePower(float(chance), float((reach + ndtri(0.8)) * error), float(1 - kept))

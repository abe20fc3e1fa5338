"""How much schools differ in pupils' scores: the between-school share by several estimators, with intervals, against the limit."""

import numpy as np
import pandas as pd

from balancelib.county import County, Lacking
from balancelib.county.private import FEWEST
from balancelib.county.schema import schema
from balancelib.measures import chance_if, intraclass, random_intercept, share_interval

LIMIT = 0.15  # 校际差异率 of quality item 9 in quality-2017: below it, strictly
GRADES = "一二三四五六七八九"
SHARE_VERDICTS = {"below": "低于界限", "above": "不低于界限", "unsure": "定不了"}
KEYS = ["year", "grade", "subject"]


def scored(county: County, **chosen: int | str) -> pd.DataFrame:
    """Return the rows of ``scores`` of a year, grade, subject that have a score and a school; blank is left out, not zero.

    Raises
    ------
    MissingTable
        No ``scores``.
    Lacking
        No score in what was chosen.
    """
    county.tables.need(["scores.score"])
    rows = county.tables["scores"].dropna(subset=["score", "school_id"])
    for name, value in chosen.items():
        rows = rows[rows[name] == value]
    if rows.empty:
        raise Lacking(
            f"“监测成绩”表里{sitting(**chosen)}一个成绩也没有填。先看年份、年级、学科是不是写对了。"
        )
    return rows


def sitting(year: float | None = None, grade: float | None = None, subject: str | None = None) -> str:
    """Name what was tested, as far as it is given.

    Examples
    --------
    >>> sitting(2025, 4, "math"), sitting(grade=8)
    ('2025年四年级数学', '八年级')
    """
    words = (
        "" if year is None else f"{year:.0f}年",
        "" if grade is None else f"{GRADES[int(grade) - 1]}年级",
        schema().subjects.get(subject, subject or ""),
    )
    return "".join(words)


def school_shares(county: County, limit: float = LIMIT, level: float = 0.95) -> pd.DataFrame:
    r"""Estimate for each year, grade and subject which share of the variance lies between schools (校际方差占比).

    Parameters
    ----------
    county : County
        With the table ``scores``.
    limit : float
        Held against the interval; that of the official 校际差异率.
    level : float
        Of the interval.

    Returns
    -------
    DataFrame
        By ``year, grade, subject``: ``pupils`` with a score, ``blank`` (rows without score or school), ``schools``; ``anova, ml, reml, eta2``; ``low``
        and ``high`` of the exact interval about ``anova``; ``chance``: of schools that differ as little as these or less if the true share were the
        limit; ``verdict``: ``below`` where the interval lies below the limit, ``above`` where it lies at it or above, else ``unsure``; ``why``: where
        no share can be estimated, why not, and the numbers are NaN; ``label``: what was tested, in Chinese.

    Notes
    -----
    Unit of analysis: the pupil. The official 校际差异率 is published by the national monitoring centre, its estimator is not; these are approximations and decide
    nothing. They take the pupils for a simple sample within each school.

    Examples
    --------
    >>> scores = pd.DataFrame({"year": 2025, "grade": 4, "subject": "math", "school_id": list("aabb"), "score": [0, 2, 4, 6]})
    >>> found = school_shares(County({"scores": scores}))
    >>> found[["pupils", "schools", "anova", "verdict"]].round(3).values.tolist()
    [[4, 2, 0.778, 'unsure']]
    """
    county.tables.need(["scores.score"])
    table = county.tables["scores"]
    blank = (table["score"].isna() | table["school_id"].isna()).groupby([table[key] for key in KEYS]).sum()
    rows = {
        key: _shares(part["score"].to_numpy(dtype=float), part["school_id"].to_numpy(), limit, level)
        for key, part in scored(county).groupby(KEYS)
    }
    found = pd.DataFrame.from_dict(rows, orient="index")
    found.index = pd.MultiIndex.from_tuples(found.index, names=KEYS)
    found.insert(1, "blank", blank.reindex(found.index))
    return found.assign(label=[sitting(*key) for key in found.index])


def _shares(scores: np.ndarray, schools: np.ndarray, limit: float, level: float) -> dict[str, object]:
    found = {"pupils": scores.size, "schools": pd.unique(schools).size}
    names = ("anova", "ml", "reml", "eta2")
    try:
        shares = {name: float(intraclass(scores, schools, name)) for name in names}
        _, low, high = share_interval(scores, schools, level=level)
        chance = chance_if(limit, scores, schools)
    except ValueError as error:
        empty = dict.fromkeys([*names, "low", "high", "chance"], np.nan)
        return found | empty | {"verdict": "unsure", "why": str(error)}
    verdict = "below" if high < limit else "above" if low >= limit else "unsure"
    return found | shares | {"low": low, "high": high, "chance": chance, "verdict": verdict, "why": ""}


def school_means(county: County, year: int, grade: int, subject: str, level: float = 0.95) -> pd.DataFrame:
    r"""Return schools' mean scores with their intervals (各校平均分和它的误差).

    Parameters
    ----------
    county : County
        With the table ``scores``.
    year, grade, subject
        Of the scores.
    level : float
        Of the intervals.

    Returns
    -------
    DataFrame
        By ``school_id``, in ascending order of ``mean``; only schools with at least `FEWEST` pupils with a score: ``pupils, mean``; ``low, high``: of the mean, from the
        standard deviation within all schools, the small ones among them.

    Raises
    ------
    Lacking
        No scores, no variance to estimate, or no school with so many pupils.
    """
    from scipy.special import stdtrit  # noqa: PLC0415  heavy: only where it is used

    rows = scored(county, year=year, grade=grade, subject=subject)
    try:
        fit = random_intercept(rows["score"], rows["school_id"])
    except ValueError as error:
        what = f"{sitting(year, grade, subject)}算不了：{error}（一组是一所学校）"
        raise Lacking(f"{what}。先看成绩、学校标识码两列填得对不对。") from None
    mean, freedom = fit.coefficients[0] + fit.gaps, fit.sizes.sum() - fit.sizes.size
    reach = stdtrit(freedom, (1 + level) / 2) * np.sqrt(fit.within / fit.sizes)
    if fit.sizes.max() < FEWEST:
        raise Lacking(f"{sitting(year, grade, subject)}没有一所学校满{FEWEST}人，各校的平均分不单独列出。")
    columns = {"pupils": fit.sizes.astype(int), "mean": mean, "low": mean - reach, "high": mean + reach}
    table = pd.DataFrame(columns, index=pd.Index(fit.groups, name="school_id"))
    return table[table["pupils"] >= FEWEST].sort_values("mean", kind="stable")

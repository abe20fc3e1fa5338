"""All that a county's score file lets one say, with how sure it is: how much schools differ, how each stands, which to look at first, what changed."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import pandas as pd

from balancelib.county import County, Lacking
from balancelib.county.lacking import lacking
from balancelib.county.private import FEWEST
from balancelib.quality.added import ValueAdded, unranked, usable_covariates
from balancelib.quality.between import KEYS, school_means, school_shares, scored, sitting
from balancelib.quality.changes import school_changes
from balancelib.quality.funnel import LevelFunnel, level_funnel
from balancelib.quality.mending import KINDS, weak_schools

LEVEL = 0.95  # of all intervals, as the functions have it that are called


class Sitting(NamedTuple):
    """What was tested: a subject in a grade in a year."""

    year: int
    grade: int
    subject: str

    def __str__(self) -> str:
        return sitting(*self)


@dataclass(frozen=True)
class Found:
    """What one sitting says of the schools.

    Attributes
    ----------
    covariates : tuple of str
        Of `usable_covariates`; empty where value added cannot be told.
    means : DataFrame
        Of `school_means`.
    county : float
        Mean of all pupils with a score.
    added : ValueAdded or None
        Without ranks.
    why : str
        Why there is no value added though the covariates are there.
    levels : LevelFunnel or None
    """

    covariates: tuple[str, ...]
    means: pd.DataFrame
    county: float
    added: ValueAdded | None
    why: str
    levels: LevelFunnel | None


@dataclass(frozen=True)
class ScoreFindings:
    """What a score file says.

    Attributes
    ----------
    county : County
    shares : DataFrame
        Of `school_shares`; every sitting of the file.
    found : dict of Sitting to Found
        The sittings of which schools are shown: of each grade and subject the last, or those of the year asked for.
    weak : DataFrame
        By ``year, grade, subject, school_id``: `weak_schools` of ``found``, in the order of `KINDS`, then of the ids; ``again``: other years and subjects of the same grade that list the school for the same.
    changes : DataFrame
        By ``first, last, grade, subject, school_id``: `school_changes` between the first year and that of ``found``; empty where there is one year only. ``start``: whether earlier scores are
        accounted for in both.
    by_chance : float
        Changes that would be told of a county in which nothing happened.
    unused : DataFrame
        By ``year, grade, subject``: ``rows``; ``blank``, without a score; ``scored``; ``no_earlier, no_ses`` of these; ``added``: of whom value added is told; ``schools``; ``hidden, hidden_added``: schools with too few pupils for
        their mean, their value added to be shown.
    failed : dict of Sitting to str
        Sittings of which nothing can be told of schools, and why.
    """

    county: County
    shares: pd.DataFrame
    found: dict[Sitting, Found]
    weak: pd.DataFrame
    changes: pd.DataFrame
    by_chance: float
    unused: pd.DataFrame
    failed: dict[Sitting, str]


def score_findings(county: County, year: int | None = None) -> ScoreFindings:
    """Say what the scores of a county show (一份成绩能说什么).

    Parameters
    ----------
    county : County
        With the tables ``schools`` and ``scores``; ``timetable`` where it is there.
    year : int, optional
        Of which schools are shown; without it the last of each grade and subject.

    Raises
    ------
    MissingTable
        No score.
    Lacking
        No score of the year, or nothing can be told of any school.

    Notes
    -----
    Numbers of schools with fewer than 10 pupils are in none of the tables, only how many such schools there are. Unit of analysis: as of each function that is called.
    """
    shares = school_shares(county)
    sittings = _sittings(shares)
    shown = _shown(sittings, year)
    empty = [one for one in _sittings(county.tables["scores"].groupby(KEYS).size()) if one not in sittings]
    failed = {one: f"{one}：一个成绩也没有填。" for one in empty if year in (None, one.year)}
    found = {}
    for one in shown:
        try:
            found[one] = _found(county, one)
        except Lacking as lacks:
            failed[one] = str(lacks)
    if not found:
        raise Lacking("\n".join(failed.values()))
    first = {one: _first(one, sittings) for one in found}
    changes, by_chance = _changes(county, found, first)
    weak = _weak(county, found, first, sittings)
    return ScoreFindings(
        county, shares, found, weak, changes, by_chance, _unused(county, found, failed), failed
    )


def _sittings(table: pd.DataFrame | pd.Series) -> list[Sitting]:
    return [Sitting(int(year), int(grade), subject) for year, grade, subject in table.index]


def _shown(sittings: list[Sitting], year: int | None) -> list[Sitting]:
    if year is not None:
        there = sorted({one.year for one in sittings})
        if year not in there:
            raise Lacking(f"没有{year}年的成绩；有成绩的年份：{'、'.join(map(str, there))}。")
        return [one for one in sittings if one.year == year]
    last = {one[1:]: one for one in sorted(sittings)}
    return sorted(last.values(), key=lambda one: one[1:])


def _first(one: Sitting, sittings: list[Sitting]) -> int | None:
    """Return the first year of the same grade and subject before this one."""
    return min(
        (other.year for other in sittings if other[1:] == one[1:] and other.year < one.year), default=None
    )


def _found(county: County, one: Sitting) -> Found:
    rows = scored(county, **one._asdict())
    if rows["school_id"].nunique() == 1:
        raise Lacking(f"{one}：只有一所学校有成绩，没有可比的学校。请把全县各校的成绩放在一张表里。")
    means = school_means(county, *one)
    covariates, added, why = usable_covariates(county, *one), None, ""
    try:
        added = unranked(county, *one, covariates) if covariates else None
    except Lacking as lacks:  # the means stand without it, and the sheet says that it could not be told
        why = str(lacks)
    try:
        levels = level_funnel(county, *one)
    except Lacking:
        levels = None
    return Found(covariates, means, float(rows["score"].mean()), added, why, levels)


def _changes(
    county: County, found: dict[Sitting, Found], first: dict[Sitting, int | None]
) -> tuple[pd.DataFrame, float]:
    parts, by_chance = {}, 0.0
    for one, begun in first.items():
        if begun is None:
            continue
        try:
            covariates = _in_both(county, one, begun)
            part = school_changes(county, one.grade, one.subject, begun, one.year, covariates=covariates)
        except Lacking:
            continue
        parts[begun, one.year, one.grade, one.subject] = part.sort_index().assign(start=bool(covariates))
        by_chance += (1 - LEVEL) * len(part)
    return _joined(parts, ["first", "last", "grade", "subject", "school_id"]), by_chance


def _in_both(county: County, one: Sitting, begun: int) -> tuple[str, ...]:
    """Return the covariates that can be used in both years."""
    then = usable_covariates(county, begun, one.grade, one.subject)
    both = tuple(c for c in usable_covariates(county, *one) if c in then)
    return both if "earlier" in both else ()


def _joined(parts: dict[tuple, pd.DataFrame], names: list[str]) -> pd.DataFrame:
    if not parts:
        return pd.DataFrame(index=pd.MultiIndex.from_arrays([[] for _ in names], names=names))
    return pd.concat(parts, names=names)


def _weak(
    county: County, found: dict[Sitting, Found], first: dict[Sitting, int | None], sittings: list[Sitting]
) -> pd.DataFrame:
    lists = {}
    for one in sittings:
        try:
            covariates = found[one].covariates if one in found else usable_covariates(county, *one)
            lists[one] = weak_schools(county, *one, first.get(one), covariates=covariates)
        except Lacking:  # said where the schools of the sitting are shown
            continue
    parts = {
        one: lists[one].assign(again=pd.Series(_again(one, lists), dtype=object))
        for one in found
        if one in lists
    }
    table = _joined(parts, [*KEYS, "school_id"])
    if table.empty:
        return table
    kinds = table["kind"].map(list(KINDS).index).to_numpy()
    order = pd.DataFrame({"kind": kinds, "school": table.index.get_level_values("school_id")})
    return table.iloc[order.sort_values(["kind", "school"], kind="stable").index]


def _again(one: Sitting, lists: dict[Sitting, pd.DataFrame]) -> dict[str, str]:
    """Name for each school the other years and subjects of the grade that list it for the same."""
    kinds = {other: part["kind"] for other, part in lists.items() if other.grade == one.grade}
    own = kinds.pop(one)
    return {
        school: "、".join(str(other) for other, kind in kinds.items() if kind.get(school) == own[school])
        for school in own.index
    }


def _unused(county: County, found: dict[Sitting, Found], failed: dict[Sitting, str]) -> pd.DataFrame:
    groups = county.tables["scores"].groupby(KEYS)
    counts = {one: _counted(groups.get_group(one), found.get(one)) for one in sorted([*found, *failed])}
    frame = pd.DataFrame.from_dict(counts, orient="index")
    frame.index = pd.MultiIndex.from_tuples(counts, names=KEYS)
    return frame


def _counted(rows: pd.DataFrame, found: Found | None) -> dict[str, int]:
    taken = rows.dropna(subset=["score"])
    sizes = taken["school_id"].value_counts()
    return {
        "rows": len(rows),
        "blank": len(rows) - len(taken),
        "scored": len(taken),
        "no_earlier": int(taken["earlier"].isna().sum()),
        "no_ses": int(taken["ses"].isna().sum()),
        "added": found.added.used if found and found.added else 0,
        "schools": len(sizes),
        "hidden": int((sizes < FEWEST).sum()),
        "hidden_added": found.added.hidden if found and found.added else 0,
    }


def what_lacks(findings: ScoreFindings) -> Iterator[tuple[str, str]]:
    """Say what the file has not, and what cannot be told for it: pairs of Chinese texts."""
    named = {
        "scores.earlier": ("早先成绩", "算不出增值：平均分低的学校，分不出是教得少还是起点低"),
        "scores.ses": ("家庭背景指数", "增值只扣了早先成绩，家庭条件的差别还在里面"),
        "scores.level": ("等级", "看不出达到Ⅲ级以上的比例"),
        "timetable": ("课表", "名单上的学校，不知道课有没有上足、教师对不对口"),
    }
    for name in lacking(findings.county.tables, named):
        yield named[name]
    if findings.changes.empty:
        yield "同一年级、同一科另一年的成绩", "看不出变化，也看不出有没有往下走"
    for one, found in findings.found.items():
        if not found.covariates and not lacking(findings.county.tables, ["scores.earlier"]):
            yield f"{one}的早先成绩", "有早先成绩的不到一半，或者人人一样，这一科没有算增值"
        elif found.covariates == ("earlier",) and not lacking(findings.county.tables, ["scores.ses"]):
            yield f"{one}的家庭背景指数", "有的不到一半，或者人人一样，没有用上；增值只扣了早先成绩"
        if found.why:
            yield f"{one}的增值", found.why

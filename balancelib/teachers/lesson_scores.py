"""Scores of lessons in two years, of members of studios and of others.

A score of a year is given at the end of its school year, in spring; terms are named for the autumn in which the school year
begins, ``2023-1`` and ``2023-2``. So who joined in term ``2023-…`` was no member yet when the score of 2023 was given.
"""

from collections.abc import Sequence

import pandas as pd

from balancelib.county import County, Lacking
from balancelib.teachers.definitions import FEWEST


def score_pairs(county: County, before: int, after: int, joined_by: int | None = None) -> pd.DataFrame:
    """Return for each teacher the scores of two years and whether a studio came in between (课堂评价前后对照).

    Parameters
    ----------
    county : County
        With tables ``lesson_scores``, ``studios``, ``studio_members``, ``teachers``.
    before, after : int
        Years of the two scores.
    joined_by : int, optional
        Members are those who had joined when the score of this year was given; ``after`` if left out. A later one asks what future members
        gained while they were none.

    Returns
    -------
    DataFrame
        Index teacher_id: ``school_id``, ``member``, ``exposed`` (no member, but at a school with a member of the same subject), ``before``,
        ``after``; NaN where a score is missing. Left out are leaders, who joined before the first score or after the last, and who has neither score.

    Raises
    ------
    Lacking
        No scores of one of the years, a teacher of the scores who is not in ``teachers``, or a term that cannot be read.
    """
    county.tables.need(["lesson_scores", "studios", "studio_members", "teachers"])
    scores = county.tables["lesson_scores"].dropna(subset=["score"])
    table = scores.pivot_table(index="teacher_id", columns="year", values="score").reindex(
        columns=[before, after]
    )
    if table.isna().all().any():
        raise Lacking(f"“课堂评价”表里没有{before}年或者{after}年的分数，没法比前后。")
    joined = first_years(county.tables["studio_members"])
    late = joined[(joined < before) | (joined >= (joined_by or after))]
    leaders = county.tables["studios"]["leader"].dropna()
    table = table.dropna(how="all").drop([*late.index, *leaders], errors="ignore")
    pairs = table.set_axis(["before", "after"], axis=1)
    people = county.tables["teachers"].set_index("teacher_id")[["school_id", "stage", "subject"]]
    if missing := sorted(set(pairs.index) - set(people.index)):
        raise Lacking(f"“课堂评价”表里的{'、'.join(missing[:5])}不在“教师”表里，不知道在哪所学校。")
    found = people.loc[pairs.index].join(pairs)
    found["member"] = found.index.isin(joined.index)
    own = [
        pd.MultiIndex.from_frame(table[["school_id", "stage", "subject"]])
        for table in (found, people.loc[people.index.intersection(joined.index)])
    ]
    found["exposed"] = own[0].isin(own[1]) & ~found["member"]
    return found[["school_id", "member", "exposed", "before", "after"]].sort_index()


def first_years(members: pd.DataFrame) -> pd.Series:
    """Return for each member the school year of the first term in a studio.

    Examples
    --------
    >>> first_years(pd.DataFrame({"teacher_id": ["T1", "T1"], "since": ["2024-1", "2023-2"]})).to_dict()
    {'T1': 2023}
    """
    terms = members["since"].astype("string").str.strip()
    bad = ~terms.str.fullmatch(r"\d{4}-[12]", na=False)
    if bad.any():
        raise Lacking(
            f"“工作室成员”表里有{bad.sum()}人没有写清哪个学期加入。要写成2023-1（秋季）、2023-2（春季），不知道的先问清。"
        )
    return terms.str[:4].astype(int).groupby(members["teacher_id"]).min()


def whole(pairs: pd.DataFrame, more: Sequence[str] = ()) -> pd.DataFrame:
    """Return the rows in which no score is missing."""
    return pairs.dropna(subset=["before", "after", *more])


def yearly_means(county: County, pairs: pd.DataFrame) -> pd.DataFrame:
    """Return the mean scores of members and others, year by year, of teachers who have a score in each.

    Parameters
    ----------
    county : County
        With table ``lesson_scores``.
    pairs : DataFrame
        Of `score_pairs`: who is a member.

    Returns
    -------
    DataFrame
        Index year; columns ``members``, ``others``; in ``attrs`` how many they are, as ``n``. The same persons in all years, so that who
        comes and goes moves no line.

    Raises
    ------
    Lacking
        Fewer than three of either have all scores.
    """
    wide = county.tables["lesson_scores"].pivot_table(index="teacher_id", columns="year", values="score")
    wide = wide.reindex(pairs.index).dropna()
    group = pairs["member"].reindex(wide.index).map({True: "members", False: "others"})
    n = group.value_counts().reindex(["members", "others"], fill_value=0)
    if n.min() < FEWEST:
        raise Lacking(f"每年都有分数的成员{n['members']}人、其他教师{n['others']}人，太少，不画。")
    means = wide.groupby(group).mean().T.rename(index=int)
    means.attrs["n"] = n.to_dict()
    return means

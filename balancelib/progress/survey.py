"""The survey of satisfaction (社会认可度、满意度): whom it reached, what the answers stand for, and what of them may be published."""

import pandas as pd

from balancelib.county import County, Lacking
from balancelib.county.schema import schema
from balancelib.disclosure import Confidential, load_policy

LEAST = 5  # valid answers of a cell: with fewer it is joined to others
REST = "其他身份"
ANSWERS = {1.0: "满意", 0.0: "不满意"}


def survey_answers(county: County) -> pd.DataFrame:
    """Return the answers with where each school is and the names of role and area (答卷).

    Parameters
    ----------
    county : County
        With table ``survey``.

    Returns
    -------
    DataFrame
        ``school_id, role, area, wave, satisfied`` (1, 0, or NaN where the question was left blank); role and area in Chinese.

    Raises
    ------
    Lacking
        The county asked nobody, or nobody answered the question.
    """
    county.tables.need(["survey.satisfied"])
    return _with_places(county, county.tables["survey"][["school_id", "role", "wave", "satisfied"]])


def survey_cells(county: County, least: int = LEAST) -> pd.DataFrame:
    """Return the survey by cells of role and area, which the answers are weighted by (按身份和城乡分格).

    Parameters
    ----------
    county : County
        With tables ``survey_frame`` and ``survey``.
    least : int
        Valid answers of a cell, two at least. Where there are fewer, the cells of the role are joined, and then roles that still have fewer.

    Returns
    -------
    DataFrame
        A row a cell, by its Chinese name: ``size`` people, ``sent``, ``valid`` and ``satisfied`` answers, ``share``.

    Raises
    ------
    Lacking
        A table is missing, more answers than forms or more forms than people, or too few answers.
    ValueError
        ``least`` below two.
    """
    if least < 2:
        raise ValueError(f"least是{least}，一格至少要2份有效答卷，才估得出误差")
    frame, answers = survey_people(county), survey_answers(county).dropna(subset=["satisfied"])
    by = ["role", "area"]
    cells = frame.groupby(by)[["size", "sent"]].sum()
    cells[["valid", "satisfied"]] = answers.groupby(by)["satisfied"].agg(["size", "sum"]).reindex(cells.index)
    cells = cells.fillna(0.0).reset_index()
    joined = cells.groupby(_joined(cells, least), sort=False)[["size", "sent", "valid", "satisfied"]].sum()
    if (joined["valid"] < least).any():
        few = "、".join(joined.index[joined["valid"] < least])
        raise Lacking(f"“{few}”的有效答卷不到{least}份，推不出这些人怎样想。多收一些再算。")
    return joined.assign(share=joined["satisfied"] / joined["valid"]).rename_axis("cell")


def survey_people(county: County) -> pd.DataFrame:
    """Return how many people each school has of each role and how many were asked, checked against the answers (发放).

    Parameters
    ----------
    county : County
        With tables ``survey_frame`` and ``survey``.

    Returns
    -------
    DataFrame
        ``school_id, role, area, size, sent``; role and area in Chinese.

    Raises
    ------
    Lacking
        A table is missing; a number is blank, which is not 0; more answers than forms, or more forms than people, of a school and role.
    """
    county.tables.need(["survey_frame.size", "survey.satisfied"])
    frame = _with_places(county, county.tables["survey_frame"][["school_id", "role", "size", "sent"]])
    if blank := int(frame[["size", "sent"]].isna().any(axis=1).sum()):
        raise Lacking(f"“满意度调查发放”表里有{blank}行没有填总人数或发出的份数。空着不是0：补上再算。")
    key = ["school_id", "role"]
    valid = survey_answers(county).dropna(subset=["satisfied"]).groupby(key).size().rename("valid")
    sent = frame.set_index(key)["sent"].reindex(valid.index).fillna(0.0)
    if (valid > sent).any():
        school, role = valid.index[valid > sent][0]
        raise Lacking(
            f"有的答卷在“满意度调查发放”表里没有发过，或者收回的比发出的还多，例如学校{school}的{role}。先把两张表对上，再算。"
        )
    if (over := frame["sent"] > frame["size"]).any():
        school, role = frame.loc[over, key].iloc[0]
        raise Lacking(
            f"“满意度调查发放”表里，有的身份发出的比总人数还多，例如学校{school}的{role}。先核对总人数，再算。"
        )
    return frame


def cells_of(answers: pd.DataFrame, cells: pd.DataFrame) -> pd.Series:
    """Return in which of the cells of `survey_cells` each answer is."""
    name = answers["role"] + "·" + answers["area"]
    name = name.where(name.isin(cells.index), answers["role"])
    return name.where(name.isin(cells.index), REST)


def _with_places(county: County, rows: pd.DataFrame) -> pd.DataFrame:
    """Put the area of the school in, role and area by their Chinese names."""
    roles, areas = (
        schema().table("survey").column("role").codes,
        schema().table("schools").column("area").codes,
    )
    area = rows["school_id"].map(county.schools.set_index("school_id")["area"])
    if area.isna().any():
        raise Lacking("满意度调查里有的学校不在“学校”表里，或者没有填城乡分类。补上再算。")
    return rows.assign(role=rows["role"].map(roles), area=area.map(areas)).reset_index(drop=True)


def _joined(cells: pd.DataFrame, least: int) -> pd.Series:
    """Return the name of each cell, those with too few answers joined."""
    name = cells["role"] + "·" + cells["area"]
    few = (cells["valid"] < least).groupby(cells["role"]).transform("any")
    name = name.where(~few, cells["role"])
    return name.where(cells["valid"].groupby(name).transform("sum") >= least, REST)


def shown_answers(answers: pd.DataFrame) -> pd.DataFrame:
    """Return what may be published of the answers by role and area: small cells hidden, and others with them (可以公布的表).

    Parameters
    ----------
    answers : DataFrame
        Of `survey_answers`.

    Returns
    -------
    DataFrame
        As `balancelib.disclosure.Release.table`: a row a role and area, a column an answer, all as text.

    Notes
    -----
    A 0 is hidden as a small count is: "15 satisfied, 0 not" tells what each of the fifteen answered.
    """
    valid = answers.dropna(subset=["satisfied"])
    counts = valid.assign(answer=valid["satisfied"].map(ANSWERS)).groupby(["role", "area"])["answer"]
    people = counts.value_counts().unstack(fill_value=0).reindex(columns=list(ANSWERS.values()), fill_value=0)
    people = people.stack().rename("people").rename_axis(["role", "area", "answer"]).reset_index()
    of = {"role": schema().table("survey"), "area": schema().table("schools")}
    order = {name: [*table.column(name).codes.values()] for name, table in of.items()}
    order = {name: [v for v in values if v in set(people[name])] for name, values in order.items()}
    wrapped = Confidential(
        people, "people", known=[("role", "area")], values={**order, "answer": ANSWERS.values()}
    )
    released = wrapped.publish([("role", "area", "answer")], load_policy()._replace(zeros="hidden"))
    return released.table(("role", "area"), "answer")

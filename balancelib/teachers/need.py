"""How many teachers the timetable needs, subject by subject and school by school, beside those there are."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from balancelib.county import County, Lacking
from balancelib.county.schema import AREAS, STAGES
from balancelib.standards.staffing import Curriculum, Establishment, load_curriculum, load_establishment
from balancelib.teachers.definitions import KEYS, are_ordinary


def in_order(frame: pd.DataFrame, by: Sequence[str], plan: Curriculum | None = None) -> pd.DataFrame:
    """Sort rows so that groups of them come as they are shown: stages, areas and subjects in their order, others as they stand."""
    order = {"stage": STAGES, "area": AREAS, "subject": [s.key for s in (plan or load_curriculum()).subjects]}
    ranks = [
        frame[name].map({value: i for i, value in enumerate(order[name])}) for name in by if name in order
    ]
    return frame.iloc[np.lexsort(ranks[::-1])] if ranks else frame


def staff_sections(county: County) -> pd.DataFrame:
    """Stage sections whose staff the county plans: public schools of the ordinary curriculum that have classes.

    Returns
    -------
    DataFrame
        ``school_id, name, area, kind, stage, pupils, classes, teachers``, as reported.

    Raises
    ------
    Lacking
        Pupils without a number of classes.
    """
    schools = county.schools
    schools = schools[(schools["operator"] == "public") & are_ordinary(schools)]
    columns = ["pupils", "classes", "teachers"]
    parts = [
        schools[["school_id", "name", "area", "kind"]].assign(
            stage=stage, **{column: schools[f"{column}_{stage}"] for column in columns}
        )
        for stage in STAGES
    ]
    sections = pd.concat(parts, ignore_index=True)
    if (unknown := (sections["pupils"] > 0) & sections["classes"].isna()).any():
        names = "、".join(sections.loc[unknown, "name"].unique()[:10])
        raise Lacking(f"这些学校有学生，没有填班数，算不出要多少教师：{names}。请填写；空白不当作0")
    sections = sections[sections["classes"] > 0]
    if sections.empty:
        raise Lacking("数据里没有公办中小学的班数，没有可算的")
    return sections.reset_index(drop=True)


def staff(county: County) -> pd.DataFrame:
    """Teachers of these sections: rows and columns of the table ``teachers``, with the school's ``area`` and ``name``.

    Raises
    ------
    Lacking
        The table has not one of their teachers.
    """
    sections = staff_sections(county)[["school_id", "stage", "area", "name"]]
    found = county.tables["teachers"].merge(sections, on=["school_id", "stage"], how="inner")
    if found.empty:
        raise Lacking("“教师”表里没有一名公办中小学的教师：请核对学校标识码和学段")
    return found


def staff_need(county: County, plan: Curriculum | None = None) -> pd.DataFrame:
    r"""Full posts that the timetable needs (按课时算的教师需求).

    .. math::
        D_{ij} = \frac{C_i\, p_{sj}}{l_{sj}}

    with :math:`C_i` the section's classes, :math:`p_{sj}` periods a week and class, :math:`l_{sj}` periods a week of a full post.

    Parameters
    ----------
    county : County
    plan : Curriculum, optional
        Periods and loads; `load_curriculum` if left out.

    Returns
    -------
    DataFrame
        A row for each section and subject: ``school_id, name, area, kind, stage, subject, classes, periods`` (a week), ``need`` (full posts).

    Raises
    ------
    Lacking
        As `staff_sections`.

    Notes
    -----
    Unit of analysis: the stage section. Classes are taken as spread evenly over the stage's grades. A class of several grades together (复式) is one.
    """
    plan = plan or load_curriculum()
    sections = staff_sections(county)
    rows = [
        {"stage": stage, "subject": key, "weekly": periods, "load": plan.loads(stage)[key]}
        for stage in STAGES
        for key, periods in plan.periods(stage).items()
    ]
    frame = sections.merge(pd.DataFrame(rows), on="stage")
    frame["periods"] = frame["classes"] * frame["weekly"]
    frame["need"] = frame["periods"] / frame["load"]
    return frame[
        ["school_id", "name", "area", "kind", "stage", "subject", "classes", "periods", "need"]
    ].sort_values(["school_id", "stage"], ascending=[True, False], kind="stable", ignore_index=True)


def staff_balance(
    county: County, plan: Curriculum | None = None, establishment: Establishment | None = None
) -> pd.DataFrame:
    """Set teachers of each subject beside what the timetable needs: surplus and shortage at the same time (超编缺科).

    Parameters
    ----------
    county : County
        With the table ``teachers``.
    plan : Curriculum, optional
        As in `staff_need`.
    establishment : Establishment, optional
        What share of a full load heads teach; `load_establishment` if left out.

    Returns
    -------
    DataFrame
        As `staff_need`, with ``teachers`` (persons whose main subject it is), ``have`` (full posts that they teach), ``surplus`` and ``short``
        (full posts; never both), and ``perhaps``: of ``short``, what those of the section whose subject is blank may teach already. So ``short`` is
        the most that it can be, ``short`` less ``perhaps`` the least. NaN where a section's teachers are not in the table.

    Notes
    -----
    A subject that anyone may teach (综合实践与劳动) is first taken over, in the same school, by those who have periods to spare, in proportion to
    what they have; ``surplus`` is what is left of them. A teacher whose subject is blank is in no subject, but counted in ``perhaps``: `unknown_staff`
    says where they are.
    """
    plan, establishment = plan or load_curriculum(), establishment or load_establishment()
    need = staff_need(county, plan)
    teachers = _posts(county, establishment)
    counted = teachers.groupby(KEYS).agg(teachers=("post", "size"), have=("share", "sum"))
    frame = need.join(counted, on=KEYS)
    blank = frame.join(blank_subjects(county), on=["school_id", "stage"])["blank"]
    frame[["teachers", "have"]] = frame[["teachers", "have"]].fillna(0.0)
    frame.loc[blank.isna(), ["teachers", "have"]] = np.nan
    gap = frame["have"] - frame["need"]
    frame["surplus"], frame["short"] = gap.clip(lower=0), (-gap).clip(lower=0)
    anyone = frame["subject"].isin([s.key for s in plan.subjects if s.by_anyone])
    frame = _taken_over(frame, anyone)
    return frame.assign(perhaps=np.minimum(frame["short"], blank))


def _posts(county: County, establishment: Establishment) -> pd.DataFrame:
    """Teachers with a subject, and the share of a full load that each teaches; a blank post is a teacher's."""
    teachers = staff(county).dropna(subset=["subject"])
    post = teachers["post"].fillna("teacher")
    return teachers.assign(post=post, share=post.map(establishment.posts).astype(float))


def blank_subjects(county: County) -> pd.Series:
    """Count the teachers whose subject is blank, in every section whose teachers are known (学科空着的教师).

    Returns
    -------
    Series of int
        ``blank`` by ``school_id, stage``. At 0, what the table has not, the section has not. Above 0, it may. A section is not there where the table lists none of
        its teachers and ``schools`` does not say that it has none: nothing is known of it.
    """
    teachers, schools = county.tables["teachers"], county.schools
    listed = teachers["subject"].isna().groupby([teachers["school_id"], teachers["stage"]]).sum()
    none = [
        (school, stage)
        for stage in STAGES
        for school in schools.loc[schools[f"teachers_{stage}"] == 0, "school_id"]
        if (school, stage) not in listed.index
    ]
    index = pd.MultiIndex.from_tuples([*listed.index, *none], names=["school_id", "stage"])
    return pd.Series([*listed, *[0] * len(none)], index, dtype=int, name="blank")


def _taken_over(frame: pd.DataFrame, anyone: pd.Series) -> pd.DataFrame:
    """Let those with periods to spare teach what anyone may, within their section."""
    section = [frame["school_id"], frame["stage"]]
    spare = frame["surplus"].where(~anyone, 0.0).groupby(section).transform("sum")
    wanted = frame["short"].where(anyone, 0.0).groupby(section).transform("sum")
    taken = np.minimum(spare, wanted)
    share = (taken / spare.where(spare > 0)).fillna(0.0)
    covered = (taken / wanted.where(wanted > 0)).fillna(0.0)
    frame["surplus"] *= (1 - share).where(~anyone, 1.0)
    frame["short"] *= (1 - covered).where(anyone, 1.0)
    return frame


def unknown_staff(county: County) -> pd.DataFrame:
    """Sections whose balance is not known or not certain.

    Returns
    -------
    DataFrame
        ``school_id, name, stage, teachers`` (reported in ``schools``), ``listed`` (rows of ``teachers``), ``no_subject`` (of them, subject blank): the
        sections where the two numbers differ or a subject is blank.
    """
    teachers = staff(county)
    counted = (
        teachers.assign(blank=teachers["subject"].isna())
        .groupby(["school_id", "stage"])
        .agg(listed=("blank", "size"), no_subject=("blank", "sum"))
    )
    frame = staff_sections(county).join(counted, on=["school_id", "stage"])
    frame[["listed", "no_subject"]] = frame[["listed", "no_subject"]].fillna(0).astype(int)
    odd = (frame["teachers"] != frame["listed"]) | (frame["no_subject"] > 0)
    return frame.loc[odd, ["school_id", "name", "stage", "teachers", "listed", "no_subject"]].reset_index(
        drop=True
    )


def establishment_gap(
    county: County,
    plan: Curriculum | None = None,
    establishment: Establishment | None = None,
    by: Sequence[str] = ("stage", "area"),
) -> pd.DataFrame:
    """Posts by pupils beside the posts that the timetable needs (编制数和课时需求).

    Parameters
    ----------
    county, plan
        As in `staff_need`; the table ``teachers`` is not needed.
    establishment : Establishment, optional
        `load_establishment` if left out.
    by : sequence of str
        Of ``stage``, ``area``, ``kind``, ``school_id``.

    Returns
    -------
    DataFrame
        ``pupils, classes, class_size, quota`` (posts of teachers by pupils), ``need`` (full posts by periods), ``teachers`` (persons), ``over``
        (teachers above the quota), ``free`` (teachers above the need: persons less full posts, heads as whole ones; `staff_balance` counts what heads
        teach). ``teachers`` is NaN where one school has not said.
    """
    plan, establishment = plan or load_curriculum(), establishment or load_establishment()
    sections = staff_sections(county)
    quota = [
        establishment.teachers(stage, part["pupils"], part["classes"])
        for stage, part in sections.groupby("stage")
    ]
    need = staff_need(county, plan).groupby(["school_id", "stage"])["need"].sum()
    sections = sections.assign(quota=pd.concat(quota)).join(need, on=["school_id", "stage"])
    groups = in_order(sections, by, plan).groupby(list(by), sort=False)
    frame = groups[["pupils", "classes", "quota", "need"]].sum()
    frame["teachers"] = groups["teachers"].agg(lambda column: column.sum(skipna=False))
    frame.insert(2, "class_size", frame["pupils"] / frame["classes"])
    return frame.assign(over=frame["teachers"] - frame["quota"], free=frame["teachers"] - frame["need"])


def outside_training(
    county: County, by: Sequence[str] = ("stage", "subject"), plan: Curriculum | None = None
) -> pd.DataFrame:
    """Teachers who teach another subject than they were trained for (教非所学).

    Parameters
    ----------
    county : County
        With ``teachers.trained_subject``.
    by : sequence of str
        Of ``stage``, ``subject``, ``area`` (of the school).
    plan : Curriculum, optional
        Which trainings suit a subject: physics suits 科学, any suits what anyone may teach.

    Returns
    -------
    DataFrame
        ``teachers``, of them ``known`` (both subjects filled), ``outside``, and ``share``: outside ÷ known, NaN where nothing is known.
    """
    county.tables.need(["teachers.trained_subject"])
    plan = plan or load_curriculum()
    teachers = staff(county)
    known = teachers[["subject", "trained_subject"]].notna().all(axis=1)
    pairs = zip(teachers["subject"], teachers["trained_subject"], strict=True)
    suited = [
        not both or plan.subject(taught).suits(trained)
        for both, (taught, trained) in zip(known, pairs, strict=True)
    ]
    outside = known & ~np.array(suited)
    groups = in_order(teachers.assign(known=known, outside=outside), by, plan).groupby(list(by), sort=False)
    frame = groups.agg(teachers=("known", "size"), known=("known", "sum"), outside=("outside", "sum"))
    return frame.assign(share=frame["outside"] / frame["known"].where(frame["known"] > 0))

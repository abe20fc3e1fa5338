"""Which subjects a small school cannot teach with its own teachers: periods that its classes need, less those that are taught."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from balancelib.county import County, Lacking
from balancelib.county.schema import STAGES
from balancelib.teachers.definitions import KEYS, are_ordinary
from balancelib.teachers.need import blank_subjects


def subject_gaps(
    county: County, periods: Mapping[tuple[str, str], float], most_classes: int = 12
) -> pd.DataFrame:
    r"""Count the weekly periods of subjects that small schools lack (小规模学校缺的课时).

    .. math::
        g_{sj} = \max\Big(0,\; c_s\, h_j - \sum_{t \in s,\, j} u_t\Big)

    with ``c`` classes, ``h`` weekly periods of the subject in a class, and ``u`` weekly periods that a teacher of the subject gives now.

    Parameters
    ----------
    county : County
        With the tables ``schools`` and ``teachers``.
    periods : mapping of (stage, subject) to float
        Weekly periods of a class, the mean of its stage's grades, for the subjects that are asked for.
    most_classes : int
        A stage of a school with more classes is left out: it can fill a whole post and hires.

    Returns
    -------
    DataFrame
        A row a school, stage and subject, in their order: ``classes, needed, own`` (periods), ``teachers`` (own ones of the subject) and ``lack``,
        blank where a teacher's periods or subject is blank and so more may be given than is seen, or where the table lists none of the section's
        teachers though it has some: what is not known is not lacking.

    Raises
    ------
    Lacking
        No teacher or no small school.
    ValueError
        Periods that are negative.

    Notes
    -----
    Unit of analysis: the stage of a school. A teacher counts in the subject that the table says; what he gives beside it is not seen, so a school that
    has its subject taught by teachers of others lacks it here. That is meant: the pool is to bring teachers of the subject. Private, special and vocational schools are left out.
    """
    if any(hours < 0 for hours in periods.values()):
        raise ValueError("每周课时不能是负数")
    teachers = county.tables["teachers"]
    places = _small(county.schools, most_classes)
    asked = pd.DataFrame(
        [(*key, hours) for key, hours in periods.items()], columns=["stage", "subject", "hours"]
    )
    rows = places.merge(asked, on="stage")
    if rows.empty:
        raise Lacking(f"没有一所学校在{most_classes}个班以内：走教是给小规模学校的，请放宽most_classes")
    given = teachers.groupby(KEYS)["periods"]
    own = pd.DataFrame({"own": given.sum(min_count=1), "teachers": given.size(), "known": given.count()})
    rows = rows.merge(own, left_on=KEYS, right_index=True, how="left").fillna({"teachers": 0, "known": 0})
    rows = rows.join(blank_subjects(county), on=["school_id", "stage"])
    sure = rows["blank"] == 0
    rows["own"] = (
        rows["own"].where(rows["known"] == rows["teachers"]).mask(sure & (rows["teachers"] == 0), 0.0)
    )
    rows["needed"] = rows["classes"] * rows["hours"]
    lack = (rows["needed"] - rows["own"]).clip(lower=0)
    rows["lack"] = lack.mask(~sure & (lack > 0))
    rows["teachers"] = rows["teachers"].astype(int)
    return rows.sort_values(KEYS)[[*KEYS, "classes", "needed", "own", "teachers", "lack"]].reset_index(
        drop=True
    )


def _small(schools: pd.DataFrame, most: int) -> pd.DataFrame:
    """Stages of public schools with classes, but no more than ``most``; special and vocational schools have curricula of their own."""
    schools = schools[are_ordinary(schools) & (schools["operator"] == "public")]
    parts = [
        pd.DataFrame(
            {"school_id": schools["school_id"], "stage": stage, "classes": schools[f"classes_{stage}"]}
        )
        for stage in STAGES
    ]
    places = pd.concat(parts)
    return places[places["classes"].between(1, most)].astype({"classes": int})


def posts_if_each_hires(gaps: pd.DataFrame, load: float) -> pd.DataFrame:
    """Count the posts if each school hired for each subject by itself, beside those that the periods fill (各校自己招要几名).

    Parameters
    ----------
    gaps : DataFrame
        Of `subject_gaps`.
    load : float
        Weekly periods of a full post.

    Returns
    -------
    DataFrame
        By subject: ``schools`` that lack it, ``periods`` lacking, ``posts`` with whole ones at each school, ``worth`` posts that the periods fill
        together, and ``mean_periods`` of a post at one school.

    Raises
    ------
    ValueError
        A load that is not above 0.
    """
    if load <= 0:
        raise ValueError("每周标准课时要大于0")
    lacking = gaps[gaps["lack"] > 0]
    posts = lacking.assign(posts=np.ceil(lacking["lack"] / load - 1e-9)).groupby("subject")
    found = pd.DataFrame(
        {
            "schools": posts["school_id"].nunique(),
            "periods": posts["lack"].sum(),
            "posts": posts["posts"].sum().astype(int),
        }
    )
    return found.assign(worth=found["periods"] / load, mean_periods=found["periods"] / found["posts"])

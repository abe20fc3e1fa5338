"""How far the results of studios are carried, counted honestly: each school and each teacher once, and a meeting is not an adoption."""

import numpy as np
import pandas as pd

from balancelib.county import County
from balancelib.county.schema import schema
from balancelib.teachers.contacts import known_meetings
from balancelib.teachers.studios import studio_people

TIES = {
    "host": "挂牌学校",
    "member": "有成员",
    "contact": "只有往来",
    "none": "没有联系",
}  # the strongest first
OFTEN = 1


def school_ties(county: County, often: int = OFTEN) -> pd.DataFrame:
    """Return how each studio reaches each school that teaches its subject (工作室带到哪所学校).

    Parameters
    ----------
    county : County
        With tables ``teachers``, ``studios``, ``studio_members``, ``peer_contacts``.
    often : int
        Joint meetings a year with a school that has a member or the studio, from which on a school counts as reached.

    Returns
    -------
    DataFrame
        A row a studio and school with teachers of its stage and subject: ``studio_id, school_id, tie`` (one of `TIES`), ``members``, ``teachers`` of
        that stage and subject. The strongest tie counts. A contact is a chance to hear of it: whether anything was taken over, nobody asked.

    Raises
    ------
    MissingTable
        One of the tables has no row.
    Lacking
        Of a pair of schools the number of meetings is blank, or somebody of a studio is not in the table of teachers.
    """
    county.tables.need(["teachers", "studios", "studio_members", "peer_contacts"])
    studio_people(county)  # refuses whom the teachers' table has not
    known_meetings(county.tables["peer_contacts"])
    people = county.tables["teachers"].set_index("teacher_id")
    members = county.tables["studio_members"].join(people["school_id"], on="teacher_id")
    contacts = county.tables["peer_contacts"].query("joint >= @often")[["school_id", "other_id"]].to_numpy()
    found = []
    for studio in county.tables["studios"].sort_values("studio_id").itertuples():
        of_subject = people[(people["stage"] == studio.stage) & (people["subject"] == studio.subject)]
        teachers = of_subject["school_id"].value_counts().sort_index()
        own = members.loc[members["studio_id"] == studio.studio_id, "school_id"].value_counts()
        near = _neighbours(contacts, {studio.school_id, *own.index})
        schools = teachers.index
        tie = np.select(
            [schools == studio.school_id, schools.isin(own.index), schools.isin(near)],
            ["host", "member", "contact"],
            "none",
        )
        count = own.reindex(schools, fill_value=0).to_numpy()
        rows = {
            "studio_id": studio.studio_id,
            "school_id": schools,
            "tie": tie,
            "members": count,
            "teachers": teachers.to_numpy(),
        }
        found.append(pd.DataFrame(rows))
    return pd.concat(found, ignore_index=True)


def _neighbours(contacts: np.ndarray, schools: set[str]) -> set[str]:
    """Schools that meet one of these."""
    return {b for pair in contacts.tolist() for a, b in (pair, pair[::-1]) if a in schools}


def studio_names(county: County) -> dict[str, str]:
    """Return what each studio is called: stage and subject, with its number where there are several of them."""
    table = schema().table("studios")
    studios = county.tables["studios"].set_index("studio_id")
    parts = [studios[name].map(table.column(name).codes) for name in ("stage", "subject")]
    names = parts[0] + parts[1]
    return names.where(~names.duplicated(keep=False), names + names.index).to_dict()


def reported_reach(ties: pd.DataFrame) -> pd.DataFrame:
    """Return what each studio would report, and of it what is new, in the order of the list (各工作室上报的和去掉重复的).

    Parameters
    ----------
    ties : DataFrame
        Of `school_ties`.

    Returns
    -------
    DataFrame
        Index studio_id: ``schools`` that teach its subject; of them ``with_members`` (the host's too), ``contact`` and ``none``; ``reported``, those
        with members or contact; ``new``, those of the reported that no studio before it in the list has. The sum of ``new`` is the number of
        different schools, that of ``reported`` is not.
    """
    counts = pd.crosstab(ties["studio_id"], ties["tie"]).reindex(columns=list(TIES), fill_value=0)
    reached = ties[ties["tie"] != "none"].sort_values("studio_id", kind="stable")
    new = reached.drop_duplicates("school_id")["studio_id"].value_counts()
    with_members = counts["host"] + counts["member"]
    return pd.DataFrame(
        {
            "schools": counts.sum(axis=1),
            "with_members": with_members,
            "contact": counts["contact"],
            "none": counts["none"],
            "reported": with_members + counts["contact"],
            "new": new.reindex(counts.index, fill_value=0),
        }
    )


def strongest_ties(ties: pd.DataFrame) -> pd.Series:
    """Return each school's strongest tie to any studio: every school once.

    Examples
    --------
    >>> ties = pd.DataFrame({"school_id": ["a", "a", "b"], "tie": ["none", "member", "contact"]})
    >>> strongest_ties(ties).to_dict()
    {'a': 'member', 'b': 'contact'}
    """
    order = pd.Categorical(ties["tie"], list(TIES), ordered=True)
    return ties.assign(tie=order).groupby("school_id")["tie"].min().astype(object)

"""Whom the studios of leading teachers reach: the schools of their people first, then those that these meet, step by step."""

from collections.abc import Collection

import networkx as nx
import pandas as pd

from balancelib.county import County, Lacking
from balancelib.county.schema import AREAS
from balancelib.teachers.contacts import contact_graph, schools_of_stage

SHOWN = 5  # codes in a message


def studio_people(county: County) -> pd.DataFrame:
    """Count the leader and the members of each studio by their schools (工作室的人在哪些学校).

    Returns
    -------
    DataFrame
        A row a studio and a school, in order: ``studio_id, school_id, people``. The host is there even with nobody of its own: ``people`` 0.

    Raises
    ------
    Lacking
        A leader or member whom the table of teachers has not, or whose school is blank.
    """
    tables = county.tables
    studios = tables["studios"]
    leaders = studios[["studio_id", "leader"]].set_axis(["studio_id", "teacher_id"], axis=1)
    people = pd.concat([leaders.dropna(), tables["studio_members"][["studio_id", "teacher_id"]]])
    schools = tables["teachers"].set_index("teacher_id")["school_id"]
    people = people.drop_duplicates().assign(school_id=lambda p: p["teacher_id"].map(schools), people=1)
    if len(lost := people.loc[people["school_id"].isna(), "teacher_id"]):
        raise Lacking(f"工作室里有{len(lost)}人在“教师”表里查不到学校：{_some(lost)}")
    hosts = studios[["studio_id", "school_id"]].assign(people=0)
    both = pd.concat([people.drop(columns="teacher_id"), hosts.dropna()])
    return both.groupby(["studio_id", "school_id"], as_index=False)["people"].sum()


def studio_reach(county: County, at_least: float = 1) -> pd.DataFrame:
    r"""Say by how many steps of contact each school is from each studio of its stage (工作室带得到哪些学校).

    .. math::
        d_{us} = \min_{h \in H_u} d(h, s)

    with the schools ``H`` that host a studio ``u`` or have one of its people, and the fewest contacts ``d`` from one school to another.

    Parameters
    ----------
    county : County
        Needs ``studios, studio_members, teachers, peer_contacts``.
    at_least : float
        As for `contact_graph`.

    Returns
    -------
    DataFrame
        A row a studio and a school of its stage, in order: ``studio_id, subject, stage, school_id, name, area, people`` (of the studio in this school),
        ``steps``: 0 where it has people or is the host, 1 where it meets one of these, … ; blank where no way of contacts leads.

    Notes
    -----
    That what a studio works out passes on along contacts is an assumption of ours; a step is a possibility, not an effect.
    """
    county.tables.need(["studios"])
    people = studio_people(county).set_index(["studio_id", "school_id"])["people"]
    graphs = {
        stage: contact_graph(county, stage, at_least) for stage in county.tables["studios"]["stage"].unique()
    }
    parts = [
        _reach_of(graphs[studio.stage], people.loc[studio.studio_id]).assign(
            studio_id=studio.studio_id, subject=studio.subject, stage=studio.stage
        )
        for studio in county.tables["studios"].sort_values("studio_id").itertuples()
    ]
    names = county.schools.set_index("school_id")[["name", "area"]]
    found = pd.concat(parts, ignore_index=True).join(names, on="school_id")
    return found[["studio_id", "subject", "stage", "school_id", "name", "area", "people", "steps"]]


def _reach_of(graph: nx.Graph, people: pd.Series) -> pd.DataFrame:
    """Return the steps from a studio's schools to all of the graph."""
    homes = [school for school in people.index if school in graph]
    layers = enumerate(nx.bfs_layers(graph, homes)) if homes else ()
    steps = pd.Series({school: step for step, layer in layers for school in layer}, dtype="Int64")
    found = pd.DataFrame({"school_id": list(graph)})
    found["people"] = people.reindex(found["school_id"], fill_value=0).to_numpy()
    return found.assign(steps=found["school_id"].map(steps).astype("Int64"))


def reach_by_area(reach: pd.DataFrame, steps: int) -> pd.DataFrame:
    """Count the schools that some studio of a stage and subject reaches within so many steps, by area (各科带得到几所).

    Returns
    -------
    DataFrame
        By ``stage, subject, area`` (urban, town, rural): ``schools`` of the stage, ``reached`` of them; a school that two studios of a subject reach counts once.
    """
    near = reach.assign(near=(reach["steps"] <= steps).fillna(False).astype(bool))
    keys = ["stage", "subject", "area"]
    near = near.groupby([*keys, "school_id"])["near"].any()
    counts = near.groupby(keys).agg(["size", "sum"]).set_axis(["schools", "reached"], axis=1)
    places = {area: place for place, area in enumerate(AREAS)}
    return counts.sort_index(key=lambda level: level.map(places) if level.name == "area" else level)


def subject_leaders(county: County, stage: str, subject: str) -> pd.DataFrame:
    """Say which schools have a backbone teacher of a subject, and how many pupils learn in those without one (骨干在哪里，谁缺领头人).

    Parameters
    ----------
    county : County
        Needs ``subject`` and ``backbone`` of the table ``teachers``.
    stage, subject : str
        ``"primary"``, ``"chinese"`` and so on: the codes of the table.

    Returns
    -------
    DataFrame
        By ``school_id``, in order: ``name, area, pupils`` of the stage; ``led``: whether a teacher of the stage and subject is a backbone teacher of county
        level or above; ``need``: the pupils where none is, else 0.

    Raises
    ------
    Lacking
        A school of which it cannot be said: nobody is known to be one, and somebody whose subject or ``backbone`` is blank could be.

    Notes
    -----
    To count the pupils of schools without a backbone teacher as the need is ours: no rule says whom a studio is to reach first.
    """
    schools = schools_of_stage(county, stage)
    teachers = county.tables["teachers"]
    teachers = teachers[(teachers["stage"] == stage) & teachers["school_id"].isin(schools.index)]
    could = teachers[
        teachers["subject"].fillna(subject).eq(subject) & teachers["backbone"].fillna("unknown").ne("none")
    ]
    sure = could["subject"].notna() & could["backbone"].notna()
    led = schools.index.isin(could.loc[sure, "school_id"])
    unknown = could[~sure & ~could["school_id"].isin(schools.index[led])]
    if len(unknown):
        raise Lacking(
            f"“教师”表里有{len(unknown)}人的任教学科或骨干称号空着，他们的学校有没有这一科的骨干教师说不准：{_some(unknown['teacher_id'])}"
        )
    return schools.assign(led=led, need=schools["pupils"].where(~led, 0))


def _some(codes: Collection[str]) -> str:
    """Name the first few of many codes."""
    return "、".join(list(codes)[:SHOWN]) + ("等" if len(codes) > SHOWN else "")

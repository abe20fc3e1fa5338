"""Whom studios reach: a county of eight schools, counted by hand."""

import networkx as nx
import pandas as pd
import pytest

from balancelib.county import County, Lacking
from balancelib.county.schema import schema
from balancelib.teachers import contact_graph, reach_by_area, studio_people, studio_reach, subject_leaders

# school: kind, area, pupils of the primary stage, of the junior stage
SCHOOLS = {
    "a": ("primary", "urban", 900, None),
    "b": ("primary", "town", 300, None),
    "c": ("nine_year", "rural", 200, 100),
    "d": ("primary", "rural", 80, None),
    "e": ("teaching_point", "rural", 20, None),
    "f": ("junior", "urban", None, 700),
    "s": ("special", "urban", 60, None),
    "z": ("primary", "rural", 0, None),
}
CONTACTS = [("a", "b", 6), ("b", "c", 2), ("d", "c", 1), ("c", "f", 3), ("a", "s", 9), ("e", "d", 0)]
# teacher: school, stage, subject, backbone
TEACHERS = {
    "T1": ("a", "primary", "chinese", "city"),
    "T2": ("a", "primary", "chinese", "none"),
    "T3": ("b", "primary", "chinese", "none"),
    "T4": ("c", "primary", "math", "county"),
    "T5": ("c", "junior", "chinese", "county"),
    "T6": ("d", "primary", "chinese", "none"),
    "T7": ("f", "junior", "math", "none"),
    "T8": ("b", "primary", "math", "none"),
}


def county(contacts=CONTACTS, teachers=TEACHERS, **tables):
    schools = [
        {"school_id": code, "name": f"{code}校", "kind": kind, "area": area, "pupils_primary": primary, "pupils_junior": junior}
        for code, (kind, area, primary, junior) in SCHOOLS.items()
    ]  # fmt: skip
    people = [
        {"teacher_id": code} | dict(zip(("school_id", "stage", "subject", "backbone"), row, strict=True))
        for code, row in teachers.items()
    ]
    given = {
        "schools": pd.DataFrame(schools).reindex(columns=schema().table("schools").names),
        "teachers": pd.DataFrame(people),
        "peer_contacts": pd.DataFrame(contacts, columns=["school_id", "other_id", "joint"]),
        "studios": pd.DataFrame(
            [("S1", "chinese", "primary", "a", "T1"), ("S2", "math", "junior", "f", None), ("S3", "chinese", "primary", "d", "T6")],
            columns=["studio_id", "subject", "stage", "school_id", "leader"],
        ),
        "studio_members": pd.DataFrame(
            [("S1", "T3"), ("S1", "T2"), ("S1", "T1")], columns=["studio_id", "teacher_id"]
        ),
    }  # fmt: skip
    return County(given | tables)


def test_schools_of_a_stage_and_their_contacts():
    primary = contact_graph(county(), "primary")
    assert list(primary) == list("abcde")  # without the special school and the one that has no pupils
    assert {frozenset(edge) for edge in primary.edges} == {frozenset(pair) for pair in ("ab", "bc", "cd")}
    assert primary["b"]["a"]["joint"] == 6
    assert set(contact_graph(county(), "primary", at_least=2).edges) == {("a", "b"), ("b", "c")}
    assert list(contact_graph(county(), "junior").edges) == [("c", "f")]


def test_contacts_that_cannot_be_taken():
    with pytest.raises(Lacking, match="有1对学校没有填"):
        contact_graph(county(contacts=[("a", "b", None), ("b", "c", 2)]), "primary")
    with pytest.raises(Lacking, match="b和a之间的教研往来有两个不同的次数"):
        contact_graph(county(contacts=[("a", "b", 2), ("b", "a", 3)]), "primary")
    with pytest.raises(
        Lacking, match="两个不同的次数"
    ):  # whichever of the two stands first, and counts as contact
        contact_graph(county(contacts=[("a", "b", 1), ("b", "a", 3)]), "primary", at_least=2)
    assert contact_graph(county(contacts=[("a", "b", 2), ("b", "a", 2)]), "primary").number_of_edges() == 1
    assert contact_graph(county(contacts=[("a", "a", 2)]), "primary").number_of_edges() == 0
    with pytest.raises(ValueError, match="大于0"):
        contact_graph(county(), "primary", at_least=0)
    with pytest.raises(Lacking, match="没有一所有初中学生的学校"):
        one = county()
        one.schools["pupils_junior"] = None
        contact_graph(one, "junior")


def test_several_counties_are_refused():
    two = county()
    two.schools["county_id"] = ["1", "2"] * 4
    with pytest.raises(Lacking, match="一次只看一个县"):
        contact_graph(two, "primary")


def test_people_of_studios_by_school():
    found = studio_people(county())
    # S1: its leader, named once more as a member, and T2 at a, T3 at b. S2: a host with nobody. S3: its leader.
    assert found.to_numpy().tolist() == [["S1", "a", 2], ["S1", "b", 1], ["S2", "f", 0], ["S3", "d", 1]]


def test_a_member_whom_nobody_knows():
    strangers = pd.DataFrame([("S1", f"X{i}") for i in range(7)], columns=["studio_id", "teacher_id"])
    with pytest.raises(Lacking, match=r"有7人在“教师”表里查不到学校：X0、X1、X2、X3、X4等$"):
        studio_people(county(studio_members=strangers))


def test_steps_by_hand():
    found = studio_reach(county()).set_index(["studio_id", "school_id"])
    assert found.loc["S1", "steps"].astype(object).where(lambda s: s.notna(), None).to_dict() == {
        "a": 0, "b": 0, "c": 1, "d": 2, "e": None,
    }  # fmt: skip
    assert found.loc["S1", "people"].to_dict() == {"a": 2, "b": 1, "c": 0, "d": 0, "e": 0}
    assert found.loc["S3", "steps"].dropna().to_dict() == {"a": 3, "b": 2, "c": 1, "d": 0}
    assert found.loc["S2", "steps"].to_dict() == {"c": 1, "f": 0}
    assert found.loc[("S1", "c"), ["subject", "stage", "name", "area"]].tolist() == [
        "chinese",
        "primary",
        "c校",
        "rural",
    ]


def test_two_studios_that_reach_a_school_count_it_once():
    found = reach_by_area(studio_reach(county()), 1)
    assert found.index.tolist() == [
        ("junior", "math", "urban"), ("junior", "math", "rural"),
        ("primary", "chinese", "urban"), ("primary", "chinese", "town"), ("primary", "chinese", "rural"),
    ]  # fmt: skip
    assert found["schools"].tolist() == [1, 1, 1, 1, 3]
    assert found["reached"].tolist() == [1, 1, 1, 1, 2]  # c, by both, and d
    assert reach_by_area(studio_reach(county()), 0)["reached"].tolist() == [1, 0, 1, 1, 1]


def test_a_studio_whose_people_are_in_no_school_of_its_stage():
    one = pd.DataFrame([("S9", "chinese", "junior", "a", "T1")], columns=["studio_id", "subject", "stage", "school_id", "leader"])  # fmt: skip
    found = studio_reach(
        county(studios=one, studio_members=pd.DataFrame(columns=["studio_id", "teacher_id"]))
    )
    assert found["school_id"].tolist() == ["c", "f"]
    assert found["steps"].isna().all()


def test_leaders_and_need_by_hand():
    found = subject_leaders(county(), "primary", "chinese")
    assert found["led"].to_dict() == {"a": True, "b": False, "c": False, "d": False, "e": False}
    assert found["need"].to_dict() == {"a": 0, "b": 300, "c": 200, "d": 80, "e": 20}
    assert subject_leaders(county(), "primary", "math")["led"].to_dict()["c"]
    assert subject_leaders(county(), "junior", "chinese")["need"].to_dict() == {"c": 0, "f": 700}


def test_unknown_is_not_none():
    def asked(subject="chinese", **teachers):
        return subject_leaders(county(teachers=TEACHERS | teachers), "primary", subject)

    with pytest.raises(Lacking, match=r"有1人的任教学科或骨干称号空着.*：T3$"):
        asked(T3=("b", "primary", "chinese", None))
    with pytest.raises(Lacking, match=r"T6$"):
        asked(T6=("d", "primary", None, "county"))
    # Nothing hangs on these: of another subject; no backbone teacher whatever the subject; a school that has one for sure.
    asked("math", T3=("b", "primary", "chinese", None))
    assert asked(T6=("d", "primary", None, "none"))["need"]["d"] == 80
    assert asked(T2=("a", "primary", None, None))["led"]["a"]


def test_the_graph_serves_networkx():
    assert nx.diameter(contact_graph(county(), "primary").subgraph("abcd")) == 3

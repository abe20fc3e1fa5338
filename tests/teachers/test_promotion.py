"""What studios reach, counted once: a county worked by hand."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from balancelib.county import County, Lacking, MissingTable
from balancelib.teachers.promotion import TIES, reported_reach, school_ties, strongest_ties, studio_names


def made():
    people = [
        ("A1", "a", "primary", "chinese"), ("A2", "a", "primary", "chinese"), ("B1", "b", "primary", "chinese"),
        ("C1", "c", "primary", "chinese"), ("D1", "d", "primary", "chinese"), ("E1", "e", "primary", "music"),
        ("C2", "c", "primary", "music"), ("J1", "j", "junior", "chinese"),
    ]  # fmt: skip
    return County(
        {
            "schools": pd.DataFrame({"school_id": list("abcdej")}),
            "teachers": pd.DataFrame(people, columns=["teacher_id", "school_id", "stage", "subject"]),
            "studios": pd.DataFrame(
                [("S1", "chinese", "primary", "a", "A1"), ("S2", "music", "primary", "e", "E1")],
                columns=["studio_id", "subject", "stage", "school_id", "leader"],
            ),
            "studio_members": pd.DataFrame(
                [("S1", "A2", "2023-1"), ("S1", "B1", "2023-1")],
                columns=["studio_id", "teacher_id", "since"],
            ),
            "peer_contacts": pd.DataFrame(
                [("b", "c", 2), ("d", "e", 4), ("a", "j", 9), ("c", "e", 5)],
                columns=["school_id", "other_id", "joint"],
            ),
        }
    )


def test_ties_worked_by_hand():
    ties = school_ties(made())
    # Chinese in primary schools: a hosts, b has a member, c meets b; d meets only e. Music: e hosts, c meets e.
    assert ties.set_index(["studio_id", "school_id"])["tie"].to_dict() == {
        ("S1", "a"): "host",
        ("S1", "b"): "member",
        ("S1", "c"): "contact",
        ("S1", "d"): "none",
        ("S2", "c"): "contact",
        ("S2", "e"): "host",
    }
    assert ties["members"].tolist() == [1, 1, 0, 0, 0, 0]
    assert ties["teachers"].tolist() == [2, 1, 1, 1, 1, 1]


def test_a_single_meeting_may_count_for_nothing():
    ties = school_ties(made(), often=3)
    assert ties.query("studio_id == 'S1' and school_id == 'c'")["tie"].tolist() == ["none"]


def test_what_is_not_known_is_asked_for():
    blank, stranger = made(), made()
    blank.tables["peer_contacts"].loc[0, "joint"] = None
    with pytest.raises(Lacking, match="1对学校没有填一年几次"):
        school_ties(blank)
    stranger.tables["studio_members"].loc[1, "teacher_id"] = "X9"
    with pytest.raises(Lacking, match="X9"):
        school_ties(stranger)


def test_the_order_of_studios_does_not_matter():
    turned = made()
    turned.tables["studios"] = turned.tables["studios"][::-1]
    pd.testing.assert_frame_equal(reported_reach(school_ties(turned)), reported_reach(school_ties(made())))


def test_what_is_reported_counts_schools_twice():
    found = reported_reach(school_ties(made()))
    assert found.loc["S1"].to_dict() == {
        "schools": 4,
        "with_members": 2,
        "contact": 1,
        "none": 1,
        "reported": 3,
        "new": 3,
    }
    assert found["reported"].sum() == 5
    assert found["new"].sum() == 4  # c is reported by both


def test_each_school_once_by_its_strongest_tie():
    strongest = strongest_ties(school_ties(made()))
    assert strongest.to_dict() == {"a": "host", "b": "member", "c": "contact", "d": "none", "e": "host"}


@settings(max_examples=30)
@given(
    st.lists(
        st.tuples(st.sampled_from("xyz"), st.sampled_from("abcdef"), st.sampled_from(list(TIES))),
        min_size=1,
        unique_by=lambda row: row[:2],
    )
)
def test_the_sum_of_what_is_new_is_the_number_of_schools(rows):
    ties = pd.DataFrame(sorted(rows), columns=["studio_id", "school_id", "tie"])
    found = reported_reach(ties)
    reached = {school for _, school, tie in rows if tie != "none"}
    assert found["new"].sum() == len(reached) == (strongest_ties(ties) != "none").sum()
    assert (found["new"] <= found["reported"]).all()


def test_studios_are_called_by_stage_and_subject():
    county = made()
    assert studio_names(county) == {"S1": "小学语文", "S2": "小学音乐"}
    county.tables["studios"].loc[1, "subject"] = "chinese"
    assert studio_names(county) == {"S1": "小学语文S1", "S2": "小学语文S2"}


def test_missing_tables_are_said():
    tables = {name: table for name, table in made().tables.items() if name != "peer_contacts"}
    with pytest.raises(MissingTable):
        school_ties(County(tables))

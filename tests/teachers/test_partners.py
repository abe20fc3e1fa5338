"""Pairs, partners and what changed since: small counties worked out by hand, and every matching there is."""

from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from balancelib.county import County, Lacking, MissingTable
from balancelib.standards.staffing import load_curriculum
from balancelib.teachers import change_since, lacking_subjects, match_partners, pairing_status

PRIMARY = ["chinese", "math", "english", "morality", "science", "pe", "music", "art", "it"]
SUBJECTS = st.sets(st.sampled_from(["music", "art", "it"]))


def county(staff, areas=None, km=(), pairings=None, **tables):
    """Primary schools with so many teachers by subject; each of those not named has two of every subject."""
    areas = areas or {}
    schools = pd.DataFrame(
        {
            "school_id": list(staff), "name": [f"学校{s}" for s in staff], "area": [areas.get(s, "rural") for s in staff],
            "kind": "primary", "operator": "public", "pupils_primary": 200.0, "classes_primary": 6.0, "pupils_junior": np.nan, "classes_junior": np.nan,
            "teachers_primary": [float(sum(own.get(subject, 2) for subject in PRIMARY)) for own in staff.values()], "teachers_junior": np.nan,
        }
    )  # fmt: skip
    rows = [
        {"school_id": s, "stage": "primary", "subject": subject}
        for s, own in staff.items() for subject in PRIMARY for _ in range(own.get(subject, 2))
    ]  # fmt: skip
    teachers = pd.DataFrame(rows).assign(teacher_id=[f"T{i}" for i in range(len(rows))])
    found = {"schools": schools, "teachers": teachers} | tables
    if km:
        found["distances"] = pd.DataFrame(km, columns=["from_id", "to_id", "km"])
    if pairings is not None:
        found["pairings"] = pd.DataFrame(
            pairings, columns=["school_id", "partner_id", "since", "visits", "online", "subjects"]
        )
    return County(found)


def test_subjects_of_the_hand_are_the_curriculums():
    plan = load_curriculum()
    assert [s for s in plan.taught("primary") if not plan.subject(s).by_anyone] == PRIMARY


def test_a_school_lacks_what_nobody_of_it_teaches():
    lacks = lacking_subjects(county({"a": {"music": 0, "art": 0}, "b": {}}))
    assert lacks.to_dict() == {("a", "primary"): ("music", "art"), ("b", "primary"): ()}


def test_a_school_with_a_blank_subject_is_not_judged():
    given_ = county({"a": {"music": 0}, "b": {"art": 0}})
    teachers = given_.tables["teachers"]
    teachers.loc[teachers.index[0], "subject"] = None
    assert lacking_subjects(given_).index.get_level_values("school_id").tolist() == ["b"]


def test_who_is_not_known_to_lack_is_not_said_to_have_all():
    given_ = county(
        {"a": {"music": 0}, "b": {}},
        km=[("a", "b", 1)],
        pairings=[("a", "b", 2023, 1, 1, None), ("b", "a", 2023, 1, 1, None)],
    )
    teachers = given_.tables["teachers"]
    teachers.loc[teachers.index[0], "subject"] = None
    assert pairing_status(given_)["sure"].tolist() == [False, True]
    with pytest.raises(Lacking, match="有1所学校教师的任教学科没有填全"):
        match_partners(given_)


def test_a_school_without_any_teacher_lacks_all():
    """It says that it has none. One that has some, or says nothing, only is not in the table: what it lacks is not known."""
    given_ = county({"a": dict.fromkeys(PRIMARY, 0), "b": {}})
    assert lacking_subjects(given_)["a", "primary"] == tuple(PRIMARY)
    for teachers in (9.0, np.nan):
        given_.tables["schools"].loc[0, "teachers_primary"] = teachers
        assert lacking_subjects(given_).index.tolist() == [("b", "primary")]


@pytest.mark.parametrize("apart", [{"kind": "special"}, {"operator": "private"}])
def test_schools_apart_neither_want_nor_lend(apart):
    """Only the school left has a partner; where the other stands apart, none is in reach."""
    given_ = county({"a": {"music": 0}, "b": {"art": 0}}, km=[("a", "b", 1)])
    assert match_partners(given_).subjects == 2
    for column, value in apart.items():
        given_.tables["schools"].loc[1, column] = value
    assert lacking_subjects(given_).to_dict() == {("a", "primary"): ("music",)}
    assert match_partners(given_).without == ("学校a",)


def test_a_school_whose_teachers_are_not_listed_is_not_judged():
    """It says that it has 18; a private school and a special one are none of the county's timetable."""
    given_ = county({"a": {"music": 0}, "b": {}, "p": {"art": 0}, "s": {"art": 0}})
    schools = given_.schools.set_index("school_id")
    schools.loc["p", "operator"], schools.loc["s", "kind"] = "private", "special"
    staff = given_.tables["teachers"].query("school_id != 'b'")
    lacks = lacking_subjects(County({"schools": schools.reset_index(), "teachers": staff}))
    assert lacks.to_dict() == {("a", "primary"): ("music",)}


def test_states_of_pairs():
    """No meeting in a year is a number; a blank is none."""
    rows = [("a", "z", 2020.0, 0.0, 0.0, 0.0), ("b", "z", 2020.0, 3.0, 4.0, 1.0), ("c", "z", 2020.0, 0.0, 8.0, 1.0),
            ("d", "z", 2020.0, np.nan, 20.0, 1.0)]  # fmt: skip
    found = pairing_status(county({key: {} for key in "abcdz"}, pairings=rows))
    assert found["state"].tolist() == ["in_name", "thin", "active", "unknown"]
    assert found["km"].isna().all()


def test_a_partner_helps_where_it_has_teachers_to_lend():
    """The partner has two of art and one of music: art can be lent, music not; and IT it lacks itself."""
    staff = {"a": {"music": 0, "art": 0, "it": 0}, "z": {"music": 1, "it": 0}}
    rows = [("a", "z", 2020.0, 9.0, 0.0, 1.0)]
    found = pairing_status(county(staff, km=[("a", "z", 12.5)], pairings=rows)).iloc[0]
    assert (found["lacks"], found["helped"], found["km"]) == (("art", "it", "music"), ("art",), 12.5)


def test_partners_are_shared_so_that_most_is_helped():
    """x helps a in two subjects and b in one, y either in one: a goes to x although y is nearer."""
    staff = {"a": {"music": 0, "art": 0}, "b": {"music": 0}, "x": {}, "y": {"art": 0}}
    km = [("a", "x", 9), ("a", "y", 1), ("b", "x", 1), ("b", "y", 9)]
    found = match_partners(county(staff, {"x": "urban", "y": "urban"}, km), most=1)
    assert found.pairs["partner_id"].to_dict() == {"a": "x", "b": "y"}
    assert (found.subjects, found.lacking, found.km, found.proven) == (3, 3, 18, True)


def test_who_has_nobody_in_reach_is_named():
    staff = {"a": {"music": 0}, "b": {"art": 0}, "x": {"art": 1}}
    found = match_partners(county(staff, {"x": "urban"}, [("a", "x", 5), ("b", "x", 5)]), within=6)
    assert (found.pairs.index.tolist(), found.without) == (["a"], ("学校b",))
    nobody = match_partners(county(staff, {"x": "urban"}, [("a", "x", 5), ("b", "x", 5)]), within=4)
    assert (len(nobody.pairs), nobody.km, nobody.proven) == (0, 0, True)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(SUBJECTS, st.lists(st.integers(1, 30), min_size=2, max_size=2)), min_size=1, max_size=4),
       st.lists(SUBJECTS, min_size=2, max_size=2), st.integers(1, 2))  # fmt: skip
def test_no_matching_is_better(small, large, most):
    staff = {f"s{i}": dict.fromkeys(lacks, 0) for i, (lacks, _) in enumerate(small)}
    staff |= {f"x{j}": dict.fromkeys(lacks, 0) for j, lacks in enumerate(large)}
    km = [(f"s{i}", f"x{j}", way) for i, (_, ways) in enumerate(small) for j, way in enumerate(ways)]
    given_ = county(staff, {"x0": "urban", "x1": "urban"}, km)
    if not any(lacks for lacks, _ in small):
        with pytest.raises(Lacking, match="不用按科目配对"):
            match_partners(given_)
        return
    worth = [[len(lacks - large[j]) if ways[j] <= 20 else 0 for j in (0, 1)] for lacks, ways in small]
    best = (0, 0.0)
    for chosen in product((None, 0, 1), repeat=len(small)):
        pairs = [(i, j) for i, j in enumerate(chosen) if j is not None]
        if all(worth[i][j] for i, j in pairs) and all(chosen.count(j) <= most for j in (0, 1)):
            best = max(
                best, (sum(worth[i][j] for i, j in pairs), -float(sum(small[i][1][j] for i, j in pairs)))
            )
    found = match_partners(given_, within=20, most=most)
    assert (found.subjects, -found.km) == pytest.approx(best)
    assert found.proven


@pytest.mark.parametrize("limits", [{"within": -1}, {"most": 0}])
def test_limits_without_sense_are_refused(limits):
    with pytest.raises(ValueError, match="不能小于0公里"):
        match_partners(county({"a": {"music": 0}}), **limits)


def history(**schools):
    """PE and arts teachers of each school in 2020 to 2022, of 100 pupils."""
    return pd.DataFrame(
        [
            (s, 2020.0 + i, 100.0, n, np.nan, np.nan)
            for s, values in schools.items()
            for i, n in enumerate(values)
        ],
        columns=["school_id", "year", "pupils_primary", "pe_arts_primary", "pupils_junior", "pe_arts_junior"],
    )


def pairs(*rows):
    return pd.DataFrame(rows, columns=["school_id", "state", "since"])


def test_what_changed_anyway_is_taken_off():
    """Paired schools rose by 2, 3 and 4, others by 1 on average: 1, 2 and 3 more; t of 2 degrees of freedom is 4.302653."""
    table = history(a=[1, 1, 3], b=[1, 1, 4], c=[1, 1, 5], u=[1, 1, 2], v=[2, 2, 3], town=[0, 0, 9])
    given_ = county({key: {} for key in ["a", "b", "c", "u", "v", "town"]}, {"town": "urban"}, history=table)
    found = change_since(given_, pairs(*((s, "active", 2022.0) for s in "abc"))).loc["active"]
    assert (found["counted"], found["change"]) == (3, 2)
    assert found["high"] - found["change"] == pytest.approx(4.302653 / np.sqrt(3), rel=1e-6)


def test_schools_without_a_pair_vary_too():
    """Changes 2, 3, 4 of the paired, 0, 1, 2 of the others: 2 more, variance 1/3 + 1/3, by Welch 4 degrees of freedom: t is 2.776445."""
    table = history(a=[1, 1, 3], b=[1, 1, 4], c=[1, 1, 5], u=[1, 1, 1], v=[1, 1, 2], w=[1, 1, 3])
    given_ = county({key: {} for key in "abcuvw"}, history=table)
    found = change_since(given_, pairs(*((s, "active", 2022.0) for s in "abc"))).loc["active"]
    assert found["change"] == 2
    assert found["high"] - 2 == pytest.approx(2.776445 * np.sqrt(2 / 3), rel=1e-6)


def test_who_has_no_number_before_is_not_compared_with():
    table = history(a=[1, 1, 1], u=[1, 1, 1], v=[np.nan, np.nan, 5])
    given_ = county({key: {} for key in "auv"}, history=table)
    assert change_since(given_, pairs(("a", "active", 2022.0))).loc["active", "change"] == 0


def test_two_stages_of_a_school_are_one_school():
    """a has changed by 1 in primary and by 3 in junior, b by 2: two schools, and no interval."""
    table = history(a=[1, 1, 2], b=[1, 1, 3], u=[1, 1, 1])
    both = table["school_id"].isin(["a", "u"])
    table.loc[both, "pupils_junior"] = 100.0
    table.loc[both, "pe_arts_junior"] = [1, 1, 4, 1, 1, 1]
    given_ = county({key: {} for key in "abu"}, history=table)
    found = change_since(given_, pairs(("a", "active", 2022.0), ("b", "active", 2022.0))).loc["active"]
    assert found[["counted", "change"]].tolist() == [2, 2]
    assert found[["low", "high"]].isna().all()


def test_too_few_pairs_have_no_interval_and_early_ones_are_not_counted():
    table = history(a=[1, 2, 3], b=[1, 1, 1], u=[1, 1, 1])
    given_ = county({key: {} for key in "abu"}, history=table)
    found = change_since(given_, pairs(("a", "thin", 2021.0), ("b", "thin", 2018.0), ("b", "thin", np.nan)))
    assert found.loc["thin", ["counted", "change"]].tolist() == [1, 2]
    assert found[["low", "high"]].isna().all(axis=None)


def test_without_schools_to_compare_with_nothing_is_said():
    given_ = county({"a": {}}, history=history(a=[1, 2, 3]))
    with pytest.raises(Lacking, match="没有可比的"):
        change_since(given_, pairs(("a", "active", 2021.0)))
    with pytest.raises(MissingTable, match="历年"):
        change_since(county({"a": {}}), pairs(("a", "active", 2021.0)))

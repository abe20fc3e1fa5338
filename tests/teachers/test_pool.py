"""The pool of itinerant teachers: plans worked out by hand, all plans tried one by one, and matchings of another algorithm."""

from itertools import permutations, product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_bipartite_matching

from balancelib.county import County, Lacking
from balancelib.teachers import (
    PoolLimits,
    explain_gaps,
    itinerant_teachers,
    plan_pool,
    pool_levels,
    posts_if_each_hires,
    subject_gaps,
)

SCHOOLS = pd.DataFrame(
    {
        "school_id": ["a", "b", "c", "d", "e"],
        "kind": ["primary", "nine_year", "primary", "teaching_point", "special"],
        "operator": "public",
        "classes_primary": [6, 6, 24, 4, 8],
        "classes_junior": [None, 3, None, None, None],
        "teachers_primary": [2, 1, 1, 0, 3],
        "teachers_junior": [None, 1, None, None, None],
    }
)


def staff(*rows):
    columns = ["teacher_id", "school_id", "stage", "subject", "periods", "itinerant", "exempt"]
    return pd.DataFrame(rows, columns=columns).assign(permanent=1.0)


def county(*rows):
    return County({"schools": SCHOOLS, "teachers": staff(*rows)})


def problem(lacks, teachers, free, km):
    """Gaps ``{school: periods}``, teachers ``{name: school}``, slots ``(teacher, day, half, free)``, roads ``{(one, other): km}``."""
    schools = sorted({*lacks, *teachers.values()})
    roads = pd.DataFrame(np.inf, schools, schools)
    for (one, other), length in km.items():
        roads.loc[one, other] = roads.loc[other, one] = length
    gaps = pd.DataFrame(
        {
            "school_id": list(lacks),
            "stage": "primary",
            "subject": "music",
            "lack": [float(x) for x in lacks.values()],
        }
    )
    of = pd.DataFrame(
        {"school_id": list(teachers.values()), "stage": "primary", "subject": "music"}, index=list(teachers)
    )
    slots = pd.DataFrame(free, columns=["teacher_id", "weekday", "half", "free"])
    return gaps, of.rename_axis("teacher_id"), slots, roads


def test_of_equal_plans_the_same_is_found_in_any_order():
    """Four schools, four teachers, all roads alike: 24 plans are equal, and a search that begins elsewhere finds another."""
    schools, people = list("abcd"), {f"t{i}": f"home{i}" for i in range(4)}
    free = [(name, 1, "am", 2.0) for name in people]
    km = {(home, school): 5.0 for home in people.values() for school in schools}
    found = {
        tuple(
            plan_pool(*problem(dict.fromkeys(order, 2), people, free, km)).visits.sort_values("teacher_id")[
                "school_id"
            ]
        )
        for order in permutations(schools)
    }
    assert len(found) == 1


def test_gaps_by_hand():
    found = subject_gaps(
        county(
            ("t1", "a", "primary", "music", 5, 0, 0),
            ("t2", "a", "primary", "music", 2, 0, 0),
            ("t3", "b", "primary", "music", None, 0, 0),
            ("t4", "c", "primary", "music", 4, 0, 0),
            ("t5", "b", "junior", "chinese", 12, 0, 0),
        ),
        {("primary", "music"): 1.5, ("junior", "music"): 1},
    ).set_index(["school_id", "stage"])
    assert found.index.tolist() == [("a", "primary"), ("b", "junior"), ("b", "primary"), ("d", "primary")]
    assert found.loc[("a", "primary"), ["needed", "own", "lack"]].tolist() == [9, 7, 2]
    assert np.isnan(found.loc[("b", "primary"), "lack"]), (
        "what a teacher gives is not known: nor what is lacking"
    )
    assert found.loc[("b", "junior"), ["needed", "own", "teachers", "lack"]].tolist() == [3, 0, 0, 3]
    assert found.loc[("d", "primary"), "lack"] == 6


def test_gaps_of_nobody_are_said():
    with pytest.raises(Lacking, match="2个班以内"):
        subject_gaps(
            county(("t1", "a", "primary", "music", 5, 0, 0)), {("primary", "music"): 1}, most_classes=2
        )
    with pytest.raises(ValueError, match="负数"):
        subject_gaps(county(), {("primary", "music"): -1})


def test_posts_at_each_school_and_together():
    gaps = pd.DataFrame(
        {"school_id": ["a", "b", "c", "d"], "subject": ["music"] * 3 + ["art"], "lack": [6, 15, 0, 14.0]}
    )
    found = posts_if_each_hires(gaps, 14)
    assert found.loc["music", ["schools", "periods", "posts", "mean_periods"]].tolist() == [2, 21, 3, 7]
    assert found.loc["music", "worth"] == pytest.approx(1.5)
    assert found.loc["art", "posts"] == 1


def test_who_can_be_shared():
    gaps = pd.DataFrame({"school_id": ["a"], "stage": ["primary"], "subject": ["art"], "lack": [3.0]})
    shared = county(
        ("t5", "b", "primary", "art", 9, 1, None),
        ("t1", "a", "primary", "art", 9, 1, 0),  # its own school lacks art
        ("t2", "a", "primary", "music", 9, 1, 0),
        ("t3", "b", "primary", "music", 9, 1, 1),  # spared
        ("t4", "b", "primary", "music", 9, None, 0),  # not known: not willing
    )
    assert itinerant_teachers(shared, gaps).index.tolist() == ["t2", "t5"]
    teachers = shared.tables["teachers"]
    teachers["permanent"] = np.where(teachers["teacher_id"] == "t5", 0.0, np.nan)
    assert itinerant_teachers(County({"schools": SCHOOLS, "teachers": teachers}), gaps).index.tolist() == [
        "t2"
    ]
    private = SCHOOLS.assign(operator=["private", *["public"] * 4])
    county_of_private = County({"schools": private, "teachers": teachers.assign(permanent=1.0)})
    assert itinerant_teachers(county_of_private, gaps).index.tolist() == ["t5"]
    found = subject_gaps(county_of_private, {("primary", "music"): 1})
    assert found["school_id"].tolist() == ["b", "d"], "a private school hires by itself"


def test_a_whole_day_at_one_school_is_one_trip():
    plan = plan_pool(
        *problem(
            {"a": 6}, {"t": "z"}, [("t", 1, "am", 3), ("t", 1, "pm", 3), ("t", 2, "am", 3)], {("a", "z"): 10}
        )
    )
    assert plan.visits[["weekday", "half"]].to_numpy().tolist() == [[1, "am"], [1, "pm"]]
    assert plan.week_km.tolist() == [20]
    assert plan.proven
    assert plan.message == (
        "缺课1处，1处有人来上课；每周缺6.0节，补上6.0节。1名教师走教，每周2个半天，来回20.0公里。补课已证明最多，路程已证明最短。"
    )
    week = plan.timetable("t", pd.Series({"a": "甲校"}))
    assert week.loc["pm", 1] == "甲校3节"
    assert (week.loc[:, 2:] == "").all().all()


def test_every_gap_first_then_periods():
    # Three half days of 3: a lacks 9, b lacks 1. More periods would be given at a alone; both are served all the same.
    plan = plan_pool(
        *problem(
            {"a": 9, "b": 1},
            {"t": "z"},
            [("t", d, "am", 3) for d in (1, 2, 3)],
            {("a", "z"): 1, ("b", "z"): 9},
        )
    )
    assert plan.gaps.set_index("school_id")["given"].to_dict() == {"a": 6, "b": 1}
    why = explain_gaps(plan, pd.Series({"a": "甲校", "b": "乙校"}))
    assert why[["name", "left", "why"]].to_numpy().tolist() == [
        ["甲校", 3, "够得着的音乐教师1名：1名空闲的半天用完了"]
    ]


@pytest.mark.parametrize(
    ("limits", "why"),
    [
        (PoolLimits(within=4), "最近的音乐教师在5.0公里外，超过4公里"),
        (PoolLimits(half_days=1), "够得着的音乐教师1名：1名已经走满1个半天"),
        (PoolLimits(week_km=15), "够得着的音乐教师1名：1名再来一趟就超过每周15公里"),
    ],
)
def test_what_stands_in_the_way(limits, why):
    asked = problem({"a": 9}, {"t": "z"}, [("t", d, "am", 3) for d in range(1, 6)], {("a", "z"): 5})
    found = explain_gaps(plan_pool(*asked, limits), pd.Series({"a": "甲校"}))
    assert found["why"].tolist() == [why]
    assert found["kind"].tolist() == ["太远" if limits.within == 4 else "人手用完"]


def test_two_visitors_do_not_meet():
    asked = problem(
        {"a": 9}, {"t": "y", "u": "z"}, [("t", 1, "am", 3), ("u", 1, "am", 3)], {("a", "y"): 5, ("a", "z"): 4}
    )
    plan = plan_pool(*asked)
    assert plan.visits["teacher_id"].tolist() == ["u"]
    why = explain_gaps(plan, pd.Series({"a": "甲校"}))["why"].iloc[0]
    assert "1名有空的半天和来的人撞在一起" in why


def test_a_primary_certificate_is_not_enough_for_junior():
    gaps, teachers, free, km = problem({"a": 3}, {"t": "z"}, [("t", 1, "am", 3)], {("a", "z"): 5})
    junior = gaps.assign(stage="junior")
    assert plan_pool(junior, teachers, free, km).visits.empty
    assert len(plan_pool(junior, teachers.assign(stage="junior"), free, km).visits) == 1
    assert len(plan_pool(gaps, teachers.assign(stage="junior"), free, km).visits) == 1


def test_nobody_of_the_subject():
    gaps, teachers, free, km = problem({"a": 3}, {"t": "z"}, [("t", 1, "am", 3)], {("a", "z"): 5})
    plan = plan_pool(gaps.assign(subject="art"), teachers, free, km)
    assert (
        explain_gaps(plan, pd.Series({"a": "甲校"}))["why"].iloc[0]
        == "没有一名能教这个学段、有空闲的美术教师走教"
    )
    with pytest.raises(Lacking, match="不用走教"):
        plan_pool(gaps.assign(lack=0.0), teachers, free, km)
    with pytest.raises(Lacking, match="没有这些学校：a"):
        plan_pool(gaps, teachers, free, km.drop(index="a", columns="a"))
    with pytest.raises(Lacking, match="校际路程里有空白"):
        plan_pool(gaps, teachers, free, km.where(np.isfinite(km)).mask(km == 5))


def test_a_school_without_any_road_is_not_called_too_far():
    """b has a road to y, which is not the teacher's; c has no road at all."""
    asked = problem(
        {"b": 3, "c": 3}, {"t": "z", "u": "y"}, [("t", 1, "am", 3)], {("b", "y"): 5, ("z", "y"): 5}
    )
    plan = plan_pool(*asked)
    why = explain_gaps(plan, pd.Series({"b": "乙校", "c": "丙校"})).set_index("name")["kind"]
    assert why.to_dict() == {"乙校": "太远", "丙校": "路程不知道"}
    assert "其中1处的学校，路程表里一条路也没有" in plan.message


def best_of_all(gaps, teachers, free, km, limits):
    """Try every way of filling the slots."""
    slots = [s for s in free.itertuples(index=False) if s.free > 0]
    lacks = gaps.set_index("school_id")["lack"]
    best = (0, 0.0, 0.0)
    for places in product([None, *lacks.index], repeat=len(slots)):
        out = [(s, p) for s, p in zip(slots, places, strict=True) if p]
        if any(km.loc[teachers.at[s.teacher_id, "school_id"], p] > limits.within for s, p in out):
            continue
        if len({(s.weekday, s.half, p) for s, p in out}) < len(out):
            continue
        trips = {(s.teacher_id, s.weekday, p) for s, p in out}
        road = dict.fromkeys(teachers.index, 0.0)
        for who, _, p in trips:
            road[who] += 2 * km.loc[teachers.at[who, "school_id"], p]
        days = [sum(s.teacher_id == who for s, _ in out) for who in teachers.index]
        if max(days) > limits.half_days or max(road.values()) > limits.week_km:
            continue
        given = {p: min(lacks[p], sum(s.free for s, q in out if q == p)) for p in lacks.index}
        worth = (sum(g > 0 for g in given.values()), sum(given.values()), -sum(road.values()))
        best = max(best, worth)
    return best


@settings(max_examples=15, deadline=None)
@given(st.data())
def test_no_other_plan_is_better(data):
    lacks = {name: data.draw(st.integers(1, 7)) for name in "ab"}
    teachers = {"t": "y", "u": "z"}
    km = {(p, s): data.draw(st.sampled_from([2, 3.5, 8, 30])) for p in "ab" for s in "yz"}
    slots = st.tuples(
        st.sampled_from("tu"), st.integers(1, 2), st.sampled_from(["am", "pm"]), st.integers(1, 3)
    )
    free = data.draw(st.lists(slots, min_size=1, max_size=5, unique_by=lambda s: s[:3]))
    limits = PoolLimits(
        within=20, week_km=data.draw(st.sampled_from([10, 20, 200])), half_days=data.draw(st.integers(1, 4))
    )
    asked = problem(lacks, teachers, free, km)
    plan = plan_pool(*asked, limits)
    served, periods, road = best_of_all(*asked, limits)
    assert plan.proven
    assert (plan.gaps["given"] > 0).sum() == served
    assert plan.gaps["given"].sum() == pytest.approx(periods)
    assert plan.week_km.sum() == pytest.approx(-road)
    assert not plan.visits.duplicated(["teacher_id", "weekday", "half"]).any()
    assert not plan.visits.duplicated(["school_id", "weekday", "half"]).any()


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_one_half_day_a_school_is_a_matching(seed):
    """Without other limits, as many gaps are served as Hopcroft and Karp's algorithm can match with half days."""
    rng = np.random.default_rng(seed)
    schools, people = [f"s{i}" for i in range(6)], [f"t{i}" for i in range(4)]
    km = {(s, f"z{p}"): float(rng.choice([5, 50])) for s in schools for p in people}
    slots = [(p, d, "am", 1) for p in people for d in (1, 2) if rng.random() < 0.6] or [("t0", 1, "am", 1)]
    asked = problem(dict.fromkeys(schools, 1), {p: f"z{p}" for p in people}, slots, km)
    edges = csr_array([[km[s, f"z{p}"] <= 20 for p, *_ in slots] for s in schools])
    matched = (maximum_bipartite_matching(edges, perm_type="column") >= 0).sum()
    plan = plan_pool(*asked, PoolLimits(within=20, week_km=1e9, half_days=10))
    assert (plan.gaps["given"] > 0).sum() == matched


def test_looser_limits_are_never_worse():
    rng = np.random.default_rng(3)
    schools, people = list("abcde"), {f"t{i}": f"z{i}" for i in range(3)}
    km = {(s, z): float(rng.integers(3, 30)) for s in schools for z in people.values()}
    slots = [(p, d, h, int(rng.integers(1, 4))) for p in people for d in (1, 3) for h in ("am", "pm")]
    plan = plan_pool(*problem({s: int(rng.integers(2, 9)) for s in schools}, people, slots, km))
    levels = pool_levels(plan, [5, 15, 30], [1, 2, 4])
    assert levels["proven"].all()
    for _, rows in levels.groupby("half_days"):
        assert rows["served"].is_monotonic_increasing
    for _, rows in levels.groupby("within"):
        assert rows["served"].is_monotonic_increasing
    assert (levels["unserved"].map(len) == levels["gaps"] - levels["served"]).all()

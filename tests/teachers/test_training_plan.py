"""The plan of training: held against every plan there is, where these are few, and against sums done by hand."""

from itertools import combinations, product

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from balancelib.county import County, Lacking
from balancelib.teachers import (
    Courses,
    budget_levels,
    course_use,
    explain_training,
    offered,
    plan_by_area,
    plan_training,
    travel_cost,
    what_binds,
    write_training_plan,
)  # fmt: skip
from balancelib.teachers.training_plan import AIMS


def people(gaps, areas=None, **columns):
    """Teachers short by so many hours, of a rural school or another."""
    n = len(gaps)
    areas = areas or ["town"] * n
    usual = {"school": "甲校", "subject": "math", "layer": "growing", "school_id": areas}
    return pd.DataFrame(
        usual | {"gap": np.array(gaps, dtype=float), "area": areas} | columns,
        index=[f"T{i}" for i in range(n)],
    )


def courses(*rows, travel=None, **limits):
    """Courses: hours, cost, places and whether remote, for all who are growing unless said."""
    names = ["hours", "cost", "places", "remote"]
    table = pd.DataFrame(
        [r[:4] for r in rows], columns=names, index=[f"C{i}" for i in range(len(rows))]
    ).astype(float)
    usual = {"label": "研修", "subject": None, "layer": "growing", "topic": "subject"}
    for column, value in usual.items():
        table[column] = [dict(r[4] if len(r) > 4 else {}).get(column, value) for r in rows]
    return Courses(table, (), pd.Series(travel or {"town": 0.0, "rural": 0.0}), **limits)


def every_plan(status, offer, budget, fair, aim):
    """Return the best of all plans, by trying them all: completed, filled, cost."""
    sets = [s for k in range(offer.most_courses + 1) for s in combinations(offer.table.index, k)]
    sets = [s for s in sets if offer.table.loc[list(s), "hours"].sum() <= offer.most_hours]
    with_places = [s for s in sets if (offer.table.loc[list(s), "places"] >= 1).all()]
    able = np.array(
        [any(offer.table.loc[list(s), "hours"].sum() >= g for s in with_places) for g in status["gap"]]
    )
    rural, other = (
        (status["area"] == "rural").to_numpy() & able,
        (status["area"] != "rural").to_numpy() & able,
    )
    best = None
    for chosen in product(sets, repeat=len(status)):
        taken = pd.Series([c for s in chosen for c in s]).value_counts()
        cost = sum(
            offer.table.at[c, "cost"] + (0 if offer.table.at[c, "remote"] else offer.travel[area])
            for s, area in zip(chosen, status["area"], strict=True) for c in s
        )  # fmt: skip
        if cost > budget or any(n > offer.table.at[c, "places"] for c, n in taken.items()):
            continue
        hours = [offer.table.loc[list(s), "hours"].sum() for s in chosen]
        done = np.array([h >= g for h, g in zip(hours, status["gap"], strict=True)])
        if fair and rural.any() and other.any() and done[rural].mean() < done[other].mean() - 1e-12:
            continue
        filled = sum(min(h, g) for h, g in zip(hours, status["gap"], strict=True))
        order = (done.sum(), filled) if aim == "teachers" else (filled, done.sum())
        best = max(best, (*order, -cost)) if best else (*order, -cost)
    completed, filled = best[:2] if aim == "teachers" else best[1::-1]
    return completed, filled, -best[2]


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.integers(5, 90), st.booleans()), min_size=1, max_size=3),
    st.lists(
        st.tuples(st.integers(10, 60), st.integers(1, 9), st.integers(0, 3), st.booleans()),
        min_size=1,
        max_size=3,
    ),
    st.integers(0, 30),
    st.booleans(),
    st.sampled_from(list(AIMS)),
)
def test_no_plan_is_better(teachers, offer, budget, fair, aim):
    status = people([gap for gap, _ in teachers], ["rural" if lies else "town" for _, lies in teachers])
    offer = courses(*offer, travel={"town": 0.0, "rural": 2.0}, most_hours=100, most_courses=2)
    plan = plan_training(status, offer, budget, fair=fair, aim=aim)
    assert (plan.completed, plan.filled, plan.cost) == pytest.approx(
        every_plan(status, offer, budget, fair, aim)
    )
    assert plan.proven


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.integers(1, 80), min_size=1, max_size=30),
    st.lists(
        st.tuples(st.integers(10, 60), st.integers(1, 9), st.integers(0, 12), st.booleans()),
        min_size=1,
        max_size=5,
    ),
    st.integers(0, 90),
)
def test_limits_are_kept(gaps, offer, budget):
    status = people(gaps, ["rural" if gap % 3 == 0 else "town" for gap in gaps])
    offer = courses(*offer, travel={"town": 0.0, "rural": 2.0})
    plan = plan_training(status, offer, budget)
    use = course_use(plan)
    assert (use["given"] <= use["places"]).all()
    assert plan.cost <= budget
    assert not plan.given.duplicated().any()
    hours = plan.given["course_id"].map(offer.table["hours"]).groupby(plan.given["teacher_id"]).sum()
    assert (hours <= offer.most_hours).all()
    assert plan.given.groupby("teacher_id").size().le(offer.most_courses).all()
    counted = (hours.reindex(status.index, fill_value=0) >= status["gap"]).sum()
    assert plan.completed == counted == plan_by_area(plan)["completed"].sum()
    why = explain_training(plan)
    assert ((why["outcome"] == "done") == (why["reason"] == "")).all()


def test_the_cheaper_way_to_the_same_hours_is_taken():
    """40 hours short: one course of 40 for 900, or 20 and 24 remote for 80 and 100."""
    plan = plan_training(people([40]), courses((40, 900, 9, 0), (20, 80, 9, 1), (24, 100, 9, 1)), 5000)
    assert plan.given["course_id"].tolist() == ["C1", "C2"]
    assert plan.cost == 180


def test_the_way_decides_between_remote_and_not():
    offer = [(40, 100, 9, 0), (40, 130, 9, 1)]
    plan = plan_training(
        people([40, 40], ["town", "rural"]), courses(*offer, travel={"town": 0.0, "rural": 50.0}), 1000
    )
    assert plan.given["course_id"].tolist() == ["C0", "C1"]
    assert plan.cost == 230


def test_counting_heads_leaves_those_furthest_behind():
    """One place of 40 hours: by heads the teacher who lacks 30 has it, by hours the one who lacks 90."""
    status, offer = people([30, 90]), courses((40, 1, 1, 1))
    by_heads, by_hours = (plan_training(status, offer, 9, aim=aim) for aim in AIMS)
    assert (by_heads.completed, by_heads.filled) == (1, 30)
    assert (by_hours.completed, by_hours.filled) == (0, 40)


def test_fairness_has_a_price():
    """Three in town at 1, two in the country at 3: with 5 in all, five heads cannot be had. Fair: as high a share in the country."""
    status = people([10] * 5, ["town"] * 3 + ["rural"] * 2)
    offer = courses((10, 1, 9, 0), travel={"town": 0.0, "rural": 2.0})
    free, fair = (plan_training(status, offer, 6, fair=fair) for fair in (False, True))
    assert free.completed == 4  # three for 3, one for 3
    assert fair.completed == 2  # two of two for 6, or one of each: 1/2 and 1/3 for 4
    shares = plan_by_area(fair)["share"]
    assert shares["rural"] >= shares["town"]


def test_topics_count_once_the_hours_are_enough():
    status = people([0, 20], ict_gap=[30.0, 0.0])
    plan = plan_training(status, courses((30, 5, 1, 1, {"topic": "ict"})), 100)
    assert plan.given["teacher_id"].tolist() == ["T1"]  # who reaches the hours comes first
    assert (plan.short, plan.completed, plan.filled) == (1, 1, 20)


def test_courses_are_for_their_layer_and_subject():
    status = people([20, 20, 20], subject=["music", "math", "math"], layer=["growing", "growing", "new"])
    offer = courses((30, 5, 9, 1, {"subject": "music"}), (30, 6, 9, 1, {"layer": "new"}))
    plan = plan_training(status, offer, 100)
    assert plan.given.to_numpy().tolist() == [["T0", "C0"], ["T2", "C1"]]
    assert explain_training(plan).loc["T1", "reason"] == "no_course"


def test_reasons_and_what_binds():
    status = people([100, 40, 40])
    plan = plan_training(status, courses((40, 10, 1, 1)), 100)
    why = explain_training(plan)
    assert why["reason"].tolist() == ["too_far", "", "waits"]
    assert why["cheapest"].tolist()[1:] == [10, 10]
    assert np.isnan(why["cheapest"].iloc[0])
    assert what_binds(plan).to_dict() == {
        "as_is": 1,
        "money": 1,
        "places": 2,
        "both": 2,
        "time": 2,
        "rural": 1,
    }


def test_who_lacks_too_much_for_one_year_stops_nobody_else():
    """500 hours short in the country, 30 in town: the rural share is that of nobody, and is not held."""
    plan = plan_training(people([500, 30, 30], ["rural", "town", "town"]), courses((40, 10, 9, 1)), 100)
    assert plan.completed == 2
    assert explain_training(plan)["reason"].tolist() == ["too_far", "", ""]
    areas = plan_by_area(plan)
    assert areas["able"].to_dict() == {"rural": 0, "town": 2}
    assert areas["share"]["town"] == 1


def test_the_rural_rule_is_named_where_it_alone_stands_in_the_way():
    """In the country a course costs 60 with the way: 50 are not enough for it, so nobody goes in town either, though 50 would do for two."""
    status = people([30, 30, 30], ["rural", "town", "town"])
    offer = courses((40, 10, 9, 0), travel={"town": 0.0, "rural": 50.0})
    plan = plan_training(status, offer, 50)
    assert plan.completed == 0
    assert explain_training(plan)["reason"].tolist() == ["waits", "rural", "rural"]
    assert what_binds(plan)[["money", "rural"]].to_list() == [3, 2]
    free = plan_training(status, offer, 50, fair=False)
    assert explain_training(free)["reason"].tolist() == ["waits", "", ""]


def test_more_money_never_completes_fewer():
    status = people(range(5, 65, 3), (["town", "rural"] * 10))
    offer = courses((20, 3, 8, 0), (40, 7, 8, 0), travel={"town": 0.0, "rural": 1.0})
    levels = budget_levels(plan_training(status, offer, 0).question, range(0, 101, 20))
    assert levels["proven"].all()
    completed = levels.pivot(index="budget", columns="way", values="completed")
    assert all(completed[way].is_monotonic_increasing for way in ("fair", "free"))
    assert (completed["fair"] <= completed["free"]).all()
    assert (completed["hours"] <= completed["fair"]).all()
    filled = levels.pivot(index="budget", columns="way", values="filled")
    assert (filled["hours"] >= filled["fair"]).all()
    assert (levels["rural"] + levels["other"] == levels["completed"]).all()


def test_the_unknown_are_not_planned_for():
    status = people([20, np.nan], layer=["growing", "growing"])
    assert plan_training(status, courses((30, 5, 9, 1)), 100).given["teacher_id"].tolist() == ["T0"]
    with pytest.raises(Lacking, match="没有一名教师确知差学时"):
        plan_training(status.iloc[1:], courses((30, 5, 9, 1)), 100)


def test_the_way_is_not_dearer_for_the_last_bit():
    """There and back 50 kilometres at 1.1 元: 110, which is eleven whole tens."""
    schools = pd.DataFrame({"school_id": ["a", "b"], "area": ["urban", "rural"]})
    roads = pd.DataFrame({"from_id": ["a"], "to_id": ["b"], "km": [50.0]})
    assert travel_cost(County({"schools": schools, "distances": roads}), per_km=1.1).tolist() == [0, 110]


def test_a_course_with_a_blank_is_left_out():
    table = pd.DataFrame(
        {
            "course_id": ["A", "B"], "label": ["甲", "乙"], "subject": None, "layer": "growing", "topic": "subject", "hours": [20.0, 20.0],
            "cost": [np.nan, 5.0], "places": [9.0, 9.0], "remote": [1, 1],
        }
    )  # fmt: skip
    county = County({"schools": pd.DataFrame({"school_id": ["town"]}), "training_courses": table})
    offer = offered(county)
    assert (offer.table.index.tolist(), offer.left_out) == (["B"], ("甲",))
    with pytest.raises(Lacking, match="没有一项"):
        offered(County({"schools": county.schools, "training_courses": table.iloc[:1]}))


@pytest.mark.parametrize(("budget", "aim"), [(-1, "teachers"), (float("nan"), "teachers"), (1, "fame")])
def test_limits_without_sense_are_refused(budget, aim):
    with pytest.raises(ValueError, match=r"预算不能小于0元|不认识的目标"):
        plan_training(people([20]), courses((30, 5, 9, 1)), budget, aim=aim)


def test_the_workbook_keeps_text_as_text_and_its_bytes(tmp_path):
    status = people([20, 90], school="=1+1")
    plan = plan_training(status, courses((30, 5, 9, 1)), 100)
    for name in ("one.xlsx", "two.xlsx"):
        write_training_plan(plan, tmp_path / name)
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()
    book = openpyxl.load_workbook(tmp_path / "one.xlsx")
    assert book.sheetnames == ["培训项目", "教师"]
    cells = [cell for row in book["教师"].iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells if cell.value == "=1+1"} == {"s"}
    assert [cell.value for cell in cells if cell.column == 1][-2:] == ["T0", "T1"]

"""The exercises of teachers: answers against numbers counted from the sample's tables in another way."""

import itertools
import math
from collections import Counter, defaultdict

import numpy as np
import pandas as pd
import pytest
from samples import sample_county

from balancelib.county import County
from balancelib.course.exercises import begin, exercises, judge, session

EXERCISES = exercises("teachers")
NEEDS = {
    "1": "teachers",
    "7": "training",
    "8": "pairings",
    "9": "local_resources",
    "10": "peer_contacts",
    "11": "lesson_scores",
}


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    monkeypatch.setattr(session, "_SESSIONS", {})


@pytest.fixture(scope="module")
def county():
    return sample_county(7)


def answer(n, county):
    found = EXERCISES[n].answer(county)
    return found.item() if hasattr(found, "item") else found


def rows(county, table):
    return [row._asdict() for row in county.tables[table].itertuples(index=False)]


def test_the_two_shares_counted_by_hand(county):
    """Heads are exchanged by other rules, and a private school's teachers are not the county's to move."""
    public = {row["school_id"] for row in rows(county, "schools") if row["operator"] == "public"}
    moved, eligible = [], 0
    for teacher in rows(county, "teachers"):
        if (
            teacher["school_id"] not in public
            or teacher["permanent"] != 1
            or teacher["post"] in ("head", "deputy_head")
        ):
            continue
        if teacher["rotated"] == 2025:
            moved.append(teacher["backbone"] != "none")
        elif teacher["exempt"] == 0 and teacher["school_since"] <= 2019 and not teacher["rotated"] > 2019:
            eligible += 1
    expected = {
        "交流": 100 * len(moved) / (eligible + len(moved)),
        "骨干": 100 * sum(moved) / len(moved),
        "还差": max(-(-len(moved) // 5) - sum(moved), 0),
    }
    assert answer("1", county) == pytest.approx(expected)


def test_music_that_small_schools_lack(county):
    """Two periods a class and week, less what teachers of music give; a school of up to 12 classes, none for special education."""
    given = defaultdict(float)
    for teacher in rows(county, "teachers"):
        if (teacher["stage"], teacher["subject"]) == ("primary", "music"):
            given[teacher["school_id"]] += teacher["periods"]
    lacks = [
        2 * school["classes_primary"] - given[school["school_id"]]
        for school in rows(county, "schools")
        if 1 <= school["classes_primary"] <= 12 and school["kind"] != "special"
    ]
    lacks = [lack for lack in lacks if lack > 0]
    assert answer("3", county) == {
        "缺的课时": pytest.approx(sum(lacks)),
        "合起来": -(-sum(lacks) // 16),
        "各招各的": sum(-(-lack // 16) for lack in lacks),
    }


def test_posts_by_pupils_and_by_the_timetable(county):
    """172 periods a week in six classes, one of each grade: 64 of Chinese and mathematics at 14 a post, the others at 16."""
    per_class = (64 / 14 + (172 - 64) / 16) / 6
    quotas, needs = [], []
    for school in rows(county, "schools"):
        if (
            school["operator"] == "public"
            and school["kind"] not in ("special", "vocational")
            and school["classes_primary"] > 0
        ):
            quotas.append(0.91 * school["pupils_primary"] / 19)
            needs.append(per_class * school["classes_primary"])
    expected = {"编制": sum(quotas), "需要": sum(needs), "不够的学校": sum(map(float.__lt__, quotas, needs))}
    assert answer("5", county) == pytest.approx(expected)


def test_rural_primary_teachers_who_retire(county):
    """Month by month: 60 years and 55, or 60 with a high title; a month later for every four after 1964 or 1969, at most 36."""
    public = {
        row["school_id"]
        for row in rows(county, "schools")
        if row["operator"] == "public" and row["area"] == "rural"
    }
    chances = []
    for teacher in rows(county, "teachers"):
        if teacher["stage"] == "primary" and teacher["school_id"] in public:
            late = teacher["gender"] == "male" or teacher["title"] in ("senior", "full")
            age, last = (60, 1964) if late else (55, 1969)
            ends = []
            for month in range(1, 13):
                after = 12 * (teacher["birth_year"] - last - 1) + month
                delay = min(max(math.ceil(after / 4), 0), 36)
                ends.append((12 * teacher["birth_year"] + month - 1 + 12 * age + delay) // 12 <= 2030)
            chances.append(sum(ends) / 12)
    assert answer("6", county) == pytest.approx(100 * sum(chances) / len(chances))


def test_the_completion_has_two_ends(county):
    """A fifth of 360 hours for each year in the profession; a blank year may hold any number of hours."""
    hours = defaultdict(dict)
    for row in rows(county, "training"):
        hours[row["teacher_id"]][row["year"]] = row["hours"]
    states = Counter()
    for teacher in rows(county, "teachers"):
        years = [year for year in range(2021, 2026) if year >= teacher["started"]]
        own = [hours[teacher["teacher_id"]].get(year, math.nan) for year in years]
        if np.nansum(own) >= 72 * len(years) - 1e-9:
            states["done"] += 1
        else:
            states["unknown" if np.isnan(own).any() else "short"] += 1
    everyone = sum(states.values())
    assert answer("7", county) == {
        "最低": pytest.approx(100 * states["done"] / everyone),
        "最高": pytest.approx(100 * (everyone - states["short"]) / everyone),
    }


def test_pairs_in_name_only(county):
    idle = [row for row in rows(county, "pairings") if row["visits"] == 0 and row["online"] == 0]
    assert answer("8", county) == len(idle) > 0


def test_a_blank_is_no_zero(county):
    pairings = county.tables["pairings"].copy()
    idle = pairings.index[(pairings["visits"] == 0) & (pairings["online"] == 0)][0]
    pairings.loc[idle, "online"] = np.nan
    other = County(county.tables | {"pairings": pairings})
    assert answer("8", other) == answer("8", county) - 1


def test_cells_that_have_a_reviewed_resource(county):
    cells = {
        (row["subject"], grade)
        for row in rows(county, "local_resources")
        for grade in range(1, 10)
        if row["reviewed"] == 1 and row["grade_from"] <= grade <= row["grade_to"]
    }
    assert answer("9", county) == len(cells)


def test_three_places_against_all_choices_of_three(county):
    """Every three primary schools, by hand: whom they meet, once each."""
    pupils = {
        row["school_id"]: row["pupils_primary"]
        for row in rows(county, "schools")
        if row["kind"] not in ("special", "vocational") and row["pupils_primary"] > 0
    }
    meets = {school: {school} for school in pupils}
    for row in rows(county, "peer_contacts"):
        one, other = row["school_id"], row["other_id"]
        if one in pupils and other in pupils and row["joint"] >= 2:
            meets[one].add(other)
            meets[other].add(one)
    reach = {school: frozenset(found) for school, found in meets.items()}
    best = max(
        sum(pupils[s] for s in reach[a] | reach[b] | reach[c])
        for a, b, c in itertools.combinations(pupils, 3)
    )
    found = answer("10", county)
    assert found["最优"] == pytest.approx(100 * best / sum(pupils.values()))
    assert (1 - (2 / 3) ** 3) * found["最优"] <= found["贪心"] <= found["最优"] + 1e-9


def test_gains_of_members_and_others(county):
    """Plain means; the leaders are no members."""
    scores = {(row["teacher_id"], row["year"]): row["score"] for row in rows(county, "lesson_scores")}
    members = {row["teacher_id"] for row in rows(county, "studio_members")}
    leaders = {row["leader"] for row in rows(county, "studios")}
    gains = defaultdict(list)
    for (teacher, year), score in scores.items():
        if year == 2022 and (teacher, 2025) in scores and teacher not in leaders:
            gains[teacher in members].append(scores[teacher, 2025] - score)
    assert answer("11", county) == pytest.approx(
        {"前后": np.mean(gains[True]), "双重差分": np.mean(gains[True]) - np.mean(gains[False])}
    )


def test_before_and_after_overstates_the_studios(county):
    """What the lesson says of the planted effect of 3 points: both overstate it."""
    assert min(answer("11", county).values()) > 4.5


def test_surplus_and_shortage_are_not_netted(county):
    found = answer("12", county)
    frame = pd.DataFrame(rows(county, "teachers"))
    assert min(found.values()) > 20, "both at the same time"
    assert found["富余"] < len(frame)


@pytest.mark.parametrize("n", NEEDS)
def test_what_a_county_lacks_is_said(monkeypatch, county, n):
    tables = {name: table for name, table in county.tables.items() if name != NEEDS[n]}
    monkeypatch.setitem(session._SESSIONS, "teachers", session.Session(County(tables), ""))
    assert judge(f"teachers.{n}", 1).outcome == "impossible"


def test_a_neighbours_county_is_marked_by_its_own_numbers():
    begin("teachers", seed=12)
    assert judge("teachers.8", answer("8", sample_county(12))).outcome == "right"

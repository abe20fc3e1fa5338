"""Coverage and access: hand-solved schools, published vectors through the same call, properties."""

import json
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from balancelib.county import County, MissingTable
from balancelib.resources import (
    best_sites,
    coverage_by_area,
    digital_coverage,
    seat_access,
    weak_schools,
)

VECTORS = [
    vector
    for vector in json.loads(
        (Path(__file__).parents[1] / "measures" / "vectors.json").read_text(encoding="utf-8")
    )
    if vector["measure"] == "two_step_fca"
]


def county(pupils, terminals, seats=None, pairs=(), **columns):
    """Primary schools a, b, c … of one class a room."""
    n, ids = len(pupils), list("abcdefghij"[: len(pupils)])
    schools = {
        "school_id": ids, "name": [f"{i}校" for i in ids], "kind": "primary", "area": "rural", "pupils_primary": pupils, "pupils_junior": None,
        "pupils_senior": None, "multimedia_rooms": 6, "teachers_primary": 10, "teachers_junior": None,
    }  # fmt: skip
    digital = {
        "school_id": ids, "classrooms": 8, "bandwidth": 100, "pupil_terminals": terminals, "recording_rooms": 0,
        "platform_teachers": 5, "trained_teachers": 8, "open_seats": seats or [0] * n,
    }  # fmt: skip
    schools |= {name: given for name, given in columns.items() if name in schools}
    digital |= {name: given for name, given in columns.items() if name in digital}
    distances = pd.DataFrame(list(pairs), columns=["from_id", "to_id", "km"])
    return County(
        {"schools": pd.DataFrame(schools), "digital": pd.DataFrame(digital), "distances": distances}
    )


def test_coverage_by_hand():
    found = digital_coverage(
        county([200, 0], [30, 0], bandwidth=[50, None], multimedia_rooms=[6, 9], teachers_primary=[20, 0])
    )
    # 30 of 200; 6 of 8 rooms, 9 of 8 are no more than all; 5 and 8 of 20 teachers.
    assert found.loc["a", ["terminals", "bandwidth", "connected_rooms", "platform", "trained"]].tolist() == [
        15,
        50,
        75,
        25,
        40,
    ]
    assert found.loc["b", "connected_rooms"] == 100
    assert found.loc["b", ["terminals", "bandwidth", "platform", "trained"]].isna().all()


def test_pupils_of_all_stages_share_the_terminals():
    found = digital_coverage(
        county(
            [None], [30], kind="complete_secondary", pupils_junior=100, pupils_senior=200, teachers_junior=10
        )
    )
    assert found.loc["a", ["pupils", "terminals", "platform"]].tolist() == [300, 10, 25]


def test_areas_by_hand():
    """100 pupils with 10 per 100 and 300 with 20: 17.5; the school without bandwidth is left out of that mean."""
    found = coverage_by_area(
        digital_coverage(
            county([100, 300, 50], [10, 60, 10], bandwidth=[50, None, 7], area=["rural", "rural", "urban"])
        )
    )
    assert list(found.index) == ["urban", "rural"]
    assert found.loc["rural", ["schools", "pupils", "terminals", "bandwidth"]].tolist() == [2, 400, 17.5, 50]


def test_weak_list_by_hand():
    found = weak_schools(
        digital_coverage(county([310, 100, 100], [31, 20, 12], bandwidth=[80, 100, 200])),
        {"terminals": 12, "bandwidth": 100},
    )
    # 10 of 12 per 100: 37.2 terminals would do, 38 are; 80 of 100 Mbps. What reaches its target is in no list.
    assert found[["school_id", "item", "lacking"]].to_numpy().tolist() == [
        ["a", "bandwidth", 20],
        ["a", "terminals", 7],
    ]
    assert found["share"].tolist() == pytest.approx([0.8, 10 / 12])


@pytest.mark.parametrize(
    ("targets", "said"), [({"tablets": 1}, "没有tablets"), ({"terminals": 0}, "大于0"), ({}, "没有一项")]
)
def test_targets_without_sense_are_refused(targets, said):
    with pytest.raises(ValueError, match=said):
        weak_schools(digital_coverage(county([100], [5])), targets)


# a and b are short, c has enough and opens 20 seats, d is short, opens 10 of its own and lies far from all; e is out of reach.
PAIRS = [("a", "b", 2.0), ("a", "c", 4.0), ("b", "c", 5.0), ("b", "d", 7.0), ("a", "e", 20.0)]


def five():
    return county([100, 300, 500, 50, 80], [2, 9, 100, 1, 0], [0, 0, 20, 10, 0], PAIRS)


def test_access_by_hand():
    """Within 5 km: 20 seats for the 400 pupils of a and b; 10 for the 50 of d itself; none for e."""
    found = seat_access(five(), enough=10, within=5)
    assert found["seats"].to_dict() == pytest.approx({"a": 5, "b": 5, "d": 20, "e": 0})
    assert found["nearest"].to_dict() == {"a": "c校", "b": "c校", "d": "d校", "e": None}
    assert found["km"].tolist() == [4, 5, 0, np.inf]


def test_further_means_more_who_share():
    """Within 7 km b reaches d as well: 10 seats for 350 pupils, and b gets 100 × (20/400 + 10/350)."""
    found = seat_access(five(), enough=10, within=7)
    assert found["seats"].to_dict() == pytest.approx({"a": 5, "b": 5 + 1000 / 350, "d": 1000 / 350, "e": 0})


def test_more_seats_are_added():
    found = seat_access(five(), enough=10, within=5, more={"e": 8})
    assert found["seats"]["e"] == pytest.approx(10)


def test_exactly_enough_is_enough():
    assert seat_access(county([100, 100], [10, 9]), enough=10, within=5).index.tolist() == ["b"]


def test_nobody_offers_anything():
    found = seat_access(county([100], [0]), enough=10, within=5)
    assert found["seats"].tolist() == [0]
    assert found["nearest"].isna().all()
    assert np.isinf(found["km"]).all()
    assert seat_access(county([100], [50]), enough=10, within=5).empty


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["id"])
def test_published_access_through_the_schools(vector, monkeypatch):
    """Their roads are not the same both ways, so that the matrix is put in the place of the table's."""
    inputs, order = vector["inputs"], vector["inputs"]["order"]
    ids = list("abcdefghij"[: len(order)])
    cost = pd.DataFrame(np.inf, ids, ids)
    for way in inputs["od"]:
        cost.loc[ids[order.index(way["origin"])], ids[order.index(way["dest"])]] = way["cost"]
    monkeypatch.setattr("balancelib.resources.seats.road_matrix", lambda *_: cost)
    pupils, seats = ([inputs[of][str(place)] for place in order] for of in ("demand", "supply"))
    found = seat_access(
        county(pupils, [0] * len(ids), seats), enough=1, within=vector["parameters"]["cutoff"]
    )
    published = dict(zip(ids, vector["expected"], strict=True))
    assert len(found) == sum(number > 0 for number in pupils)
    assert (found["seats"] / 100).to_dict() == pytest.approx({i: published[i] for i in found.index}, abs=5e-5)


def test_sites_by_hand():
    """10 seats at e leave nobody without; anywhere else its 80 pupils go on with nothing."""
    found = best_sites(five(), seats=10, enough=10, within=5)
    assert found["schools"].iloc[0] == ("e",)
    assert found["reaching_nothing"].tolist() == [0, 80, 80, 80, 80]
    # At a, b or c the 400 share 30 seats: 7.5; at d theirs stay 5.
    assert found["lowest"].tolist() == pytest.approx([5, 7.5, 7.5, 7.5, 5])


@settings(max_examples=20)
@given(st.data())
def test_no_choice_of_sites_is_better_than_the_first(data):
    """Against the plain way: open each pair of sites in the tables themselves and ask again."""
    n = data.draw(st.integers(3, 5))
    ids = "abcde"[:n]
    pairs = [(i, j, data.draw(st.integers(1, 12)) * 1.0) for i, j in combinations(ids, 2)]
    numbers = lambda least, most: data.draw(st.lists(st.integers(least, most), min_size=n, max_size=n))  # noqa: E731
    here = county(numbers(10, 300), [0] * n, numbers(0, 5), pairs)
    found = best_sites(here, seats=6, enough=10, within=6, sites=2)
    answers = {}
    for pair in combinations(ids, 2):
        digital = here.tables["digital"].copy()
        digital.loc[digital["school_id"].isin(pair), "open_seats"] += 6
        access = seat_access(County(here.tables | {"digital": digital}), enough=10, within=6)
        nothing = access["seats"] == 0
        answers[pair] = (access.loc[nothing, "pupils"].sum(), -access.loc[~nothing, "seats"].min())
    best = min(answers.values())
    assert (found["reaching_nothing"].iloc[0], -found["lowest"].iloc[0]) == pytest.approx(best)
    assert found["schools"].iloc[0] == min(
        pair for pair, answer in answers.items() if answer == pytest.approx(best)
    )


def test_seats_within_reach_are_all_given_out():
    found = seat_access(five(), enough=10, within=7)
    assert (found["seats"] * found["pupils"] / 100).sum() == pytest.approx(30)


@pytest.mark.parametrize(
    ("call", "error", "said"),
    [
        (lambda: digital_coverage(County({"schools": five().schools})), MissingTable, "没有“数字化”表"),
        (lambda: seat_access(County({k: v for k, v in five().tables.items() if k != "distances"}), 10, 5), MissingTable, "没有“校际路程”表"),
        (lambda: seat_access(five(), 0, 5), ValueError, "要大于0"),
        (lambda: seat_access(county([100, 80], [None, 9]), 10, 5), ValueError, "终端数是空的.*：a校。"),
        (lambda: best_sites(county([100, 80], [None, 9]), 10, 10, 5), ValueError, "终端数是空的.*：a校。"),
        (lambda: seat_access(county([100, 80], [5, 9], [None, 3]), 10, 5), ValueError, "开放机位数是空的：a校。"),
        (lambda: seat_access(five(), 10, 5, {"z": 3}), ValueError, "没有这些学校：z"),
        (lambda: best_sites(five(), 10, 10, 5, ["z"]), ValueError, "没有这些学校：z"),
        (lambda: best_sites(county([100], [50]), 10, 10, 5), ValueError, "不用再开"),
        (lambda: seat_access(five(), 10, -1), ValueError, "cutoff"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(call, error, said):
    with pytest.raises(error, match=said):
        call()


def test_too_many_choices_are_not_begun(monkeypatch):
    monkeypatch.setattr("balancelib.resources.seats.MOST_TRIALS", 9)
    with pytest.raises(ValueError, match="一共有10种选法，超过9种"):
        best_sites(five(), seats=10, enough=10, within=5, sites=2)

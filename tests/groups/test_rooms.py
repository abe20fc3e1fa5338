"""Resource rooms: small counties by hand, every choice of sites by brute force, another solver for who goes where."""

from itertools import combinations

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from balancelib.county import County, Lacking
from balancelib.groups import (
    RoomLimits,
    Rooms,
    if_all_to_nearest,
    nearest_rooms,
    plan_rooms,
    room_access,
    room_levels,
    room_outcomes,
    room_tables,
)


def rooms_of(need, places, roads):
    """Rooms from needs and places by letter, and roads between letters; there and back, all others unknown."""
    names = sorted({*need, *places, *(end for pair in roads for end in pair)})
    km = pd.DataFrame(np.inf, names, names)
    for (start, end), road in roads.items():
        km.loc[start, end] = km.loc[end, start] = road
    for name in names:
        km.loc[name, name] = 0
    return Rooms(pd.Series(need, dtype=float).sort_index(), pd.Series(places, dtype=float).sort_index(), km)


# Three schools on a road, rooms at both ends; the near one at b is full at once.
ROAD = rooms_of(
    {"a": 3, "b": 4, "c": 2}, {"b": 4, "d": 3}, {"ab": 2, "bc": 3, "cd": 4, "bd": 7, "ad": 9, "ac": 5}
)


def test_nearest_alone_hides_what_is_full():
    assert nearest_rooms(ROAD)["room"].tolist() == ["b", "b", "b"]
    assert nearest_rooms(ROAD)["km"].tolist() == [2, 0, 3]
    found = if_all_to_nearest(ROAD)
    assert found.loc["b"].tolist() == [4, 9, 5, 0]
    assert found.loc["d"].tolist() == [3, 0, 0, 3]


def test_within_the_limit_as_many_as_can_be_then_the_shortest():
    plan = plan_rooms(ROAD, RoomLimits(within=10))
    assert (plan.placed, plan.km) == (7, 2 * 4 + min(7 + 2, 9))  # two of c to d, and there one of b or of a
    assert plan.proven
    assert plan.left.sum() == 2
    near = plan_rooms(ROAD, RoomLimits(within=4))
    assert (near.placed, near.km) == (6, 8)
    assert near.reached[near.left > 0].all(), "whoever is left found the rooms full"


def test_out_of_reach_and_full_are_told_apart():
    far = rooms_of({"a": 2, "b": 3, "e": 1}, {"b": 2}, {"ab": 6})
    plan = plan_rooms(far, RoomLimits(within=5))
    assert plan.left.gt(0).all()
    assert plan.reached.to_dict() == {"a": False, "b": True, "e": False}
    assert nearest_rooms(far)["km"].tolist() == [6, 0, np.inf]
    assert nearest_rooms(far).loc["e", "room"] is None or pd.isna(nearest_rooms(far).loc["e", "room"])


def test_no_room_at_all():
    none = rooms_of({"a": 2, "b": 1}, {}, {"ab": 6})
    assert np.isinf(nearest_rooms(none)["km"]).all()
    assert if_all_to_nearest(none).empty
    plan = plan_rooms(none, RoomLimits(within=5))
    assert (plan.placed, plan.km, plan.proven) == (0, 0, True)
    opened = plan_rooms(none, RoomLimits(within=10, new=1, size=5))
    assert (opened.placed, opened.km, opened.opened) == (3, 6, ("a",))


def drawn(seed, schools=9):
    rng = np.random.default_rng(seed)
    names = [f"s{i}" for i in range(schools)]
    at = rng.uniform(0, 20, (schools, 2))
    km = pd.DataFrame(np.hypot(*(at[:, None] - at[None]).T).round(1), names, names)
    need = pd.Series(rng.integers(1, 5, schools), names, dtype=float)
    places = pd.Series(rng.integers(3, 7, 2), names[:2], dtype=float)
    return Rooms(need, places, km)


def flow(rooms, extra, within):
    """The most children, then the fewest kilometres, by networkx's minimum-cost flow of whole metres."""
    places = {**rooms.places, **extra}
    graph = nx.DiGraph()
    for school, children in rooms.need.items():
        graph.add_edge("from", school, capacity=int(children), weight=0)
        for room in places:
            if rooms.km.loc[school, room] <= within:
                graph.add_edge(school, ("room", room), weight=round(1000 * rooms.km.loc[school, room]))
    for room, size in places.items():
        graph.add_edge(("room", room), "to", capacity=int(size), weight=0)
    found = nx.max_flow_min_cost(graph, "from", "to")
    return sum(found["from"].values()), nx.cost_of_flow(graph, found) / 1000


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("within", [4, 9, 30])
def test_who_goes_where_as_another_solver_has_it(seed, within):
    rooms = drawn(seed)
    plan = plan_rooms(rooms, RoomLimits(within=within))
    placed, km = flow(rooms, {}, within)
    assert (plan.placed, plan.km) == (placed, pytest.approx(km))
    assert plan.trips.groupby("room")["children"].sum().le(rooms.places).all()
    assert (plan.left >= 0).all()


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("new", [1, 2])
def test_where_to_open_by_every_choice(seed, new):
    rooms = drawn(seed)
    hosts = rooms.km.index.difference(rooms.places.index)
    every = [flow(rooms, dict.fromkeys(chosen, 4), 9) for chosen in combinations(hosts, new)]
    placed = max(found[0] for found in every)
    km = min(found[1] for found in every if found[0] == placed)
    plan = plan_rooms(rooms, RoomLimits(within=9, new=new, size=4))
    assert (plan.placed, plan.km) == (placed, pytest.approx(km))
    assert plan.proven
    assert len(plan.opened) <= new
    assert flow(rooms, dict.fromkeys(plan.opened, 4), 9) == (placed, pytest.approx(km))


def test_equal_sites_are_decided_by_lot_whatever_the_order():
    twins = rooms_of({"a": 2, "b": 2}, {}, {"ab": 3})
    shuffled = Rooms(twins.need[::-1], twins.places, twins.km.loc[::-1, ::-1])
    limits = RoomLimits(within=5, new=1, size=4)
    assert plan_rooms(twins, limits).opened == plan_rooms(shuffled, limits).opened


def test_a_host_that_may_not_is_not_opened():
    limits = RoomLimits(within=10, new=1, size=5)
    assert plan_rooms(ROAD, limits, hosts=["c", "d"]).opened == ("c",)
    assert plan_rooms(ROAD, limits, hosts=[]).opened == ()


def test_access_adds_up_to_the_places_within_reach():
    found = room_access(ROAD, 10)
    assert found @ ROAD.need == pytest.approx(ROAD.places.sum())
    assert room_access(ROAD, 1).to_dict() == {"a": 0, "b": 1, "c": 0}


def test_levels_never_place_fewer():
    levels = room_levels(plan_rooms(drawn(1), RoomLimits(size=4)), [4, 9], [0, 1, 2])
    assert levels["proven"].all()
    by = levels.pivot(index="within", columns="new", values="placed")
    assert (by.diff(axis=1).iloc[:, 1:] >= 0).all(axis=None)
    assert (by.diff().iloc[1:] >= 0).all(axis=None)
    total = levels["placed"] + levels["full"] + levels["far"]
    assert total.eq(drawn(1).need.sum()).all()


def test_outcomes_by_area_do_not_tell_small_counts():
    """North: 12 placed, 2 left, out of reach; south: 9 placed, 1 left, full."""
    rooms = rooms_of({"a": 14, "b": 10}, {"a": 12, "b": 9}, {"ab": 30})
    plan = plan_rooms(rooms, RoomLimits(within=5))
    secret = room_outcomes(plan, pd.Series({"a": "北", "b": "南"}))
    table = secret.publish([("part", "outcome")]).table("part", "outcome")
    assert {"1", "2"}.isdisjoint(table.to_numpy().ravel())
    assert table.loc["合计", "合计"] == "24"


def test_a_plan_shows_no_small_counts():
    plan = plan_rooms(ROAD, RoomLimits(within=10))
    assert "trips" not in repr(plan)
    assert "need" not in repr(plan)


@pytest.mark.parametrize("limits", [RoomLimits(within=0), RoomLimits(new=-1), RoomLimits(size=-1)])
def test_limits_that_have_no_sense(limits):
    with pytest.raises(ValueError, match="大于0"):
        plan_rooms(ROAD, limits)


def cared(**columns):
    care = pd.DataFrame({
        "school_id": ["a", "b"], "disabled_need": [2.0, 0.0], "resource_room": [0.0, 1.0], "resource_places": [np.nan, 3.0], **columns
    })  # fmt: skip
    roads = pd.DataFrame({"from_id": ["a"], "to_id": ["b"], "km": [3.0]})
    return County({"care": care, "distances": roads})


def test_tables_of_a_county():
    rooms = room_tables(cared())
    assert rooms.need.to_dict() == {"a": 2}
    assert rooms.places.to_dict() == {"b": 3}
    assert rooms.km.loc["a", "b"] == 3


@pytest.mark.parametrize(
    ("columns", "word"),
    [
        ({"disabled_need": [np.nan, 1]}, "1所学校没有填需要"),
        ({"resource_places": [np.nan, np.nan]}, "能容纳几人的1所"),
        ({"resource_room": [np.nan, 1]}, "有没有资源教室的1所"),
        ({"disabled_need": [0, 0]}, "没有一名孩子"),
    ],
)
def test_blanks_are_not_zero(columns, word):
    with pytest.raises(Lacking, match=word):
        room_tables(cared(**columns))

"""A budget for care: what is due by hand, needs, a plan against all plans, and what more money does."""

from itertools import product

import numpy as np
import pandas as pd
import pytest
from conftest import ROOT

from balancelib.county import County, Lacking, open_county
from balancelib.groups import (
    Weights,
    load_prices,
    plan_support,
    support_due,
    support_levels,
    support_needs,
)
from balancelib.groups.support import PricesError

PRICES = load_prices()
ROUTE, BED, NEW, BUS = 2400, 800, 3800, 80_000  # 元 a year, of the file


def small(**care):
    """A county of a primary and a nine-year school, the second with boarders of both stages."""
    usual = {
        "left_behind_alone": [3.0, 8.0],
        "far_pupils": [5.0, 20.0],
        "poor_boarders": [0.0, 6.0],
        "poor_day": [4.0, 5.0],
    }
    meals = {"nutrition_pupils": [100.0, 300.0], "nutrition_fed": [100.0, 290.0]}
    rows = [
        (2025, "a", "primary", 4.0),
        (2025, "b", "primary", 7.0),
        (2025, "b", "junior", 4.0),
        (2024, "b", "junior", 9.0),
    ]
    groups = pd.DataFrame(rows, columns=["year", "school_id", "stage", "pupils"]).assign(group="low_income")
    boarding = {
        "school_id": ["b"],
        "boarders_primary": [10.0],
        "boarders_junior": [30.0],
        "beds": [44.0],
        "dormitory_area": [180.0],
    }
    return County({
        "schools": pd.DataFrame({"school_id": ["a", "b"], "name": ["甲校", "乙校"], "township": ["东乡", "西乡"]}),
        "care": pd.DataFrame({"school_id": ["a", "b"]} | usual | meals | care),
        "group_pupils": groups,
        "boarding": pd.DataFrame(boarding),
    })  # fmt: skip


# What is due


def test_due_by_hand_with_a_school_of_both_stages():
    found = support_due(small(), PRICES.due)
    assert found["children"].tolist() == [10, 6, 9]
    meals, boarders, day = found.to_numpy()[:, 1:]
    assert meals.tolist() == [10 * 5 * 200] * 2
    # Of b's six poor boarders none to four are of junior stage: 6·1250 to 2·1250 + 4·1500, a quarter of it.
    assert boarders.tolist() == [0.25 * 6 * 1250, 0.25 * (2 * 1250 + 4 * 1500)]
    # Poor day pupils: a's four and b's five; of these four to none of junior stage. Half of a boarder's.
    assert day.tolist() == [0.125 * (5 * 1250 + 4 * 1500), 0.125 * (9 * 1250)]


@pytest.mark.parametrize(
    ("care", "said"),
    [
        ({"poor_day": [np.nan, 5.0]}, "补助人数空着"),
        ({"nutrition_fed": [101.0, 290.0]}, "比应享受的多"),
        ({"poor_day": [3.0, 5.0]}, "不一样多（a）"),
        ({"poor_boarders": [1.0, 6.0], "poor_day": [3.0, 5.0]}, "困难寄宿生比寄宿生还多"),
    ],
)
def test_what_is_due_is_never_guessed(care, said):
    with pytest.raises(Lacking, match=said):
        support_due(small(**care), PRICES.due)


def test_boarders_that_are_not_known_set_no_limit():
    """How many of b's boarders are in the primary part is blank: its six poor boarders may all be, or four in the junior one."""
    county = small()
    boarding = county.tables["boarding"].assign(boarders_primary=np.nan)
    found = support_due(County({**county.tables, "boarding": boarding}), PRICES.due)
    assert found.equals(support_due(county, PRICES.due))


# Needs


def test_needs_by_hand():
    found = support_needs(small())
    assert found.loc["a"].tolist() == ["东乡", 3, 5, 0, 0]
    # 40 boarders in 44 beds: 4 stand empty; 180 m² at 3.75 m² have room for 48.
    assert found.loc["b"].tolist() == ["西乡", 8, 20, 4, 4]


def test_a_crowded_dormitory_has_no_empty_bed_and_less_room():
    county = small()
    boarding = county.tables["boarding"].assign(beds=38.0)
    found = support_needs(County({**county.tables, "boarding": boarding})).loc["b"]
    assert found[["free", "new"]].tolist() == [0, 10 - 2]


def test_boarders_that_are_not_known_leave_no_bed_known_to_be_free():
    county = small()
    schools = county.schools.assign(pupils_primary=[100.0, 150.0], pupils_junior=[np.nan, 150.0])
    boarding = county.tables["boarding"].assign(boarders_primary=np.nan)
    found = support_needs(County({**county.tables, "schools": schools, "boarding": boarding}))
    assert found.loc["b", ["free", "new"]].tolist() == [0, 0]


def test_a_blank_need_is_said_by_school():
    with pytest.raises(Lacking, match="1所学校空着：乙校"):
        support_needs(small(far_pupils=[5.0, np.nan]))


# The plan


@pytest.mark.parametrize("rest", [0, 800, 2400, 5000, 9600, 30_000, 83_200, 170_000])
@pytest.mark.parametrize("weights", [Weights(), Weights(3, 1), Weights(1, 2)])
def test_no_plan_helps_more_or_as_many_for_less(rest, weights):
    needs = support_needs(small())
    plan = plan_support(needs, 50_000, 50_000 + rest, weights=weights)
    best = max(_every_plan(weights), key=lambda one: (one[0] if one[1] <= rest else -1, -one[1]))
    assert (plan.helped, plan.spent) == pytest.approx(best)
    assert plan.proven
    places, prices = plan.places, PRICES
    assert (places["visited"] <= np.minimum([3, 8], 6 * places["routes"])).all()
    assert (places["riding"] <= prices.bus.children * places["buses"]).all()
    assert (places[["riding", "free", "new"]].sum(axis=1) <= [5, 20]).all()
    cost = places.sum() @ pd.Series({"routes": ROUTE, "free": BED, "new": NEW, "buses": BUS}).reindex(
        places.columns
    ).fillna(0)
    assert cost == pytest.approx(plan.spent)
    assert plan.spent <= rest


def _every_plan(weights):
    """Help and cost of every sensible plan: routes and buses of both townships, free and new beds."""
    for east, west, free, new, buses_east, buses_west in product(
        range(2), range(3), range(5), range(5), range(2), range(2)
    ):
        visited = min(3, 6 * east) + min(8, 6 * west)
        riding = 5 * buses_east + (20 - free - new) * buses_west
        yield (
            weights.visit * visited + weights.road * (free + new + riding),
            ROUTE * (east + west) + BED * free + NEW * new + BUS * (buses_east + buses_west),
        )


def test_what_is_due_comes_first_and_what_is_lacking_is_said():
    plan = plan_support(support_needs(small()), 60_000, 45_000)
    assert plan.short == 15_000
    assert plan.places.to_numpy().sum() == 0
    assert "还差1.5万元" in plan.message
    assert "不能少发" in plan.message
    assert plan.shadow_price() == 0
    # 15,000 more only pays what is due; 2,400 beyond it sends a route to eight children, six of whom it reaches.
    assert plan.more_money([15_000, 17_400]).tolist() == [0, 6]


def test_more_money_is_planning_anew_and_the_slope_is_of_parts():
    needs = support_needs(small())
    plan = plan_support(needs, 0, 2_400)
    again = plan_support(needs, 0, 12_400)
    assert plan.more_money([10_000])[10_000] == again.helped - plan.helped
    # In parts 2,400 元 visit six; 10,000 more: five visits at 400, four empty beds at 800, then a bus in parts, 2,222 元 a seat.
    assert plan.shadow_price() == pytest.approx(5 + 4 + (10_000 - 2_000 - 3_200) / (BUS / 36))


def test_plans_do_not_hang_on_the_order_of_schools():
    needs = pd.DataFrame(
        {"township": ["a", "b", "c", "d"], "alone": 6.0, "far": 4.0, "free": 2.0, "new": 0.0},
        index=list("stuv"),
    )
    plan = plan_support(needs, 0, 2 * ROUTE + 2 * BED)
    mixed = plan_support(needs.iloc[[2, 0, 3, 1]], 0, 2 * ROUTE + 2 * BED)
    pd.testing.assert_frame_equal(plan.places, mixed.places)
    assert plan.helped == 14


def test_a_county_in_need_of_nothing_spends_nothing():
    needs = pd.DataFrame({"township": ["a"], "alone": 0.0, "far": 0.0, "free": 3.0, "new": 0.0}, index=["s"])
    plan = plan_support(needs, 0, 1e6)
    assert (plan.spent, plan.helped) == (0, 0)


@pytest.mark.parametrize("budget", [-1, np.nan, np.inf])
def test_a_budget_that_is_none_is_refused(budget):
    with pytest.raises(Lacking, match="预算"):
        plan_support(support_needs(small()), 0, budget)


def test_levels_are_the_plans():
    needs = support_needs(small())
    plan = plan_support(needs, 10_000, 10_000)
    table = support_levels(plan, [5_000, 20_000, 300_000])
    assert table["short"].tolist() == [5_000, 0, 0]
    one = plan_support(needs, 10_000, 20_000)
    assert table.loc[1, "helped"] == one.helped
    assert table.loc[1, list(one.places.columns)].tolist() == one.totals.tolist()
    assert table[["visits", "beds", "bus"]].sum(axis=1).tolist() == pytest.approx(table["spent"].tolist())
    assert table["helped"].is_monotonic_increasing
    assert table.loc[2, "helped"] == 11 + 25


def test_prices_that_are_wrong_are_said_with_their_key(tmp_path):
    path = tmp_path / "prices.toml"
    text = (ROOT / "balancelib/groups/support.toml").read_text(encoding="utf-8")
    path.write_text(text.replace("children = 36", "children = 0"), encoding="utf-8")
    with pytest.raises(PricesError, match="bus"):
        load_prices(path)


def test_the_sample_county():
    county = open_county(ROOT / "data/county", needs=["care", "group_pupils", "boarding"])
    due = support_due(county, PRICES.due)
    care = county.tables["care"]
    assert due.loc["营养改善补齐", "children"] == (care["nutrition_pupils"] - care["nutrition_fed"]).sum()
    assert (due["low"] <= due["high"]).all()
    plan = plan_support(support_needs(county), due["high"].sum(), 1.5e6)
    assert plan.proven
    assert plan.places["visited"].sum() == care["left_behind_alone"].sum()

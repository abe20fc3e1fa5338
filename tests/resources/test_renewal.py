"""Renewal of equipment and dangerous buildings, against cases solved by hand."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from samples import sample_county

from balancelib.county import County, indicators
from balancelib.resources import (
    SERVICE_LIVES,
    boarding_checklist,
    closing_effect,
    equipment_ratio,
    equipment_state,
    load_service_lives,
    plan_renewal,
    renewal_need,
    ungraded_buildings,
    unsafe_buildings,
    without_unsafe,
    written_off,
)
from balancelib.resources.equipment import DUE, STATES, ServiceLifeError

YEAR = 2025


def schools(values, pupils=200.0, kind="primary"):
    n = len(values)
    return pd.DataFrame(
        {
            "school_id": [str(i) for i in range(n)],
            "name": [f"{i}校" for i in range(n)],
            "kind": kind,
            "pupils_primary": np.full(n, pupils),
            "pupils_junior": np.nan,
            "pupils_senior": np.nan,
            "equipment_value": np.array(values, dtype=float),
        }
    )


def ledger(*rows):
    columns = ["item_id", "school_id", "category", "quantity", "unit_value", "year_bought", "condition"]
    return pd.DataFrame(rows, columns=columns)


# Two primary schools of 200 pupils: 0 is weak (20 万元 = 1 000 元 a pupil, half of 2 000), 1 is strong (60 万元, 1.5).
HAND = County(
    {
        "schools": schools([20, 60]),
        "ledger": ledger(
            ("a", "1", "computer", 3, 4000.0, 2024, "broken"),
            ("b", "1", "computer", 10, 4000.0, 2015, "worn"),
            ("c", "0", "display", 2, 15000.0, 2018, "worn"),
            ("d", "0", "lab", 100, 500.0, 2010, "good"),
            ("e", "0", "computer", 5, 4000.0, 2021, "worn"),
            ("f", "1", "sports", 50, 200.0, 2024, "good"),
        ),
    }
)


def test_states_and_due_years_by_hand():
    state = equipment_state(HAND, YEAR).set_index("item_id")
    # Lives: computer 6, display 6, lab 5, sports 5.
    # a broken: now; b 2015+6=2021; c 2018+6=2024; d 2010+5=2015 still good; e 2021+6=2027 worn too early; f 2024+5=2029.
    assert state["due_year"].tolist() == [2025, 2021, 2024, 2015, 2027, 2029]
    assert state["state"].tolist() == ["broken", "worn_out", "worn_out", "aged", "worn", "good"]
    assert state["cost"].tolist() == [12_000, 40_000, 30_000, 50_000, 20_000, 10_000]


def test_life_ends_in_its_last_year_not_before():
    county = County(
        {"schools": schools([20]), "ledger": ledger(("a", "0", "computer", 1, 1.0, 2019, "worn"))}
    )
    assert equipment_state(county, 2024)["state"].item() == "worn"
    assert equipment_state(county, 2025)["state"].item() == "worn_out"


def test_need_by_year_by_hand():
    need = renewal_need(equipment_state(HAND, YEAR), YEAR, 4)
    assert need["broken"].tolist() == [12_000, 0, 0, 0, 0]
    assert need["worn_out"].tolist() == [70_000, 0, 0, 0, 0]
    assert need["reaches_life"].tolist() == [50_000, 0, 20_000, 0, 10_000]  # d now, e 2027, f 2029
    assert need["total"].sum() == 162_000  # all of it: everything comes due by 2029


def test_ratio_is_of_the_weaker_stage():
    # Nine-year school, 166 primary and 210 junior pupils: shares 166/397 and 231/397 (published worked example of the split).
    # 79.4 万元: primary 794000/397 = 2 000 元 a pupil, ratio 1; junior 2 000 × 1.1 = 2 200, ratio 2 200/2 500 = 0.88.
    frame = schools([79.4], 166, "nine_year").assign(pupils_junior=210.0)
    county = County({"schools": frame})
    assert equipment_ratio(county).tolist() == pytest.approx([0.88])


def test_ratio_of_schools_out_of_scope_and_without_pupils():
    frame = schools([3, 3, 3], kind=["teaching_point", "primary", "vocational"]).assign(
        pupils_primary=[30.0, 0.0, np.nan]
    )
    ratio = equipment_ratio(County({"schools": frame}))
    assert ratio.iloc[0] == pytest.approx(30_000 / 30 / 2_000)
    assert ratio.iloc[1:].isna().all()


def test_plan_takes_broken_first_then_weak_schools():
    # 45 000 元: broken a (12 000) although its school is strong; then the weak school's displays c (2 × 15 000 = 30 000);
    # 3 000 left do not buy a computer of b. Waiting: b, 10 × 4 000.
    plan = plan_renewal(HAND, [45_000], first_year=YEAR)
    assert plan.measures[["item_id", "quantity"]].to_numpy().tolist() == [["a", 3], ["c", 2]]
    assert plan.by_year.loc[YEAR].tolist() == [45_000, 42_000, 5, 40_000]


def test_plan_buys_whole_pieces_and_passes_over_what_is_too_dear():
    # 30 000: a 12 000, left 18 000: one display 15 000 of c, left 3 000: no second, and no computer.
    plan = plan_renewal(HAND, [30_000], first_year=YEAR)
    assert plan.measures[["item_id", "quantity"]].to_numpy().tolist() == [["a", 3], ["c", 1]]
    # 20 000: a 12 000, left 8 000: c is too dear and is passed over, two computers of b.
    plan = plan_renewal(HAND, [20_000], first_year=YEAR)
    assert plan.measures[["item_id", "quantity"]].to_numpy().tolist() == [["a", 3], ["b", 2]]


def test_later_years_go_on_where_the_first_stopped_and_things_age():
    plan = plan_renewal(HAND, [45_000, 100_000, 100_000], first_year=YEAR)
    assert plan.measures[["year", "item_id", "quantity"]].to_numpy().tolist() == [
        [2025, "a", 3], [2025, "c", 2], [2026, "b", 10], [2027, "e", 5],
    ]  # fmt: skip
    assert plan.by_year["waiting"].tolist() == [40_000, 0, 0]


def test_money_left_is_not_carried_on():
    # Nothing is ever enough for a display of 15 000 when 11 000 come each year.
    county = County(
        {"schools": schools([20]), "ledger": ledger(("a", "0", "display", 1, 15e3, 2010, "broken"))}
    )
    assert plan_renewal(county, [11_000] * 3, first_year=YEAR).measures.empty


def test_what_works_past_its_life_is_replaced_only_when_asked():
    assert "d" not in set(plan_renewal(HAND, [1e6], first_year=YEAR).measures["item_id"])
    with_aged = plan_renewal(HAND, [1e6], first_year=YEAR, replace=[*DUE, "aged"])
    assert "d" in set(with_aged.measures["item_id"])


def test_replaced_pieces_leave_the_book_at_their_old_value():
    # All of a and c and b at today's prices: computers 5 000 for 4 000, displays 12 000 for 15 000.
    # School 1: 13 computers, + 13 × 1 000 = + 13 000 元 = + 1.3 万元; school 0: 2 displays, − 6 000 元 = − 0.6 万元.
    plan = plan_renewal(HAND, [1e6], first_year=YEAR, prices={"computer": 5_000, "display": 12_000})
    assert plan.county.schools["equipment_value"].tolist() == pytest.approx([19.4, 61.3])
    after = plan.county.tables["ledger"].set_index("item_id")
    assert set(after.index) == {"d", "e", "f", "a-2025", "b-2025", "c-2025"}
    assert after.loc["b-2025", ["quantity", "unit_value", "year_bought", "condition"]].tolist() == [
        10,
        5_000,
        2025,
        "good",
    ]


def test_at_old_prices_renewal_does_not_move_the_indicator():
    plan = plan_renewal(HAND, [1e6], first_year=YEAR)
    assert plan.measures["cost"].sum() == 82_000
    assert plan.county.schools["equipment_value"].tolist() == [20, 60]


def test_writing_off_takes_the_broken_out_of_the_book():
    county = written_off(HAND)
    assert county.schools["equipment_value"].tolist() == [20, 58.8]  # 3 × 4 000 元 less
    assert "a" not in set(county.tables["ledger"]["item_id"])


@st.composite
def counties(draw):
    n = draw(st.integers(1, 4))
    money = st.integers(1, 5_000_000).map(lambda fen: fen / 100)
    row = st.tuples(
        st.sampled_from([str(i) for i in range(n)]), st.sampled_from([life.key for life in SERVICE_LIVES]), st.integers(0, 40),
        money, st.integers(2005, YEAR), st.sampled_from(["good", "worn", "broken"]),
    )  # fmt: skip
    rows = draw(st.lists(row, min_size=1, max_size=12))
    values = draw(st.lists(st.floats(0, 100), min_size=n, max_size=n))
    return County(
        {"schools": schools(values), "ledger": ledger(*((f"i{k}", *r) for k, r in enumerate(rows)))}
    )


@settings(max_examples=80, deadline=None)
@given(
    counties(),
    st.lists(st.integers(0, 300_000), min_size=1, max_size=3),
    st.sampled_from([DUE, (*DUE, "aged")]),
)
def test_every_plan_keeps_to_its_budget_and_to_what_is_due(county, budgets, replace):
    plan = plan_renewal(county, budgets, first_year=YEAR, replace=replace)
    measures = plan.measures
    spent = (measures["quantity"] * measures["unit_price"]).groupby(measures["year"]).sum()
    for year, budget in enumerate(budgets, YEAR):
        assert spent.get(year, 0) <= budget + 1e-6
        assert plan.by_year.loc[year, "spent"] == pytest.approx(spent.get(year, 0))
        state = equipment_state(county, year).set_index("item_id")["state"]
        assert state[measures.loc[measures["year"] == year, "item_id"]].isin(replace).all()
    bought = measures.groupby("item_id")["quantity"].sum()
    owned = county.tables["ledger"].set_index("item_id")["quantity"]
    assert (bought <= owned[bought.index]).all()
    assert plan.county.tables["ledger"]["quantity"].sum() == owned.sum()  # one new for one old
    broken = county.tables["ledger"].query("condition == 'broken' and quantity > 0")
    if (
        measures["state"].ne("broken").any() and len(budgets) == 1
    ):  # then no broken piece could have been paid in its turn
        left = owned.sub(bought, fill_value=0)[broken["item_id"]]
        rest = budgets[0] - (measures["cost"][measures["state"] == "broken"]).sum()
        assert (broken.set_index("item_id")["unit_value"][left[left > 0].index] > rest - 0.01 + 1e-6).all()


def test_same_plan_whatever_the_order_of_the_ledger():
    county = sample_county(7, 20)
    shuffled = county.tables["ledger"].sample(frac=1, random_state=1).reset_index(drop=True)
    first, second = (
        plan_renewal(c, [300_000, 300_000], first_year=YEAR)
        for c in (county, County(county.tables | {"ledger": shuffled}))
    )
    pd.testing.assert_frame_equal(first.measures, second.measures)


def test_plan_for_officials_is_in_chinese():
    table = plan_renewal(HAND, [1e6], first_year=YEAR).table()
    assert table.iloc[0].tolist() == [2025, "1校", "计算机", "已经损坏", 3, 4000.0, 12000.0]
    assert set(table["原因"]) <= set(STATES.values())


def test_every_category_of_the_ledger_has_a_life():
    assert set(sample_county(3, 20).tables["ledger"]["category"]) <= {life.key for life in SERVICE_LIVES}


def changed(**columns):
    return County(HAND.tables | {"ledger": HAND.tables["ledger"].assign(**columns)})


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: equipment_state(County({"schools": HAND.schools}), YEAR), "没有“设备台账”表"),
        (lambda: equipment_state(changed(category="piano"), YEAR), "使用年限：piano"),
        (lambda: equipment_state(changed(unit_value=[np.nan] + [1.0] * 5), YEAR), "补上再算：a（共1行）"),
        (lambda: equipment_state(HAND, YEAR, prices={"lab": -1}), "单价要大于0：lab"),
        (
            lambda: equipment_state(HAND, YEAR, prices={"computers": 1}),
            "不认识的设备类别：computers；可以写：computer、display",
        ),
        (lambda: plan_renewal(HAND, [1], first_year=YEAR, prices={"Lab": 1}), "不认识的设备类别：Lab"),
        (lambda: plan_renewal(HAND, [], first_year=YEAR), "一年一个数"),
        (lambda: plan_renewal(HAND, [-1], first_year=YEAR), "不小于0"),
        (lambda: plan_renewal(HAND, [np.nan], first_year=YEAR), "不小于0"),
        (lambda: plan_renewal(HAND, [1], first_year=YEAR, replace=["old"]), "不认识的状态：old"),
        (lambda: equipment_ratio(HAND, "basic-2012"), "没有给生均教学仪器设备值定标准"),
    ],
)
def test_what_cannot_be_planned_is_said(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_own_service_lives(tmp_path):
    path = tmp_path / "own.toml"
    path.write_text('[[lives]]\nkey = "computer"\nlabel = "计算机"\nyears = 8\n', encoding="utf-8")
    county = County(
        {"schools": schools([20]), "ledger": ledger(("a", "0", "computer", 1, 1.0, 2018, "worn"))}
    )
    assert equipment_state(county, YEAR, lives=load_service_lives(path))["due_year"].item() == 2026
    path.write_text('[[lives]]\nkey = "computer"\nlabel = "计算机"\nyears = 0\n', encoding="utf-8")
    with pytest.raises(ServiceLifeError, match=r"使用年限文件own\.toml，键lives\.computer\.years"):
        load_service_lives(path)


# Buildings


def building_county():
    """A primary school with 1 000 m² of teaching area, 200 of it indoor sports, 160 pupils, and one with 900 m² for 200."""
    frame = schools([20, 20]).assign(
        county_id="1", area="rural", operator="public", pupils_primary=[160.0, 200.0], teaching_area=[1000.0, 900.0],
        indoor_sports_area=[200.0, 0.0], sports_ground_area=1200.0, multimedia_rooms=5.0,
        qualified_primary=9.0, backbone_primary=2.0, pe_arts_primary=2.0,
        qualified_junior=np.nan, backbone_junior=np.nan, pe_arts_junior=np.nan,
    )  # fmt: skip
    buildings = pd.DataFrame(
        [
            ("a", "0", "teaching", 500.0, "A"),
            ("b", "0", "teaching", 300.0, "D"),
            ("c", "0", "sports", 200.0, "C"),
            ("d", "1", "teaching", 900.0, "B"),
            ("e", "1", "dormitory", 350.0, "C"),
            ("f", "1", "office", 90.0, None),
        ],
        columns=["building_id", "school_id", "use", "area", "safety"],
    )
    boarding = pd.DataFrame(
        {
            "school_id": ["1"],
            "boarders_primary": [100.0],
            "boarders_junior": [np.nan],
            "dormitory_area": [640.0],
        }
    )
    return County({"schools": frame, "buildings": buildings, "boarding": boarding})


def test_dangerous_buildings_worst_first():
    county = building_county()
    assert unsafe_buildings(county)["building_id"].tolist() == ["b", "e", "c"]
    assert unsafe_buildings(county, ["D"])["building_id"].tolist() == ["b"]
    assert ungraded_buildings(county)["building_id"].tolist() == ["f"]


def test_closing_by_hand():
    effect = closing_effect(building_county()).set_index("indicator")
    # Teaching area without sports: (1000 − 200)/160 = 5.0; closed b: 500/160 = 3.125 < 4.5. School 1 loses no teaching area.
    assert effect.loc["teaching_area", ["before", "after", "meets_before", "meets_after"]].tolist() == [
        5,
        3.125,
        True,
        False,
    ]
    # Sports area: (1200 + 200)/160 = 8.75; without the hall 1200/160 = 7.5, exactly the threshold.
    assert effect.loc["sports_area", ["before", "after", "meets_before", "meets_after"]].tolist() == [
        8.75,
        7.5,
        True,
        True,
    ]
    assert len(effect) == 2


def test_closing_only_the_worst_leaves_the_hall():
    assert closing_effect(building_county(), grades=["D"])["indicator"].tolist() == ["teaching_area"]


def test_closed_dormitory_is_missed_by_the_boarders():
    county = building_county()
    area = lambda c: boarding_checklist(c).set_index("item").loc["dormitory_area"]  # noqa: E731
    assert area(county)["status"] == "met"  # 640 ≥ 300
    closed = area(without_unsafe(county))  # 640 − 350 = 290, 10 m² short of 300
    assert (closed["status"], closed["short"]) == ("not_met", 10)


def test_closing_touches_nothing_else():
    county = sample_county(7, 20)
    before, after = indicators(county), indicators(without_unsafe(county))
    others = [c for c in before if c not in ("teaching_area", "sports_area")]
    pd.testing.assert_frame_equal(before[others], after[others])
    assert (after["teaching_area"] <= before["teaching_area"]).all()
    assert county.tables["buildings"]["safety"].isin(["C", "D"]).sum() == len(unsafe_buildings(county)) > 0


def test_county_without_buildings_is_told():
    with pytest.raises(ValueError, match="没有“校舍”表"):
        unsafe_buildings(HAND)

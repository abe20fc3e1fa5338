"""The explorer of a budget and the figure of a plan: what they say is in the tables that they are given."""

import matplotlib.pyplot as plt
import pandas as pd
import pytest

from balancelib import figures

KEYS = {"budget": [0, 0, 1_000_000, 1_000_000], "first": ["pupils", "sections"] * 2}
STANDING = pd.concat(
    [
        pd.DataFrame(KEYS | {"stage": "primary", "sections": 4, "sections_meet": [1, 1, 2, 3], "pupils": 1000, "pupils_meet": [200, 200, 700, 500]}),
        pd.DataFrame(KEYS | {"stage": "junior", "sections": 2, "sections_meet": [0, 0, 1, 1], "pupils": 1000, "pupils_meet": [0, 0, 500, 500]}),
    ]
)  # fmt: skip
BOUGHT = pd.concat(
    [
        pd.DataFrame(KEYS | {"label": "新建运动场地", "amount": [0, 0, 1900, 1000.0], "unit": "平方米", "paid": [0, 0, 950_000, 500_000]}),
        pd.DataFrame(KEYS | {"label": "购置仪器设备", "amount": [0, 0, 0, 12.34], "unit": "万元", "paid": [0, 0, 0, 123_400]}),
        pd.DataFrame(KEYS | {"label": "从不做的", "amount": 0, "unit": "间", "paid": 0}),
    ]
)  # fmt: skip


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def test_every_position_says_who_complies_and_what_is_bought():
    states = figures.explore_budget(STANDING, BOUGHT).all_states()
    assert [state.sentence for state in states[2:]] == [
        "预算100万元，先让最多的学生在达标学校：花95.00万元。达标的学段部分，小学4个里2个，初中2个里1个，达标的里面有全县60.0%的学生。",
        "预算100万元，先让最多的学校达标：花62.34万元。达标的学段部分，小学4个里3个，初中2个里1个，达标的里面有全县50.0%的学生。",
    ]  # fmt: skip
    assert states[3].rows == [
        ["新建运动场地", "1,000平方米", "50.00"],
        ["购置仪器设备", "12.34万元", "12.34"],
    ]
    assert "小学3/4个" in states[3].alternative_text
    assert "购置仪器设备12.34" in states[3].alternative_text


def test_all_positions_stand_on_one_scale():
    states = figures.explore_budget(STANDING, BOUGHT).all_states()
    assert {state.panels[1].top for state in states} == {950_000}


def test_both_ways_of_spending_are_needed():
    with pytest.raises(ValueError, match="两种花法"):
        figures.explore_budget(STANDING[STANDING["first"] == "pupils"], BOUGHT)


def test_a_county_that_needs_nothing_can_still_be_drawn():
    states = figures.explore_budget(STANDING, BOUGHT.assign(paid=0)).all_states()
    assert states[0].rows == []


def test_years_of_a_plan():
    by_year = pd.DataFrame(
        {
            "year": [0, 1, 2],
            "spent": [0.0, 300_000, 125_000],
            "primary_meets": [1, 3, 4],
            "primary_sections": 4,
        }
    )
    text = figures.plan_years(by_year).figure.alternative_text
    assert text == (
        "条形图：花多少（万元）。第1年30.00，第2年12.50。"
        "条形图：小学：达标的学段部分。今天1/4个，第1年后3/4个，第2年后4/4个。"
    )

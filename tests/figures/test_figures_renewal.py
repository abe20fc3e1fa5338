"""The figures of renewal say what the library computed."""

import re

import matplotlib.pyplot as plt
import pandas as pd
import pytest
from samples import sample_county

from balancelib.figures import explore_renewal, renewal_bars
from balancelib.figures.renewal import KINDS, PARTS
from balancelib.resources import equipment_state, plan_renewal, renewal_need
from balancelib.resources.equipment import DUE, STATES

BUDGETS = (0, 50, 200)


@pytest.fixture(scope="module")
def county():
    return sample_county(7, 20)


@pytest.fixture(scope="module")
def explorer(county):
    return explore_renewal(
        lambda budget, states: plan_renewal(county, [budget] * 3, first_year=2025, replace=states).by_year,
        BUDGETS,
        start=50,
    )


def test_bars_stack_to_the_totals_and_the_text_says_them(county):
    need = renewal_need(equipment_state(county, 2025), 2025, 4)
    axes = renewal_bars(need)
    tops = [sum(bar.get_height() for bar in bars) for bars in zip(*axes.containers, strict=True)]
    assert tops == pytest.approx((need["total"] / 10_000).tolist())
    assert [text.get_text() for text in axes.texts] == [f"{total / 10_000:,.0f}" for total in need["total"]]
    words = axes.figure.alternative_text
    for year, total in need["total"].items():
        assert f"{year}年合计{total / 10_000:,.0f}" in words
    plt.close(axes.figure)


def test_parts_differ_without_colour():
    axes = renewal_bars(pd.DataFrame(dict.fromkeys(PARTS, 1e6), index=[2025]))
    assert len({bars[0].get_hatch() for bars in axes.containers}) == len(PARTS)
    plt.close(axes.figure)


def test_nothing_due_is_drawn_as_well():
    axes = renewal_bars(pd.DataFrame(dict.fromkeys(PARTS, 0.0), index=[2025]))
    assert axes.figure.alternative_text.endswith("2025年合计0。")
    plt.close(axes.figure)


def test_all_states_are_those_of_the_plan(county, explorer):
    states = iter(explorer.all_states())
    for budget in BUDGETS:
        for replace in KINDS.values():
            plan, answer = (
                plan_renewal(county, [budget * 10_000] * 3, first_year=2025, replace=replace),
                next(states),
            )
            assert answer.panels[0].values == pytest.approx((plan.by_year["waiting"] / 10_000).tolist())
            assert f"换{plan.by_year['pieces'].sum():,.0f}件" in answer.sentence
            assert max(answer.panels[0].values) <= answer.panels[0].top + 1e-9


def test_starts_where_it_is_told(explorer):
    assert explorer.beginning.sentence.startswith("每年50万元，")


def test_kinds_are_states_of_the_library():
    first, second = KINDS.values()
    assert first == DUE
    assert set(second) <= set(STATES)
    assert set(PARTS) - set(STATES) == {"reaches_life"}


def test_page_holds_no_script_of_its_own(explorer):
    assert len(re.findall("<script", explorer.page())) == 1

"""The curves and the explorer of allowances: what they say is in the tables that they are given."""

import matplotlib.pyplot as plt
import pandas as pd
import pytest

from balancelib import figures


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def test_curves_with_their_bands():
    curve = pd.DataFrame({"share": [0.1, 0.6], "low": [0.05, 0.5], "high": [0.2, 0.7]}, index=[0, 1000])
    axes = figures.share_curves({"近": curve, "远": curve / 2})
    assert axes.lines[0].get_ydata().tolist() == pytest.approx([10, 60])
    assert len(axes.collections) == 2
    assert "近：每月0元10%，每月1000元60%（95%区间50%到70%）；远：每月0元5%" in axes.figure.alternative_text
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["近", "远"]


ROWS = pd.DataFrame(
    {
        "allowance": [0, 500, 0, 500],
        "minutes": 30,
        "housing": [0, 0, 1, 1],
        "share": [0.2, 0.5, 0.3, 0.6],
        "low": [0.15, 0.4, 0.2, 0.5],
        "high": [0.25, 0.6, 0.4, 0.7],
        "come": [20, 50, 30, 60.0],
        "more": [0, 30, 0, 30.0],
        "paid": [0, 300_000, 0, 360_000.0],
        "anyway": [0, 120_000, 0, 180_000.0],
        "next_one": [None, 10_000, None, 12_000.0],
    }
)


def test_every_position_says_where_the_money_goes():
    states = figures.explore_allowance(ROWS, 100).all_states()
    assert len(states) == 4
    assert states[0].rows[2] == ["再多一名，一年要花", "—"]
    assert states[3].rows == [
        ["愿意去", "60%（50%到70%）"],
        ["一年花", "36.0万元"],
        ["再多一名，一年要花", "1.2万元"],
    ]
    assert states[3].panels[0].texts == ["30名", "30名", "40名"]
    assert states[3].panels[1].texts == ["18.0", "18.0"]
    assert "有周转房：100名教师里约60名愿意去（95%区间50到70名），比不补贴多30名" in states[3].sentence


def test_a_combination_without_a_row_is_refused():
    with pytest.raises(ValueError, match="每种组合"):
        figures.explore_allowance(ROWS.iloc[:3], 100)

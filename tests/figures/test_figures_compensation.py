"""Figures of compensation: the explorer answers with numbers worked out by hand; texts for blind readers hold what is drawn."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from balancelib import figures
from balancelib.figures.compensation import FLOORS, SHARES, YEARS
from balancelib.figures.explorers import MOST_STATES
from balancelib.figures.style import to_png

SCHOOLS = pd.DataFrame({"pupils": [60, 100, 40], "group": ["小学", "初中", "不足百人"]}, ["a", "b", "c"])
WAS = pd.Series({"a": 100, "b": 100, "c": 40})
POT = 1_000.0


def entitled(share, years, least):
    """Money by pupils, 1 元 each, small schools raised; ``a`` lost 40. In an order of its own."""
    base = SCHOOLS["pupils"].clip(lower=least).astype(float)
    kept = share * (WAS - SCHOOLS["pupils"]).clip(lower=0) * years / 3
    return pd.DataFrame({"entitlement": base + kept, "compensation": kept}).sort_index(ascending=False)


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def explorer():
    return figures.explore_compensation(SCHOOLS, entitled, POT, "补偿")


def test_at_the_start_nobody_moves(explorer):
    assert "一分不留" in explorer.beginning.sentence
    assert "0所多得，0所少得，3所差不多" in explorer.beginning.sentence
    assert "补偿占应得的0.0%" in explorer.beginning.sentence


def test_a_move_by_hand(explorer):
    """No floor, 50 … of 40 pupils 60 % for three years: 60 + 24, 100, 40 of 224; at the start 100 each of 300."""
    moved = explorer.answer(0.6, 3, 0)
    got = [1000 * n / 224 for n in (84, 100, 40)]
    assert [row[2] for row in moved.rows] == [f"{x / 10:.1f}%" for x in got]
    assert [row[3] for row in moved.rows] == [
        f"{x / n:,.0f}" for x, n in zip(got, (60, 100, 40), strict=True)
    ]
    assert "2所多得，1所少得，0所差不多" in moved.sentence
    assert "第一年保留60%，3年退完" in moved.sentence
    assert f"补偿占应得的{100 * 24 / 224:.1f}%" in moved.sentence
    assert moved.panels[1].values == [2, 0, 1]
    assert moved.panels[0].marked == [False, False, True]


def test_changes_of_groups_cancel_in_every_state(explorer):
    states = explorer.all_states()
    assert len(states) == len(SHARES) * len(YEARS) * len(FLOORS) <= MOST_STATES
    for state in states:
        changes = [float(row[-1].replace("−", "-")) for row in state.rows]
        assert sum(changes) == pytest.approx(0, abs=0.16)
        assert sum(state.panels[1].values) == 3
        assert max(state.panels[0].values) <= state.panels[0].top


CURVES = {
    "悬崖": pd.Series([1e4, 2e4, 1.5e4], range(98, 101)),
    "斜坡": pd.Series([1e4, 1.1e4, 1.2e4], range(98, 101)),
}
DRAWN = {
    "curves": lambda: figures.money_curves(CURVES, {"悬崖": [(0, 1), (99, 100)]}),
    "years": lambda: figures.year_lines(
        {"按人头": [3, 2, 1], "总数不变": [np.nan, 2, 2]}, [2024, 2025, 2026], "万元", since=2026
    ),
}


@pytest.mark.parametrize("name", DRAWN)
def test_every_figure_is_drawn_with_its_text(name):
    figure = DRAWN[name]().figure
    png, about = to_png(figure)
    assert png.startswith(b"\x89PNG")
    assert about["alt"] == figure.alternative_text
    assert about["width"] <= 560


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (
            "curves",
            ["悬崖：98名1.00万元，100名1.50万元，从99名到100名，2.00万元变成1.50万元", "斜坡", "没有悬崖"],
        ),
        ("years", ["按人头2024年3，2025年2，2026年1", "总数不变2025年2，2026年2", "2026年起是预测"]),
    ],
)
def test_texts_say_what_is_drawn(name, said):
    text = DRAWN[name]().figure.alternative_text
    for part in said:
        assert part in text
    assert "nan" not in text


def test_a_curve_is_broken_at_its_cliff_and_nowhere_else():
    cliff, slope = DRAWN["curves"]().lines
    assert np.isnan(cliff.get_ydata()).tolist() == [False, False, True, False]
    assert not np.isnan(slope.get_ydata()).any()

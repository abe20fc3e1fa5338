"""Figures of gaps and of income: what is drawn, and what a reader hears who cannot see it."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from balancelib.figures import (
    explore_line,
    explore_reference,
    gap_rows,
    income_curves,
    index_part_bars,
    index_rows,
    part_rows,
    reach_bars,
)
from balancelib.measures import concentration_parts, oaxaca_twofold


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def split():
    rng = np.random.default_rng(1)
    x, first = rng.normal(size=60), np.arange(60) < 30
    y = 500 + 10 * x - 5 * first + rng.normal(size=60)
    return lambda names, weight: oaxaca_twofold(y, dict.fromkeys(names[:1], x), first, reference=weight)


def test_gaps_are_drawn_and_said():
    gaps = pd.DataFrame(
        {"rate": [0.1], "others": [0.25], "gap": [-0.15], "low": [-0.2], "high": [0.01]}, ["全部"]
    )
    axes = gap_rows(gaps, ("甲", "乙"), "低分")
    assert [c.get_offsets().tolist() for c in axes[0].collections[1:]] == [[[25, 0]], [[10, 0]]]
    assert "全部甲10.0%、乙25.0%，相差−15.0个百分点，区间−20.0到+1.0" in axes[0].figure.alternative_text


def test_parts_are_bars(split):
    found = split(["x"], 0.0)
    axes = part_rows(found, {"explained": "说得出的", "unexplained": "说不出的"})[0]
    widths = [bar.get_width() for bar in axes.patches]
    assert widths[0] == pytest.approx(widths[1] + widths[2]) == pytest.approx(found.gap.value)
    assert "其中：x" in axes.figure.alternative_text


def test_explorer_of_the_reference(split):
    explorer = explore_reference(split, {"一样": ["x"], "又一样": ["x", "x"]}, ("甲", "乙"))
    assert len(explorer.all_states()) == 2 * 11
    gap = split(["x"], 0.3).gap.value
    assert f"一共低{-gap:.1f}分" in explorer.at([1, 3]).sentence
    assert "甲的系数占30%" in explorer.at([0, 3]).sentence


def test_curves_are_above_the_diagonal_where_the_poor_have_more():
    axes = income_curves({"低分": (np.array([1, 1, 0, 0]), np.array([1, 2, 3, 4]))})
    assert axes.lines[1].get_ydata().tolist() == [0, 50, 100, 100, 100]
    assert "最穷的20%学生占40.0%，前一半占100.0%" in axes.figure.alternative_text


def test_indices_parts_and_reach_are_said():
    table = pd.DataFrame(
        {
            "erreygers": [-0.1],
            "low": [-0.12],
            "high": [-0.08],
            "least": [-0.2],
            "greatest": [0.05],
            "unknown": [9.0],
        },
        ["a"],
    )
    assert (
        "低分−0.100，抽样区间−0.120到−0.080，收入不详的9人"
        in index_rows(table, {"a": "低分"}).figure.alternative_text
    )
    found = concentration_parts([1.0, 1, 0, 1, 0, 0], {"z": [1, 2, 4, 3, 5, 7]}, np.arange(6))
    axes = index_part_bars(found, "低分")
    assert axes.patches[0].get_width() == pytest.approx(sum(bar.get_width() for bar in axes.patches[1:]))
    shares = pd.DataFrame({"evenly": [0.6, 0.4], "poorest": [1.0, 0.0]}, ["穷", "富"])
    assert "穷，机会一样时占60%，最穷的先得时占100%" in reach_bars(shares, "补助")[0].figure.alternative_text


def test_explorer_of_the_line():
    def row(line):
        return pd.Series(
            {"share": line / 1000, "standard": -0.2, "lacking": 0.1, "erreygers": -0.05, "wagstaff": -0.3}
        )

    explorer = explore_line(row, (300, 400), 400)
    assert explorer.beginning.sentence.startswith(
        "线划在400分：40.0%没过线。普通的指数，数没过线的−0.200，数过了线的+0.100"
    )
    assert explorer.beginning.panels[0].marked == [True, False, True, True]

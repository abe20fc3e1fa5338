"""Figures of composites: weights, ranks with their intervals, and weights to move."""

import matplotlib.pyplot as plt
import pandas as pd
import pytest

from balancelib import figures


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


RANGES = pd.DataFrame({"low": [1, 1, 3], "median": [1, 2, 3], "high": [2, 3, 3]}, index=["a", "b", "c"])
NAMES = {"a": "甲校", "b": "乙校", "c": "丙校"}


def test_ranks_are_drawn_with_their_intervals():
    axes = figures.rank_ranges(RANGES, NAMES)
    assert [line.get_xdata()[:2].tolist() if hasattr(line.get_xdata(), "tolist") else list(line.get_xdata()) for line in axes.lines[:3]] == [
        [1, 2], [1, 3], [3, 3],
    ]  # fmt: skip
    assert [label.get_text() for label in axes.get_yticklabels()] == ["甲校", "乙校", "丙校"]
    assert "最窄0名，最宽2名；2所的区间跨过正中间" in axes.figure.alternative_text
    assert "3所学校" in figures.rank_ranges(RANGES).get_ylabel()


def test_a_rank_alone_is_not_drawn():
    with pytest.raises(ValueError, match="名次要连同区间才画"):
        figures.rank_ranges(RANGES[["median"]])


def test_weights_and_shifts_say_their_numbers():
    axes = figures.weight_dots(pd.DataFrame({"学业": [0.5, 0.2], "课程": [0.5, 0.8]}, index=["等权", "熵权"]))
    assert axes.lines[1].get_ydata().tolist() == pytest.approx([20, 80])
    assert "熵权：学业20%，课程80%" in axes.figure.alternative_text
    axes = figures.choice_bars(pd.Series({"权重": 2.25, "全部": 4.0}))
    assert "权重2.2名，全部4.0名" in axes.figure.alternative_text


def test_weights_that_are_moved_change_the_list():
    scaled = pd.DataFrame(
        {"学业": [1.0, 0, 0.4], "课程": [0.0, 1, 0.4], "师资": [0.5, 0.5, 0.4]}, index=["a", "b", "c"]
    )
    states = figures.explore_weights(scaled, RANGES, NAMES, (1, 3)).all_states()
    assert len(states) == 8
    assert states[4].rows[0] == ["甲校", "0.70", "第1到第2"]  # (3 + 0 + 0.5) / 5
    assert "得分最高的是乙校" in states[2].sentence
    with pytest.raises(ValueError, match="每所学校都要有名次区间"):
        figures.explore_weights(scaled, RANGES.iloc[:2], NAMES)


def test_of_one_school_no_rank_is_explored():
    one = pd.DataFrame({"学业": [1.0], "课程": [0.0], "师资": [0.5]}, index=["a"])
    with pytest.raises(ValueError, match="两所以上的学校"):
        figures.explore_weights(one, pd.DataFrame({"low": [1], "high": [1]}, index=["a"]), {"a": "甲校"})

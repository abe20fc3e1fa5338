"""Figures of a list of whom to see first: what is drawn, and what a reader hears who cannot see it."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from balancelib.figures import calibration_dots, explore_list, list_curve
from balancelib.groups import compare_lists
from balancelib.measures.prediction import calibration

HAPPENED = pd.Series([1, 1, 0, 1, 0, 0, 0, 0, 0, 0])
SCORES = {"模型": pd.Series(range(10, 0, -1)), "计分": pd.Series([2, 0, 2, 0, 0, 0, 0, 0, 0, 0])}


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def test_calibration_is_drawn_and_said():
    table = calibration(np.repeat([0.1, 0.5], 10), [1] + [0] * 9 + [1] * 6 + [0] * 4, 2)
    axes = calibration_dots(table)
    assert axes.containers[0][0].get_xydata() == pytest.approx(np.array([[10, 10], [50, 60]]))
    assert "10名，模型说50.0%，实际60.0%，区间31.3%到83.2%" in axes.figure.alternative_text
    assert axes.get_xlim() == axes.get_ylim()


def test_curves_begin_at_none_and_pass_the_mark():
    axes = list_curve(compare_lists(SCORES, HAPPENED, [2, 4]), 3, 10, 2)
    model, points, by_lot = axes.lines[:3]
    assert model.get_xydata().tolist() == [[0, 0], [2, 2], [4, 3]]
    assert points.get_ydata().tolist() == [0, 1, 1 + 2 * 2 / 8]
    assert by_lot.get_ydata().tolist() == pytest.approx([0, 3 * 4 / 10])
    assert "2名时：模型找到2.0名，计分找到1.0名，随便抽0.6名" in axes.figure.alternative_text


def test_explorer_counts_what_errors_cost():
    found = compare_lists(SCORES, HAPPENED, [2, 4])
    explorer = explore_list(found, 10, [5, 20], lambda one, ratio: one["false"] + ratio * one["missed"])
    assert len(explorer.all_states()) == 2 * 2 * 2
    one = explorer.at([0, 1, 0])  # two by points: one found, one for nothing, two missed
    assert one.sentence == (
        "按计分看2名：1名真的离校，1名是误报，查准率50%；漏掉2名。漏掉一名抵5趟白跑时，代价11，一个也不看15。"
    )
    assert one.rows == [["一个也不看", "15"], ["看这张名单", "11"], ["个个都看", "7"]]

"""Figures of studios: what they draw and say is in the tables that they are given."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from scipy.spatial.distance import pdist, squareform

from balancelib import figures


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def square(points):
    names = list("abcdefgh"[: len(points)])
    return pd.DataFrame(squareform(pdist(np.array(points, dtype=float))), index=names, columns=names)


NAMES = pd.Series({code: f"{code}校" for code in "abcdefgh"})
STEPS = pd.Series([0, 1, 2, 3, None], index=list("abcde"), dtype="Int64")
FIVE = [[0, 0], [9, 0], [0, 14], [30, 2], [18, 25]]


def test_the_map_counts_steps_and_names_who_is_far():
    axes = figures.reach_map(square(FIVE), NAMES, STEPS, [("a", "b"), ("b", "c"), ("c", "d")])
    assert axes.figure.alternative_text == (
        "往来图，5所学校，3对有教研往来。有工作室的人的1所，一步的1所，两步的1所，更远或连不到的2所；更远或连不到的是d校、e校。"
    )
    assert len(axes.lines) == 3
    said = [text.get_text() for text in axes.figure.legends[0].get_texts()]
    assert said == ["有工作室的人（1所）", "一步（1所）", "两步（1所）", "更远或连不到（2所）"]


def test_a_map_on_which_all_are_near():
    axes = figures.reach_map(square(FIVE[:2]), NAMES, STEPS[:2], [])
    assert axes.figure.alternative_text.endswith("没有更远的。")


def test_a_map_with_a_crowd_and_a_school_without_a_road():
    points = [[0, 0], [1, 0], [0, 1], [1, 1], [0.5, 0.5], [0.5, 1], [40, 0], [42, 30]]
    km = square(points)
    km.loc["h"], km["h"] = np.inf, np.inf
    steps = pd.Series([0, 1, 1, 2, 2, 3, None, None], index=list(km), dtype="Int64")
    whole = figures.reach_map(km, NAMES, steps, [("a", "b"), ("a", "h")])
    assert len(whole.figure.axes) == 2
    assert len(whole.lines) == 1  # none to the school whose place nobody knows
    assert "更远或连不到（3所）" in [text.get_text() for text in whole.figure.legends[0].get_texts()]


LEVELS = pd.DataFrame(
    {
        "steps": [1, 1, 2, 2],
        "k": [1, 2, 1, 2],
        "hosts": [("a",), ("a", "b"), ("b",), ("b",)],
        "schools": [2, 3, 4, 4],
        "weight": [300.0, 420, 1000, 1000],
        "greedy": [300.0, 400, 1000, 1000],
        "greedy_bound": [300.0, 450, 1000, 1000],
        "ceiling": [300.0, 533.33, 1000, 1000],
        "total": [1000.0] * 4,
    }
)


def test_the_curve_says_its_numbers():
    axes = figures.placement_curve(LEVELS[LEVELS["steps"] == 1], "带到的学生（人）")
    assert axes.figure.alternative_text == (
        "折线图，带到的学生（人）随新放的个数：1个，最优300，贪心法300，凭保证最多300，自己证明最多300；2个，最优420，贪心法400，凭保证最多533，自己证明最多450。全部是1,000。"
    )
    drawn = {line.get_label(): list(line.get_ydata()) for line in axes.lines}
    assert drawn["最优，已证明"] == [300, 420]
    assert drawn["一个一个选（贪心法）"] == [300, 400]


def test_bands_say_where_they_end():
    counts = pd.DataFrame({"mean": [1, 2.5], "low": [1, 2], "high": [1, 4]})
    axes = figures.spread_bands({"放甲校": counts, "放乙校": counts * 2}, 9)
    assert axes.figure.alternative_text == (
        "折线图，1个学期以后用上的学校，一共9所。放甲校：从1所到2.5所，十次里有九次在2到4所；放乙校：从2所到5.0所，十次里有九次在4到8所。"
    )
    assert len(axes.collections) == 2


def test_every_position_says_where_and_whom():
    found = pd.concat(
        [LEVELS.assign(aim="全部学生"), LEVELS.assign(aim="没有骨干的学校", total=0.0, weight=0.0)]
    )
    states = figures.explore_placement(found, NAMES).all_states()
    assert len(states) == 8
    assert states[1].rows == [["a校"], ["b校"]]
    assert states[1].sentence == (
        "全部学生，隔1步也算带到，新放2个：最优带到3所、420人，占42%；一个一个选带到400人。"
    )
    assert "（放1个就够，再放带不到新的）" in states[3].sentence
    assert "占" not in states[4].sentence  # of nothing there is no share
    assert states[1].panels[0].texts == ["420", "400", "1,000"]


def test_nowhere_to_place():
    nothing = LEVELS.iloc[:1].assign(aim="全部学生", hosts=[()], schools=0, weight=0.0, greedy=0.0)
    state = figures.explore_placement(nothing, NAMES).all_states()[0]
    assert state.rows == [["放在哪里都带不到新的"]]


def test_a_position_without_a_row_is_refused():
    with pytest.raises(ValueError, match="都要有一行"):
        figures.explore_placement(LEVELS.iloc[:3].assign(aim="全部学生"), NAMES)

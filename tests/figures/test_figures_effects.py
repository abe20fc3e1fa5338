"""Figures of effects: what is drawn, and what a reader hears who cannot see it."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from balancelib.figures import effect_rows, explore_selection, group_lines, scores_again, tie_bars
from balancelib.figures.style import signed
from balancelib.measures import Estimate
from balancelib.teachers import apparent_gains


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def test_lines_of_two_groups_are_drawn_and_said():
    means = pd.DataFrame({"members": [60, 66.0], "others": [65, 66.5]}, index=[2022, 2024])
    axes = group_lines(means, {"members": "成员", "others": "其他教师"}, 2023, "平均分（分）")
    assert [line.get_ydata().tolist() for line in axes.lines[:2]] == [[60, 66], [65, 66.5]]
    assert len({line.get_linestyle() for line in axes.lines[:2]}) == 2
    assert "成员2022年60.0，2024年66.0；其他教师2022年65.0，2024年66.5" in axes.figure.alternative_text


def test_the_lowest_are_marked_and_what_became_of_them_is_said():
    axes = scores_again([50, 60, 70, 80], [58, 62, 70, 78], 0.5, ("2022年（分）", "2023年（分）"))
    assert axes.collections[1].get_offsets().tolist() == [[50, 58], [60, 62]]
    said = axes.figure.alternative_text
    assert "最低的2人，平均从55.0到60.0，其中100%升高；全体平均从65.0到67.0" in said
    assert "第二次只低0.68分" in said


def test_estimates_with_and_without_a_truth():
    found = {"前后比": Estimate(7, 1, 5, 9, 40), "双重差分": Estimate(-0.5, 1, -2.5, 1.5, 90)}
    axes = effect_rows(found, "提高（分）", truth=3.0)
    assert [line.get_xdata()[0] for line in axes.lines] == [5, -2.5, 0, 3]
    said = axes.figure.alternative_text
    assert "前后比+7.0分，区间+5.0到+9.0；双重差分−0.5分，区间−2.5到+1.5；虚线是真实的作用+3.0分" in said
    assert "真实" not in effect_rows(found, "提高（分）").figure.alternative_text


@pytest.mark.parametrize(("value", "text"), [(-1.25, "−1.2"), (-0.04, "0.0"), (0.0, "0.0"), (3, "+3.0")])
def test_changes_are_written_with_their_sign(value, text):
    assert signed(value) == text


def test_explorer_shows_what_strict_choice_and_luck_make_of_nothing():
    explorer = explore_selection(
        lambda share, reliability, effect: apparent_gains(share, reliability, effect, 10, 1),
        "标准差10分。",
    )
    assert len(explorer.all_states()) == 9 * 8 * 6
    # Half chosen, half of it luck: 5 · 0.797885 = 3.99; others fall by as much.
    at = explorer.at([4, 2, 0])
    assert at.panels[0].texts == ["5.0", "8.0", "0.0", "0.0"]
    assert at.rows[0] == ["只看成员", "5.0", "多说5.0"]
    assert at.rows[2] == ["差分：另一次", "0.0", "准"]
    assert "选最低的50%，信度0.5，真实的作用0分：只看成员，像是提高了5.0分" in at.sentence
    sure = explorer.at([0, 7, 2])
    assert sure.panels[0].texts == ["3.0", "2.0", "2.0", "2.0"]


def test_bars_of_ties_add_up():
    counts = pd.DataFrame({"host": [1, 0], "member": [2, 3], "none": [4, 1]}, index=["语文", "数学"])
    axes = tie_bars(counts, {"host": "挂牌", "member": "有成员", "none": "没有"}, "学校（所）")
    ends = [bar.get_x() + bar.get_width() for bar in axes.patches]
    assert ends == [1, 0, 3, 3, 7, 4]
    assert "语文，挂牌1、有成员2、没有4；数学，挂牌0、有成员3、没有1" in axes.figure.alternative_text


def test_what_is_said_too_little_is_said_so():
    """Where everybody falls by three points, the members alone seem to have lost two."""
    explorer = explore_selection(lambda *at: apparent_gains(*at, 10, -3), "")
    at = explorer.at([0, 7, 1])
    assert at.rows[0] == ["只看成员", "-2.0", "少说3.0"]
    assert "只看成员，像是降低了2.0分" in at.sentence


def test_a_year_without_scores_is_a_dash():
    means = pd.DataFrame({"members": [np.nan, 66.0]}, index=[2022, 2024])
    text = group_lines(means, {"members": "成员"}, 2023, "平均分（分）").figure.alternative_text
    assert "成员2022年—，2024年66.0" in text
    effect = effect_rows({"差分": Estimate(1.0, np.nan, np.nan, np.nan, 1)}, "作用（分）")
    assert "差分+1.0分，区间—到—" in effect.figure.alternative_text

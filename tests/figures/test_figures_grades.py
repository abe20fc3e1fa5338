"""Figures of a graded report: what is drawn and said, and what mending brings."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from balancelib.figures import explore_grades, grade_bars


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def criteria(*points):
    return pd.DataFrame({"标准": ["数", "办法"], "分值": [20, 10], "得分": points})


def test_points_are_drawn_in_frames_and_said():
    axes = grade_bars(criteria(20.0, 10 / 3))
    assert [round(bar.get_width(), 1) for bar in axes.patches] == [20, 10, 20, 3.3]
    assert axes.figure.alternative_text == "条形图，各项得分和分值：数20.0/20，办法3.3/10。一共23.3分。"


def test_what_nobody_has_judged_is_hatched_and_not_nought():
    axes = grade_bars(criteria(20.0, np.nan))
    assert [bool(bar.get_hatch()) for bar in axes.patches] == [False, False, True, False]
    assert "办法—/10。还有1项没有评，评过的一共20.0分。" in axes.figure.alternative_text


def test_explorer_says_what_was_mended_and_whether_it_may_be_handed_in():
    def graded(mended, level):
        return criteria(10.0 * mended, 10 * level / 3), mended == 2 and level == 3, 2 - mended

    explorer = explore_grades(graded, ["位数不够", "没有加权"])
    assert len(explorer.all_states()) == 3 * 4
    assert explorer.beginning.sentence == (
        "一处也没有改。由人评的都给2级：一共6.7分，程序看到要改的还有2处，还不能交。"
    )
    assert explorer.at([2, 3]).sentence == (
        "改掉了2处：最后改的是“没有加权”。由人评的都给3级：一共30.0分，程序看到要改的还有0处，可以交。"
    )


def test_what_nobody_has_judged_is_not_shown_as_zero():
    criteria = pd.DataFrame({"标准": ["数据", "表达"], "分值": [20, 20], "得分": [15.0, np.nan]})
    answer = explore_grades(lambda *_: (criteria, None, 1), ["单位"]).beginning
    assert [row[2] for row in answer.rows] == ["15.0", "—"]
    assert "一共15.0分" in answer.sentence

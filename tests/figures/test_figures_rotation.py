"""The figures of rotation: what they say is in the tables that they are given."""

import matplotlib.pyplot as plt
import pandas as pd
import pytest

from balancelib import figures


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


ROWS = pd.DataFrame({
    "name": ["小学骨干教师", "初中骨干教师"], "cv_before": [0.55, 0.374], "cv_after": [0.44, 0.341], "limit": [0.5, 0.45],
    "below_before": [18, 4], "below_after": [4, 2],
})  # fmt: skip


def test_before_and_after_are_where_the_numbers_say():
    left, right = figures.before_and_after(ROWS)
    before, after, limit = (c.get_offsets().data for c in left.collections if len(c.get_offsets()) == 2)
    assert before.tolist() == [[0.55, 1], [0.374, 0]]
    assert after[:, 0].tolist() == [0.44, 0.341]
    assert limit[:, 0].tolist() == [0.5, 0.45]
    assert [t.get_text() for t in right.get_yticklabels()] == ["小学骨干教师", "初中骨干教师"]
    assert left.figure.alternative_text == (
        "小学骨干教师：差异系数由0.550到0.440，上限0.5；低于标准的由18个到4个。"
        "初中骨干教师：差异系数由0.374到0.341，上限0.45；低于标准的由4个到2个。"
    )


LEVELS = pd.DataFrame({
    "within": [10.0, 10.0, 20.0, 20.0], "share": [0.0, 0.1, 0.0, 0.1], "found": [True, True, True, False], "moved": [52, 133, 58, 0],
    "needed": [52, 52, 58, 58], "filled": [21.0, 21.0, 27.0, float("nan")], "left": [90, 90, 84, 111], "gaps_filled": [21.0, 21.0, 26.0, float("nan")],
})  # fmt: skip


def test_the_explorer_says_what_a_share_buys():
    states = {state.sentence for state in figures.explore_rotation(LEVELS).all_states()}
    assert (
        "最远10公里，至少交流10%：派出133人，补缺要用52人，为比例多派81人；学科岗位补上21个，还缺90个；三项指标的缺口补上21人次。"
        in states
    )
    assert "最远20公里，至少交流10%：没有方案能同时做到。" in states
    assert len(states) == 4


def test_a_distance_without_all_shares():
    with pytest.raises(ValueError, match="每个比例"):
        figures.explore_rotation(LEVELS.iloc[:3])

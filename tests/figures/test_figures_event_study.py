"""Figures of what began in different years: what is drawn, and what a reader hears who cannot see it."""

import matplotlib.pyplot as plt
import pandas as pd
import pytest

from balancelib.figures import event_dots, explore_methods, method_rows
from balancelib.figures.event_study import WAYS
from balancelib.measures import Estimate
from balancelib.progress import METHODS


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


STUDY = pd.DataFrame(
    {
        "value": [0.5, -2.0, 4.0],
        "se": 1.0,
        "low": [-1.5, -4.0, 2.0],
        "high": [2.5, 0.0, 6.0],
        "n": [13, 27, 27],
    },
    index=pd.Index([-2, -1, 0], name="years_since"),
)


def test_effects_before_are_hollow_and_all_are_said():
    axes = event_dots(STUDY, "分数（分）", pd.Series({0: 5.0, 1: 8.0}))
    before, since = axes.collections[1:3]
    assert before.get_offsets().tolist() == [[-2, 0.5], [-1, -2.0]]
    assert since.get_offsets().tolist() == [[0, 4.0]]
    assert before.get_facecolor().tolist() != since.get_facecolor().tolist()
    segments = [segment.tolist() for segment in axes.collections[0].get_segments()]
    assert segments == [[[-2, -1.5], [-2, 2.5]], [[-1, -4.0], [-1, 0.0]], [[0, 2.0], [0, 6.0]]]
    said = axes.figure.alternative_text
    assert "开始前2年+0.5，区间−1.5到+2.5（13个）；开始前1年−2.0，区间−4.0到0.0（27个）；开始当年+4.0" in said
    assert "真实的作用：开始当年+5.0，开始后第1年+8.0" in said
    assert axes.lines[-1].get_xydata().tolist() == [[0, 5], [1, 8]]
    for unknown in (None, pd.Series(dtype=float)):
        assert "真实" not in event_dots(STUDY, "分数（分）", unknown).figure.alternative_text


def test_each_method_has_its_chinese_name():
    assert list(WAYS) == list(METHODS)
    found = {"before_after": Estimate(7, 1, 5, 9, 27), "two_way": Estimate(4, 1, 2, 6, 27)}
    said = method_rows(found, "平均作用（分）", truth=5.0).figure.alternative_text
    assert "前后对比+7.0分，区间+5.0到+9.0；双向固定效应+4.0分" in said
    assert "真实的作用+5.0分" in said


def test_explorer_says_which_way_is_off_and_by_how_much():
    rows = {
        "true": (1, 2.0, 0),
        **dict.fromkeys(WAYS, (1, 2.0, 0)),
        "two_way": (1, 1.5, 0.25),
        "before_after": (1, 2.0, 1),
    }
    responses = pd.DataFrame.from_dict(rows, orient="index", columns=["level", "growth", "dip"])
    explorer = explore_methods(responses)
    assert len(explorer.all_states()) == 6 * 6 * 7
    # 4 + 3 · 2 = 10; before and after 10 + 8; two-way 4 + 4.5 + 2.
    at = explorer.at([2, 3, 4])
    assert at.panels[0].line == 10
    assert at.rows[0] == ["前后对比", "18.0", "多8.0"]
    assert at.rows[1] == ["双向固定效应", "10.5", "多0.5"]
    assert at.rows[4] == ["分批，比挑选前", "10.0", "准"]
    assert at.panels[0].marked == [True, True, False, False, False]
    assert at.sentence.startswith(
        "开始那年4分，以后每年再多3分，挑选那年低了8分：真实的平均作用10.0分；“前后对比”18.0"
    )
    assert explorer.at([0, 5, 0]).rows[1] == ["双向固定效应", "7.5", "少2.5"]
    assert {row[2] for row in explorer.at([5, 0, 0]).rows} == {"准"}
    responses.loc["two_way", "dip"] = 0.2
    slight = explore_methods(responses).at([5, 0, 1])
    assert slight.rows[1] == ["双向固定效应", "10.4", "多0.4"], "what is off is said, however little"
    assert slight.panels[0].marked[1:2] == [False]

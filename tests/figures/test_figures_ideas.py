"""The figures of what is fair say what was judged."""

import matplotlib.pyplot as plt
import pandas as pd
import pytest
from samples import sample_county

from balancelib.figures import explore_ideas, lorenz_gaps, verdict_grid
from balancelib.policy import five_ideas_by_indicator

NAMES = {"teaching_area": "教学用房", "backbone_teachers": "骨干教师"}


@pytest.fixture(scope="module")
def found():
    county = sample_county(7)
    return {
        "小学": five_ideas_by_indicator(county, "primary"),
        "初中": five_ideas_by_indicator(county, "junior"),
    }


def test_a_grid_has_a_word_a_cell_and_grey_where_it_does_not_hold():
    words = pd.DataFrame({"甲": ["合", "不合"], "乙": ["差不多", "合"]}, index=["一", "二"])
    axes = verdict_grid(words)
    assert [text.get_text() for text in axes.texts] == ["合", "差不多", "不合", "合"]
    white = [patch.get_facecolor()[:3] == (1, 1, 1) for patch in axes.patches]
    assert white == [True, True, False, True]
    assert axes.figure.alternative_text.endswith("一：甲合，乙差不多；二：甲不合，乙合。")
    plt.close(axes.figure)


def test_gaps_are_those_of_the_curves():
    """Of 1, 4, 4 the first third holds 1/9: 2/9 less than a third."""
    axes = lorenz_gaps({"甲": ([1, 4, 4], [1, 1, 1]), "乙": ([2, 2, 5], [1, 1, 1])}, [0.5])
    first, second, crossing = axes.get_lines()
    assert first.get_ydata() == pytest.approx([0, 2 / 9, 1 / 9, 0])
    assert second.get_ydata() == pytest.approx([0, 1 / 9, 2 / 9, 0])
    assert set(crossing.get_xdata()) == {0.5}
    assert first.get_linestyle() != second.get_linestyle()
    words = axes.figure.alternative_text
    assert "甲最多在33%处，少22.2个百分点" in words
    assert "在学生的50.0%处相交" in words
    plt.close(axes.figure)


def test_no_crossing_is_said():
    axes = lorenz_gaps({"甲": ([1, 1], [1, 1]), "乙": ([1, 3], [1, 1])})
    assert "不相交" in axes.figure.alternative_text
    plt.close(axes.figure)


def test_explorer_shows_every_verdict(found):
    explorer = explore_ideas(found, NAMES)
    states = explorer.all_states()
    asked = [(stage, key) for stage in found for key in NAMES]
    assert len(states) == len(asked) == 4
    for state, (stage, key) in zip(states, asked, strict=True):
        ideas = found[stage].loc[key]
        assert [row[2] for row in state.rows] == ideas["shown"].tolist()
        words = {True: "合", False: "不合", None: "差不多"}
        assert [row[4] for row in state.rows] == [words[h] for h in ideas["holds"]]
        assert state.sentence.startswith(f"{stage}，{NAMES[key]}：")
        assert [panel.marked for panel in state.panels] == [[h is False] for h in ideas["holds"]]


def test_what_cannot_be_said_has_no_bar(found):
    ideas = found["小学"].loc[["teaching_area"]].copy()
    ideas["value"], ideas["shown"], ideas["verdict"] = float("nan"), "—", "说不了"
    state = explore_ideas({"小学": ideas}, {"teaching_area": "教学用房"}).beginning
    assert [row[4] for row in state.rows] == ["说不了"] * 5
    assert [panel.values for panel in state.panels] == [[0.0]] * 5

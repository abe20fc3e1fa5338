"""The week of itinerant teachers and its explorer: what they say is in the tables that they are given."""

import matplotlib.pyplot as plt
import pandas as pd
import pytest

from balancelib import figures

LETTERS = {"music": "音乐", "art": "美术"}


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def test_the_week_shows_each_half_day():
    visits = pd.DataFrame(
        {
            "school": ["乙校", "甲校", "甲校", "甲校"],
            "weekday": [5.0, 1, 1, 3],
            "half": ["pm", "am", "am", "am"],
            "subject": ["art", "music", "art", "music"],
        }
    )
    axes = figures.pool_week(visits, LETTERS)
    drawn = {text.get_text(): text.get_position() for text in axes.texts}
    assert drawn == {"音美": (0.5, 0.5), "音": (4.5, 0.5), "美": (9.5, 1.5)}
    assert [label.get_text() for label in axes.get_yticklabels()] == ["甲校", "乙校"]
    assert (
        axes.figure.alternative_text
        == "走教周历，2所学校，每周4个半天。甲校：音乐2个半天，美术1个半天；乙校：美术1个半天。"
    )
    with pytest.raises(ValueError, match="画不出"):
        figures.pool_week(visits.iloc[:0], LETTERS)


LEVELS = pd.DataFrame(
    {
        "within": [10, 10, 20, 20],
        "half_days": [1, 2, 1, 2],
        "gaps": 3,
        "served": [1, 1, 2, 3],
        "lack": 20.5,
        "given": [4, 6, 9, 20.5],
        "teachers": [1, 1, 2, 2],
        "km": [10, 20, 44.4, 90],
        "unserved": [("甲校美术", "乙校美术"), ("甲校美术", "乙校美术"), ("甲校美术",), ()],
    }
)


def test_every_position_says_where_nobody_comes():
    states = figures.explore_pool(LEVELS).all_states()
    assert states[1].rows == [["甲校美术"], ["乙校美术"]]
    assert states[3].rows == [["一处也没有"]]
    assert states[2].sentence == (
        "最远20公里，每人每周最多1个半天：3处缺课里2处有人来上课，缺的20节里补上9节；2名教师走教，每周来回44公里。"
    )
    assert {state.panels[2].top for state in states} == {90}
    assert "没有人来1处" in states[2].alternative_text


def test_a_position_without_a_row_is_refused():
    with pytest.raises(ValueError, match="各一行"):
        figures.explore_pool(LEVELS.iloc[:3])

"""Figures of sampling and of the survey: what is drawn, and what a reader hears who cannot see it."""

import matplotlib.pyplot as plt
import pandas as pd
import pytest

from balancelib.figures import design_rows, explore_answers, explore_designs, limit_rows
from balancelib.measures import chance_to_show
from balancelib.progress import schools_needed, seen_share

NAMES = {"simple": "简单随机", "pps": "按人数抽"}


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def test_draws_are_dots_and_the_first_has_its_interval():
    draws = pd.DataFrame(
        {
            "design": ["simple", "pps"] * 2,
            "value": [0.50, 0.52, 0.56, 0.54],
            "low": [0.45, 0.50, 0.54, 0.52],
            "high": [0.55, 0.54, 0.58, 0.56],
        }
    )
    axes = design_rows(draws, 0.53, NAMES)
    assert [dots.get_offsets()[:, 0].tolist() for dots in axes.collections] == [
        pytest.approx(x) for x in ([50, 56], [50], [52, 54], [52])
    ]
    assert [text.get_text() for text in axes.texts] == ["误差中位数", "±3.5", "±2.0"]
    said = axes.figure.alternative_text
    assert "虚线是全部学校的53.0%" in said
    assert "简单随机，这一次50.0%，区间45.0%到55.0%，2次里误差的中位数±3.5个百分点，1次罩住了真实的数" in said
    assert "按人数抽，这一次52.0%，区间50.0%到54.0%，2次里误差的中位数±2.0个百分点，2次罩住了真实的数" in said


def test_explorer_of_designs_says_which_will_do():
    planned = pd.DataFrame({"simple": [0.08, 0.049, 0.02], "pps": [0.09, 0.06, 0.03]}, index=[6, 12, 24])
    explorer = explore_designs(planned, schools_needed, NAMES)
    assert len(explorer.all_states()) == 3 * 5
    assert explorer.beginning.sentence == (
        "抽12所，想要±5个百分点：简单随机做得到。要做到，简单随机要12所，按人数抽要24所。"
    )
    assert list(explorer.beginning.panels[0].marked) == [False, True]
    assert "哪一种抽法都做不到" in explorer.at([0, 0]).sentence
    assert explorer.at([2, 1]).rows == [["简单随机", "±2.0", "24所"], ["按人数抽", "±3.0", "24所"]]


def test_explorer_of_designs_promises_no_number_that_will_not_do():
    planned = pd.DataFrame({"simple": [0.05, 0.02], "pps": [0.0503, 0.03]}, index=[12, 24])
    explorer = explore_designs(planned, schools_needed, NAMES)
    assert explorer.at([0, 0]).sentence.endswith("要做到，简单随机要24所，按人数抽全抽也做不到。")
    assert [row[2] for row in explorer.at([0, 0]).rows] == ["24所", "做不到"]
    wide = explorer.at([0, 3])  # ±5: 5.03 will not do, and is not shown as 5.0
    assert [row[1] for row in wide.rows] == ["±5.0", "±5.03"]
    assert list(wide.panels[0].marked) == [False, True]


def test_a_design_whose_error_cannot_be_told_is_not_called_infinite():
    planned = pd.DataFrame({"simple": [0.08], "pps": [float("inf")]}, index=[6])
    answer = explore_designs(planned, schools_needed, NAMES).beginning
    assert answer.rows[1][1] == "说不出"
    assert answer.panels[0].marked[1]
    assert "inf" not in answer.svg()
    assert "按人数抽做得到" not in answer.sentence


def test_ways_to_reckon_stand_beside_the_line():
    axes = limit_rows(
        {"直接算": (0.872, 0.857, 0.885), "没答的像催来的": (0.829, None, None), "极端": (0.84, 0.58, 0.89)},
        0.85,
        "极端",
    )
    assert [dots.get_offsets()[0, 0] for dots in axes.collections] == pytest.approx([87.2, 82.9])
    assert [text.get_text() for text in axes.texts] == ["线85%", "估计", "87.2", "82.9", "—"]
    assert axes.figure.alternative_text == (
        "点和区间图，虚线是85%的线：直接算87.2%，区间85.7%到88.5%；没答的像催来的82.9%；极端，最低58.0%，最高89.0%。"
    )


def test_explorer_of_answers_tells_right_from_wrong():
    explorer = explore_answers(seen_share, chance_to_show, 0.85)
    states = explorer.all_states()
    assert len(states) == 7 * 5 * 5
    assert explorer.beginning.sentence == (
        "真实83%，不满意的人答的机会是满意的人的80%：收上来大约85.9%。收2,400份，有24%的机会说“过了85%的线”，这是说错的机会。"
    )
    honest = explorer.at([2, 3, 0])
    assert "收上来大约83.0%" in honest.sentence
    assert "不到1%" in honest.sentence
    # More forms make the wrong claim surer where the unsatisfied are shy.
    chances = explorer.at([2, 3, 3]).panels[1].values
    assert chances == sorted(chances)
    assert chances[-1] > 95
    assert "这是说对的机会" in explorer.at([4, 3, 0]).sentence
    assert 85 not in explorer.controls["truth"].values, "neither right nor wrong"

"""Figures of levels: what is drawn is what is said; explorers answer with the numbers they were given."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from balancelib import figures
from balancelib.figures.explorers import MOST_STATES
from balancelib.figures.style import to_png

SHARES = pd.DataFrame(
    {"学校": [0.25, 0.05, np.nan], "乡镇": [0.5, 0.15, np.nan], "县": [0.25, 0.8, np.nan]},
    index=["教师", "设备", "图书"],
)
PARTS = {"a": "学校之间", "b": "乡镇之间", "c": "县与县之间"}


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def test_bars_stand_one_after_the_other():
    axes = figures.share_bars(SHARES)
    starts = [[bar.get_x() for bar in bars] for bars in axes.containers]
    np.testing.assert_allclose(starts, [[0, 0, 0], [25, 5, 0], [75, 20, 0]])
    widths = [[bar.get_width() for bar in bars] for bars in axes.containers]
    np.testing.assert_allclose(widths, [[25, 5, 0], [50, 15, 0], [25, 80, 0]])
    written = [text.get_text() for text in axes.texts]
    assert written == ["25", "50", "15", "25", "80"]  # 5 has no room
    assert len({bars[0].get_hatch() for bars in axes.containers}) == 3  # told apart without colours


def test_bars_say_what_they_show():
    text = figures.share_bars(SHARES, "占缺口的份额").figure.alternative_text
    assert "设备，学校5.0%，乡镇15.0%，县80.0%" in text
    assert "图书没有可分的" in text
    assert "占缺口的份额" in text


def test_a_part_that_one_row_has_not_is_not_said_of_it():
    some = pd.DataFrame({"学校": [0.4], "乡镇": [0.6], "县": [np.nan]}, index=["教师"])
    assert "教师，学校40.0%，乡镇60.0%。" in figures.share_bars(some).figure.alternative_text


def quadrants():
    return figures.county_quadrants(
        [1.0, 1.4, 0.8, 0.7, 2.0], [0.50, 0.6, 0.2, 0.9, 0.1], 0.5, list("甲乙丙丁戊"), "骨干教师"
    )


def test_a_county_on_both_lines_is_on_the_good_side():
    axes = quadrants()
    counted = {dots.get_label(): len(dots.get_offsets()) for dots in axes.collections}
    assert counted == {
        "均值达标，差距在限内（2个县）": 2,
        "均值达标，差距过大（1个县）": 1,
        "均值不达标，差距在限内（1个县）": 1,
        "均值不达标，差距过大（1个县）": 1,
    }
    assert [text.get_text() for text in axes.texts] == ["丁"]  # lowest and widest at once: named once


def test_a_corner_without_counties_is_said_and_not_drawn():
    axes = figures.county_quadrants([1.2, 1.4], [0.1, 0.2], 0.5, list("甲乙"), "设备值")
    assert [dots.get_label() for dots in axes.collections] == ["均值达标，差距在限内（2个县）"]
    assert "均值不达标，差距过大的0个" in axes.figure.alternative_text


def test_quadrants_say_the_extremes():
    text = quadrants().figure.alternative_text
    assert "均值最低的是丁，为标准的0.70倍" in text
    assert "差异系数0.900，上限0.5" in text


def test_figures_are_the_same_bytes_each_time():
    for draw in (quadrants, lambda: figures.share_bars(SHARES)):
        one, other = (to_png(draw().figure)[0] for _ in range(2))
        assert one == other


def levels():
    rows = [
        ("小学", "教师", "泰尔指数", 0.2, 0.3, 0.5), ("小学", "教师", "平方", 0.6, 0.3, 0.1), ("小学", "设备", "泰尔指数", 0.1, 0.1, 0.8),
        ("小学", "设备", "平方", np.nan, np.nan, np.nan), ("初中", "教师", "泰尔指数", 0.7, 0.2, 0.1),
        ("初中", "教师", "平方", 0.7, 0.3, np.nan), ("初中", "设备", "泰尔指数", 0.1, 0.2, 0.7), ("初中", "设备", "平方", 0.1, 0.2, 0.7),
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["stage", "label", "measure", *PARTS])
    return figures.explore_levels(frame, PARTS)


def test_levels_answer_for_every_choice():
    explorer = levels()
    assert len(explorer.all_states()) == 8 < MOST_STATES
    assert explorer.beginning.rows == [["学校之间", "20%"], ["乡镇之间", "30%"], ["县与县之间", "50%"]]
    assert explorer.beginning.sentence.endswith("最大的一块是县与县之间。")
    assert explorer.answer("小学", "教师", "平方").sentence.endswith("最大的一块是学校之间。")


def test_levels_say_where_there_is_nothing_or_no_such_level():
    explorer = levels()
    nothing = explorer.answer("小学", "设备", "平方")
    assert nothing.sentence.endswith("没有差距可分。")
    assert [row[1] for row in nothing.rows] == ["—", "—", "—"]
    assert explorer.answer("初中", "教师", "平方").rows[-1] == ["县与县之间", "—"]


def test_narrowing_answers_with_what_it_was_given():
    def counts(inside, between):
        return {
            "cv_meet": round(4 + 4 * inside),
            "schools_meet": round(2 + 4 * between),
            "meets": round(1 + inside + between),
        }

    explorer = figures.explore_narrowing(counts, 10)
    assert len(explorer.all_states()) == 36
    assert [row[1:] for row in explorer.beginning.rows] == [["4", "4"], ["2", "2"], ["1", "1"]]
    moved = explorer.answer(100, 20)
    assert [row[2] for row in moved.rows] == ["8", "3", "2"]
    assert "县内的差距缩小100%，县与县的差距缩小20%" in moved.sentence
    assert "现在是1个" in moved.sentence
    assert moved.panels[0].top == 10


def test_the_name_of_the_lowest_mean_ends_at_its_dot_and_keeps_off_the_threshold():
    axes = figures.county_quadrants(
        [0.9, 1.2, 3.0], [0.52, 0.7, 0.3], 0.5, ["丙六县", "辛七县", "戊县"], "教师"
    )
    axes.figure.canvas.draw()
    lowest, widest = (next(t for t in axes.texts if t.get_text() == name) for name in ("丙六县", "辛七县"))
    threshold = axes.transData.transform((1, 0))[0]
    assert axes.bbox.x0 < lowest.get_window_extent().x0 < lowest.get_window_extent().x1 < threshold
    assert widest.get_window_extent().x0 > axes.transData.transform((1.2, 0))[0]


def test_a_county_without_numbers_is_in_no_corner():
    axes = figures.county_quadrants([1.2, np.nan, 1.4], [0.1, np.nan, 0.2], 0.5, list("甲乙丙"), "设备值")
    assert [dots.get_label() for dots in axes.collections] == ["均值达标，差距在限内（2个县）"]
    text = axes.figure.alternative_text
    assert "均值不达标，差距过大的0个。均值最低的是甲，" in text
    assert text.endswith("另有1个县没有数，没有画。")
    with pytest.raises(ValueError, match="没有图可画"):
        figures.county_quadrants([np.nan], [0.1], 0.5, ["甲"], "设备值")

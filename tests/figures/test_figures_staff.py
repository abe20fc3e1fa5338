"""The figures of staff say what they were given, also to those who cannot see them or see grey."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from balancelib.figures import (
    age_pyramids,
    cover_dots,
    exit_bars,
    explore_load,
    posts_by_class_size,
    surplus_shortage_bars,
)
from balancelib.figures.staff import LOADS

NAMES = {"math": "数学", "music": "音乐", "physics": "物理"}
INDEX = pd.MultiIndex.from_tuples([("primary", "math"), ("primary", "music"), ("junior", "physics")])
TABLE = pd.DataFrame(
    {"need": [20.0, 8, 5], "have": [30.0, 4, 5], "surplus": [12.3, 0.0, 2.0], "short": [2.3, 4.0, 0.0]}, INDEX
)


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def test_shortage_stands_left_and_surplus_right():
    axes = surplus_shortage_bars(TABLE, NAMES)
    widths = [[bar.get_width() for bar in container] for container in axes[0].containers]
    assert widths == [[-2.3, -4.0], [12.3, 0.0]]
    assert [label.get_text() for label in axes[0].get_yticklabels()] == ["数学", "音乐"]
    assert {text.get_text() for text in axes[0].texts} == {"2.3", "4.0", "12.3"}
    words = axes[0].figure.alternative_text
    assert "小学：数学缺2.3多12.3，音乐缺4.0多0.0；初中：物理缺0.0多2.0。" in words


def test_one_is_hatched_so_that_grey_tells_them_apart():
    short, over = surplus_shortage_bars(TABLE, NAMES)[0].containers
    assert (short[0].get_hatch(), over[0].get_hatch()) == (None, "//")


def test_a_county_with_one_stage_is_drawn():
    assert len(surplus_shortage_bars(TABLE.loc[["primary"]], NAMES)) == 1


def test_posts_count_those_over_and_those_that_lack():
    """A quota of 1 for 20 pupils and a need of 2 a class: 15 pupils and 1.5 teachers a class are over and lack."""
    village = pd.DataFrame({"pupils": [30.0, 90], "classes": [2.0, 2], "teachers": [3.0, 5]})
    axes = posts_by_class_size({"乡村": village}, quota=1 / 20, need=2.0)
    assert "班额40.0人时" in axes.figure.alternative_text
    assert "乡村2所，超编的2所，其中不够排课的1所" in axes.figure.alternative_text
    np.testing.assert_allclose(axes.collections[0].get_offsets(), [[15, 1.5], [45, 2.5]])


def test_pyramids_are_shares_of_their_group():
    counts = pd.DataFrame({"female": [30, 10], "male": [40, 20]}, index=["不到40岁", "40岁以上"])
    axes = age_pyramids({"城区": counts, "乡村": counts * 2})
    women, men = axes[0].containers
    assert [bar.get_width() for bar in women] == [-30, -10]
    assert [bar.get_width() for bar in men] == [40, 20]
    assert "乡村：不到40岁70%，40岁以上30%" in axes[0].figure.alternative_text


def test_exits_and_their_interval():
    years = pd.DataFrame({"exits": [10.2, 12.0], "low": [7, 9], "high": [14, 15]}, index=[2026, 2027])
    axes = exit_bars(years)
    assert [bar.get_height() for bar in axes.patches] == [10.2, 12.0]
    assert "2026年10人（7到14），2027年12人（9到15）" in axes.figure.alternative_text


def test_nobody_goes_is_drawn_as_well():
    none = pd.DataFrame({"exits": [0.0], "low": [0], "high": [0]}, index=[2026])
    assert exit_bars(none).get_ylim()[1] >= 1


def test_cover_is_written_beside_the_row():
    axes = cover_dots(pd.Series({"音乐": 0.8, "数学": 1.5}), pd.Series({"音乐": 0.6, "数学": 1.2}))
    assert [text.get_text() for text in axes.texts][1:] == ["60%", "120%"]
    assert "音乐现在80%、到时候60%" in axes.figure.alternative_text


@pytest.fixture
def explorer():
    def balance(load, stage, together):
        part = TABLE.loc[stage] / load
        return part.assign(short=0.0) if together else part

    return explore_load(balance, NAMES)


def test_explorer_answers_each_state_from_the_table(explorer):
    states = list(explorer.all_states())
    assert len(states) == len(LOADS) * 2 * 2
    answer = explorer.at([LOADS.index(80), 0, 0])
    assert answer.panels[0].values == pytest.approx([2.875, 5])
    assert "一共缺7.9人，多15.4人；最缺音乐，5.0人" in answer.sentence
    assert "哪一科也不缺" in explorer.at([0, 1, 1]).sentence


def test_explorer_begins_at_what_is_assumed(explorer):
    assert explorer.beginning.sentence.startswith("小学，每周课时量是假定的100%，各校自己用")

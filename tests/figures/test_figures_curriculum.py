"""Figures of the curriculum: marks where something lacks, shares on their bands, what the explorer answers."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from balancelib.figures import delivery_grid, explore_tolerance, share_bounds

STATUSES = {"none": "没有开", "short": "没有开足", "unknown": "没有查到", "over": "多了", "full": "开足"}


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def test_marks_say_what_lacks_without_colour():
    grid = pd.DataFrame(
        {"语文": ["over", "full"], "音乐": ["none", "unknown"], "物理": [None, "short"]}, index=["1", "2"]
    )
    axes = delivery_grid(grid, STATUSES, {"1": "甲校"})
    drawn = {text.get_position(): text.get_text() for text in axes.texts}
    assert drawn == {(0, 0): "+", (1, 0): "×", (1, 1): "?", (2, 1): "△"}
    assert [text.get_text() for text in axes.get_yticklabels()] == ["甲校", "2"]
    said = axes.figure.alternative_text
    assert "2所学校、3个科目" in said
    assert "音乐：没有开1所，没有查到1所" in said
    assert "物理：没有开足1所。" in said


def test_of_very_many_schools_the_first_are_drawn_and_all_are_counted():
    grid = pd.DataFrame({"音乐": ["none"] * 61})
    axes = delivery_grid(grid, STATUSES, {})
    assert len(axes.get_yticklabels()) == 60
    assert "61所学校" in axes.figure.alternative_text
    assert "只画前60所" in axes.figure.alternative_text
    assert "没有开61所" in axes.figure.alternative_text


def test_shares_stand_on_their_bands():
    room = pd.DataFrame(
        {"share": [0.05, np.nan], "least": [100, 100], "most": [110, 110], "status": ["short", "unknown"]},
        index=["体育与健康", "艺术"],
    )
    room.attrs["total"] = 1000
    axes = share_bounds(room.assign(share=[0.105, 0.1]), room)
    said = axes.figure.alternative_text
    assert "体育与健康限10%至11%，课表上10.5%，上了的5.0%" in said
    assert "艺术限10%至11%，课表上10.0%，上了的不知道" in said
    left, width = axes.patches[0].get_x(), axes.patches[0].get_width()
    assert (left, width) == pytest.approx((10, 1))


def test_explorer_counts_schools():
    index = pd.MultiIndex.from_product(
        [["primary"], ["given", "periods"], [0, 1]], names=["stage", "basis", "tolerance"]
    )
    counts = pd.DataFrame([[1, 3, 1, 9], [2, 2, 1, 4], [4, 1, 0, 2], [4, 1, 0, 2]], index)
    counts.columns = ["enough", "short", "unknown", "lacking"]
    explorer = explore_tolerance(
        counts, {"primary": "小学", "junior": "初中"}, {"given": "上了的", "periods": "课表上的"}
    )
    states = [state.sentence for state in explorer.all_states()]
    assert len(states) == 4
    assert states[0] == (
        "小学，按上了的，每周容许差0节：5所里开足1所，没有开足3所，还不能判定1所；没有上够的9处。"
    )
    assert explorer.at([0, 0, 1]).panels[1].texts == ["1所", "2所"]
    assert explorer.at([0, 0, 1]).panels[1].marked == [False, True]
    assert explorer.at([0, 1, 0]).rows[0] == ["0节", "4", "1", "0", "2"]

"""Figures of schools in need: limits and schools stand where they belong, and luck is told from change."""

from typing import NamedTuple

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from balancelib.figures import change_rows, explore_rise, share_funnel


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def test_funnel_draws_limits_and_places():
    schools = pd.DataFrame(
        {"pupils": [10, 12, 12], "share": [0.5, 0.1, 0.5], "place": ["within", "below", "within"]}
    )
    axes = share_funnel(schools, lambda n: (2 / np.asarray(n), 9 / np.asarray(n)), 0.5, "达标的学生")
    lower, upper = (patch.get_data() for patch in axes.patches)
    assert lower.values == pytest.approx([20, 200 / 11, 200 / 12])
    assert upper.values == pytest.approx([90, 900 / 11, 75])
    assert lower.edges.tolist() == [9.5, 10.5, 11.5, 12.5]
    dots = {tuple(place) for dots in axes.collections for place in dots.get_offsets()}
    assert dots == {(10, 50), (12, 10), (12, 50)}
    said = axes.figure.alternative_text
    assert "10人的学校从20%到90%；12人的学校从17%到75%" in said
    assert "界限里面2所，低于界限1所，高于界限0所" in said


def test_change_is_told_apart_from_what_comes_back():
    changes = pd.DataFrame(
        {"change": [60.0, 20.0], "by_itself": [20.0, 15.0], "low": [5.0, -30.0], "high": [75.0, 40.0]},
        index=["a", "b"],
    )
    axes = change_rows(changes, {"a": "甲校", "b": "乙校"})
    assert [bar.get_width() for bar in axes.patches] == [20, 15]
    intervals, *dots = axes.collections
    assert [tuple(s[:, 0]) for s in intervals.get_segments()] == [(25, 95), (-15, 55)]
    assert [d.get_offsets().tolist() for d in dots] == [[[20, 1]], [[60, 0]]]  # unsure, then beyond luck
    assert [label.get_text() for label in axes.get_yticklabels()] == ["甲校", "乙校"]
    said = axes.figure.alternative_text
    assert "甲校+60.0分，其中+20.0分什么也不做也会变，超出的+40.0分，区间+5.0到+75.0" in said


class Power(NamedTuple):
    chance: float
    least: float
    returns: float


def test_explorer_shows_what_it_was_told():
    states = explore_rise(lambda rise, pupils, years: Power(rise / 100, pupils + years, 0.25)).all_states()
    assert len(states) == 6 * 4 * 4
    none, much = states[0], states[-1]
    assert "碰巧看成变了的机会是0%" in none.sentence
    assert (
        "每年测80人，后来看5年，真的升了60分：看得出的机会是60%；要有八成把握，得真的升85分" in much.sentence
    )
    assert much.rows == [
        ["看得出的机会", "60%"],
        ["八成把握看得出，要升", "85分"],
        ["第一年低的一截，自己会回来", "25%"],
    ]
    chances, least = much.panels
    assert (chances.values, chances.texts[-1], chances.top) == ([60.0] * 4, "60次", 100)
    assert (least.values, least.marked, least.top) == ([15, 25, 45, 85], [False] * 3 + [True], 85)

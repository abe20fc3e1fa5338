"""The figures of pairs and of local resources say what was counted."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from balancelib.figures import coverage_grid, pair_dots
from balancelib.figures.partners import STATES

PAIRS = pd.DataFrame(
    {
        "km": [5.0, 12.0, np.inf, np.inf, np.nan, 8.0],
        "meetings": [12.0, 3.0, 0.0, 20.0, 9.0, np.nan],
        "state": ["active", "thin", "in_name", "active", "active", "unknown"],
    }
)


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def test_each_known_pair_is_a_dot_and_the_far_ones_stand_apart():
    axes = pair_dots(PAIRS, 10)
    dots = np.vstack([dots.get_offsets() for dots in axes.collections])
    assert len(dots) == 4
    assert sorted(dots[:, 1]) == [0, 3, 12, 20]
    assert len({tuple(dot) for dot in dots.round(6)}) == 4
    assert (dots[:, 0] > 12).sum() == 2  # further than any that is known
    assert axes.get_xticklabels()[-1].get_text() == "更远"
    said = axes.figure.alternative_text
    assert said == "散点图，4对学校：常来往2对，往来少1对，只有名义1对；10公里以内1对，一年最多往来20次。"


def test_states_differ_without_colour():
    assert len({drawn["marker"] for _, drawn in STATES.values()}) == len(STATES)


def test_a_county_whose_pairs_are_all_far_is_drawn():
    assert "10公里以内0对" in pair_dots(PAIRS.iloc[2:4], 10).figure.alternative_text


def test_the_grid_tells_none_from_not_taught():
    coverage = pd.DataFrame(
        [[2.0, 0.0, 0.0], [np.nan, np.nan, 1.0]], index=["music", "physics"], columns=[1, 2, 3]
    )
    axes = coverage_grid(coverage, {"music": "音乐", "physics": "物理"})
    cells = {text.get_position(): text.get_text() for text in axes.texts}
    assert cells == {(0, 0): "2", (1, 0): "×", (2, 0): "×", (2, 1): "1"}
    said = axes.figure.alternative_text
    assert said == "方格图：各学科在各年级有几份审过的资源。开课的4格里空着2格；音乐缺二、三年级。"

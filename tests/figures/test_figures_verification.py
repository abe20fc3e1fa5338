"""The figures of sampling say what the library computed."""

import matplotlib.pyplot as plt
import pandas as pd
import pytest

from balancelib.figures import chance_curves, explore_sampling, repeated_intervals
from balancelib.policy import chance_to_find, most_faulty


def test_curves_are_the_chances_and_the_text_says_those_of_the_sample():
    chances = pd.DataFrame({f: [chance_to_find(10, f, n) for n in range(11)] for f in (1, 5)})
    axes = chance_curves(chances, 2)
    assert axes.lines[0].get_ydata() == pytest.approx([10 * n for n in range(11)])
    assert len({line.get_linestyle() for line in axes.lines[:2]}) == 2, "told apart in grey"
    # 1 − C(5,2)/C(10,2) = 35/45
    assert "抽2所，至少碰到一所的机会：1所填错时20%，5所填错时78%" in axes.figure.alternative_text
    plt.close(axes.figure)


def test_an_interval_that_misses_is_drawn_otherwise():
    draws = pd.DataFrame({"rate": [0.1, 0.5], "low": [0.0, 0.3], "high": [0.25, 0.8]})
    axes = repeated_intervals(draws, 0.2)
    assert [line.get_linestyle() for line in axes.lines[:2]] == ["-", ":"]
    assert axes.figure.alternative_text == (
        "点和区间图：抽2次，估计的差错率从10%到50%，真实是20%；1次的区间罩住了真实的数。"
    )
    plt.close(axes.figure)


def test_the_explorer_says_what_the_library_says():
    explorer = explore_sampling(chance_to_find, most_faulty)
    assert explorer.beginning.sentence == (
        "全县60所，6所填错，抽6所：至少碰到一所的机会是48%；一所也没碰到，也只能有95%的把握说，填错的最多22所，占37%。"
    )
    states = explorer.all_states()
    assert len(states) == 4 * 6 * 6
    assert all(state.rows[-1][1:] == ["100%", "0所"] for state in states)
    certain = {state.rows[-2][1] for state in states}
    assert "100%" not in certain, "half of the schools may always be the right half"
    assert "不到100%" in certain
    assert sum(explorer.beginning.panels[0].marked) == 1

"""Figures of value added: what is drawn, what a reader hears who cannot see it, and who seems ahead where the start is badly measured."""

import matplotlib.pyplot as plt
import pandas as pd
import pytest

from balancelib.figures import added_rows, explore_start, rank_slopes


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


RANKS = pd.DataFrame(
    {
        "raw_rank": [1, 2, 3], "raw_first": [1, 1, 2], "raw_last": [2, 3, 3],
        "rank": [3, 2, 1], "first": [1, 1, 1], "last": [3, 3, 3],
    },
    index=["a", "b", "c"],
)  # fmt: skip


def test_each_rank_stands_within_its_interval():
    left, middle, right = rank_slopes(RANKS, far=2)
    drawn = {tuple(map(tuple, s)) for bars in left.collections for s in bars.get_segments()}
    assert drawn == {((1, 1), (1, 2)), ((2, 1), (2, 3)), ((3, 2), (3, 3))}
    assert {tuple(s[:, 1]) for bars in right.collections for s in bars.get_segments()} == {(1, 3)}
    lines = {tuple(line.get_ydata()): line.get_linestyle() for line in middle.lines if len(line.get_ydata())}
    assert lines == {(1, 3): "--", (2, 2): "-", (3, 1): "-"}
    said = middle.figure.alternative_text
    assert "前移2名或更多的1所，后移2名或更多的1所，最多移动2名" in said
    assert "左边的区间平均跨1名，右边的平均跨2名" in said


def test_a_rank_without_its_interval_is_not_drawn():
    with pytest.raises(KeyError, match="raw_first"):
        rank_slopes(RANKS[["raw_rank", "rank", "first", "last"]])


def test_bars_to_compare_are_told_from_intervals():
    table = pd.DataFrame(
        {
            "added": [10.0, -20.0], "bar_low": [2.0, -28.0], "bar_high": [18.0, -12.0],
            "low": [-1.0, -31.0], "high": [21.0, -9.0], "place": ["unsure", "below"],
        }
    )  # fmt: skip
    axes = added_rows(table)
    segments = sorted(tuple(s[:, 1]) for bars in axes.collections for s in bars.get_segments())
    assert segments == [(-31, -9), (-28, -12), (-1, 21), (2, 18)]
    said = axes.figure.alternative_text
    assert "从−20.0到+10.0分" in said
    assert "低于全县1所，分不出1所，高于全县0所" in said
    assert "不叠的有1对，一共1对" in said


def test_bad_start_turns_who_leads():
    """Of a lead of 40 in the start, slope ½: the mean says 20 − 5; a start measured at .7 says 6 − 5, a perfect one −5."""
    explorer = explore_start(
        lambda apart, r, better: {
            "raw": 0.5 * apart - better, "added": (1 - r) * 0.5 * apart - better, "true": -better,
        }
    )  # fmt: skip
    bad, good = explorer.answer(40, 0.7, 5), explorer.answer(40, 1.0, 5)
    assert [row[1] for row in bad.rows] == ["甲校领先15.0分", "甲校领先1.0分", "乙校领先5.0分"]
    assert bad.rows[1][2] == "多算给甲校6.0分"
    assert good.rows[1][1:] == ["乙校领先5.0分", "准"]
    assert bad.panels[1].texts == ["不领先", "不领先", "5.0"]
    assert "看增值，一样" in explorer.answer(40, 1.0, 0).sentence
    assert all(max(panel.values) <= panel.top for state in explorer.all_states() for panel in state.panels)

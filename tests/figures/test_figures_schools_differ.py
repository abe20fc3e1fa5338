"""Figures of schools that differ: who is drawn, what decides nothing, and what few pupils would show."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from balancelib.figures import explore_shares, school_caterpillar, share_rows

MEANS = pd.DataFrame(
    {"pupils": [30, 10, 25], "mean": [510.0, 430, 480], "low": [490.0, 380, 450], "high": [530.0, 480, 510]},
    index=["甲校", "乙校", "丙校"],
)


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def _written(axes):
    inside = [text.get_text() for text in axes.texts]
    return [*inside, axes.get_xlabel(), axes.get_ylabel(), axes.figure.alternative_text]


def test_caterpillar_has_no_names():
    axes = school_caterpillar(MEANS, 485)
    assert not any(name in text for name in MEANS.index for text in _written(axes))
    assert len(axes.get_xticks()) == 0
    assert "1所的区间含全县平均485分，2所不含" in axes.figure.alternative_text
    assert "上下各留20到50分" in axes.figure.alternative_text
    drawn = np.vstack([dots.get_offsets() for dots in axes.collections if hasattr(dots, "get_sizes") and len(dots.get_sizes())])  # fmt: skip
    assert sorted(map(tuple, drawn)) == [(0, 430), (1, 480), (2, 510)]


def test_school_of_few_is_not_drawn():
    with pytest.raises(ValueError, match="不到10名学生的学校不单独画"):
        school_caterpillar(MEANS.assign(pupils=[30, 9, 25]), 485)


def test_interval_that_holds_the_limit_decides_nothing():
    table = pd.DataFrame(
        {
            "value": [0.08, 0.14, 0.2, 0.17, -0.02],
            "low": [0.04, 0.09, 0.15, np.nan, 0],
            "high": [0.1499, 0.15, 0.3, np.nan, 0.1],
        },
        index=["甲", "乙", "丙", "丁", "戊"],
    )
    axes = share_rows(table, 0.15)
    told = axes.figure.alternative_text
    assert "甲0.080，区间0.040至0.1499，整个区间低于界限" in told
    assert "乙0.140，区间0.090至0.150，区间跨过界限，定不了" in told
    assert "丙0.200，区间0.150至0.300，整个区间不低于界限" in told
    assert "丁0.170，没有区间" in told
    assert "戊−0.020，区间0.000至0.100" in told
    assert [text.get_text() for text in axes.texts][4] == "—"
    assert axes.get_xlim()[0] < -0.02


def test_explorer_says_what_simulated_counties_show():
    """Of 2,000 counties of 8 schools of 10, drawn: the share by ANOVA, by its formula."""
    answer = explore_shares(0.15, [10], [0.2], [8]).all_states()[0]
    rng = np.random.default_rng(6)
    scores = rng.normal(size=(2000, 8, 10)) + 0.5 * rng.normal(size=(2000, 8, 1))  # .25 / 1.25
    between, within = 10 * scores.mean(axis=2).var(axis=1, ddof=1), scores.var(axis=2, ddof=1).mean(axis=1)
    share = (between - within) / (between + 9 * within)
    shown = dict(answer.rows)
    number = {name: float(text.strip("约次（错）").replace("−", "-")) for name, text in shown.items()}
    assert number["低于0.15"] == pytest.approx(100 * (share < 0.15).mean(), abs=4)
    assert number["低于0.15"] + number["不低于0.15"] == 100
    ends = np.quantile(share, [0.025, 0.975])
    assert [number["最低算成"], number["最高算成"]] == pytest.approx(ends, abs=0.04)
    naive = 7 * between / (7 * between + 8 * 9 * within)
    assert number["不扣运气，平均"] == pytest.approx(naive.mean(), abs=0.03)
    assert answer.sentence.endswith("真的不低于0.15。")
    assert ["（错）" in shown[side] for side in ("低于0.15", "不低于0.15")] == [True, False]
    right = explore_shares(0.15, [10], [0.1], [8]).all_states()[0]
    assert ["（错）" in row[1] for row in right.rows[-2:]] == [False, True]
    assert right.sentence.endswith("真的也低于0.15。")


def test_every_state_of_the_explorer_can_be_shown():
    explorer = explore_shares()
    states = explorer.all_states()
    assert len(states) == 200
    assert len(explorer.page()) < 60_000
    assert all(0 <= value <= 100 for state in states for value in state.panels[1].values)

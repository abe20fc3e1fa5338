"""Figures of agreement: what is drawn, and what a reader hears who cannot see it."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from balancelib.figures import explore_kappa, leaning_rows, review_grid
from balancelib.measures.agreement import kappa_at

VERDICTS = {"reject": "不通过", "mend": "修改", "pass": "通过"}


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def test_a_blank_is_drawn_as_nothing_and_the_worst_come_first():
    table = pd.DataFrame({"R1": ["pass", "reject"], "R2": ["mend", None]}, index=["M1", "M2"])
    axes = review_grid(table, VERDICTS)
    drawn = {(text.get_position()): text.get_text() for text in axes.texts}
    assert drawn == {(0, 0): "×", (1, 0): "○", (1, 1): "△"}
    said = axes.figure.alternative_text
    assert "R1：不通过1份，修改0份，通过1份；R2：不通过0份，修改1份，通过0份" in said


def test_who_is_stricter_stands_above():
    table = pd.DataFrame(
        {"leaning": [0.5, -0.6], "low": [0.2, np.nan], "high": [0.8, np.nan], "materials": [9, 2]},
        index=["R1", "R2"],
    )
    axes = leaning_rows(table)
    assert [text.get_text() for text in axes.get_yticklabels()] == ["R2", "R1"]
    assert "R2−0.60级；R1+0.50级，区间+0.20到+0.80" in axes.figure.alternative_text


def test_explorer_shows_the_paradox():
    """By hand: .9 and a half: (.9 − .5)/.5; .9 and a tenth: (.9 − .82)/.18."""
    explorer = explore_kappa(kappa_at)
    assert len(explorer.all_states()) == 7 * 6
    at = explorer.beginning
    # of 5 %: (.9 − .905)/.095
    assert at.panels[1].texts == ["−0.05", "0.44", "0.69", "0.76", "0.79", "0.80"]
    assert "碰巧也会有82%一样，κ是0.44" in at.sentence
    low = explorer.at([0, 1])
    assert low.panels[1].texts[:2] == ["不可能", "不可能"]
    assert "最多在20%的材料上说得不一样" in low.sentence

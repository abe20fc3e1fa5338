"""Figures of mobility: what is drawn, and what a reader hears who cannot see it."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from balancelib.figures import explore_schooling, mobility_heat, moves_and_ties
from balancelib.policy import if_schooling, mobility_rates, odds_ratios, transition_matrix

LEVELS = ["小学", "初中", "高中"]


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def table(cells):
    return pd.DataFrame(cells, LEVELS, LEVELS, dtype=float)


def test_heat_table_is_written_and_said():
    axes = mobility_heat(transition_matrix(table([[80, 15, 5], [0, 0, 0], [10, 30, 60]])))
    texts = [text.get_text() for text in axes.texts]
    assert texts == ["80%", "15%", "5%", "—", "—", "—", "10%", "30%", "60%"]
    assert len(axes.patches) == 3
    said = axes.figure.alternative_text
    assert "父母小学的，本人小学80%、初中15%、高中5%" in said
    assert "没有父母是初中的" in said


def test_a_dark_cell_is_written_in_white():
    axes = mobility_heat(transition_matrix(table([[80, 15, 5], [1, 1, 2], [10, 30, 60]])))
    assert [text.get_color() for text in axes.texts[:2]] == ["white", "#000000"]


def test_moves_and_ties_are_drawn_side_by_side_and_said():
    axes = moves_and_ties(
        {"父辈": (0.4, 0.5, 0.1), "子辈": (0.6, 0.3, 0.1)}, {"父辈": (1.5, 1.2, 1.9), "子辈": (1.6, 1.3, 2.0)}
    )
    widths = [round(bar.get_width()) for bar in axes[0].patches]
    assert widths == [40, 60, 50, 30, 10, 10]
    assert axes[1].collections[1].get_offsets().tolist() == [[1.6, 1]]
    said = axes[0].figure.alternative_text
    assert "子辈，高于父母60.0%、与父母同级30.0%、低于父母10.0%，胜算比1.60，区间1.30到2.00" in said


def test_explorer_moves_the_rates_and_not_the_odds_ratio():
    counts = table([[40, 30, 10], [10, 30, 20], [5, 15, 40]])
    explorer = explore_schooling(
        lambda more, tie: if_schooling(counts, more, tie), mobility_rates, lambda t: odds_ratios(t, instead=1)
    )
    states = explorer.all_states()
    assert len(states) == 7 * 6
    # Of 200: 60 above, 110 the same, 30 below. (40 · 30) / (15 · 10) = 8.
    assert explorer.beginning.sentence == (
        "每一级有0%的人多读一级，父母的影响是现在的100%：30.0%的人高于父母，15.0%低于父母；胜算比8.0，现在是8.0。"
    )
    more = explorer.at([6, 4])
    assert "胜算比8.0" in more.sentence
    assert more.panels[0].values[0] > 40
    # No tie: above are 80 · (65 + 70) / 200 + 60 · 70 / 200 = 75 of 200 … of the same margins 55, 75, 70.
    loose = explorer.at([0, 0])
    assert loose.panels[0].values[0] == pytest.approx(100 * (80 * 145 + 60 * 70) / 200**2)
    assert "胜算比1.0" in loose.sentence
    assert np.ptp(loose.panels[1].values) == pytest.approx(0, abs=1e-9)

"""Figures of questions: what is drawn, and what a reader hears who cannot see it."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from balancelib.figures import explore_items, item_dots, option_lines


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def test_only_questions_to_look_at_are_named():
    table = pd.DataFrame(
        {"difficulty": [0.6, 0.1], "discrimination": [0.5, -0.2], "reasons": ["", "疑似答案给错"]},
        index=["Q1", "Q2"],
    )
    axes = item_dots(table, 0.2)
    assert [text.get_text() for text in axes.texts] == ["Q2"]
    assert "2道题" in axes.figure.alternative_text
    assert "要看一看的1道：Q2难度0.10，区分度−0.20" in axes.figure.alternative_text
    assert "没有要看一看的" in item_dots(table.assign(reasons=""), 0.2).figure.alternative_text


def test_the_key_is_thick_and_an_option_of_nobody_is_left_out():
    curves = pd.DataFrame({"pupils": [9, 9], "A": [0.3, 0.9], "B": [0.7, 0.1], "C": [0.0, 0.0]}, index=[1, 2])
    axes = option_lines(curves, "Q1", "A")
    assert [line.get_linewidth() for line in axes.lines] == [3, 1.5]
    assert "A（答案）从30%到90%；B从70%到10%" in axes.figure.alternative_text


def test_explorer_of_questions():
    options = pd.DataFrame(
        {"key": [True, False], "high": [0.2, 0.8], "low": [0.5, 0.5], "correlation": [-0.3, np.nan]},
        index=["A", "B"],
    )
    explorer = explore_items({"Q1": options, "Q2": options}.get, {"Q1": "疑似答案给错", "Q2": ""})
    first, second = explorer.all_states()
    assert first.panels[0].texts == ["20%", "80%"]
    assert first.rows == [["A（答案）", "20%", "50%", "−0.30"], ["B", "80%", "50%", "—"]]
    assert first.sentence == "Q1：选答案的，高分组比低分组少30个百分点。疑似答案给错。"
    assert second.sentence.endswith("看不出毛病。")

"""Figures of the lesson log: value and completeness by day, early and late readings, the day on which one looks."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from balancelib import figures


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


DAYS = pd.to_datetime(["2025-03-03", "2025-03-04"])


def test_a_day_that_is_not_complete_has_no_value():
    table = pd.DataFrame({"held": [0.97, np.nan], "completeness": [1.0, 0.6]}, index=DAYS)
    upper = figures.daily_series(table, "上了的课")
    values = upper.lines[0].get_ydata()
    assert values[0] == pytest.approx(97)
    assert np.isnan(values[1])
    assert "没有报齐的：3月4日报齐60%" in upper.figure.alternative_text
    nothing = figures.daily_series(table.iloc[1:], "上了的课")
    assert "没有一天够得上算上了的课" in nothing.figure.alternative_text


def test_early_and_late_readings():
    table = pd.DataFrame({0: [1.0, np.nan], 3: [0.95, 0.9], "now": [0.92, 0.9]}, index=DAYS)
    axes = figures.backfill_lines(table, "上了的课")
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["当天看", "3天后看", "现在看"]
    assert (
        "当天看和现在看，最多差8.0个百分点；3天后看和现在看，最多差3.0个百分点"
        in axes.figure.alternative_text
    )


def test_the_day_on_which_one_looks():
    table = pd.DataFrame(
        {"expected": [10, 10], "known": [5, 10], "completeness": [0.5, 1], "held": [np.nan, 0.9]},
        index=["甲校", "乙校"],
    )
    (state,) = figures.explore_as_of({"3月3日": table}, "上了的课").all_states()
    assert state.rows == [["甲校", "10", "5", "不给数"], ["乙校", "10", "10", "90.0%"]]
    assert state.panels[0].marked == [True, False]
    with pytest.raises(ValueError, match="学校要一样"):
        figures.explore_as_of({"一": table, "二": table.iloc[:1]}, "上了的课")

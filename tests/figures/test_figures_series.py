"""Figures of one series: what is drawn, and what a reader hears who cannot see it."""

import matplotlib.pyplot as plt
import pandas as pd
import pytest
from samples import sample_county

from balancelib.figures import break_lines, claim_rows, explore_break, placebo_dots
from balancelib.measures import Estimate
from balancelib.progress import find_break, monthly_absence


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def test_lines_are_what_was_seen_and_what_would_have_been():
    months = pd.DataFrame({
        "month": ["2021-12", "2022-03", "2022-04"], "value": [20.0, 15.0, 14.0], "since": [-1, 0, 1],
        "line": [20.0, 15.2, 13.8], "without": [20.0, 19.0, 19.5],
    })  # fmt: skip
    axes = break_lines(months, "2022-03", "缺勤（‰）")
    fitted, without = axes.lines[:2]
    assert fitted.get_ydata().tolist() == [20, 15.2, 13.8]
    assert without.get_xdata().tolist() == [0, 1]
    assert without.get_ydata().tolist() == [19, 19.5]
    assert [text.get_text() for text in axes.get_xticklabels()] == ["2021", "2022"]
    said = axes.figure.alternative_text
    assert "2022-03以前平均20.0，从那时起平均14.5；要是没有做，模型说平均19.2" in said
    assert "最后一个月看到14.0，模型13.8，要是没有做19.5" in said


def test_claims_are_rows_with_their_intervals():
    found = {"before_after": Estimate(-6.1, 0.5, -7, -5.2, 9), "autoregressive": Estimate(-5, 1, -7, -3, 9)}
    axes = claim_rows(found, "变化（‰）", truth=-5.35)
    assert [text.get_text() for text in axes.get_yticklabels()] == ["前后平均", "都放，自相关误差"]
    assert [text.get_text() for text in axes.texts] == ["估计", "−6.1", "−5.0"]
    assert axes.lines[0].get_xdata().tolist() == [-7, -5.2]
    assert axes.lines[-1].get_xdata() == [-5.35, -5.35]
    said = axes.figure.alternative_text
    assert (
        "前后平均−6.1‰，区间−7.0到−5.2；都放，自相关误差−5.0‰，区间−7.0到−3.0；虚线是真实的作用−5.35‰" in said
    )
    assert "虚线" not in claim_rows(found, "变化（‰）").figure.alternative_text


def test_false_dates_are_hollow_and_said():
    dates = pd.DataFrame({
        "month": ["2019-03", "2019-04", "2022-09"], "real": [False, False, True], "value": [0.5, -1.2, -4.0],
        "se": 1.0, "low": [-1.0, -2.2, -6.0], "high": [2.0, -0.2, -2.0],
    })  # fmt: skip
    axes = placebo_dots(dates, "变化（‰）")
    fake, real = axes.collections[1:]
    assert fake.get_offsets().tolist() == [[0, 0.5], [1, -1.2]]
    assert real.get_offsets().tolist() == [[3, -4.0]]
    said = axes.figure.alternative_text
    assert "2个假日期（2019-03到2019-04）从−1.2到+0.5，离0最远的是2019-04的−1.2，区间不含0的1个" in said
    assert "真日期2022-09是−4.0，区间−6.0到−2.0" in said


def test_explorer_moves_date_and_model():
    series = monthly_absence(sample_county(7))
    explorer = explore_break(
        lambda date, way: find_break(series, date, way), ["2021-09", "2022-09"], "2022-09"
    )
    assert len(explorer.all_states()) == 2 * 5
    found = find_break(series, "2022-09")
    start = explorer.beginning
    assert start.panels[0].values == pytest.approx(
        [-found.effect(when).value for when in ("first", "mean", "last")]
    )
    assert "当作2022-09开始（这是文件上的日期），都放，自相关误差" in start.sentence
    assert start.panels[1].values == [found.fit.spread]
    moved = explorer.at([0, 0])  # before and after, a year too early
    assert "文件上的日期是2022-09），前后平均" in moved.sentence
    assert moved.panels[0].values[0] == moved.panels[0].values[2]  # one difference of means
    assert moved.panels[1].values[0] > start.panels[1].values[0]

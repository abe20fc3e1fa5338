"""Figures of monitoring: what is drawn, what a reader hears who cannot see it, and the explorer's answers."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from balancelib.figures import explore_years, funnel_plot, indicator_years, series_chart
from balancelib.policy import funnel
from balancelib.standards import load_standard

STANDARD = load_standard("quality-2017")


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


@pytest.fixture
def by_year():
    """Every indicator at 0.8 times its primary threshold in 2024 and at it in 2025, CV 0.6 and then 0.5."""
    return pd.DataFrame(
        {"year": year, "stage": "primary", "indicator": i.key, "sections": 4, "unknown": 0, "mean": times * i.thresholds["primary"],
         "ratio": times, "cv": cv, "below": below}
        for i in STANDARD.indicators for year, times, cv, below in ((2024, 0.8, 0.6, 3), (2025, 1.0, 0.5, 1))
    )  # fmt: skip


def test_indicators_over_the_years(by_year):
    panels = indicator_years(by_year, STANDARD)
    assert [axes.get_title(loc="left") for axes in panels] == [i.short_label for i in STANDARD.indicators]
    lines = {line.get_label(): line for line in panels[3].get_lines()}
    assert lines["小学"].get_ydata().tolist() == [0.8, 1.0]
    assert set(lines["标准"].get_ydata()) == {1}
    assert "初中" not in lines
    heard = panels[0].figure.alternative_text
    assert heard.count("小学2024年0.80，2025年1.00") == 7


def test_stages_differ_without_colour(by_year):
    both = pd.concat([by_year, by_year.assign(stage="junior", ratio=1.2)])
    lines = indicator_years(both, STANDARD)[0].get_lines()
    assert len({(line.get_linestyle(), line.get_marker()) for line in lines}) == 3


def test_a_series_with_its_limits():
    series = pd.Series([1.0, np.nan, 1.1, 0.5], index=[2021, 2022, 2023, 2024])
    axes = series_chart(series, (0.9, 0.7, 1.1), "甲校，骨干教师", [2024])
    known, *_, marked = axes.get_lines()
    assert known.get_xdata().tolist() == [2021, 2023, 2024]
    assert marked.get_ydata().tolist() == [0.5]
    heard = axes.figure.alternative_text
    assert "2021年1.00，2023年1.10，2024年0.50" in heard
    assert "界限0.70到1.10；有信号的是2024年" in heard
    assert "没有信号" in series_chart(series, (0.9, 0.4, 1.4), "甲校").figure.alternative_text


@pytest.fixture
def result():
    """Twenty schools that expect about 10, one of them with 40 and one with none."""
    count = np.array([10.0] * 18 + [40.0, 0.0])
    rows = pd.DataFrame({
        "year": 2025, "school_id": [f"s{i}" for i in range(20)], "name": [f"学校{i}" for i in range(20)], "stage": "primary",
        "pupils": 1000.0, "indicator": "backbone_teachers", "total": count, "value": count / 10,
    })  # fmt: skip
    return funnel(rows)


def test_a_funnel_names_who_is_outside(result):
    axes = funnel_plot(result, "每百名学生骨干教师（名）", threshold=1)
    assert {text.get_text() for text in axes.texts} == {"学校18", "学校19"}
    heard = axes.figure.alternative_text
    assert "低于界限的1个（学校19）" in heard
    assert "高于界限的1个（学校18）" in heard
    assert "在界限之内的18个" in heard
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("学生数（人）", "每百名学生骨干教师（名）")


def test_a_funnels_limits_are_those_of_the_funnel_and_narrow(result):
    axes = funnel_plot(result, "骨干教师")
    lines = {line.get_label(): line for line in axes.get_lines()}
    lower = lines["99.8%界限"]
    assert np.allclose(lower.get_ydata(), result.limits(lower.get_xdata())[0])
    upper = next(line for line in axes.get_lines() if line.get_label().startswith("_"))
    assert (np.diff(upper.get_ydata()) < 0).all()


def test_the_explorer_says_level_and_dispersion(by_year):
    explorer = explore_years(by_year, STANDARD)
    answer = explorer.at([1, 0])
    assert answer.sentence == (
        "小学，县级以上骨干教师：县均值2024年0.80，2025年1.00名；差异系数0.600变为0.500，超过0.50的年份有2024年。"
    ).replace("名", STANDARD.indicator("backbone_teachers").unit)
    assert [list(row) for row in answer.rows] == [["2024年", "0.80", "0.600", "3/4"], ["2025年", "1.00", "0.500", "1/4"]]  # fmt: skip
    assert [panel.marked for panel in answer.panels] == [[True, False], [True, False]]
    assert len(explorer.all_states()) == 7  # one stage


def test_the_explorer_never_over_the_limit(by_year):
    calm = explore_years(by_year.assign(cv=0.3), STANDARD)
    assert calm.beginning.sentence.endswith("哪一年也没有超过0.50。")


def test_a_year_that_is_not_known_is_neither_over_nor_below(by_year):
    unknown = by_year.copy()
    unknown.loc[
        (by_year["year"] == 2024) & (by_year["indicator"] == "backbone_teachers"), ["mean", "ratio", "cv"]
    ] = np.nan
    answer = explore_years(unknown, STANDARD).at([1, 0])
    assert answer.sentence.startswith("小学，县级以上骨干教师：县均值2024年缺数，2025年1.00")
    assert answer.sentence.endswith("差异系数缺数变为0.500，哪一年也没有超过0.50。")
    assert [panel.marked for panel in answer.panels] == [[False, False], [False, False]]
    assert 'width="0"' in answer.svg()

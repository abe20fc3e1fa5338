"""Figures of a synthetic county: what is drawn, what a reader hears who cannot see it, and what moves."""

from types import SimpleNamespace

import matplotlib.pyplot as plt
import pandas as pd
import pytest

from balancelib.figures import explore_donors, synthetic_panels

YEARS = [2015, 2016, 2017, 2018]
PATHS = pd.DataFrame(
    {"own": [0.4, 0.4, 0.3, 0.3], "synthetic": [0.4, 0.4, 0.38, 0.36], "average": [0.35, 0.34, 0.33, 0.32]},
    index=YEARS,
)
GAPS = pd.DataFrame(
    {
        "本县": [0.001, -0.001, -0.08, -0.06],
        "甲县": [0.002, 0.001, 0.02, 0.01],  # 2.5 times the own squares
        "乙县": [-0.02, 0.03, 0.1, 0.2],
    },
    index=YEARS,
)


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def test_paths_and_gaps_are_drawn():
    upper, lower = synthetic_panels(PATHS, GAPS, 2017, "差异系数")
    drawn = {
        line.get_label(): line.get_ydata().tolist() for line in upper.lines if line.get_label()[0] != "_"
    }
    assert drawn == {
        name: PATHS[c].tolist() for c, name in zip(PATHS, ("本县", "合成的县", "各县平均"), strict=True)
    }
    styles = {tuple(line.get_ydata()): line.get_linestyle() for line in lower.lines}
    assert styles[tuple(GAPS["甲县"])] == "-"
    assert styles[tuple(GAPS["乙县"])] == ":"  # was met poorly before
    assert (
        max(lower.lines, key=lambda line: line.get_linewidth()).get_ydata().tolist() == GAPS["本县"].tolist()
    )
    assert upper.get_ylabel().startswith("差异系数")
    assert {
        line.get_xdata()[0]
        for axes in (upper, lower)
        for line in axes.lines
        if len(set(line.get_xdata())) == 1
    } == {2016.5}


def test_the_numbers_are_said():
    said = synthetic_panels(PATHS, GAPS, 2017, "差异系数")[0].figure.alternative_text
    assert "2016年本县0.400，合成的县0.400，各县平均0.340；2018年本县0.300，合成的县0.360" in said
    assert "本县2017年以前最多差0.001，以后平均−0.070" in said
    assert "别的2个县以后平均在+0.015到+0.150之间，其中改革前拼得像的1个，在+0.015到+0.015之间" in said


def test_nobody_met_as_well_is_said():
    said = synthetic_panels(PATHS, GAPS[["本县", "乙县"]], 2017, "差异系数")[0].figure.alternative_text
    assert "没有一个改革前拼得像" in said


def build(left_out, since):
    if since == 2016:
        raise ValueError("年份太少。")
    without = 0.01 * len(left_out)
    paths = PATHS.assign(gap=PATHS["own"] - PATHS["synthetic"] + without)
    weights = pd.Series({"甲县": 0.7, "乙县": 0.2, "丙县": 0.1}).drop(list(left_out))
    found = SimpleNamespace(
        paths=paths, weights=weights, since=since, pre=0.002, effect=-0.07 + without, ratio=35.0
    )
    return found, SimpleNamespace(table=GAPS.T, rank=1, p=1 / 3)


def test_explorer_moves_with_the_county_and_the_year():
    explorer = explore_donors(build, ["甲县", "乙县"], [2016, 2017, 2018], 2017)
    assert len(explorer.all_states()) == 3 * 3
    assert explorer.controls["since"].words == ["2016年", "2017年", "2018年"]
    start = explorer.beginning
    assert start.sentence == (
        "从2017年算起：本县从这一年起平均低0.070；以前的误差0.0020，以后的误差是它的35.0倍，在3个县里排第1，p＝0.33。"
    )
    assert start.panels[0].labels == ["2016年", "2017年", "2018年"]
    assert start.panels[0].values == pytest.approx([0, 0.08, 0.06])
    assert list(start.panels[0].marked) == [True, False, False]  # before
    assert start.panels[1].values == pytest.approx([70, 20, 10])
    assert start.rows[1] == ["2017年", "0.300", "0.380", "−0.080"]
    left_out = explorer.at([1, 1])
    assert left_out.panels[0].values == pytest.approx([-0.01, 0.07, 0.05])
    assert left_out.panels[1].values == pytest.approx([0, 20, 80])
    assert left_out.panels[0].texts[0] == "−0.010"


def test_explorer_says_where_nothing_can_be_told():
    answer = explore_donors(build, ["甲县"], [2016, 2017], 2017).at([0, 0])
    assert answer.sentence == "年份太少。"
    assert {text for panel in answer.panels for text in panel.texts} == {"—"}
    assert {cell for row in answer.rows for cell in row[1:]} == {"—"}


def test_page_of_the_explorer_has_no_number_that_is_none():
    page = explore_donors(build, ["甲县"], [2016, 2017], 2017).page()
    assert "nan" not in page.lower()

"""Figures of target paths and of the board: what is drawn, and what a reader hears who cannot see it."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from balancelib.figures import explore_plan, explore_target_path, holding_bars, pace_and_path, traffic_board
from balancelib.progress import effort, load_board_rules, logistic_path, pace

LIGHTS = {key: (light.sign, light.word) for key, light in load_board_rules().lights.items()}


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def test_pace_and_path_are_drawn_and_said():
    known = pd.Series([0.5, 0.6, np.nan, 0.8], index=range(2022, 2026))
    ahead = pace([2022, 2023, 2025], [0.5, 0.6, 0.8], [2026, 2027, 2028])
    path = pd.Series([0.8, 0.9, 1.0], index=[2025, 2026, 2027])
    axes = pace_and_path(known, ahead, path, "生均图书与标准之比")
    lines = {line.get_label(): line for line in axes.lines}
    assert lines["已经有的"].get_xdata().tolist() == [2022, 2023, 2025]
    assert lines["目标路径"].get_ydata().tolist() == pytest.approx([80, 90, 100])
    said = axes.figure.alternative_text
    assert "2023年60%，2025年80%" in said
    assert "照现在的步子，2028年110%" in said


def test_counts_stand_in_their_bars():
    counts = pd.DataFrame({"会达标": [3, 0], "到不了": [2, 0]}, index=["图书", "计算机"])
    axes = holding_bars(counts)
    assert [text.get_text() for text in axes.texts] == ["3", "2"]
    assert "图书：会达标3个，到不了2个；计算机：一个也没有" in axes.figure.alternative_text
    with pytest.raises(ValueError, match="最多"):
        holding_bars(pd.DataFrame([[1] * 5], columns=list("abcde")))


def test_the_board_has_sign_word_and_change_in_every_cell():
    found = pd.DataFrame({"stage": ["primary", "junior"], "indicator": "books", "colour": ["red", "green"], "below": [3, 0], "before": [5, 0], "sections": 9, "unknown": 0.0})  # fmt: skip
    names = {"primary": "小学", "junior": "初中"}, {"books": "图书"}
    axes = traffic_board(found, LIGHTS, names)
    texts = [text.get_text() for text in axes.texts]
    assert texts == ["■", "要管", "低于标准5→3个", "●", "按计划", "没有低于标准的"]
    assert axes.patches[0].get_facecolor() != axes.patches[1].get_facecolor()
    said = axes.figure.alternative_text
    assert "小学图书要管，低于标准5个变成3个；初中图书按计划，没有低于标准的" in said


@pytest.mark.parametrize(
    ("below", "before", "unknown", "said"),
    [
        (0, 0, 9, "9个都没有数"),
        (0, 0, 3, "低于标准0个，缺3个"),
        (4, 2, 3, "低于标准2→4个，缺3个"),
        (4, 4, 0, "低于标准4个，没变"),
        (0, 2, 0, "低于标准2→0个"),
    ],
)
def test_what_is_not_known_is_not_said_to_hold(below, before, unknown, said):
    found = pd.DataFrame([{"stage": "primary", "indicator": "books", "colour": "grey", "below": below, "before": before, "sections": 9, "unknown": unknown / 9}])  # fmt: skip
    axes = traffic_board(found, LIGHTS, ({"primary": "小学"}, {"books": "图书"}))
    assert axes.texts[-1].get_text() == said


def test_the_path_is_moved():
    def targets(now, years):
        return logistic_path(6 * now, effort(6 * now, 6, years), np.arange(1, years + 1)) / 6

    found = explore_target_path(targets, nows=(50, 80), years=(2, 4))
    assert len(found.all_states()) == 4
    first = found.answer(50, 2)
    assert len(first.rows) == 4
    assert first.rows[1][1:] == ["100.0%", "25.8"]
    assert [row[2] for row in first.rows[2:]] == first.panels[1].texts[2:] == ["—", "—"], (
        "no step once it holds"
    )
    assert "50%，2年达标" in first.sentence
    assert "平摊是每年25.0个" in first.sentence
    assert "要多得最多的是第2年，25.8个百分点" in first.sentence
    assert found.answer(80, 4).sentence.endswith("每年都和平摊差不多，5.0个百分点。")
    steps = explore_target_path(targets).answer(40, 2).panels[1].texts
    assert steps[2:] == ["—"] * 6, "what is left over by rounding is no step"


def test_year_and_budget_are_moved():
    levels = pd.DataFrame({"until": [2026, 2026, 2027, 2027], "year": [2026, 2027] * 2, "money": [90.0, 10, 60, 50], "milestones": [3, 0, 2, 1]})  # fmt: skip
    found = explore_plan(levels, [50, 100])
    assert len(found.all_states()) == 4
    late = found.answer(2027, 50)
    assert [row[3] for row in late.rows] == ["超支", "够"]
    assert "2026年超支，最多超10万元" in late.sentence
    assert "没有一年超支" in found.answer(2026, 100).sentence
    assert "一共要90万元" in found.answer(2026, 100).sentence
    with pytest.raises(ValueError, match="每一年"):
        explore_plan(levels.iloc[:3], [50])

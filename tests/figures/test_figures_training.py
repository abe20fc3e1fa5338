"""The figures of training hours say what was counted."""

import matplotlib.pyplot as plt
import pandas as pd
import pytest

from balancelib.figures import completion_bars, explore_training
from balancelib.figures.training import PARTS, WAYS
from balancelib.teachers.training import STATUS
from balancelib.teachers.training_why import WAYS as SOLVED

AREAS = {"urban": "城区", "rural": "乡村"}
SUMMARY = pd.DataFrame({"done": [80, 30], "short": [18, 70], "unknown": [2, 0]}, index=list(AREAS))
BUDGETS = (10_000, 50_000)


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


@pytest.fixture
def levels():
    """Numbers that can be told apart."""
    rows = [(b, way, 10 * (i + 1) + j, i + 1, 9 * (i + 1) + j, 1000.0 * (i + j + 1))
            for i, b in enumerate(BUDGETS) for j, way in enumerate(WAYS)]  # fmt: skip
    return pd.DataFrame(rows, columns=["budget", "way", "completed", "rural", "other", "filled"])


def test_bars_end_at_a_hundred_and_say_their_shares():
    axes = completion_bars(SUMMARY, AREAS)
    ends = [sum(bar.get_width() for bar in bars) for bars in zip(*axes.containers, strict=True)]
    assert ends == pytest.approx([100, 100])
    assert [text.get_text() for text in axes.texts] == ["80%", "30%"]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["城区", "乡村"]
    said = axes.figure.alternative_text
    assert "城区：已满80.0%，还差18.0%，记录不全2.0%；乡村：已满30.0%，还差70.0%。" in said


def test_parts_differ_without_colour_and_are_the_room_s():
    axes = completion_bars(SUMMARY, AREAS)
    assert len({bars[0].get_hatch() for bars in axes.containers}) == len(PARTS)
    assert {name: label for name, (label, _) in PARTS.items()} == STATUS


def test_ways_are_those_of_the_plan():
    assert list(WAYS) == list(SOLVED)


def test_each_state_tells_its_row(levels):
    explorer = explore_training(levels, 60, BUDGETS, start=50_000)
    states = iter(explorer.all_states())
    for budget in BUDGETS:
        for way in WAYS:
            row = levels[(levels["budget"] == budget) & (levels["way"] == way)].iloc[0]
            answer = next(states)
            assert answer.panels[0].values == [row["completed"], row["rural"], 60 - row["completed"]]
            assert answer.panels[1].values == [row["filled"]]
            assert (
                f"补齐{row['completed']}名，其中乡村{row['rural']}名，一共补上{row['filled']:,.0f}学时"
                in answer.sentence
            )
            assert all(v <= panel.top for panel in answer.panels for v in panel.values)
    assert explorer.beginning.sentence.startswith("5万元，补齐的人最多，乡村不落后：")

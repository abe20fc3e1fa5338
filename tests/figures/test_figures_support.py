"""Figures of a budget for care: what is drawn, and what a reader hears who cannot see it."""

import matplotlib.pyplot as plt
import pandas as pd
import pytest

from balancelib.figures import budget_bars, explore_support
from balancelib.groups import plan_support, support_levels

NEEDS = pd.DataFrame({"township": ["东乡"], "alone": 8.0, "far": 20.0, "free": 4.0, "new": 0.0}, index=["s"])


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def levels():
    return support_levels(plan_support(NEEDS, 50_000, 0), [30_000, 58_000, 150_000])


def test_what_is_due_stands_first(levels):
    # With a bus that has room for all, nobody needs a bed.
    axes = budget_bars(levels)
    width = [[round(bar.get_width(), 2) for bar in use] for use in axes.containers]
    assert width == [[3, 5, 5], [0, 0.48, 0.48], [0, 0.32, 0], [0, 0, 8]]
    said = axes.figure.alternative_text
    assert "该给的一共5.0万元" in said
    assert "15万元，该给的5.0万元、走访0.5万元、寄宿0.0万元、校车8.0万元" in said


def test_explorer_says_what_is_lacking_and_who_is_helped(levels):
    explorer = explore_support({"一样重": levels, "走访重": levels}, 8, 20)
    short, middle, rich = (explorer.at([i, 0]) for i in range(3))
    assert short.sentence == "预算3万元，该给的还差2.0万元：别的都排不了，先把差的数报上去。"
    assert middle.panels[0].values == [8, 4, 0]
    assert rich.rows == [["要走访的", "8", "0"], ["住得远的", "20", "0"]]
    assert "校车1辆接20名" in rich.sentence
    assert len(explorer.all_states()) == 6

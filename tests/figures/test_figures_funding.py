"""Figures of money: the explorer of the formula answers with the library's numbers; texts for blind readers hold what is drawn."""

import re

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from balancelib import figures
from balancelib.figures.explorers import MOST_STATES
from balancelib.figures.formula import JUNIOR, LEAST, RURAL
from balancelib.figures.style import to_png
from balancelib.measures import cv, quantile
from balancelib.resources import RUNNING_COSTS, Formula, formula_need

# In an order that is not that of their groups, so that a school's money is never taken for another's.
SCHOOLS = pd.DataFrame(
    {
        "pupils_primary": [400, 0, 40, 0], "pupils_junior": [0, 300, 0, 150], "boarders": [0, 0, 0, 100], "pupils_special": 0,
        "area": ["urban", "urban", "rural", "rural"], "group": ["城区", "城区", "乡村", "乡村"], "pupils": [400, 300, 40, 150],
    },
    index=["d", "b", "c", "a"],
)  # fmt: skip
BUDGET = formula_need(SCHOOLS, RUNNING_COSTS)["total"].sum()


def money(junior, least, rural):
    per_pupil = {"pupils_primary": 720, "pupils_junior": 720 * junior}
    need = formula_need(SCHOOLS, Formula(per_pupil, {"boarders": 300}, least, {"rural": rural}))["total"]
    return (need * BUDGET / need.sum()).sort_index()


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def explorer():
    return figures.explore_formula(SCHOOLS[["pupils", "group"]], money)


def test_at_the_start_nobody_moves(explorer):
    assert [row[-1] for row in explorer.beginning.rows] == ["0", "0"]
    assert "0所多得，0所少得，4所差不多" in explorer.beginning.sentence


def test_a_move_by_hand(explorer):
    """The small school, no longer raised to 100, loses 60 × 720 of 72,000; what it loses goes to all in proportion to need.

    At 720 and 943.2 (1.31): 288,000, 282,960, 28,800, and 141,480 with 30,000 for boarders; together 771,240.
    """
    need = np.array([288_000, 282_960, 28_800, 171_480])
    moved = explorer.answer(1.31, 0, 1.0)
    scale = BUDGET / need.sum()
    shares = [100 * need[:2].sum() / need.sum(), 100 * need[2:].sum() / need.sum()]
    assert [row[2] for row in moved.rows] == [f"{share:.1f}%" for share in shares]
    assert [row[3] for row in moved.rows] == [
        f"{need[:2].sum() * scale / 700:,.0f}",
        f"{need[2:].sum() * scale / 190:,.0f}",
    ]
    assert "3所多得，1所少得，0所差不多" in moved.sentence
    gap = cv(need / SCHOOLS["pupils"].to_numpy(), weights=SCHOOLS["pupils"])
    assert f"差异系数{gap:.3f}" in moved.sentence
    assert moved.panels[1].values == [3, 0, 1]


def test_changes_of_groups_cancel_in_every_state(explorer):
    """The budget stays: what some gain others lose, to the rounding of the table."""
    states = explorer.all_states()
    assert len(states) == len(JUNIOR) * len(LEAST) * len(RURAL) <= MOST_STATES
    for state in states:
        changes = [float(row[-1].replace("−", "-")) for row in state.rows]
        assert sum(changes) == pytest.approx(0, abs=0.11)
        assert sum(state.panels[1].values) == 4


def test_money_that_grows_with_the_weights_is_refused():
    with pytest.raises(ValueError, match="总数不同"):
        figures.explore_formula(SCHOOLS[["pupils", "group"]], lambda *w: money(*w) * w[2])
    with pytest.raises(ValueError, match="start是"):
        figures.explore_formula(SCHOOLS[["pupils", "group"]], money, start=(1.33, 100, 1.0))


COUNTIES = ["甲县", "乙县", "丙县"]
DRAWN = {
    "size": lambda: figures.money_by_size(
        [17, 400, 900], [72_000, 288_000, 648_000], ["教学点", "小学", "小学"]
    ),
    "corridor": lambda: figures.corridor_dots(
        [100, 100, 100], [80, 103, 150], [95, 103, 110], ["floor", "", "ceiling"], -0.05, 0.1
    ),
    "before_after": lambda: figures.before_after(COUNTIES, [60, 80, 110], [85, 85, 110], "经费÷需要（%）"),
    "quantiles": lambda: figures.quantile_lines(
        {"以前": ([1, 2, 9], [1, 1, 1]), "以后": ([3, 4, 9], [1, 2, 1])}, "生均支出（美元）"
    ),
    "distances": lambda: figures.distance_dots([1, 2, 1.5, 9], 4, ["甲", "乙", "丙", "丁"]),
}


@pytest.mark.parametrize("name", DRAWN)
def test_every_figure_is_drawn_with_its_text(name):
    figure = DRAWN[name]().figure
    png, about = to_png(figure)
    assert png.startswith(b"\x89PNG")
    assert about["alt"] == figure.alternative_text
    assert about["width"] <= 560


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("size", ["教学点1所，4,235到4,235元", "小学2所，720到720元"]),  # 72,000 / 17
        ("corridor", ["−20.0%", "+50.0%", "停在下限1所", "上下限之内1所"]),
        ("before_after", ["甲县从60到85", "丙县从110到110"]),
        ("distances", ["界限以外有1行：丁9.0"]),
    ],
)
def test_texts_say_what_is_drawn(name, said):
    text = DRAWN[name]().figure.alternative_text
    for part in said:
        assert part in text


def test_lines_are_the_librarys_quantiles():
    axes = DRAWN["quantiles"]()
    line = axes.lines[1].get_ydata()
    assert line[49] == quantile([3, 4, 9], 0.5, weights=[1, 2, 1]) == 4
    assert re.search("以后第5、50、95百分位是3、4、9", axes.figure.alternative_text)

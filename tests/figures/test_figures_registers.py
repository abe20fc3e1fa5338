"""Figures of registers: what is drawn and said is what the counts say."""

import pandas as pd
import pytest

from balancelib.figures import explore_registers, overlap_grid, register_ranges, township_ranges
from balancelib.groups.atoms import bounds

SIZES = {"学籍": 60, "民政": 50, "村居": 40}
BOTH = {("学籍", "民政"): 45, ("民政", "村居"): 30}


def test_each_register_and_each_range_has_a_row():
    axes = register_ranges(SIZES, {"只看各册": (60, 150), "加上比对": (65, 90)}, truth=70)
    assert [label.get_text() for label in axes.get_yticklabels()] == [*SIZES, "只看各册", "加上比对"]
    assert [(bar.get_x(), bar.get_width()) for bar in axes.patches] == [(60, 90), (65, 25)]
    said = axes.figure.alternative_text
    assert "民政50人" in said
    assert "加上比对65至90人" in said
    assert "真实人数70人" in said
    assert "真实" not in register_ranges(SIZES, {"只看各册": (60, 150)}).figure.alternative_text


def test_townships_are_drawn_in_their_order_with_both_ranges():
    table = pd.DataFrame(
        [[30, 90, 35, 60, 25], [20, 50, 21, 25, 4]],
        index=["甲镇", "乙乡"], columns=["alone_least", "alone_greatest", "least", "greatest", "width"],
    )  # fmt: skip
    axes = township_ranges(table, {"甲镇": 40, "乙乡": 20})
    assert [(bar.get_x(), bar.get_width()) for bar in axes.patches] == [(30, 60), (20, 30), (35, 25), (21, 4)]
    said = axes.figure.alternative_text
    assert said.index("甲镇") < said.index("乙乡")
    assert "甲镇只看各册30至90，加上核对35至60，真实40" in said
    for unknown in (None, {"甲镇": 40}):
        assert "真实" not in township_ranges(table, unknown).figure.alternative_text


def test_pairs_are_joined_dots_and_shares_of_the_shorter():
    counts = pd.DataFrame(
        [[60, 50, 45], [50, 40, 30]],
        index=pd.MultiIndex.from_tuples(
            [("school", "civil"), ("civil", "village")], names=["first", "second"]
        ),
        columns=["n_first", "n_second", "both"],
    )
    names = {"health": "卫健", "school": "教育（学籍）", "civil": "民政", "village": "村（居）"}
    dots, bars = overlap_grid(counts, names)
    assert [label.get_text() for label in dots.get_xticklabels()] == ["教育", "民政", "村居"]
    assert [list(line.get_xdata()) for line in dots.lines] == [[0, 1], [1, 2]]
    assert [bar.get_width() for bar in bars.patches] == pytest.approx([90, 75])
    assert "教育（学籍）60人和民政50人，都有45人，占小的一册90%" in dots.figure.alternative_text


def test_explorer_narrows_with_each_pair_and_widens_with_wrong_entries():
    def found(compared, wrong):
        stray = {name: int(n * wrong) for name, n in SIZES.items()}
        return bounds(SIZES, dict(list(BOTH.items())[:compared]), stray)

    explorer = explore_registers(found, ["学籍和民政", "民政和村居"], SIZES, truth=70)
    assert len(explorer.all_states()) == 3 * 6
    # 60 + 50 − 45 = 65, and of the third 40 − 30 = 10 may be new: at most 75.
    assert (
        explorer.beginning.sentence
        == "核对了2对，每本名册最多有0%是错的：最少65人，最多75人，差10人，真实人数在里面。"
    )
    none = explorer.at([0, 0])
    assert none.panels[0].values == [60, 150]
    assert [row[1] for row in explorer.at([1, 0]).rows] == ["核对过", "没有核对"]
    widths = [explorer.at([2, k]).panels[1].values[0] for k in range(6)]
    assert widths == sorted(widths)
    assert "真实" not in explore_registers(found, ["一", "二"], SIZES).beginning.sentence

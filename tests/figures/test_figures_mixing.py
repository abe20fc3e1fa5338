"""Figures of how a group is spread, and of resource rooms: what they draw, say, and do not tell."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from balancelib.figures import (
    beside_chance,
    change_steps,
    explore_places,
    explore_rooms,
    reach_curve,
    room_map,
    share_moves,
)
from balancelib.figures.rooms import rounded_children
from balancelib.measures import dissimilarity, segregation_change

BEFORE, AFTER = np.array([[4, 96], [20, 60], [9, 30.0]]), np.array([[10, 90], [45, 45], [9, 21.0]])


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


def words(axes):
    return np.ravel(axes)[0].figure.alternative_text


def test_chance_is_a_band_and_the_index_a_dot():
    indices = pd.DataFrame({"dissimilarity": [0.4, 0.1], "expected": [0.2, 0.1], "low": [0.15, 0.05], "high": [0.26, 0.16]})  # fmt: skip
    axes = beside_chance(indices, ["小学", "初中"])
    assert [patch.get_x() for patch in axes.patches] == [0.15, 0.05]
    assert [patch.get_width() for patch in axes.patches] == pytest.approx([0.11, 0.11])
    assert words(axes).startswith(
        "点和区间图，差异指数：小学实际0.40，碰运气平均0.20，多半在0.15到0.26；初中实际0.10"
    )


def test_steps_end_where_the_second_year_is():
    change = segregation_change(BEFORE, AFTER, dissimilarity)
    axes = change_steps({"小学": change}, "差异指数")
    before, composition, structure, after = axes.patches
    assert before.get_width() == pytest.approx(change.before)
    assert composition.get_width() == pytest.approx(abs(change.composition))
    ends = [structure.get_x(), structure.get_x() + structure.get_width()]
    assert min(abs(end - change.after) for end in ends) < 1e-9
    assert after.get_width() == pytest.approx(change.after)
    assert f"从{change.before:.3f}到{change.after:.3f}" in words(axes)


def test_opened_schools_have_a_step_of_their_own():
    opened = segregation_change(np.vstack([BEFORE, [0, 0]]), np.vstack([AFTER, [40, 0]]), dissimilarity)
    labels = [text.get_text() for text in change_steps({"小学": opened}, "差异指数").get_yticklabels()]
    assert labels == [
        "小学：开头一年",
        "构成：人多了、校大了",
        "结构：谁去哪所学校",
        "新开的学校",
        "最后一年",
    ]


def test_share_moves_says_no_decimals():
    effects = pd.DataFrame({"name": ["甲校"], "before": [0.0018], "after": [0.1157], "as_before": [0.0038], "effect": [0.082]})  # fmt: skip
    assert words(share_moves(effects)) == "点图，这一类学生占本校的比例：甲校从0%到12%，位置不变该是0%。"


def test_buying_places_lifts_the_rate_and_not_the_mixture():
    def outcome(bought, moved, more):
        return {
            "rate": (80 + bought + moved) / 100, "dissimilarity": 0.5 - moved / 100, "isolation": 0.1, "share": 0.05, "placed": 80 + bought + moved, "pupils": 100 + more,
        }  # fmt: skip

    explorer = explore_places(outcome, [0, 10], [0, 10], [0, 20])
    assert len(explorer.all_states()) == 8
    start, bought, moved = explorer.beginning, explorer.at([1, 0, 0]), explorer.at([0, 1, 0])
    assert "公办和购买的比例80.0%，不过85%；差异指数50.0%" in start.sentence
    assert "公办和购买的比例90.0%，过85%；差异指数50.0%" in bought.sentence
    assert "差异指数40.0%" in moved.sentence
    assert start.panels[0].marked == [True]
    assert "{" not in explorer.page()[:50]


def test_numbers_of_children_are_rounded():
    assert [rounded_children(n) for n in (0, 1, 4, 5, 12, 13)] == ["0名", "不足5名", "不足5名", "约5名", "约10名", "约15名"]  # fmt: skip


def test_reach_curve_counts_schools_not_children():
    axes = reach_curve({"城区": [0, 1, 2, 3], "乡村": [4, np.inf]}, 2.5)
    assert (
        words(axes)
        == "累计曲线，各校到最近的资源教室或特教学校：城区4所，2.5公里以内75%；乡村2所，2.5公里以内0%。"
    )
    assert axes.lines[1].get_ydata().max() == 50


def test_reach_curve_without_any_road():
    assert "0%" in words(reach_curve({"乡村": [np.inf, np.inf]}, 5))


def town():
    at = np.array([[0, 0], [3, 0], [9, 0], [30, 4.0]])
    names = list("abcd")
    return pd.DataFrame(np.hypot(*(at[:, None] - at[None]).T), names, names)


def test_room_map_names_what_is_out_of_reach():
    axes = room_map(town(), pd.Series({"a": "甲校", "b": "乙校", "c": "丙校", "d": "丁校"}), ["a"], ["c"], 5)
    assert words(axes) == "位置图，1处有资源教室或特教学校。新开在丙校。5公里以内没有的：丁校。"
    assert [len(points.get_offsets()) for points in axes.collections[:4]] == [1, 1, 1, 1]


def test_room_map_where_all_are_reached():
    names = pd.Series({"a": "甲校", "b": "乙校", "c": "丙校", "d": "丁校"})
    assert words(room_map(town(), names, ["a"], [], 50)).endswith("所有学校50公里以内都有。")


LEVELS = pd.DataFrame({
    "within": [5, 5, 10, 10], "new": [0, 1, 0, 1], "placed": [20.0, 28, 24, 31], "full": [3.0, 2, 7, 1], "far": [9.0, 2, 1, 0],
    "mean_km": [1.0, 1.5, np.nan, 2.0], "opened": [(), ("a",), (), ("b",)], "proven": True,
})  # fmt: skip


def test_explorer_of_rooms_rounds_and_names_the_places():
    explorer = explore_rooms(LEVELS, pd.Series({"a": "甲校", "b": "乙校"}))
    said = [state.sentence for state in explorer.all_states()]
    assert said[0] == "最远5公里，新开0间：约20名有位子，不足5名够得着但满了，约10名够不着；有位子的平均单程1.0公里。新开在：不新开。"  # fmt: skip
    assert said[3].endswith("新开在：乙校。")
    texts = [text for state in explorer.all_states() for text in state.panels[0].texts]
    assert not {"3名", "2名", "1名", "9名"} & set(texts)
    with pytest.raises(ValueError, match="各一行"):
        explore_rooms(LEVELS.iloc[:3], pd.Series(dtype=str))


def test_more_rooms_than_help_are_said():
    rows = LEVELS.assign(new=[0, 2, 0, 2])
    explorer = explore_rooms(rows, pd.Series({"a": "甲校", "b": "乙校"}))
    assert "（1间就够，再开不多一个位子）" in explorer.at([0, 1]).sentence


def test_neither_bars_nor_kilometres_tell_what_words_hide():
    """One child and four are drawn alike, or the bar would say which; where nobody has a place, no road of 0 km is said."""
    rows = LEVELS.iloc[:2].assign(placed=[0.0, 28], full=[1.0, 4], mean_km=[np.nan, 1.5])
    nobody, some = explore_rooms(rows, pd.Series({"a": "甲校"})).all_states()
    assert nobody.panels[0].values[:2] == [0, 5]
    assert some.panels[0].values[1] == 5
    assert nobody.sentence.startswith(
        "最远5公里，新开0间：0名有位子，不足5名够得着但满了，约10名够不着；有位子的平均单程—。"
    )
    assert 'width="0"' in nobody.panels[1].svg()


def test_a_rate_just_below_the_line_does_not_look_to_be_on_it():
    found = dict.fromkeys(("dissimilarity", "isolation", "share", "placed", "pupils"), 0.5)
    below, on = (explore_places(lambda *_, rate=rate: found | {"rate": rate}, [0], [0], [0]).beginning for rate in (0.84996, 0.85 - 1e-17))  # fmt: skip
    assert "公办和购买的比例84.996%，不过85%" in below.sentence
    assert "公办和购买的比例85.0%，过85%" in on.sentence

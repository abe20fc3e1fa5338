"""Figures of cohorts: steps that add up, verdicts as judged, transfers that turn them."""

import pandas as pd
import pytest

from balancelib.figures import cohort_waterfall, explore_transfers, retention_rows
from balancelib.groups.cohorts import judged, recounted, retention

NAMES = [
    "entrants",
    "transfers_in",
    "transfers_out",
    "deaths",
    "dropouts",
    "returned",
    "suspended",
    "graduates",
]
FLOWS = pd.DataFrame(
    [[100, 3, 20, 0, 4, 1, 0, 80], [200, 0, 10, 1, 0, 0, 0, 189], [40, 0, 0, 0, 0, 0, 0, 42]],
    index=["甲", "乙", "丙"],
    columns=NAMES,
    dtype=float,
)


def test_the_steps_lead_from_entrants_to_graduates():
    axes = cohort_waterfall(FLOWS.loc["丙"])
    assert "入学40人" in axes.figure.alternative_text
    assert "对不上+2" in axes.figure.alternative_text
    axes = cohort_waterfall(FLOWS.loc["甲"])
    heights = {round(bar.get_x() + bar.get_width() / 2): bar.get_height() for bar in axes.patches}
    assert heights == {0: 100, 8: 80, 1: 3, 5: 1, 2: 20, 4: 4}
    assert [text.get_text() for text in axes.texts][:4] == ["100", "+3", "−20", "0"]
    axes.figure.draw_without_rendering()


def test_a_cohort_of_nobody_is_drawn():
    assert "毕业0人" in cohort_waterfall(0 * FLOWS.loc["甲"]).figure.alternative_text


def test_schools_are_in_order_with_their_verdicts():
    axes = retention_rows(judged(retention(FLOWS)), {"甲": "第一中学", "乙": "第二中学", "丙": "第三中学"})
    assert [label.get_text() for label in axes.get_yticklabels()] == ["第一中学", "第二中学", "第三中学"]
    said = axes.figure.alternative_text
    assert "第一中学97.0%，区间91.5%到99.0%，区间跨着线" in said
    assert "第二中学100.0%，区间98.1%到100.0%，区间都在线上" in said
    assert "第三中学105.0%，账对不上或超过100%" in said


def test_explorer_turns_the_verdict_with_the_transfers():
    def found(group, share):
        rows = {
            key: recounted(row, round(share * row["transfers_out"]))
            for key, row in FLOWS.loc[["甲", "乙"]].iterrows()
        }
        of = FLOWS["entrants"] - FLOWS["deaths"]
        return pd.DataFrame({"kept": [c.true * of[k] for k, c in rows.items()], "of": [of[k] for k in rows]})

    explorer = explore_transfers(found, {"all": "全体学生", "left_behind": "农村留守儿童"})
    assert len(explorer.all_states()) == 2 * 11
    assert explorer.beginning.sentence == (
        "全体学生，转出里有0%其实是辍学：改记0人，巩固率从99.0%变成99.0%，达到95%；低于线的学校0所。"
    )
    # 30 transfers out of 299: (97 + 199 − 30) / 299.
    last = explorer.at([0, 10])
    assert last.sentence.endswith("改记30人，巩固率从99.0%变成89.0%，没有达到95%；低于线的学校2所。")
    assert last.panels[0].values[1] + 70 == pytest.approx(100 * 266 / 299)


def test_a_rate_just_below_the_line_does_not_look_to_reach_it():
    found = pd.DataFrame({"kept": [94.996], "of": [100.0]})
    said = explore_transfers(lambda *_: found, {"all": "全体学生"}).beginning.sentence
    assert said.endswith("巩固率从94.996%变成94.996%，没有达到95%；低于线的学校1所。")

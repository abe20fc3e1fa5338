"""The board: a county of ten schools worked by hand, rules as data, what a leader reads."""

import pandas as pd
import pytest
from samples import sample_county

from balancelib.assess import indicator_history
from balancelib.county import Lacking
from balancelib.progress import board, board_sentence, load_board_rules, off_track, target_paths
from balancelib.progress.board import RULES, WHY, BoardRulesError


def history_of(before, now):
    """A stage of schools with their ratios of two years, threshold 1."""
    rows = [
        {"year": year, "school_id": f"{n:02}", "name": f"学校{n}", "stage": "primary", "pupils": 100, "indicator": "books",
         "value": ratio, "ratio": ratio, "threshold": 1.0}
        for year, ratios in ((2024, before), (2025, now))
        for n, ratio in enumerate(ratios)
    ]  # fmt: skip
    return pd.DataFrame(rows)


def light(before, now, targets):
    rows = [{"school_id": f"{n:02}", "name": f"学校{n}", "stage": "primary", "indicator": "books", "year": 2025, "target": target} for n, target in targets.items()]  # fmt: skip
    empty = pd.DataFrame(columns=["school_id", "name", "stage", "indicator", "year", "target"])
    return board(history_of(before, now), pd.DataFrame(rows) if rows else empty, 2025).iloc[0]


HOLD = [1.2] * 8


@pytest.mark.parametrize(
    ("before", "now", "targets", "colour"),
    [
        ([*HOLD, 0.5, 0.5], [*HOLD, 0.8, 0.8], {8: 0.7, 9: 0.8}, "green"),
        ([*HOLD, 0.5, 0.5], [*HOLD, 0.6, 0.8], {8: 0.7, 9: 0.7}, "amber"),  # one of two: a half is not more than a half
        ([*HOLD, 0.5, 0.5], [*HOLD, 0.6, 0.6], {8: 0.7, 9: 0.7}, "red"),
        ([*HOLD, 0.5, 0.5], [*HOLD[:-2], 0.9, 0.9, 0.8, 0.8], {8: 0.7, 9: 0.7}, "red"),  # two of eight fell
        ([1.2] * 10, [1.2] * 9 + [0.9], {}, "amber"),  # a tenth is not more than a tenth
        ([1.2] * 10, [1.2] * 10, {}, "green"),
        ([1.2] * 10, [1.2] * 7 + [float("nan")] * 3, {}, "grey"),
    ],
)  # fmt: skip
def test_lights_by_hand(before, now, targets, colour):
    found = light(before, now, targets)
    assert found["colour"] == colour
    assert found["because"]


def test_the_numbers_behind_a_light():
    found = light([*HOLD, 0.5, 0.5], [*HOLD[:-1], 0.9, 0.6, 1.1], {8: 0.7, 9: 0.7})
    assert found[["sections", "below", "before", "due", "off"]].tolist() == [10, 2, 2, 2, 1]
    assert found[["behind", "lost"]].tolist() == [0.5, 0.125]


def test_a_school_with_a_target_and_without_a_number_is_unknown_and_not_behind():
    found = light([*HOLD, 0.5, 0.5], [*HOLD, float("nan"), 0.8], {8: 0.7, 9: 0.7})
    assert found[["off", "missing"]].tolist() == [0, 1]
    assert found[["unknown", "unanswered"]].tolist() == [0.1, 0.5]
    assert found["colour"] == "grey"


def test_what_is_not_known_is_taken_out_of_what_is_behind_and_of_the_year_before():
    # Ten with a target: one has no number, four of the other nine have not reached it. The one was below last year: nobody knows whether it is now.
    found = light([0.5] * 10, [float("nan"), *[0.5] * 4, *[0.9] * 5], dict.fromkeys(range(10), 0.8))
    assert found["behind"] == pytest.approx(4 / 9)
    assert found[["below", "before", "unknown"]].tolist() == [9, 9, 0.1]
    said = board_sentence(pd.DataFrame([found]))
    assert said == "1项里0项按计划，1项要催，0项要管；低于标准的还是9处，另有1处今年没有数，两年都没有算。"


def test_a_school_that_fell_earlier_and_is_in_no_plan_is_not_all_well():
    found = light([*[1.2] * 9, 0.9], [*[1.2] * 9, 0.9], {})
    assert found[["below", "due", "lost", "unplanned"]].tolist() == [1, 0, 0.0, 0.1]
    assert found["colour"] == "amber"
    assert "计划里没有" in found["because"]


def test_who_is_behind_is_named_with_what_it_was_to_reach():
    history = history_of([*HOLD, 0.5, 0.5, 0.9], [*HOLD[:-2], 0.9, float("nan"), 0.6, 0.8, 0.9])
    rows = [{"school_id": f"{n:02}", "name": f"学校{n}", "stage": "primary", "indicator": "books", "year": 2025, "target": 0.7} for n in (7, 8, 9)]  # fmt: skip
    found = off_track(history, pd.DataFrame(rows), 2025).set_index("name")
    assert found["why"].to_dict() == {"学校6": "fell", "学校7": "silent", "学校8": "off", "学校10": "apart"}
    assert found.loc["学校8", ["value", "target"]].tolist() == [0.6, 0.7]
    assert set(found["why"]) == set(WHY)


def test_who_was_not_known_last_year_is_no_change():
    found = light([*HOLD, float("nan"), 0.5], [*HOLD, 0.6, 0.6], {9: 0.5})
    assert found[["below", "before", "fresh"]].tolist() == [2, 1, 1]
    assert "从1处增到2处（1处去年没有数）" in board_sentence(pd.DataFrame([found]))


def test_who_is_named_is_who_is_counted():
    history = indicator_history(sample_county(7, schools=20))
    targets = target_paths(history, 2027, 2022)
    counted, named = board(history, targets, 2025), off_track(history, targets, 2025)
    late = named[named["why"] == "off"].groupby(["stage", "indicator"]).size()
    fell = (named["why"] == "fell").sum()
    assert counted["off"].sum() - fell <= late.sum() <= counted["off"].sum()
    assert len(named) == named[["school_id", "stage", "indicator"]].drop_duplicates().shape[0]


def test_green_says_how_many_have_not_got_there():
    found = light([0.5] * 10, [0.5, *[0.9] * 9], dict.fromkeys(range(10), 0.8))
    assert found["colour"] == "green"
    assert found["because"] == "大多到了今年的目标，1个没有到"


def test_rules_are_data(tmp_path):
    path = tmp_path / "own.toml"
    text = RULES.read_text(encoding="utf-8").replace("above = 0.2", "above = 0.6")
    path.write_text(text, encoding="utf-8")
    history, half = history_of([*HOLD, 0.5, 0.5], [*HOLD, 0.6, 0.8]), load_board_rules(path)
    targets = pd.DataFrame({"school_id": ["08", "09"], "name": ["学校8", "学校9"], "stage": "primary", "indicator": "books", "year": 2025, "target": 0.7})  # fmt: skip
    assert board(history, targets, 2025, half)["colour"].tolist() == ["green"]
    assert board(history, targets, 2025)["colour"].tolist() == ["amber"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('column = "lost"', 'column = "money"', "rules"),
        ("above = 0.5", "above = 5.0", "above"),
        ('key = "grey"', 'key = "red"', "各有一条|两遍"),
    ],
)
def test_malformed_rules_are_refused(tmp_path, old, new, said):
    path = tmp_path / "own.toml"
    path.write_text(RULES.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(BoardRulesError, match=said):
        load_board_rules(path)


def test_each_light_has_a_sign_and_a_word_of_its_own():
    lights = load_board_rules().lights
    assert len({light.sign for light in lights.values()}) == len({light.word for light in lights.values()}) == 4  # fmt: skip


def test_what_got_better_and_worse_is_said():
    now = pd.DataFrame({"stage": "primary", "indicator": ["a", "b", "c", "d"], "colour": ["green", "red", "grey", "amber"], "below": [0, 3, 1, 1], "before": [1, 1, 1, 1]})  # fmt: skip
    then = now.assign(colour=["red", "amber", "green", "amber"])
    said = board_sentence(now, then)
    assert said.startswith("4项里1项按计划，1项要催，1项要管，1项不知道；低于标准的从4处增到5处")
    assert said.endswith("1项变好，1项变差。")


def test_two_years_are_needed():
    history = history_of([1.0], [1.0])
    with pytest.raises(Lacking, match="2023"):
        board(history, target_paths(history, 2030, 2024), 2024)


def test_a_county_s_board_counts_what_the_history_counts():
    history = indicator_history(sample_county(7, schools=20))
    found = board(history, target_paths(history, 2027, 2022), 2025).set_index(["stage", "indicator"])
    now = history[(history["year"] == 2025)]
    below = (now["ratio"] < 1 - 1e-12).groupby([now["stage"], now["indicator"]]).sum()
    assert found["below"].sort_index().tolist() == below.sort_index().tolist()
    assert (found["off"] <= found["due"]).all()

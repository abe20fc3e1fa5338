"""Questions of a test: worked out by hand, planted faults found, gaps not taken for wrong answers."""

import numpy as np
import pandas as pd
import pytest

from balancelib.county import County, Lacking
from balancelib.measures.reliability import cronbach_alpha
from balancelib.quality import answers, item_table, option_curves, option_table, papers, reliability
from balancelib.quality.items import OMITTED

TEST = "t"


def county(rows, keys, points=1.0):
    """One test: a pupil a row, an option a question."""
    items = pd.DataFrame(
        {"test": TEST, "item": list(keys), "key": list(keys.values()), "content": "数与代数", "max": points}
    )
    given = pd.DataFrame(
        [
            {"test": TEST, "pupil": f"P{i:05d}", "item": item, "answer": option}
            for i, row in enumerate(rows)
            for item, option in zip(keys, row, strict=True)
        ]
    )
    return County({"schools": pd.DataFrame(), "items": items, "item_answers": given})


def drawn(seed=1, pupils=800):
    """Six honest questions whose right option is A, one with a wrong key, one whose D draws the strong, one reversed, one that everybody knows."""
    luck = np.random.default_rng(seed)
    able = luck.normal(size=pupils)
    columns = {}
    for k, hard in enumerate([-0.8, -0.4, 0, 0.2, 0.5, 0.9]):
        columns[f"Q{k}"] = chooses(luck, able - hard)
    columns["key"] = np.where(chooses(luck, able) == "A", "B", luck.choice(["A", "C", "D"], pupils))
    strong = luck.random(pupils) < 0.75 / (1 + np.exp(-6 * (able - 0.7)))
    columns["draws"] = np.where(strong, "D", chooses(luck, able))
    columns["reversed"] = chooses(luck, -able - 0.3)
    columns["easy"] = np.where(luck.random(pupils) < 0.97, "A", "B")
    return np.column_stack(list(columns.values())), dict.fromkeys(columns, "A")


def chooses(luck, ability):
    knows = luck.random(len(ability)) < 1 / (1 + np.exp(-2 * ability))
    return np.where(knows, "A", luck.choice(["A", "B", "C", "D"], len(ability)))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_planted_faults_are_found_with_reasons(seed):
    rows, keys = drawn(seed)
    table = item_table(answers(county(rows, keys)))
    assert table.at["key", "reasons"].startswith("疑似答案给错：高分组选B的比选答案A的多")
    assert "选项D吸引高分的学生" in table.at["draws", "reasons"]
    assert "越会的越答错" in table.at["reversed", "reasons"]
    assert "太容易" in table.at["easy", "reasons"]
    assert (table.loc[[f"Q{k}" for k in range(6)], "reasons"] == "").all()


def test_the_right_key_mends_the_test():
    rows, keys = drawn()
    given = answers(county(rows, keys))
    mended = given.with_keys({"key": "B"})
    assert item_table(mended).at["key", "reasons"] == ""
    assert reliability(mended).alpha.value > reliability(given).alpha.value
    with pytest.raises(ValueError, match="没有这些题：Q99"):
        given.with_keys({"Q99": "A"})


def by_hand():
    """40 pupils: Q1 and Q2 are known by the first 20 and 30; of the last ten nobody answers Q2."""
    first = ["A"] * 20 + ["B"] * 20
    second = ["C"] * 30 + [None] * 10
    return county(list(zip(first, second, strict=True)), {"Q1": "A", "Q2": "C"}, points=5.0)


def test_numbers_by_hand():
    """27 % of 40 is 10.8: 20 pupils share the highest total, 10 the lowest, .8 of the group are of the 10 with one question right."""
    table = item_table(answers(by_hand()))
    assert table["difficulty"].tolist() == [0.5, 0.75]
    assert table["discrimination"].tolist() == pytest.approx([1, 1 - 0.8 / 10.8])
    assert table["omitted"].tolist() == [0, 0.25]
    assert "25%没有答" in table.at["Q2", "reasons"]
    # φ of the two: (20·10 − 0·10) / √(20·20·30·10)
    assert table["correlation"].tolist() == pytest.approx([200 / np.sqrt(120000)] * 2)


def test_a_test_as_a_whole():
    given = answers(by_hand())
    found = reliability(given)
    total = given.scores.sum(axis=1)
    assert (found.mean, found.most) == (6.25, 10)
    assert found.alpha == cronbach_alpha(given.scores)
    assert found.error == pytest.approx(total.std(ddof=1) * np.sqrt(1 - found.alpha.value))


def test_options_by_hand():
    table = option_table(answers(by_hand()), "Q2")
    assert table.index.tolist() == ["A", "B", "C", "D", OMITTED]
    assert table["share"].tolist() == [0, 0, 0.75, 0, 0.25]
    assert table.at["C", "high"] == 1
    assert table.at[OMITTED, "low"] == pytest.approx(10 / 10.8)
    assert np.isnan(table.at["A", "correlation"])
    assert table["key"].tolist() == [False, False, True, False, False]


def test_curves_add_up():
    rows, keys = drawn()
    curves = option_curves(answers(county(rows, keys)), "key")
    assert curves["pupils"].sum() == 800
    assert curves.drop(columns="pupils").sum(axis=1).tolist() == pytest.approx([1] * len(curves))
    assert curves["B"].iloc[-1] > curves["B"].iloc[0]


def test_a_lost_row_is_not_a_wrong_answer():
    """An empty option is no answer, marked 0 as any test is; a pupil whose row is lacking is left out and counted."""
    given_ = by_hand()
    given_.tables["item_answers"] = given_.tables["item_answers"].iloc[1:]
    found = answers(given_)
    assert (len(found.chosen), found.incomplete) == (39, 1)
    assert found.scores["Q2"].sum() == 29 * 5


def test_dropping_a_question():
    given = answers(by_hand())
    assert list(given.without(["Q1"]).scores) == ["Q2"]


def test_the_order_of_rows_does_not_matter():
    rows, keys = drawn(pupils=60)
    one = county(rows, keys)
    other = county(rows, keys)
    other.tables["item_answers"] = other.tables["item_answers"].sample(frac=1, random_state=3)
    pd.testing.assert_frame_equal(item_table(answers(one)), item_table(answers(other)))


def test_what_is_lacking_is_said():
    given_ = by_hand()
    assert papers(given_) == [TEST]
    with pytest.raises(Lacking, match="没有编号是x的试卷"):
        answers(given_, "x")
    few = county([("A", "C")] * 10, {"Q1": "A", "Q2": "C"})
    with pytest.raises(Lacking, match="只有10名学生"):
        answers(few)
    alike = county([("A", "C")] * 40, {"Q1": "A", "Q2": "C"})
    for call in (item_table, reliability):
        with pytest.raises(Lacking, match="总分一样"):
            call(answers(alike))
    given_.tables["items"]["test"] = "other"
    with pytest.raises(Lacking, match="要一致"):
        answers(given_)


def test_one_question_has_no_reliability():
    with pytest.raises(Lacking, match="至少要两道题"):
        reliability(answers(by_hand()).without(["Q1"]))


def test_a_question_worth_nothing_is_named():
    rows = [("A", "B")] * 20 + [("B", "A")] * 20
    with pytest.raises(Lacking, match="t的Q2满分空着，或者是0"):
        answers(county(rows, {"Q1": "A", "Q2": "B"}, [5.0, 0.0]))

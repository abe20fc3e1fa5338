"""Five ideas of equity: worked by hand, pupil by pupil, and on the sample county, where they differ."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from samples import sample_county

from balancelib.county import County, Lacking, MissingTable
from balancelib.policy import IDEAS, equity_table, five_ideas, five_ideas_by_indicator, means_by_area

COUNTY = sample_county(7)
# 400 pupils, mean 1,700 / 400 = 4.25; the needy 160 are the first 100 and 60 of the second.
BY_HAND = pd.DataFrame(
    {
        "value": [6.0, 5.0, 3.0],
        "pupils": [100.0, 100.0, 200.0],
        "area": ["rural", "rural", "urban"],
        "need": [0.3, 0.2, 0.1],
        "merit": [0.5, 0.6, 0.7],
    }
)


def test_worked_by_hand():
    found = five_ideas(BY_HAND, threshold=5, limit=0.3)
    assert found["value"].to_dict() == pytest.approx(
        {
            "minimum": 50.0,
            "equality": np.sqrt(1.6875) / 4.25,
            "impartiality": 3 / 5.5,
            "redistribution": (900 / 160) / 4.25,
            "meritocracy": 3 / 4.25,
        },
        rel=1e-12,
    )
    assert found["holds"].tolist() == [False, False, False, True, False]
    assert found["verdict"].tolist() == ["不合", "不合", "不合", "合", "不合"]
    assert found.loc["equality", ["shown", "bound"]].tolist() == ["0.306", "不超过0.30"]
    assert found.loc["minimum", ["shown", "bound"]].tolist() == ["50.0%", "要有100%"]
    assert means_by_area(BY_HAND).to_dict() == {"rural": 5.5, "urban": 3.0}


def test_all_alike_meets_what_asks_for_alike_and_nothing_that_asks_for_more():
    found = five_ideas(BY_HAND.assign(value=5.0), threshold=5, limit=0.3)
    assert found["holds"].to_dict() == {
        "minimum": True,
        "equality": True,
        "impartiality": True,
        "redistribution": None,
        "meritocracy": None,
    }
    assert found["verdict"].tolist() == ["合", "合", "合", "差不多", "差不多"]


@pytest.mark.parametrize(
    ("ratio", "verdict", "shown"),
    [
        (1.03, "差不多", "1.030"),
        (1.0304, "合", "1.0304"),  # with three decimals it would stand on the line
        (1.003, "差不多", "1.003"),
        (0.97, "差不多", "0.970"),
        (0.9699, "不合", "0.9699"),
    ],
)
def test_about_as_much_is_not_more(ratio, verdict, shown):
    """The needy 40 of 100 pupils have the ratio times the mean of 1; the others what is left."""
    table = pd.DataFrame(
        {
            "value": [ratio, (1 - 0.4 * ratio) / 0.6],
            "pupils": [40, 60],
            "area": "rural",
            "need": [0.3, 0.1],
            "merit": [0.3, 0.1],
        }
    )
    found = five_ideas(table, 1, 0.5).loc[["redistribution", "meritocracy"]]
    assert found["verdict"].tolist() == [verdict] * 2
    assert found["shown"].tolist() == [shown] * 2
    assert found["holds"].tolist() == [{"合": True, "不合": False, "差不多": None}[verdict]] * 2
    assert found["bound"].tolist() == ["要大于1.03"] * 2


@pytest.mark.parametrize(
    ("changes", "idea"),
    [
        ({"area": "rural"}, "impartiality"),
        ({"need": np.nan}, "redistribution"),
        ({"merit": np.nan}, "meritocracy"),
    ],
)
def test_what_is_not_known_is_not_said(changes, idea):
    found = five_ideas(BY_HAND.assign(**changes), threshold=5, limit=0.3).loc[idea]
    assert found["holds"] is None
    assert (found["verdict"], found["shown"]) == ("说不了", "—")


def test_a_school_without_a_value_is_left_out_and_counted():
    found = five_ideas(BY_HAND.assign(value=[6.0, 5.0, np.nan]), threshold=5, limit=0.3)
    # 100 pupils with 6 and 100 with 5: mean 5.5, half a unit from each; the needy 80 have 6.
    assert found["value"].to_dict() == pytest.approx(
        {"minimum": 100, "equality": 0.5 / 5.5, "impartiality": np.nan, "redistribution": 6 / 5.5, "meritocracy": 5 / 5.5},
        nan_ok=True,
    )  # fmt: skip
    assert found["unknown"].tolist() == [1] * 5
    assert found["holds"].tolist() == [None, True, None, True, False]
    assert means_by_area(BY_HAND.assign(value=[10.0, np.nan, 3.0])).to_dict() == {"rural": 10, "urban": 3}


def test_without_any_value_nothing_is_said():
    found = five_ideas(BY_HAND.assign(value=np.nan), threshold=5, limit=0.3)
    assert found["verdict"].tolist() == ["说不了"] * 5


def test_a_school_where_nobody_was_tested_is_left_out_and_counted():
    found = five_ideas(BY_HAND.assign(need=[0.3, np.nan, 0.1]), threshold=5, limit=0.3)
    # Of 300 pupils the needy 120: 100 with 6 and 20 with 3; mean 1,200 / 300 = 4.
    assert found.loc["redistribution", "value"] == pytest.approx(660 / 120 / 4)
    assert found["unknown"].tolist() == [0, 0, 0, 1, 0]


def most_by_pupil(value, pupils, rank):
    """The same, pupil by pupil: each has the mean of all pupils of the same rank; tenths of a pupil, to have a whole 40 %."""
    frame = pd.DataFrame({"value": np.repeat(value, pupils * 10), "rank": np.repeat(rank, pupils * 10)})
    alike = frame.groupby("rank")["value"].transform("mean")
    ordered = alike.iloc[np.argsort(-frame["rank"].to_numpy(), kind="stable")]
    chosen = ordered.iloc[: 4 * pupils.sum()]
    return chosen.mean() / frame["value"].mean()


@given(
    st.lists(st.tuples(st.floats(0.5, 50), st.integers(1, 9), st.integers(0, 3)), min_size=2, max_size=8),
    st.randoms(use_true_random=False),
)
def test_the_neediest_are_those_of_a_list_of_pupils_whatever_the_order(schools, random):
    value, pupils, rank = (np.array(column) for column in zip(*schools, strict=True))
    if len(set(rank)) < 2:
        return
    table = pd.DataFrame(
        {"value": value, "pupils": pupils, "need": rank / 10, "merit": rank / 10, "area": "x"}
    )
    expected = most_by_pupil(value, pupils, rank)
    order = list(range(len(schools)))
    random.shuffle(order)
    for one in (table, table.iloc[order]):
        assert five_ideas(one, 1, 0.5).loc["redistribution", "value"] == pytest.approx(expected)


def test_verdicts_on_the_sample_differ():
    """The lesson's story: rooms go where the need is, backbone teachers where the marks are."""
    found = five_ideas_by_indicator(COUNTY, "primary")["holds"].unstack("idea")
    rooms, backbone = found.loc["teaching_area"], found.loc["backbone_teachers"]
    assert rooms[["equality", "redistribution"]].tolist() == [True, True]
    assert rooms[["minimum", "impartiality", "meritocracy"]].tolist() == [False] * 3
    assert backbone[["equality", "redistribution", "meritocracy"]].tolist() == [False, False, True]
    assert len({tuple(row) for row in found.to_numpy()}) > 2


def test_equality_is_the_official_verdict():
    from balancelib.assess import assess  # noqa: PLC0415

    verdict = assess(COUNTY)
    for stage in ("primary", "junior"):
        found = five_ideas_by_indicator(COUNTY, stage).xs("equality", level="idea")
        assert found["value"].to_dict() == pytest.approx(verdict.stages[stage].cv)
        assert found["holds"].to_dict() == verdict.stages[stage].cv_meets


def test_the_table_holds_the_standard_s_sections_and_what_their_pupils_learned():
    table = equity_table(COUNTY, "teaching_area", "primary")
    first = (
        COUNTY.tables["monitoring_levels"].query("school_id == '9900000001' and stage == 'primary'").iloc[0]
    )
    row = table.loc["9900000001"]
    assert row["value"] == pytest.approx(4800 / 1000)  # 5,400 m² less 600 m² for sports
    assert row["need"] == first["level1"] / first["tested"]
    assert row["merit"] == (first["level3"] + first["level4"]) / first["tested"]
    assert list(IDEAS) == list(five_ideas(table, 4.5, 0.5).index)


def test_what_a_county_lacks_is_said():
    with pytest.raises(MissingTable, match="“学业水平”表"):
        equity_table(County({"schools": COUNTY.schools}), "teaching_area", "primary")
    only = COUNTY.schools[COUNTY.schools["kind"] == "primary"]
    with pytest.raises(Lacking, match="没有可比的学校"):
        equity_table(County({**COUNTY.tables, "schools": only}), "teaching_area", "junior")

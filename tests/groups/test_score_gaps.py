"""Gaps of migrant pupils and outcomes by income: by hand, by what the sample has planted, and what is refused."""

import numpy as np
import pandas as pd
import pytest
from samples import sample_county

from balancelib.county import County, Lacking
from balancelib.county.sample import true_risks
from balancelib.course.exercises.groups import gaps as exercise_8
from balancelib.course.exercises.groups import income as exercise_9
from balancelib.groups import (
    FACTORS,
    child_rows,
    fifths,
    index_parts,
    index_table,
    outcome_counts,
    put_together,
    rate_gaps,
    rate_parts,
    score_gap,
    score_gap_threefold,
    subsidy_reach,
)
from balancelib.measures import concentration_index, newcombe

YEAR = 2024
HOME = [name for name in FACTORS if name != "place"]


@pytest.fixture(scope="module")
def county():
    return sample_county()


@pytest.fixture(scope="module")
def rows(county):
    return child_rows(county, YEAR)


def test_rows_keep_missing_missing(county, rows):
    children = county.tables["children"].query("year == @YEAR").reset_index(drop=True)
    assert rows["low_score"].isna().tolist() == children["score"].isna().tolist()
    assert rows["log_income"].isna().sum() == children["income"].isna().sum() > 0
    known = children["score"].dropna()
    assert rows["low_score"].sum() == (known < 400).sum()
    assert rows["often_absent"].sum() == (children["absent"] >= 10).sum()


def test_counts_and_gaps_by_hand(rows):
    counts = outcome_counts(rows, "low_score")
    own = rows[(rows["migrant"] == 1) & rows["score"].notna()]
    assert counts["all"].sum() == len(own)
    assert counts.attrs["omitted"] == rows["score"].isna().sum()
    gaps = rate_gaps(counts)
    assert gaps.loc["全部", "rate"] == pytest.approx((own["score"] < 400).mean())
    crude = newcombe(*counts.sum())
    assert tuple(gaps.loc["全部", ["gap", "low", "high"]]) == pytest.approx(tuple(crude))
    share = counts[["all", "others_all"]].sum(axis=1)
    expected = (share * gaps.loc[counts.index, "gap"]).sum() / share.sum()
    same = gaps.loc["同样的分布"]
    assert same["gap"] == pytest.approx(expected) == pytest.approx(same["rate"] - same["others"])
    parts = rate_parts(counts)
    assert parts.composition + parts.rate == pytest.approx(crude.value)


def test_small_strata_are_put_together_by_hand():
    """The villages' one goes to the towns, whose four make five; a stratum of other pupils too few goes to its only neighbour."""
    counts = pd.DataFrame(
        {"some": [3.0, 1, 0], "all": [30.0, 4, 1], "others_some": [5.0, 6, 7], "others_all": [50.0, 60, 70]},
        index=["城区", "镇区", "乡村"],
    )
    found = put_together(counts, ("随迁子女", "其他学生"))
    assert found.index.tolist() == ["城区", "镇区、乡村"]
    assert found.loc["镇区、乡村"].tolist() == [1, 5, 13, 130]
    assert found.attrs["together"] == ["“乡村”里随迁子女不到5人，比例靠不住，也会认出人：和“镇区”并成一层。"]
    fewer = put_together(counts.assign(others_all=[4.0, 60, 70]), ("随迁子女", "其他学生"))
    assert fewer.index.tolist() == ["城区、镇区、乡村"], "each had too few of one group"
    assert fewer.sum().tolist() == [4, 35, 18, 134]
    assert len(fewer.attrs["together"]) == 2
    untouched = put_together(counts.assign(all=[30.0, 5, 5]), ("随迁子女", "其他学生"))
    assert untouched.attrs["together"] == []
    assert len(untouched) == 3


def test_strata_of_few_are_put_together_and_said(rows):
    few = rows[(rows["migrant"] == 0) | (rows["place"] == "城区")]
    counts = outcome_counts(few, "low_score")
    assert counts.index.tolist() == ["城区、镇区和乡村"]
    assert "“镇区和乡村”里随迁子女不到5人" in counts.attrs["together"][0]
    gaps = rate_gaps(counts)
    ends = ["gap", "low", "high"]
    assert gaps.loc["同样的分布", ends].tolist() == pytest.approx(gaps.loc["全部", ends].tolist())
    assert rate_parts(counts).composition == 0
    assert outcome_counts(rows, "low_score").attrs["together"] == []
    by_area = outcome_counts(rows, "low_score", by="area")
    assert by_area["all"].min() >= 5
    assert by_area.sum().tolist() == outcome_counts(rows, "low_score").sum().tolist()


def test_the_records_of_who_left_are_what_differs(rows):
    """Planted: migrants run no risk of their own; those who went on elsewhere are recorded as having left."""
    recorded = rate_gaps(outcome_counts(rows, "left")).loc["同样的分布"]
    assert recorded["low"] > 0.05
    truth = true_risks(7).set_index("child")["truly_left"]
    checked = rate_gaps(outcome_counts(rows.assign(left=rows["child"].map(truth)), "left")).loc["全部"]
    assert checked["low"] < 0 < checked["high"]


def test_no_gap_of_scores_is_planted_for_migrants_and_none_of_schools_for_places(rows):
    migrants = score_gap(rows)
    assert migrants.gap.low < 0 < migrants.gap.high
    places = score_gap(rows, HOME, group="outside")
    assert places.gap.high < 0, "pupils outside the seat score lower"
    assert places.parts["explained"].high < 0
    assert places.parts["unexplained"].low < 0 < places.parts["unexplained"].high
    assert places.omitted > 0


def test_parts_add_up(rows):
    found = score_gap(rows, HOME, group="outside")
    assert sum(e.value for e in found.parts.values()) == pytest.approx(found.gap.value)
    for part, factors in found.detail.items():
        assert sum(e.value for e in factors.values()) == pytest.approx(found.parts[part].value)
    three = score_gap_threefold(rows, HOME, group="outside")
    assert sum(e.value for e in three.parts.values()) == pytest.approx(found.gap.value)


def test_indices_and_bounds(rows):
    table = index_table(rows)
    known = rows.dropna(subset=["low_score", "income"])
    plain = concentration_index(known["low_score"], known["income"])
    low = table.loc["low_score"]
    assert low["standard"] == pytest.approx(plain)
    assert low["erreygers"] == pytest.approx(4 * known["low_score"].mean() * plain)
    assert low["lacking"] == pytest.approx(-plain * low["share"] / (1 - low["share"]))
    assert low["least"] < low["low"] < low["high"] < 0 < low["greatest"]
    assert (table["low"] <= table["erreygers"]).all() and (table["erreygers"] <= table["high"]).all()


def test_index_parts_add_up(rows):
    found = index_parts(rows, "low_score")
    added = sum(part.contribution.value for part in found.parts.values()) + found.rest.value
    assert added == pytest.approx(found.index.value)
    assert found.parts["原来的成绩"].contribution.high < 0


def test_fifths_by_hand():
    incomes = [5, 1, 2, 3, 4, np.nan]
    rows = pd.DataFrame({"income": incomes, "x": [1.0, 0, 0, 1, 1, 0]})
    found = fifths(rows, {"x": "份"})
    assert found["pupils"].tolist() == [1] * 6
    assert found["份"].tolist() == [0, 0, 1, 1, 1, 0]
    assert found.index[-1] == "收入不详"


def test_subsidy_reach_by_hand():
    """One school of five pupils with two places in five; the poorest two, or two fifths of each."""
    schools = pd.DataFrame(
        {"school_id": ["a"], "area": ["town"], "pupils_primary": [0.0], "pupils_junior": [5.0]}
    )
    care = pd.DataFrame(
        {"school_id": ["a"], "poor_boarders": [1.0], "poor_day": [1.0], "nutrition_fed": [5.0]}
    )
    county = County({"schools": schools, "care": care})
    rows = pd.DataFrame({"school_id": ["a"] * 5, "income": [10.0, 20, 30, 40, 50]})
    living = subsidy_reach(county, rows, "living")
    assert living["evenly"].tolist() == pytest.approx([0.2] * 5)
    assert living["poorest"].tolist() == pytest.approx([0.5, 0.5, 0, 0, 0])
    assert subsidy_reach(county, rows, "nutrition")["poorest"].tolist() == pytest.approx([0.2] * 5)


def test_places_that_are_not_known_are_not_none():
    """Of b it is not written how many have it: its rich pupils are in neither share."""
    schools = pd.DataFrame({"school_id": ["a", "b"], "pupils_primary": [5.0, 5.0], "pupils_junior": np.nan})
    care = pd.DataFrame({"school_id": ["a", "b"], "nutrition_fed": [2.0, np.nan]})
    rows = pd.DataFrame(
        {"school_id": ["a"] * 5 + ["b"] * 5, "income": [10.0, 20, 30, 40, 50, 60, 70, 80, 90, 99]}
    )
    county = County({"schools": schools, "care": care})
    found = subsidy_reach(county, rows, "nutrition")
    assert found[["pupils", "evenly"]].to_numpy() == pytest.approx(np.full((5, 2), 0.2))
    with pytest.raises(Lacking, match="人数都空着"):
        subsidy_reach(county, rows[rows["school_id"] == "b"], "nutrition")


def test_what_a_county_lacks_is_said(county, rows):
    with pytest.raises(Lacking, match="没有2019年"):
        child_rows(county, 2019)
    with pytest.raises(Lacking, match="有一组没有人"):
        outcome_counts(rows.assign(migrant=0.0), "low_score")
    few = rows[(rows["migrant"] == 0) | (rows["place"] == "城区")]
    four = few[(few["migrant"] == 0) | (few["migrant"].cumsum() <= 4)]
    with pytest.raises(Lacking, match="都并到一起了，随迁子女不到5人"):
        outcome_counts(four, "low_score")
    with pytest.raises(Lacking, match="随迁子女"):
        score_gap(few)
    with pytest.raises(Lacking, match="排不了队"):
        index_table(rows.assign(income=np.nan))
    with pytest.raises(Lacking, match="谈不上"):
        index_table(rows.assign(low_score=0.0))
    with pytest.raises(Lacking, match="没有一个享受"):
        care = county.tables["care"] * 0
        care["school_id"] = county.tables["care"]["school_id"]
        subsidy_reach(County({**county.tables, "care": care}), rows, "living")


@pytest.mark.parametrize("exercise", [exercise_8.EXERCISES["8"], exercise_9.EXERCISES["9"]])
def test_usual_mistakes_are_no_right_answers(county, exercise):
    right = pd.Series(exercise.answer(county))
    for said, mistake in exercise.mistakes.items():
        assert (pd.Series(mistake(county, right)) - right).abs().max() > exercise.tolerance, said
    gaps = rate_gaps(outcome_counts(child_rows(county, YEAR), "low_score"))
    if "相差" in right:
        assert right.tolist() == pytest.approx((100 * gaps.loc[["全部", "同样的分布"], "gap"]).tolist())

"""A school's composite: what goes in, who is left out, how experts weigh, and ranks that come with their interval only."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from balancelib.county import County, Lacking
from balancelib.county.schema import schema
from balancelib.quality.composite import CHOICES, _draws, rank_schools, school_dimensions, what_moves_ranks
from balancelib.quality.weighing import DIMENSIONS, expert_matrices, expert_weights, weight_sets


def school(school_id, name, pupils, backbone=9):
    """One that has more than enough of everything but perhaps of backbone teachers."""
    return {
        "school_id": school_id, "name": name, "kind": "primary", "operator": "public", "area": "town", "pupils_primary": pupils, "classes_primary": 6,
        "teachers_primary": 90, "qualified_primary": 90, "backbone_primary": backbone, "pe_arts_primary": 20, "senior_title_primary": 5, "teaching_area": 9000,
        "indoor_sports_area": 0, "sports_ground_area": 14000, "equipment_value": 300, "multimedia_rooms": 99, "computers": 100, "books": 9000,
    }  # fmt: skip


def small_county():
    """Four schools: A and B above C by 20 points; of D nine pupils only were tested."""
    table = schema().table("schools")
    schools = pd.DataFrame(
        [
            school("A", "甲校", 200),
            school("B", "乙校", 100, backbone=0),
            school("C", "丙校", 400),
            school("D", "丁校", 50),
        ]
    )
    schools = schools.reindex(columns=table.names).astype({c.name: float for c in table.columns if c.numeric})
    rows = [
        (2025, 4, f"P{school}{i}", school, "math", level + i, 400 + gain + i)
        for school, pupils, level, gain in (
            ("A", 11, 500, 100),
            ("B", 11, 500, 60),
            ("C", 11, 480, 60),
            ("D", 9, 600, 0),
        )
        for i in range(-(pupils // 2), pupils - pupils // 2)
    ]
    scores = pd.DataFrame(
        rows, columns=["year", "grade", "pupil", "school_id", "subject", "score", "earlier"]
    )
    timetable = pd.DataFrame(
        [(s, "primary", 4, subject, plan, given, right) for s, subject, plan, given, right in (
            ("A", "math", 4, 5, 5), ("A", "music", 2, 1, 0), ("B", "math", 4, 4, 4), ("B", "music", 2, 2, 1),
            ("C", "math", 4, 4, 2), ("C", "music", 2, 2, 2), ("D", "math", 4, 4, 4), ("D", "music", 2, 2, 2),
        )],
        columns=["school_id", "stage", "grade", "subject", "periods", "given", "qualified_periods"],
    ).astype({"periods": float, "given": float, "qualified_periods": float})  # fmt: skip
    return County({"schools": schools, "scores": scores, "timetable": timetable})


def test_the_dimensions_by_hand():
    found = school_dimensions(small_county(), "primary")
    values = found.values
    assert values["academic"].tolist() == [500, 500, 480]
    # Five periods of mathematics instead of four do not make up for one of music: (4 + 1) / 6.
    assert values["curriculum"].tolist() == pytest.approx([5 / 6, 1, 1])
    assert values["teaching"].tolist() == pytest.approx([5 / 6, 5 / 6, 4 / 6])
    assert values["backbone"].tolist() == [4.5, 0, 2.25]
    # Eleven pupils from -5 to 5: standard deviation √11, standard error 1.
    assert found.errors["academic"].tolist() == pytest.approx([1, 1, 1])
    assert (found.errors[["curriculum", "teaching", "backbone"]] == 0).to_numpy().all()
    # B and C began alike, so their growth differs as their level does.
    assert values.loc["B", "growth"] - values.loc["C", "growth"] == pytest.approx(20)


def test_subjects_that_anyone_may_teach_do_not_make_teaching_look_better():
    county = small_county()
    before = school_dimensions(county, "primary").values["teaching"]
    more = pd.DataFrame({"school_id": list("ABCD"), "stage": "primary", "grade": 4, "subject": "practice"})
    more = more.assign(periods=4.0, given=4.0, qualified_periods=4.0)
    county.tables["timetable"] = pd.concat([county.tables["timetable"], more])
    assert school_dimensions(county, "primary").values["teaching"].tolist() == before.tolist()


def test_who_is_left_out_and_why():
    county = small_county()
    found = school_dimensions(county, "primary")
    assert found.missing.loc["D"].tolist() == ["丁校", "学业水平、学业进步"]
    timetable = county.tables["timetable"]
    timetable.loc[timetable["school_id"] == "C", ["given", "qualified_periods"]] = np.nan
    with pytest.raises(Lacking, match="五个方面都有数的学校只有2所"):
        school_dimensions(county, "primary")


def test_nobody_left_out():
    county = small_county()
    county.tables["schools"] = county.schools[county.schools["school_id"] != "D"]
    assert school_dimensions(county, "primary").missing.empty


def test_a_blank_timetable_is_not_a_zero():
    county = small_county()
    more = county.tables["scores"].assign(
        school_id=lambda s: s["school_id"].replace("A", "D"), pupil=lambda s: s["pupil"] + "x"
    )
    county.tables["scores"] = pd.concat([county.tables["scores"], more[more["school_id"] == "D"]])
    timetable = county.tables["timetable"]
    timetable.loc[(timetable["school_id"] == "A") & (timetable["subject"] == "music"), "given"] = np.nan
    timetable.loc[(timetable["school_id"] == "B") & (timetable["subject"] == "music"), "given"] = 1
    found = school_dimensions(county, "primary")
    assert found.missing.loc["A", "lacks"] == "课程开足、对口任教"  # two of six periods unknown
    assert list(found.values.index) == ["B", "C", "D"]


def test_periods_that_are_blank_are_not_none_planned():
    """Of A only mathematics is known: whether music was to be given, and how much, is not."""
    county = small_county()
    timetable = county.tables["timetable"]
    timetable.loc[
        (timetable["school_id"] == "A") & (timetable["subject"] == "music"), ["periods", "given"]
    ] = np.nan
    with pytest.raises(Lacking, match="五个方面都有数的学校只有2所"):
        school_dimensions(county, "primary")


def test_a_dimension_that_is_the_same_everywhere_is_named():
    county = small_county()
    county.tables["timetable"]["given"] = county.tables["timetable"]["periods"]
    with pytest.raises(Lacking, match="课程开足在各校都一样"):
        school_dimensions(county, "primary")


def test_without_scores_of_the_grade_it_is_said():
    with pytest.raises(Lacking, match="没有4年级2020年的成绩"):
        school_dimensions(small_county(), "primary", 2020)


KEYS = list(DIMENSIONS)
TRUE = np.array([5, 4, 3, 2, 1]) / 15


def pairs(expert, weights=TRUE, **changed):
    rows = [(expert, KEYS[i], KEYS[j], weights[i] / weights[j]) for i in range(5) for j in range(i + 1, 5)]
    frame = pd.DataFrame(rows, columns=["expert", "first", "second", "value"])
    for pair, value in changed.items():
        first, second = pair.split("_")
        frame.loc[(frame["first"] == first) & (frame["second"] == second), "value"] = value
    return frame


def test_experts_who_agree_with_themselves_and_one_who_does_not():
    both = pd.concat([pairs("E1"), pairs("E2", academic_backbone=1 / 9)])
    found = expert_weights(both)
    assert found.loc["E1", KEYS].astype(float).to_numpy() == pytest.approx(TRUE)
    assert found["consistent"].tolist() == [True, False]
    values = pd.DataFrame(np.random.default_rng(1).random((12, 5)), columns=KEYS)
    sets = weight_sets(values, both)
    assert sets.loc["experts"].to_numpy() == pytest.approx(TRUE)  # the second counts for nothing
    assert sets.sum(axis=1).to_numpy() == pytest.approx(1)
    with pytest.raises(Lacking, match="没有一位专家的比较前后一致"):
        weight_sets(values, pairs("E2", academic_backbone=1 / 9))


def test_a_pair_may_stand_both_ways_but_not_contradict():
    back = (
        pairs("E1")
        .rename(columns={"first": "second", "second": "first"})
        .assign(value=lambda p: 1 / p["value"])
    )
    assert expert_matrices(pd.concat([pairs("E1"), back]))["E1"].loc["growth", "academic"] == pytest.approx(
        4 / 5
    )
    rounded = back.assign(
        value=lambda p: 1.015 * p["value"]
    )  # within the 2 % that the check of the file lets pass
    assert list(expert_matrices(pd.concat([pairs("E1"), rounded]))) == ["E1"]
    with pytest.raises(Lacking, match="答了两次，对不上"):
        expert_matrices(pd.concat([pairs("E1"), back.assign(value=7)]))
    with pytest.raises(Lacking, match="E1没有比较学业水平和学业进步"):
        expert_matrices(pairs("E1").iloc[1:])
    with pytest.raises(Lacking, match="空着"):
        expert_matrices(pairs("E1", academic_growth=np.nan))


def drawn(schools=15, seed=3):
    values = pd.DataFrame(
        np.random.default_rng(seed).random((schools, 5)),
        columns=KEYS,
        index=[f"S{i:02d}" for i in range(schools)],
    )
    weights = pd.DataFrame([np.full(5, 0.2), TRUE], index=["equal", "experts"], columns=KEYS)
    return values, values * 0, weights


def test_nothing_varied_leaves_each_in_its_place():
    """Against brute force: ranks of the plain mean of the min-max values."""
    values, errors, weights = drawn()
    table = rank_schools(values, errors, weights, vary=(), draws=100).table
    plain = (
        ((values - values.min()) / (values.max() - values.min()))
        .mean(axis=1)
        .rank(ascending=False)
        .astype(int)
    )
    for column in ("low", "median", "high"):
        assert table[column].to_dict() == plain.to_dict()


def test_what_is_left_open_widens_the_interval():
    values, errors, weights = drawn()
    one = rank_schools(values, errors, weights, vary=("weights",), draws=150)
    all_of_them = rank_schools(values, errors + 0.1, weights, draws=150)
    width = [(r.table["high"] - r.table["low"]).mean() for r in (one, all_of_them)]
    assert width[0] < width[1]
    assert one.separated > all_of_them.separated
    again = rank_schools(values, errors + 0.1, weights, draws=150)
    pd.testing.assert_frame_equal(all_of_them.table, again.table)


def test_results_of_the_same_pupils_err_together():
    """Two dimensions with an error of 1 each, weighed alike, err by 1 together, not by 1 / √2: B, one error below A, is ahead in P(Z > 1 / √2) of the draws."""
    values = pd.DataFrame({"academic": [1.0, 0, -50, 50], "growth": [1.0, 0, -50, 50]}, index=list("ABCD"))
    errors = pd.DataFrame({"academic": [1.0, 1, 0, 0], "growth": [1.0, 1, 0, 0]}, index=list("ABCD"))
    weights = pd.DataFrame([[0.5, 0.5]], columns=["academic", "growth"])
    drawn = _draws(values, errors, weights, ("sampling",), 1500, 1)
    assert (drawn[:, 1] > drawn[:, 0]).mean() == pytest.approx(norm.sf(1 / np.sqrt(2)), abs=0.04)


def test_each_choice_moves_ranks_by_itself():
    values, errors, weights = drawn()
    found = what_moves_ranks(values, errors, weights, draws=60)
    assert list(found.index) == [*CHOICES, "all"]
    assert found["sampling"] == 0  # no errors
    assert (found.drop("sampling") > 0).all()


def test_what_cannot_be_ranked_is_said():
    values, errors, weights = drawn()
    with pytest.raises(ValueError, match="没有luck"):
        rank_schools(values, errors, weights, vary=("luck",))
    with pytest.raises(ValueError, match="第2项指标在各校都一样"):
        rank_schools(values.assign(growth=1.0), errors, weights)
    with pytest.raises(ValueError, match="空着不是0"):
        rank_schools(values.assign(backbone=values["backbone"].mask(values.index == "S00")), errors, weights)

"""Teachers needed beside teachers there: by hand on three schools, and what must hold on any."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from balancelib.county import County, Lacking, MissingTable
from balancelib.standards.staffing import load_curriculum, load_establishment
from balancelib.teachers import (
    balance_under_load,
    by_subject,
    establishment_gap,
    outside_training,
    pooled,
    remedies,
    staff_balance,
    staff_need,
    unknown_staff,
    whole_teachers,
    without_teacher,
)

PLAN = load_curriculum()


def schools(**changed):
    """Two public primary schools, of 24 classes and of 2, a junior one of 12, and a private one that is left out."""
    frame = pd.DataFrame(
        {
            "school_id": ["A", "B", "C", "P"],
            "name": ["甲小学", "乙教学点", "丙中学", "民办小学"],
            "kind": ["primary", "teaching_point", "junior", "primary"],
            "operator": ["public", "public", "public", "private"],
            "area": ["urban", "rural", "town", "urban"],
            "pupils_primary": [1080.0, 38, np.nan, 500],
            "classes_primary": [24.0, 2, np.nan, 12],
            "teachers_primary": [3.0, 2, np.nan, 30],
            "pupils_junior": [np.nan, np.nan, 540, np.nan],
            "classes_junior": [np.nan, np.nan, 12, np.nan],
            "teachers_junior": [np.nan, np.nan, 1, np.nan],
        }
    )
    return frame.assign(**changed)


def teachers(rows):
    """Rows of (school, stage, subject, post, trained subject)."""
    frame = pd.DataFrame(rows, columns=["school_id", "stage", "subject", "post", "trained_subject"])
    return frame.assign(teacher_id=[f"T{i:05d}" for i in range(len(frame))])


SIX = [
    ("A", "primary", "chinese", "teacher", "chinese"),
    ("A", "primary", "chinese", "head", "math"),
    ("A", "primary", "science", "teacher", "physics"),
    ("B", "primary", "chinese", "teacher", None),
    ("B", "primary", "math", None, "chinese"),
    ("C", "junior", "physics", "teacher", "physics"),
]


@pytest.fixture
def county():
    return County({"schools": schools(), "teachers": teachers(SIX)})


def cell(frame, school, subject):
    return frame[(frame["school_id"] == school) & (frame["subject"] == subject)].iloc[0]


def test_need_by_hand(county):
    """24 classes × 40/6 periods ÷ 14 = 11.43 posts of Chinese; 2 classes × 2 ÷ 16 = a quarter post of music; 12 × 2 ÷ 14 of physics."""
    need = staff_need(county)
    assert cell(need, "A", "chinese")["need"] == pytest.approx(24 * 40 / 6 / 14)
    assert cell(need, "B", "music")["periods"] == 4
    assert cell(need, "B", "music")["need"] == pytest.approx(0.25)
    assert cell(need, "C", "physics")["need"] == pytest.approx(24 / 14)
    assert set(need["school_id"]) == {"A", "B", "C"}
    assert need.groupby("school_id")["periods"].sum()["A"] == pytest.approx(24 * 172 / 6)


def test_heads_teach_a_part_and_a_blank_post_is_a_teachers(county):
    balance = staff_balance(county)
    assert cell(balance, "A", "chinese")["teachers"] == 2
    assert cell(balance, "A", "chinese")["have"] == pytest.approx(1.3)
    assert cell(balance, "B", "math")["have"] == 1


def test_surplus_teaches_what_anyone_may_first(county):
    """乙: Chinese 1 − 2×(40/6)/14 = 0.0476 to spare, mathematics 1 − 8/14 = 0.4286; practice wants 2×(29/6)/16 = 0.6042 and takes both."""
    balance = staff_balance(county)
    assert cell(balance, "B", "chinese")["surplus"] == pytest.approx(0)
    assert cell(balance, "B", "math")["surplus"] == pytest.approx(0)
    spare = (1 - 40 / 3 / 14) + (1 - 8 / 14)
    assert cell(balance, "B", "practice")["short"] == pytest.approx(29 / 3 / 16 - spare)


def test_a_section_whose_teachers_are_not_listed_is_not_known():
    county = County({"schools": schools(), "teachers": teachers(SIX[:3])})
    balance = staff_balance(county)
    assert balance.loc[balance["school_id"] == "B", ["have", "surplus", "short"]].isna().all(axis=None)
    assert by_subject(balance, ["school_id"]).index.tolist() == ["A"]
    assert unknown_staff(county)["listed"].tolist() == [0, 0]


def test_a_section_that_says_it_has_none_has_none():
    none = schools(teachers_primary=[3.0, 0, np.nan, 30])
    balance = staff_balance(County({"schools": none, "teachers": teachers(SIX[:3])}))
    assert cell(balance, "B", "music")["short"] == pytest.approx(0.25)


def test_a_blank_subject_is_said():
    rows = [*SIX, ("C", "junior", None, "teacher", None)]
    found = unknown_staff(County({"schools": schools(), "teachers": teachers(rows)}))
    assert found[["school_id", "teachers", "listed", "no_subject"]].values.tolist() == [["C", 1, 2, 1]]


def test_a_blank_subject_may_be_the_one_that_is_short():
    """甲 has a surplus of none and lacks mathematics: with a teacher whose subject is blank it is not known. 乙 is as before."""
    rows = [*SIX, ("A", "primary", None, "teacher", None)]
    given_ = County({"schools": schools(), "teachers": teachers(rows)})
    balance, before = (
        staff_balance(given_),
        staff_balance(County({"schools": schools(), "teachers": teachers(SIX)})),
    )
    assert cell(balance, "A", "math")[["teachers", "have", "surplus", "short"]].isna().all()
    assert cell(before, "A", "math")["short"] > 0
    pd.testing.assert_frame_equal(balance[balance["school_id"] != "A"], before[before["school_id"] != "A"])
    none = without_teacher(balance).loc[("primary", "math")]
    assert none.tolist() == [1, 0]  # of 乙 alone it is known, who has one


def test_what_is_enough_without_the_blank_is_enough():
    rows = [("B", "primary", "chinese", "teacher", None), ("B", "primary", None, "teacher", None)]
    balance = staff_balance(County({"schools": schools(), "teachers": teachers(rows)}))
    chinese = cell(balance, "B", "chinese")
    assert chinese["teachers"] == 1
    assert chinese["short"] == 0


def test_classes_that_are_blank_stop():
    blank = schools(classes_primary=[24.0, np.nan, np.nan, 12])
    with pytest.raises(Lacking, match="乙教学点"):
        staff_need(County({"schools": blank}))


def test_without_the_table_it_says_which():
    with pytest.raises(MissingTable):
        staff_balance(County({"schools": schools()}))


def test_schools_without_one_teacher_and_whole_persons(county):
    balance = staff_balance(county)
    assert without_teacher(balance).loc[("primary", "music")].tolist() == [2, 2]
    assert without_teacher(balance).loc[("primary", "math")].tolist() == [2, 1]
    whole = whole_teachers(balance)
    assert whole.loc[("primary", "music")].tolist() == [4, 4]  # 3 and 0.25: 3 + 1 each its own, 3.25 shared
    assert whole.loc[("primary", "english")].tolist() == [4, 3]  # 2.25 and 0.1875: 3 + 1, 2.44 together
    assert ("primary", "practice") not in whole.index


def test_remedies_by_hand():
    """Chinese: 2 to spare here, 3 short there: 2 move. Maths 4 to spare: 1 retrains for Chinese, 2 for music, 1 is left."""
    rows = [
        ("a", "chinese", 2, 0),
        ("b", "chinese", 0, 3),
        ("a", "math", 4, 0),
        ("b", "music", 0, 2),
        ("a", "practice", 0, 0),
    ]
    balance = pd.DataFrame(rows, columns=["school_id", "subject", "surplus", "short"]).assign(
        stage="primary", need=1.0, teachers=1, have=1.0
    )
    found = remedies(balance).droplevel("stage")
    assert found.loc["chinese", ["moving", "retraining", "hiring"]].tolist() == [2, 1, 0]
    assert found.loc["music", ["moving", "retraining", "hiring"]].tolist() == [0, 2, 0]
    assert found.loc["math", "spare"] == 1


def test_what_anyone_may_teach_is_covered_by_moving_before_others_retrain():
    rows = [("math", 3, 0), ("practice", 0, 2), ("music", 0, 2)]
    balance = pd.DataFrame(rows, columns=["subject", "surplus", "short"]).assign(
        school_id="a", stage="junior", need=1.0, teachers=1, have=1.0
    )
    found = remedies(balance).droplevel("stage")
    assert found.loc["practice", ["moving", "retraining", "hiring"]].tolist() == [2, 0, 0]
    assert found.loc["music", ["moving", "retraining", "hiring"]].tolist() == [0, 1, 1]


subjects = st.sampled_from(PLAN.taught("primary"))


@settings(max_examples=15, deadline=None)
@given(
    classes=st.lists(st.integers(1, 30), min_size=2, max_size=4),
    staff=st.lists(st.tuples(st.integers(0, 3), subjects), min_size=1, max_size=40),
)
def test_what_must_hold_on_any_county(classes, staff):
    n = len(classes)
    frame = pd.DataFrame(
        {
            "school_id": [f"S{i}" for i in range(n)], "name": "校", "kind": "primary", "operator": "public", "area": "town",
            "pupils_primary": 100.0, "classes_primary": [float(c) for c in classes], "teachers_primary": 0.0,
            "pupils_junior": np.nan, "classes_junior": np.nan, "teachers_junior": np.nan,
        }
    )  # fmt: skip
    rows = [(f"S{i % n}", "primary", subject, "teacher", None) for i, subject in staff]
    balance = staff_balance(County({"schools": frame, "teachers": teachers(rows)}))
    assert (np.minimum(balance["surplus"], balance["short"]) < 1e-9).all()
    # taking over leaves each section's surplus less shortage as have less need
    sums = by_subject(balance, ["school_id"])
    np.testing.assert_allclose(sums["surplus"] - sums["short"], sums["net"], atol=1e-9)
    split = remedies(balance)
    assert (split >= -1e-9).all(axis=None)
    np.testing.assert_allclose(
        split[["moving", "retraining", "hiring"]].sum(axis=1), split["short"], atol=1e-9
    )
    used = split[["moving", "retraining", "spare"]].sum().sum()
    assert used == pytest.approx(split["surplus"].sum(), abs=1e-9)
    assert split["hiring"].sum() == pytest.approx(max(0, -sums["net"].sum()), abs=1e-9)


def test_posts_by_pupils_by_hand(county):
    """甲: 1080 ÷ 19 × 0.91 = 51.7 posts; 乙: 38 ÷ 19 × 0.91 = 1.82 for two classes that need 3.77; 丙: 540 ÷ 13.5 × 0.85 = 34."""
    gap = establishment_gap(county, by=["school_id"])
    assert gap["quota"].tolist() == pytest.approx([1080 / 19 * 0.91, 1.82, 34])
    assert gap["need"].tolist() == pytest.approx(
        [24 * 1.8869047619, 2 * 1.8869047619, 12 * 2.5952380952], abs=1e-6
    )
    assert gap.loc["B", "over"] == pytest.approx(0.18)
    assert gap.loc["B", "free"] == pytest.approx(2 - 3.7738095238)


def test_the_class_at_which_pupils_bring_what_the_timetable_needs():
    """(10.667/14 + 18/16) × 19 ÷ 0.91 = 39.4 pupils; (14/12 + 20/14) × 13.5 ÷ 0.85 = 41.2."""
    rule = load_establishment()
    assert rule.break_even_class(PLAN, "primary") == pytest.approx((32 / 3 / 14 + 18 / 16) * 19 / 0.91)
    assert rule.break_even_class(PLAN, "junior") == pytest.approx((14 / 12 + 20 / 14) * 13.5 / 0.85)


def test_a_class_of_that_size_has_neither_over_nor_under(county):
    rule = load_establishment()
    size = rule.break_even_class(PLAN, "primary")
    even = schools(pupils_primary=[24 * size, 2 * size, np.nan, 1])
    gap = establishment_gap(County({"schools": even}), by=["stage"]).loc["primary"]
    assert gap["quota"] == pytest.approx(gap["need"])
    assert gap["class_size"] == pytest.approx(size)


def test_a_province_may_count_small_schools_by_classes(tmp_path, county):
    from balancelib.standards.staffing.establishment import OURS  # noqa: PLC0415

    path = tmp_path / "province.toml"
    path.write_text(OURS.read_text(encoding="utf-8") + "\nper_class = { primary = 1.7 }\n", encoding="utf-8")
    gap = establishment_gap(county, establishment=load_establishment(path), by=["school_id"])
    assert gap.loc["B", "quota"] == pytest.approx(3.4)
    assert gap.loc["A", "quota"] == pytest.approx(1080 / 19 * 0.91)


def test_trained_for_another_subject(county):
    """甲's head teaches Chinese and learnt mathematics, 乙's mathematics teacher learnt Chinese; physics suits 科学; a blank is not known."""
    found = outside_training(county)
    assert found.loc[("primary", "chinese")].tolist() == [3, 2, 1, 0.5]
    assert found.loc[("primary", "math"), "outside"] == 1
    assert found.loc[("primary", "science"), "outside"] == 0


def test_more_periods_a_post_need_fewer_posts(county):
    need, less = staff_need(county)["need"], staff_need(county, PLAN.with_loads(1.25))["need"]
    np.testing.assert_allclose(need, less * 1.25)


def test_sharing_takes_from_both_sides_alike(county):
    """What the county uses together leaves the same difference: surplus less shortage is have less need."""
    alone, shared = by_subject(staff_balance(county)), pooled(staff_balance(county))
    for table in (alone, shared):
        difference = (table["surplus"] - table["short"]).groupby("stage").sum()
        expected = (table["have"] - table["need"]).groupby("stage").sum()
        np.testing.assert_allclose(difference, expected)
    assert (shared["short"] <= alone["short"] + 1e-9).all()


def test_under_a_load_it_is_the_balance_with_that_load(county):
    table = balance_under_load(county, 1.25, together=False)
    assert table.loc[("primary", "music"), "need"] == pytest.approx(3.25 / 1.25)
    assert balance_under_load(county, 1.0, together=True)["short"].sum() == pytest.approx(
        pooled(staff_balance(county))["short"].sum()
    )

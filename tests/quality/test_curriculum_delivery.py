"""Curriculum on small hand-made tables: what is given, what is only on paper, who gives it; worked examples are those of chapter 4."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from balancelib.county import County, Lacking, MissingTable
from balancelib.quality import (
    STATUSES,
    by_tolerance,
    county_week,
    delivery,
    judged,
    nine_year_shares,
    replaced_lessons,
    school_verdicts,
    status_grid,
    subject_delivery,
    trained_lessons,
    trained_teachers,
    training_coverage,
    who_took,
)
from balancelib.standards.staffing import load_curriculum

PLAN = load_curriculum()
COLUMNS = ["school_id", "stage", "grade", "subject", "periods", "given", "qualified_periods"]
THIRD = {"chinese": 6, "math": 4, "english": 2, "morality": 2, "science": 2, "pe": 3, "music": 2, "art": 2, "it": 1, "practice": 6}  # fmt: skip


def schools(**kinds):
    return pd.DataFrame(
        {
            "school_id": list(kinds),
            "name": [f"{key}校" for key in kinds],
            "area": "rural",
            "kind": list(kinds.values()),
            "pupils_primary": 100.0,
            "pupils_junior": np.nan,
        }
    )


def third_grade(school="A", grade=3, **changed):
    """Rows of a third grade just as the plan asks, all by trained teachers; ``changed``: periods on paper, given, by trained."""
    asked = {key: (n, n, n) for key, n in THIRD.items()} | changed
    return [(school, "primary", grade, key, *numbers) for key, numbers in asked.items()]


def county(rows, enrolment=None, **kinds):
    tables = {
        "schools": schools(**(kinds or {"A": "primary"})),
        "timetable": pd.DataFrame(rows, columns=COLUMNS),
    }
    return County(tables | ({} if enrolment is None else {"enrolment": enrolment}))


def test_the_third_grade_is_the_plans():
    assert {s.key: s.weekly[2] for s in PLAN.subjects if s.weekly[2]} == THIRD


@pytest.mark.parametrize(
    ("numbers", "status", "paper"),
    [
        ((2, 2, 2), "full", "full"),
        ((2, 1, 1), "short", "full"),
        ((2, 0, 0), "none", "full"),
        ((0, 0, 0), "none", "none"),
        ((2, 3, 3), "over", "full"),
        ((2, np.nan, np.nan), "unknown", "full"),
        ((np.nan, 2, 2), "full", "unknown"),
    ],
)
def test_each_answer(numbers, status, paper):
    table = delivery(county(third_grade(music=numbers))).set_index("subject")
    assert table.loc["music", ["planned", "status", "paper"]].tolist() == [2, status, paper]
    assert (table.drop("music")["status"] == "full").all()


def test_three_values_of_a_school():
    """One short: no. None short, one unknown: not to be told. More than the plan is shown, and does not make up for less."""
    nan = (2, np.nan, np.nan)
    rows = [
        *third_grade("A"),
        *third_grade("B", music=nan),
        *third_grade("C", music=nan, art=(2, 1, 1)),
        *third_grade("D", music=(2, 0, 0), chinese=(6, 8, 8)),
    ]
    found = school_verdicts(delivery(county(rows, **dict.fromkeys("ABCD", "primary")))).loc["primary"]
    assert found["complete"].tolist() == [True, None, None, False]
    assert found["sufficient"].tolist() == [True, None, False, False]
    assert found.loc["D", ["none", "short", "over", "unknown"]].tolist() == [
        "音乐（3年级）",
        "",
        "语文（3年级）",
        "",
    ]
    assert found.at["C", "unknown"] == "音乐（3年级）"


def test_what_has_no_row_is_unknown_not_lacking():
    rows = [row for row in third_grade() if row[3] != "music"]
    table = delivery(county(rows))
    assert table.set_index("subject").at["music", "status"] == "unknown"
    assert school_verdicts(table).loc[("primary", "A"), ["complete", "sufficient"]].tolist() == [None, None]


def test_a_grade_with_pupils_but_without_rows_is_unknown():
    years = [2024, 2025]
    enrolment = pd.DataFrame({"school_id": "A", "year": years} | {f"grade{g}": 0.0 for g in range(1, 10)})
    enrolment[["grade3", "grade4"]] = 20.0
    enrolment["grade5"] = [20.0, 0.0]  # has none any more
    table = delivery(county(third_grade(), enrolment))
    assert sorted(table["grade"].unique()) == [3, 4]
    assert (table.loc[table["grade"] == 4, "status"] == "unknown").all()
    assert school_verdicts(table).at[("primary", "A"), "sufficient"] is None


def test_a_school_nobody_looked_at_is_unknown_and_a_special_one_left_out():
    table = delivery(county(third_grade(), A="primary", B="teaching_point", S="special"))
    verdicts = school_verdicts(table).loc["primary"]
    assert verdicts["sufficient"].to_dict() == {"A": True, "B": None}
    assert sorted(table.loc[table["school_id"] == "B", "grade"].unique()) == [1, 2, 3, 4, 5, 6]


def test_a_sixth_grade_may_be_junior():
    rows = [(*row[:1], "junior", 6, *row[3:]) for row in third_grade()]
    table = delivery(county(rows))
    assert set(table["stage"]) == {"junior"}
    assert set(table["subject"]) == {s.key for s in PLAN.subjects if s.weekly[5]}


def test_where_one_sixth_grade_is_primary_and_another_junior_each_stays_what_it_is():
    rows = [*third_grade("A", 6), *[(*row[:1], "junior", *row[2:]) for row in third_grade("B", 6)]]
    enrolment = pd.DataFrame(
        {"school_id": ["A", "B"], "year": 2025} | {f"grade{g}": 0.0 for g in range(1, 10)}
    )
    enrolment["grade6"] = 20.0
    table = delivery(county(rows, enrolment, A="primary", B="nine_year"))
    assert set(zip(table["school_id"], table["stage"], strict=True)) == {("A", "primary"), ("B", "junior")}


def test_taught_without_being_asked_is_more_than_the_plan():
    rows = [("A", "primary", 1, "english", 2, 2, 2), ("A", "primary", 1, "physics", 0, 0, 0)]
    table = delivery(county(rows)).set_index("subject")
    assert table.loc["english", ["planned", "status"]].tolist() == [0, "over"]
    assert "physics" not in table.index


def test_errors_say_what_to_do():
    with pytest.raises(Lacking, match="课表里的latin"):
        delivery(county([*third_grade(), ("A", "primary", 3, "latin", 1, 1, 1)]))
    with pytest.raises(MissingTable, match="“课表”表"):
        delivery(County({"schools": schools(A="primary")}))
    with pytest.raises(ValueError, match="不能小于0"):
        delivery(county(third_grade()), tolerance=-1)


def test_subjects_by_hand():
    """Music in three schools: 2 of 2, 0 of 2, and 4 of 2, which counts 2: kept 4 of 6; not on paper in one, hidden in none."""
    rows = [
        *third_grade("A"),
        *third_grade("B", music=(0, 0, 0), pe=(3, 2, 2)),
        *third_grade("C", music=(4, 4, 4), pe=(3, np.nan, np.nan)),
    ]
    found = subject_delivery(delivery(county(rows, **dict.fromkeys("ABC", "primary"))), ["label"])
    counts = ["asked", *STATUSES, "paper_short", "hidden"]
    assert found.loc["音乐", counts].tolist() == [3, 1, 0, 0, 1, 1, 1, 0]
    assert found.at["音乐", "kept"] == pytest.approx(4 / 6)
    assert found.loc["体育", counts].tolist() == [3, 0, 1, 1, 0, 1, 0, 1]
    assert found.at["体育", "kept"] == pytest.approx(5 / 6)


def test_the_grid_has_the_worst_grade_and_the_neediest_first():
    rows = [
        *third_grade("A"),
        *third_grade("B"),
        *third_grade("B", 4, music=(2, 0, 0), art=(2, np.nan, np.nan)),
    ]
    grid = status_grid(delivery(county(rows, A="primary", B="primary")), "primary")
    assert grid.index.tolist() == ["B", "A"]
    assert grid.loc["B", ["音乐", "美术", "体育"]].tolist() == ["none", "unknown", "full"]
    assert set(grid.loc["A"]) == {"full"}


def test_tolerance_forgives_a_little_but_not_nothing():
    rows = [*third_grade("A", pe=(3, 2, 2)), *third_grade("B", it=(0, 0, 0))]
    found = by_tolerance(delivery(county(rows, A="primary", B="primary")), [0, 0.5, 1]).loc["primary"]
    assert found.loc["given", "enough"].tolist() == [0, 0, 1]
    assert found.loc["given", "lacking"].tolist() == [2, 2, 1]
    assert found.loc["periods", "enough"].tolist() == [1, 1, 1]


NUMBER = st.sampled_from([np.nan, 0.0, 1.0, 2.0, 3.0, 9.0])


@settings(max_examples=8, deadline=None)
@given(st.lists(NUMBER, min_size=10, max_size=10), st.randoms(use_true_random=False))
def test_order_changes_nothing_and_more_tolerance_never_finds_more(values, random):
    rows = [(*row[:5], value, np.nan) for row, value in zip(third_grade(), values, strict=True)]
    table = delivery(county(rows), PLAN)
    random.shuffle(rows)
    pd.testing.assert_frame_equal(table, delivery(county(rows), PLAN))
    low = [judged(table, t)["status"].isin(["none", "short", "over"]).sum() for t in (0, 1, 2)]
    assert low == sorted(low, reverse=True)
    brute = (
        False
        if any(v < n for v, n in zip(values, THIRD.values(), strict=True))
        else None
        if any(np.isnan(values))
        else True
    )
    assert school_verdicts(table).at[("primary", "A"), "sufficient"] is brute


def week(**changed):
    """A week of the plan, by grade."""
    return pd.DataFrame({s.key: s.weekly for s in PLAN.subjects} | changed, index=range(1, 10))


def test_nine_years_as_the_chapter_works_them_out():
    """PE 1,009 hours, 10.6 %; without grade 9's 99: 910, below the 10 %. Chinese 1,915 hours; one lesson a week more from grade 3: 2,158, above 22 %."""
    as_planned = nine_year_shares(week(), PLAN)
    assert as_planned.loc["体育与健康", ["hours", "least", "most", "status"]].tolist() == [
        1009,
        953,
        1047,
        "full",
    ]
    without = nine_year_shares(week(pe=[4, 4, 3, 3, 3, 3, 3, 3, 0]), PLAN).loc["体育与健康"]
    assert without[["hours", "status"]].tolist() == [910, "short"]
    assert without["share"] == pytest.approx(910 / 9522)
    # 8 · 70 + 7 · 140 + 6 · 70 + 6 · 33: more than the 2,094 of 22 %, no grade of which looks like much
    more = nine_year_shares(week(chinese=[8, 8, 7, 7, 7, 7, 6, 6, 6]), PLAN).loc["语文"]
    assert more[["hours", "status"]].tolist() == [2158, "over"]
    assert (as_planned["status"] == "full").all()


def test_a_grade_that_nobody_looked_at_leaves_nine_years_open():
    blank = nine_year_shares(week(music=[2, 2, np.nan, 2, 2, 2, 1, 1, 1]), PLAN)
    assert blank.at["艺术", "status"] == "unknown"
    assert np.isnan(blank.at["艺术", "hours"])
    assert blank.at["历史、地理", "status"] == "full"  # no grade below 7 is to have them
    assert nine_year_shares(week().drop(columns="it"), PLAN).at["信息科技", "status"] == "unknown"


def test_the_countys_week_is_the_mean_of_what_is_known():
    rows = [*third_grade("A", pe=(3, 2, 2)), *third_grade("B"), *third_grade("C", pe=(3, np.nan, np.nan))]
    mean = county_week(delivery(county(rows, **dict.fromkeys("ABC", "primary"))))
    assert mean.at[3, "pe"] == 2.5
    assert mean.loc[4].isna().all()


def test_who_gives_the_lessons():
    """As in the chapter: science given in full, 4 of 10 periods by those trained in it."""
    rows = [
        *third_grade("A", science=(2, 2, 2), math=(4, 4, np.nan)),
        *third_grade("A", 4, science=(2, 2, 2)),
        *third_grade("B", science=(2, 2, 0)),
        *third_grade("B", 4, science=(2, 2, 0)),
        *third_grade("B", 5, science=(2, 2, 0)),
        *third_grade("C", science=(2, 0, 0)),
    ]
    found = trained_lessons(delivery(county(rows, **dict.fromkeys("ABC", "primary"))), ["label"])
    assert found.loc["科学", ["given", "qualified", "share"]].tolist() == [10, 4, 0.4]
    assert found.loc["科学", ["schools", "without"]].tolist() == [
        2,
        1,
    ]  # C gives no science: nobody lacks there
    assert found.loc["数学", ["schools", "unknown"]].tolist() == [2, pytest.approx(1 / 6)]
    assert "综合实践与劳动" not in found.index


def staff(rows, training=None):
    teachers = pd.DataFrame(rows, columns=["teacher_id", "school_id", "periods"])
    teachers = teachers.assign(stage="primary", subject="science")
    places = schools(**dict.fromkeys(sorted(set(teachers["school_id"])), "primary"))
    tables = {"schools": places, "teachers": teachers}
    return County(tables | ({} if training is None else {"training": training}))


def test_three_denominators_as_in_the_chapter():
    """40 teachers in 20 schools; the 32 who were trained are in 14 of them."""
    pairs = [(f"T{i:02}", f"S{i % 14:02}" if i < 32 else f"S{14 + i % 6:02}", 10.0) for i in range(40)]
    trained = pd.Series({teacher: float(i < 32) for i, (teacher, *_) in enumerate(pairs)})
    found = training_coverage(staff(pairs), trained).loc[("primary", "science")]
    assert found[["teachers", "unknown", "share", "schools", "none"]].tolist() == [40, 0, 0.8, 20, 6]


def test_lessons_weigh_by_periods_and_the_unknown_stays_out():
    rows = [("T1", "A", 12.0), ("T2", "A", 4.0), ("T3", "B", 5.0), ("T4", "B", np.nan), ("T5", "C", 9.0)]
    trained = pd.Series({"T1": 1.0, "T2": 0.0, "T3": 0.0, "T4": 0.0, "T5": np.nan})
    found = training_coverage(staff(rows), trained, ["subject"]).loc["science"]
    assert found[["teachers", "unknown", "share", "schools", "none"]].tolist() == [5, 1, 0.25, 3, 1]
    assert found[["periods", "lessons"]].tolist() == [21, pytest.approx(12 / 21)]


def test_hours_of_a_year():
    training = pd.DataFrame(
        [("T1", 2025, 72.0), ("T2", 2025, 71.5), ("T3", 2025, np.nan), ("T4", 2024, 90.0)],
        columns=["teacher_id", "year", "hours"],
    )
    some = staff([(f"T{i}", "A", 10.0) for i in (4, 3, 2, 1)], training)
    assert trained_teachers(some).fillna(-1).to_dict() == {"T1": 1, "T2": 0, "T3": -1, "T4": -1}
    assert trained_teachers(some, 2024).fillna(-1).tolist() == [-1, -1, -1, 1]
    with pytest.raises(Lacking, match="2020年一个学时也没有填"):
        trained_teachers(some, 2020)


def test_what_takes_the_place_of_lessons():
    """Monday's week: of three due one is taken and one lost without a word; the unknown is in neither."""
    lessons = pd.DataFrame(
        [
            ("2025-11-03", "music", 0, "math"),
            ("2025-11-04", "music", 1, None),
            ("2025-11-07", "pe", 0, None),
            ("2025-11-07", "pe", np.nan, None),
            ("2025-11-10", "pe", 0, "chinese"),
        ],
        columns=["day", "subject", "held", "replaced_by"],
    ).assign(day=lambda t: pd.to_datetime(t["day"]))
    found = replaced_lessons(lessons)
    assert found.index.strftime("%m-%d").tolist() == ["11-03", "11-10"]
    assert found.iloc[0].tolist() == [3, 1, 1, 1, pytest.approx(1 / 3)]
    assert found.iloc[1].tolist() == [1, 0, 1, 0, 1]
    assert replaced_lessons(lessons, ["subject"])["replaced"].to_dict() == {"music": 1, "pe": 1}
    assert who_took(lessons).loc["music", "math"] == 1


def test_bounds_of_the_plan_as_published():
    """教育部, 义务教育课程方案（2022年版）: shares of 9,522 hours; the bounds of the chapter's table."""
    assert [(g.label, *g.share) for g in PLAN.groups] == [
        ("道德与法治", 0.06, 0.08),
        ("语文", 0.20, 0.22),
        ("数学", 0.13, 0.15),
        ("外语", 0.06, 0.08),
        ("历史、地理", 0.03, 0.04),
        ("科学、物理、化学、生物学", 0.08, 0.10),
        ("信息科技", 0.01, 0.03),
        ("体育与健康", 0.10, 0.11),
        ("艺术", 0.09, 0.11),
        ("劳动、综合实践活动、地方课程、校本课程", 0.14, 0.18),
    ]
    bounds = {"morality": (572, 761), "chinese": (1905, 2094), "it": (96, 285), "practice": (1334, 1713)}
    assert bounds.items() <= PLAN.bounds().items()

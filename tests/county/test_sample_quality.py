"""The synthetic county's tables of teaching and learning: their shape, that they contradict nothing, and what is planted in them."""

import numpy as np
import pandas as pd
import pytest
from conftest import ROOT
from samples import sample_county

from balancelib.county import open_county, read_county
from balancelib.county.sample import scores as planted
from balancelib.county.sample import true_effects
from balancelib.county.sample.items import AMBIGUOUS, REVERSED, TOO_EASY, TOO_HARD, WRONG_KEY
from balancelib.county.sample.judgements import CONTRARY, WEIGHTS
from balancelib.county.write import write_csv
from balancelib.standards.staffing.curriculum import load_curriculum

NEW = ["scores", "items", "item_answers", "lesson_log", "timetable", "reviews", "expert_pairs"]


@pytest.fixture(scope="module")
def sample():
    return sample_county(7).tables


@pytest.fixture(scope="module")
def effects():
    return true_effects(7)


@pytest.mark.parametrize(("seed", "schools"), [(0, 20), (5, 33), (2026, 90)])
def test_read_back_they_are_the_same_without_fault_or_warning(seed, schools, tmp_path):
    tables = sample_county(seed, schools).tables
    names = ["schools", "enrolment", "teachers", *NEW]
    write_csv({name: tables[name] for name in names}, tmp_path)
    county = read_county(tmp_path)
    assert county.warnings == []
    for name in NEW:
        read, drawn = (frame.fillna(np.nan) for frame in (county.tables[name], tables[name]))
        pd.testing.assert_frame_equal(read, drawn, check_dtype=False, obj=name)
    kinds = tables["schools"].set_index("school_id")["kind"]
    assert set(kinds[tables["scores"]["school_id"]]) <= set(planted.KINDS_TESTED)


# Scores


def test_scores_are_of_a_sample_of_pupils_numbered_within_the_year(sample):
    scores = sample["scores"]
    assert len(scores) <= 9000
    assert not scores.duplicated(["year", "grade", "pupil", "subject"]).any()
    pupils = scores.drop_duplicates(["year", "pupil"])
    assert not scores.duplicated(["year", "pupil", "subject"]).any()
    for _, year in pupils.groupby("year"):
        assert list(year["pupil"]) == [f"P{i:05d}" for i in range(1, len(year) + 1)]
    counts = pupils.groupby(["year", "grade", "school_id"]).size()
    assert counts.max() == 25
    enrolment = sample["enrolment"].set_index(["year", "school_id"])
    for (year, grade, school), n in counts.items():
        assert n <= enrolment.loc[(year, school), f"grade{grade:.0f}"]


def test_levels_follow_from_scores_by_the_cuts_that_the_dictionary_page_states(sample):
    scores = sample["scores"]
    expected = pd.cut(scores["score"], [0, 385, 475, 575, 1000], labels=[1, 2, 3, 4], right=False)
    assert (scores["level"] == expected.astype(float)).all()


def test_a_blank_is_unknown_and_more_often_so_for_families_with_little(sample):
    scores = sample["scores"]
    assert scores["score"].notna().all()
    assert scores["earlier"].isna().mean() == pytest.approx(0.08, abs=0.02)
    assert scores["ses"].isna().mean() == pytest.approx(0.06, abs=0.02)
    known = scores.dropna(subset=["ses"])
    blank = known["earlier"].isna()
    assert blank[known["ses"] < 0].mean() > 1.5 * blank[known["ses"] > 0].mean()


def between(frame):
    """Share of variance between groups by one-way ANOVA with unequal sizes, as in Searle, Casella & McCulloch (1992), ch. 3."""
    groups = [g.to_numpy() for _, g in frame.groupby("school_id")["score"]]
    n = np.array([len(g) for g in groups])
    mean, grand = np.array([g.mean() for g in groups]), frame["score"].mean()
    inside = sum(((g - m) ** 2).sum() for g, m in zip(groups, mean, strict=True)) / (n.sum() - len(n))
    outside = (n * (mean - grand) ** 2).sum() / (len(n) - 1)
    size = (n.sum() - (n**2).sum() / n.sum()) / (len(n) - 1)
    variance = (outside - inside) / size
    return variance / (variance + inside)


def of(frame, year, grade, subject="math"):
    return frame[(frame["year"] == year) & (frame["grade"] == grade) & (frame["subject"] == subject)]


def test_grade_4_is_below_the_limit_and_grade_8_above(sample):
    for grade, share in ((4, 0.12), (8, 0.17)):
        assert between(of(sample["scores"], 2025, grade)) == pytest.approx(share, abs=0.015), grade


def test_over_counties_the_share_is_the_one_stated():
    """Eight counties: the mean of the estimates of grade 8, each with a standard error of about .03."""
    found = [between(of(sample_county(seed, 30).tables["scores"], 2024, 8)) for seed in range(8)]
    assert np.mean(found) == pytest.approx(0.17, abs=0.04)


def test_scores_follow_the_slopes_and_effects_that_are_stated(sample, effects):
    """What is left of a score after the stated slopes and effect is chance: no school's is more than 3.5 standard errors from 0."""
    here = of(sample["scores"], 2024, 4).merge(of(effects, 2024, 4)[["school_id", "effect"]])
    here = here.dropna(subset=["earlier", "ses"])
    x = np.column_stack([np.ones(len(here)), here["earlier"] - 500, here["ses"], here["effect"]])
    slope = np.linalg.lstsq(x, here["score"] - 500, rcond=None)[0]
    assert slope[1] == pytest.approx(planted.EARLIER_SLOPE, abs=0.08)
    assert slope[2] == pytest.approx(100 * planted.SES_SLOPE, abs=8)
    assert slope[3] == pytest.approx(1, abs=0.35)
    left = (
        here["score"] - 500 - x[:, 1] * planted.EARLIER_SLOPE - 100 * planted.SES_SLOPE * x[:, 2] - x[:, 3]
    ).groupby(here["school_id"])
    z = left.mean() / (left.std().mean() / np.sqrt(left.size()))
    assert z.abs().max() < 3.5


def test_raw_means_and_effects_rank_schools_differently(sample, effects):
    for grade in (4, 8):
        mean = of(sample["scores"], 2025, grade).groupby("school_id")["score"].mean()
        truth = of(effects, 2025, grade).set_index("school_id")["effect"]
        assert 0.2 < mean.corr(truth.reindex(mean.index), method="spearman") < 0.85, grade


def test_chance_moves_two_small_schools_and_one_school_is_mended(sample, effects):
    story = of(effects, 2025, 4).set_index("planted")["school_id"]
    latest = of(sample["scores"], 2025, 4).groupby("school_id")["score"].agg(["mean", "size"])
    latest = latest[latest["size"] >= 10]
    rank = latest["mean"].rank(ascending=False)
    assert rank[story["lucky"]] <= 4
    assert rank[story["unlucky"]] > len(latest) - 4
    truth = of(effects, 2025, 4).set_index("school_id")["effect"]
    for name in ("lucky", "unlucky"):
        assert latest["size"][story[name]] < 15
        assert abs(truth[story[name]]) < 15
    scores = sample["scores"].query("grade == 4 and subject == 'math'")
    mended = scores[scores["school_id"] == story["mended"]]
    means = mended.groupby("year")["score"].mean()
    assert means[2025] - means[2023] > 45
    assert mended.groupby("year").size().eq(25).all()


# Items


def test_the_five_bad_questions_are_bad_in_their_own_ways(sample):
    items, answers = sample["items"].set_index("item"), sample["item_answers"]
    wide = answers.pivot(index="pupil", columns="item", values="answer")
    assert wide.shape == (300, 20)
    right = (wide == items["key"]).astype(float)
    easy = right.mean()
    total = right.sum(axis=1)
    sharp = {item: np.corrcoef(right[item], total - right[item])[0, 1] for item in right}
    assert easy[TOO_EASY] > 0.93
    assert easy[TOO_HARD] < 0.30
    assert sharp[WRONG_KEY] < 0.05
    assert sharp[REVERSED] < 0
    strong = total >= total.quantile(0.73)
    drawn = wide[AMBIGUOUS][strong].value_counts(normalize=True)
    assert drawn.drop(items["key"][AMBIGUOUS]).max() > 0.3
    others = [item for item in right if item not in (TOO_EASY, TOO_HARD, WRONG_KEY, REVERSED, AMBIGUOUS)]
    assert min(sharp[item] for item in others) > 0.15
    omitted = wide.isna().mean()
    assert 0 < omitted.iloc[:16].mean() < omitted.iloc[16:].mean() < 0.15


def test_answers_are_of_pupils_who_were_tested(sample):
    pupils = of(sample["scores"], 2025, 4)["pupil"]
    assert set(sample["item_answers"]["pupil"]) <= set(pupils)


# The log


def test_the_log_only_grows_and_no_record_comes_before_its_lesson(sample):
    log = sample["lesson_log"]
    assert log["record"].is_unique
    assert log["sent"].is_monotonic_increasing
    assert (log["sent"] >= log["day"]).all()
    days = pd.to_datetime(log["day"])
    assert days.min() == pd.Timestamp("2025-10-13")
    assert days.max() == pd.Timestamp("2025-11-07")
    assert days.dt.day_of_week.max() == 4
    assert log["school_id"].nunique() == 4


def test_records_are_late_doubled_mended_and_contrary(sample):
    log = sample["lesson_log"]
    delay = (pd.to_datetime(log["sent"]) - pd.to_datetime(log["day"])).dt.days
    by_school = delay.groupby(log["school_id"]).mean()
    assert by_school.max() > 1.5  # the one that reports on Fridays
    assert by_school.median() < 1
    lesson = ["school_id", "class", "day", "period"]
    again = log[log.duplicated(lesson, keep=False)].groupby(lesson)
    same = again[["subject", "held", "minutes"]].nunique().max(axis=1) == 1
    assert same.sum() >= 20
    assert (~same).sum() >= 20
    contrary = again["sent"].nunique()[~same] == 1
    assert contrary.sum() >= 4
    assert again.size().max() == 2


def test_a_day_is_missing_and_lessons_are_seized_before_the_examinations(sample):
    log = sample["lesson_log"]
    days = log.groupby("school_id")["day"].nunique()
    assert sorted(days) == [19, 20, 20, 20]
    week = (pd.to_datetime(log["day"]) - pd.Timestamp("2025-10-13")).dt.days // 7
    seized = log["subject"].isin(["pe", "music", "art", "it", "practice"])
    lost = log["held"].eq(0)[seized].groupby(week[seized]).mean()
    assert lost[3] > 0.3 > lost[2] > 0.1 > lost[1]
    assert set(log["replaced_by"].dropna()) == {"chinese", "math"}
    assert (log.loc[log["held"] == 0, "minutes"] == 0).all()


# The timetable


def test_on_paper_and_given_the_week_is_that_of_the_plan(sample):
    plan, table = load_curriculum(), sample["timetable"]
    whole = table.groupby(["school_id", "grade"]).agg(periods=("periods", "sum"), given=("given", "sum"), known=("given", "count"), n=("subject", "size"))  # fmt: skip
    asked = [plan.weekly[int(grade) - 1] for grade in whole.index.get_level_values("grade")]
    assert (whole["periods"] == asked).all()
    seen = whole["known"] == whole["n"]
    assert seen.mean() > 0.7
    assert (whole["given"] == asked)[seen].all()


def test_small_schools_and_grade_9_lack_what_is_told(sample):
    table = sample["timetable"].merge(sample["schools"][["school_id", "pupils_primary"]])
    small = (table["stage"] == "primary") & (table["pupils_primary"] < 200)
    none = table["given"].eq(0).groupby([small, table["subject"]]).mean()
    assert none[True, "it"] > 0.35
    assert none[True, "music"] > 0.15
    assert none[False, "chinese"] == none[True, "math"] == 0
    last = table[table["grade"] == 9].groupby("subject")[["periods", "given"]].mean()
    assert (
        last.loc[["pe", "music", "art", "practice"], "given"]
        < last.loc[["pe", "music", "art", "practice"], "periods"] - 0.2
    ).all()
    assert (last.loc[["chinese", "math"], "given"] > last.loc[["chinese", "math"], "periods"]).all()
    unseen = table["given"].isna().groupby(table["school_id"]).mean()
    assert (unseen == 1).sum() == 1


# Judgements


def test_readers_differ_as_told_and_leave_some_blank(sample):
    reviews = sample["reviews"]
    assert reviews["material"].nunique() == 30
    assert reviews.groupby("material").size().between(3, 5).all()
    passed = (reviews["verdict"] == "pass").groupby(reviews["reviewer"]).mean()
    assert passed["R5"] > 0.85 > passed.drop(["R4", "R5"]).min() > passed["R4"]
    assert (reviews["ideology"] == 4).mean() > 0.6
    assert 0 < reviews[["ideology", "science", "fit", "layout", "verdict"]].isna().mean().mean() < 0.1


@pytest.mark.parametrize("seed", [0, 1, 7])
def test_one_expert_contradicts_himself(seed):
    """Saaty's consistency ratio, with the random index of 1.12 for five aspects (Saaty 1980): above .1 for one expert alone."""
    pairs, names = sample_county(seed, 20 if seed < 7 else 60).tables["expert_pairs"], list(WEIGHTS)
    for expert, own in pairs.groupby("expert"):
        matrix = np.eye(5)
        for first, second, value in own[["first", "second", "value"]].itertuples(index=False):
            i, k = names.index(first), names.index(second)
            matrix[i, k], matrix[k, i] = value, 1 / value
        ratio = (np.linalg.eigvals(matrix).real.max() - 5) / 4 / 1.12
        assert (ratio > 0.1) == (expert == CONTRARY), expert


# Reading


def test_a_lesson_reads_long_tables_only_where_it_needs_them(capsys):
    county = open_county(ROOT / "data" / "county", needs=["scores.level"])
    assert len(county.tables["scores"]) > 1000
    assert "item_answers" not in county.tables
    assert "items" in county.tables
    assert county.sha256 == read_county(ROOT / "data" / "county", only={"schools": ()}).sha256

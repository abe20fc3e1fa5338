"""Shares, value added, changes and weak schools on small counties whose truth is known."""

import numpy as np
import pandas as pd
import pytest

from balancelib.county import County, Lacking, MissingTable
from balancelib.quality import (
    apparent_lead,
    level_funnel,
    rise_power,
    school_changes,
    school_means,
    school_shares,
    usable_covariates,
    value_added,
    weak_schools,
)

SCHOOLS = [f"S{k:02d}" for k in range(12)]


def _county(years=(2023, 2025), mended="S03"):
    """Twelve schools of 40; intake rises with the school's number, S11 teaches badly, S03 did until it was mended."""
    rng = np.random.default_rng(5)
    rows = []
    for year in years:
        for k, school in enumerate(SCHOOLS):
            effect = -60 if school == "S11" or (school == mended and year == years[0]) else 6 * (k % 3)
            earlier = 420 + 15 * k + 60 * rng.normal(size=40)
            score = 0.8 * earlier + 100 + effect + 40 * rng.normal(size=40)
            rows += [(year, 4, "math", school, *pair) for pair in zip(score, earlier, strict=True)]
    scores = pd.DataFrame(rows, columns=["year", "grade", "subject", "school_id", "score", "earlier"])
    scores = scores.assign(ses=0.01 * scores["earlier"] ** 0.5 * rng.normal(size=len(scores)), level=2.0)
    schools = pd.DataFrame({"school_id": SCHOOLS, "name": [f"{k}校" for k in range(12)]})
    return County({"scores": scores, "schools": schools})


COUNTY = _county()


def test_blank_scores_are_left_out_and_counted():
    scores = COUNTY.tables["scores"].copy()
    scores.loc[scores.index[:7], "score"] = np.nan
    found = school_shares(County({"scores": scores}))
    assert found.loc[(2023, 4, "math"), ["pupils", "blank", "schools"]].tolist() == [473, 7, 12]
    assert found["label"].tolist() == ["2023年四年级数学", "2025年四年级数学"]
    assert ((found["low"] < found["anova"]) & (found["anova"] < found["high"])).all()


@pytest.mark.parametrize(
    ("schools", "scores", "why"),
    [("aaaa", [1, 2, 3, 4], "两个组"), ("abcd", [1, 2, 3, 4], "每组都只有一个数"), ("aabb", [5] * 4, "方差")],
)
def test_no_share_says_why(schools, scores, why):
    table = pd.DataFrame(
        {"year": 2025, "grade": 4, "subject": "math", "school_id": list(schools), "score": scores}
    )
    row = school_shares(County({"scores": table})).iloc[0]
    assert np.isnan(row["anova"])
    assert row["verdict"] == "unsure"
    assert why in row["why"]


def test_worst_is_not_the_lowest():
    found = value_added(COUNTY, 2025, 4, "math").schools
    assert found.index[0] == "S11"
    assert found.loc["S11", "place"] == "below"
    assert found["raw"].idxmin() != "S11"
    assert (found["added"].abs() < found["gap"].abs()).all()
    assert ((found["first"] <= found["rank"]) & (found["rank"] <= found["last"])).all()


@pytest.mark.parametrize(
    ("changed", "used"),
    [
        ({}, ("earlier", "ses")),
        ({"ses": 0.0}, ("earlier",)),
        ({"earlier": 400.0}, ()),
        ({"earlier": [400.0 + k if k % 2 else np.nan for k in range(960)]}, ("earlier", "ses")),
        ({"earlier": [400.0 + k if k % 3 == 0 else np.nan for k in range(960)]}, ()),
    ],
)
def test_a_covariate_is_used_where_half_have_it_and_they_differ(changed, used):
    county = County({"scores": COUNTY.tables["scores"].assign(**changed)})
    assert usable_covariates(county, 2025, 4, "math") == used


def test_a_low_mean_without_earlier_scores_is_not_put_down_to_teaching():
    """S00 has the lowest intake, S11 teaches badly and has the highest: the means alone show but the first."""
    found = weak_schools(COUNTY, 2025, 4, "math", covariates=())
    assert "S00" in found.index
    assert set(found["kind"]) == {"unknown"}
    assert "教得怎样还不能说" in found.loc["S00", "reasons"]
    assert weak_schools(COUNTY, 2025, 4, "math").loc["S00", "kind"] == "intake"


def test_small_schools_are_not_shown():
    scores = COUNTY.tables["scores"]
    few = scores[(scores["school_id"] != "S05") | (scores.groupby(["year", "school_id"]).cumcount() < 9)]
    county = County({"scores": few, "schools": COUNTY.schools})
    found = value_added(county, 2025, 4, "math")
    assert (found.hidden, "S05" in found.schools.index, found.fit.groups.size) == (1, False, 12)
    assert "S05" not in school_means(county, 2025, 4, "math").index
    assert "S05" not in level_funnel(county, 2025, 4, "math").schools.index


def test_mended_school_rose_by_more_than_luck():
    found = school_changes(COUNTY, 4, "math", 2023, 2025)
    assert found.loc["S03", "verdict"] == "risen"
    assert found.index[-1] == "S03"
    assert found["change"].to_numpy() == pytest.approx((found["by_itself"] + found["beyond"]).to_numpy())
    assert found.loc["S11", "by_itself"] > 0


def test_weak_schools_have_reasons():
    timetable = pd.DataFrame(
        {
            "school_id": "S11",
            "grade": 4,
            "subject": ["music", "math", "practice"],  # the last anyone may teach
            "periods": [2, 4, 4],
            "given": [1, 4, 4],
            "qualified_periods": [0, 2, 4],
        }
    )
    tables = {"scores": COUNTY.tables["scores"], "schools": COUNTY.schools}
    found = weak_schools(County(tables | {"timetable": timetable}), 2025, 4, "math", 2023)
    assert found.index[0] == "S11"
    assert found.loc["S11", "kind"] == "effect"
    assert (found.loc["S11", "missed"], found.loc["S11", "trained"]) == (1, 0.4)
    assert "1门课没有照课表上足" in found.loc["S11", "reasons"]
    assert set(found.loc[found["raw"] < found["raw"].median(), "kind"]) <= {"effect", "intake"}
    without = weak_schools(County(tables), 2025, 4, "math")
    assert without.loc["S11", "unknown"] == "有没有下降、课有没有上足、教师对不对口"


def test_funnel_by_hand():
    """Of 20 with a chance of one half, P(X ≤ 3) = 1351 / 2²⁰ is above and P(X ≤ 2) = 211 / 2²⁰ below one in a thousand."""
    reached = {"a": 2, "b": 10, "c": 18}
    rows = [
        (2025, 4, "math", school, 500, 3 if k < n else 2) for school, n in reached.items() for k in range(20)
    ]
    table = pd.DataFrame(rows, columns=["year", "grade", "subject", "school_id", "score", "level"])
    funnel = level_funnel(County({"scores": table}), 2025, 4, "math")
    found = funnel.schools
    assert funnel.rate == 0.5
    assert found["place"].tolist() == ["below", "within", "above"]
    assert found["lower"].tolist() == [0.15] * 3


def test_what_is_lacking_is_said():
    with pytest.raises(MissingTable, match="监测成绩"):
        value_added(County({"schools": COUNTY.schools}), 2025, 4, "math")
    with pytest.raises(Lacking, match="2019年四年级数学"):
        value_added(COUNTY, 2019, 4, "math")
    scores = COUNTY.tables["scores"]
    few = scores[(scores["school_id"] == "S00") | (scores.groupby(["year", "school_id"]).cumcount() < 9)]
    with pytest.raises(Lacking, match="满10人的学校只有1所"):
        value_added(County({"scores": few}), 2025, 4, "math")
    few = COUNTY.tables["scores"].groupby(["year", "school_id"]).head(9)
    with pytest.raises(Lacking, match="2025年四年级数学没有一所学校满10人"):
        school_means(County({"scores": few}), 2025, 4, "math")
    with pytest.raises(Lacking, match="没有一所学校满10人，各校的比例"):
        level_funnel(County({"scores": few}), 2025, 4, "math")
    with pytest.raises(ValueError, match="不认识"):
        value_added(COUNTY, 2025, 4, "math", ["income"])


def test_several_later_years_say_more_than_one():
    county = _county(years=(2023, 2024, 2025))
    one, two = (school_changes(county, 4, "math", 2023, last) for last in (2025, [2024, 2025]))
    assert two.loc["S03", "verdict"] == "risen"
    assert (two["error"] < one["error"].reindex(two.index)).all()
    years = [school_changes(county, 4, "math", 2023, year) for year in (2024, 2025)]
    mean = sum(found["gap_last"].reindex(two.index) for found in years) / 2
    assert two["gap_last"].to_numpy() == pytest.approx(mean.to_numpy())
    first = value_added(county, 2023, 4, "math").schools["error"].reindex(two.index)
    noise = sum(found["error"].reindex(two.index) ** 2 - first**2 for found in years)
    assert two["error"].to_numpy() == pytest.approx(np.sqrt(first**2 + noise / 4).to_numpy())
    with pytest.raises(ValueError, match="first要早于last"):
        school_changes(county, 4, "math", 2023, [2023, 2025])
    with pytest.raises(Lacking, match="2025年以后没有别的年份"):
        school_changes(county, 4, "math", 2025, [])


def test_low_school_without_starts_is_not_forgotten():
    """S00 starts lowest; where the earlier scores of all but nine are unknown, its value added is unknown, and it stays on the list."""
    scores = COUNTY.tables["scores"].copy()
    lost = (scores["school_id"] == "S00") & (scores.groupby(["year", "school_id"]).cumcount() >= 9)
    scores.loc[lost, "earlier"] = np.nan
    found = weak_schools(County({"scores": scores, "schools": COUNTY.schools}), 2025, 4, "math", 2023)
    assert found.loc["S00", ["kind", "pupils"]].tolist() == ["unknown", 40]
    assert found.loc["S00", "unknown"].startswith("增值、有没有下降")
    assert "还不能说" in found.loc["S00", "reasons"]


def test_flat_line_wrongs_those_who_start_low():
    """A hundred schools of two hundred pupils that teach alike: with a start measured at .7, value added leans to where pupils start high."""
    rng = np.random.default_rng(3)
    start = rng.normal(500, 40, 100)
    truth = start[:, None] + 80 * rng.normal(size=(100, 200))
    score = 100 + 0.6 * truth + 50 * rng.normal(size=truth.shape)
    earlier = truth + 80 * np.sqrt(1 / 0.7 - 1) * rng.normal(size=truth.shape)
    columns = {"score": score.ravel(), "earlier": earlier.ravel(), "school_id": np.repeat(range(100), 200)}
    scores = pd.DataFrame({"year": 2025, "grade": 4, "subject": "math", **columns})
    found = value_added(County({"scores": scores}), 2025, 4, "math", ["earlier"]).schools
    leaning = np.polyfit(start, found["gap"].sort_index(), 1)[0]
    assert leaning == pytest.approx(apparent_lead(1, 0.6, 0.7)["added"], abs=0.02)
    assert apparent_lead(40, 0.5, 1, better=3) == {"raw": 17, "added": -3, "true": -3}
    with pytest.raises(ValueError, match="信度"):
        apparent_lead(40, 0.5, 1.2)


def test_schools_that_differ_no_more_than_by_chance_have_no_order():
    """Errors of 0 would say that they are alike; nothing is known of them but that."""
    pupils = {"earlier": np.tile([400.0, 500, 600], 8), "score": np.tile([410.0, 490, 600], 8)}
    scores = pd.DataFrame({"year": 2025, "grade": 4, "subject": "math", **pupils})
    scores["school_id"] = np.repeat(["a", "b"], 12)
    county = County({"scores": scores, "schools": pd.DataFrame({"school_id": ["a", "b"], "name": "甲乙"})})
    with pytest.raises(Lacking, match="不比碰巧的大，分不出先后"):
        value_added(county, 2025, 4, "math", ["earlier"])
    assert weak_schools(county, 2025, 4, "math").empty


def test_a_county_without_starts_has_a_list_that_says_so():
    county = County({"scores": COUNTY.tables["scores"].drop(columns="earlier"), "schools": COUNTY.schools})
    found = weak_schools(county, 2025, 4, "math", 2023)
    assert set(found["kind"]) == {"unknown"}
    assert "S00" in found.index
    assert found["unknown"].str.startswith("增值、有没有下降").all()


@pytest.mark.parametrize(("rise", "pupils", "years"), [(0, 20, 2), (40, 20, 1), (40, 80, 3)])
def test_a_true_rise_is_told_as_often_as_said(rise, pupils, years):
    """Twenty thousand schools drawn: what comes back by itself and the pupils' luck are as the formula has them."""
    rng, between, within = np.random.default_rng(0), 600.0, 6000.0
    truly = rng.normal(0, np.sqrt(between), 20_000)
    first = truly + rng.normal(0, np.sqrt(within / pupils), truly.size)
    later = truly + rise + rng.normal(0, np.sqrt(within / pupils), (years, truly.size)).mean(axis=0)
    power = rise_power(rise, pupils, years, between, within)
    beyond = later - (1 - power.returns) * first
    assert np.polyfit(first, truly, 1)[0] == pytest.approx(1 - power.returns, abs=0.02)
    assert beyond.mean() == pytest.approx(rise, abs=1)
    error = power.least / (1.959964 + 0.841621)
    assert beyond.std() == pytest.approx(error, rel=0.02)
    assert (abs(beyond) > 1.959964 * error).mean() == pytest.approx(power.chance, abs=0.015)

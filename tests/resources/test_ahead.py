"""What mends itself: hand-solved schools, and what must hold of any county."""

import numpy as np
import pandas as pd
import pytest
from samples import sample_county

from balancelib.assess import assess
from balancelib.county import County
from balancelib.resources import (
    class_limits,
    extend_births,
    forecast_pupils,
    forecast_schools,
    hidden_by_decline,
    holds_from,
    judge_ahead,
    rooms_needed,
    with_pupils,
)

YEARS = (2025, 2030)


def grades_of(county, years=YEARS, factor=1.0):
    """Pupils spread over the grades of their stage as evenly as may be; all schools shrink alike after the first year."""
    schools = county.schools.set_index("school_id")
    rows = {}
    for school, row in schools.iterrows():
        for n, year in enumerate(years):
            shrunk = factor if n else 1.0
            primary, junior = np.nan_to_num([row["pupils_primary"], row["pupils_junior"]]) * shrunk
            rows[school, year] = [primary / 6] * 6 + [junior / 3] * 3
    return pd.DataFrame.from_dict(rows, orient="index", columns=[f"grade{g}" for g in range(1, 10)]).set_axis(
        pd.MultiIndex.from_tuples(rows, names=["school_id", "year"])
    )


@pytest.fixture(scope="module")
def county():
    return sample_county()


def test_pupils_change_and_nothing_else(county):
    same = with_pupils(county, grades_of(county).xs(2025, level="year"))
    pd.testing.assert_frame_equal(same.schools, county.schools)
    half = with_pupils(county, grades_of(county, factor=0.5).xs(2030, level="year")).schools
    assert half["pupils_junior"].isna().equals(county.schools["pupils_junior"].isna())
    assert half.drop(columns=["pupils_primary", "pupils_junior"]).equals(
        county.schools.drop(columns=["pupils_primary", "pupils_junior"])
    )
    some = county.schools["pupils_primary"].notna()
    assert (
        half.loc[some, "pupils_primary"] - county.schools.loc[some, "pupils_primary"] / 2
    ).abs().max() <= 0.5


def test_the_first_year_is_the_verdict_of_today(county):
    ahead, today = judge_ahead(county, grades_of(county)), assess(county)
    for stage, judged in today.stages.items():
        assert ahead.sections.loc[(2025, stage), "sections"] == judged.sections
        here = today.sections["stage"] == stage
        assert ahead.sections.loc[(2025, stage), "meeting"] == today.sections["meets"][here].sum()
        of_stage = ahead.indicators.xs((2025, stage), level=["year", "stage"])
        assert of_stage["cv"].to_dict() == judged.cv
        assert of_stage["cv_meets"].to_dict() == judged.cv_meets


def test_half_the_pupils_twice_as_much_each_and_the_same_spread():
    """Two schools of 200 and 400: 1,000 and 1,600 m² are 5 and 4 a pupil; with half the pupils 10 and 8; the CV stays."""
    base = sample_county().schools
    two = (
        base[base["kind"] == "primary"]
        .head(2)
        .assign(pupils_primary=[200.0, 400.0], teaching_area=[1000.0, 1600.0], indoor_sports_area=0.0)
    )
    county = County({"schools": two.reset_index(drop=True)})
    found = judge_ahead(county, grades_of(county, factor=0.5)).indicators.xs(
        "teaching_area", level="indicator"
    )
    primary = found.xs("primary", level="stage")
    assert primary["mean"].tolist() == pytest.approx([2600 / 600, 2 * 2600 / 600])
    assert primary["met"].tolist() == [1, 2]  # 4.5 m² a pupil
    # Weights ⅓ and ⅔; mean 13/3; deviations ⅔ and -⅓: variance 4/27 + 2/27 = 2/9.
    assert primary["cv"].tolist() == pytest.approx([np.sqrt(2 / 9) / (13 / 3)] * 2)


def test_a_ratio_that_reaches_its_threshold_is_met_as_in_the_assessment(county):
    """9 teachers of 1,000 pupils are 0.9 per 100, which binary numbers put just below."""
    base = county.schools
    one = (
        base[base["kind"] == "primary"]
        .head(1)
        .assign(pupils_primary=1000.0, pe_arts_primary=9.0, shared_pe_arts_primary=0.0)
    )
    found = judge_ahead(County({"schools": one.reset_index(drop=True)}), grades_of(County({"schools": one})))
    met = found.indicators.xs(("primary", "pe_arts_teachers"), level=["stage", "indicator"])["met"]
    assert met.tolist() == [1, 1]
    assert holds_from(found.indicators).loc[("primary", "pe_arts_teachers"), "all_met"] == 2025


def test_levels_mend_while_the_gap_grows():
    """The school with more loses its pupils: every level gets better, the coefficient of variation worse."""
    base = sample_county().schools
    two = (
        base[base["kind"] == "primary"]
        .head(2)
        .assign(pupils_primary=[300.0, 300.0], teaching_area=[1500.0, 1350.0], indoor_sports_area=0.0)
    )
    county = County({"schools": two.reset_index(drop=True)})
    pupils = grades_of(county)
    pupils.loc[(two["school_id"].iloc[0], 2030)] /= 3
    found = (
        judge_ahead(county, pupils)
        .indicators.xs("teaching_area", level="indicator")
        .xs("primary", level="stage")
    )
    assert found["met"].tolist() == [2, 2]
    assert found["mean"].is_monotonic_increasing
    assert found["cv"].is_monotonic_increasing


def test_holds_from_looks_to_the_end():
    index = pd.MultiIndex.from_product(
        [range(2025, 2029), ["primary"], ["x", "y"]], names=["year", "stage", "indicator"]
    )
    met = pd.DataFrame(
        {
            "met": [2, 0, 1, 1, 2, 1, 2, 1],
            "sections": 2,
            "cv_meets": [True, True, True, False, True, None, True, True],
        },
        index,
    )
    found = holds_from(met)
    assert found.loc[("primary", "x")].tolist() == [2027, 2025]  # met in 2025 too, but not in 2026
    assert pd.isna(found.loc[("primary", "y"), "all_met"])
    assert found.loc[("primary", "y"), "cv_meets"] == 2028


def test_what_decline_hides_by_hand():
    """120 and 90 pupils, then 60 and 45; 7 + 6 teachers and 6 + 6 rooms; 420,000 元 in 2025.

    Each grade of 20, 15, 10 or 7.5 (8) pupils is a class: 6 a school. Half the pupils, half of the 13 teachers beyond today's ratio.
    """
    base = sample_county().schools
    two = (
        base[base["kind"] == "primary"]
        .head(2)
        .assign(pupils_primary=[120.0, 90.0], teachers_primary=[7.0, 6.0])
    )
    money = pd.DataFrame(
        {
            "school_id": [*two["school_id"]] * 2,
            "year": [2024, 2024, 2025, 2025],
            "running_spending": [1.0, 1.0, 210_000.0, 210_000.0],
        }
    )
    county = County({"schools": two.reset_index(drop=True), "money": money})
    pupils = grades_of(county, factor=0.5)
    rooms = rooms_needed(pupils, pd.Series([8, 6], index=two["school_id"]), class_limits())
    found = hidden_by_decline(county, pupils, rooms)
    assert found["pupils"].tolist() == [210, 105]
    assert found["small_schools"].tolist() == [1, 2]
    assert found["classes"].tolist() == [12, 12]
    assert found["idle"].tolist() == [2, 2]
    assert found["teachers"].tolist() == [0, 6]  # 6.5, to the even number
    assert found["cost"].tolist() == [2000, 4000]
    without = County({"schools": county.schools})
    assert hidden_by_decline(without, pupils, rooms)["cost"].isna().all()


@pytest.mark.parametrize("seed", [7, 11])
def test_whole_way_in_a_synthetic_county(seed):
    """From its tables to the verdict: the first year is today's, and the schools add up to the county in every other."""
    county = sample_county(seed)
    tables = county.tables
    forecast = forecast_pupils(tables["enrolment"], extend_births(tables["births"], 2029, "trend"))
    pupils = forecast_schools(tables["enrolment"], forecast)
    sums = pupils.groupby(level="year").sum().loc[2026:]
    assert sums.to_numpy() == pytest.approx(forecast.pupils.to_numpy())
    pd.testing.assert_frame_equal(with_pupils(county, pupils.xs(2025, level="year")).schools, county.schools)
    ahead = judge_ahead(county, pupils)
    for stage, judged in assess(county).stages.items():
        assert ahead.indicators.xs((2025, stage), level=["year", "stage"])["cv"].to_dict() == judged.cv
    last = ahead.sections.index.get_level_values("year").max()
    assert last == 2035
    assert (
        ahead.sections.xs(2035, level="year")["meeting"].sum()
        > ahead.sections.xs(2025, level="year")["meeting"].sum()
    )


def test_what_cannot_be_judged_ahead_is_refused(county):
    pupils = grades_of(county)
    with pytest.raises(ValueError, match="没有给学校定达标线"):
        judge_ahead(county, pupils, "basic-2012")
    schools = county.schools.assign(county_id=["1", *["2"] * (len(county.schools) - 1)])
    with pytest.raises(ValueError, match="一次只算一个县"):
        judge_ahead(County({"schools": schools}), pupils)

"""Indicators over the years, limits of a series, signals and their causes."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from samples import sample_county

from balancelib.assess import assess
from balancelib.county import County, Lacking, MissingTable, indicators
from balancelib.county.schema import schema
from balancelib.policy import (
    causes,
    control_limits,
    history_by_year,
    indicator_history,
    run_rules,
    signals,
    xmr,
)

YEARS = range(2018, 2026)


@pytest.fixture(scope="module")
def sample():
    return sample_county(7)


@pytest.fixture(scope="module")
def history(sample):
    return indicator_history(sample)


def county_of(schools, past):
    """A county of the schools and the earlier years given by some columns; the others are blank."""
    names = schema().table("schools").names
    own = pd.DataFrame(schools).reindex(columns=names)
    earlier = pd.DataFrame(past).reindex(columns=schema().table("history").names)
    return County({"schools": own, "history": earlier})


def two_schools():
    """Backbone teachers of two primary schools: 2 and 6 of 100 and 300 pupils in 2024, 1 and 9 of 100 and 300 in 2025."""
    schools = {
        "school_id": ["a", "b"], "name": ["甲", "乙"], "kind": "primary", "operator": "public", "area": "town",
        "pupils_primary": [100, 300], "backbone_primary": [1, 9],
    }  # fmt: skip
    past = {"school_id": ["a", "b"], "year": 2024.0, "pupils_primary": [100, 300], "backbone_primary": [2, 6]}
    return schools, past


def backbone(history):
    return history[history["indicator"] == "backbone_teachers"].set_index(["year", "school_id"])


# Over the years


def test_a_history_worked_by_hand():
    """2024: 2 per 100 in both and in the county. 2025: 1 and 3, and 10 of 400 pupils are 2.5; the threshold is 1."""
    found = backbone(indicator_history(county_of(*two_schools())))
    assert found["value"].to_dict() == {(2024, "a"): 2, (2024, "b"): 2, (2025, "a"): 1, (2025, "b"): 3}
    assert found["ratio"].equals(found["value"])
    assert found["total"].tolist() == [2, 6, 1, 9]
    assert found["mean"].tolist() == [2, 2, 2.5, 2.5]
    assert found["relative"].tolist() == [1, 1, 0.4, 1.2]


def test_a_year_summed_up_by_hand():
    """2025: 1 and 3 of 100 and 300 pupils: mean 2.5, S = √(¼·1.5² + ¾·0.5²) = √0.75, CV = 0.34641."""
    by_year = history_by_year(indicator_history(county_of(*two_schools())))
    now = by_year[by_year["indicator"] == "backbone_teachers"].set_index("year").loc[2025]
    assert (now["sections"], now["unknown"], now["mean"], now["ratio"], now["below"]) == (2, 0, 2.5, 2.5, 0)
    assert now["cv"] == pytest.approx(0.75**0.5 / 2.5, abs=1e-15)


def test_where_no_school_has_anything_the_ratio_is_zero_and_not_unknown():
    schools, past = two_schools()
    past["backbone_primary"] = 0.0
    found = history_by_year(indicator_history(county_of(schools, past))).set_index(["year", "indicator"])
    year = found.loc[(2024, "backbone_teachers")]
    assert (year["mean"], year["ratio"], year["below"]) == (0, 0, 2)


def test_this_year_is_that_of_the_verdict(sample, history):
    now = history[history["year"] == 2025].pivot(index=["school_id", "stage"], columns="indicator", values="value")  # fmt: skip
    verdict = indicators(sample).set_index(["school_id", "stage"])[now.columns]
    pd.testing.assert_frame_equal(
        now, verdict.loc[now.index], check_exact=False, rtol=1e-12, check_names=False
    )
    by_year = history_by_year(history)
    last = by_year[by_year["year"] == 2025].set_index(["stage", "indicator"])
    judged = assess(sample)
    for stage in ("primary", "junior"):
        for key, cv in judged.stages[stage].cv.items():
            assert last.loc[(stage, key), "cv"] == pytest.approx(cv, rel=1e-12)


def test_a_year_is_computed_as_if_it_were_this_year(sample, history):
    """The rows of 2020 put in the place of the table of schools give the values of 2020: the splits of stages with them."""
    past = sample.tables["history"]
    rows = past[past["year"] == 2020].drop(columns="year").set_index("school_id")
    schools = sample.schools.set_index("school_id")
    schools.loc[rows.index, rows.columns] = rows
    as_now = indicators(County({"schools": schools.loc[rows.index].reset_index()}))
    then = history[history["year"] == 2020].pivot(index=["school_id", "stage"], columns="indicator", values="value")  # fmt: skip
    expected = as_now.set_index(["school_id", "stage"]).loc[then.index, then.columns]
    assert np.allclose(then, expected, rtol=1e-12)
    assert len(then) == len(as_now)


def test_what_is_blank_is_unknown_and_never_zero():
    schools, past = two_schools()
    past["backbone_primary"] = [np.nan, 6]
    found = indicator_history(county_of(schools, past))
    then = backbone(found).loc[2024]
    assert np.isnan(then.loc["a", "value"])
    assert then["mean"].tolist() == [2, 2]  # of the school that is known
    year = history_by_year(found).set_index(["year", "indicator"]).loc[(2024, "backbone_teachers")]
    assert (year["sections"], year["unknown"]) == (1, 1)
    areas = history_by_year(found).set_index(["year", "indicator"]).loc[(2024, "teaching_area")]
    assert areas["sections"] == 0
    assert areas[["mean", "ratio", "cv"]].isna().all()


def test_a_school_that_is_new_has_no_earlier_years():
    schools, past = two_schools()
    past = {name: value[:1] if isinstance(value, list) else value for name, value in past.items()}
    found = backbone(indicator_history(county_of(schools, past)))
    assert [key for key in found.index if key[1] == "b"] == [(2025, "b")]


def test_without_history_it_is_said():
    schools, _ = two_schools()
    county = County({"schools": pd.DataFrame(schools).reindex(columns=schema().table("schools").names)})
    with pytest.raises(MissingTable, match="历年学校数据"):
        indicator_history(county)


def test_several_counties_are_refused(sample):
    schools = sample.schools.assign(county_id=["H01"] * 30 + ["H02"] * 30)
    with pytest.raises(Lacking, match="几个县"):
        indicator_history(County(sample.tables | {"schools": schools}))


def test_a_school_that_is_closed_is_not_dropped_silently():
    schools, past = two_schools()
    past["school_id"] = ["a", "gone"]
    with pytest.raises(Lacking, match=r"没有的学校标识码：gone。.*撤并"):
        indicator_history(county_of(schools, past))


def test_another_standard_has_its_own_indicators(sample):
    """Basic balance sets no thresholds, and counts books and computers, which the history has not: unknown."""
    found = indicator_history(sample, "basic-2012")
    assert found["ratio"].isna().all()
    books = found[found["indicator"] == "books"]
    assert books["value"].notna().groupby(books["year"]).any().to_dict() == {y: y == 2025 for y in YEARS}


# Limits


def test_the_handbooks_ten_batches():
    """NIST/SEMATECH e-Handbook 6.3.2.2: mean 50.81, mean moving range 1.8778, limits 45.8159 and 55.8041."""
    batches = [49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1]
    centre, lower, upper = xmr(batches)
    assert (round(centre, 2), round(lower, 4), round(upper, 4)) == (50.81, 45.8159, 55.8041)


def test_limits_by_the_median_range_by_hand():
    """Ranges 2, 2, 8, 8, 2: the median 2, over 0.954 and times 3, is 6.2893; the mean 4.4, over 1.128, 11.7021."""
    x = [10, 12, 10, 18, 10, 12]
    centre, lower, upper = xmr(x, "median")
    assert centre == 12
    assert (upper - centre, centre - lower) == pytest.approx((6.28931, 6.28931), abs=1e-5)
    assert xmr(x)[2] - centre == pytest.approx(11.70213, abs=1e-5)


def test_no_range_spans_a_gap():
    """Of 1, –, 5, 6 the only range is 1; the centre is 4."""
    centre, lower, upper = xmr([1, np.nan, 5, 6])
    assert (centre, upper - lower) == pytest.approx((4, 6 / 1.128))
    assert np.isnan(xmr([1, np.nan, 5])[1:]).all()
    assert np.isnan(xmr([np.nan])).all()


@given(
    st.lists(st.floats(0.1, 10), min_size=2, max_size=12),
    st.floats(0.1, 10),
    st.floats(-5, 5),
    st.sampled_from(["mean", "median"]),
)
def test_limits_move_with_the_scale(x, times, more, spread):
    moved = np.array(xmr(times * np.array(x) + more, spread))
    assert moved == pytest.approx(times * np.array(xmr(x, spread)) + more, rel=1e-9, abs=1e-8)


def long_of(**series):
    """A history of one indicator, a school a series, relative values as given."""
    return pd.concat(
        pd.DataFrame({"year": 2018 + np.arange(len(x)), "school_id": name, "name": name, "stage": "primary", "indicator": "teaching_area",
                      "relative": x, "value": x, "total": 100.0, "pupils": 100.0, "mean": 1.0})
        for name, x in series.items()
    )  # fmt: skip


def found_in(x, *rules, year=None):
    history = long_of(a=x)
    found = signals(history, control_limits(history, year=year), use=rules)
    return [(int(row.year), row.side) for row in found.itertuples()]


CALM = [1.0, 1.1, 1.0, 1.1, 1.0, 1.1, 1.0]


def test_a_point_outside_is_found_on_its_side():
    assert found_in([*CALM, 2.0], "outside") == [(2025, "high")]
    assert found_in([*CALM, 0.2], "outside") == [(2025, "low")]
    assert found_in([*CALM, 1.1], "outside") == []


def test_a_year_is_judged_by_the_others_alone():
    """It neither moves nor widens its own limits, and what comes later is no signal of the year judged."""
    limits = [control_limits(long_of(a=[*CALM, last])).iloc[0] for last in (1.0, 9.0)]
    assert limits[0].equals(limits[1])
    assert limits[0]["centre"] == pytest.approx(7.3 / 7)
    assert found_in([*CALM[:4], 2.0, *CALM[4:]], "outside", year=2022) == [(2022, "high")]
    assert found_in([*CALM, 2.0], "outside", year=2024) == []
    assert found_in([*CALM, 2.0], "outside", year=2017) == found_in([*CALM, 2.0], "outside", year=2026) == []


@pytest.mark.parametrize("spread", ["mean", "median"])
@pytest.mark.parametrize("blank", [[], [3]])
def test_chance_alone_takes_one_series_in_a_hundred_outside(spread, blank):
    """4,000 series of eight independent normal values, one year missing in some: 40 ± 3 standard errors of 6.3, and the table's own 2."""
    x = 10 + np.random.default_rng(3).standard_normal((4000, 8))
    x[:, blank] = np.nan
    history = long_of(**{str(i): row for i, row in enumerate(x)})
    limits = control_limits(history, spread)
    outside = (x[:, -1] < limits["lower"].to_numpy()) | (x[:, -1] > limits["upper"].to_numpy())
    assert 19 <= outside.sum() <= 61


def test_many_years_have_limits_near_three_standard_errors():
    """Of 60 years: the normal 1 % point 2.576, a little wider; the mean range of 0, 1, 0, 1 … is 1, that is 1/1.128 standard errors."""
    x = [0.0, 1.0] * 30
    centre, lower, upper = (
        control_limits(long_of(a=x), "mean")[name].item() for name in ("centre", "lower", "upper")
    )
    assert centre == pytest.approx(29 / 59)
    assert 2.576 < (upper - lower) / 2 * 1.128 < 2.85


def test_a_median_range_of_nothing_is_no_limit():
    """Seven years alike but one by 0.001: the median range is 0, the mean one a sixth of 0.001, and the eighth year at 1 is within."""
    assert found_in([1, 1, 1, 1, 1, 1, 1.001, 1], "outside") == []
    assert found_in([1, 1, 1, 1, 1, 1, 1.001, 1.1], "outside") == [(2025, "high")]


def test_six_in_a_row_are_a_trend_and_five_are_none():
    assert found_in([1.0, 1.2, 1.1, 1.0, 0.9, 0.8, 0.7], "trend") == [(2024, "low")]
    assert found_in([1.0, 1.2, 1.1, 1.0, 0.9, 0.8, 0.85], "trend") == []
    assert found_in([0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1], "trend") == [(2024, "high")]
    assert found_in([0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1], "trend", year=2023) == [(2023, "high")]
    assert found_in([0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1], "trend", year=2022) == []
    assert found_in([0.5, 0.6, np.nan, 0.8, 0.9, 1.0, 1.1, 1.2], "trend") == []


def test_eight_on_one_side():
    """Ten of 1.0 or 1.1, then eight of 2.0 or 2.1: the centre lies between."""
    x = [1.0, 1.1] * 4 + [2.0, 2.1] * 4
    assert found_in(x, "eight") == [(2018 + 15, "high")]
    assert found_in(x, "eight", year=2018 + 7) == [(2018 + 7, "low")]
    assert found_in([*x[1:8], *x[8:15]], "eight") == []


def test_eight_years_are_too_few_for_eight_on_one_side():
    """Eight values are never all on one side of their own mean: asked for, the rule is refused; nine years can show it."""
    with pytest.raises(ValueError, match="规则eight要9年以上的数，这里最长的序列只有8年"):
        found_in([*CALM, 2.0], "eight")
    assert found_in([-5.0, *[1.0, 1.1] * 4], "eight") == [(2026, "high")]
    assert not any(rule.default and rule.fewest > 8 for rule in run_rules().values())


def test_two_of_three_and_four_of_five():
    """Ranges of 1 around a centre near −0.4: the last but one and the last are far above, each nearer than the limits."""
    x = [0, -1, 0, -1, 0, -1, 0, -1]
    two, four = (control_limits(long_of(a=y)).iloc[0] for y in ([*x, 3.4, 3.4], [*x, 1.9, 1.9, 0, 1.9, 1.9]))
    assert 2 * (two["upper"] - two["centre"]) / 3 < 3.4 - two["centre"] < two["upper"] - two["centre"]
    assert found_in([*x, 3.4, 3.4], "two_of_three") == [(2018 + 9, "high")]
    assert found_in([*x, 0.5, 3.4], "two_of_three") == []
    assert (four["upper"] - four["centre"]) / 3 < 1.9 - four["centre"]
    assert found_in([*x, 1.9, 1.9, 0, 1.9, 1.9], "four_of_five") == [(2018 + 12, "high")]
    assert found_in([*x, 1.9, 0, 0, 1.9, 1.9], "four_of_five") == []


def test_few_years_are_not_judged():
    history = long_of(a=[1.0, 1.0, 1.0, 1.0, 5.0], b=[1.0] * 8)
    limits = control_limits(history, year=2022).set_index("school_id")
    assert limits["years"].to_dict() == {"a": 4, "b": 7}
    assert np.isnan(limits.loc["a", ["lower", "upper"]].astype(float)).all()
    assert signals(history, limits.reset_index()).empty


def test_a_series_that_never_moves_has_no_signal():
    """0.1 eight times has a mean that is not quite 0.1."""
    assert found_in([0.1] * 12, *run_rules()) == []


def test_what_moves_all_schools_alike_is_no_signal(sample):
    """Double every school's rooms of the last years: no limit and no signal of that indicator changes."""
    past = sample.tables["history"].copy()
    later = past["year"] >= 2022
    past.loc[later, "multimedia_rooms"] *= 2
    before = indicator_history(sample)
    after = indicator_history(County(sample.tables | {"history": past}))
    rooms = lambda h: h[h["indicator"] == "multimedia_rooms"]  # noqa: E731
    found = [signals(rooms(h), control_limits(rooms(h))) for h in (before, after)]
    assert len(found[0]) > 0
    assert found[0][["year", "school_id", "rule"]].equals(found[1][["year", "school_id", "rule"]])


def test_a_rule_that_is_not_known():
    history = long_of(a=[1.0] * 8)
    with pytest.raises(ValueError, match=r"没有这些规则：nine；有：outside"):
        signals(history, control_limits(history), use=["nine"])


def test_rules_as_published():
    """Western Electric (1956): 1 beyond 3, 2 of 3 beyond 2, 4 of 5 beyond 1, 8 on one side; Nelson (1984): 6 rising or falling."""
    assert {key: (r.points, r.of, r.beyond) for key, r in run_rules().items()} == {
        "outside": (1, 1, 3), "two_of_three": (2, 3, 2), "four_of_five": (4, 5, 1), "eight": (8, 8, 0), "trend": (6, 6, 0),
    }  # fmt: skip


# Causes


@pytest.mark.parametrize(
    ("total", "pupils", "mean", "cause"),
    [
        (80, 100, 1, "resources"),
        (80, 150, 1, "pupils"),  # ln 0.8 = −0.22, −ln 1.5 = −0.41
        (99, 200, 1, "pupils"),
        (60, 150, 1, "resources"),  # −0.51, −0.41
        (100, 101, 2, "others"),
        (110, 90, 2, "others"),
        (0, 200, 1, "resources"),
        (150, 100, 1, None),  # more for each pupil than in the other years
    ],
)  # fmt: skip
def test_the_cause_of_a_fall_is_what_took_most_away(total, pupils, mean, cause):
    history = long_of(a=[*CALM, 0.3]).assign(mean=1.0)
    history.loc[history["year"] == 2025, ["total", "pupils", "mean"]] = [total, pupils, mean]
    row = causes(signals(history, control_limits(history)), history).iloc[0]
    assert row["rule"] == "outside"
    assert pd.isna(row["since"])
    assert (None if pd.isna(row["cause"]) else row["cause"]) == cause
    changes = row[["total_change", "pupils_change", "mean_change"]].astype(float).tolist()
    assert changes == pytest.approx([total / 100 - 1, pupils / 100 - 1, mean - 1])


def test_what_is_outside_is_compared_with_the_mean_of_the_other_years():
    """Totals of 100 four times and 80 three times, mean 640/7; 80 now is an eighth less, and no fall since the last year."""
    history = long_of(a=[*CALM, 0.3])
    history["total"] = [100.0] * 4 + [80.0] * 4
    row = causes(signals(history, control_limits(history)), history).iloc[0]
    assert (row["total_change"], row["cause"]) == (pytest.approx(-0.125), "resources")


def test_a_trend_is_compared_with_its_first_year():
    """From 2020 to 2025 the pupils grow from 100 to 200; what the school had before, more or less, says nothing of the trend."""
    history = long_of(a=[0.6, 0.5, 1.0, 0.9, 0.8, 0.7, 0.65, 0.6])
    history["pupils"] = [400.0, 400.0, 100, 110, 120, 140, 160, 200]
    history["total"] = [90.0, 90.0, 100, 100, 100, 100, 100, 95]
    row = causes(signals(history, control_limits(history), use=["trend"]), history).iloc[0]
    assert (row["since"], row["cause"]) == (2020, "pupils")
    assert (row["total_change"], row["pupils_change"]) == pytest.approx((-0.05, 1))


def test_a_share_that_moves_between_stages_loses_nothing():
    """A nine-year school: its primary share falls from 50 to 40 of 100 m² because the junior section grows from 100 to 180."""
    primary = long_of(a=[*CALM, 0.3]).assign(total=50.0)
    junior = long_of(a=[1.0] * 8).assign(stage="junior", total=50.0)
    primary.loc[primary["year"] == 2025, "total"] = 40.0
    junior.loc[junior["year"] == 2025, ["total", "pupils"]] = [60.0, 180.0]
    history = pd.concat([primary, junior])
    found = causes(signals(history, control_limits(history)), history)
    row = found[(found["year"] == 2025) & (found["stage"] == "primary")].iloc[0]
    assert row["cause"] == "pupils"
    assert (row["total_change"], row["pupils_change"]) == pytest.approx((0, 0.4))


def test_only_what_fell_has_a_cause():
    history = long_of(a=[*CALM, 2.0])
    assert causes(signals(history, control_limits(history)), history).empty


# What is planted in the sample


def planted(sample):
    schools = sample.schools.set_index("school_id")
    public = schools[schools["operator"] == "public"]
    declining = public[(public["kind"] == "primary") & (public["area"] != "urban")]["teachers_primary"].idxmax()  # fmt: skip
    mistaken = public[public["kind"] == "junior"]["pupils_junior"].idxmax()
    return declining, mistaken


@pytest.mark.parametrize("seed", [7, 11, 23])
def test_the_school_that_falls_behind_is_found_and_lost_teachers(seed):
    county = sample_county(seed)
    history = indicator_history(county)
    found = causes(signals(history, control_limits(history)), history)
    declining, _ = planted(county)
    now = found[(found["year"] == 2025) & (found["school_id"] == declining)]
    assert "qualified_teachers" in set(now["indicator"][now["cause"] == "resources"])


@pytest.mark.parametrize("seed", [7, 11, 23])
def test_a_ground_in_mu_is_outside_and_hides_itself_less_by_the_median(seed):
    county = sample_county(seed)
    history = indicator_history(county)
    _, mistaken = planted(county)
    its = history[(history["school_id"] == mistaken) & (history["indicator"] == "sports_area")]
    ratios = its.set_index("year")["relative"]
    assert ratios[2022] < 0.01
    width = {spread: np.diff(xmr(ratios, spread)[1:])[0] for spread in ("mean", "median")}
    assert width["median"] < width["mean"] / 3
    found = signals(history, control_limits(history, year=2022), use=["outside"])
    here = found[(found["school_id"] == mistaken) & (found["indicator"] == "sports_area")]
    assert (2022, "low") in set(zip(here["year"], here["side"], strict=True))


def test_the_year_of_the_programme_raises_the_county(history):
    by_year = history_by_year(history).set_index(["stage", "indicator", "year"])["mean"]
    for stage in ("primary", "junior"):
        rooms = by_year[stage]["multimedia_rooms"]
        assert rooms[2021] / rooms[2020] > 1.3
        assert abs(rooms[2020] / rooms[2019] - 1) < 0.1

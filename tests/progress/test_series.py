"""What the whole county began in one month: what is planted is found, each way of looking, false dates, and what a county may lack."""

import numpy as np
import pandas as pd
import pytest
from samples import sample_county
from scipy.stats import t as student

from balancelib.county import County, Lacking, MissingTable
from balancelib.county.sample import true_series
from balancelib.county.sample.absences import draw_absences
from balancelib.progress import (
    came_back,
    find_break,
    monthly_absence,
    placebo_dates,
    series_claims,
    series_coverage,
)

BEGAN = "2022-09"
TRUTH = -4 - 0.1 * 27 / 2  # 28 months, from 2022-09 to 2025-12


def absences(values, months):
    return County({"absences": pd.DataFrame({"month": months, "pupils": 1000, "absent": values})})


def plain(effect=-4.0, slope=0.0, trend=-0.05):
    """The sample's months with its season, without chance."""
    truth = true_series()
    number, since = np.arange(len(truth)), truth["since"].to_numpy()
    season = truth["untreated"] + 0.03 * number
    return absences(season + trend * number + np.where(since >= 0, effect + slope * since, 0), truth["month"])


def drawn(seed):
    """Months of another county of the same kind, without drawing all its schools."""
    enrolment = pd.DataFrame({"school_id": "甲", "year": range(2018, 2026), "pupils": 1000})
    return monthly_absence(County({"absences": draw_absences(np.random.default_rng(seed), enrolment)}))


@pytest.fixture(scope="module", params=[3, 11])
def series(request):
    return drawn(request.param)


def test_what_is_planted_without_chance_is_found_exactly():
    series = monthly_absence(plain(-4.0, -0.2))
    for way in ("newey_west", "autoregressive"):
        found = find_break(series, BEGAN, way)
        assert found.effect("first").value == pytest.approx(-4)
        assert found.effect("last").value == pytest.approx(-4 - 0.2 * 27)
        assert found.effect().value == pytest.approx(-4 - 0.2 * 13.5)
        since = found.months.query("since >= 0")
        assert (since["line"] - since["without"]).to_numpy() == pytest.approx(
            -4 - 0.2 * since["since"].to_numpy()
        )
        assert (found.months["line"] - found.months["value"]).abs().max() < 1e-9


def test_before_after_is_the_difference_of_means_and_holds_the_trend():
    series = monthly_absence(plain(0.0, trend=-0.05))
    values, after = series["value"], series["month"] >= BEGAN
    found = series_claims(series, BEGAN)
    assert found["before_after"].value == pytest.approx(values[after].mean() - values[~after].mean())
    assert found["before_after"].value < -1.5  # nothing began
    assert found["no_trend"].value < -1.5
    assert found["newey_west"].value == pytest.approx(0, abs=1e-9)


def test_what_is_planted_is_found_on_average_and_before_after_holds_the_old_decline():
    true = true_series()
    assert true.query("since >= 0")["effect"].mean() == pytest.approx(-5.35)
    found = [series_claims(drawn(seed), BEGAN) for seed in range(40)]
    means = pd.DataFrame({way: [one[way].value for one in found] for way in found[0]}).mean()
    assert means[["newey_west", "autoregressive"]].to_numpy() == pytest.approx(TRUTH, abs=0.4)
    # The middles of both parts are 18 + 14 months apart; the later part has one autumn more than springs.
    assert means["no_trend"] == pytest.approx(TRUTH - 0.03 * 32, abs=0.2)
    held = {way: np.mean([one[way].low <= TRUTH <= one[way].high for one in found]) for way in means.index}
    assert held["no_trend"] < 0.75
    assert held["autoregressive"] > 0.85


def test_an_interval_is_wider_than_one_that_takes_months_for_independent(series):
    plain = find_break(series, BEGAN, "newey_west")
    assert plain.fit.lag == 3
    assert plain.effect().se < find_break(series, BEGAN).effect().se


def test_intervals_hold_the_truth_about_as_often_as_the_page_says(series):
    found = series_coverage(series, BEGAN, draws=100)
    assert found["newey_west"] < found["autoregressive"]
    assert 0.88 < found["autoregressive"] <= 1


def test_false_dates_find_less_than_the_true_one(series):
    dates = placebo_dates(series, BEGAN)
    fake, real = dates[~dates["real"]], dates[dates["real"]].iloc[0]
    assert list(fake["month"].iloc[[0, -1]]) == ["2019-03", "2021-09"]
    assert real["value"] == pytest.approx(find_break(series, BEGAN).effect("first").value)
    assert fake["value"].abs().max() < -real["value"]


def test_false_dates_leave_out_0_now_and_then_and_yet_never_reach_the_true_one():
    """As the lesson says of other counties than the sample: most have a few, all are nearer to 0."""
    left_out = []
    for seed in range(10):
        dates = placebo_dates(drawn(seed), BEGAN)
        fake, real = dates[~dates["real"]], dates[dates["real"]].iloc[0]
        left_out.append(((fake["low"] > 0) | (fake["high"] < 0)).sum())
        assert fake["value"].abs().max() < -real["value"]
    assert np.mean(np.array(left_out) > 0) > 0.5


def test_a_false_date_does_not_see_what_came_after():
    """Without chance the true break would show at every date, were the months after it looked at."""
    dates = placebo_dates(monthly_absence(plain(-4.0)), BEGAN, "newey_west")
    assert dates["value"].iloc[:-1].abs().max() < 1e-9
    assert dates["value"].iloc[-1] == pytest.approx(-4)


def test_a_date_in_the_holidays_is_the_next_month_of_school(series):
    assert find_break(series, "2022-07").effect() == find_break(series, BEGAN).effect()


def test_a_missing_month_keeps_its_place():
    county = plain(-4.0, -0.2)
    months = county.tables["absences"]
    gone = County({"absences": months[months["month"] != "2020-03"]})
    series = monthly_absence(gone)
    assert len(series) == 64
    assert np.isnan(series.loc[16, "value"])
    found = find_break(series, BEGAN)
    assert found.effect("last").value == pytest.approx(-4 - 0.2 * 27)
    assert len(found.months) == 63


def test_order_of_rows_does_not_matter():
    county = sample_county(7)
    mixed = County({"absences": county.tables["absences"].sample(frac=1, random_state=1)})
    pd.testing.assert_frame_equal(monthly_absence(mixed), monthly_absence(county))


def test_what_a_county_lacks_is_said():
    county = plain()
    months = county.tables["absences"]
    with pytest.raises(MissingTable, match="每月缺勤"):
        monthly_absence(County({}))
    with pytest.raises(Lacking, match="几个县"):
        monthly_absence(County({"absences": months.assign(county_id=["甲", "乙"] * 32)}))
    with pytest.raises(Lacking, match="2020-07只在少数年份上课"):
        odd = pd.DataFrame({"month": ["2020-07"], "pupils": [1], "absent": [3.0]})
        monthly_absence(County({"absences": pd.concat([months, odd])}))
    series = monthly_absence(county)
    with pytest.raises(Lacking, match=r"2018-09以前有4个月，从那时起有60个月"):
        find_break(series, "2018-09")
    with pytest.raises(Lacking, match="从那时起有0个月"):
        find_break(series, "2030-01")
    with pytest.raises(Lacking, match=r"2018-09以前有4个月，从那时起有60个月"):
        monthly_absence(county, "2018-09")
    with pytest.raises(Lacking, match="每个月都是同一个数"):
        monthly_absence(absences(3.0, months["month"]), BEGAN)
    with pytest.raises(Lacking, match="放不下一个假日期"):
        placebo_dates(series, "2019-11")
    with pytest.raises(
        Lacking, match="从2022-09断开，估不出来"
    ):  # spring before it, autumn since: is it the season?
        find_break(series[(series["month"] >= "2022-09") == (series["season"] >= 9)], "2022-09")


# Regression to the mean


def test_came_back_is_counted_from_the_tables():
    county = sample_county(7)
    scores = county.tables["school_results"].set_index(["school_id", "stage", "year"])["score"].unstack()
    programmes = county.tables["programmes"].set_index(["school_id", "stage"])
    readers = programmes.index[programmes["programme"] == "reading"]
    fall, gain = scores[[2018, 2019, 2020]].mean(axis=1) - scores[2021], scores[2022] - scores[2021]
    never = scores.index.difference(programmes.index[programmes["began"] <= 2022])
    alike = [section for section in never if fall[section] >= fall[readers].min()]
    back = came_back(county, "reading")
    found = back.table
    assert found["sections"].tolist() == [7, len(alike), len(never)]
    assert found["fall"].tolist() == pytest.approx(
        [fall[readers].mean(), fall[alike].mean(), fall[never].mean()]
    )
    assert found["gain"].tolist() == pytest.approx(
        [gain[readers].mean(), gain[alike].mean(), gain[never].mean()]
    )
    more = back.more["alike"]
    assert more.value == pytest.approx(gain[readers].mean() - gain[alike].mean())
    # A mean of each side: its error is of the squared deviations, each school once, and three degrees of freedom are left by the four.
    schools = [len({school for school, _ in side}) for side in (readers, alike)]
    assert (more.high - more.low) / 2 == pytest.approx(student.ppf(0.975, min(schools) - 1) * more.se)
    if schools == [7, 4]:  # no school twice
        parts = [((gain[side] - gain[side].mean()) ** 2).sum() / len(side) ** 2 for side in (readers, alike)]
        assert more.se == pytest.approx(np.sqrt(11 / 10 * 10 / 9 * sum(parts)))


def test_who_did_nothing_came_back_no_less():
    """What is planted for reading is 0."""
    found = [came_back(sample_county(seed), "reading").more for seed in (7, 12)]
    alike, others = (np.mean([one[to].value for one in found]) for to in ("alike", "others"))
    assert others > 5
    assert abs(alike) < others / 2


def test_without_anybody_to_compare_that_is_said():
    county = sample_county(7)
    with pytest.raises(Lacking, match="没有一所学校做"):
        came_back(
            County(
                county.tables | {"programmes": county.tables["programmes"].query("programme == 'mentoring'")}
            ),
            "reading",
        )
    late = county.tables["school_results"].query("year >= 2021")
    with pytest.raises(Lacking, match="比不了"):
        came_back(County(county.tables | {"school_results": late}), "reading")
    twice = county.tables["school_results"].assign(county_id=lambda t: np.where(t["year"] > 2020, "甲", "乙"))
    with pytest.raises(Lacking, match="几个县"):
        came_back(County(county.tables | {"school_results": twice}), "reading")

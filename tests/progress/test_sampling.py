"""Schools drawn by four designs: who is drawn, what they say of the county, and how far off that is over many draws."""

import hashlib

import numpy as np
import pandas as pd
import pytest
from samples import sample_county
from scipy.stats import t

from balancelib.county import Lacking
from balancelib.progress import (
    DESIGNS,
    designs_for,
    draw_by_design,
    estimate_share,
    planned_margins,
    repeat_draws,
    school_fitness,
    schools_needed,
)

SEEDS = range(40)


@pytest.fixture(scope="module")
def county():
    return sample_county(7)


@pytest.fixture(scope="module")
def fitness(county):
    return school_fitness(county)


@pytest.fixture(scope="module")
def draws(fitness):
    return repeat_draws(fitness, 12, SEEDS)


def share(schools):
    return schools["good"].sum() / schools["pupils"].sum()


def test_fitness_of_a_school_adds_up_its_stages(county, fitness):
    results = county.tables["school_results"]
    last = results[(results["year"] == 2025) & results["fitness"].notna()]
    two = last[last["school_id"].duplicated()]["school_id"].iloc[0]
    rows = last[last["school_id"] == two]
    found = fitness.set_index("school_id").loc[two]
    assert found["pupils"] == rows["tested"].sum()
    assert found["good"] == pytest.approx((rows["tested"] * rows["fitness"]).sum())
    assert fitness["school_id"].is_unique


def test_a_blank_share_is_not_counted_as_none(county):
    blank = sample_county(7)
    results = blank.tables["school_results"]
    here = (results["year"] == 2025) & (results["school_id"] == "9900000001")
    blank.tables["school_results"] = results.assign(fitness=results["fitness"].mask(here))
    assert "9900000001" not in set(school_fitness(blank)["school_id"])
    with pytest.raises(Lacking, match="体质健康优良率"):
        school_fitness(county, 1999)


@pytest.mark.parametrize("design", DESIGNS)
def test_the_same_schools_whoever_draws_and_however_the_rows_stand(fitness, design):
    one = draw_by_design(fitness, 12, "2026", design)
    other = draw_by_design(fitness.sample(frac=1, random_state=3), 12, "2026", design)
    pd.testing.assert_frame_equal(one, other)
    assert one["school_id"].tolist() != draw_by_design(fitness, 12, "2027", design)["school_id"].tolist()


def test_the_lowest_lots_are_drawn(fitness):
    lot = {s: hashlib.sha256(f"2026:{s}".encode()).hexdigest()[:12] for s in fitness["school_id"]}
    assert draw_by_design(fitness, 5, "2026", "simple")["school_id"].tolist() == sorted(lot, key=lot.get)[:5]


def test_each_area_has_its_part(fitness):
    drawn = draw_by_design(fitness, 12, "2026", "stratified")
    assert drawn["stratum"].equals(drawn["area"])
    shares = drawn["area"].value_counts() - 12 * fitness["area"].value_counts() / len(fitness)
    assert shares.abs().max() < 1


def test_whole_townships_are_drawn(fitness):
    drawn = draw_by_design(fitness, 12, "2026", "cluster")
    here = fitness[fitness["township"].isin(drawn["township"])]
    assert sorted(drawn["school_id"]) == sorted(here["school_id"])
    assert (drawn["units"] == fitness["township"].nunique()).all()


def test_large_schools_are_drawn_oftener(fitness):
    drawn = pd.concat([draw_by_design(fitness, 12, seed, "pps") for seed in SEEDS])
    assert drawn["pupils"].mean() > 1.2 * fitness["pupils"].mean()


@pytest.mark.parametrize("design", DESIGNS)
def test_draws_lie_about_the_truth_as_far_as_planned(fitness, draws, design):
    found = draws[draws["design"] == design]
    truth, spread = share(fitness), found["value"].std()
    assert found["value"].mean() == pytest.approx(truth, abs=3 * spread / np.sqrt(len(found)))
    reach = {"simple": 11, "stratified": 9, "cluster": 2, "pps": 11}[design]
    planned = planned_margins(fitness).loc[12, design] / t.ppf(0.975, reach)
    assert spread == pytest.approx(planned, rel=0.35)
    assert (found["low"].le(truth) & found["high"].ge(truth)).mean() > 0.75


def test_all_schools_give_the_truth(fitness):
    for design in ("simple", "stratified"):
        found = estimate_share(draw_by_design(fitness, len(fitness), 1, design))
        assert found.value == pytest.approx(share(fitness))
        assert found.se == pytest.approx(0, abs=1e-9)


def test_more_schools_narrow_the_interval_and_needed_is_the_first_that_does(fitness):
    planned = planned_margins(fitness)
    assert (planned[["simple", "pps"]].diff().dropna() < 0).all(axis=None)
    needed = schools_needed(planned, 0.04)
    for design, n in needed.items():
        assert planned.loc[n, design] <= 0.04 < planned.loc[n - 1, design]
    assert schools_needed(planned, 1e-9)["pps"] == len(fitness), "no number does"


def test_a_school_not_visited_is_not_nought(fitness):
    drawn = draw_by_design(fitness, 6, 1)
    with pytest.raises(ValueError, match="没有测不等于0"):
        estimate_share(drawn.assign(good=drawn["good"].mask(drawn.index == 2)))


@pytest.mark.parametrize("design", DESIGNS)
def test_a_school_taken_out_of_the_draw_is_found(fitness, design):
    drawn = draw_by_design(fitness, 12, 1, design)
    with pytest.raises(ValueError, match="不能删"):
        estimate_share(drawn.drop(index=3))


def test_by_size_where_fewer_were_tested_than_the_list_said(fitness):
    """The chance is of the list; the share is of those who were tested."""
    drawn = draw_by_design(fitness, 12, 1, "pps")
    tested = drawn.assign(
        pupils=drawn["pupils"] - np.arange(len(drawn)), good=drawn["good"] - np.arange(len(drawn)) / 2
    )
    found = estimate_share(tested)
    weight = 1 / drawn["chance"]
    assert found.value == pytest.approx((weight * tested["good"]).sum() / (weight * tested["pupils"]).sum())
    whole = estimate_share(drawn)
    of_each = drawn["good"] / drawn["pupils"]
    assert whole.value == pytest.approx(of_each.mean()), "as Hansen and Hurwitz have it"
    assert whole.se == pytest.approx(of_each.std() / np.sqrt(len(drawn)))
    assert whole.deff is None


def test_no_design_promises_with_fewer_schools_than_it_draws(fitness):
    """Two in each of three areas are six, and two townships are some eight: nothing is said of two schools."""
    planned = planned_margins(fitness)
    assert np.isinf(planned.loc[:5, "stratified"]).all()
    assert np.isfinite(planned.loc[6, "stratified"])
    few = planned.index[np.isinf(planned["cluster"])]
    assert max(few) == 6, "6 × 11 / 48 townships are one, 7 are two by rounding"
    for design, n in schools_needed(planned, 0.12).items():
        drawn = draw_by_design(fitness, n, "2026", design)
        if design != "cluster":
            assert len(drawn) == n


def test_what_cannot_be_drawn_is_said(fitness):
    with pytest.raises(ValueError, match="没有“random”"):
        draw_by_design(fitness, 6, 1, "random")
    with pytest.raises(ValueError, match="至少抽2所"):
        draw_by_design(fitness, 1, 1)
    with pytest.raises(Lacking, match="只有48所学校"):
        draw_by_design(fitness, 49, 1)
    with pytest.raises(ValueError, match="重复"):
        draw_by_design(pd.concat([fitness, fitness]), 6, 1)
    with pytest.raises(Lacking, match="乡镇"):
        draw_by_design(fitness.drop(columns="township"), 6, 1, "cluster")
    with pytest.raises(Lacking, match="只有一个乡镇"):
        draw_by_design(fitness.assign(township="甲"), 6, 1, "cluster")
    with pytest.raises(ValueError, match="允许的误差"):
        schools_needed(planned_margins(fitness), 0)
    with pytest.raises(Lacking, match="不用抽"):
        planned_margins(fitness.head(2))


def test_a_county_without_townships_is_planned_without_them(fitness):
    assert list(planned_margins(fitness.drop(columns="township"))) == ["simple", "stratified", "pps"]
    for bare in (fitness.drop(columns="township"), fitness.assign(township="甲")):
        able = designs_for(bare, 12)
        assert able == {design: DESIGNS[design] for design in ("simple", "stratified", "pps")}
        assert set(repeat_draws(bare, 12, [1], able)["design"]) == set(able)
    with pytest.raises(Lacking, match="只有48所"):
        designs_for(fitness, 49)


def test_a_stratum_of_one_school_is_always_seen(fitness):
    one = fitness.assign(area=["urban", *["rural"] * (len(fitness) - 1)])
    drawn = draw_by_design(one, 6, 1)
    assert drawn["area"].value_counts().to_dict() == {"rural": 5, "urban": 1}
    assert estimate_share(drawn).df == 4
    assert planned_margins(one)["stratified"].notna().all()

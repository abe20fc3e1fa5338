"""The logit of choices against published estimates; money, shares and costs worked out by hand."""

import numpy as np
import pandas as pd
import pytest
from conftest import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st
from samples import sample_county

from balancelib.county import County, Lacking
from balancelib.county.sample.choices import UTILITY, draw_choices
from balancelib.teachers import (
    Logit,
    allowance_costs,
    choice_attributes,
    compensation,
    conditional_logit,
    fit_choices,
    questions_left_out,
    respondent_groups,
    take_up,
    teacher_groups,
)

# Travel between Sydney, Canberra and Melbourne, 210 travellers: Greene's table F18-2, in the public domain, as statsmodels ships it.
TRAVEL = pd.read_csv(ROOT / "tests" / "teachers" / "modechoice.csv", sep=";")
# Greene (2003), Econometric Analysis, p. 729, in the digits of R's mlogit that statsmodels' own tests hold (results_mlogit of clogit).
PUBLISHED = {
    "gc": (-0.0155015067043374, 0.00440799307835216),
    "ttme": (-0.0961246217793847, 0.0104398465313473),
    "air": (5.20743292761953, 0.779055142508082),
    "hinc_air": (0.0132870137736127, 0.0102624069997369),
    "train": (3.86903570401292, 0.443126852001293),
    "bus": (3.16319033000995, 0.450265930527341),
}


def travel(columns=tuple(PUBLISHED)):
    modes = {name: (TRAVEL["mode"] == n).astype(float) for n, name in enumerate(("air", "train", "bus"), 1)}
    attributes = TRAVEL[["gc", "ttme"]].assign(**modes, hinc_air=TRAVEL["hinc"] * modes["air"])
    return attributes[list(columns)], TRAVEL["choice"] == 1, TRAVEL["individual"]


def test_published_estimates():
    found = conditional_logit(*travel())
    for name, (value, se) in PUBLISHED.items():
        assert found.coefficients[name] == pytest.approx(value, rel=1e-5)
        assert found.se[name] == pytest.approx(se, rel=1e-5)
    assert found.loglik == pytest.approx(-199.1284, abs=5e-5)
    assert found.null == pytest.approx(210 * np.log(1 / 4))
    assert conditional_logit(*travel(["air", "train", "bus"])).loglik == pytest.approx(-283.7588, abs=5e-5)


def test_two_options_by_hand():
    # 3 of 4 take the one with x = 1: the logit is ln 3, and its information 4 · 3/4 · 1/4.
    x = pd.DataFrame({"x": [1.0, 0] * 4})
    chosen = pd.Series([1, 0, 1, 0, 1, 0, 0, 1]) == 1
    found = conditional_logit(x, chosen, pd.Series([0, 0, 1, 1, 2, 2, 3, 3]))
    assert found.coefficients["x"] == pytest.approx(np.log(3))
    assert found.se["x"] == pytest.approx(np.sqrt(1 / (4 * 3 / 16)))
    assert found.mcfadden == pytest.approx(1 - (3 * np.log(0.75) + np.log(0.25)) / (4 * np.log(0.5)))


def test_saying_everything_twice_is_no_more_evidence():
    attributes, chosen, sets = travel()
    once = conditional_logit(attributes, chosen, sets, sets)
    twice = conditional_logit(
        pd.concat([attributes] * 2),
        pd.concat([chosen] * 2),
        pd.concat([sets, sets + 1000]),
        pd.concat([sets] * 2),
    )
    assert twice.coefficients.to_numpy() == pytest.approx(once.coefficients.to_numpy())
    assert twice.se.to_numpy() == pytest.approx(once.se.to_numpy())
    blind = conditional_logit(
        pd.concat([attributes] * 2), pd.concat([chosen] * 2), pd.concat([sets, sets + 1000])
    )
    assert blind.se["gc"] == pytest.approx(conditional_logit(attributes, chosen, sets).se["gc"] / np.sqrt(2))


def test_errors_by_person_are_near_those_of_leaving_each_out():
    """The sandwich against the jackknife, which knows nothing of scores."""
    attributes, chosen, sets = travel(["gc", "ttme"])
    found = conditional_logit(attributes, chosen, sets, sets)
    without = np.array(
        [
            conditional_logit(attributes[sets != i], chosen[sets != i], sets[sets != i]).coefficients
            for i in sets.unique()
        ]
    )
    n = len(without)
    jackknife = np.sqrt((n - 1) / n * ((without - without.mean(axis=0)) ** 2).sum(axis=0))
    assert found.se.to_numpy() == pytest.approx(jackknife, rel=0.05)


def test_what_cannot_be_estimated_is_said():
    attributes, chosen, sets = travel()
    with pytest.raises(Lacking, match="分不开"):
        conditional_logit(attributes.assign(twice=2 * attributes["gc"]), chosen, sets)
    with pytest.raises(Lacking, match="单独就决定"):
        conditional_logit(chosen.to_frame("x").astype(float), chosen, sets)
    with pytest.raises(Lacking, match="空白"):
        conditional_logit(attributes.mask(attributes["gc"] > 100), chosen, sets)
    with pytest.raises(Lacking, match="正好选一个"):
        conditional_logit(attributes, chosen & False, sets)


def given_logit(**coefficients):
    index = list(coefficients)
    variance = np.diag([0.01, 0.04] + [0.0] * (len(index) - 2))
    return Logit(pd.Series(coefficients), pd.DataFrame(variance, index, index), -1.0, -2.0, 1, 1)


def test_money_by_hand():
    # w = 6 / 2 per unit; variance 0.04 / 4 + 36 / 16 · 0.01 = 0.0325.
    found = compensation(given_logit(allowance=2.0, minutes=-6.0), {"minutes": 1})
    assert found.value == pytest.approx(3)
    assert found.se == pytest.approx(np.sqrt(0.0325))
    assert (found.low, found.high) == pytest.approx(
        (3 - 1.959964 * 0.1802776, 3 + 1.959964 * 0.1802776), abs=1e-6
    )
    # Fieller: (6 − 2 r)² = 1.96² · (0.04 + 0.01 r²) at r = 2.6728 and 3.3854; a ratio's interval is not symmetrical.
    assert (found.low_drawn, found.high_drawn) == pytest.approx((2.6728, 3.3854), abs=0.015)
    with pytest.raises(Lacking, match="换算不成钱"):
        compensation(given_logit(allowance=-2.0, minutes=-6.0), {"minutes": 1})


WEIGHTS = {
    "minutes_over45": -0.01,
    "housing": 0.5,
    "title_priority": 0.0,
    "years": 0.0,
    "stay": 1.0,
    "stay_town_home": 0.5,
}


def test_shares_by_hand():
    logit = given_logit(allowance=0.001, minutes=-0.02, **WEIGHTS)
    logit = Logit(logit.coefficients, 0 * logit.covariance, -1, -2, 1, 1)
    groups = pd.Series({("under30", 0.0): 0.5, ("over45", 1.0): 0.5})
    found = take_up(logit, {"minutes": 50, "housing": 1}, groups, [0, 2000])
    # Young: 2 − 1 + 0.5 − 1 = 0.5; old, at home in the seat: 2 − 1 − 0.5 + 0.5 − 1.5 = −0.5.
    assert found.loc[2000, "share"] == pytest.approx(0.5)
    assert found.loc[0, "share"] == pytest.approx((1 / (1 + np.exp(1.5)) + 1 / (1 + np.exp(2.5))) / 2)
    assert found["low"].to_numpy() == pytest.approx(found["share"].to_numpy())


def test_costs_by_hand():
    found = allowance_costs(pd.Series({0: 0.2, 500: 0.5, 1000: 0.6}), 100)
    assert found.loc[
        500, ["come", "paid", "anyway", "more", "per_more", "next_one"]
    ].tolist() == pytest.approx([50, 300_000, 120_000, 30, 10_000, 10_000])
    assert found.loc[1000, ["paid", "per_more", "next_one"]].tolist() == pytest.approx(
        [720_000, 18_000, 42_000]
    )
    assert found.loc[0, ["per_more", "next_one"]].isna().all()
    with pytest.raises(ValueError, match="从0开始"):
        allowance_costs(pd.Series({100: 0.2}), 100)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.floats(0.01, 0.99), min_size=2, max_size=6))
def test_the_next_one_is_dearer_than_the_mean_where_shares_rise_ever_less(steps):
    shares = pd.Series(
        np.cumsum(sorted(steps, reverse=True)) / (sum(steps) * 1.01), index=500 * np.arange(len(steps))
    )
    found = allowance_costs(shares, 50).iloc[1:]
    assert (found["next_one"] >= found["per_more"] - 1e-6).all()


def test_the_truth_is_found_again():
    """Of 40 surveys the intervals hold each planted weight in about 38."""
    held = pd.DataFrame(
        [
            table["low"].lt(pd.Series(UTILITY)) & table["high"].gt(pd.Series(UTILITY))
            for seed in range(40)
            for table in [fit_choices(draw_choices(np.random.default_rng(seed))).table()]
        ]
    )
    assert held.to_numpy().mean() > 0.91
    assert (held.sum() >= 33).all()


def test_questions_with_blanks_are_left_out():
    choices = draw_choices(np.random.default_rng(1))
    full = fit_choices(choices)
    assert (full.sets, full.clusters) == (1200, 150)
    first = choices["respondent"] == "R001"
    holes = choices.assign(town_home=choices["town_home"].mask(first))
    holes.loc[holes.index[-1], "chosen"] = np.nan
    assert questions_left_out(holes) == 9
    assert fit_choices(holes).sets == 1191
    with pytest.raises(Lacking, match="没有一道"):
        fit_choices(choices.assign(chosen=0.0))


def test_attributes_of_an_option():
    row = {"respondent": "R1", "question": 1.0, "allowance": 500, "minutes": 40, "housing": 1, "title_priority": 0, "years": 3,
           "chosen": 1}  # fmt: skip
    choices = pd.DataFrame(
        [
            row | {"option": 1, "age_group": "over45", "town_home": 1},
            row | {"option": 3, "age_group": "under30", "town_home": 1},
        ]
    )
    found = choice_attributes(choices)
    assert found["minutes_over45"].tolist() == [40, 0]
    assert found["stay_town_home"].tolist() == [0, 1]


def test_groups_of_teachers():
    schools = pd.DataFrame({"school_id": ["a", "b"], "area": ["urban", "rural"]})
    teachers = pd.DataFrame(
        {"birth_year": [2000, 1980, 1979, 1970, None], "lives_near": ["a", "a", "b", None, "a"]}
    )
    found = teacher_groups(County({"schools": schools}), teachers, 2025)
    assert found.to_dict() == pytest.approx(
        {("under30", 1): 1 / 3, ("30to45", 1): 1 / 3, ("over45", 0): 1 / 3}
    )
    with pytest.raises(Lacking, match="构成"):
        teacher_groups(County({"schools": schools}), teachers.iloc[3:], 2025)


def test_the_sample_county():
    choices = sample_county(7).tables["job_choices"]
    found = fit_choices(choices)
    way = compensation(found, {"minutes": 30})
    assert way.low < 30 * 0.030 / 0.0012 < way.high
    assert respondent_groups(choices).sum() == pytest.approx(1)

"""Cliffs of a formula: found where hands put them, found at every one, and gone when smoothed."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from balancelib.policy import Compensation, cliff_edges, money_by_pupils, smoothed
from balancelib.standards.quotas import RUNNING_COSTS, Formula

ONE = Formula({"pupils": 1.0})


def edges(rule, *past, stage="pupils_primary", most=None):
    found = cliff_edges(rule, past, stage, most)
    return [tuple(row) for row in found[["kind", "from_pupils", "to_pupils"]].to_numpy()]


def test_the_national_rule_has_no_cliff_but_the_first_pupil():
    """Counted as 100 up to 100 and by heads from there on: level, then sloping. The first pupil brings 100 quotas."""
    assert edges(Compensation()) == [("leaps", 0, 1)]
    found = cliff_edges(Compensation(), stage="pupils_junior")
    assert found.iloc[0].to_dict() == {
        "kind": "leaps", "from_pupils": 0, "to_pupils": 1, "money_from": 0, "money_to": 94_000, "rate": 100,
    }  # fmt: skip


def test_the_cliff_of_california():
    """At 990 of 1,000 nothing is paid, at 989 75 % of 11: 997.25 against 990, the 990th pupil costs 7.25."""
    rule = Compensation(share=0.75, trigger=0.01, formula=ONE)
    found = cliff_edges(rule, [1000], "pupils")
    one = found[found["kind"] == "falls"].squeeze()
    assert (one["from_pupils"], one["to_pupils"]) == (989, 990)
    assert (one["money_from"], one["money_to"]) == pytest.approx((997.25, 990))
    assert one["rate"] == pytest.approx(-7.25)


def test_a_fade_that_is_too_steep_is_one_edge_all_along():
    """28,800 元 over 20 pupils are 1,440 a pupil, twice the quota of 720: each of the twenty costs the school 720."""
    found = cliff_edges(Compensation(small_grant=28_800, fades=20))
    assert found["from_pupils"].tolist() == [0, 100]
    assert found["to_pupils"].tolist() == [1, 120]
    assert found["rate"].tolist() == pytest.approx([140, -1])
    assert edges(Compensation(small_grant=28_800, fades=40)) == [("leaps", 0, 1)]


def test_a_grant_worth_a_whole_number_of_quotas_fades_over_one_more():
    """21,600 元 are 30 quotas of 720: over 30 pupils all that a pupil brings would fade away, over 31 something is left."""
    gentle = smoothed(Compensation(small_grant=21_600))
    assert gentle.fades == 31
    steps = money_by_pupils(gentle)[100:132].diff().dropna()
    assert steps.tolist() == pytest.approx([720 - 21_600 / 31] * 31)


def test_stop_loss_is_level_and_no_edge():
    money = money_by_pupils(Compensation(stop_loss=0.95, formula=ONE), [100], "pupils", 100)
    assert money[1] == money[94] == 95
    assert money[96] == 96
    assert edges(Compensation(stop_loss=0.95, formula=ONE), 100, stage="pupils") == [("leaps", 0, 1)]


def test_no_compensation_no_floor_no_edge():
    assert edges(Compensation(formula=ONE), stage="pupils") == []


shares = st.floats(0, 1)
rules = st.builds(
    Compensation, shares, st.integers(1, 4), shares, shares, shares, st.floats(0, 1e5), st.floats(0, 200)
)
pasts = st.lists(st.integers(0, 300), max_size=4)
stages = st.sampled_from(["pupils_primary", "pupils_junior"])


@given(rules, pasts, stages)
def test_smoothed_rules_have_no_cliff_but_the_first_pupil(rule, past, stage):
    assert set(edges(smoothed(rule), *past, stage=stage)) <= {("leaps", 0, 1)}


@given(rules, pasts, stages)
def test_every_edge_is_found_and_none_besides(rule, past, stage):
    """Walk from pupil to pupil, and compare."""
    money, quota = money_by_pupils(rule, past, stage), RUNNING_COSTS.per_pupil[stage]
    listed = {
        (kind, n)
        for kind, low, high in edges(rule, *past, stage=stage)
        for n in range(int(low) + 1, int(high) + 1)
    }
    walked = set()
    for n in range(1, len(money)):
        step = money[n] - money[n - 1]
        if step < -1e-9 * quota:
            walked.add(("falls", n))
        if step > (1 + 1e-9) * quota:
            walked.add(("leaps", n))
    assert listed == walked


@given(rules, pasts, st.integers(1, 300))
def test_smoothing_changes_nothing_where_nothing_was_steep(rule, past, most):
    if not rule.trigger and not rule.small_grant:
        assert smoothed(rule) == rule
    calm = Compensation(rule.share, rule.years, 0, rule.own_share, rule.stop_loss)
    assert np.array_equal(
        money_by_pupils(smoothed(calm), past, most=most), money_by_pupils(calm, past, most=most)
    )


def test_the_same_loss_compensated_before_and_after():
    """Trigger 5 % of 200: at 189, 80 % of 11; borne up to 10, 80 % of 1."""
    rule = Compensation(share=0.8, trigger=0.05, formula=ONE)
    before, after = (money_by_pupils(one, [200], "pupils") for one in (rule, smoothed(rule)))
    assert (before[189], after[189]) == pytest.approx((189 + 8.8, 189.8))
    assert before[190] == after[190] == 190


def test_what_cannot_be_smoothed_or_asked_is_said():
    free = Formula({"a": 0, "b": 5}, least_pupils=10)
    with pytest.raises(ValueError, match="定额是0"):
        smoothed(Compensation(small_grant=3, formula=free))
    with pytest.raises(KeyError, match="没有pupils_senior"):
        money_by_pupils(Compensation(), stage="pupils_senior")

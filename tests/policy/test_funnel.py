"""Funnel limits: z-scores, overdispersion and limits by hand, against the Poisson distribution, and on the sample."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from samples import sample_county
from scipy import stats

from balancelib.policy import funnel, indicator_history
from balancelib.policy.funnel import Funnel, overdispersion


def rows(count, pupils, **other):
    count, pupils = np.array(count, dtype=float), np.array(pupils, dtype=float)
    return pd.DataFrame(
        {"year": 2025, "school_id": [f"s{i}" for i in range(len(count))], "name": "校", "stage": "primary", "pupils": pupils,
         "indicator": "backbone_teachers", "total": count, "value": 100 * count / pupils} | other
    )  # fmt: skip


def test_by_hand():
    """10 of 1,000 pupils and 6 of 600 are 1 in 100; expected 10 and 6, z 0. With 4 and 12: 2(2 − √10) and 2(√12 − √6).

    Winsorised with a tenth of the way between them at each end: −1.88918 and 1.59384, whose squares have the mean 3.05466,
    4.50102 over the 0.67866 that is left of a normal variance; above 1 + 2√(2/2) = 3, so that z is over √4.50102 = 2.12156.
    """
    even = funnel(rows([10, 6], [1000, 600]))
    assert even.rate == 1
    assert even.sections["z"].tolist() == [0, 0]
    uneven = funnel(rows([4, 12], [1000, 600]))
    assert uneven.sections["expected"].tolist() == pytest.approx([10, 6])
    assert uneven.sections["z"].tolist() == pytest.approx([-1.09568, 0.95648], abs=1e-5)


def test_a_school_with_no_teacher_where_two_or_three_are_expected_is_within():
    """250 pupils, 2.51 expected (of 203.36 for 20,250 pupils), none there: exp(−2.51) = 8.1 %. Of 700 pupils with 7 expected it is 0.091 %: below."""
    small = funnel(rows([0, *[10.168] * 20], [250, *[1000] * 20])).sections
    assert (small.loc[0, "expected"], small.loc[0, "place"]) == (pytest.approx(2.5107, abs=1e-3), 0)
    large = funnel(rows([0, *[10.35] * 20], [700, *[1000] * 20])).sections
    assert (large.loc[0, "expected"], large.loc[0, "place"]) == (pytest.approx(7), -1)


@pytest.mark.parametrize("expected", [0.5, 2, 2.48, 2.5, 3, 4, 6.8, 7, 10, 30, 100])
def test_counts_outside_are_those_with_a_tail_of_a_thousandth(expected):
    """Each whole count, by SciPy's own Poisson distribution."""
    lower, upper = funnel(rows([50, 50], [5000, 5000])).limits(100 * expected)  # the rate is 1 per 100
    counts = np.arange(300)
    assert ((counts < lower * expected) == (stats.poisson.cdf(counts, expected) < 0.001)).all()
    assert ((counts > upper * expected) == (stats.poisson.sf(counts - 1, expected) < 0.001)).all()


def test_limits_with_overdispersion_are_those_of_counts_over_the_dispersion():
    """Expected 40 with a variance four times as wide: as of 10 expected, times four."""
    plain, wide = Funnel(pd.DataFrame(), 1.0, 1.0, 1.0), Funnel(pd.DataFrame(), 1.0, 4.0, 4.0)
    assert np.array(wide.limits(4000)) == pytest.approx(np.array(plain.limits(1000)))


def test_overdispersion_by_hand():
    """±1 ten times each and ±9: the 10 and 90 % quantiles are ±1, so all squares are 1, over the 0.6787 left of a normal variance."""
    assert overdispersion([-9, 9, *[-1, 1] * 10]) == pytest.approx(1 / 0.6787, rel=1e-4)
    assert overdispersion([-2, 2] * 10) == pytest.approx(4 / 0.6787, rel=1e-4)


@pytest.mark.parametrize("phi", [1.0, 2.0])
def test_overdispersion_of_normal_scores_is_their_variance(phi):
    z = np.random.default_rng(4).standard_normal(200_000) * np.sqrt(phi)
    assert overdispersion(z) == pytest.approx(phi, rel=0.02)


def test_overdispersion_widens_the_limits_only_where_it_is_sure():
    """20 schools expecting 100, whose scores are normal quantiles times √φ: 4 is above 1 + 2√(2/20) = 1.632, 1.5 is not."""
    scores = stats.norm.ppf((np.arange(20) + 0.5) / 20)
    for phi, widened in ((4.0, True), (1.5, False)):
        found = funnel(rows((10 + scores * np.sqrt(phi) / 2) ** 2, [10000] * 20))
        assert found.dispersion == pytest.approx(phi, rel=0.08)
        assert found.factor == (found.dispersion if widened else 1)


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(50, 2500)), min_size=2, max_size=30).filter(lambda x: sum(c for c, _ in x) > 0))  # fmt: skip
def test_place_and_limits_agree_and_no_order_matters(pairs):
    count, pupils = zip(*pairs, strict=True)
    found = funnel(rows(count, pupils))
    s = found.sections
    assert ((s["place"] == -1) == (s["value"] < s["lower"])).all()
    assert ((s["place"] == 1) == (s["value"] > s["upper"])).all()
    assert (s["lower"] <= found.rate * (1 + 1e-9)).all()
    assert (s["upper"] >= found.rate * (1 - 1e-9)).all()
    back = funnel(rows(count[::-1], pupils[::-1])).sections["z"].to_numpy()[::-1]
    assert s["z"].to_numpy() == pytest.approx(back, abs=1e-9)


def test_what_is_unknown_is_left_out_and_what_makes_no_funnel_refused():
    table = rows([10, 6, np.nan], [1000, 600, 100])
    assert len(funnel(table).sections) == 2
    with pytest.raises(ValueError, match="一年、一个学段、一项指标"):
        funnel(table.assign(year=[2024, 2025, 2025]))
    with pytest.raises(ValueError, match="要有数"):
        funnel(table[2:])
    with pytest.raises(ValueError, match="面积和金额"):
        funnel(table.assign(indicator="teaching_area"))


def test_in_the_sample_the_last_in_rank_are_within_and_one_is_above():
    history = indicator_history(sample_county(7))
    now = history[(history["year"] == 2025) & (history["stage"] == "primary")]
    found = funnel(now[now["indicator"] == "backbone_teachers"]).sections
    assert (found.nsmallest(5, "value")["place"] == 0).all()
    assert found["name"][found["place"] != 0].tolist() == ["城关镇第三小学"]

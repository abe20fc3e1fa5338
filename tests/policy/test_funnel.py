"""Funnel limits: z-scores, overdispersion and limits by hand, against the Poisson distribution, and on the sample."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from balancelib.county import sample_county
from balancelib.policy import funnel, indicator_history
from balancelib.policy.funnel import overdispersion


def rows(count, pupils, **other):
    count, pupils = np.array(count, dtype=float), np.array(pupils, dtype=float)
    return pd.DataFrame(
        {"year": 2025, "school_id": [f"s{i}" for i in range(len(count))], "name": "校", "stage": "primary", "pupils": pupils,
         "indicator": "backbone_teachers", "total": count, "value": 100 * count / pupils} | other
    )  # fmt: skip


def test_by_hand():
    """10 of 1,000 pupils and 6 of 600 are 1 in 100; expected 10 and 6, z 0. With 4 and 12: 2(2 − √10) and 2(√12 − √6).

    Winsorised with a tenth of the way between them at each end: −1.88918 and 1.59384, whose squares have the mean 3.05466;
    above 1 + 2√(2/2) = 3, so that z is over √3.05466 = 1.74776.
    """
    even = funnel(rows([10, 6], [1000, 600]))
    assert even.rate == 1
    assert even.sections["z"].tolist() == [0, 0]
    uneven = funnel(rows([4, 12], [1000, 600]))
    assert uneven.sections["expected"].tolist() == pytest.approx([10, 6])
    assert uneven.sections["z"].tolist() == pytest.approx([-1.33002, 1.16104], abs=1e-5)


def test_limits_by_hand():
    """Expected 9: √9 = 3 ± 3.09023/2, squared: 2.11669 and 20.65807, per 100 of 900 pupils 0.23519 and 2.29534."""
    lower, upper = funnel(rows([9, 1], [900, 100])).limits(900)
    assert (float(lower), float(upper)) == pytest.approx((0.23519, 2.29534), abs=1e-5)


def test_a_small_school_has_a_lower_limit_of_nothing():
    """Expected 2 is below (3.09/2)² = 2.39: a school with none is within."""
    found = funnel(rows([0, 40], [100, 1900])).sections
    assert found.loc[0, "lower"] == 0
    assert found.loc[0, "place"] == 0


@pytest.mark.parametrize("expected", [5, 10, 30, 100])
@pytest.mark.parametrize("level", [0.95, 0.998])
def test_about_as_many_poisson_counts_are_within_as_the_level_says(expected, level):
    """Of a Poisson count, by SciPy's own distribution: 95 % within 3 points, 99.8 % within half a point (of 5, none at all is outside)."""
    lower, upper = funnel(rows([50, 50], [5000, 5000])).limits(100 * expected, level)
    counts = np.arange(1000)
    inside = (counts >= lower * expected) & (counts <= upper * expected)  # the rate is 1 per 100
    covered = stats.poisson.pmf(counts[inside], expected).sum()
    assert covered == pytest.approx(level, abs=0.03 if level == 0.95 else 0.006)


def test_overdispersion_by_hand():
    """±1 ten times each and ±9: the 10 and 90 % quantiles are ±1, so all squares are 1."""
    assert overdispersion([-9, 9, *[-1, 1] * 10]) == 1
    assert overdispersion([-2, 2] * 10) == 4


def test_overdispersion_widens_the_limits_only_where_it_is_sure():
    """20 schools expecting 25. ±√φ: at 4, above 1 + 2√(2/20) = 1.632, √4 times as wide; at 1.5 as before."""
    for phi, factor in ((4.0, 4.0), (1.5, 1.0)):
        away = np.tile([1, -1], 10) * np.sqrt(phi) / 2
        found = funnel(rows((5 + away) ** 2, [2500] * 20))
        assert found.dispersion == pytest.approx(phi, rel=0.05)  # the mean moves a little with the squares
        assert found.factor == (pytest.approx(factor, rel=0.05) if factor > 1 else 1.0)
    wide, narrow = (funnel(rows((5 + np.tile([1, -1], 10) * s / 2) ** 2, [2500] * 20)) for s in (2.0, 1.0))
    half = [np.sqrt(f.limits(2500)[1] * 25) - np.sqrt(f.rate * 25) for f in (wide, narrow)]
    assert half[0] / half[1] == pytest.approx(np.sqrt(wide.factor))


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

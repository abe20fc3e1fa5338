"""How often the years said hold the true one: against single series judged one by one, and what ups and downs that go together do to it."""

import numpy as np
import pandas as pd
import pytest

from balancelib.progress import holding_years, years_coverage

RISING = [0.45, 0.50, 0.54, 0.57, 0.60, 0.64, 0.70, 0.76]


def test_a_line_without_ups_and_downs_is_always_held():
    assert years_coverage([0.5, 0.6, 0.7, 0.8], draws=5) == 1.0


def test_independent_years_are_held_more_often_than_the_interval_says_and_alike_ones_less():
    independent, alike, more = (years_coverage(RISING, correlation) for correlation in (0.0, 0.5, 0.8))
    assert independent > 0.88
    assert 0.76 < alike < independent
    assert more < 0.8


def test_it_is_what_series_judged_one_by_one_show():
    years = np.arange(8)
    slope, level = np.polyfit(years, RISING, 1)
    rest = np.asarray(RISING) - level - slope * years
    rng, held = np.random.default_rng(11), []
    for _ in range(300):
        made = level + slope * np.arange(28) + rng.normal(0, np.sqrt((rest**2).sum() / 6), 28)
        frame = pd.DataFrame({"year": years, "ratio": made[:8], "school_id": "1", "name": "一", "stage": "primary", "indicator": "books"})  # fmt: skip
        row = holding_years(frame).iloc[0]
        if row["state"] == "coming":
            first = 8 + int(np.argmax(made[8:] >= 1))
            held.append(row["earliest"] <= first and (row["latest"] is pd.NA or first <= row["latest"]))
    assert np.mean(held) == pytest.approx(years_coverage(RISING, seed=3), abs=0.06)


def test_a_line_that_falls_says_no_year():
    assert np.isnan(years_coverage([0.9, 0.8, 0.7, 0.6], draws=5))


@pytest.mark.parametrize(
    ("ratios", "correlation", "said"),
    [
        ([0.5, 0.6, 0.7], 0.0, "4年"),
        ([0.5, np.nan, 0.6, 0.7], 0.0, "中间不缺"),
        (RISING, 1.0, "-1和1"),
    ],
)
def test_what_cannot_be_said_is_refused(ratios, correlation, said):
    with pytest.raises(ValueError, match=said):
        years_coverage(ratios, correlation, draws=20)

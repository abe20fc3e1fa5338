"""Outliers and digits: published data with R's answers, exact probabilities, limits that are kept."""

import numpy as np
import pytest
from scipy import stats

from balancelib.resources import first_digits, last_digits, modified_z, robust_distances, round_amounts

# Stack loss (Brownlee 1965) and what robustbase 0.95-0 of R 4.2.2 makes of it: covOGK(x, n.iter = 2, sigmamu = scaleTau2), then
# d <- mahalanobis(x, wcenter, wcov) and d * qchisq(.5, 3) / median(d).
STACK = [
    (80, 27, 89), (80, 27, 88), (75, 25, 90), (62, 24, 87), (62, 22, 87), (62, 23, 87), (62, 24, 93), (62, 24, 93), (58, 23, 87),
    (58, 18, 80), (58, 18, 89), (58, 17, 88), (58, 18, 82), (58, 19, 93), (50, 18, 89), (50, 18, 86), (50, 19, 72), (50, 19, 79),
    (50, 20, 80), (56, 20, 82), (70, 20, 91),
]  # fmt: skip
STACK_DISTANCES = [
    12.08217195, 12.68027363, 6.68332719, 1.52708652, 0.40880120, 0.74574509, 2.36597388, 2.36597388, 1.32161245, 2.64477139,
    1.90689171, 3.07997620, 1.96125626, 2.52086981, 3.02088404, 1.79879048, 5.13764255, 1.69278252, 2.08092844, 0.38132431, 6.77691571,
]  # fmt: skip
FIBONACCI = [1, 2]
while len(FIBONACCI) < 1000:
    FIBONACCI.append(FIBONACCI[-1] + FIBONACCI[-2])


def test_distances_are_those_of_r():
    assert robust_distances(STACK) == pytest.approx(np.array(STACK_DISTANCES), rel=1e-7)


def test_a_third_of_wrong_rows_hides_nobody():
    """Classical distances of so many outliers in one place do not stand out; robust ones do."""
    rng = np.random.default_rng(5)
    x = rng.normal(size=(60, 3))
    x[:20] += 10
    far = robust_distances(x) > stats.chi2.isf(0.001, 3)
    assert far[:20].all()
    assert far[20:].sum() <= 2
    off = x - x.mean(axis=0)
    classical = (off * np.linalg.solve(np.cov(x.T), off.T).T).sum(axis=1)
    assert not (classical > stats.chi2.isf(0.001, 3)).any()


def test_units_do_not_matter_to_distances():
    x = np.array(STACK, dtype=float)
    assert robust_distances(x * [1000, 0.01, 7] + [5, 0, -3]) == pytest.approx(robust_distances(x), rel=1e-8)


def test_modified_z_by_hand():
    """Median 4, absolute deviations 2, 1, 0, 1, 12: their median is 1, and 0.67449 × 12 = 8.0939."""
    assert modified_z([2, 3, 4, 5, 16])[-1] == pytest.approx(0.6744897501960817 * 12)


@pytest.mark.parametrize(
    ("function", "given", "said"),
    [
        (modified_z, [1, 1, 1, 5], "一半以上的值相同"),
        (modified_z, [1, np.nan], "空值"),
        (robust_distances, np.ones((20, 2)), "一半以上的值相同"),
        (robust_distances, np.eye(9), "只有9行，9列至少要45行"),
        (robust_distances, [1.0, 2.0], "形状"),
        (first_digits, [-1], "负数"),
        (round_amounts, [np.inf], "无穷大"),
    ],
)
def test_what_cannot_be_measured_is_refused(function, given, said):
    with pytest.raises(ValueError, match=said):
        function(given)


def test_fibonacci_numbers_follow_benford():
    """Known to follow the law (Duncan 1967); of the first thousand from 1, 2 on, counts published in many places: 301 begin with 1."""
    test = first_digits([float(number) for number in FIBONACCI])
    assert test.n == 1000
    assert test.counts[0] == pytest.approx(301, abs=1)
    assert test.verdict == "很接近"
    assert test.p_value > 0.99


def test_even_first_digits_are_far_from_benford():
    test = first_digits(np.tile([d * 10.0**power for d in range(1, 10) for power in range(4)], 10))
    # Even shares of 1/9 against the law: (|.3010 − .1111| + |.1761 − .1111| + |.1249 − .1111| + … ) / 9.
    shares = [0.30103, 0.17609, 0.12494, 0.09691, 0.07918, 0.06695, 0.05799, 0.05115, 0.04576]
    assert test.mad == pytest.approx(np.abs(np.array(shares) - 1 / 9).mean(), abs=1e-5)
    assert test.verdict == "不符合"
    assert test.p_value < 1e-6
    assert "不等于造假" in test.limits


@pytest.mark.parametrize(
    ("amounts", "by_formula", "why"),
    [
        ([float(number) for number in FIBONACCI], True, "定额"),
        ([float(number) for number in FIBONACCI[:200]], False, "只有200个数，少于300个"),
        (np.linspace(10_000, 60_000, 400), False, "大小相差不到30倍"),
        ([], False, "只有0个数"),
    ],
)
def test_benford_is_not_asked_where_it_does_not_hold(amounts, by_formula, why):
    test = first_digits(amounts, by_formula=by_formula)
    assert test.verdict == "不判断"
    assert np.isnan(test.p_value)
    assert why in test.limits


def test_last_digits_by_hand():
    """A hundred amounts, ten expected of each digit; 20 end in 0, 0 in 9, the others ten each: (10² + 10²) / 10 = 20 with 9 degrees of freedom."""
    amounts = [1000 + digit for digit in range(1, 9) for _ in range(10)] + [1000] * 20
    test = last_digits(amounts)
    assert test.statistic == pytest.approx(20)
    assert test.p_value == pytest.approx(
        0.01791, abs=1e-5
    )  # a table of chi-squared: 19.023 at 0.025, 21.666 at 0.01
    assert test.verdict == "看不出反常"
    assert last_digits([1000] * 60).verdict == "末位不均匀"
    assert last_digits(amounts[:49]).verdict == "不判断"
    assert last_digits([99, 5, 100]).n == 1


def test_round_amounts_by_hand():
    # Two or more of three, one in a hundred each: 3 × 0.01² × 0.99 + 0.01³.
    assert round_amounts([200, 300, 451], unit=100) == (3, 2, pytest.approx(3e-4 * 0.99 + 1e-6))
    assert round_amounts([10, 20]).p_value == 1  # none is large enough

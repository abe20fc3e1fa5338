"""Standardisation: published rates, intervals and decompositions; identities; what the intervals hold."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from balancelib.measures.kitagawa import kitagawa
from balancelib.measures.proportions import newcombe, wilson
from balancelib.measures.standardisation import (
    direct_mean,
    direct_rate,
    indirect_ratio,
    standardised_gap,
    standardised_share,
)

# Michigan's births 1950–1964 by the mother's age (Fleiss 1981, table 14.4): cases of Down syndrome among fifth and later children, births
# of those, and all births. The rate and its interval are printed in the vignette of R's dsrTest (method "gamma" of asht).
CASES, BIRTHS = [0, 8, 63, 112, 262, 295], [327, 30666, 123419, 149919, 104088, 34392]
ALL_BIRTHS = [319933, 931318, 786511, 488235, 237863, 61313]

# United States by race and age, 1985 and 1970: Das Gupta (1993), Standardization and decomposition of rates, example 5.3; what it gives is printed in the
# vignette of R's DasGuptR, whose parts of age and race together are the composition.
SIZES = {
    1985: [3041, 11577, 27450, 32711, 35480, 27411, 19555, 19795, 15254, 8022, 2472,
           707, 2692, 6473, 6841, 6547, 4352, 3034, 2540, 1749, 804, 236],
    1970: [2968, 11484, 34614, 30992, 21983, 20314, 20928, 16897, 11339, 5720, 1315,
           535, 2162, 6120, 4781, 3096, 2718, 2363, 1767, 1149, 448, 117],
}  # fmt: skip
RATES = {
    1985: [9.163, 0.462, 0.248, 0.929, 1.084, 1.810, 4.715, 12.187, 27.728, 64.068, 157.570,
           17.208, 0.738, 0.328, 1.103, 2.045, 3.724, 8.052, 17.812, 34.128, 68.276, 125.161],
    1970: [18.469, 0.751, 0.391, 1.146, 1.287, 2.672, 6.636, 15.691, 34.723, 79.763, 176.837,
           36.993, 1.352, 0.541, 2.040, 3.523, 6.746, 12.967, 24.471, 45.091, 74.902, 123.205],
}  # fmt: skip


def test_a_published_rate_with_its_gamma_interval():
    found = direct_rate(CASES, BIRTHS, ALL_BIRTHS)
    assert np.multiply(found, 1e5) == pytest.approx([75.52901, 67.70212, 188.30017], abs=5e-6)


def test_a_published_decomposition():
    found = kitagawa(*((RATES[year], SIZES[year]) for year in (1985, 1970)))
    assert found.gap == pytest.approx(-0.6862158, abs=5e-8)
    assert found.rate == pytest.approx(-2.2277254, abs=5e-8)
    assert found.composition == pytest.approx(1.5217347 + 0.0197749, abs=1e-7)
    assert found.composition_by.sum() + found.rate_by.sum() == pytest.approx(found.gap)


@pytest.mark.parametrize(("seen", "low", "high"), [(0, 0, 3.689), (1, 0.0253, 5.572), (10, 4.795, 18.390)])
def test_garwoods_table_of_exact_limits(seen, low, high):
    """Breslow and Day (1987), table 2.10: limits of a Poisson count; as a ratio to 2 expected."""
    found = indirect_ratio([seen, 0], [10, 10], [0.1, 0.1])
    assert found == pytest.approx((seen / 2, low / 2, high / 2), rel=1e-3)


def test_with_one_stratum_the_rate_has_garwoods_limits_too():
    assert direct_rate([10], [100], [7]) == pytest.approx(indirect_ratio([10], [100], [1]))


@pytest.mark.parametrize(("a", "m", "b", "n"), [(56, 70, 48, 80), (9, 10, 3, 10), (10, 10, 0, 20)])
def test_with_one_stratum_they_are_wilsons_and_newcombes(a, m, b, n):
    assert standardised_share([a], [m], [3]) == pytest.approx(wilson(a, m))
    assert standardised_gap(([a], [m]), ([b], [n]), [3]) == pytest.approx(newcombe(a, m, b, n))


def test_a_reversal():
    """Berkeley's six departments, 1973 (Bickel, Hammel and O'Connell 1975): admitted and refused men and women, as in R's UCBAdmissions."""
    men = [512, 353, 120, 138, 53, 22], [825, 560, 325, 417, 191, 373]
    women = [89, 17, 202, 131, 94, 24], [108, 25, 593, 375, 393, 341]
    crude = newcombe(sum(men[0]), sum(men[1]), sum(women[0]), sum(women[1]))
    assert crude.low > 0.1, "men are admitted more often in all"
    both = np.add(men[1], women[1])
    found = standardised_gap(men, women, both)
    assert found.high < 0, "and less often in the same departments"
    assert found.value == pytest.approx(both @ (np.divide(*men) - np.divide(*women)) / both.sum())
    parts = kitagawa(*((np.divide(*side), side[1]) for side in (men, women)))
    assert parts.composition > parts.gap > 0 > parts.rate


counts = st.lists(
    st.tuples(st.integers(0, 30), st.integers(1, 30), st.integers(1, 9)), min_size=1, max_size=5
)


@given(counts)
def test_a_standardised_share_stays_a_share(rows):
    some, more, s = np.array(rows).T
    found = standardised_share(some, some + more, s)
    assert -1e-12 <= found.low <= found.value <= found.high <= 1 + 1e-12
    turned = standardised_share(more, some + more, s)
    assert (1 - turned.value, 1 - turned.high, 1 - turned.low) == pytest.approx(found)


@given(counts, st.integers(1, 50))
def test_the_standards_scale_does_not_matter_and_an_empty_stratum_is_left_out(rows, scale):
    some, more, s = np.array(rows).T
    for measure in (standardised_share, direct_rate):
        found = measure(some, some + more, s)
        assert measure(some, some + more, s * scale) == pytest.approx(found)
        assert measure([*some, 0], [*(some + more), 0], [*s, 0]) == pytest.approx(found)


def test_intervals_hold_the_truth_as_often_as_they_say():
    rng = np.random.default_rng(11)
    chances, trials, standard = np.array([0.02, 0.1, 0.4]), np.array([60, 30, 20]), np.array([5, 3, 2])
    truth = standard @ chances / standard.sum()
    held = []
    for some in rng.binomial(trials, chances, size=(1500, 3)):
        share = standardised_share(some, trials, standard)
        rate = direct_rate(some, trials, standard)
        held.append([share.low <= truth <= share.high, rate.low <= truth <= rate.high])
    often = np.mean(held, axis=0)
    assert 0.93 < often[0] < 0.98
    assert often[1] > 0.95, "the gamma interval is a wide one"


def test_a_mean_by_hand_and_against_the_weighted_rows():
    x, strata = [1, 3, 10, 14, 6], list("aabbb")
    found = direct_mean(x, strata, {"a": 3, "b": 1})
    assert found.value == pytest.approx(0.75 * 2 + 0.25 * 10)
    assert found.se == pytest.approx(np.sqrt(0.75**2 * 2 / 2 + 0.25**2 * 16 / 3))
    assert found.high - found.low == pytest.approx(2 * 1.959964 * found.se)
    assert direct_mean(x, strata, {"b": 2}).value == 10
    assert direct_mean(x, strata, {"a": 0, "b": 2, "c": 0}) == direct_mean(x, strata, {"b": 2})
    assert direct_mean(x, strata, {"a": 2, "b": 3}).value == pytest.approx(np.mean(x))


def test_a_stratum_with_nobody_adds_to_the_composition_alone():
    found = kitagawa(([0.2, np.nan], [50, 0]), ([0.1, 0.3], [25, 25]))
    assert found.gap == pytest.approx(0.2 - 0.2)
    assert found.rate_by.tolist() == pytest.approx([0.1 * 0.75, 0])
    assert found.composition == pytest.approx(-found.rate)
    assert kitagawa(([0.2, 0], [5, 0]), ([0.1, np.nan], [5, 0])).gap == pytest.approx(0.1)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: direct_rate([1, 2], [10], [1, 1]), "一样长"),
        (lambda: direct_rate([], [], []), "一样长"),
        (lambda: direct_rate([1, np.nan], [10, 10], [1, 1]), "空着"),
        (lambda: direct_rate([1, -1], [10, 10], [1, 1]), "负数"),
        (lambda: direct_rate([1, 0], [10, 0], [1, 1]), "第2层"),
        (lambda: direct_rate([1, 0], [10, 10], [0, 0]), "一个人也没有"),
        (lambda: standardised_share([11], [10], [1]), "11"),
        (lambda: indirect_ratio([1], [10], [0]), "一个也不该有"),
        (lambda: direct_mean([1, 2, 3], list("aab"), {"a": 1, "b": 1}), "不到两个人"),
        (lambda: direct_mean([1, 2, 3, 4], list("aabb"), {"a": 1, "b": -1}), "负数"),
        (lambda: direct_mean([1, 2, 3, 4], list("aabb"), {"a": 1, "b": np.nan}), "空着"),
        (lambda: direct_mean([1, 2, 3, 4], list("aabb"), {"a": 0, "b": 0}), "一个人也没有"),
        (lambda: direct_mean([1, 2, 3, 4], list("aabb"), {}), "每层一个数"),
        (lambda: direct_mean([1, np.nan, 3, 4], list("aabb"), {"a": 1, "b": 1}), "空值"),
        (lambda: kitagawa(([0.1], [5]), ([0.1, 0.2], [5, 5])), "每一层"),
        (lambda: kitagawa(([0.1], [0]), ([0.1], [5])), "都要有人"),
        (lambda: kitagawa(([np.nan], [3]), ([0.1], [5])), "不能空着"),
    ],
)
def test_what_cannot_be_had_is_refused(call, said):
    with pytest.raises(ValueError, match=said):
        call()

"""Properties that define a measure of inequality, on data of every kind."""

from functools import partial
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from balancelib import measures as m

VALUES = arrays(float, st.integers(2, 30), elements=st.floats(0.01, 1e6))
SMALL_WHOLE = arrays(float, st.integers(2, 12), elements=st.integers(1, 50))
UNITS = st.floats(0.001, 1000)

TRANSFER_SENSITIVE = {
    "cv": m.cv,
    "gini": m.gini,
    "theil_t": m.theil_t,
    "theil_l": m.theil_l,
    "ge_-1": partial(m.generalised_entropy, alpha=-1),
    "ge_0.5": partial(m.generalised_entropy, alpha=0.5),
    "ge_3": partial(m.generalised_entropy, alpha=3),
    "atkinson_0.5": partial(m.atkinson, epsilon=0.5),
    "atkinson_1": partial(m.atkinson, epsilon=1),
    "atkinson_2": partial(m.atkinson, epsilon=2),
}
INEQUALITY = TRANSFER_SENSITIVE | {"hoover": m.hoover}
RELATIVE = INEQUALITY | {
    "top_share": partial(m.top_share, p=0.1),
    "palma": m.palma,
    "quintile_share_ratio": m.quintile_share_ratio,
    "percentile_ratio": m.percentile_ratio,
    "range_ratio": m.range_ratio,
    "federal_range_ratio": m.federal_range_ratio,
    "mcloone": m.mcloone,
    "verstegen": m.verstegen,
}
ALL = RELATIVE | {"restricted_range": m.restricted_range, "median": partial(m.quantile, q=0.5)}
AT_EQUALITY = dict.fromkeys(INEQUALITY, 0) | {
    "palma": 0.25, "quintile_share_ratio": 1, "top_share": 0.1, "percentile_ratio": 1, "range_ratio": 1,
    "federal_range_ratio": 0, "mcloone": 1, "verstegen": 1, "restricted_range": 0,
}  # fmt: skip


def names(measures):
    return pytest.mark.parametrize("name", list(measures))


def close(x):
    return pytest.approx(x, rel=1e-9, abs=1e-12)


@names(RELATIVE)
@given(x=VALUES, unit=UNITS)
def test_the_unit_of_values_does_not_matter(name, x, unit):
    assert RELATIVE[name](x * unit) == close(RELATIVE[name](x))


@names(ALL)
@given(x=VALUES, unit=UNITS)
def test_the_unit_of_weights_does_not_matter(name, x, unit):
    weights = np.arange(1, len(x) + 1)
    assert ALL[name](x, weights=weights * unit) == close(ALL[name](x, weights=weights))


@names(ALL)
@given(x=VALUES)
def test_a_weight_counts_as_so_many_rows(name, x):
    weights = np.arange(len(x)) % 3 + 1
    assert ALL[name](x, weights=weights) == close(ALL[name](np.repeat(x, weights)))


@names(ALL)
@given(x=VALUES, times=st.integers(2, 4))
def test_everyone_twice_is_as_unequal(name, x, times):
    assert ALL[name](np.tile(x, times)) == close(ALL[name](x))


@names(ALL)
@given(x=VALUES, order=st.randoms(use_true_random=False))
def test_nobody_has_a_name(name, x, order):
    positions = list(range(len(x)))
    order.shuffle(positions)
    weights = np.linspace(1, 2, len(x))
    assert ALL[name](x[positions], weights=weights[positions]) == close(ALL[name](x, weights=weights))


@names(ALL)
@given(x=VALUES)
def test_a_row_without_weight_is_absent(name, x):
    weights = np.r_[0.0, np.linspace(1, 2, len(x))]
    assert ALL[name](np.r_[3e7, x], weights=weights) == close(ALL[name](x, weights=weights[1:]))


@names(AT_EQUALITY)
@given(x=st.floats(0.01, 1e6), n=st.integers(1, 20))
def test_equal_values_give_exactly_what_they_should(name, x, n):
    found = ALL[name](np.full(n, x), weights=np.linspace(0.1, 3, n))
    shares = {"palma", "quintile_share_ratio", "top_share"}
    assert found == (pytest.approx(AT_EQUALITY[name], rel=1e-14) if name in shares else AT_EQUALITY[name])


@names(INEQUALITY)
@given(x=SMALL_WHOLE, share=st.floats(0.01, 0.5), data=st.data())
def test_giving_to_who_has_less_never_makes_it_worse(name, x, share, data):
    """Pigou and Dalton: a transfer that does not turn the two round. Strictly less, but for Hoover's index."""
    two = data.draw(st.permutations(range(len(x))))[:2]
    i, j = sorted(two, key=lambda k: x[k])
    assume(x[i] < x[j])
    after = x.copy()
    given_away = share * (x[j] - x[i])
    after[i] += given_away
    after[j] -= given_away
    before, now = INEQUALITY[name](x), INEQUALITY[name](after)
    if name in TRANSFER_SENSITIVE:
        assert now < before
    else:
        assert now <= before + 1e-12


@given(VALUES)
def test_bounds(x):
    n = len(x)
    assert -1e-12 <= m.gini(x) <= 1 - 1 / n + 1e-12
    assert -1e-12 <= m.cv(x) <= np.sqrt(n - 1) + 1e-9
    assert -1e-12 <= m.theil_t(x) <= np.log(n) + 1e-9
    assert -1e-12 <= m.hoover(x) <= 1 - 1 / n + 1e-12
    assert -1e-12 <= m.atkinson(x, 0.5) <= m.atkinson(x, 1) + 1e-12 <= m.atkinson(x, 2) + 2e-12 <= 1
    assert m.hoover(x) <= m.gini(x) + 1e-12
    assert 0.1 - 1e-12 <= m.top_share(x, 0.1) <= 1 + 1e-12
    assert 0 < m.mcloone(x) <= 1 + 1e-12 and m.verstegen(x) >= 1 - 1e-12


@given(VALUES, st.floats(0, 60), st.floats(0, 60))
def test_more_aversion_finds_more_inequality(x, one, other):
    low, high = sorted((one, other))
    assert 0 <= m.atkinson(x, low) <= m.atkinson(x, high) + 1e-9 <= 1 + 1e-9


def test_alpha_says_which_end_matters():
    """The same transfer at the bottom weighs more for small alpha, at the top for large alpha."""
    x = np.array([1.0, 2, 3, 4, 100, 200, 300, 400])
    bottom, top = x.copy(), x.copy()
    bottom[[0, 1]] += [0.4, -0.4]
    top[[6, 7]] += [0.4, -0.4]

    def gain(after, alpha):
        return m.generalised_entropy(x, alpha) - m.generalised_entropy(after, alpha)

    ratios = [gain(bottom, alpha) / gain(top, alpha) for alpha in (-1, 0, 1, 2, 3)]
    assert all(a > b for a, b in pairwise(ratios))
    assert ratios[0] > 1 > ratios[-1]
    assert ratios[3] == pytest.approx(0.6 / 99.6, rel=1e-9)  # alpha = 2 knows only the distance


@given(VALUES, st.floats(-3, 4))
def test_generalised_entropy_is_smooth_in_alpha(x, alpha):
    here, there = m.generalised_entropy(x, alpha), m.generalised_entropy(x, alpha + 1e-7)
    assert there == pytest.approx(here, rel=1e-4, abs=1e-12)


@given(VALUES)
def test_limits_of_the_family(x):
    for alpha, limit in ((0, m.theil_l), (1, m.theil_t)):
        for step in (1e-9, -1e-9):
            assert m.generalised_entropy(x, alpha + step) == pytest.approx(limit(x), rel=1e-6, abs=1e-14)
    assert m.generalised_entropy(x, 2) == close(m.cv(x) ** 2 / 2)
    assert m.atkinson(x, 1) == close(1 - np.exp(-m.theil_l(x)))
    assert m.atkinson(x, 0) == 0


@given(VALUES)
def test_gini_is_twice_the_area_at_the_lorenz_curve(x):
    weights = np.linspace(1, 2, len(x))
    p, held = m.lorenz(x, weights)
    area = np.sum(np.diff(p) * (held[1:] + held[:-1])) / 2
    assert m.gini(x, weights) == pytest.approx(1 - 2 * area, abs=1e-9)
    assert (np.diff(held) >= 0).all() and p[0] == held[0] == 0 and p[-1] == held[-1] == 1


@given(VALUES)
def test_gini_by_its_definition(x):
    weights = np.linspace(1, 2, len(x))
    pairs = weights[:, None] * weights * np.abs(x[:, None] - x)
    mean = np.average(x, weights=weights)
    assert m.gini(x, weights) == close(pairs.sum() / weights.sum() ** 2 / 2 / mean)


@given(VALUES)
def test_ranked_by_itself_concentration_is_the_gini(x):
    weights = np.linspace(1, 2, len(x))
    assert m.concentration_index(x, x, weights) == close(m.gini(x, weights))
    assert m.concentration_index(x, -x, weights) == close(-m.gini(x, weights))


@given(arrays(float, st.integers(2, 30), elements=st.floats(0, 1)), st.data())
def test_who_have_and_who_lack_mirror_each_other(x, data):
    assume(0.001 < x.mean() < 0.999)
    rank = data.draw(arrays(int, len(x), elements=st.integers(0, 5)))
    for kind in ("erreygers", "wagstaff"):
        have = m.concentration_index(x, rank, kind=kind, limits=(0, 1))
        lack = m.concentration_index(1 - x, rank, kind=kind, limits=(0, 1))
        assert have == pytest.approx(-lack, abs=1e-9)
        assert abs(have) <= 1 + 1e-9
        elsewhere = m.concentration_index(2 + 3 * x, rank, kind=kind, limits=(2, 5))
        assert elsewhere == pytest.approx(have, abs=1e-9)


@given(VALUES, st.sampled_from([0.05, 0.1, 0.3, 0.5, 0.9, 1.0]))
def test_quantile_by_its_definition(x, q):
    """Exactly, in fractions of whole weights."""
    weights = np.arange(len(x)) % 4 + 1
    ordered = sorted(zip(x, weights, strict=True))
    below = 0
    for value, weight in ordered:
        below += weight
        if below * 20 >= round(q * 20) * weights.sum():
            assert m.quantile(x, q, weights) == value
            assert m.quantile(x, q, weights * 0.1) == value
            return


@given(arrays(int, st.tuples(st.just(2), st.integers(2, 12)), elements=st.integers(0, 200)))
def test_segregation(counts):
    a, b = counts
    assume(a.sum() > 0 and b.sum() > 0)
    found = [m.dissimilarity(a, b), m.segregation_gini(a, b), m.theil_h(a, b)]
    assert all(-1e-12 <= value <= 1 + 1e-12 for value in found)
    assert found[0] <= found[1] + 1e-12
    assert m.isolation(a, b) + m.exposure(a, b) == pytest.approx(1)
    assert m.isolation(a, b) >= a.sum() / (a + b).sum() - 1e-12
    double = [f(np.r_[a, a], np.r_[b, b]) for f in (m.dissimilarity, m.segregation_gini, m.theil_h)]
    assert double == pytest.approx(found, abs=1e-12)
    if len(a) > 2:  # putting schools of the same mixture together changes nothing
        merged = np.r_[3 * a[0], a[1:]], np.r_[3 * b[0], b[1:]]
        apart = np.r_[a[0], 2 * a[0], a[1:]], np.r_[b[0], 2 * b[0], b[1:]]
        assert m.theil_h(*merged) == pytest.approx(m.theil_h(*apart), abs=1e-12)


def test_segregation_at_its_ends():
    assert m.theil_h([5, 10], [1, 2]) == m.dissimilarity([5, 10], [1, 2]) == pytest.approx(0, abs=1e-15)
    assert m.theil_h([5, 0, 0], [0, 7, 0], [0, 0, 9]) == pytest.approx(1)
    assert m.segregation_gini([5, 0], [0, 9]) == pytest.approx(1)


@given(st.floats(0, 100), st.floats(0.01, 100))
def test_adjusted_parity_is_symmetric(a, b):
    assert m.parity_index(a, b, adjusted=True) == pytest.approx(
        2 - m.parity_index(b, a, adjusted=True) if a > 0 else 0
    )


def test_two_steps_hand_out_what_is_in_reach():
    rng = np.random.default_rng(1)
    cost = rng.uniform(0, 60, (20, 8))
    cost[:, 3] = np.inf
    supply, demand = rng.uniform(1, 9, 8), rng.uniform(0, 500, 20)
    for decay in ("binary", "gaussian", lambda minutes: 1 / (1 + minutes)):
        access = m.two_step_fca(supply, demand, cost, 30, decay)
        assert demand @ access == pytest.approx(supply.sum() - supply[3])
    assert (m.two_step_fca(supply, demand, np.full((20, 8), np.inf), 30) == 0).all()
    assert m.two_step_fca([10], [1, 1], [[0], [30]], 30, "gaussian")[1] == pytest.approx(
        10 * np.exp(-4.5) / (1 + np.exp(-4.5))
    )


@given(VALUES)
def test_contributions(x):
    assume(m.cv(x) > 1e-3)
    weights = np.linspace(1, 2, len(x))
    share, derivative = m.contribution(x, weights)
    assert share.sum() == pytest.approx(1) and (share >= 0).all()
    assert derivative @ x == pytest.approx(0, abs=1e-9)  # all larger by a factor changes nothing
    i = int(np.argmax(x))
    step = np.zeros(len(x))
    step[i] = 1e-5 * x[i]
    slope = (m.cv(x + step, weights) - m.cv(x - step, weights)) / 2e-5
    assert derivative[i] * x[i] == pytest.approx(slope, rel=1e-4, abs=1e-7)


def test_nobody_contributes_to_equality():
    share, derivative = m.contribution([3, 3, 3])
    assert np.isnan(share).all() and np.isnan(derivative).all()


@given(VALUES)
def test_negative_values_count_as_they_are(x):
    shifted = x - x.mean() * 0.9
    gap = np.abs(x[:, None] - x).mean() / 2
    assume(shifted.mean() > 1e-3 * np.abs(x).max())
    assert m.gini(shifted) == pytest.approx(gap / shifted.mean(), rel=1e-6)

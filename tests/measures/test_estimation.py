"""Standard errors and intervals."""

from functools import partial

import numpy as np
import pytest
from scipy import stats

from balancelib import measures as m
from balancelib.measures.influence import INFLUENCE

RNG = np.random.default_rng(11)
X, W = RNG.lognormal(0.1, 0.5, 60), RNG.uniform(1, 5, 60)
RANK = RNG.integers(0, 9, 60)
SMOOTH = {
    "cv": (m.cv, {}),
    "hoover": (m.hoover, {}),
    "gini": (m.gini, {}),
    "theil_t": (m.theil_t, {}),
    "theil_l": (m.theil_l, {}),
    "ge_2.5": (m.generalised_entropy, {"alpha": 2.5}),
    "ge_-1": (m.generalised_entropy, {"alpha": -1}),
    "atkinson_0.5": (m.atkinson, {"epsilon": 0.5}),
    "atkinson_1": (m.atkinson, {"epsilon": 1}),
    "atkinson_3": (m.atkinson, {"epsilon": 3}),
    "top_share": (m.top_share, {"p": 0.13}),
    "palma": (m.palma, {}),
    "quintile_share_ratio": (m.quintile_share_ratio, {}),
    "concentration": (m.concentration_index, {"rank": RANK}),
    "generalised": (m.concentration_index, {"rank": RANK, "kind": "generalised"}),
    "erreygers": (m.concentration_index, {"rank": RANK, "kind": "erreygers", "limits": (0, 9)}),
    "wagstaff": (m.concentration_index, {"rank": RANK, "kind": "wagstaff", "limits": (0, 9)}),
}


@pytest.mark.parametrize("name", SMOOTH)
def test_influence_is_the_derivative_to_the_weight(name):
    measure, options = SMOOTH[name]
    influence = INFLUENCE[measure.__name__](X, W, **options)
    assert W @ influence == pytest.approx(0, abs=1e-9)
    for i in (0, 17, int(np.argmin(X)), int(np.argmax(X))):
        step = np.zeros(60)
        step[i] = 1e-5 * W[i]
        up, down = (measure(X, weights=W + sign * step, **options) for sign in (1, -1))
        assert influence[i] / W.sum() == pytest.approx((up - down) / 2 / step[i], rel=1e-4, abs=1e-8)


@pytest.mark.parametrize("name", SMOOTH)
def test_three_methods_are_near_each_other(name):
    measure, options = SMOOTH[name]
    x, rank = np.tile(X, 4) * RNG.uniform(0.9, 1.1, 240), np.tile(RANK, 4)
    options = options | ({"rank": rank} if "rank" in options else {})
    linearised = m.estimate(measure, x, **options).se
    assert m.estimate(measure, x, method="jackknife", **options).se == pytest.approx(linearised, rel=0.06)
    drawn = m.estimate(measure, x, method="bootstrap", replicates=300, **options).se
    assert drawn == pytest.approx(linearised, rel=0.15)


def test_the_same_design_in_other_words():
    """Each unit its own cluster, one stratum, weights in another unit, rows that are absent: nothing changes."""
    plain = m.estimate(m.gini, X, W)
    assert m.estimate(m.gini, X, 7 * W, cluster=np.arange(60), strata=["a"] * 60)[:4] == pytest.approx(
        plain[:4]
    )
    padded = m.estimate(
        m.gini, np.r_[X, 1e6], np.r_[W, 0], cluster=np.r_[np.arange(60), 99], strata=["a"] * 60 + ["b"]
    )
    assert padded == pytest.approx(plain)
    assert plain.n == 60 and plain.value == m.gini(X, W)


def test_a_column_beside_the_values_goes_with_them():
    padded = m.estimate(m.concentration_index, np.r_[X, 5], np.r_[W, 0], rank=np.r_[RANK, 4])
    assert padded == pytest.approx(m.estimate(m.concentration_index, X, W, rank=RANK))


def test_the_classical_case():
    """Of the mean of a sample the jackknife is the textbook's S/√n; the interval is Student's."""
    mean = m.estimate(lambda x, weights: np.average(x, weights=weights), X, method="jackknife")
    assert mean.se == pytest.approx(X.std(ddof=1) / np.sqrt(60))
    low, high = stats.t.interval(0.95, 59, X.mean(), mean.se)
    assert (mean.low, mean.high) == pytest.approx((low, high))
    wide = m.estimate(m.gini, X, level=0.99)
    narrow = m.estimate(m.gini, X, level=0.5)
    assert wide.high - wide.low > 3 * (narrow.high - narrow.low)
    reach = stats.t.ppf(0.995, 59) * wide.se / wide.value  # on the scale of logarithms
    assert (wide.low, wide.high) == pytest.approx((wide.value * np.exp(-reach), wide.value * np.exp(reach)))


def test_which_intervals_are_symmetric():
    """An index that may be negative has its estimate in the middle; a measure of inequality has it in the middle of logarithms."""
    index = m.estimate(m.concentration_index, X, rank=RANK)
    assert index.high - index.value == pytest.approx(index.value - index.low)
    for name in ("atkinson_0.5", "theil_t", "cv", "palma"):
        measure, options = SMOOTH[name]
        found = m.estimate(measure, X, **options)
        assert found.high * found.low == pytest.approx(found.value**2), name


def _mean(x, weights):
    return np.average(x, weights=weights)


def test_strata_and_clusters_by_the_textbook():
    """Stratified clusters: Σ n/(n-1) Σ (cluster total - stratum mean)² of weighted deviations, by hand."""
    strata, cluster = np.repeat([0, 1], 30), np.tile(np.repeat(range(6), 5), 2)
    mean = np.average(X, weights=W)
    z = W * (X - mean) / W.sum()
    variance = 0.0
    for h in (0, 1):
        totals = np.array([z[(strata == h) & (cluster == c)].sum() for c in range(6)])
        variance += 6 / 5 * np.sum((totals - totals.mean()) ** 2)
    found = m.estimate(_mean, X, W, cluster=cluster, strata=strata, method="jackknife")
    assert found.se == pytest.approx(np.sqrt(variance), rel=0.02)
    reach = stats.t.ppf(0.975, 12 - 2) * found.se
    assert found.high - found.value == pytest.approx(reach)
    drawn = m.estimate(_mean, X, W, cluster=cluster, strata=strata, method="bootstrap", replicates=2000)
    assert drawn.se == pytest.approx(np.sqrt(variance), rel=0.06)


def test_the_bootstrap_is_seeded():
    one, same, other = (
        m.estimate(m.gini, X, method="bootstrap", replicates=50, seed=seed) for seed in (1, 1, 2)
    )
    assert one == same != other
    assert one.low < one.value < one.high


def test_measures_without_a_linearised_form():
    with pytest.raises(ValueError, match=r"mcloone没有线性化.*bootstrap"):
        m.estimate(m.mcloone, X)
    assert m.estimate(m.mcloone, X, method="bootstrap", replicates=50).se > 0
    with pytest.raises(ValueError, match="都相等"):
        m.estimate(m.cv, [2, 2, 2])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"cluster": [1] * 60}, "只有一个群"),
        ({"strata": list(range(60))}, "只有一个群"),
        ({"cluster": [1, 2]}, "一样长"),
        ({"method": "delta"}, "method"),
    ],
)
def test_designs_that_give_no_error(options, message):
    with pytest.raises(ValueError, match=message):
        m.estimate(m.gini, X, **options)


def test_intervals_cover_the_truth_about_as_often_as_they_say():
    """A small seeded share of benchmarks/intervals.py: 95 % intervals of two measures, 400 samples of 100."""
    rng = np.random.default_rng(12)
    sigma = 0.5
    truth = {m.gini: 2 * stats.norm.cdf(sigma / np.sqrt(2)) - 1, m.theil_l: sigma**2 / 2}
    samples = rng.lognormal(0, sigma, (400, 100))
    for measure, value in truth.items():
        found = [m.estimate(measure, x) for x in samples]
        inside = np.mean([one.low <= value <= one.high for one in found])
        assert 0.90 < inside < 0.97


def test_a_measure_with_its_parameters_bound():
    named = m.estimate(m.atkinson, X, epsilon=2)
    assert m.estimate(partial(m.atkinson, epsilon=2), X) == named

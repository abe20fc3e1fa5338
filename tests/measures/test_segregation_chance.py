"""Segregation by chance: tables that others published, exact distributions, every allocation of a small table."""

from itertools import combinations, product

import numpy as np
import pytest
from scipy.stats import hypergeom, multinomial

from balancelib import measures as m

A, B = np.array([40, 20, 5, 1]), np.array([20, 40, 60, 80])


@pytest.mark.parametrize(
    ("size", "share", "expected"), [(10, 0.1, 0.387), (10, 0.5, 0.246), (100, 0.1, 0.131)]
)
def test_dissimilarity_of_nothing_as_winship_has_it(size, share, expected):
    """Winship (1977), Table 2, as the tests of R's segregation quote it: many schools of one size, one share for all."""
    schools, group = 1000, round(size * share)
    found = m.by_chance([group] * schools, [size - group] * schools, draws=40)
    assert found.expected == pytest.approx(expected, rel=0.01)


def test_expected_dissimilarity_as_r_has_it():
    """dissimilarity_expected with fixed margins gives 0.098, within a tenth (test_mutual_expected.R)."""
    assert m.by_chance(A, B).expected == pytest.approx(0.098, rel=0.1)


def test_expected_dissimilarity_by_the_exact_distribution_of_each_school():
    t, a, b = A + B, A.sum(), B.sum()
    exact = 0.0
    for size in t:
        k = np.arange(size + 1)
        exact += hypergeom(t.sum(), a, size).pmf(k) @ np.abs(k / a - (size - k) / b) / 2
    assert m.by_chance(A, B, draws=4000).expected == pytest.approx(exact, rel=0.01)


@pytest.mark.parametrize("index", [m.dissimilarity, m.theil_h, m.isolation, m.segregation_gini])
def test_every_allocation_of_a_small_table(index):
    """Six pupils, two of the group, three schools: each of the 15 pairs of seats is as likely as any other."""
    seats = np.repeat([0, 1, 2], [3, 2, 1])
    all_of_them = []
    for pair in combinations(range(6), 2):
        a = np.bincount(seats[list(pair)], minlength=3)
        all_of_them.append(index(a, np.array([3, 2, 1]) - a))
    found = m.by_chance([0, 2, 0], [3, 0, 1], index, draws=6000)
    assert found.expected == pytest.approx(np.mean(all_of_them), rel=0.02)
    assert found.p == pytest.approx(np.mean(np.array(all_of_them) >= found.value - 1e-9), abs=0.02)


def test_mean_isolation_by_chance_is_almost_the_share_of_the_group():
    """Of a pupil of the group, each schoolmate is of it with (A − 1) / (T − 1); himself is."""
    t, a = A + B, A.sum()
    mates = np.sum(t / t.sum() * (1 + (t - 1) * (a - 1) / (t.sum() - 1)) / t)
    assert m.by_chance(A, B, m.isolation, draws=4000).expected == pytest.approx(mates, rel=0.005)


def test_bias_by_every_draw_of_a_small_table():
    a, b = np.array([2, 1]), np.array([1, 2])
    draws = [np.array([k, 3 - k]) for k in range(4)]
    mean = sum(
        multinomial(3, a / 3).pmf(x) * multinomial(3, b / 3).pmf(y) * m.dissimilarity(x, y)
        for x, y in product(draws, draws)
    )
    found = m.without_bias(a, b, draws=8000)
    assert found.bias == pytest.approx(mean - found.value, abs=0.01)
    assert found.corrected == pytest.approx(2 * found.value - mean, abs=0.01)


def test_correction_brings_the_index_nearer_to_what_drew_it():
    """Chances with D = 0.2; samples of them are nearer to it after the correction, on average."""
    rng, p, q = np.random.default_rng(3), np.repeat([6, 4], 10) / 100, np.repeat([4, 6], 10) / 100
    truth = np.abs(p - q).sum() / 2
    pairs = [(rng.multinomial(60, p), rng.multinomial(300, q)) for _ in range(60)]
    found = [m.without_bias(*pair, draws=100, seed=1) for pair in pairs]
    raw, corrected = (np.mean([getattr(f, name) for f in found]) for name in ("value", "corrected"))
    assert abs(corrected - truth) < abs(raw - truth) / 2


def test_between_chance_and_complete_segregation():
    assert m.by_chance([30, 0], [0, 30]).systematic == 1
    assert m.by_chance([30, 0], [0, 30]).p == pytest.approx(1 / 1001)
    even = m.by_chance([10, 10], [90, 90])
    assert even.systematic == -1
    assert even.p == 1


def test_the_same_seed_finds_the_same():
    assert m.by_chance(A, B, seed=5) == m.by_chance(A, B, seed=5)
    assert m.by_chance(A, B, seed=5) != m.by_chance(A, B, seed=6)
    assert m.without_bias(A, B, seed=5) == m.without_bias(A, B, seed=5)


def test_the_interval_holds_as_many_as_asked():
    wide, narrow = (m.by_chance(A, B, confidence=c) for c in (0.95, 0.5))
    assert wide.low < narrow.low < narrow.expected < narrow.high < wide.high < wide.value


@pytest.mark.parametrize("function", [m.by_chance, m.without_bias])
@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (([1.5, 2], [3, 4]), "整数"),
        (([-1, 2], [3, 4]), "负数"),
        (([1, 2], [3, np.nan]), "空值"),
        (([1, 2], [3]), "同样长"),
        (([0, 0], [3, 4]), "都要有人"),
    ],
)
def test_what_cannot_be_dealt(function, arguments, word):
    with pytest.raises(ValueError, match=word):
        function(*arguments)


def test_at_least_one_draw():
    with pytest.raises(ValueError, match="draws"):
        m.by_chance([1], [1], draws=0)

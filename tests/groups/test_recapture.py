"""Two registers taken for independent: published numbers, how often the interval holds, and how it fails where they depend."""

import numpy as np
import pytest

from balancelib.groups.recapture import chapman

# Hepatitis A in a college in northern Taiwan, 1995: Chao, Tsay, Lin, Shau and Chao (2001), Statistics in Medicine 20, 3123–3157. Three
# lists (serum tests, the hospitals', epidemiologists') by who is in which; about 545 students were later found infected.
ATOMS = {"PQE": 28, "PQ": 21, "PE": 17, "P": 69, "QE": 18, "Q": 55, "E": 63}
INFECTED = 545


def test_a_published_small_example():
    """10 turtles, then 15 of which 5 were marked: Chapman 28, interval 22 to 65, as in Sadinle's method's usual example."""
    found = chapman(10, 15, 5)
    assert (int(found.value), round(found.low), round(found.high)) == (28, 22, 65)


@pytest.mark.parametrize(("pair", "found"), [("PQ", 334), ("PE", 374), ("QE", 331)])
def test_published_lists_that_depend_find_too_few(pair, found):
    size = lambda *names: sum(n for atom, n in ATOMS.items() if set(names) <= set(atom))  # noqa: E731
    first, second, both = size(pair[0]), size(pair[1]), size(*pair)
    estimate = chapman(first, second, both)
    assert estimate.value == pytest.approx(found, abs=0.6)
    assert estimate.high < INFECTED
    assert both * INFECTED / (first * second) > 1.4, "who is in one is rather in the other too"


@pytest.mark.parametrize("chances", [(0.6, 0.7), (0.3, 0.5), (0.9, 0.9)])
def test_of_independent_registers_the_interval_holds_the_truth(chances):
    rng, n, times = np.random.default_rng(5), 200, 2000
    inside = rng.random((times, n, 2)) < chances
    counts = np.c_[inside.sum(axis=1), inside.all(axis=2).sum(axis=1)]
    found = [chapman(*row) for row in counts.tolist()]
    assert np.mean([f.low <= n <= f.high for f in found]) > 0.93
    assert np.mean([f.value for f in found]) == pytest.approx(n, rel=0.02)


def test_a_child_seen_is_never_lost():
    for both in range(11):
        found = chapman(10, 12, both)
        assert 22 - both <= found.low + 0.5 <= found.value + 0.6 <= found.high + 1


def test_dependence_moves_the_estimate_the_other_way():
    # Of 100 children 60 and 50 are known; by chance 30 would be known to both.
    assert chapman(60, 50, 45).value < chapman(60, 50, 30).value < 100 < chapman(60, 50, 20).value


@pytest.mark.parametrize(
    ("call", "word"),
    [
        (lambda: chapman(3, 4, 4), "不能比任何一册多"),
        (lambda: chapman(3, float("nan"), 1), "0或正的数"),
    ],
)
def test_what_cannot_be_estimated_is_said(call, word):
    with pytest.raises(ValueError, match=word):
        call()

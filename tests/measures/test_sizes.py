"""How many to draw: textbook examples, and the chances counted one by one; draws that anyone can repeat."""

import hashlib
import math
from itertools import product

import numpy as np
import pytest
from scipy.stats import binom

from balancelib.measures import (
    allocate,
    chance_to_show,
    draw_systematic,
    draw_with_replacement,
    lots,
    size_for_mean,
    size_for_share,
    size_to_show,
    wilson,
)

TWO = math.erf(math.sqrt(2))  # the confidence of two standard errors to each side


def test_the_anthropologist_of_the_textbook():
    """Cochran, 4.4: 3,200 islanders, a share of 40 % to within 5 points, two standard errors: 343."""
    assert size_for_share(0.4, 0.05, 3200, level=TWO) == 343
    assert size_for_share(0.4, 0.05, level=TWO) == 384


def test_the_cookbook_of_the_textbook():
    """Lohr, 2.6: three points to each side take 1,067 (before rounding up)."""
    assert size_for_share(0.5, 0.03) == 1068
    assert size_for_mean(0.5, 0.03) == 1068


def test_the_design_effect_counts_before_the_population_ends():
    assert size_for_mean(10, 1, deff=2) == math.ceil(2 * (1.959964 * 10) ** 2)
    assert size_for_mean(10, 1, 200, deff=50) <= 200


@pytest.mark.parametrize(("truth", "limit"), [(0.87, 0.85), (0.89, 0.85), (0.95, 0.9)])
def test_the_chance_to_show_is_that_of_all_outcomes(truth, limit):
    n = size_to_show(truth, limit)
    lows = np.array([wilson(x, n).low for x in range(n + 1)])
    exact = binom.pmf(np.arange(n + 1), n, truth)[lows > limit].sum()
    assert exact == pytest.approx(0.8, abs=0.03)
    assert chance_to_show(truth, limit, n - 1) < 0.8 <= chance_to_show(truth, limit, n)


def test_a_margin_wider_than_anything_still_takes_one():
    assert size_for_mean(1, 1e9) == size_for_share(0.5, 0.1, population=1) == 1


def test_a_small_county_needs_fewer():
    few = size_to_show(0.87, 0.85, 3000)
    assert few < size_to_show(0.87, 0.85)
    assert chance_to_show(0.87, 0.85, few, 3000) == pytest.approx(0.8, abs=0.002)


def test_below_the_limit_the_chance_of_a_wrong_claim_is_small():
    assert chance_to_show(0.85, 0.85, 1000) == pytest.approx(0.025)
    with pytest.raises(ValueError, match="没有超过"):
        size_to_show(0.85, 0.85)


def test_the_caribou_of_the_textbook():
    """Lohr, 3.4.2 (Siniff and Skoog, 1964): 225 places by Neyman's allocation."""
    found = allocate([400, 30, 61, 18, 70, 120], 225, sd=[3000, 2000, 9000, 2000, 12000, 1000])
    assert found.tolist() == [96, 5, 44, 3, 67, 10]


def test_no_other_allocation_has_a_smaller_error():
    sizes, sd = np.array([7, 12, 20]), np.array([9.0, 1.0, 4.0])

    def variance(n):
        return float((sizes**2 * (1 / n - 1 / sizes) * sd**2).sum())

    ways = [n for n in product(*(range(2, size + 1) for size in sizes)) if sum(n) == 15]
    best = min(ways, key=lambda n: variance(np.array(n)))
    assert allocate(sizes, 15, sd).tolist() == list(best)


def test_no_stratum_gets_more_than_it_has():
    assert allocate([1, 3, 50], 10).tolist() == [1, 2, 7]
    assert allocate([3, 4], 100).tolist() == [3, 4]


def test_lots_can_be_worked_out_by_anyone():
    digest = hashlib.sha256(b"2026:9900000001").hexdigest()
    assert lots("2026", ["9900000001"])[0] == int(digest[:12], 16) / 16**12
    many = lots(1, range(2000))
    assert abs(many.mean() - 0.5) < 0.02
    assert abs((many < 0.1).mean() - 0.1) < 0.02


def test_systematic_draws_hit_each_as_often_as_its_size_says():
    sizes, starts = np.array([100, 0, 250, 650]), (np.arange(1000) + 0.5) / 1000
    hits = np.bincount(np.concatenate([draw_systematic(sizes, 2, start) for start in starts]), minlength=4)
    assert hits / 1000 == pytest.approx(2 * sizes / sizes.sum(), abs=0.002)
    again = np.bincount(draw_with_replacement(sizes, starts), minlength=4)
    assert again / 1000 == pytest.approx(sizes / sizes.sum(), abs=0.002)


def test_a_large_unit_is_drawn_more_than_once():
    assert draw_systematic([1, 8, 1], 5, 0.2).tolist() == [0, 1, 1, 1, 1]


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: size_for_mean(0, 1), "标准差"),
        (lambda: size_for_mean(1, math.nan), "误差"),
        (lambda: size_for_mean(1, math.inf), "误差"),
        (lambda: size_for_mean(1, 1, 0.5), "总数"),
        (lambda: size_to_show(0.9, 0.85, 0), "总数"),
        (lambda: size_to_show(0.9, 0.85, math.nan), "总数"),
        (lambda: chance_to_show(0.9, 0.85, 0.5), "答卷数"),
        (lambda: size_for_share(1.2, 0.1), "比例"),
        (lambda: size_for_share(0.5, 0.1, level=95), "把握"),
        (lambda: chance_to_show(0.9, 0.85, 100, 100), "还没有问"),
        (lambda: allocate([1, None], 3), "空值"),
        (lambda: allocate([1, -2], 3), "负数"),
        (lambda: allocate([2.5, 5], 3), "整数"),
        (lambda: allocate([2, 5], math.nan), "整数"),
        (lambda: draw_systematic([1, 2], 1.5, 0), "整数"),
        (lambda: draw_systematic([0, 0], 1, 0), "规模"),
        (lambda: draw_systematic([1, 2], 0, 0), "至少抽1个"),
        (lambda: draw_systematic([1, 2], 1, 1), "签"),
    ],
)
def test_numbers_that_cannot_be(call, said):
    with pytest.raises(ValueError, match=said):
        call()

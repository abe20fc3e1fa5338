"""Composites: scaling, weights and ranks against published tables, hand-worked numbers and properties."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from balancelib.measures.composite import (
    combine,
    component_weights,
    entropy_weights,
    normalise,
    principal_components,
    varimax,
)
from balancelib.measures.pairwise import RANDOM_INDEX, group_judgement, pairwise_weights
from balancelib.measures.ranks import rank_intervals

# OECD/JRC (2008), Handbook on Constructing Composite Indicators, Table A.2: the 23 countries of its examples, Finland to Slovenia. Columns:
# patents, royalties, Internet, exports, telephones (log), electricity (log), schooling, university.
TAI = np.array([
    [187, 289, 271, 994, 779, 189, 82, 31, 75, 8, 235, 103, 106, 72, 103, 165, 205, 74, 42, 13, 28, 26, 105],
    [125.6, 130, 156.6, 64.6, 9.8, 151.2, 134, 38.6, 18.2, 25.5, 36.8, 20.2, 110.3, 73.9, 13, 14.8, 33.6, 43.6, 8.6, 9.8, 4.2, 6.2, 4],
    [200.2, 179.1, 125.8, 49, 4.8, 136, 57.4, 108, 125.9, 72.3, 41.2, 193.6, 48.6, 58.9, 146.7, 84.2, 36.4, 43.2, 21, 30.4, 25, 21.6, 20.3],
    [50.7, 66.2, 59.7, 80.8, 66.7, 50.9, 61.9, 48.7, 16.2, 74.9, 64.2, 19, 53.6, 47.6, 15.4, 50.3, 58.9, 45, 53.4, 51, 51.7, 63.5, 49.5],
    [3.08, 3.00, 3.10, 3.00, 2.97, 3.02, 3.02, 2.94, 2.94, 2.95, 2.94, 3.12, 2.97, 2.91, 2.86, 2.99, 2.97, 2.96, 2.86, 3.00, 2.75, 2.73, 2.84],
    [4.15, 4.07, 4.14, 3.86, 3.65, 3.77, 3.73, 4.18, 3.94, 3.83, 3.75, 4.39, 3.68, 3.86, 3.91, 3.79, 3.80, 3.74, 3.62, 3.65, 3.68, 3.46, 3.71],
    [10, 12, 11.4, 9.5, 10.8, 9.4, 9.4, 11.6, 10.9, 7.1, 10.2, 11.9, 9.4, 9.3, 11.7, 8.4, 7.9, 9.6, 7.3, 7.2, 9.5, 9.1, 7.1],
    [27.4, 13.9, 15.3, 10, 23.2, 9.5, 14.9, 14.2, 25.3, 24.2, 14.4, 11.2, 12.3, 13.6, 13.1, 13.6, 12.6, 11, 15.6, 13, 8.2, 7.7, 10.6],
]).T  # fmt: skip


def test_scaling_is_the_handbooks_table_15():
    """Mean years of schooling of the first twelve countries: min-max and ratio to the best, 2 decimals."""
    schooling = TAI[:, [6]]
    assert normalise(schooling)[:12, 0].round(2).tolist() == pytest.approx(
        [0.59, 1.00, 0.88, 0.49, 0.76, 0.47, 0.47, 0.92, 0.78, 0.00, 0.63, 0.98]
    )
    assert normalise(schooling, "target", target=[12])[:12, 0].round(2).tolist() == pytest.approx(
        [0.83, 1.00, 0.95, 0.79, 0.90, 0.78, 0.78, 0.97, 0.91, 0.59, 0.85, 0.99]
    )
    z = normalise(schooling, "z_score")[:, 0]
    published = [0.26, 1.52, 1.14, -0.06, 0.76, -0.12, -0.12, 1.27, 0.83, -1.58, 0.38, 1.46]
    assert z[:12] == pytest.approx(published, abs=0.0051)
    # The percentile column: Finland, United States, Japan, Singapore (one of two that are last).
    assert (100 * normalise(schooling, "rank")[[0, 1, 3, 9], 0]).round(1).tolist() == [65.2, 100.0, 52.2, 4.3]


def test_components_are_the_handbooks_tables_7_and_8():
    found = principal_components(TAI)
    assert (100 * found.shares).round(1).tolist() == [41.9, 21.8, 12.3, 11.2, 5.9, 3.7, 2.2, 0.9]
    # Table 7 prints 11.1 and 6.0 for the fourth and fifth, from unrounded raw data.
    assert (100 * found.shares) == pytest.approx([41.9, 21.8, 12.3, 11.1, 6.0, 3.7, 2.2, 0.9], abs=0.15)
    table_8 = np.array([
        [-0.11, -0.56, -0.92, 0.35, -0.76, -0.91, -0.74, -0.36],
        [-0.75, -0.48, 0.21, -0.85, -0.39, 0.13, 0.11, -0.12],
        [0.13, 0.22, 0.02, 0.01, -0.16, 0.01, 0.37, -0.87],
        [0.60, -0.54, -0.10, -0.13, -0.16, 0.07, 0.39, 0.15],
    ]).T  # fmt: skip
    signs = np.sign((found.loadings[:, :4] * table_8).sum(axis=0))
    assert found.loadings[:, :4] * signs == pytest.approx(table_8, abs=0.02)


def test_turned_factors_and_their_weights_are_tables_9_and_18():
    turned = varimax(principal_components(TAI).loadings[:, :4])
    table_9 = np.array([
        [0.07, 0.97, 0.06, 0.06], [0.13, 0.07, -0.07, 0.93], [0.79, -0.21, 0.21, 0.42], [-0.64, 0.56, -0.04, 0.36],
        [0.37, 0.17, 0.38, 0.68], [0.82, -0.04, 0.25, 0.35], [0.88, 0.23, -0.09, 0.09], [0.08, 0.04, 0.96, 0.04],
    ])  # fmt: skip
    assert turned * np.sign((turned * table_9).sum(axis=0)) == pytest.approx(table_9, abs=0.02)
    assert component_weights(TAI, 4) == pytest.approx(
        [0.17, 0.15, 0.11, 0.06, 0.08, 0.12, 0.14, 0.17], abs=0.01
    )
    assert component_weights(TAI) == pytest.approx(component_weights(TAI, 4))  # four have over a tenth


def test_entropy_weights_as_published():
    """Xu (2004) and Zavadskas and Podvezko (2016), as quoted in the tests of the package objective-weights-mcda."""
    xu = [[30, 30, 38, 29], [19, 54, 86, 29], [19, 15, 85, 28.9], [68, 70, 60, 29]]
    assert entropy_weights(xu).round(4).tolist() == [0.4630, 0.3992, 0.1378, 0.0]
    zavadskas = [[3.0, 100, 10, 7], [2.5, 80, 8, 5], [1.8, 50, 20, 11], [2.2, 70, 12, 9]]
    assert entropy_weights(zavadskas).round(4).tolist() == [0.1146, 0.1981, 0.4185, 0.2689]


def test_entropy_weights_change_with_the_zero_of_the_scale():
    """What the lesson warns of: the same differences, another zero, another weight."""
    values = np.array([[1.0, 10], [2, 30], [3, 20]])
    assert entropy_weights(values) == pytest.approx(entropy_weights(values * [7, 0.1]))
    assert entropy_weights(values + np.array([100, 0]))[0] < 0.01 < entropy_weights(values)[0]


DRINKS = [
    [1, 9, 5, 2, 1, 1, 1 / 2], [1 / 9, 1, 1 / 3, 1 / 9, 1 / 9, 1 / 9, 1 / 9], [1 / 5, 3, 1, 1 / 3, 1 / 4, 1 / 3, 1 / 9],
    [1 / 2, 9, 3, 1, 1 / 2, 1, 1 / 3], [1, 9, 4, 2, 1, 2, 1 / 2], [1, 9, 3, 1, 1 / 2, 1, 1 / 3], [2, 9, 9, 3, 2, 3, 1],
]  # fmt: skip


def test_saatys_drinks():
    """Saaty (2008), relative consumption of drinks in the United States: coffee, wine, tea, beer, sodas, milk, water."""
    found = pairwise_weights(DRINKS)
    assert found.weights.round(3).tolist() == [0.177, 0.019, 0.042, 0.116, 0.190, 0.129, 0.327]
    assert round(found.ratio, 3) == 0.022
    assert found.consistent


def test_the_random_index_of_three_is_the_mean_over_all_answers():
    """All 17³ ways to compare three: 0.52, not the 0.58 of older tables, which came from fewer answers drawn at random."""
    scale = [1 / k for k in range(9, 1, -1)] + list(range(1, 10))
    turns = [(b / (a * c)) ** (1 / 3) for a, b, c in itertools.product(scale, repeat=3)]
    index = np.mean([(1 + k + 1 / k - 3) / 2 for k in turns])
    assert round(float(index), 2) == RANDOM_INDEX[3] == 0.52


@pytest.mark.parametrize("times", range(2, 10))
def test_three_decimals_of_a_fraction_are_enough(times):
    found = pairwise_weights([[1, times], [round(1 / times, 3), 1]])
    assert found.weights[0] == pytest.approx(times / (times + 1), abs=1e-3)


def test_who_contradicts_himself_is_told():
    circle = pairwise_weights([[1, 5, 1 / 5], [1 / 5, 1, 5], [5, 1 / 5, 1]])
    # λ = 1 + 5 + 1/5 … by hand: (1 + k + 1/k) with k = (a13 / (a12 a23))^(1/3) = (0.2/25)^(1/3) = 0.2.
    assert circle.eigenvalue == pytest.approx(1 + 0.2 + 5)
    assert circle.ratio == pytest.approx((6.2 - 3) / 2 / 0.52)
    assert not circle.consistent
    assert circle.weights == pytest.approx([1 / 3] * 3)


def test_persons_who_cancel_out_agree_on_equal_weights():
    one = np.array([[1, 4], [1 / 4, 1]])
    assert group_judgement([one, one.T]).weights == pytest.approx([0.5, 0.5])


@given(st.lists(st.floats(0.05, 1), min_size=2, max_size=7))
def test_comparisons_that_agree_give_back_the_weights(weights):
    w = np.array(weights)
    found = pairwise_weights(w[:, None] / w)
    assert found.weights == pytest.approx(w / w.sum(), rel=1e-6)
    assert found.ratio == pytest.approx(0, abs=1e-8)


TABLES = arrays(float, (6, 3), elements=st.integers(0, 50).map(float), unique=True)


@given(TABLES, st.floats(0.1, 10), st.floats(-5, 5))
def test_units_do_not_matter_after_scaling(table, stretch, shift):
    for method in ("min_max", "z_score", "rank"):
        assert normalise(table * stretch + shift, method) == pytest.approx(normalise(table, method), abs=1e-6)


@given(arrays(float, (5, 3), elements=st.floats(0.01, 1)), arrays(float, 3, elements=st.floats(0.01, 1)))
def test_the_geometric_mean_is_never_above_the_linear_one(scaled, weights):
    assert (combine(scaled, weights, "geometric") <= combine(scaled, weights) + 1e-12).all()


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: normalise([[1, 2], [1, 3]]), "第1项指标在各校都一样"),
        (lambda: normalise([[1, np.nan], [2, 3]]), "空着不是0"),
        (lambda: normalise([[1, 2]]), "至少两所学校"),
        (lambda: normalise([[1], [2]], "target", target=[0]), "大于0的目标"),
        (lambda: normalise([[1], [2]], "log"), "没有log"),
        (lambda: entropy_weights([[-1, 2], [3, 4]]), "不小于0"),
        (lambda: entropy_weights([[3, 2], [3, 2]]), "分不出轻重"),
        (lambda: principal_components([[1, 2], [2, 1]]), "至少要三所学校"),
        (lambda: component_weights(TAI, 9), "1到8个"),
        (lambda: component_weights(TAI, 0), "1到8个"),
        (lambda: pairwise_weights([[1, 2], [2, 1]]), "第1项比第2项的数，和第2项比第1项的数，应当互为倒数"),
        (lambda: pairwise_weights([[1, 3], [0.3, 1]]), "互为倒数"),
        (lambda: pairwise_weights([[1, np.nan], [2, 1]]), "空着"),
        (lambda: pairwise_weights([[1, 2]]), "方表"),
        (lambda: combine([[1, 2], [3, 4]], [1]), "2个权重"),
        (lambda: combine([[1, 2], [3, 4]], [0, 0]), "不能全是0"),
        (lambda: combine([[0, 2], [3, 4]], [1, 1], "geometric"), "几何平均要求每个数都大于0"),
        (lambda: rank_intervals([[1, 2, 3]]), "一次的得分排不出名次"),
    ],
)
def test_what_cannot_be_done_is_said(call, says):
    with pytest.raises(ValueError, match=says):
        call()


def test_rank_intervals_by_hand():
    """Two hundred draws: the third unit is first in 6, which is more than 2.5 %; the second is never last."""
    drawn = np.tile([3.0, 2, 1], (200, 1))
    drawn[:6] = [2, 1.5, 3]
    drawn[6:100] = [2, 3, 1]
    found = rank_intervals(drawn)
    assert found.low.tolist() == [1, 1, 1]
    assert found.median.tolist() == [1, 2, 3]
    assert found.high.tolist() == [2, 3, 3]
    assert found.wins[0].tolist() == pytest.approx([0, 106 / 200, 194 / 200])
    assert found.separated() == pytest.approx(
        2 / 3
    )  # the first and the second before the third: 97 % of the draws each


def test_units_level_share_the_better_rank():
    found = rank_intervals([[5, 5, 1]] * 100)
    assert found.high.tolist() == [1, 1, 3]
    assert found.separated() == pytest.approx(2 / 3)

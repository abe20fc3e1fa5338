"""Agreement against published values, and against what the formulas must do whatever the ratings."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from balancelib.measures.agreement import Undefined, cohen_kappa, fleiss_kappa, kappa_at, specific_agreement
from balancelib.measures.krippendorff import krippendorff_alpha
from balancelib.measures.ratings import cross_table, rating_counts

N = float("nan")
# Cohen (1960), 200 patients; κ .492, and .348 and .353 with the weights of disagreement below (Cohen 1968), as the documentation of R psych's cohen.kappa quotes them.
COHEN = [[88, 14, 18], [10, 40, 10], [2, 6, 12]]
# SAS's printout of simple and weighted kappa with errors by Fleiss, Cohen and Everitt (1969), in statsmodels' tests (stats/tests/test_inter_rater.py).
SAS = [[0, 4, 1], [0, 8, 0], [0, 1, 5]]
# Krippendorff (2011), data C: .743, .815, .849, as the tests of pyirr (kripp_alpha) and irrCAC's README have them.
KRIPPENDORFF = [
    [1, 1, N, 1], [2, 2, 3, 2], [3, 3, 3, 3], [3, 3, 3, 3], [2, 2, 2, 2], [1, 2, 3, 4],
    [4, 4, 4, 4], [1, 1, 2, 1], [2, 2, 2, 2], [N, 5, 5, 5], [N, N, 1, 1], [N, N, 3, N],
]  # fmt: skip
# Fleiss (1971), 30 patients, 6 psychiatrists each: .430 and by diagnosis .245 .245 .520 .471 .566 (statsmodels' and pyirr's tests).
FLEISS = ["444444", "222555", "233335", "555555", "222444", "113333", "333355", "113334", "114444", "555555", "144444", "124444", "222333", "144444", "224445", "333335", "111455", "111112", "224444", "133555", "555555", "244444", "224555", "114444", "144445", "222224", "111155", "224444", "133333", "555555"]  # fmt: skip
# irrCAC's README: its first 15 patients, κ .4139265, error .08119291; α .4204384, error .08243228.
SIX = [
    [0, 0, 0, 6, 0], [0, 3, 0, 0, 3], [0, 1, 4, 0, 1], [0, 0, 0, 0, 6], [0, 3, 0, 3, 0],
    [2, 0, 4, 0, 0], [0, 0, 4, 0, 2], [2, 0, 3, 1, 0], [2, 0, 0, 4, 0], [0, 0, 0, 0, 6],
    [1, 0, 0, 5, 0], [1, 1, 0, 4, 0], [0, 3, 3, 0, 0], [1, 0, 0, 5, 0], [0, 2, 0, 3, 1],
]  # fmt: skip
# irr's anxiety, raters 2 and 3, 20 persons (statsmodels' tests): κ −.006289308, linear .1459075, squared .2520325.
ANXIETY = "36462424332333221334 21443216111233113322"
TABLES = st.lists(st.lists(st.integers(0, 9), min_size=3, max_size=3), min_size=3, max_size=3)
RATINGS = st.lists(st.lists(st.sampled_from([1, 2, 4, None]), min_size=3, max_size=3), min_size=2, max_size=7)


def test_cohen_1960_and_1968():
    found = cohen_kappa(COHEN)
    assert (round(found.value, 3), found.n) == (0.492, 200)
    for apart, value in (
        ([[0, 1, 3], [1, 0, 6], [3, 6, 0]], 0.348),
        ([[0, 1, 4], [1, 0, 6], [2, 2, 0]], 0.353),
    ):
        assert round(cohen_kappa(COHEN, 1 - np.array(apart) / 6).value, 3) == value


@pytest.mark.parametrize(
    ("weights", "printed"),
    [(None, [0.4842, 0.1380, 0.2137, 0.7547]), ("linear", [0.4701, 0.1457, 0.1845, 0.7558])],
)
def test_errors_of_fleiss_cohen_and_everitt(weights, printed):
    assert [round(x, 4) for x in cohen_kappa(SAS, weights)[:4]] == printed


def test_another_table_of_two():
    """irrCAC's README, cont3x3abstractors."""
    found = cohen_kappa([[13, 0, 0], [0, 20, 7], [0, 4, 56]])
    assert found[:2] == pytest.approx((0.7964094, 0.05891072), abs=5e-8)


def test_weights_of_irr():
    first, second = ([*map(int, part)] for part in ANXIETY.split())
    for weights, value in ((None, -0.006289308), ("linear", 0.1459075), ("quadratic", 0.2520325)):
        assert cohen_kappa(cross_table(first, second), weights).value == pytest.approx(value, abs=5e-8)


def test_paradox_of_feinstein_and_cicchetti():
    """Feinstein and Cicchetti (1990): .85 agree in both; κ .70 and .32."""
    even, rare = cohen_kappa([[40, 9], [6, 45]]), cohen_kappa([[80, 10], [5, 5]])
    assert (even.observed, rare.observed) == pytest.approx((0.85, 0.85))
    assert (round(even.value, 2), round(rare.value, 2)) == (0.70, 0.32)
    counts = [[2, 0]] * 80 + [[0, 2]] * 5 + [[1, 1]] * 15
    assert specific_agreement(counts) == pytest.approx([160 / 175, 10 / 25])


def test_fleiss_1971():
    counts = rating_counts([list(row) for row in FLEISS])
    assert counts.sum(axis=0).tolist() == [26, 26, 30, 55, 43]
    assert fleiss_kappa(counts).value == pytest.approx(0.4302445, abs=5e-8)
    each = [fleiss_kappa(np.column_stack([counts[:, k], 6 - counts[:, k]])).value for k in range(5)]
    assert np.round(each, 3).tolist() == [0.245, 0.245, 0.520, 0.471, 0.566]


def test_errors_of_gwet():
    found = fleiss_kappa(SIX)
    assert found[:2] == pytest.approx((0.4139265, 0.08119291), abs=5e-8)
    assert (round(found.low, 2), round(found.high, 3)) == (0.24, 0.588)
    gaps = fleiss_kappa(rating_counts(KRIPPENDORFF))
    assert [round(x, 5) for x in gaps[:2]] == [0.76117, 0.15302]
    assert (round(gaps.low, 3), gaps.high) == (0.424, 1)


@pytest.mark.parametrize(("scale", "value"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849)])
def test_krippendorff_2011(scale, value):
    found = krippendorff_alpha(KRIPPENDORFF, scale)
    assert (round(found.value, 3), found.n) == (value, 11)
    assert found.low < found.value < found.high <= 1


def test_drawn_intervals_are_as_wide_as_gwets():
    """irrCAC's errors are analytical: .14557 and .08243."""
    assert krippendorff_alpha(KRIPPENDORFF).se == pytest.approx(0.14557, rel=0.05)
    six = [[k for k, n in enumerate(row) for _ in range(n)] for row in SIX]
    found = krippendorff_alpha(six)
    assert found.value == pytest.approx(0.4204384, abs=5e-8)
    assert found.se == pytest.approx(0.08243, rel=0.2)


@settings(max_examples=40, deadline=None)
@given(TABLES, st.sampled_from([None, "linear", "quadratic"]))
def test_the_error_is_the_delta_methods(table, weights):
    """By slopes of κ in each cell's share: the variance of a multinomial's function."""
    try:
        found = cohen_kappa(table, weights)
    except Undefined:
        return
    n, p = found.n, np.array(table, dtype=float) / found.n
    if 1 - found.expected < 0.05 or not (p.sum(0) > 0).all():
        return
    slopes, step = np.zeros(9), 1e-6
    for cell in range(9):
        ends = []
        for way in (step, -step):
            moved = p.ravel().copy()
            moved[cell] += way
            w = (
                np.eye(3)
                if weights is None
                else 1
                - (np.abs(np.subtract.outer(range(3), range(3))) / 2) ** (1 if weights == "linear" else 2)
            )
            moved = moved.reshape(3, 3)
            expected = moved.sum(1) @ w @ moved.sum(0)
            ends.append(((w * moved).sum() - expected) / (1 - expected))
        slopes[cell] = (ends[0] - ends[1]) / (2 * step)
    variance = (p.ravel() @ slopes**2 - (p.ravel() @ slopes) ** 2) / n
    assert found.se == pytest.approx(np.sqrt(max(variance, 0)), abs=2e-4)


def by_pairs(ratings, scale):
    """α by going through all pairs of ratings, one by one."""
    rows = [[r for r in row if r is not None] for row in ratings]
    rows = [row for row in rows if len(row) > 1]
    pool = [r for row in rows for r in row]
    below = {v: sum(r < v for r in pool) + sum(r == v for r in pool) / 2 for v in set(pool)}

    def apart(a, b):
        if scale == "nominal":
            return float(a != b)
        return float((below[a] - below[b]) ** 2 if scale == "ordinal" else (a - b) ** 2)

    found = sum(
        sum(apart(a, b) for i, a in enumerate(row) for j, b in enumerate(row) if i != j) / (len(row) - 1)
        for row in rows
    )
    chance = sum(apart(a, b) for i, a in enumerate(pool) for j, b in enumerate(pool) if i != j)
    return 1 - found / (chance / (len(pool) - 1)) if chance else None


@settings(max_examples=60, deadline=None)
@given(RATINGS, st.sampled_from(["nominal", "ordinal", "interval"]))
def test_alpha_is_that_of_all_pairs(ratings, scale):
    try:
        found = krippendorff_alpha(ratings, scale, replicates=20)
    except Undefined:
        known = [[r for r in row if r is not None] for row in ratings]
        assert len({r for row in known if len(row) > 1 for r in row}) < 2
        return
    assert found.value == pytest.approx(by_pairs(ratings, scale))
    turned = [row[::-1] for row in ratings]
    assert krippendorff_alpha(turned, scale, replicates=20) == pytest.approx(found)


@given(st.integers(1, 99), st.floats(0.5, 1))
def test_kappa_of_a_prevalence_is_the_tables(percent, observed):
    """Both pass the same share; half of the disagreement lies on either side."""
    q = percent / 100
    off = (1 - observed) / 2
    if abs(off - min(q, 1 - q)) < 1e-9:
        return
    if off > min(q, 1 - q):
        with pytest.raises(ValueError, match="最多在"):
            kappa_at(observed, q)
        return
    table = np.array([[q - off, off], [off, 1 - q - off]]).clip(0) * 1e6
    assert kappa_at(observed, q) == pytest.approx(cohen_kappa(table).value, abs=1e-5)


def test_words_are_placed_as_the_scale_has_them():
    words = [["mend", "pass"], ["reject", "mend"], ["pass", "pass"]]
    numbers = [[2, 3], [1, 2], [3, 3]]
    order = ["reject", "mend", "pass"]
    assert krippendorff_alpha(words, "ordinal", order) == krippendorff_alpha(numbers, "ordinal")
    with pytest.raises(ValueError, match="从低到高"):
        krippendorff_alpha(words, "ordinal")
    with pytest.raises(ValueError, match="不认识的等级：reject"):
        krippendorff_alpha(words, "ordinal", ["mend", "pass"])


def test_a_blank_is_not_a_rating():
    assert cross_table([1, None, N, 2], [1, 1, 2, None], [1, 2]).tolist() == [[1, 0], [0, 0]]
    assert rating_counts([[1, None], [None, N]], [1, 2]).tolist() == [[1, 0], [0, 0]]
    assert rating_counts([[1, pd.NA], [np.float32("nan"), pd.NaT]], [1, 2]).tolist() == [[1, 0], [0, 0]]


@pytest.mark.parametrize(
    ("ratings", "said"),
    [
        ([[1], [2], [1]], "没有一份材料有两个人评过"),
        ([[None, None], [None, None]], "没有一份材料有两个人评过"),
        ([[1, None], [None, 2]], "没有一份材料有两个人评过"),
        ([[2, 2], [2, 2]], "都是同一个等级"),
    ],
)
def test_what_the_ratings_do_not_say(ratings, said):
    """One reviewer, all blank, no two on one material, one category."""
    with pytest.raises(Undefined, match=said):
        krippendorff_alpha(ratings)
    with pytest.raises(Undefined, match=said):
        fleiss_kappa(rating_counts(ratings))
    if len(ratings[0]) == 2:
        with pytest.raises(Undefined, match=said):
            cohen_kappa(cross_table(*zip(*ratings, strict=True)))


def test_who_gives_one_rating_only_cannot_be_compared():
    """κ would be 0 without error, whether the other passes much or little."""
    for table in ([[3, 0], [17, 0]], [[17, 3], [0, 0]]):
        with pytest.raises(Undefined, match="κ都是0"):
            cohen_kappa(table)


def test_full_agreement_and_the_reverse():
    assert cohen_kappa([[5, 0], [0, 5]]).value == 1
    assert cohen_kappa([[0, 5], [5, 0]])[:4] == (-1, 0, -1, -1)
    assert krippendorff_alpha([[1, 1], [2, 2]]).value == 1
    assert fleiss_kappa([[2, 0], [0, 2]]).value == 1


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: cohen_kappa([[1, 2]]), "正方形"),
        (lambda: cohen_kappa([[1, -2], [0, 1]]), "不小于0"),
        (lambda: cohen_kappa(SAS, "cubic"), "linear"),
        (lambda: cohen_kappa(SAS, [[1, 0], [0, 1]]), "3行3列"),
        (lambda: cross_table([1], [1, 2]), "一样长"),
        (lambda: krippendorff_alpha([1, 2]), "一份材料一行"),
        (lambda: krippendorff_alpha([[1, 2]], "ratio"), "尺度"),
        (lambda: kappa_at(0.9, 0), "大于0"),
    ],
)
def test_what_makes_no_sense_is_refused(call, said):
    with pytest.raises(ValueError, match=said):
        call()


def test_nobody_ever_disagreed_is_not_certainty():
    """Ten of ten alike: with fewer than 69.15 % (0.025 to the tenth root) that would happen once in forty times; chance brings a half."""
    low = (0.025**0.1 - 0.5) / 0.5
    assert low == pytest.approx(0.383, abs=5e-4)
    assert cohen_kappa([[5, 0], [0, 5]])[:4] == pytest.approx((1, 0, low, 1))
    assert fleiss_kappa([[3, 0]] * 5 + [[0, 3]] * 5)[:4] == pytest.approx((1, 0, low, 1))
    alpha = krippendorff_alpha([["a", "a"]] * 5 + [["b", "b"]] * 5)
    assert (alpha.value, alpha.low, alpha.high) == pytest.approx((1, low, 1))


def test_one_thing_alone_says_nothing_of_others():
    alpha = krippendorff_alpha([[1, 2, 2], [3, None, None]])
    assert (alpha.n, alpha.low, alpha.high) == (1, -1, 1)

"""Parts add up to the whole, level by level, and are what they say."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from balancelib import measures as m

VALUES = arrays(float, st.integers(4, 40), elements=st.floats(0.01, 1e4))
MEASURES = [
    ("theil_t", {}), ("theil_l", {}), ("cv", {}), ("generalised_entropy", {"alpha": -0.5}),
    ("generalised_entropy", {"alpha": 3}), ("gini", {}),
]  # fmt: skip


def _total(name, x, w, alpha=None):
    if name == "cv":
        return m.cv(x, w) ** 2
    return m.generalised_entropy(x, alpha, w) if alpha is not None else getattr(m, name)(x, w)


@pytest.mark.parametrize(("name", "options"), MEASURES)
@given(x=VALUES, data=st.data())
def test_parts_add_up(name, options, x, data):
    groups = data.draw(arrays(int, len(x), elements=st.integers(0, 4)))
    w = np.linspace(1, 3, len(x))
    parts = m.decompose(x, groups, w, measure=name, **options)
    assert parts.total == pytest.approx(_total(name, x, w, **options), rel=1e-12, abs=1e-15)
    whole = parts.within + parts.between + parts.overlap
    assert whole == pytest.approx(parts.total, rel=1e-9, abs=1e-12)
    assert parts.within == pytest.approx(parts.groups.within.sum())
    assert list(parts.groups.key) == sorted(set(groups.tolist()))
    assert parts.groups.share.sum() == pytest.approx(1)
    assert min(parts.within, parts.between) >= -1e-12
    assert parts.overlap >= -1e-9


@pytest.mark.parametrize(("name", "options"), MEASURES)
def test_each_group_by_itself(name, options):
    rng = np.random.default_rng(1)
    x, w = rng.lognormal(size=60), rng.uniform(1, 9, 60)
    groups = rng.permutation(np.repeat(["b", "a", "c"], 20))
    parts = m.decompose(x, groups, w, measure=name, **options)
    for k, key in enumerate(["a", "b", "c"]):
        own = groups == key
        assert parts.groups.key[k] == key
        assert parts.groups.share[k] == pytest.approx(w[own].sum() / w.sum())
        assert parts.groups.mean[k] == pytest.approx(np.average(x[own], weights=w[own]))
        assert parts.groups.value[k] == pytest.approx(_total(name, x[own], w[own], **options))
    if name == "gini":
        income = parts.groups.share * parts.groups.mean / np.average(x, weights=w)
        assert parts.groups.within == pytest.approx(parts.groups.share * income * parts.groups.value)
    means = np.array([np.average(x[groups == g], weights=w[groups == g]) for g in groups])
    assert parts.between == pytest.approx(_total(name, means, w, **options))  # all have their group's mean
    assert parts.levels == {"group": parts.between}


@pytest.mark.parametrize(("name", "options"), MEASURES[:-1])
def test_nested_levels(name, options):
    """School, township, county, province: each level's part is what vanishes when it is evened out."""
    rng = np.random.default_rng(2)
    n = 240
    province = np.repeat(np.arange(3), 80)
    county = np.repeat(np.arange(4), 20)[np.arange(n) % 80]  # labels come again in each province
    township = np.tile(np.repeat(["东", "西", "南", "北"], 5), 12)
    x = rng.lognormal(size=n) * (1 + province) * (1 + county % 3)
    w = rng.uniform(1, 9, n)
    order = rng.permutation(n)
    levels = {"province": province[order], "county": county[order], "township": township[order]}
    parts = m.decompose(x[order], levels, w[order], measure=name, **options)
    assert list(parts.levels) == ["province", "county", "township"]
    assert sum(parts.levels.values()) == pytest.approx(parts.between)
    assert parts.between + parts.within == pytest.approx(parts.total)
    above, evened = 0.0, []
    for k in (1, 2, 3):
        label = [
            f"{a}/{b}/{c}" for a, b, c in zip(*([*levels.values()][:k] + [[""] * n] * (3 - k)), strict=True)
        ]
        one = m.decompose(x[order], label, w[order], measure=name, **options)
        evened.append(one.between - above)
        above = one.between
    assert list(parts.levels.values()) == pytest.approx(evened)
    assert parts.groups.key.shape == (48, 3)
    assert parts.groups.key[0].tolist() == [0, 0, "东"]


def test_a_group_of_zeros_and_a_row_without_weight():
    parts = m.decompose([0, 0, 1, 3, 99], ["a", "a", "b", "b", "c"], [1, 1, 1, 1, 0])
    assert list(parts.groups.key) == ["a", "b"]
    assert parts.total == pytest.approx(m.theil_t([0, 0, 1, 3]))
    assert parts.within + parts.between == pytest.approx(parts.total)
    assert parts.groups.within[0] == 0
    parts = m.decompose([0, 0, 1, 3], list("aabb"), measure=m.theil_l)
    assert parts.total == parts.between == np.inf
    assert parts.within == pytest.approx(0.5 * m.theil_l([1, 3]))
    parts = m.decompose([0, 0, 1, 3], list("aabb"), measure=m.gini)
    assert parts.groups.value.tolist() == [0, m.gini([1, 3])]
    assert parts.within == pytest.approx(0.5 * 1 * m.gini([1, 3]))


def test_negative_values_in_the_squared_variation():
    parts = m.decompose([-1, 2, 3, 4], ["a", "a", "b", "b"], measure=m.cv)
    assert parts.total == pytest.approx(m.cv([-1, 2, 3, 4]) ** 2)
    assert parts.within + parts.between == pytest.approx(parts.total)


def test_near_equality():
    rng = np.random.default_rng(3)
    x = 50 * (1 + 1e-7 * rng.uniform(-1, 1, 40))
    for name, options in MEASURES:
        parts = m.decompose(x, np.repeat(range(4), 10), measure=name, **options)
        assert parts.within + parts.between + parts.overlap == pytest.approx(parts.total, rel=1e-8)
        assert parts.total > 0
    assert m.decompose([3, 3, 3], [1, 1, 2]).within == m.decompose([3, 3, 3], [1, 1, 2]).between == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([1, 2], ["a"]), "一样长"),
        (([1, 2], ["a", None]), "空值"),
        (([1, 2], [1.0, np.nan]), "空值"),
        (([1, 2], ["a", "b"], None, "palma"), "不能按组分解"),
        (([1, 2], ["a", "b"], None, "generalised_entropy"), "alpha"),
        (([1, 2], ["a", "b"], None, "theil_t", 1), "alpha"),
        (([1, 2], {"a": [1, 1], "b": [1, 2]}, None, "gini"), "重叠"),
        (([1, -2], ["a", "b"]), "没有意义"),
        (([1, np.nan], ["a", "b"]), "空值"),
    ],
)
def test_undefined_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        m.decompose(*arguments)


# Between-group share of pupils' scores


@given(st.integers(0, 50), st.sampled_from(["anova", "ml", "reml", "eta2"]))
def test_intraclass_does_not_depend_on_unit_or_order(seed, method):
    rng = np.random.default_rng(seed)
    groups = rng.permutation(np.repeat(range(5), [2, 3, 4, 5, 6]))
    values = rng.normal(size=20) + groups * rng.choice([0, 0.3, 1])
    found = m.intraclass(values, groups, method)
    positions = rng.permutation(20)
    moved = m.intraclass(500 + 10 * values[positions], np.array(list("edcba"))[groups[positions]], method)
    assert moved == pytest.approx(found, rel=1e-6, abs=1e-9)
    assert moved.between == pytest.approx(100 * found.between, rel=1e-6, abs=1e-7)
    assert found == pytest.approx(found.between / (found.between + found.within))
    assert m.intraclass(values, groups, "eta2") >= m.intraclass(values, groups) - 1e-12


def _minus_two_log_likelihood(values, groups, between, within, restricted):
    """The definition, with the whole covariance matrix."""
    n = len(values)
    v = within * np.eye(n) + between * (groups[:, None] == groups)
    inverse, ones = np.linalg.inv(v), np.ones(n)
    mean = ones @ inverse @ values / (ones @ inverse @ ones)
    rest = values - mean
    extra = np.log(ones @ inverse @ ones) if restricted else 0
    return np.linalg.slogdet(v)[1] + rest @ inverse @ rest + extra


@pytest.mark.parametrize("method", ["ml", "reml"])
def test_likelihood_is_at_its_maximum(method):
    rng = np.random.default_rng(8)
    groups = np.repeat(range(6), [3, 5, 2, 8, 4, 6])
    values = rng.normal(size=28) + 0.8 * rng.normal(size=6)[groups]
    found = m.intraclass(values, groups, method)
    best = _minus_two_log_likelihood(values, groups, found.between, found.within, method == "reml")
    for step in (0.97, 1.03):
        for a, b in ((step, 1), (1, step)):
            other = _minus_two_log_likelihood(
                values, groups, found.between * a, found.within * b, method == "reml"
            )
            assert other > best
    assert found > 0


def test_likelihood_finds_nothing_where_groups_are_closer_than_by_chance():
    values = [1, 5, 2, 4, 3, 3]
    for method in ("ml", "reml"):
        found = m.intraclass(values, [1, 1, 2, 2, 3, 3], method)
        assert (found, found.between) == (0, 0)
    assert m.intraclass(values, [1, 1, 2, 2, 3, 3]) < 0  # anova says so


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([1, 2], [1, 1]), "至少要有两个组"),
        (([1, 2], [1, 2]), "每组都只有一个数"),
        (([1, 2, 3], [1, 2]), "一样长"),
        (([1, 1, 1], [1, 1, 2]), "没有方差"),
        (([1, 2, 3], [1, 1, 2], "median"), "method"),
    ],
)
def test_no_share_without_groups(arguments, message):
    with pytest.raises(ValueError, match=message):
        m.intraclass(*arguments)

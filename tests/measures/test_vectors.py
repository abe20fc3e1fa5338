"""Values that others published or computed."""

import json

import numpy as np
import pytest
from vectors import NOT_OURS, OURS, SHARED, compute, literal, shared

from balancelib import measures as m

INEQ = [541, 1463, 2445, 3438, 4437, 5401, 6392, 8304, 11904, 22261]
here = pytest.mark.skipif(not SHARED.exists(), reason="the folder of others' data is not here")


def _agrees(vector):
    found, expected, tolerance = compute(vector), vector["expected"], vector["tolerance"]
    near = {"rel": tolerance["rel"] or 0, "abs": tolerance["abs"] or 0}
    if not isinstance(expected, dict):
        assert found == pytest.approx(expected, **near)
        return
    compared = [name for name in expected if name in found]
    assert compared
    for name in compared:
        assert found[name] == pytest.approx(expected[name], **near), name


@pytest.mark.parametrize("vector", literal(), ids=lambda v: v["id"])
def test_literal_vector(vector):
    _agrees(vector)


@here
@pytest.mark.parametrize("vector", [v for v in shared() if v["id"] not in NOT_OURS], ids=lambda v: v["id"])
def test_shared_vector(vector):
    _agrees(vector)


@here
def test_every_vector_is_ours_or_has_a_reason_why_not():
    ids = {v["id"] for v in shared()}
    assert set(NOT_OURS) <= ids
    assert all(v["measure"] in OURS for v in shared() if v["id"] not in NOT_OURS)


@here
def test_literal_vectors_are_the_shared_ones():
    """So that a mended vector there is mended here."""
    by_id = {v["id"]: v for v in shared()}
    assert [v["id"] for v in literal() if v != by_id.get(v["id"])] == []


def test_equally_distributed_equivalent():
    """28.1054 for epsilon 0.5, from the docstring of pysal's Atkinson: the mean times what Atkinson leaves."""
    x = [10, 20, 30, 40, 50]
    assert np.mean(x) * (1 - m.atkinson(x, 0.5)) == pytest.approx(28.1054, abs=5e-6)


# What other software returns that is wrong or otherwise defined: ../shared/vectors/negative_examples.json.


@pytest.mark.parametrize("scale", [0.1, 1, 10, 1e4])
def test_weights_in_any_unit(scale):
    """R's convey gives -1.87 to 0.35 here, as the unit of the weights has it."""
    weights = np.arange(1, 10) / 10 * scale
    assert m.gini([8, 5, 1, 3, 5, 6, 7, 6, 3], weights) == pytest.approx(0.2065239551478077, rel=1e-12)


def test_zeros_count():
    """Several peers drop them and find 0 for the most unequal three."""
    assert m.theil_t([0, 0, 1]) == pytest.approx(np.log(3), rel=1e-12)
    assert m.theil_l([0, 0, 1]) == np.inf
    assert m.atkinson([0, 0, 1], 1) == m.atkinson([0, 0, 1], 2) == 1


def test_hoover_of_equal_and_of_even_steps():
    """IneqPy finds 1.5 and 2.0."""
    assert m.hoover([1, 1, 1, 1]) == 0
    assert m.hoover([1, 2, 3, 4, 5]) == pytest.approx(0.2, rel=1e-14)


def test_quintile_share_ratio_counts_units_in_part():
    """R's laeken, by whole units, finds 5.0036."""
    assert m.quintile_share_ratio(INEQ) == pytest.approx(17.0484031936128, rel=1e-12)


def test_weighted_quantiles_do_not_fall():
    """R's collapse 1.9.2 finds 3.92 at 0.2 and 1.175 at 0.25."""
    q = np.linspace(0, 1, 101)
    assert (np.diff(m.quantile(np.arange(1, 11), q, [5, 1, 3, 9, 2, 8, 1, 4, 6, 7])) >= 0).all()


def test_mcloone_counts_the_half_up_to_the_median():
    """R's ineqmeas1 divides by one unit less than it adds up, and passes 1."""
    assert m.mcloone([100, 110, 120, 130, 100, 250, 300]) == pytest.approx(430 / 480, rel=1e-14)


def test_federal_range_ratio_is_not_p95_over_p5():
    assert (
        m.federal_range_ratio(range(1, 101)) == m.percentile_ratio(range(1, 101), upper=0.95, lower=0.05) - 1
    )


@pytest.mark.parametrize("method", ["linearised", "jackknife", "bootstrap"])
def test_asking_for_an_error_does_not_change_the_value(method):
    """R's segregation corrects the estimate when an error is asked for."""
    assert m.estimate(m.gini, INEQ, method=method, replicates=50).value == m.gini(INEQ)


def test_concentration_of_grouped_data():
    """R's rineq finds -0.2128 or -0.1702 on the World Bank's table of India."""
    weights = [29939, 28776, 26528, 24689, 19739]
    found = m.concentration_index([154.7, 152.9, 119.5, 86.9, 54.3], range(5), weights)
    assert found == pytest.approx(-0.1694168, abs=5e-8)


def test_concentration_needs_the_limits_that_could_be():
    """The R package accessibility takes the lowest and highest that occur."""
    with pytest.raises(ValueError, match="limits"):
        m.concentration_index([0.1, 0.2], [1, 2], kind="erreygers")


def test_ranking_tax_by_income():
    """Kakwani's index of progressivity is C(tax by income) - G(income) = -16/30; IneqPy ranks tax by tax and finds 0."""
    tax, income = [5, 4, 3, 2, 1], [1, 2, 3, 4, 5]
    assert m.concentration_index(tax, income) - m.gini(income) == pytest.approx(-16 / 30, rel=1e-12)


@here
def test_negative_examples_are_those_above():
    cases = json.loads((SHARED / "negative_examples.json").read_text("utf-8"))
    assert len(cases) == 14
